/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* schema.h - .proto files at run time: reads sources, checks them as the compiler weirc does, and makes descriptors and
 * message types of them. For clients that get their messages from a file given to them, servers that describe themselves,
 * and tools. The library is libweirschema (pkg-config weirschema, CMake weir::schema).
 *
 *   weir_protos *p = weir_protos_new();
 *   weir_protos_add_path(p, "protos");
 *   if (weir_protos_load(p, "demo/note.proto", &e) != WEIR_OK) fputs(weir_protos_report(p, 0), stderr);
 *   weir_pb_pool *pool = weir_pb_pool_new(arena);
 *   weir_protos_fill(p, pool, &e);
 *   const weir_pb_type *note = weir_pb_pool_type(pool, WEIR_STR("demo.Note"));
 *
 * Thread   one at a time for each weir_protos; no state is shared between two of them. */
#ifndef WEIR_SCHEMA_H
#define WEIR_SCHEMA_H

#include <weir/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A set of .proto files, where they come from, and what is wrong with them. */
typedef struct weir_protos weir_protos;

/** An empty set; the files of google/protobuf are built in. NULL when out of memory. The caller runs weir_protos_free. */
WEIR_API weir_protos *weir_protos_new(void);
/** NULL is allowed. What weir_protos_fill put into a pool stays. */
WEIR_API void weir_protos_free(weir_protos *p);

/* ---- where files come from: memory first, then folders in the order they were added, then descriptors, then what is
 * built in. Each of these returns WEIR_OK or WEIR_RESOURCE_EXHAUSTED (out of memory), unless it says more. ------------- */

/** Gives a file by the name that importers use, "demo/note.proto"; replaces one of that name. Both are copied. */
WEIR_API weir_code weir_protos_add_source(weir_protos *p, const char *name, weir_str text);

/** A folder that names are relative to, or NAME=FOLDER: what lies in it is imported as NAME/... Copied; whether there is
 * such a folder is not asked. */
WEIR_API weir_code weir_protos_add_path(weir_protos *p, const char *folder);

/** Files as an encoded google.protobuf.FileDescriptorSet; the first of a name counts. Copied.
 * WEIR_INVALID_ARGUMENT: malformed, nothing was added. */
WEIR_API weir_code weir_protos_add_descriptors(weir_protos *p, weir_str set, weir_error *e);

/* ---- loading ---------------------------------------------------------------------------------------------- */

/**
 * Reads a file and all that it imports, and checks them. A file that was loaded already is not loaded again.
 *
 * Errors   WEIR_INVALID_ARGUMENT: there is no such file, or something is wrong with it or with what it imports: e->msg is
 *          the first mistake, weir_protos_report has all. WEIR_RESOURCE_EXHAUSTED: out of memory; the set may then only
 *          be freed.
 */
WEIR_API weir_code weir_protos_load(weir_protos *p, const char *name, weir_error *e);

typedef int32_t weir_protos_severity;
enum { WEIR_PROTOS_ERROR = 0, WEIR_PROTOS_WARNING = 1, WEIR_PROTOS_NOTE = 2 };

/** One thing found, in the words of protoc. The views live as long as the set. */
typedef struct weir_protos_diagnostic {
  weir_protos_severity severity;
  weir_str path;  /* of the file: where it was found, else its name */
  int32_t line;   /* from 1; 0: no place in the file */
  int32_t column; /* from 1; bytes, but a tab goes to the next multiple of 8 */
  weir_str text;
} weir_protos_diagnostic;

/** How many there are, of all loads so far, in the order they were found. */
WEIR_API size_t weir_protos_n_diagnostics(const weir_protos *p);
/** i is below weir_protos_n_diagnostics. */
WEIR_API weir_protos_diagnostic weir_protos_get_diagnostic(const weir_protos *p, size_t i);

/** Flags of weir_protos_report. */
enum {
  WEIR_PROTOS_PRETTY = 1, /* with the line, the place marked in it, other places, and advice */
  WEIR_PROTOS_COLOUR = 2  /* that, for a terminal */
};
/** All diagnostics as text, a line each ("x.proto:3:5: ..."), or several with PRETTY. Lives as long as the set; "" if there
 * are none; NULL when out of memory. */
WEIR_API const char *weir_protos_report(weir_protos *p, uint32_t flags);

/* ---- what is made of them ----------------------------------------------------------------------------------- */

/** Flags of weir_protos_descriptors; as weirc's flags of these names. */
enum {
  WEIR_PROTOS_SOURCE_INFO = 1,   /* positions and comments */
  WEIR_PROTOS_RETAIN_OPTIONS = 2 /* also options that are for the source only */
};

/**
 * All files loaded without errors, and those they import, as an encoded google.protobuf.FileDescriptorSet: each behind
 * those it imports, byte for byte as protoc writes it.
 *
 * set      out; lives in the arena
 * Errors   WEIR_RESOURCE_EXHAUSTED: out of memory; the set may then only be freed
 */
WEIR_API weir_code weir_protos_descriptors(weir_protos *p, uint32_t flags, weir_arena *a, weir_str *set);

/**
 * Adds the types of all files loaded without errors, and of those they import, to a pool (<weir/pool.h>): for messages
 * that no code was generated for.
 *
 * Errors   those of weir_pb_pool_add_descriptors
 */
WEIR_API weir_code weir_protos_fill(weir_protos *p, weir_pb_pool *pool, weir_error *e);

#ifdef __cplusplus
}
#endif
#endif
