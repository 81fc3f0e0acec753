/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* encode_run.c - encoding's loop over fields, from the last to the first, with a stack of its own for submessages: when a
 * submessage's length is to be written, its bytes are there and counted. */
#include "pb/encode.h"
#include "pb/field.h"

WEIR_INLINE uint8_t *put_tag(uint8_t *p, uint32_t number, uint32_t wire_type) {
  return wire_put_varint(p, number << 3 | wire_type);
}

/* Copies n bytes; true if all are ASCII. Short ones, which most are, without a call. */
WEIR_INLINE bool copy_text(uint8_t *to, const char *from, size_t n) {
  if (n >= 16) {
    if (n > 64) return memcpy(to, from, n), wire_ascii((const uint8_t *)from, n);
    uint64_t w[4], any = 0;
    for (size_t i = 0;; i = i + 32 < n ? i + 16 : n - 16) {
      memcpy(w, from + i, 16);
      memcpy(to + i, w, 16);
      any |= w[0] | w[1];
      if (i == n - 16) return !(any & WIRE_HIGH_BITS);
    }
  }
  if (n >= 8) {
    uint64_t a, b;
    memcpy(&a, from, 8);
    memcpy(&b, from + n - 8, 8);
    memcpy(to, &a, 8);
    memcpy(to + n - 8, &b, 8);
    return !((a | b) & WIRE_HIGH_BITS);
  }
  if (n >= 4) {
    uint32_t a, b;
    memcpy(&a, from, 4);
    memcpy(&b, from + n - 4, 4);
    memcpy(to, &a, 4);
    memcpy(to + n - 4, &b, 4);
    return !((a | b) & (uint32_t)WIRE_HIGH_BITS);
  }
  if (!n) return true;
  uint8_t a = (uint8_t)from[0], b = (uint8_t)from[n / 2], c = (uint8_t)from[n - 1];
  to[0] = a;
  to[n / 2] = b;
  to[n - 1] = c;
  return (a | b | c) < 0x80;
}

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

WEIR_INLINE uint8_t *put_varint(uint8_t *p, const weir_pb_field *row, uint64_t v) {
  return put_tag(wire_put_varint(p, v), row->number, WIRE_VARINT);
}
WEIR_INLINE uint8_t *put_fixed32(uint8_t *p, const weir_pb_field *row, uint32_t v) {
  wire_store32(p - 4, v);
  return put_tag(p - 4, row->number, WIRE_FIXED32);
}
WEIR_INLINE uint8_t *put_fixed64(uint8_t *p, const weir_pb_field *row, uint64_t v) {
  wire_store64(p - 8, v);
  return put_tag(p - 8, row->number, WIRE_FIXED64);
}
WEIR_INLINE uint8_t *put_str(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                             weir_str s) {
  if (WEIR_UNLIKELY((size_t)(p - e->begin) - ENCODE_SLACK < s.len)) return encode_full(e);
  p -= s.len;
  if (WEIR_UNLIKELY(!copy_text(p, s.data, s.len)) && row->flags & WEIR_PB_UTF8 &&
      !wire_utf8_slow((const uint8_t *)s.data, (const uint8_t *)s.data + s.len))
    return encode_fail(e, WEIR_INVALID_ARGUMENT, "invalid UTF-8", t, row->number);
  return put_tag(wire_put_varint(p, s.len), row->number, WIRE_BYTES);
}

/* Any value but a message's, with its tag in front, also if it is zero. There is room for all but a string. */
static WEIR_NOINLINE uint8_t *put_value(encoder *e, uint8_t *p, const weir_pb_type *t,
                                        const weir_pb_field *row, const char *at) {
  switch (pb_wire_type(row)) {
  case WIRE_VARINT: return put_varint(p, row, load_varint(row->kind & WEIR_PB_KIND, at));
  case WIRE_FIXED32: return put_fixed32(p, row, pb_load32(at));
  case WIRE_FIXED64: return put_fixed64(p, row, pb_load64(at));
  default: return put_str(e, p, t, row, pb_load_str(at));
  }
}

/* ---- repeated fields */

#define PACK(kind, size)                                                          \
  do {                                                                            \
    for (const char *at_ = data + (size_t)len * (size); at_ > data;) {            \
      at_ -= (size);                                                              \
      if (WEIR_UNLIKELY(!encode_room(e, p, ENCODE_SLACK))) return encode_full(e); \
      p = wire_put_any_varint(p, load_varint(kind, at_));                         \
    }                                                                             \
    return p;                                                                     \
  } while (0)
static uint8_t *pack_varints(encoder *e, uint8_t *p, uint32_t kind, const char *data, uint32_t len) {
  switch (kind) {
  case WEIR_PB_INT64:
  case WEIR_PB_UINT64: PACK(WEIR_PB_UINT64, 8);
  case WEIR_PB_SINT64: PACK(WEIR_PB_SINT64, 8);
  case WEIR_PB_UINT32: PACK(WEIR_PB_UINT32, 4);
  case WEIR_PB_SINT32: PACK(WEIR_PB_SINT32, 4);
  default: PACK(WEIR_PB_INT32, 4);
  }
}

/* Elements whose bytes are those on the wire, on a little-endian machine. */
static uint8_t *pack_fixed(encoder *e, uint8_t *p, size_t size, const char *data, uint32_t len) {
  size_t n = (size_t)len * size;
  if (!encode_room(e, p, n + ENCODE_SLACK)) return encode_full(e);
  if (WIRE_LITTLE_ENDIAN || size == 1) return (uint8_t *)memcpy(p - n, data, n);
  for (const char *at = data + n; at > data;) {
    at -= size;
    p -= size;
    if (size == 4)
      wire_store32(p, pb_load32(at));
    else
      wire_store64(p, pb_load64(at));
  }
  return p;
}

static WEIR_NOINLINE uint8_t *encode_packed(encoder *e, uint8_t *p, const weir_pb_field *row, const pb_vec *v) {
  const uint8_t *end = p;
  uint32_t kind = row->kind & WEIR_PB_KIND, wire = pb_wire_type(row);
  if (wire == WIRE_VARINT && kind != WEIR_PB_BOOL)
    p = pack_varints(e, p, kind, v->data, v->len);
  else
    p = pack_fixed(e, p, pb_kind_size(row->kind), v->data, v->len);
  if (!p) return NULL;
  if (!encode_room(e, p, ENCODE_SLACK)) return encode_full(e);
  return put_tag(wire_put_varint(p, (uint64_t)(end - p)), row->number, WIRE_BYTES);
}

/* A repeated field of no messages. */
static uint8_t *encode_repeated(encoder *e, uint8_t *p, const weir_pb_type *t, const weir_pb_field *row,
                                const pb_vec *v) {
  if (row->flags & WEIR_PB_PACKED) return encode_packed(e, p, row, v);
  size_t size = pb_kind_size(row->kind);
  for (const char *at = v->data + (size_t)v->len * size; p && at > v->data;) {
    at -= size;
    if (!encode_room(e, p, ENCODE_SLACK)) return encode_full(e);
    p = put_value(e, p, t, row, at);
  }
  return p;
}

/* ---- the loop */

/* The cases of a kind that is not a message: zero and empty values without presence are absent (-0.0 is not). */
#define VALUE_CASES(kind, ctype, load, is_zero, put)              \
  case WEIR_PB_##kind: {                                          \
    ctype v_ = load(msg + row->offset);                           \
    if (is_zero(v_)) goto next;                                   \
    p = put;                                                      \
    goto next;                                                    \
  }                                                               \
  case WEIR_PB_##kind | WEIR_PB_HAS: {                            \
    if (!msg[row->presence]) goto next;                           \
    ctype v_ = load(msg + row->offset);                           \
    p = put;                                                      \
    goto next;                                                    \
  }                                                               \
  case WEIR_PB_##kind | WEIR_PB_ONEOF: {                          \
    if (pb_load32(msg + row->presence) != row->number) goto next; \
    ctype v_ = load(msg + row->offset);                           \
    p = put;                                                      \
    goto next;                                                    \
  }
#define ZERO(v)      (!(v))
#define EMPTY(v)     (!(v).len)
#define LOAD_BOOL(p) (*(p) != 0)
#define SIGN(v)      (uint64_t)(int64_t)(int32_t)(v)

/* One level down: into the message at `at_`, the last of those between first_ and it. */
#define DOWN(first_, at_, step_, in_place_)                               \
  do {                                                                    \
    if (WEIR_UNLIKELY(f == &e->frames[WEIR_PB_MAX_DEPTH])) goto too_deep; \
    f++;                                                                  \
    f->type = type;                                                       \
    f->msg = msg;                                                         \
    f->row = row;                                                         \
    f->first = (first_);                                                  \
    f->at = (at_);                                                        \
    f->step = (step_);                                                    \
    f->in_place = (in_place_);                                            \
    goto element;                                                         \
  } while (0)

uint8_t *encode_run(encoder *e, encode_frame *base, uint8_t *p, const weir_pb_type *type, const char *msg) {
  encode_frame *f = base;
  const weir_pb_field *row;

begin: /* of a level: what comes behind its fields */
  if (WEIR_UNLIKELY(!msg)) {
    if (type->flags & WEIR_PB_HAS_REQUIRED && !(e->flags & WEIR_PB_PARTIAL))
      return encode_fail(e, WEIR_INVALID_ARGUMENT, "required fields are missing", type, 0);
    goto end;
  }
  if (WEIR_UNLIKELY(type->flags & (WEIR_PB_MAP_ENTRY | WEIR_PB_HAS_REQUIRED))) {
    if (type->flags & WEIR_PB_MAP_ENTRY) goto entry;
    const weir_pb_field *missing = e->flags & WEIR_PB_PARTIAL ? NULL : pb_first_missing(type, msg);
    if (missing)
      return encode_fail(e, WEIR_INVALID_ARGUMENT, "required field is missing", type, missing->number);
  }
  if (WEIR_UNLIKELY(((const weir_pb_hdr *)(const void *)msg)->extra)) {
    p = encode_extra(e, f, p, type, ((const weir_pb_hdr *)(const void *)msg)->extra);
    if (!p) return NULL;
  }
  if (WEIR_UNLIKELY(!type->n_fields)) goto end;
  row = type->fields + type->n_fields;

next:
  if (WEIR_UNLIKELY(!p)) return NULL;
  if (row == type->fields) goto end;
  row--;
  if (WEIR_UNLIKELY(!encode_room(e, p, ENCODE_SLACK))) return encode_full(e);
  switch (row->kind) {
    VALUE_CASES(DOUBLE, uint64_t, pb_load64, ZERO, put_fixed64(p, row, v_))
    VALUE_CASES(FIXED64, uint64_t, pb_load64, ZERO, put_fixed64(p, row, v_))
    VALUE_CASES(SFIXED64, uint64_t, pb_load64, ZERO, put_fixed64(p, row, v_))
    VALUE_CASES(FLOAT, uint32_t, pb_load32, ZERO, put_fixed32(p, row, v_))
    VALUE_CASES(FIXED32, uint32_t, pb_load32, ZERO, put_fixed32(p, row, v_))
    VALUE_CASES(SFIXED32, uint32_t, pb_load32, ZERO, put_fixed32(p, row, v_))
    VALUE_CASES(INT64, uint64_t, pb_load64, ZERO, put_varint(p, row, v_))
    VALUE_CASES(UINT64, uint64_t, pb_load64, ZERO, put_varint(p, row, v_))
    VALUE_CASES(SINT64, uint64_t, pb_load64, ZERO, put_varint(p, row, wire_zigzag64(v_)))
    VALUE_CASES(INT32, uint32_t, pb_load32, ZERO, put_varint(p, row, SIGN(v_)))
    VALUE_CASES(ENUM, uint32_t, pb_load32, ZERO, put_varint(p, row, SIGN(v_)))
    VALUE_CASES(UINT32, uint32_t, pb_load32, ZERO, put_varint(p, row, v_))
    VALUE_CASES(SINT32, uint32_t, pb_load32, ZERO, put_varint(p, row, wire_zigzag32(v_)))
    VALUE_CASES(BOOL, bool, LOAD_BOOL, ZERO, put_varint(p, row, v_))
    VALUE_CASES(STRING, weir_str, pb_load_str, EMPTY, put_str(e, p, type, row, v_))
    VALUE_CASES(BYTES, weir_str, pb_load_str, EMPTY, put_str(e, p, type, row, v_))
  case WEIR_PB_MESSAGE:
  case WEIR_PB_GROUP: {
    const char *at = msg + row->offset;
    if (!pb_load_ptr(at)) goto next;
    DOWN(at, at, 0, false);
  }
  case WEIR_PB_MESSAGE | WEIR_PB_ONEOF:
  case WEIR_PB_GROUP | WEIR_PB_ONEOF: {
    const char *at = msg + row->offset;
    if (pb_load32(msg + row->presence) != row->number) goto next;
    DOWN(at, at, 0, false);
  }
  case WEIR_PB_MESSAGE | WEIR_PB_REPEATED:
  case WEIR_PB_GROUP | WEIR_PB_REPEATED: {
    const pb_vec *v = (const pb_vec *)(const void *)(msg + row->offset);
    if (!v->len) goto next;
    DOWN(v->data, v->data + (size_t)(v->len - 1) * sizeof(void *), sizeof(void *), false);
  }
  case WEIR_PB_MESSAGE | WEIR_PB_MAP: {
    const pb_map *m = (const pb_map *)(const void *)(msg + row->offset);
    if (!m->len) goto next;
    const weir_pb_type *entry = type->subs[row->sub].type;
    if (!(e->flags & WEIR_PB_DETERMINISTIC))
      DOWN(m->data, m->data + (size_t)(m->len - 1) * entry->size, entry->size, true);
    const char *sorted = (const char *)pb_map_sorted(entry, m, e->arena);
    if (!sorted) return encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "out of memory", type, row->number);
    DOWN(sorted, sorted + (size_t)(m->len - 1) * sizeof(void *), sizeof(void *), false);
  }
  default: { /* repeated, and no messages */
    const pb_vec *v = (const pb_vec *)(const void *)(msg + row->offset);
    if (v->len) p = encode_repeated(e, p, type, row, v);
    goto next;
  }
  }

element: /* f->at, of f->row */
  if (WEIR_UNLIKELY(!encode_room(e, p, ENCODE_SLACK))) return encode_full(e);
  if (WEIR_UNLIKELY((f->row->kind & WEIR_PB_KIND) == WEIR_PB_GROUP)) p = put_tag(p, f->row->number, WIRE_END);
  f->end = p;
  type = f->type->subs[f->row->sub].type;
  msg = f->in_place ? f->at : (const char *)pb_load_ptr(f->at);
  if (WEIR_UNLIKELY(!msg) && f->step)
    return encode_fail(e, WEIR_INVALID_ARGUMENT, "repeated field holds a NULL message", f->type,
                       f->row->number);
  goto begin;

entry: /* both fields are always written; a message as value is a level of its own */
  row = &type->fields[1];
  if (pb_is_message(row)) DOWN(msg + row->offset, msg + row->offset, 0, false);
  p = put_value(e, p, type, row, msg + row->offset);
  if (WEIR_UNLIKELY(!p)) return NULL;
key:
  row = &type->fields[0];
  if (WEIR_UNLIKELY(!encode_room(e, p, ENCODE_SLACK))) return encode_full(e);
  p = put_value(e, p, type, row, msg + row->offset);
  if (WEIR_UNLIKELY(!p)) return NULL;

end: /* of a level: what comes in front of its fields */
  if (f == base) return p;
  if (WEIR_UNLIKELY(!encode_room(e, p, ENCODE_SLACK))) return encode_full(e);
  row = f->row;
  if (WEIR_LIKELY((row->kind & WEIR_PB_KIND) != WEIR_PB_GROUP))
    p = put_tag(wire_put_varint(p, (uint64_t)(f->end - p)), row->number, WIRE_BYTES);
  else
    p = put_tag(p, row->number, WIRE_START);
  if (f->at != f->first) {
    f->at -= f->step;
    goto element;
  }
  type = f->type;
  msg = f->msg;
  f--;
  if (WEIR_UNLIKELY(type->flags & WEIR_PB_MAP_ENTRY)) goto key;
  goto next;

too_deep:
  return encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "nested too deep", type, row->number);
}
