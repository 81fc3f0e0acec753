/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* text.h - messages in the text format (protobuf.dev, "Text Format Language Specification"): for configuration, golden
 * files and logs; what `protoc --decode` prints.
 *
 *   weir_str text;
 *   if (!weir_pb_to_text(&demo_Note_type, note, a, NULL, &text, NULL)) printf(WEIR_FMT, WEIR_ARG(text)); */
#ifndef WEIR_TEXT_H
#define WEIR_TEXT_H

#include <weir/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* weir_pb_text_opts.flags */
enum {
  /* printing */
  WEIR_PB_TEXT_SINGLE_LINE = 1, /* fields are set off by spaces */
  WEIR_PB_TEXT_EXPAND_ANY = 2, /* [type.googleapis.com/demo.Note] {...} for an Any whose type is in the pool */
  WEIR_PB_TEXT_UNKNOWN = 4,    /* unknown fields too, by number; they cannot be read back */
  WEIR_PB_TEXT_UTF8 = 8,       /* strings keep what is not ASCII instead of escaping it */
  /* parsing */
  WEIR_PB_TEXT_PARTIAL = 16,       /* missing required fields are no error */
  WEIR_PB_TEXT_IGNORE_UNKNOWN = 32 /* fields and extensions that are not known are skipped */
};

typedef struct weir_pb_text_opts {
  size_t size;
  uint32_t flags;
  const weir_pb_pool *pool; /* where extensions and the types of Any are looked up; NULL: there are none */
} weir_pb_text_opts;

/**
 * Prints *msg, a line for each field, in the order of their numbers; map entries by key. *text has a NUL behind it.
 *
 * opts     NULL: none
 * Errors   WEIR_RESOURCE_EXHAUSTED: out of memory, nested too deep (or cyclic), or longer than 2 GiB.
 */
WEIR_API weir_code weir_pb_to_text(const weir_pb_type *t, const void *msg, weir_arena *a,
                                   const weir_pb_text_opts *opts, weir_str *text, weir_error *e);

/**
 * Parses text into *msg, a zeroed struct. A field that is not repeated may stand there once.
 *
 * text     borrowed for the call
 * Errors   WEIR_INVALID_ARGUMENT: "3:14: demo.Note has no field \"txt\"" (line and column, from 1, in bytes), or a required
 *          field is missing; WEIR_RESOURCE_EXHAUSTED: out of memory, or nested too deep.
 *          *msg then holds what was read up to there.
 */
WEIR_API weir_code weir_pb_from_text(const weir_pb_type *t, void *msg, weir_str text, weir_arena *a,
                                     const weir_pb_text_opts *opts, weir_error *e);

#ifdef __cplusplus
}
#endif
#endif
