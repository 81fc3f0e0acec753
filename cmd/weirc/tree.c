/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tree.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool rebase(weirc_args *args, weir_str path, weir_str from, weir_str to, weir_str *out) {
  bool ok = weir_path_rebase(args->arena, path, from, to, out);
  weirc_must(args->arena->failed ? NULL : args);
  return ok;
}

static FILE *open_on_disk(weirc_args *args, weir_str name, weir_str *path) {
  FILE *f = weir_path_open(args->arena, args->paths.data, args->paths.len, name, path);
  weirc_must(args->arena->failed ? NULL : args);
  return f;
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
  weir_source source;
  return weir_sets_open(&t->sets, name, &source) || weir_schema_builtin(name, &text);
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
  bool folder = weir_path_is_folder(input.data);
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
  weir_str path = weir_path_canonical(args->arena, input);
  weirc_must((void *)(uintptr_t)path.data);
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
  weirc_tree *t = ctx;
  weirc_args *args = t->args;
  bool canonical = weir_path_is_name(args->arena, name);
  FILE *f = canonical ? open_on_disk(args, name, &out->path) : NULL;
  if (!f) {
    bool denied = canonical && errno == EACCES;
    if (weir_sets_open(&t->sets, name, out)) return true;
    if (!canonical)
      why->text =
          WEIR_STR("Backslashes, consecutive slashes, \".\", or \"..\" are not allowed in the virtual path");
    else if (denied)
      why->text = weirc_printf(args, "Read access is denied for file: " WEIR_FMT, WEIR_ARG(out->path));
    else if (args->paths.len)
      why->note = searched_in(args);
    return false;
  }
  bool ok = weir_path_read(args->arena, f, &out->text);
  if (!ok) why->text = weirc_printf(args, WEIR_FMT ": %s", WEIR_ARG(out->path), strerror(errno));
  fclose(f);
  return ok;
}

weir_loader weirc_tree_loader(weirc_tree *t) { return (weir_loader){tree_open, t}; }

/* ---- descriptor sets ----------------------------------------------------------------------------------- */

static bool read_set(weirc_tree *t, weir_str path) {
  FILE *f = fopen(path.data, "rb");
  weir_str set;
  if (!f) {
    fprintf(weirc_err, WEIR_FMT ": %s\n", WEIR_ARG(path), strerror(ENOENT));
    return false;
  }
  weir_err err = weir_path_read(t->args->arena, f, &set) ? weir_sets_add(&t->sets, set) : WEIR_EINVALID;
  fclose(f);
  weirc_must(t->args->arena->failed || err == WEIR_ENOMEM ? NULL : t);
  if (err) fprintf(weirc_err, WEIR_FMT ": Unable to parse.\n", WEIR_ARG(path));
  return !err;
}

bool weirc_tree_init(weirc_tree *t, weirc_args *args) {
  t->args = args;
  weir_sets_init(&t->sets, args->arena);
  for (uint32_t i = 0; i < args->descriptor_sets.len; i++)
    if (!read_set(t, args->descriptor_sets.data[i])) return false;
  return true;
}
