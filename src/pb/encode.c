/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* encode.c - messages to bytes, by tables, in one pass from the last byte to the first: when a submessage's length is
 * to be written, its bytes are there and counted. The free rest of the arena's block is the buffer; a message that
 * does not fit there is sized (size.c) and gets a buffer of just that size. */
#include "pb/field.h"

/* Room that every step asks for on top of what it copies: two varints. */
#define SLACK 20u
/* A rest of a block that is worth a try. */
#define MIN_REST 64u

typedef struct encoder {
  uint8_t *begin;
  weir_arena *arena;
  uint32_t flags;
  int depth; /* levels that are left */
  bool full; /* the buffer was too small: everything else is as usual */
  weir_code code;
  const char *why;
  const weir_pb_type *type;
  uint32_t number;
} encoder;

static WEIR_NOINLINE uint8_t *encode_fail(encoder *e, weir_code code, const char *why, const weir_pb_type *t,
                                          uint32_t number) {
  e->full = false;
  e->code = code;
  e->why = why;
  e->type = t;
  e->number = number;
  return NULL;
}

static WEIR_NOINLINE uint8_t *encode_full(encoder *e) {
  e->full = true;
  return NULL;
}

WEIR_INLINE bool has_room(const encoder *e, const uint8_t *p, size_t n) {
  return (size_t)(p - e->begin) >= n;
}

WEIR_INLINE uint8_t *put_tag(uint8_t *p, uint32_t number, uint32_t wire_type) {
  return wire_put_varint(p, number << 3 | wire_type);
}

static uint8_t *put_bytes(encoder *e, uint8_t *p, const void *data, size_t n) {
  if (!has_room(e, p, n)) return encode_full(e);
  p -= n;
  return n ? (uint8_t *)memcpy(p, data, n) : p;
}

static uint8_t *encode_message(encoder *e, uint8_t *p, const weir_pb_type *t, const char *msg);

/* ---- one value, without its tag */

WEIR_INLINE uint64_t load_varint(uint32_t kind, const char *at) {
  switch (kind) {
  case WEIR_PB_INT64:
  case WEIR_PB_UINT64: return pb_load64(at);
  case WEIR_PB_SINT64: return wire_zigzag64(pb_load64(at));
  case WEIR_PB_UINT32: return pb_load32(at);
  case WEIR_PB_SINT32: return wire_zigzag32(pb_load32(at));
  case WEIR_PB_BOOL: return *at != 0;
  default: return (uint64_t)(int64_t)(int32_t)pb_load32(at); /* int32, enum: sign-extended */
  }
}

/* memcpy, without a call for the short strings that most are. */
WEIR_INLINE void copy_bytes(uint8_t *to, const char *from, size_t n) {
  if (n > 32) {
    memcpy(to, from, n);
  } else if (n >= 16) {
    memcpy(to, from, 16);
    memcpy(to + n - 16, from + n - 16, 16);
  } else if (n >= 8) {
    memcpy(to, from, 8);
    memcpy(to + n - 8, from + n - 8, 8);
  } else if (n >= 4) {
    memcpy(to, from, 4);
    memcpy(to + n - 4, from + n - 4, 4);
  } else {
    for (size_t i = 0; i < n; i++) to[i] = (uint8_t)from[i];
  }
}

/* There is room for two varints already. */
WEIR_INLINE uint8_t *encode_str(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                                weir_str s) {
  if (WEIR_UNLIKELY((size_t)(p - e->begin) - SLACK < s.len)) return encode_full(e);
  if (s.len) { /* data may be NULL otherwise */
    if (row->flags & WEIR_PB_UTF8 && WEIR_UNLIKELY(!wire_utf8((const uint8_t *)s.data, s.len)))
      return encode_fail(e, WEIR_INVALID_ARGUMENT, "invalid UTF-8", t, row->number);
    p -= s.len;
    copy_bytes(p, s.data, s.len);
  }
  return wire_put_varint(p, s.len);
}

/* A submessage with its length, or a group's fields and end tag. */
static uint8_t *encode_sub(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                           const char *sub) {
  if (WEIR_UNLIKELY(!has_room(e, p, SLACK))) return encode_full(e);
  if (WEIR_UNLIKELY(!e->depth))
    return encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "nested too deep", t, row->number);
  bool group = (row->kind & WEIR_PB_KIND) == WEIR_PB_GROUP;
  if (group) p = put_tag(p, row->number, WIRE_END);
  const uint8_t *end = p;
  e->depth--;
  p = encode_message(e, p, t->subs[row->sub].type, sub);
  e->depth++;
  if (!p) return NULL;
  if (WEIR_UNLIKELY(!has_room(e, p, SLACK))) return encode_full(e);
  return group ? p : wire_put_varint(p, (uint64_t)(end - p));
}

/* The value at `at` with its tag in front. With skip_empty, which callers give as a constant, what stands for an absent
 * value (zero, empty, NULL; not -0.0) is left out. */
WEIR_INLINE uint8_t *encode_value(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                                  const char *at, bool skip_empty) {
  uint32_t kind = row->kind & WEIR_PB_KIND;
  uint64_t v;
  if (WEIR_UNLIKELY(!has_room(e, p, SLACK))) return encode_full(e);
  switch (kind) {
  case WEIR_PB_DOUBLE:
  case WEIR_PB_FIXED64:
  case WEIR_PB_SFIXED64:
    v = pb_load64(at);
    if (skip_empty && !v) return p;
    p -= 8;
    wire_store64(p, v);
    return put_tag(p, row->number, WIRE_FIXED64);
  case WEIR_PB_FLOAT:
  case WEIR_PB_FIXED32:
  case WEIR_PB_SFIXED32:
    v = pb_load32(at);
    if (skip_empty && !v) return p;
    p -= 4;
    wire_store32(p, (uint32_t)v);
    return put_tag(p, row->number, WIRE_FIXED32);
  case WEIR_PB_STRING:
  case WEIR_PB_BYTES:
    if (skip_empty && !pb_load_str(at).len) return p;
    p = encode_str(e, p, t, row, pb_load_str(at));
    return p ? put_tag(p, row->number, WIRE_BYTES) : NULL;
  case WEIR_PB_MESSAGE:
  case WEIR_PB_GROUP:
    if (skip_empty && !pb_load_ptr(at)) return p;
    p = encode_sub(e, p, t, row, (const char *)pb_load_ptr(at));
    return p ? put_tag(p, row->number, kind == WEIR_PB_GROUP ? WIRE_START : WIRE_BYTES) : NULL;
  case WEIR_PB_INT64:
  case WEIR_PB_UINT64: v = pb_load64(at); break;
  case WEIR_PB_SINT64: v = wire_zigzag64(pb_load64(at)); break;
  case WEIR_PB_UINT32: v = pb_load32(at); break;
  case WEIR_PB_SINT32: v = wire_zigzag32(pb_load32(at)); break;
  case WEIR_PB_BOOL: v = *at != 0; break;
  default: v = (uint64_t)(int64_t)(int32_t)pb_load32(at); break; /* int32, enum: sign-extended */
  }
  if (skip_empty && !v) return p;
  return put_tag(wire_put_varint(p, v), row->number, WIRE_VARINT);
}

/* ---- repeated fields */

#define PACK(kind, size)                                                \
  do {                                                                  \
    for (const char *at_ = data + (size_t)len * (size); at_ > data;) {  \
      at_ -= (size);                                                    \
      if (WEIR_UNLIKELY(!has_room(e, p, SLACK))) return encode_full(e); \
      p = wire_put_any_varint(p, load_varint(kind, at_));               \
    }                                                                   \
    return p;                                                           \
  } while (0)
static uint8_t *pack_varints(encoder *e, uint8_t *p, uint32_t kind, const char *data, uint32_t len) {
  switch (kind) {
  case WEIR_PB_INT64:
  case WEIR_PB_UINT64: PACK(WEIR_PB_UINT64, 8);
  case WEIR_PB_SINT64: PACK(WEIR_PB_SINT64, 8);
  case WEIR_PB_UINT32: PACK(WEIR_PB_UINT32, 4);
  case WEIR_PB_SINT32: PACK(WEIR_PB_SINT32, 4);
  case WEIR_PB_BOOL: PACK(WEIR_PB_BOOL, sizeof(bool));
  default: PACK(WEIR_PB_INT32, 4);
  }
}

static uint8_t *pack_fixed(encoder *e, uint8_t *p, size_t size, const char *data, uint32_t len) {
  if (WIRE_LITTLE_ENDIAN) return put_bytes(e, p, data, (size_t)len * size);
  for (const char *at = data + (size_t)len * size; at > data;) {
    at -= size;
    if (!has_room(e, p, SLACK)) return encode_full(e);
    p -= size;
    if (size == 4)
      wire_store32(p, pb_load32(at));
    else
      wire_store64(p, pb_load64(at));
  }
  return p;
}

static uint8_t *encode_packed(encoder *e, uint8_t *p, const weir_pb_field *row, const pb_vec *v) {
  const uint8_t *end = p;
  uint32_t kind = row->kind & WEIR_PB_KIND;
  switch (kind) {
  case WEIR_PB_FLOAT:
  case WEIR_PB_FIXED32:
  case WEIR_PB_SFIXED32: p = pack_fixed(e, p, 4, v->data, v->len); break;
  case WEIR_PB_DOUBLE:
  case WEIR_PB_FIXED64:
  case WEIR_PB_SFIXED64: p = pack_fixed(e, p, 8, v->data, v->len); break;
  default: p = pack_varints(e, p, kind, v->data, v->len); break;
  }
  if (!p) return NULL;
  if (!has_room(e, p, SLACK)) return encode_full(e);
  return put_tag(wire_put_varint(p, (uint64_t)(end - p)), row->number, WIRE_BYTES);
}

static uint8_t *encode_repeated(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                                const pb_vec *v) {
  if (row->flags & WEIR_PB_PACKED) return encode_packed(e, p, row, v);
  uint32_t kind = row->kind & WEIR_PB_KIND;
  size_t size = pb_kind_size(row->kind);
  for (const char *at = v->data + (size_t)v->len * size; p && at > v->data;) {
    at -= size;
    if ((kind == WEIR_PB_MESSAGE || kind == WEIR_PB_GROUP) && WEIR_UNLIKELY(!pb_load_ptr(at)))
      return encode_fail(e, WEIR_INVALID_ARGUMENT, "repeated field holds a NULL message", t, row->number);
    p = encode_value(e, p, t, row, at, false);
  }
  return p;
}

/* ---- maps */

static uint8_t *encode_map(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                           const pb_map *m) {
  const weir_pb_type *entry = t->subs[row->sub].type;
  const char **sorted = NULL;
  if (e->flags & WEIR_PB_DETERMINISTIC) {
    sorted = pb_map_sorted(entry, m, e->arena);
    if (!sorted) return encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "out of memory", t, row->number);
  }
  for (size_t i = m->len; p && i-- > 0;) {
    p = encode_sub(e, p, t, row, sorted ? sorted[i] : m->data + i * entry->size);
    if (p) p = put_tag(p, row->number, WIRE_BYTES);
  }
  return p;
}

/* Both fields of an entry are always written. */
static uint8_t *encode_entry(encoder *e, uint8_t *p, const weir_pb_type *t, const char *entry) {
  const weir_pb_field *key = &t->fields[0], *value = &t->fields[1];
  p = encode_value(e, p, t, value, entry + value->offset, false);
  return p ? encode_value(e, p, t, key, entry + key->offset, false) : NULL;
}

/* ---- messages */

WEIR_INLINE uint8_t *encode_field(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                                  const char *msg) {
  const char *at = msg + row->offset;
  switch (row->kind & WEIR_PB_MODE) {
  case WEIR_PB_HAS:
    if (!msg[row->presence]) return p;
    break;
  case WEIR_PB_ONEOF:
    if (pb_load32(msg + row->presence) != row->number) return p;
    break;
  case WEIR_PB_REPEATED: {
    const pb_vec *v = (const pb_vec *)(const void *)at;
    return v->len ? encode_repeated(e, p, t, row, v) : p;
  }
  case WEIR_PB_MAP: {
    const pb_map *m = (const pb_map *)(const void *)at;
    return m->len ? encode_map(e, p, t, row, m) : p;
  }
  default: return encode_value(e, p, t, row, at, true);
  }
  return encode_value(e, p, t, row, at, false);
}

/* An extension of a message set, as an item. */
static uint8_t *encode_item(encoder *e, uint8_t *p, const weir_pb_type *holder, const char *msg) {
  const weir_pb_field *row = &holder->fields[0];
  const char *sub = (const char *)pb_load_ptr(msg + row->offset);
  if (!sub) return p;
  if (!has_room(e, p, SLACK)) return encode_full(e);
  p = wire_put_varint(p, PB_ITEM_END);
  p = encode_sub(e, p, holder, row, sub);
  if (!p) return NULL;
  if (!has_room(e, p, SLACK)) return encode_full(e);
  p = wire_put_varint(p, PB_ITEM_MESSAGE);
  p = wire_put_varint(p, row->number);
  p = wire_put_varint(p, PB_ITEM_ID);
  return wire_put_varint(p, PB_ITEM_START);
}

/* Unknown fields, and extensions in front of them. */
static WEIR_NOINLINE uint8_t *encode_extra(encoder *e, uint8_t *p, const weir_pb_type *t,
                                           const struct weir_pb_extra *x) {
  p = put_bytes(e, p, x->data, x->len);
  for (uint32_t i = x->exts.len; p && i-- > 0;) {
    const weir_pb_type *holder = x->exts.data[i].ext->holder;
    bool item = t->flags & WEIR_PB_MESSAGE_SET && holder->fields[0].kind == WEIR_PB_MESSAGE;
    p = item ? encode_item(e, p, holder, x->exts.data[i].holder)
             : encode_message(e, p, holder, x->exts.data[i].holder);
  }
  return p;
}

/* msg NULL is the empty message (the value of a map entry, of a oneof). */
static uint8_t *encode_message(encoder *e, uint8_t *p, const weir_pb_type *t, const char *msg) {
  if (WEIR_UNLIKELY(!msg)) {
    if (!(t->flags & WEIR_PB_HAS_REQUIRED) || e->flags & WEIR_PB_PARTIAL) return p;
    return encode_fail(e, WEIR_INVALID_ARGUMENT, "required fields are missing", t, 0);
  }
  if (WEIR_UNLIKELY(t->flags)) {
    if (t->flags & WEIR_PB_MAP_ENTRY) return encode_entry(e, p, t, msg);
    const weir_pb_field *missing = e->flags & WEIR_PB_PARTIAL ? NULL : pb_first_missing(t, msg);
    if (missing)
      return encode_fail(e, WEIR_INVALID_ARGUMENT, "required field is missing", t, missing->number);
  }
  const struct weir_pb_extra *extra = ((const weir_pb_hdr *)(const void *)msg)->extra;
  if (WEIR_UNLIKELY(extra)) p = encode_extra(e, p, t, extra);
  for (uint32_t i = t->n_fields; p && i-- > 0;) p = encode_field(e, p, t, &t->fields[i], msg);
  return p;
}

/* ---- entry points */

/* NULL: see e->full, else e->why. */
static uint8_t *encode_into(encoder *e, uint8_t *begin, uint8_t *end, const weir_pb_type *t, const void *msg) {
  e->begin = begin;
  e->full = false;
  e->depth = WEIR_PB_MAX_DEPTH;
  return encode_message(e, end, t, (const char *)msg);
}

/* Tries the rest of the arena's block, kept from other use meanwhile. What is written becomes the block's new end. */
static bool encode_in_rest(encoder *e, const weir_pb_type *t, const void *msg, weir_str *wire) {
  weir_arena *a = e->arena;
  char *begin = a->ptr, *end = a->end;
  if ((size_t)(end - begin) < MIN_REST) return encode_full(e) != NULL;
  size_t most = (size_t)(end - begin) < WEIR_PB_MAX_SIZE ? (size_t)(end - begin) : WEIR_PB_MAX_SIZE;
  a->ptr = end;
  uint8_t *p = encode_into(e, (uint8_t *)end - most, (uint8_t *)end, t, msg);
  if (p) *wire = (weir_str){(const char *)p, (size_t)(end - (char *)p)};
  if (a->ptr != end || a->end != end) return p != NULL; /* another block was opened: the rest is gone */
  a->ptr = begin;
  if (p) a->end = (char *)p - ((uintptr_t)p & (WEIR_ARENA_ALIGN - 1));
  return p != NULL;
}

static bool encode_sized(encoder *e, const weir_pb_type *t, const void *msg, weir_str *wire) {
  uint64_t need = pb_size(t, (const char *)msg);
  if (need >= PB_TOO_LARGE) {
    encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "nested too deep, or longer than 2 GiB", t, 0);
    return false;
  }
  size_t size = (size_t)need;
  uint8_t *buf = (uint8_t *)weir_arena_take(e->arena, size + SLACK);
  if (!buf) {
    encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "out of memory", t, 0);
    return false;
  }
  uint8_t *end = buf + size + SLACK, *p = encode_into(e, buf, end, t, msg);
  if (p) *wire = (weir_str){(const char *)p, (size_t)(end - p)};
  return p != NULL;
}

weir_code weir_pb_encode_err(const weir_pb_type *t, const void *msg, weir_arena *a, uint32_t flags,
                             weir_str *wire, weir_error *err) {
  encoder e = {.arena = a, .flags = flags};
  weir_str out;
  bool ok = encode_in_rest(&e, t, msg, &out);
  if (!ok && e.full) ok = encode_sized(&e, t, msg, &out);
  if (ok) return *wire = out, WEIR_OK;
  WEIR_ASSERT(!e.full);
  weir_str name = pb_field_name(e.type, e.number);
  return weir_error_set(err, e.code, 0, "%s%s" WEIR_FMT ": %s", e.type->full_name, name.len ? "." : "",
                        WEIR_ARG(name), e.why);
}

weir_code weir_pb_encode(const weir_pb_type *t, const void *msg, weir_arena *a, weir_str *wire) {
  return weir_pb_encode_err(t, msg, a, 0, wire, NULL);
}
