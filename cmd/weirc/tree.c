/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tree.h"

#include "schema/read.h"

#include <errno.h>
#include <string.h>
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
    if (!rest.len) {
      *out = weirc_printf(args, WEIR_FMT, WEIR_ARG(to));
      return true;
    }
    if (rest.data[0] == '/')
      rest = (weir_str){rest.data + 1, rest.len - 1};
    else if (from.data[from.len - 1] != '/')
      return false;
  } else if (path.len && path.data[0] == '/') {
    return false;
  }
  if (climbs(rest)) return false;
  *out = weirc_printf(args, WEIR_FMT "%s" WEIR_FMT, WEIR_ARG(to), to.len ? "/" : "", WEIR_ARG(rest));
  return true;
}

static bool is_folder(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Opens the file with this name, and says where it lies. NULL with errno: EACCES, path set, if it may not be read. */
static FILE *open_on_disk(weirc_args *args, weir_str name, weir_str *path) {
  errno = ENOENT;
  if (memchr(name.data, 0, name.len)) return NULL;
  for (uint32_t i = 0; i < args->paths.len; i++) {
    if (!rebase(args, name, args->paths.data[i].name, args->paths.data[i].disk, path) || is_folder(path->data))
      continue;
    FILE *f = fopen(path->data, "rb");
    if (f || errno == EACCES) return f;
  }
  errno = ENOENT;
  return NULL;
}

static bool is_on_disk(weirc_args *args, weir_str name) {
  weir_str path;
  FILE *f = open_on_disk(args, name, &path);
  if (f) fclose(f);
  return f;
}

/* ---- inputs -------------------------------------------------------------------------------------------- */

static bool is_elsewhere(weirc_tree *t, weir_str name) {
  weir_str text;
  return weir_map_get(&t->descriptors, name) || weir_schema_builtin(name, &text);
}

/* A mapping before number `mine` has another file by this name. */
static bool is_shadowed(weirc_args *args, weir_str input, weir_str name, uint32_t mine) {
  weir_str other;
  for (uint32_t i = 0; i < mine; i++) {
    if (!rebase(args, name, args->paths.data[i].name, args->paths.data[i].disk, &other)) continue;
    if (access(other.data, F_OK) < 0) continue;
    fprintf(weirc_err,
            WEIR_FMT
            ": Input is shadowed in the --proto_path by \"" WEIR_FMT
            "\".  Either use the latter file as your input or reorder the --proto_path so that the former "
            "file's location comes first.\n",
            WEIR_ARG(input), WEIR_ARG(other));
    return true;
  }
  return false;
}

static bool name_through(weirc_tree *t, weir_str input, uint32_t mapping, weir_str *name) {
  if (is_shadowed(t->args, input, *name, mapping)) return false;
  bool folder = is_folder(input.data);
  FILE *f = folder ? NULL : fopen(input.data, "rb");
  if (f) fclose(f);
  if (f || is_elsewhere(t, input)) {
    if (!f) *name = input;
    return true;
  }
  fprintf(weirc_err, "Could not map to virtual file: " WEIR_FMT ": %s\n", WEIR_ARG(input),
          folder ? "Input file is a directory." : strerror(errno));
  return false;
}

static bool name_of_disk_file(weirc_tree *t, weir_str input, weir_str *name) {
  weirc_args *args = t->args;
  weir_str path = weirc_canonical(args, input);
  for (uint32_t i = 0; i < args->paths.len; i++)
    if (rebase(args, path, args->paths.data[i].disk, args->paths.data[i].name, name))
      return name_through(t, input, i, name);
  *name = input;
  if (is_on_disk(args, input) || is_elsewhere(t, input)) return true;
  fprintf(weirc_err,
          WEIR_FMT
          ": File does not reside within any path specified using --proto_path (or -I).  You must specify a "
          "--proto_path which encompasses this file.  Note that the proto_path must be an exact prefix of "
          "the .proto file names -- protoc is too dumb to figure out when two paths (e.g. absolute and "
          "relative) are equivalent (it's harder than you think).\n",
          WEIR_ARG(input));
  return false;
}

bool weirc_tree_name(weirc_tree *t, weir_str input, weir_str *name) {
  *name = input;
  if (!t->args->paths.len) { /* all files come as descriptors */
    if (is_elsewhere(t, input)) return true;
    fprintf(weirc_err, "Could not find file in descriptor database: " WEIR_FMT ": %s\n", WEIR_ARG(input),
            strerror(ENOENT));
    return false;
  }
  if (access(input.data, F_OK) == 0) return name_of_disk_file(t, input, name);
  if (is_on_disk(t->args, input) || is_elsewhere(t, input)) return true;
  fprintf(weirc_err, "Could not make proto path relative: " WEIR_FMT ": %s\n", WEIR_ARG(input),
          strerror(ENOENT));
  return false;
}

/* ---- sources ------------------------------------------------------------------------------------------- */

bool weirc_read_file(weirc_args *args, FILE *f, weir_str *out) {
  struct stat st;
  size_t cap = 16384, len = 0;
  if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0) cap = (size_t)st.st_size + 1;
  char *data = weirc_must(weir_arena_take(args->arena, cap));
  for (size_t got; (got = fread(data + len, 1, cap - len, f)) > 0;) {
    len += got;
    if (len < cap) continue;
    data = weirc_must(weir_arena_grow(args->arena, data, cap, cap * 2));
    cap *= 2;
  }
  *out = (weir_str){data, len};
  return !ferror(f);
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

static bool is_canonical(weirc_args *args, weir_str name) {
  return !climbs(name) && weir_str_eq(weirc_canonical(args, name), name) && !memchr(name.data, '\\', name.len);
}

static bool open_descriptor(weirc_tree *t, weir_str name, weir_source *out) {
  const weir_str *bytes = weir_map_get(&t->descriptors, name);
  if (bytes) *out = (weir_source){.text = *bytes, .path = name, .is_descriptor = true};
  return bytes;
}

static bool tree_open(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  weirc_tree *t = ctx;
  weirc_args *args = t->args;
  bool canonical = is_canonical(args, name);
  FILE *f = canonical ? open_on_disk(args, name, &out->path) : NULL;
  if (!f) {
    bool denied = canonical && errno == EACCES;
    if (open_descriptor(t, name, out)) return true;
    if (!canonical)
      why->text =
          WEIR_STR("Backslashes, consecutive slashes, \".\", or \"..\" are not allowed in the virtual path");
    else if (denied)
      why->text = weirc_printf(args, "Read access is denied for file: " WEIR_FMT, WEIR_ARG(out->path));
    else if (args->paths.len)
      why->note = searched_in(args);
    return false;
  }
  bool ok = weirc_read_file(args, f, &out->text);
  if (!ok) why->text = weirc_printf(args, WEIR_FMT ": %s", WEIR_ARG(out->path), strerror(errno));
  fclose(f);
  return ok;
}

weir_loader weirc_tree_loader(weirc_tree *t) { return (weir_loader){tree_open, t}; }

/* ---- descriptor sets ----------------------------------------------------------------------------------- */

static void *arena_as_mem(void *ctx, void *p, size_t old_size, size_t new_size) {
  return new_size ? weir_arena_grow(ctx, p, old_size, new_size) : NULL;
}

/* The file's name; data NULL if the bytes are no message. */
static weir_str name_in(weir_str descriptor) {
  weir_str name = {"", 0};
  weir_wire_reader r = weir_wire_reader_of(descriptor);
  while (weir_wire_read(&r))
    if (r.field == 1 && r.type == 2) name = r.text;
  return r.bad ? (weir_str){NULL, 0} : name;
}

/* The first file of a name wins. */
static bool add_set(weirc_tree *t, weir_str set) {
  weir_wire_reader r = weir_wire_reader_of(set);
  while (weir_wire_read(&r)) {
    if (r.field != 1 || r.type != 2) continue;
    weir_str name = name_in(r.text);
    if (!name.data) return false;
    if (weir_map_get(&t->descriptors, name)) continue;
    weir_str *bytes = weirc_must(weir_alloc(t->args->arena, sizeof *bytes));
    *bytes = r.text;
    if (!weir_map_put(&t->descriptors, name, bytes)) weirc_must(NULL);
  }
  return !r.bad;
}

static bool read_set(weirc_tree *t, weir_str path) {
  FILE *f = fopen(path.data, "rb");
  weir_str set;
  if (!f) {
    fprintf(weirc_err, WEIR_FMT ": %s\n", WEIR_ARG(path), strerror(ENOENT));
    return false;
  }
  bool ok = weirc_read_file(t->args, f, &set) && add_set(t, set);
  fclose(f);
  if (!ok) fprintf(weirc_err, WEIR_FMT ": Unable to parse.\n", WEIR_ARG(path));
  return ok;
}

bool weirc_tree_init(weirc_tree *t, weirc_args *args) {
  t->args = args;
  weir_map_init(&t->descriptors, (weir_mem){arena_as_mem, args->arena}, weir_hash_seed());
  for (uint32_t i = 0; i < args->descriptor_sets.len; i++)
    if (!read_set(t, args->descriptor_sets.data[i])) return false;
  return true;
}
