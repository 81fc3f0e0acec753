/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* json.h - between the files that read JSON (RFC 8259). */
#ifndef WEIR_PB_JSON_READ_H
#define WEIR_PB_JSON_READ_H

#include "pb/field.h"
#include "pb/names.h"
#include "pb/num.h"
#include "pb/wkt.h"

#include <weir/json.h>

typedef struct json_reader {
  const char *start, *p, *end;
  weir_arena *arena;
  pb_name_cache names;
  const weir_pb_pool *pool;
  uint32_t flags;
  uint32_t depth, messages; /* brackets, messages that may still be opened */
  char *chunk;              /* memory for short strings */
  size_t chunk_left;
  weir_error *error;
  weir_code code;
  const weir_pb_type *type; /* whose field is being read, for messages to people; number 0: none in particular */
  uint32_t number;
} json_reader;

/* ---- tokens: json_lex.c. All leave p at the next token; false: the failure is noted. */

/* What is wrong at `at`, if nothing was wrong before; false. */
bool json_fail_at(json_reader *r, const char *at, const char *fmt, ...) WEIR_PRINTF(3, 4);
bool json_expected(json_reader *r, const char *what);
bool json_no_memory(json_reader *r);
bool json_too_deep(json_reader *r);

void json_space(json_reader *r);
WEIR_INLINE bool json_at(const json_reader *r, char c) { return r->p < r->end && *r->p == c; }
/* An opening bracket, one level down; a closing one, if it is there; a comma, if it is there; a colon. */
bool json_open(json_reader *r, char bracket);
bool json_close(json_reader *r, char bracket);
bool json_comma(json_reader *r);
bool json_colon(json_reader *r);
/* true, false or null, if it is there. */
bool json_word(json_reader *r, const char *word);
bool json_number(json_reader *r, pb_decimal *d);
/* A string; it may view the text. json_own_string: memory of its own, writable. */
bool json_string(json_reader *r, weir_str *s);
bool json_own_string(json_reader *r, weir_str *s);
/* Any value. */
bool json_skip(json_reader *r);

/* ---- values: json_read.c */

bool json_message(json_reader *r, const weir_pb_type *t, char *msg);
bool json_field(json_reader *r, const weir_pb_type *t, const weir_pb_field *row, char *msg);
/* What follows the opening brace of an object that is not empty. in_any: "@type" is passed over. */
bool json_members(json_reader *r, const weir_pb_type *t, char *msg, bool in_any);

/* ---- well-known types: json_known.c */

bool json_known(json_reader *r, pb_wkt wkt, const weir_pb_type *t, char *msg);
WEIR_INLINE bool json_is_null_value(const weir_pb_enum *e) {
  return !strcmp(e->full_name, "google.protobuf.NullValue");
}

#endif
