/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* args.h - weirc's command line, which is protoc's. */
#ifndef WEIRC_ARGS_H
#define WEIRC_ARGS_H

#include "base/arena.h"
#include "schema/def.h"

/** One --proto_path: files under `disk` are imported by names under `name`. */
typedef struct weirc_mapping {
  weir_str name, disk; /* both without "." parts and double slashes; empty: the root, the current folder */
} weirc_mapping;

typedef struct weirc_args {
  weir_arena *arena;
  WEIR_LIST(weirc_mapping) paths;
  WEIR_LIST(weir_str) inputs;
  weir_str weir_out; /* folder; data NULL: not asked for */
  weir_str weir_opt; /* options of the C generator, joined by commas */
  bool has_weir_opt;
  weir_str descriptor_out, dependency_out;
  bool include_imports;
  bool help, version;
} weirc_args;

/** Reads the command line. False after a message on stderr. */
bool weirc_args_parse(weirc_args *args, int argc, char **argv);

/** Text of --help. */
extern const char weirc_help[];

/** Memory for the command line and file names; ends the program when there is none. */
weir_str weirc_printf(weirc_args *args, const char *fmt, ...) WEIR_PRINTF(2, 3);
void *weirc_must(void *p);

#define weirc_push(args, list, ...)                                                                         \
  ((list)->len == (list)->cap ? (void)((list)->data = weirc_must(weir_arena_grow(                           \
                                           (args)->arena, (list)->data, (list)->cap * sizeof *(list)->data, \
                                           ((list)->cap + 16) * sizeof *(list)->data)),                     \
                                       (list)->cap += 16)                                                   \
                              : (void)0,                                                                    \
   (void)((list)->data[(list)->len++] = __VA_ARGS__))

/** Takes out "." parts and double slashes. */
weir_str weirc_canonical(weirc_args *args, weir_str path);

#endif
