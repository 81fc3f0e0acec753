/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* schema.h - one compilation: .proto sources in, linked declarations and a report out. No I/O: sources come
 * from a callback. Everything made lives in one arena and dies with the schema. One thread at a time. */
#ifndef WEIR_SCHEMA_SCHEMA_H
#define WEIR_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "schema/def.h"

#include <setjmp.h>

/** What a loader gives for a file name. Both views must live as long as the schema. */
typedef struct weir_source {
  weir_str text;
  weir_str path;      /* how messages name the file */
  bool is_descriptor; /* text is no source but an encoded FileDescriptorProto */
} weir_source;

/** Why a source could not be opened. Either may be empty. */
typedef struct weir_open_error {
  weir_str text; /* the error; default "File not found." */
  weir_str note; /* said in addition */
} weir_open_error;

/** Finds sources. `open` returns false if there is no such file, or it may not be read. */
typedef struct weir_loader {
  bool (*open)(void *ctx, weir_str name, weir_source *out, weir_open_error *why);
  void *ctx;
} weir_loader;

/** Chains of imports and nested messages deeper than these are errors: both are walked by recursion. A link of a chain
 * takes about 300 bytes of stack. */
#define WEIR_SCHEMA_MAX_IMPORT_DEPTH 8000
#define WEIR_SCHEMA_MAX_NESTING      32 /* as protoc */

typedef struct weir_schema {
  weir_arena *arena;
  weir_mem mem; /* the arena as an allocator, for maps */
  weir_loader loader;
  weir_report report;
  weir_map files;                     /* name -> weir_def_file */
  weir_map symbols;                   /* full name -> weir_def */
  weir_map extensions;                /* "extendee number" -> weir_def_field */
  weir_map inputs;                    /* names of files whose unused imports are worth a warning */
  WEIR_LIST(weir_def_file *) loading; /* the files being imported, outermost first */
  WEIR_LIST(weir_def_file *) fresh;   /* linked since the last load began */
  uint32_t errors_before;             /* in the report, when linking of the file at hand began */
  uint32_t mark;
  uint32_t advice_left; /* how often names may be searched for what was meant; set it if the report is for people */
  bool keep_source_info;   /* set it before the first load if encoded files shall have it */
  struct weir_schema *own; /* see weir_schema_own */
  bool is_linked;          /* see weir_schema_own_linked */
  jmp_buf *out_of_memory;  /* where allocation failures unwind to; set during weir_schema_load */
} weir_schema;

/** NULL when out of memory. */
weir_schema *weir_schema_new(weir_mem mem, weir_loader loader);
void weir_schema_free(weir_schema *s);

/** Parses and links a file and all it imports; a file already loaded is not loaded again.
 * Errors  WEIR_EINVALID: the report says why. WEIR_ENOMEM: the schema may only be freed. */
weir_err weir_schema_load(weir_schema *s, weir_str name, weir_def_file **out);

/** Says that the user asked for this file itself: its unused imports are reported. Call it for all inputs before
 * the first load. WEIR_ENOMEM: the schema may only be freed. */
weir_err weir_schema_add_input(weir_schema *s, weir_str name);

/** The source of a google/protobuf/ file that is part of the program; false if `name` is none. */
bool weir_schema_builtin(weir_str name, weir_str *text);

/** The files reachable from `files` through imports, each after those it imports; with_imports false: those of
 * `files` only. */
typedef WEIR_LIST(weir_def_file *) weir_file_list;
weir_err weir_schema_closure(weir_schema *s, const weir_file_list *files, bool with_imports,
                             weir_file_list *out);

enum {
  WEIR_ENCODE_SOURCE_INFO = 1, /* if weir_schema.keep_source_info was set when the files were loaded */
  WEIR_ENCODE_RETAIN_OPTIONS =
      2, /* with options that are for the source only; custom ones as they were set, unmerged */
  WEIR_ENCODE_GIVEN_JSON_NAMES = 4 /* only those that the source gives */
};

/** Encodes files as a google.protobuf.FileDescriptorSet, byte for byte as protoc does; the bytes live in the schema's
 * arena. WEIR_ENOMEM: the schema may only be freed. */
weir_err weir_schema_encode(weir_schema *s, const weir_file_list *files, unsigned flags, weir_str *out);

/** Appends one file as a field of another message. */
weir_err weir_schema_encode_file(weir_schema *s, weir_def_file *file, uint32_t field, unsigned flags,
                                 weir_bytes *out);

/** The declaration with this full name, in a file without errors or in the one being linked; or NULL. */
weir_def *weir_schema_symbol(const weir_schema *s, weir_str full_name);
/** The extension of a message with this number; or NULL. */
weir_def_field *weir_schema_extension(weir_schema *s, const weir_def_message *extendee, int32_t number);

/* ---- for the passes ------------------------------------------------------------------------------------
 * An allocation that fails unwinds to weir_schema_load: nothing outside the arena is held while passes run,
 * so there is nothing to clean up, and no pass need think of it. */

/** A schema with the built-in descriptor.proto alone: what options are read by when the user's files do not import
 * one themselves. Lives in the same arena. */
weir_schema *weir_schema_own(weir_schema *s);
/** The same, with the extensions of options that protoc is linked with, and so keeps in order where it does not know any
 * others. */
weir_schema *weir_schema_own_linked(weir_schema *s);

void *weir_schema_alloc(weir_schema *s, size_t size); /* zeroed; never NULL */
weir_str weir_schema_dup(weir_schema *s, weir_str text);
weir_str weir_schema_printf(weir_schema *s, const char *fmt, ...) WEIR_PRINTF(2, 3);
void weir_schema_grow(weir_schema *s, void **data, size_t elem, uint32_t len, uint32_t *cap);
weir_str weir_schema_check(weir_schema *s, weir_str text); /* unwinds if text.data is NULL */
void weir_schema_put(weir_schema *s, weir_map *map, weir_str key, void *value);

/** weir_schema_push(s, &list, value) */
#define weir_schema_push(s, list, ...)                                                                     \
  (weir_schema_grow((s), (void **)(void *)&(list)->data, sizeof *(list)->data, (list)->len, &(list)->cap), \
   (void)((list)->data[(list)->len++] = __VA_ARGS__))

void weir_schema_error(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...)
    WEIR_PRINTF(4, 5);
void weir_schema_note(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...)
    WEIR_PRINTF(4, 5);
void weir_schema_warning(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...)
    WEIR_PRINTF(4, 5);

/** Adds to the error or warning just reported: a place that has to do with it, which must be in a file. */
void weir_schema_related(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...)
    WEIR_PRINTF(4, 5);
/** Adds advice to it. */
void weir_schema_advise(weir_schema *s, const char *fmt, ...) WEIR_PRINTF(2, 3);

#endif
