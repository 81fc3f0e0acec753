/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* args.h - weirc's command line, which is protoc's. */
#ifndef WEIRC_ARGS_H
#define WEIRC_ARGS_H

#include "base/arena.h"
#include "protos/paths.h"
#include "schema/def.h"

#include <setjmp.h>
#include <stdio.h>

/** --NAME_out=[options:]FOLDER */
typedef struct weirc_directive {
  weir_str flag; /* "--go_out" */
  weir_str name; /* "go" */
  weir_str options, folder;
} weirc_directive;

/** What flags say of one plugin or generator. */
typedef struct weirc_plugin {
  weir_str name;    /* "protoc-gen-go" */
  weir_str path;    /* --plugin=NAME=PATH; data NULL: it is looked for */
  weir_str options; /* of all --go_opt, joined by commas */
  bool has_options;
  WEIR_LIST(weir_str) prefix; /* --go_prefix: the words of a command that runs it */
} weirc_plugin;

typedef WEIR_LIST(weir_str) weirc_strings;

/** A list of imports that are allowed (--direct_dependencies), and what is said of others. */
typedef struct weirc_allowed {
  bool given;
  weirc_strings names;
  weir_str message; /* %s stands for the import */
} weirc_allowed;

/** What to do; all but COMPILE exclude each other and all outputs. */
typedef enum weirc_mode { WEIRC_COMPILE, WEIRC_ENCODE, WEIRC_DECODE, WEIRC_PRINT_FREE } weirc_mode;

typedef enum weirc_diagnostics { WEIRC_GCC, WEIRC_MSVS, WEIRC_PRETTY } weirc_diagnostics;

typedef struct weirc_args {
  weir_arena *arena;
  const char *program; /* argv[0], for messages that name us */
  weirc_mode mode;
  WEIR_LIST(weir_path_mapping) paths; /* of --proto_path */
  weirc_strings inputs, descriptor_sets;
  WEIR_LIST(weirc_directive) directives;
  WEIR_LIST(weirc_plugin) plugins;
  weir_str descriptor_out, dependency_out, edition_defaults_out;
  int32_t edition_defaults_min, edition_defaults_max; /* 0: not given */
  weir_str codec_type;                                /* of --encode and --decode; empty: --decode_raw */
  weirc_allowed direct, option;
  weirc_diagnostics diagnostics;
  bool include_imports, include_source_info, retain_options;
  bool fatal_warnings, disallow_services, codegen_trace, allow_escape, deterministic, any_edition;
} weirc_args;

/** Whether to go on after the command line was read. */
typedef enum weirc_next { WEIRC_GO_ON, WEIRC_DONE, WEIRC_WRONG } weirc_next;

/** Reads the command line. WRONG after a message, DONE after --help and its like. */
weirc_next weirc_args_parse(weirc_args *args, int argc, char **argv);

/** What flags say of the plugin with this name; NULL if nothing. */
weirc_plugin *weirc_args_plugin(weirc_args *args, weir_str name);

/** Text of --help and --notices. */
extern const char weirc_help[], weirc_notices[];

/** Memory for the command line and file names; where there is none, weirc_must goes to where weirc_main gives up. */
weir_str weirc_printf(weirc_args *args, const char *fmt, ...) WEIR_PRINTF(2, 3);
void *weirc_must(void *p);
extern _Thread_local jmp_buf *weirc_out_of_memory;

/** Where messages and --help go, of the run that this thread is at. */
extern _Thread_local FILE *weirc_err, *weirc_out;

#define weirc_push(args, list, ...)                                                                         \
  ((list)->len == (list)->cap ? (void)((list)->data = weirc_must(weir_arena_grow(                           \
                                           (args)->arena, (list)->data, (list)->cap * sizeof *(list)->data, \
                                           ((list)->cap * 2 + 16) * sizeof *(list)->data)),                 \
                                       (list)->cap = (list)->cap * 2 + 16)                                  \
                              : (void)0,                                                                    \
   (void)((list)->data[(list)->len++] = __VA_ARGS__))

#endif
