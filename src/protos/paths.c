/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "protos/paths.h"

#include <errno.h>
#include <sys/stat.h>

weir_str weir_path_canonical(weir_arena *a, weir_str path) {
  char *out = weir_arena_take(a, path.len + 2);
  size_t len = 0;
  if (!out) return (weir_str){NULL, 0};
  if (path.len && path.data[0] == '/') out[len++] = '/';
  for (size_t at = 0; at < path.len;) {
    size_t end = at;
    while (end < path.len && path.data[end] != '/') end++;
    bool is_dot = end - at == 1 && path.data[at] == '.';
    if (end > at && !is_dot) {
      if (len && out[len - 1] != '/') out[len++] = '/';
      memcpy(out + len, path.data + at, end - at);
      len += end - at;
    }
    at = end + 1;
  }
  if (len && out[len - 1] != '/' && path.data[path.len - 1] == '/') out[len++] = '/';
  out[len] = 0;
  return (weir_str){out, len};
}

static bool climbs(weir_str path) {
  for (size_t at = 0; at < path.len; at++) {
    size_t end = at;
    while (end < path.len && path.data[end] != '/') end++;
    if (end - at == 2 && path.data[at] == '.' && path.data[at + 1] == '.') return true;
    at = end;
  }
  return false;
}

bool weir_path_is_name(weir_arena *a, weir_str name) {
  weir_str canonical = weir_path_canonical(a, name);
  return canonical.data && weir_str_eq(canonical, name) && !climbs(name) &&
         !memchr(name.data, '\\', name.len) && !memchr(name.data, 0, name.len);
}

static bool join(weir_arena *a, weir_str folder, weir_str rest, weir_str *out) {
  size_t slash = folder.len && rest.len;
  char *p = weir_arena_take(a, folder.len + slash + rest.len + 1);
  if (!p) return false;
  if (folder.len) memcpy(p, folder.data, folder.len);
  if (slash) p[folder.len] = '/';
  if (rest.len) memcpy(p + folder.len + slash, rest.data, rest.len);
  *out = (weir_str){p, folder.len + slash + rest.len};
  p[out->len] = 0;
  return true;
}

bool weir_path_rebase(weir_arena *a, weir_str path, weir_str from, weir_str to, weir_str *out) {
  weir_str rest = path;
  if (from.len) {
    if (path.len < from.len || memcmp(path.data, from.data, from.len) != 0) return false;
    rest = (weir_str){path.data + from.len, path.len - from.len};
    if (!rest.len) return join(a, to, rest, out);
    if (rest.data[0] == '/')
      rest = (weir_str){rest.data + 1, rest.len - 1};
    else if (from.data[from.len - 1] != '/')
      return false;
  } else if (path.len && path.data[0] == '/') {
    return false;
  }
  return !climbs(rest) && join(a, to, rest, out);
}

bool weir_path_is_folder(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

FILE *weir_path_open(weir_arena *a, const weir_path_mapping *mappings, size_t n, weir_str name,
                     weir_str *path) {
  for (size_t i = 0; i < n; i++) {
    if (!weir_path_rebase(a, name, mappings[i].name, mappings[i].disk, path)) continue;
    FILE *f = fopen(path->data, "rb");
    if (f && weir_path_is_folder(path->data)) {
      fclose(f);
      continue;
    }
    if (f || errno == EACCES) return f;
  }
  errno = ENOENT;
  return NULL;
}

bool weir_path_read(weir_arena *a, FILE *f, weir_str *out) {
  struct stat st;
  size_t cap = 16384, len = 0;
  if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0) cap = (size_t)st.st_size + 1;
  char *data = weir_arena_take(a, cap);
  *out = (weir_str){NULL, 0};
  if (!data) return false;
  for (size_t got; (got = fread(data + len, 1, cap - len, f)) > 0;) {
    len += got;
    if (len < cap) continue;
    data = weir_arena_grow(a, data, cap, cap * 2);
    if (!data) return false;
    cap *= 2;
  }
  *out = (weir_str){data, len};
  return !ferror(f);
}
