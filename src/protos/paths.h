/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* paths.h - names of files as importers write them, and where they lie on disk (protoc's --proto_path). */
#ifndef WEIR_PROTOS_PATHS_H
#define WEIR_PROTOS_PATHS_H

#include "base/arena.h"

#include <stdio.h>

/** Files under `disk` are imported by names under `name`. */
typedef struct weir_path_mapping {
  weir_str name, disk; /* disk is weir_path_canonical; empty: the root, the current folder */
} weir_path_mapping;

/** Takes out "." parts and double slashes. data NULL when out of memory; ends in a NUL, as all that is made here. */
weir_str weir_path_canonical(weir_arena *a, weir_str path);

/** May be imported by this name: it is canonical, and has no "..", no backslash and no NUL. False too without memory. */
bool weir_path_is_name(weir_arena *a, weir_str name);

/** Replaces the folder `from` at the front of `path` by the folder `to`. False if path does not lie in it, or climbs
 * out of it; and when out of memory, which the arena remembers. */
bool weir_path_rebase(weir_arena *a, weir_str path, weir_str from, weir_str to, weir_str *out);

/** Opens the first file with this name, and says where it lies. NULL with errno: EACCES, with *path set, if it may not
 * be read. Folders are passed by. */
FILE *weir_path_open(weir_arena *a, const weir_path_mapping *mappings, size_t n, weir_str name,
                     weir_str *path);

bool weir_path_is_folder(const char *path);

/** Reads all of a file into the arena. False with errno, or without memory (out->data is then NULL). */
bool weir_path_read(weir_arena *a, FILE *f, weir_str *out);

#endif
