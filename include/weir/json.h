/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* json.h - messages as JSON (protobuf.dev, "ProtoJSON Format"), well-known types included.
 *
 *   weir_str json;
 *   if (!weir_pb_to_json(&demo_Note_type, note, a, NULL, &json, NULL)) puts(json.data); */
#ifndef WEIR_JSON_H
#define WEIR_JSON_H

#include <weir/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* weir_pb_json_opts.flags */
enum {
  /* writing */
  WEIR_PB_JSON_ORIGINAL_NAMES = 1, /* my_field instead of myField */
  WEIR_PB_JSON_ENUM_NUMBERS = 2,
  WEIR_PB_JSON_DEFAULTS = 4, /* also fields without presence that are zero or empty */
  /* reading */
  WEIR_PB_JSON_IGNORE_UNKNOWN =
      8,                    /* fields, extensions and names of enum values that are not known are skipped */
  WEIR_PB_JSON_PARTIAL = 16 /* missing required fields are no error */
};

typedef struct weir_pb_json_opts {
  size_t size;
  uint32_t flags;
  uint32_t indent;          /* writing: spaces for each level, 10 at most; 0: all in one line */
  const weir_pb_pool *pool; /* where extensions and the types of Any are looked up; NULL: there are none */
} weir_pb_json_opts;

/**
 * Writes *msg as JSON: fields in the order of their numbers, map entries in the map's. *json has a NUL behind it. Unknown
 * fields are left out: JSON has no place for them.
 *
 * opts     NULL: none
 * Errors   WEIR_INVALID_ARGUMENT: a value has no JSON form (a string that is not UTF-8, a Timestamp beyond the year 9999,
 *          an Any whose type the pool does not have ...): "demo.Note.text: invalid UTF-8";
 *          WEIR_RESOURCE_EXHAUSTED: out of memory, nested too deep (or cyclic), or longer than 2 GiB.
 */
WEIR_API weir_code weir_pb_to_json(const weir_pb_type *t, const void *msg, weir_arena *a,
                                   const weir_pb_json_opts *opts, weir_str *json, weir_error *e);

/**
 * Reads JSON into *msg, a zeroed struct. Fields may go by their JSON names or their original ones, each once.
 *
 * json     borrowed for the call
 * Errors   WEIR_INVALID_ARGUMENT: "2:9: demo.Note.age: expected a number, not \"x\"" (line and column, from 1, in bytes), or
 *          a required field is missing; WEIR_RESOURCE_EXHAUSTED: out of memory, or nested too deep.
 *          *msg then holds what was read up to there.
 */
WEIR_API weir_code weir_pb_from_json(const weir_pb_type *t, void *msg, weir_str json, weir_arena *a,
                                     const weir_pb_json_opts *opts, weir_error *e);

#ifdef __cplusplus
}
#endif
#endif
