/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct writing {
  weirc_args *args;
  weirc_strings made; /* folders, outermost first */
} writing;

static bool report(weir_str path) {
  fprintf(weirc_err, WEIR_FMT ": %s\n", WEIR_ARG(path), strerror(errno));
  return false;
}

static bool make_folder(writing *w, const weirc_output *o, size_t len) {
  weir_str folder = weirc_printf(w->args, "%.*s", (int)len, o->path.data);
  if (mkdir(folder.data, 0777) == 0) {
    weirc_push(w->args, &w->made, folder);
    return true;
  }
  if (errno == EEXIST) return true;
  fprintf(weirc_err, "%s: while trying to create directory %s: %s\n", o->path.data + o->root, folder.data,
          strerror(errno));
  return false;
}

static bool make_folders(writing *w, const weirc_output *o) {
  for (size_t i = o->root + 1; i < o->path.len; i++)
    if (o->path.data[i] == '/' && !make_folder(w, o, i)) return false;
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

/* Opens a file beside `path`, with a short name whatever the file's own: that may be as long as the file system allows.
 * Several threads, or what a killed run has left, are passed by. */
static int open_beside(writing *w, weir_str path, weir_str *name) {
  static _Atomic unsigned serial;
  size_t folder = path.len;
  while (folder && path.data[folder - 1] != '/') folder--;
  for (;;) {
    *name = weirc_printf(w->args, "%.*s.weirc-%ld-%u.tmp", (int)folder, path.data, (long)getpid(), serial++);
    int fd = open(name->data, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
}

static bool write_one(writing *w, weirc_output *o) {
  weir_str temporary = {NULL, 0};
  if (!make_folders(w, o)) return false;
  int fd = is_special(o->path.data) ? open(o->path.data, O_WRONLY | O_CREAT | O_TRUNC, 0666)
                                    : open_beside(w, o->path, &temporary);
  if (fd < 0) return report(o->path);
  o->temporary = temporary;
  bool ok = write_bytes(fd, o->text);
  int error = errno;
  if (close(fd) != 0 && ok) {
    ok = false;
    error = errno;
  }
  errno = error;
  return ok || report(o->path);
}

static void undo(const writing *w) {
  for (uint32_t i = w->made.len; i > 0; i--) rmdir(w->made.data[i - 1].data);
}

bool weirc_write_all(weirc_args *args, weirc_outputs *outputs) {
  writing w = {.args = args};
  bool ok = true;
  for (uint32_t i = 0; i < outputs->len && ok; i++) ok = write_one(&w, &outputs->data[i]);
  for (uint32_t i = 0; i < outputs->len; i++) {
    weirc_output *o = &outputs->data[i];
    if (!o->temporary.data) continue;
    if (ok && rename(o->temporary.data, o->path.data) != 0) ok = report(o->path);
    if (!ok) unlink(o->temporary.data);
  }
  if (!ok) undo(&w);
  return ok;
}
