/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* args.h - weirc's command line, which is protoc's. */
#ifndef WEIRC_ARGS_H
#define WEIRC_ARGS_H

#include "base/arena.h"
#include "schema/def.h"

#include <setjmp.h>
#include <stdio.h>

/** One --proto_path: files under `disk` are imported by names under `name`. */
typedef struct weirc_mapping {
  weir_str name, disk; /* both without "." parts and double slashes; empty: the root, the current folder */
} weirc_mapping;

typedef enum weirc_generator {
  WEIRC_C,
  WEIRC_PYTHON,
  WEIRC_PYI,
  WEIRC_GRPC_PYTHON,
  WEIRC_GENERATORS /* how many there are */
} weirc_generator;

/** The words that stand for a generator: "weir" in --weir_out and --weir_opt. */
extern const char *const weirc_generator_names[WEIRC_GENERATORS];

/** --NAME_out=[options:]FOLDER and --NAME_opt=options. */
typedef struct weirc_directive {
  weir_str folder;  /* data NULL: not asked for */
  weir_str options; /* joined by commas */
  bool has_opt;     /* there was a --NAME_opt */
} weirc_directive;

typedef struct weirc_args {
  weir_arena *arena;
  WEIR_LIST(weirc_mapping) paths;
  WEIR_LIST(weir_str) inputs;
  weirc_directive generators[WEIRC_GENERATORS];
  weir_str descriptor_out, dependency_out;
  bool include_imports;
  bool help, version;
} weirc_args;

/** Reads the command line. False after a message. */
bool weirc_args_parse(weirc_args *args, int argc, char **argv);

/** Text of --help. */
extern const char weirc_help[];

/** Memory for the command line and file names; where there is none, weirc_must goes to where weirc_main gives up. */
weir_str weirc_printf(weirc_args *args, const char *fmt, ...) WEIR_PRINTF(2, 3);
void *weirc_must(void *p);
extern _Thread_local jmp_buf *weirc_out_of_memory;

/** Where messages and --help go, of the run that this thread is at. */
extern _Thread_local FILE *weirc_err, *weirc_out;

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
