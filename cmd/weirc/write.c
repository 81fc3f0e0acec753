/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool report(weir_str path) {
  fprintf(weirc_err, WEIR_FMT ": %s\n", WEIR_ARG(path), strerror(errno));
  return false;
}

bool weirc_make_folders(weirc_args *args, weir_str dir, weir_str name) {
  for (size_t i = 0; i < name.len; i++) {
    if (name.data[i] != '/') continue;
    weir_str folder = weirc_printf(args, WEIR_FMT "/" WEIR_FMT, WEIR_ARG(dir), (int)i, name.data);
    if (mkdir(folder.data, 0777) != 0 && errno != EEXIST) return report(folder);
  }
  return true;
}

static bool write_bytes(int fd, weir_str text) {
  while (text.len) {
    ssize_t n = write(fd, text.data, text.len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text = (weir_str){text.data + n, text.len - (size_t)n};
  }
  return true;
}

/* What is there and no plain file (/dev/null, a pipe, a link such as /dev/stdout) is written in place: to put another
 * file where it stands would take it away. */
static bool is_special(const char *path) {
  struct stat st;
  return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool write_one(weirc_args *args, weirc_output *o) {
  bool special = is_special(o->path.data);
  weir_str target = o->path;
  if (!special) target = weirc_printf(args, WEIR_FMT ".%ld.tmp", WEIR_ARG(o->path), (long)getpid());
  int fd = open(target.data, special ? O_WRONLY | O_CREAT | O_TRUNC : O_WRONLY | O_CREAT | O_EXCL, 0666);
  if (fd < 0) return report(o->path);
  if (!special) o->temporary = target;
  bool ok = write_bytes(fd, o->text);
  int error = errno;
  ok = close(fd) == 0 && ok;
  if (!error) error = errno;
  errno = error;
  return ok || report(o->path);
}

bool weirc_write_all(weirc_args *args, weirc_outputs *outputs) {
  bool ok = true;
  for (uint32_t i = 0; i < outputs->len && ok; i++) ok = write_one(args, &outputs->data[i]);
  for (uint32_t i = 0; i < outputs->len; i++) {
    weirc_output *o = &outputs->data[i];
    if (!o->temporary.data) continue;
    if (ok && rename(o->temporary.data, o->path.data) != 0) ok = report(o->path);
    if (!ok) unlink(o->temporary.data);
  }
  return ok;
}
