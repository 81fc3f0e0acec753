/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* decode.c - bytes to messages, by tables. One loop over fields with a stack of its own for submessages; p only ever
 * moves forward, and no frame ends behind the frame that holds it, so `p == end` is the only test for an end.
 *
 * Strings are not copied one by one: the first one that needs it copies a window of the wire into the arena, and the
 * next ones view that. With WEIR_PB_ALIAS the window is the wire itself. */
#include "base/opts.h"
#include "pb/ext.h"

#include <weir/pool.h>

#define WINDOW_SIZE 4096u

/* One level of nesting: what to go back to at its end, and what only some levels need. */
typedef struct decode_frame {
  const weir_pb_type *up_type;
  char *up_msg;
  const uint8_t *up_end;
  const uint8_t *start; /* map entry: its tag's first byte */
  pb_map *map;          /* map entry: where it goes */
  uint32_t group;       /* the number whose end tag closes this level; 0: it ends with its bytes */
  bool unknown_value;   /* map entry: its closed enum holds a value the enum does not have */
} decode_frame;

typedef struct decoder {
  weir_arena *arena;
  const uint8_t *window_end; /* strings that end here or before are in the window, since p never goes back */
  const uint8_t *window_src;
  const char *window;
  const uint8_t *start, *limit; /* of the whole wire */
  uint32_t flags;
  const weir_pb_pool *pool;
  struct decoder *inner; /* for the messages within items of a message set; made on demand */
  decode_frame *deepest; /* no level of nesting goes beyond it */
  bool missing; /* a required field was missing at the end of some message; a later part may have brought it */
  weir_code code;
  const char *why;
  const uint8_t *at;
  const weir_pb_type *type;
  uint32_t number;
  decode_frame frames[WEIR_PB_MAX_DEPTH + 2]; /* one more for an extension that is no message */
} decoder;

static const char no_memory[] = "out of memory";
static const char malformed_value[] = "malformed varint";
static const char malformed_length[] = "length goes beyond the end";

/* Notes why decoding ends; NULL, so that callers may return it. */
static WEIR_NOINLINE void *decode_fail(decoder *d, const char *why, const uint8_t *at) {
  d->code = why == no_memory ? WEIR_RESOURCE_EXHAUSTED : WEIR_INVALID_ARGUMENT;
  d->why = why;
  d->at = at;
  return NULL;
}

/* Copies the wire from p on, `len` bytes at least, for strings to view. */
static WEIR_NOINLINE bool window_move(decoder *d, const uint8_t *p, size_t len) {
  if (!len) return true;
  size_t rest = (size_t)(d->limit - p), n = len < WINDOW_SIZE ? WINDOW_SIZE : len;
  if (n > rest) n = rest;
  char *copy = (char *)weir_arena_take(d->arena, n);
  if (!copy) return false;
  d->window = (char *)memcpy(copy, p, n);
  d->window_src = p;
  d->window_end = p + n;
  return true;
}

WEIR_INLINE bool take_str(decoder *d, const uint8_t *p, size_t len, weir_str *out) {
  if (WEIR_UNLIKELY(len > (size_t)(d->window_end - p) || p > d->window_end) && !window_move(d, p, len))
    return false;
  *out = len ? (weir_str){d->window + (p - d->window_src), len} : (weir_str){"", 0};
  return true;
}

static WEIR_NOINLINE bool push_slow(pb_vec *v, size_t size, weir_arena *a) {
  return pb_vec_reserve_slow(v, size, 1, a);
}

/* Puts one value where its row says; false when out of memory. */
WEIR_INLINE bool put(decoder *d, char *msg, const weir_pb_field *row, const void *value, size_t size) {
  char *at = msg + row->offset;
  uint32_t mode = row->kind & WEIR_PB_MODE;
  if (mode == WEIR_PB_REPEATED) {
    pb_vec *v = (pb_vec *)(void *)at;
    if (WEIR_UNLIKELY(v->len >= v->cap) && !push_slow(v, size, d->arena)) return false;
    at = v->data + (size_t)v->len++ * size;
  } else if (mode == WEIR_PB_HAS) {
    msg[row->presence] = 1;
  } else if (mode == WEIR_PB_ONEOF) {
    memcpy(msg + row->presence, &row->number, sizeof row->number);
  }
  memcpy(at, value, size);
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
#define UNPACK(type, kind)                           \
  do {                                               \
    type *out_ = (type *)(void *)(v->data) + v->len; \
    for (; p < end; out_++) {                        \
      uint64_t x_ = *p++;                            \
      if (WEIR_UNLIKELY(x_ >= 0x80)) {               \
        p = wire_varint_long(p - 1, limit, &x_);     \
        if (!p) return false;                        \
      }                                              \
      type value_ = (type)convert_varint(kind, x_);  \
      memcpy(out_, &value_, sizeof value_);          \
    }                                                \
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
  if (end[-1] >= 0x80) return decode_fail(d, malformed_value, end) != NULL;
  size_t n = count_varints(p, end), size = pb_kind_size(row->kind);
  if (!pb_vec_reserve(v, size, (uint32_t)n, d->arena)) return decode_fail(d, no_memory, p) != NULL;
  if (!unpack_varints(v, row->kind & WEIR_PB_KIND, p, end, d->limit))
    return decode_fail(d, malformed_value, p) != NULL;
  v->len += (uint32_t)n;
  return true;
}

static bool packed_fixed(decoder *d, pb_vec *v, size_t size, const uint8_t *p, const uint8_t *end) {
  size_t n = (size_t)(end - p) / size;
  if ((size_t)(end - p) % size)
    return decode_fail(d, "packed field is not a whole number of values", p) != NULL;
  if (!n) return true;
  if (!pb_vec_reserve(v, size, (uint32_t)n, d->arena)) return decode_fail(d, no_memory, p) != NULL;
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

/* A value that a closed enum does not have is kept as an unknown field of the message (protobuf.dev, "Enum behavior"). */
static bool keep_enum(decoder *d, char *msg, uint32_t number, uint64_t value) {
  uint8_t buf[2 * WIRE_MAX_VARINT], *end = buf + sizeof buf;
  uint8_t *p = wire_put_varint(end, value);
  p = wire_put_varint(p, (uint64_t)number << 3 | WIRE_VARINT);
  if (d->flags & WEIR_PB_DROP_UNKNOWN) return true;
  return pb_keep_unknown(msg, p, (size_t)(end - p), d->arena) || decode_fail(d, no_memory, NULL);
}

static bool packed_closed_enum(decoder *d, char *msg, const weir_pb_type *type, const weir_pb_field *row,
                               const uint8_t *p, const uint8_t *end) {
  const weir_pb_enum *e = type->subs[row->sub].enum_;
  while (p < end) {
    uint64_t v;
    const uint8_t *at = p;
    p = wire_varint(p, end, &v);
    if (!p) return decode_fail(d, malformed_value, at) != NULL;
    int32_t value = (int32_t)v;
    if (!pb_enum_has(e, value)) {
      if (!keep_enum(d, msg, row->number, v)) return false;
    } else if (!put(d, msg, row, &value, sizeof value)) {
      return decode_fail(d, no_memory, at) != NULL;
    }
  }
  return true;
}

/* A length-delimited field whose row is a repeated number; NULL with the failure noted. */
static WEIR_NOINLINE const uint8_t *decode_packed(decoder *d, char *msg, const weir_pb_type *type,
                                                  const weir_pb_field *row, const uint8_t *p,
                                                  const uint8_t *end) {
  size_t len;
  const uint8_t *data = wire_len(p, end, &len);
  if (!data) return (const uint8_t *)decode_fail(d, malformed_length, p);
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

static bool row_packable(const weir_pb_field *row) {
  uint32_t kind = row->kind & WEIR_PB_KIND;
  return (row->kind & WEIR_PB_MODE) == WEIR_PB_REPEATED && kind != WEIR_PB_STRING && kind != WEIR_PB_BYTES &&
         kind != WEIR_PB_MESSAGE && kind != WEIR_PB_GROUP;
}

/* ---- what the loop seldom meets */

/* A field without a row, or whose wire type is not its row's: kept as it is, or a packed field in disguise. */
static WEIR_NOINLINE const uint8_t *decode_other(decoder *d, char *msg, const weir_pb_type *type,
                                                 const weir_pb_field *row, uint32_t tag, const uint8_t *start,
                                                 const uint8_t *p, const uint8_t *end, int depth) {
  if (!(tag >> 3)) return (const uint8_t *)decode_fail(d, "field number 0", start);
  if (row && (tag & 7) == WIRE_BYTES && row_packable(row)) return decode_packed(d, msg, type, row, p, end);
  if ((tag & 7) == WIRE_END)
    return (const uint8_t *)decode_fail(d, "end of a group that was not begun", start);
  const uint8_t *q = wire_skip(p, end, tag, WEIR_PB_MAX_DEPTH - depth);
  if (!q) return (const uint8_t *)decode_fail(d, "malformed unknown field", start);
  if (d->flags & WEIR_PB_DROP_UNKNOWN || type->flags & WEIR_PB_MAP_ENTRY) return q;
  if (!pb_keep_unknown(msg, start, (size_t)(q - start), d->arena))
    return (const uint8_t *)decode_fail(d, no_memory, start);
  return q;
}

/* At the end of a map entry: its value is made if it did not come, and it replaces one with the same key. */
static bool entry_end(decoder *d, const decode_frame *f, const weir_pb_type *type, char *entry,
                      const uint8_t *p) {
  if (f->unknown_value) {
    if (d->flags & WEIR_PB_DROP_UNKNOWN) return true;
    return pb_keep_unknown(f->up_msg, f->start, (size_t)(p - f->start), d->arena) ||
           decode_fail(d, no_memory, p);
  }
  const weir_pb_field *value = &type->fields[1];
  if ((value->kind & WEIR_PB_KIND) == WEIR_PB_MESSAGE && !pb_load_ptr(entry + value->offset)) {
    char *empty = pb_new(type->subs[value->sub].type, d->arena);
    if (!empty) return decode_fail(d, no_memory, p) != NULL;
    memcpy(entry + value->offset, &empty, sizeof empty);
    if (type->subs[value->sub].type->flags & WEIR_PB_HAS_REQUIRED) d->missing = true;
  }
  return pb_map_commit(f->map, type, d->arena) || decode_fail(d, no_memory, p);
}

/* The message or map entry that a message field's value goes into; NULL when out of memory. */
WEIR_INLINE char *sub_open(decoder *d, char *msg, const weir_pb_field *row, const weir_pb_type *sub) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  char *at = msg + row->offset, *m;
  if (mode == WEIR_PB_REPEATED) {
    m = pb_new(sub, d->arena);
    pb_vec *v = (pb_vec *)(void *)at;
    if (!m || (v->len >= v->cap && !push_slow(v, sizeof m, d->arena))) return NULL;
    memcpy(v->data + (size_t)v->len++ * sizeof m, &m, sizeof m);
    return m;
  }
  if (WEIR_UNLIKELY(mode == WEIR_PB_MAP)) return pb_map_open((pb_map *)(void *)at, sub, d->arena);
  memcpy(&m, at, sizeof m);
  if (mode == WEIR_PB_ONEOF && pb_load32(msg + row->presence) != row->number) m = NULL;
  if (m) return m;
  m = pb_new(sub, d->arena);
  if (!m) return NULL;
  memcpy(at, &m, sizeof m);
  if (mode == WEIR_PB_ONEOF) memcpy(msg + row->presence, &row->number, sizeof row->number);
  return m;
}

/* ---- extensions */

static bool decode_run(decoder *d, const weir_pb_type *type, char *msg, const uint8_t *p, const uint8_t *end);

/* What the pool knows by this field of an extendable message: NULL also if its wire type does not fit. */
static WEIR_NOINLINE const weir_pb_ext *find_ext(const decoder *d, const weir_pb_type *type, uint32_t tag) {
  const weir_pb_ext *x = d->pool ? weir_pb_pool_ext_of(d->pool, type, tag >> 3) : NULL;
  if (!x) return NULL;
  const weir_pb_field *row = pb_ext_row(x);
  bool fits = (tag & 7) == pb_wire_type(row) || ((tag & 7) == WIRE_BYTES && row_packable(row));
  return fits ? x : NULL;
}

/* A decoder for what lies `depth` levels down; NULL when out of memory. */
static decoder *inner_decoder(decoder *d, ptrdiff_t depth) {
  decoder *in = d->inner;
  if (!in) in = (decoder *)weir_arena_take(d->arena, sizeof *in);
  if (!in) return NULL;
  if (!d->inner) in->inner = NULL;
  d->inner = in;
  in->arena = d->arena;
  in->window = d->window;
  in->window_src = d->window_src;
  in->window_end = d->window_end;
  in->start = d->start;
  in->limit = d->limit;
  in->flags = d->flags;
  in->pool = d->pool;
  in->missing = d->missing;
  in->deepest = in->frames + (d->deepest - d->frames) - depth;
  return in;
}

/* An item of a message set whose extension the pool knows: its message is decoded by a decoder of its own. *taken is
 * false if it is none. */
static WEIR_NOINLINE const uint8_t *decode_item(decoder *d, char *msg, const weir_pb_type *type,
                                                const uint8_t *start, const uint8_t *p, const uint8_t *end,
                                                ptrdiff_t depth, bool *taken) {
  pb_set_item item;
  const uint8_t *q = wire_skip(p, end, PB_ITEM_START, WEIR_PB_MAX_DEPTH);
  const weir_pb_ext *x =
      q && pb_set_item_read(p, end, &item) ? weir_pb_pool_ext_of(d->pool, type, item.id) : NULL;
  *taken = x && pb_ext_row(x)->kind == WEIR_PB_MESSAGE;
  if (!*taken) return NULL;
  if (d->frames + depth >= d->deepest) {
    decode_fail(d, "nested too deep", start);
    d->code = WEIR_RESOURCE_EXHAUSTED;
    return NULL;
  }
  char *holder = pb_ext_add(msg, x, d->arena), *sub = holder ? pb_ext_message(x, holder, d->arena) : NULL;
  decoder *in = sub ? inner_decoder(d, depth + 1) : NULL;
  if (!in) return (const uint8_t *)decode_fail(d, no_memory, start);
  const uint8_t *from = (const uint8_t *)item.message.data;
  bool ok = decode_run(in, x->holder->subs[0].type, sub, from, from + item.message.len);
  d->missing = in->missing;
  if (ok) return q;
  d->code = in->code;
  d->why = in->why;
  d->at = in->at;
  return NULL;
}

/* ---- the loop */

#define FAIL(text, pos)        \
  do {                         \
    decode_fail(d, text, pos); \
    goto fail;                 \
  } while (0)

static bool decode_run(decoder *d, const weir_pb_type *type, char *msg, const uint8_t *p, const uint8_t *end) {
  decode_frame *f = d->frames;
  const weir_pb_field *row;
  const weir_pb_type *sub;
  const uint8_t *start;
  uint64_t v;
  uint32_t tag, x;
  size_t len;
  weir_str s;
  char *m, *into;
  const weir_pb_type *holder;
  const weir_pb_ext *x_ext;
  bool b;
  f->group = 0;
  for (;;) {
    if (WEIR_UNLIKELY(p == end)) {
      start = p;
      tag = 0;
      if (WEIR_UNLIKELY(f->group)) FAIL("group without its end", p);
    level_end:
      if (WEIR_UNLIKELY(type->flags)) {
        if (type->flags & WEIR_PB_HAS_REQUIRED && pb_first_missing(type, msg)) d->missing = true;
        if (type->flags & WEIR_PB_MAP_ENTRY && !entry_end(d, f, type, msg, p)) goto fail;
      }
      if (f == d->frames) return true;
      type = f->up_type;
      msg = f->up_msg;
      end = f->up_end;
      f--;
      continue;
    }
    start = p;
    tag = *p++;
    if (WEIR_UNLIKELY(tag >= 0x80)) {
      p = wire_tag(start, end, &tag);
      if (!p) {
        tag = 0;
        FAIL("malformed tag", start);
      }
    }
    row = pb_find(type, tag >> 3);
    if (WEIR_UNLIKELY(!row)) goto other;
    switch (row->kind & WEIR_PB_KIND) {
    case WEIR_PB_INT32:
    case WEIR_PB_UINT32:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_VARINT)) goto other;
      p = wire_varint(p, end, &v);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_value, start);
      x = (uint32_t)v;
    put32:
      if (WEIR_UNLIKELY(!put(d, msg, row, &x, sizeof x))) FAIL(no_memory, start);
      continue;
    case WEIR_PB_SINT32:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_VARINT)) goto other;
      p = wire_varint(p, end, &v);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_value, start);
      x = wire_unzigzag32((uint32_t)v);
      goto put32;
    case WEIR_PB_ENUM:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_VARINT)) goto other;
      p = wire_varint(p, end, &v);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_value, start);
      x = (uint32_t)v;
      if (!(row->flags & WEIR_PB_CLOSED) || pb_enum_has(type->subs[row->sub].enum_, (int32_t)x)) goto put32;
      if (type->flags & WEIR_PB_MAP_ENTRY)
        f->unknown_value = true;
      else if (!keep_enum(d, msg, row->number, v))
        goto fail;
      continue;
    case WEIR_PB_INT64:
    case WEIR_PB_UINT64:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_VARINT)) goto other;
      p = wire_varint(p, end, &v);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_value, start);
    put64:
      if (WEIR_UNLIKELY(!put(d, msg, row, &v, sizeof v))) FAIL(no_memory, start);
      continue;
    case WEIR_PB_SINT64:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_VARINT)) goto other;
      p = wire_varint(p, end, &v);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_value, start);
      v = wire_unzigzag64(v);
      goto put64;
    case WEIR_PB_BOOL:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_VARINT)) goto other;
      p = wire_varint(p, end, &v);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_value, start);
      b = v != 0;
      if (WEIR_UNLIKELY(!put(d, msg, row, &b, sizeof b))) FAIL(no_memory, start);
      continue;
    case WEIR_PB_FLOAT:
    case WEIR_PB_FIXED32:
    case WEIR_PB_SFIXED32:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_FIXED32)) goto other;
      if (WEIR_UNLIKELY(end - p < 4)) FAIL(malformed_length, start);
      x = wire_load32(p);
      p += 4;
      goto put32;
    case WEIR_PB_DOUBLE:
    case WEIR_PB_FIXED64:
    case WEIR_PB_SFIXED64:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_FIXED64)) goto other;
      if (WEIR_UNLIKELY(end - p < 8)) FAIL(malformed_length, start);
      v = wire_load64(p);
      p += 8;
      goto put64;
    case WEIR_PB_STRING:
    case WEIR_PB_BYTES:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_BYTES)) goto other;
      p = wire_len(p, end, &len);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_length, start);
      if (row->flags & WEIR_PB_UTF8 && WEIR_UNLIKELY(!wire_utf8(p, len))) FAIL("invalid UTF-8", p);
      if (WEIR_UNLIKELY(!take_str(d, p, len, &s) || !put(d, msg, row, &s, sizeof s))) FAIL(no_memory, start);
      p += len;
      continue;
    case WEIR_PB_MESSAGE:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_BYTES)) goto other;
      p = wire_len(p, end, &len);
      if (WEIR_UNLIKELY(!p)) FAIL(malformed_length, start);
      x = 0;
      break;
    case WEIR_PB_GROUP:
      if (WEIR_UNLIKELY((tag & 7) != WIRE_START)) goto other;
      len = (size_t)(end - p);
      x = row->number;
      break;
    default: goto other;
    }
    /* A message, group or map entry: one level down. */
    into = msg;
    holder = type;
  open:
    if (WEIR_UNLIKELY(f >= d->deepest)) {
      d->code = WEIR_RESOURCE_EXHAUSTED;
      d->why = "nested too deep";
      d->at = start;
      goto fail;
    }
    sub = holder->subs[row->sub].type;
    m = sub_open(d, into, row, sub);
    if (WEIR_UNLIKELY(!m)) FAIL(no_memory, start);
    f++;
    f->up_type = type;
    f->up_msg = msg;
    f->up_end = end;
    f->group = x;
    if (WEIR_UNLIKELY(sub->flags & WEIR_PB_MAP_ENTRY)) {
      f->map = (pb_map *)(void *)(msg + row->offset);
      f->start = start;
      f->unknown_value = false;
    }
    type = sub;
    msg = m;
    end = p + len;
    continue;
  other:
    if (f->group && tag == (f->group << 3 | WIRE_END)) {
      /* The level above goes on behind the end tag. */
      f->group = 0;
      goto level_end;
    }
    if (type->flags & WEIR_PB_EXTENDABLE && d->pool && !row) {
      if (type->flags & WEIR_PB_MESSAGE_SET && tag == PB_ITEM_START) {
        const uint8_t *behind = decode_item(d, msg, type, start, p, end, f - d->frames, &b);
        if (b && !behind) goto fail;
        if (b) {
          p = behind;
          continue;
        }
      }
      x_ext = find_ext(d, type, tag);
      if (x_ext) {
        into = pb_ext_add(msg, x_ext, d->arena);
        if (!into) FAIL(no_memory, start);
        holder = x_ext->holder;
        row = pb_ext_row(x_ext);
        x = 0;
        len = (size_t)(end - p);
        if ((row->kind & WEIR_PB_KIND) == WEIR_PB_GROUP) {
          x = row->number;
          goto open;
        }
        if ((row->kind & WEIR_PB_KIND) == WEIR_PB_MESSAGE) {
          p = wire_len(p, end, &len);
          if (!p) FAIL(malformed_length, start);
          goto open;
        }
        /* Another look at the field, as one of the extension's struct. */
        const uint8_t *behind = wire_skip(p, end, tag, 0);
        if (!behind) FAIL("malformed extension", start);
        f++;
        f->up_type = type;
        f->up_msg = msg;
        f->up_end = end;
        f->group = 0;
        type = holder;
        msg = into;
        p = start;
        end = behind;
        continue;
      }
    }
    p = decode_other(d, msg, type, row, tag, start, p, end, (int)(f - d->frames));
    if (WEIR_UNLIKELY(!p)) goto fail;
  }
fail:
  d->type = type;
  d->number = tag >> 3;
  return false;
}

static weir_code report(const decoder *d, weir_error *e) {
  weir_str name = pb_field_name(d->type, d->number);
  const char *dot = name.len ? "." : "";
  if (!d->at)
    return weir_error_set(e, d->code, 0, "%s%s" WEIR_FMT ": %s", d->type->full_name, dot, WEIR_ARG(name),
                          d->why);
  return weir_error_set(e, d->code, 0, "%s%s" WEIR_FMT ": %s at byte %zu", d->type->full_name, dot,
                        WEIR_ARG(name), d->why, (size_t)(d->at - d->start));
}

weir_code weir_pb_decode_with(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a,
                              const weir_pb_decode_opts *given, weir_error *e) {
  weir_pb_decode_opts opts = {.size = sizeof opts};
  weir_opts_read(&opts, sizeof opts, given);
  if (wire.len > WEIR_PB_MAX_SIZE)
    return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "%s: longer than 2 GiB", t->full_name);
  if (!wire.len) wire.data = "";
  if (!opts.max_depth || opts.max_depth > WEIR_PB_MAX_DEPTH) opts.max_depth = WEIR_PB_MAX_DEPTH;
  decoder d; /* the frames stay as they are */
  d.start = (const uint8_t *)wire.data;
  d.limit = d.start + wire.len;
  d.arena = a;
  d.window = wire.data;
  d.window_src = d.start;
  d.window_end = opts.flags & WEIR_PB_ALIAS ? d.limit : d.start;
  d.flags = opts.flags;
  d.pool = opts.pool;
  d.inner = NULL;
  d.deepest = &d.frames[opts.max_depth];
  d.missing = false;
  if (!decode_run(&d, t, (char *)msg, d.start, d.limit)) return report(&d, e);
  pb_missing missing;
  if (!d.missing || opts.flags & WEIR_PB_PARTIAL ||
      pb_check_required(t, (const char *)msg, WEIR_PB_MAX_DEPTH, &missing))
    return WEIR_OK;
  weir_str name = pb_field_name(missing.type, missing.number);
  return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s." WEIR_FMT ": required field is missing",
                        missing.type->full_name, WEIR_ARG(name));
}

weir_code weir_pb_decode_err(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a, uint32_t flags,
                             weir_error *e) {
  weir_pb_decode_opts opts = {.size = sizeof opts, .flags = flags};
  return weir_pb_decode_with(t, msg, wire, a, &opts, e);
}

weir_code weir_pb_decode(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a, uint32_t flags) {
  return weir_pb_decode_err(t, msg, wire, a, flags, NULL);
}
