/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* table.h - how the codec looks at types and messages: fields by number, members as untyped memory. Members are
 * read and written with memcpy or through may_alias types, because their declared types are the generated code's. */
#ifndef WEIR_PB_TABLE_H
#define WEIR_PB_TABLE_H

#include "base/arena.h"
#include "pb/wire.h"

#if defined(__GNUC__)
#define WEIR_MAY_ALIAS __attribute__((may_alias))
#else
#define WEIR_MAY_ALIAS
#endif

/* The structs of extensions, by number. */
typedef struct pb_ext_slot {
  const weir_pb_ext *ext;
  char *holder;
} pb_ext_slot;
typedef struct WEIR_MAY_ALIAS pb_exts {
  pb_ext_slot *data;
  uint32_t len, cap;
} pb_exts;

/* What hdr_ leads to: unknown fields as they came, and extensions. */
struct weir_pb_extra {
  uint8_t *data;
  uint32_t len, cap;
  pb_exts exts;
};

/* Any repeated field, any map. */
typedef struct WEIR_MAY_ALIAS pb_vec {
  char *data;
  uint32_t len, cap;
} pb_vec;
typedef struct WEIR_MAY_ALIAS pb_map {
  char *data;
  uint32_t len, cap;
  weir_pb_index *index;
} pb_map;

/* Most elements of a repeated field or map. */
#define PB_MAX_LEN 0x7fffffffu

/* Room for `by` more elements; false when out of memory or too many, with the vector as it was. */
bool pb_vec_reserve_slow(pb_vec *v, size_t elem_size, uint32_t by, weir_arena *a);
WEIR_INLINE bool pb_vec_reserve(pb_vec *v, size_t elem_size, uint32_t by, weir_arena *a) {
  if (WEIR_LIKELY(v->cap > v->len && v->cap - v->len >= by)) return true;
  return pb_vec_reserve_slow(v, elem_size, by, a);
}

WEIR_INLINE const void *pb_load_ptr(const char *at) {
  const void *p;
  memcpy(&p, at, sizeof p);
  return p;
}
WEIR_INLINE uint32_t pb_load32(const char *at) {
  uint32_t v;
  memcpy(&v, at, sizeof v);
  return v;
}
WEIR_INLINE uint64_t pb_load64(const char *at) {
  uint64_t v;
  memcpy(&v, at, sizeof v);
  return v;
}
WEIR_INLINE weir_str pb_load_str(const char *at) {
  weir_str v;
  memcpy(&v, at, sizeof v);
  return v;
}

/* The row of a field that dense_below does not cover, or NULL. */
const weir_pb_field *pb_find_sparse(const weir_pb_type *t, uint32_t number);
WEIR_INLINE const weir_pb_field *pb_find(const weir_pb_type *t, uint32_t number) {
  if (WEIR_LIKELY(number - 1 < t->dense_below)) return &t->fields[number - 1];
  return pb_find_sparse(t, number);
}

/* Name of the field; empty if the type does not know it. */
weir_str pb_field_name(const weir_pb_type *t, uint32_t number);

bool pb_enum_search(const weir_pb_enum *e, int32_t value);
/* True if the enum has this value; mostly they are without gaps. */
WEIR_INLINE bool pb_enum_has(const weir_pb_enum *e, int32_t value) {
  if (WEIR_UNLIKELY(!e->n_values)) return false;
  uint32_t i = (uint32_t)value - (uint32_t)e->values[0];
  return WEIR_LIKELY(i < e->n_values && e->values[i] == value) || pb_enum_search(e, value);
}

/* Size of a field's C type; of one element for repeated fields. */
WEIR_INLINE size_t pb_kind_size(uint8_t kind) {
  switch (kind & WEIR_PB_KIND) {
  case WEIR_PB_BOOL: return sizeof(bool);
  case WEIR_PB_FLOAT:
  case WEIR_PB_INT32:
  case WEIR_PB_UINT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_FIXED32:
  case WEIR_PB_SFIXED32:
  case WEIR_PB_ENUM: return 4;
  case WEIR_PB_STRING:
  case WEIR_PB_BYTES: return sizeof(weir_str);
  case WEIR_PB_GROUP:
  case WEIR_PB_MESSAGE: return sizeof(void *);
  default: return 8;
  }
}

/* Wire type of one value. */
WEIR_INLINE uint32_t pb_wire_type(const weir_pb_field *row) {
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_DOUBLE:
  case WEIR_PB_FIXED64:
  case WEIR_PB_SFIXED64: return WIRE_FIXED64;
  case WEIR_PB_FLOAT:
  case WEIR_PB_FIXED32:
  case WEIR_PB_SFIXED32: return WIRE_FIXED32;
  case WEIR_PB_STRING:
  case WEIR_PB_BYTES:
  case WEIR_PB_MESSAGE: return WIRE_BYTES;
  case WEIR_PB_GROUP: return WIRE_START;
  default: return WIRE_VARINT;
  }
}

/* True if the field is one that can be packed. */
WEIR_INLINE bool pb_row_packable(const weir_pb_field *row) {
  uint32_t type = pb_wire_type(row);
  return (row->kind & WEIR_PB_MODE) == WEIR_PB_REPEATED && type != WIRE_BYTES && type != WIRE_START;
}

WEIR_INLINE bool pb_is_message(const weir_pb_field *row) {
  uint32_t kind = row->kind & WEIR_PB_KIND;
  return kind == WEIR_PB_MESSAGE || kind == WEIR_PB_GROUP;
}

/* True if a field that is neither repeated nor a map is present, or, without presence, not zero or empty. */
WEIR_INLINE bool pb_field_set(const weir_pb_field *row, const char *msg) {
  const char *at = msg + row->offset;
  switch (row->kind & WEIR_PB_MODE) {
  case WEIR_PB_HAS: return msg[row->presence] != 0;
  case WEIR_PB_ONEOF: return pb_load32(msg + row->presence) == row->number;
  default: break;
  }
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_STRING:
  case WEIR_PB_BYTES: return pb_load_str(at).len != 0;
  case WEIR_PB_MESSAGE:
  case WEIR_PB_GROUP: return pb_load_ptr(at) != NULL;
  case WEIR_PB_BOOL: return *at != 0;
  default: return pb_kind_size(row->kind) == 4 ? pb_load32(at) != 0 : pb_load64(at) != 0;
  }
}

/* The first required field that is missing in *msg itself (not in submessages), or NULL. */
const weir_pb_field *pb_first_missing(const weir_pb_type *t, const char *msg);

/* A message and its submessages: true if all required fields are there; else says which is not, *type's *number. */
typedef struct pb_missing {
  const weir_pb_type *type;
  uint32_t number;
} pb_missing;
bool pb_check_required(const weir_pb_type *t, const char *msg, int max_depth, pb_missing *missing);

/* Encoded size, or PB_TOO_LARGE for what cannot be encoded: beyond 2 GiB or WEIR_PB_MAX_DEPTH. */
#define PB_TOO_LARGE ((uint64_t)WEIR_PB_MAX_SIZE + 1)
uint64_t pb_size(const weir_pb_type *t, const char *msg);

/* What hdr_ leads to, made if there is nothing yet; NULL when out of memory. */
struct weir_pb_extra *pb_extra(char *msg, weir_arena *a);
/* The end of the field at p, where all fields up to `end` are well-formed: unknown fields that are kept. */
const uint8_t *pb_unknown_end(const uint8_t *p, const uint8_t *end);
/* Appends n bytes of unknown fields; false when out of memory. */
bool pb_keep_unknown(char *msg, const uint8_t *bytes, size_t n, weir_arena *a);

/* A zeroed message. Where the arena's block has the room, whole lines of 64 bytes are cleared, also behind the message: it
 * is free memory, and the number of steps is then easy to foretell. */
WEIR_INLINE char *pb_new(const weir_pb_type *t, weir_arena *a) {
  size_t need = (t->size + (WEIR_ARENA_ALIGN - 1)) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
  size_t lines = (need + 63) & ~(size_t)63;
  char *p = a->ptr;
  if (WEIR_LIKELY(lines <= (size_t)(a->end - p) && lines <= 512)) {
    for (size_t i = 0; i < lines; i += 64) memset(p + i, 0, 64);
    a->ptr += need;
    return p;
  }
  p = (char *)weir_arena_take(a, t->size);
  return p ? (char *)memset(p, 0, t->size) : NULL;
}

/* ---- maps: map.c */

/* Room for one more entry, zeroed, behind the last; NULL when out of memory. It counts once committed. */
char *pb_map_open(pb_map *m, const weir_pb_type *entry, weir_arena *a);
/* Adds the entry that pb_map_open made; one with the same key is overwritten. False when out of memory. */
bool pb_map_commit(pb_map *m, const weir_pb_type *entry, weir_arena *a);
/* Orders two entries by key: numbers by value, strings by bytes. */
int pb_map_compare(const weir_pb_type *entry, const char *x, const char *y);

#endif
