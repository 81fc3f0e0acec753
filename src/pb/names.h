/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* names.h - the names of a type's fields, made ready for one call of JSON or text: tables hold them one behind the
 * other. A cache lives as long as the call; what it makes comes from the arena. */
#ifndef WEIR_PB_NAMES_H
#define WEIR_PB_NAMES_H

#include "pb/table.h"

typedef struct pb_name {
  weir_str text, json;
  weir_str key; /* "json": as it stands in an object, quotes, colon and escapes included */
} pb_name;

typedef struct pb_names {
  const weir_pb_type *type;
  const pb_name *fields; /* in row order */
  uint32_t mask;
  const uint32_t *slots; /* row + 1 by hash of both names; 0 is free; NULL in small types */
  struct pb_names *next;
} pb_names;

#define PB_NAMES_BUCKETS 32u
typedef struct pb_name_cache {
  weir_arena *arena;
  pb_names *buckets[PB_NAMES_BUCKETS];
} pb_name_cache;

/* NULL when out of memory. */
const pb_names *pb_names_make(pb_name_cache *c, const weir_pb_type *t);
WEIR_INLINE const pb_names *pb_names_of(pb_name_cache *c, const weir_pb_type *t) {
  const pb_names *n = c->buckets[((uintptr_t)t >> 5) % PB_NAMES_BUCKETS];
  if (WEIR_LIKELY(n && n->type == t)) return n;
  return pb_names_make(c, t);
}

/* The row of the field called so, or NULL: by name, or with `json` by either name. `hint` is the row it may well be. */
const weir_pb_field *pb_names_find(const pb_names *n, weir_str name, bool json, uint32_t hint);

/* "foo_bar" as "fooBar": the name that a field has in JSON unless it is given another. Writes at most from.len bytes. */
size_t pb_json_name(weir_str from, char *to);

/* The name of an enum's value, the first in the .proto of those with this number; empty if it has none. */
weir_str pb_enum_name(const weir_pb_enum *e, int32_t number);
/* False if no value is called so. */
bool pb_enum_number(const weir_pb_enum *e, weir_str name, int32_t *number);

#endif
