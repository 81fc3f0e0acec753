/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* field.h - values into and out of the members that rows name, for what is not the binary codec. */
#ifndef WEIR_PB_FIELD_H
#define WEIR_PB_FIELD_H

#include "pb/ext.h"

/* One value of a field, in its C type's member. */
typedef union pb_value {
  double f64;
  float f32;
  int64_t i64;
  uint64_t u64;
  int32_t i32;
  uint32_t u32;
  bool b;
  weir_str str;
  const char *msg;
} pb_value;

/* Puts a value where its row says: the member, with presence, or a new element. False when out of memory. */
bool pb_field_put(char *msg, const weir_pb_field *row, const pb_value *v, weir_arena *a);
/* The submessage that a value goes into: what is there, or a new one; of a repeated field a new element. NULL when out of
 * memory. Not for maps. */
char *pb_field_open(char *msg, const weir_pb_type *t, const weir_pb_field *row, weir_arena *a);
/* A field that is neither repeated nor a map: no value. */
void pb_field_unset(char *msg, const weir_pb_field *row);
/* The number of the member that is set in the field's oneof; 0 if there is none, or the field is in no oneof. */
WEIR_INLINE uint32_t pb_oneof_case(const char *msg, const weir_pb_field *row) {
  return (row->kind & WEIR_PB_MODE) == WEIR_PB_ONEOF ? pb_load32(msg + row->presence) : 0;
}
/* A message value of a map's entry must be there. False when out of memory. */
bool pb_entry_complete(const weir_pb_type *entry, char *at, weir_arena *a);

/* The part of a full name behind the last dot. */
const char *pb_short_name(const char *full_name);

/* Walks rows and extensions of a message together, by number. */
typedef struct pb_walk {
  const weir_pb_type *type;
  const char *msg;
  const pb_exts *exts;
  uint32_t row_at, ext_at;
} pb_walk;
typedef struct pb_walk_field {
  const weir_pb_type *type; /* of the message that holds the field: the extension's struct, or the message itself */
  const char *msg;
  const weir_pb_field *row;
  const weir_pb_ext *ext; /* or NULL */
  uint32_t index;         /* of the row */
} pb_walk_field;
pb_walk pb_walk_of(const weir_pb_type *t, const char *msg);
/* The next field that has a value (that is not empty); false at the end. */
bool pb_walk_next(pb_walk *w, pb_walk_field *f);

/* The entries of a map by ascending key; NULL when out of memory. */
const char **pb_map_sorted(const weir_pb_type *entry, const pb_map *m, weir_arena *a);

/* ---- what google.protobuf.Any holds */

#define PB_ANY_URL   1u
#define PB_ANY_VALUE 2u
/* The type that a type URL names: what stands behind its last slash. NULL if the pool has none. */
const weir_pb_type *pb_any_type(const weir_pb_pool *pool, weir_str url);

/* "line:column" of a place in a text, from 1, in bytes. */
typedef struct pb_place {
  uint32_t line, column;
} pb_place;
pb_place pb_place_of(const char *start, const char *at);

#endif
