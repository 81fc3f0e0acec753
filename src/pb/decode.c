/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* decode.c - bytes to messages: where decoding begins and ends, and what decode_run's loop seldom meets: packed and unknown
 * fields, closed enums, the ends of map entries.
 *
 * Strings are not copied one by one: the first one that needs it copies a window of the wire into the arena, and the
 * next ones view that. With WEIR_PB_ALIAS the window is the wire itself. */
#include "base/opts.h"
#include "pb/decode.h"

#define WINDOW_SIZE 4096u

const char decode_no_memory[] = "out of memory";
const char decode_malformed_value[] = "malformed varint";
const char decode_malformed_length[] = "length goes beyond the end";

WEIR_NOINLINE void *decode_fail(decoder *d, const char *why, const uint8_t *at) {
  d->code = why == decode_no_memory ? WEIR_RESOURCE_EXHAUSTED : WEIR_INVALID_ARGUMENT;
  d->why = why;
  d->at = at;
  return NULL;
}

WEIR_NOINLINE bool decode_window(decoder *d, const uint8_t *p, size_t len) {
  if (!len) return true;
  size_t rest = (size_t)(d->limit - p), n = len < WINDOW_SIZE ? WINDOW_SIZE : len;
  if (n > rest) n = rest;
  char *copy = (char *)weir_arena_take(d->arena, n);
  if (!copy) return false;
  memcpy(copy, p, n);
  d->window_shift = (uintptr_t)copy - (uintptr_t)p;
  decode_set_window(d, p + n);
  return true;
}

/* ---- packed fields */

static size_t count_varints(const uint8_t *p, const uint8_t *end) {
  size_t n = 0;
#if defined(__GNUC__)
  for (; end - p >= 8; p += 8) {
    uint64_t w;
    memcpy(&w, p, 8);
    n += (size_t)((((~w & WIRE_HIGH_BITS) >> 7) * UINT64_C(0x0101010101010101)) >> 56);
  }
#endif
  for (; p < end; p++) n += *p < 0x80;
  return n;
}

/* A value as its field's C type holds it; for 4-byte kinds in the low half. */
WEIR_INLINE uint64_t convert_varint(uint32_t kind, uint64_t v) {
  if (kind == WEIR_PB_SINT32) return wire_unzigzag32((uint32_t)v);
  if (kind == WEIR_PB_SINT64) return wire_unzigzag64(v);
  if (kind == WEIR_PB_BOOL) return v != 0;
  return v;
}

/* Unpacks all of [p, end), whose last byte ends a varint; room for them is there. False if one is too long. */
#define UNPACK(type, kind)                            \
  do {                                                \
    type *out_ = (type *)(void *)(v->data) + v->len;  \
    for (; p < end; out_++) {                         \
      uint64_t x_ = *p++;                             \
      if (WEIR_UNLIKELY(x_ >= 0x80)) {                \
        wire_num n_ = wire_varint_long(p - 1, limit); \
        if (!n_.end) return false;                    \
        p = n_.end;                                   \
        x_ = n_.value;                                \
      }                                               \
      type value_ = (type)convert_varint(kind, x_);   \
      memcpy(out_, &value_, sizeof value_);           \
    }                                                 \
  } while (0)
static bool unpack_varints(pb_vec *v, uint32_t kind, const uint8_t *p, const uint8_t *end,
                           const uint8_t *limit) {
  switch (kind) {
  case WEIR_PB_BOOL: UNPACK(bool, WEIR_PB_BOOL); return true;
  case WEIR_PB_SINT32: UNPACK(uint32_t, WEIR_PB_SINT32); return true;
  case WEIR_PB_SINT64: UNPACK(uint64_t, WEIR_PB_SINT64); return true;
  case WEIR_PB_INT64:
  case WEIR_PB_UINT64: UNPACK(uint64_t, WEIR_PB_UINT64); return true;
  default: UNPACK(uint32_t, WEIR_PB_UINT32); return true;
  }
}

static bool packed_varints(decoder *d, pb_vec *v, const weir_pb_field *row, const uint8_t *p,
                           const uint8_t *end) {
  if (p == end) return true;
  if (end[-1] >= 0x80) return decode_fail(d, decode_malformed_value, end) != NULL;
  size_t n = count_varints(p, end), size = pb_kind_size(row->kind);
  if (!pb_vec_reserve(v, size, (uint32_t)n, d->arena)) return decode_fail(d, decode_no_memory, p) != NULL;
  if (!unpack_varints(v, row->kind & WEIR_PB_KIND, p, end, d->limit))
    return decode_fail(d, decode_malformed_value, p) != NULL;
  v->len += (uint32_t)n;
  return true;
}

static bool packed_fixed(decoder *d, pb_vec *v, size_t size, const uint8_t *p, const uint8_t *end) {
  size_t n = (size_t)(end - p) / size;
  if ((size_t)(end - p) % size)
    return decode_fail(d, "packed field is not a whole number of values", p) != NULL;
  if (!n) return true;
  if (!pb_vec_reserve(v, size, (uint32_t)n, d->arena)) return decode_fail(d, decode_no_memory, p) != NULL;
  char *out = v->data + (size_t)v->len * size;
  if (WIRE_LITTLE_ENDIAN) {
    memcpy(out, p, n * size);
  } else {
    for (; p < end; p += size, out += size) {
      uint32_t x = size == 4 ? wire_load32(p) : 0;
      uint64_t y = size == 8 ? wire_load64(p) : 0;
      memcpy(out, size == 4 ? (const void *)&x : (const void *)&y, size);
    }
  }
  v->len += (uint32_t)n;
  return true;
}

bool decode_keep_enum(decoder *d, char *msg, uint32_t number, uint64_t value) {
  uint8_t buf[2 * WIRE_MAX_VARINT], *end = buf + sizeof buf;
  uint8_t *p = wire_put_varint(end, value);
  p = wire_put_varint(p, (uint64_t)number << 3 | WIRE_VARINT);
  if (d->flags & WEIR_PB_DROP_UNKNOWN) return true;
  return pb_keep_unknown(msg, p, (size_t)(end - p), d->arena) || decode_fail(d, decode_no_memory, NULL);
}

static bool packed_closed_enum(decoder *d, char *msg, const weir_pb_type *type, const weir_pb_field *row,
                               const uint8_t *p, const uint8_t *end) {
  const weir_pb_enum *e = type->subs[row->sub].enum_;
  while (p < end) {
    uint64_t v;
    const uint8_t *at = p;
    p = wire_varint(p, end, &v);
    if (!p) return decode_fail(d, decode_malformed_value, at) != NULL;
    int32_t value = (int32_t)v;
    if (!pb_enum_has(e, value)) {
      if (!decode_keep_enum(d, msg, row->number, v)) return false;
    } else {
      pb_vec *vec = (pb_vec *)(void *)(msg + row->offset);
      if (!pb_vec_reserve(vec, sizeof value, 1, d->arena))
        return decode_fail(d, decode_no_memory, at) != NULL;
      memcpy(vec->data + (size_t)vec->len++ * sizeof value, &value, sizeof value);
    }
  }
  return true;
}

WEIR_NOINLINE const uint8_t *decode_packed(decoder *d, char *msg, const weir_pb_type *type,
                                           const weir_pb_field *row, const uint8_t *p) {
  size_t len;
  const uint8_t *data = wire_len(p, d->end, &len);
  if (!data) return (const uint8_t *)decode_fail(d, decode_malformed_length, p);
  pb_vec *v = (pb_vec *)(void *)(msg + row->offset);
  bool ok;
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_FLOAT:
  case WEIR_PB_FIXED32:
  case WEIR_PB_SFIXED32: ok = packed_fixed(d, v, 4, data, data + len); break;
  case WEIR_PB_DOUBLE:
  case WEIR_PB_FIXED64:
  case WEIR_PB_SFIXED64: ok = packed_fixed(d, v, 8, data, data + len); break;
  case WEIR_PB_ENUM:
    if (row->flags & WEIR_PB_CLOSED) {
      ok = packed_closed_enum(d, msg, type, row, data, data + len);
      break;
    } /* fallthrough */
  default: ok = packed_varints(d, v, row, data, data + len); break;
  }
  return ok ? data + len : NULL;
}

/* ---- what the loop seldom meets */

WEIR_NOINLINE const uint8_t *decode_other(decoder *d, char *msg, const weir_pb_type *type,
                                          const weir_pb_field *row, uint32_t tag, const uint8_t *p) {
  const uint8_t *start = d->field;
  if (!(tag >> 3)) return (const uint8_t *)decode_fail(d, "field number 0", start);
  if (row && (tag & 7) == WIRE_BYTES && pb_row_packable(row)) return decode_packed(d, msg, type, row, p);
  if ((tag & 7) == WIRE_END)
    return (const uint8_t *)decode_fail(d, "end of a group that was not begun", start);
  const uint8_t *q = wire_skip(p, d->end, tag, WEIR_PB_MAX_DEPTH - (int)(d->top - d->frames));
  if (!q) return (const uint8_t *)decode_fail(d, "malformed unknown field", start);
  if (d->flags & WEIR_PB_DROP_UNKNOWN || type->flags & WEIR_PB_MAP_ENTRY) return q;
  if (!pb_keep_unknown(msg, start, (size_t)(q - start), d->arena))
    return (const uint8_t *)decode_fail(d, decode_no_memory, start);
  return q;
}

bool decode_entry_end(decoder *d, const decode_frame *f, const weir_pb_type *type, char *entry,
                      const uint8_t *p) {
  if (f->unknown_value) {
    if (d->flags & WEIR_PB_DROP_UNKNOWN) return true;
    return pb_keep_unknown(f->up_msg, f->start, (size_t)(p - f->start), d->arena) ||
           decode_fail(d, decode_no_memory, p);
  }
  const weir_pb_field *value = &type->fields[1];
  if ((value->kind & WEIR_PB_KIND) == WEIR_PB_MESSAGE && !pb_load_ptr(entry + value->offset)) {
    char *empty = pb_new(type->subs[value->sub].type, d->arena);
    if (!empty) return decode_fail(d, decode_no_memory, p) != NULL;
    memcpy(entry + value->offset, &empty, sizeof empty);
    if (type->subs[value->sub].type->flags & WEIR_PB_HAS_REQUIRED) d->missing = true;
  }
  return pb_map_commit(f->map, type, d->arena) || decode_fail(d, decode_no_memory, p);
}

/* ---- entry points */

static weir_code report(const decoder *d, weir_error *e) {
  weir_str name = pb_field_name(d->type, d->number);
  const char *dot = name.len ? "." : "";
  if (!d->at)
    return weir_error_set(e, d->code, 0, "%s%s" WEIR_FMT ": %s", d->type->full_name, dot, WEIR_ARG(name),
                          d->why);
  return weir_error_set(e, d->code, 0, "%s%s" WEIR_FMT ": %s at byte %zu", d->type->full_name, dot,
                        WEIR_ARG(name), d->why, (size_t)(d->at - d->start));
}

WEIR_INLINE weir_code decode_whole(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a,
                                   uint32_t flags, const weir_pb_pool *pool, uint32_t max_depth,
                                   weir_error *e) {
  if (wire.len > WEIR_PB_MAX_SIZE)
    return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "%s: longer than 2 GiB", t->full_name);
  const uint8_t *start = (const uint8_t *)(wire.len ? wire.data : ""), *limit = start + wire.len;
  decoder d; /* the frames stay as they are */
  d.start = start;
  d.limit = limit;
  d.window_shift = 0;
  decode_set_window(&d, flags & WEIR_PB_ALIAS ? limit : start);
  d.arena = a;
  d.flags = flags;
  d.pool = pool;
  d.inner = NULL;
  d.deepest = &d.frames[max_depth];
  d.missing = false;
  if (!decode_run(&d, t, (char *)msg, start, limit)) return report(&d, e);
  pb_missing missing;
  if (WEIR_LIKELY(!d.missing) || flags & WEIR_PB_PARTIAL ||
      pb_check_required(t, (const char *)msg, WEIR_PB_MAX_DEPTH, &missing))
    return WEIR_OK;
  weir_str name = pb_field_name(missing.type, missing.number);
  return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s." WEIR_FMT ": required field is missing",
                        missing.type->full_name, WEIR_ARG(name));
}

weir_code weir_pb_decode_with(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a,
                              const weir_pb_decode_opts *given, weir_error *e) {
  weir_pb_decode_opts opts = {.size = sizeof opts};
  weir_opts_read(&opts, sizeof opts, given);
  if (!opts.max_depth || opts.max_depth > WEIR_PB_MAX_DEPTH) opts.max_depth = WEIR_PB_MAX_DEPTH;
  return decode_whole(t, msg, wire, a, opts.flags, opts.pool, opts.max_depth, e);
}

weir_code weir_pb_decode_err(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a, uint32_t flags,
                             weir_error *e) {
  return decode_whole(t, msg, wire, a, flags, NULL, WEIR_PB_MAX_DEPTH, e);
}

weir_code weir_pb_decode(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a, uint32_t flags) {
  return decode_whole(t, msg, wire, a, flags, NULL, WEIR_PB_MAX_DEPTH, NULL);
}
