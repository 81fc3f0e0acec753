/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tree.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static bool starts_with(weir_str text, weir_str prefix) {
  return text.len >= prefix.len && memcmp(text.data, prefix.data, prefix.len) == 0;
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

/* Replaces the folder `from` at the front of `path` by the folder `to`; false if path does not lie in it. */
static bool rebase(weirc_args *args, weir_str path, weir_str from, weir_str to, weir_str *out) {
  weir_str rest = path;
  if (from.len) {
    if (!starts_with(path, from)) return false;
    rest = (weir_str){path.data + from.len, path.len - from.len};
    if (rest.len && rest.data[0] == '/')
      rest = (weir_str){rest.data + 1, rest.len - 1};
    else if (rest.len && from.data[from.len - 1] != '/')
      return false;
  } else if (path.len && path.data[0] == '/') {
    return false;
  }
  if (climbs(rest)) return false;
  const char *slash = to.len && rest.len && to.data[to.len - 1] != '/' ? "/" : "";
  *out = weirc_printf(args, WEIR_FMT "%s" WEIR_FMT, WEIR_ARG(to), slash, WEIR_ARG(rest));
  return true;
}

static bool is_file(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* Where the file with this name lies; data NULL if nowhere. */
static weir_str find_on_disk(weirc_args *args, weir_str name) {
  for (uint32_t i = 0; i < args->paths.len; i++) {
    weir_str disk;
    if (rebase(args, name, args->paths.data[i].name, args->paths.data[i].disk, &disk) && is_file(disk.data))
      return disk;
  }
  return (weir_str){NULL, 0};
}

/* ---- inputs -------------------------------------------------------------------------------------------- */

static bool report(weir_str input, const char *text) {
  fprintf(weirc_err, WEIR_FMT ": %s\n", WEIR_ARG(input), text);
  return false;
}

static bool name_of_disk_file(weirc_args *args, weir_str input, weir_str *name) {
  weir_str path = weirc_canonical(args, input);
  for (uint32_t i = 0; i < args->paths.len; i++) {
    if (!rebase(args, path, args->paths.data[i].disk, args->paths.data[i].name, name)) continue;
    weir_str first = find_on_disk(args, *name), mine;
    if (rebase(args, *name, args->paths.data[i].name, args->paths.data[i].disk, &mine) && first.data &&
        !weir_str_eq(first, mine)) {
      fprintf(weirc_err,
              WEIR_FMT
              ": Input is shadowed in the --proto_path by \"" WEIR_FMT
              "\".  Either use the latter file as your input or reorder the --proto_path so that the former "
              "file's location comes first.\n",
              WEIR_ARG(input), WEIR_ARG(first));
      return false;
    }
    return true;
  }
  if (find_on_disk(args, input).data) {
    *name = input;
    return true;
  }
  return report(
      input, "File does not reside within any path specified using --proto_path (or -I).  You must specify a "
             "--proto_path which encompasses this file.  Note that the proto_path must be an exact prefix of "
             "the .proto file names -- protoc is too dumb to figure out when two paths (e.g. absolute and "
             "relative) are equivalent (it's harder than you think).");
}

bool weirc_tree_name(weirc_args *args, weir_str input, weir_str *name) {
  weir_str text;
  if (access(weirc_printf(args, WEIR_FMT, WEIR_ARG(input)).data, F_OK) == 0)
    return name_of_disk_file(args, input, name);
  int error = errno;
  *name = input;
  if (find_on_disk(args, input).data || weir_schema_builtin(input, &text)) return true;
  fprintf(weirc_err, "Could not make proto path relative: " WEIR_FMT ": %s\n", WEIR_ARG(input),
          strerror(error));
  return false;
}

/* ---- sources ------------------------------------------------------------------------------------------- */

static bool read_whole(weirc_args *args, const char *path, weir_str *out) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  size_t cap = 16384, len = 0;
  char *data = weirc_must(weir_arena_take(args->arena, cap));
  for (size_t got; (got = fread(data + len, 1, cap - len, f)) > 0;) {
    len += got;
    if (len < cap) continue;
    data = weirc_must(weir_arena_grow(args->arena, data, cap, cap * 2));
    cap *= 2;
  }
  bool ok = !ferror(f);
  fclose(f);
  *out = (weir_str){data, len};
  return ok;
}

static weir_str searched_in(weirc_args *args) {
  weir_str text = {"Searched in", 11};
  for (uint32_t i = 0; i < args->paths.len; i++) {
    weir_str disk = args->paths.data[i].disk;
    if (!disk.len) disk = WEIR_STR(".");
    text = weirc_printf(args, WEIR_FMT "%s " WEIR_FMT, WEIR_ARG(text), i ? "," : ":", WEIR_ARG(disk));
  }
  return text;
}

static bool tree_open(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  weirc_args *args = ctx;
  if (climbs(name) || !weir_str_eq(weirc_canonical(args, name), name) || memchr(name.data, '\\', name.len)) {
    why->text =
        WEIR_STR("Backslashes, consecutive slashes, \".\", or \"..\" are not allowed in the virtual path");
    return false;
  }
  out->path = memchr(name.data, 0, name.len) ? (weir_str){NULL, 0} : find_on_disk(args, name);
  if (!out->path.data) {
    why->note = searched_in(args);
    return false;
  }
  if (read_whole(args, out->path.data, &out->text)) return true;
  why->text = weirc_printf(args, "Read access is denied for file: " WEIR_FMT, WEIR_ARG(out->path));
  return false;
}

weir_loader weirc_tree_loader(weirc_args *args) { return (weir_loader){tree_open, args}; }
