/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* decode_run.c - decoding's loop over fields, with a stack of its own for submessages. p only ever moves forward, and no
 * level ends behind the one that holds it, so `p == d->end` is the only test for an end.
 *
 * Every pair of kind and mode (weir_pb_field.kind as it is) has an OP of its own, so that a field costs one jump that
 * depends on data and no branch on what it is. OPs are written once and compiled in one of two ways:
 *   - functions that end in a call of the next one, where the compiler promises to turn that into a jump and can keep
 *     what all of them share in registers (clang 18 and later: musttail, preserve_none);
 *   - else labels of one function, reached by computed goto.
 * Both see the same six variables: d; p, behind what has been read; msg and its type, the level; row and tag, the field. */
#include "pb/decode.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpedantic" /* computed goto */
#elif defined(__clang__)
#pragma GCC diagnostic ignored "-Wgnu-label-as-value"
#endif

#if !defined(WEIR_PB_NO_TAIL_CALLS) && defined(__has_attribute) && \
    (defined(__x86_64__) || defined(__aarch64__))
#if __has_attribute(musttail) && __has_attribute(preserve_none)
#define TAIL_CALLS 1
#endif
#endif

/* ---- pieces of OPs */

#define WIRE(wanted) \
  if (WEIR_UNLIKELY((tag & 7) != (wanted))) GO(other)

#define READ_VARINT(v)                                        \
  WIRE(WIRE_VARINT);                                          \
  v = *p++;                                                   \
  if (WEIR_UNLIKELY(v >= 0x80)) {                             \
    wire_num n_ = wire_varint_long(p - 1, d->end);            \
    if (WEIR_UNLIKELY(!n_.end)) FAIL(decode_malformed_value); \
    p = n_.end;                                               \
    v = n_.value;                                             \
  }

#define READ_V32(x) \
  uint64_t v_;      \
  READ_VARINT(v_);  \
  uint32_t x = (uint32_t)v_
#define READ_Z32(x) \
  uint64_t v_;      \
  READ_VARINT(v_);  \
  uint32_t x = wire_unzigzag32((uint32_t)v_)
#define READ_V64(x) \
  uint64_t x;       \
  READ_VARINT(x)
#define READ_Z64(x) \
  uint64_t x;       \
  READ_VARINT(x);   \
  x = wire_unzigzag64(x)
#define READ_BOOL(x) \
  uint64_t v_;       \
  READ_VARINT(v_);   \
  bool x = v_ != 0
#define READ_ENUM(x)                                                                                        \
  uint64_t v_;                                                                                              \
  READ_VARINT(v_);                                                                                          \
  uint32_t x = (uint32_t)v_;                                                                                \
  if (WEIR_UNLIKELY(row->flags & WEIR_PB_CLOSED) && !pb_enum_has(type->subs[row->sub].enum_, (int32_t)x)) { \
    if (!closed_enum(d, msg, type, row->number, v_)) GO(fail);                                              \
    NEXT;                                                                                                   \
  }
#define READ_FIXED(wanted, ctype, load, x)                                                \
  WIRE(wanted);                                                                           \
  if (WEIR_UNLIKELY((size_t)(d->end - p) < sizeof(ctype))) FAIL(decode_malformed_length); \
  ctype x = load(p);                                                                      \
  p += sizeof(ctype)
#define READ_F32(x) READ_FIXED(WIRE_FIXED32, uint32_t, wire_load32, x)
#define READ_F64(x) READ_FIXED(WIRE_FIXED64, uint64_t, wire_load64, x)

/* A length, known to fit; p goes behind it. */
#define READ_LEN(n)                                            \
  WIRE(WIRE_BYTES);                                            \
  uint64_t n = *p++;                                           \
  if (WEIR_UNLIKELY(n >= 0x80)) {                              \
    wire_num n_ = wire_varint_long(p - 1, d->end);             \
    if (WEIR_UNLIKELY(!n_.end)) FAIL(decode_malformed_length); \
    p = n_.end;                                                \
    n = n_.value;                                              \
  }                                                            \
  if (WEIR_UNLIKELY(n > (uint64_t)(d->end - p))) FAIL(decode_malformed_length)

/* A string views the window; p goes behind it. */
#define READ_VIEW(s, hard)                                            \
  READ_LEN(len_);                                                     \
  const char *data_ = (const char *)((uintptr_t)p + d->window_shift); \
  if (WEIR_UNLIKELY(p > d->easy_end || (hard))) {                     \
    data_ = str_slow(d, row, p, (size_t)len_);                        \
    if (WEIR_UNLIKELY(!data_)) GO(fail);                              \
  }                                                                   \
  weir_str s = {data_, (size_t)len_};                                 \
  p += len_
#define READ_STR(s)   READ_VIEW(s, !wire_ascii_short(p, (size_t)len_))
#define READ_BYTES(s) READ_VIEW(s, len_ - 1 >= WIRE_SHORT)

#define STORE(at, x) memcpy(at, &(x), sizeof(x))

#define PUSH(x)                                                                       \
  pb_vec *vec_ = (pb_vec *)(void *)(msg + row->offset);                               \
  if (WEIR_UNLIKELY(vec_->len >= vec_->cap) && !push_slow(vec_, sizeof(x), d->arena)) \
    FAIL(decode_no_memory);                                                           \
  STORE(vec_->data + (size_t)vec_->len++ * sizeof(x), x)

/* The four modes of a kind that is not a message. */
#define VALUE_OPS(name, READ)                \
  OP(name##_one) {                           \
    READ(x);                                 \
    STORE(msg + row->offset, x);             \
    NEXT;                                    \
  }                                          \
  OP(name##_has) {                           \
    READ(x);                                 \
    msg[row->presence] = 1;                  \
    STORE(msg + row->offset, x);             \
    NEXT;                                    \
  }                                          \
  OP(name##_oneof) {                         \
    READ(x);                                 \
    STORE(msg + row->presence, row->number); \
    STORE(msg + row->offset, x);             \
    NEXT;                                    \
  }                                          \
  OP(name##_repeated) {                      \
    READ(x);                                 \
    PUSH(x);                                 \
    NEXT;                                    \
  }

/* One level down, into m. */
#define DOWN(m, level_end, number_of_group)      \
  decode_frame *f_ = d->top;                     \
  if (WEIR_UNLIKELY(f_ >= d->deepest)) GO(deep); \
  d->top = ++f_;                                 \
  f_->up_type = type;                            \
  f_->up_msg = msg;                              \
  f_->up_end = d->end;                           \
  f_->group = (number_of_group);                 \
  d->end = (level_end);                          \
  type = type->subs[row->sub].type;              \
  msg = (m);                                     \
  NEXT

#define OPEN_ONE                                      \
  char *m_;                                           \
  memcpy(&m_, msg + row->offset, sizeof m_);          \
  if (WEIR_LIKELY(!m_)) {                             \
    m_ = pb_new(type->subs[row->sub].type, d->arena); \
    if (WEIR_UNLIKELY(!m_)) FAIL(decode_no_memory);   \
    STORE(msg + row->offset, m_);                     \
  }
#define OPEN_ONEOF                                                                              \
  char *m_ = NULL;                                                                              \
  if (pb_load32(msg + row->presence) == row->number) memcpy(&m_, msg + row->offset, sizeof m_); \
  if (WEIR_LIKELY(!m_)) {                                                                       \
    m_ = pb_new(type->subs[row->sub].type, d->arena);                                           \
    if (WEIR_UNLIKELY(!m_)) FAIL(decode_no_memory);                                             \
    STORE(msg + row->offset, m_);                                                               \
    STORE(msg + row->presence, row->number);                                                    \
  }
#define OPEN_REPEATED                                     \
  char *m_ = pb_new(type->subs[row->sub].type, d->arena); \
  if (WEIR_UNLIKELY(!m_)) FAIL(decode_no_memory);         \
  PUSH(m_)

#define MESSAGE_OPS(mode, OPEN)    \
  OP(message_##mode) {             \
    READ_LEN(len_);                \
    OPEN;                          \
    DOWN(m_, p + len_, 0);         \
  }                                \
  OP(group_##mode) {               \
    WIRE(WIRE_START);              \
    OPEN;                          \
    DOWN(m_, d->end, row->number); \
  }

static WEIR_NOINLINE bool push_slow(pb_vec *v, size_t size, weir_arena *a) {
  return pb_vec_reserve_slow(v, size, 1, a);
}

/* A string of any length with any letters, or one near the end of the window; NULL with the failure noted. */
static WEIR_NOINLINE const char *str_slow(decoder *d, const weir_pb_field *row, const uint8_t *p, size_t len) {
  if (row->flags & WEIR_PB_UTF8 && !wire_utf8(p, len))
    return (const char *)decode_fail(d, "invalid UTF-8", p);
  if (!len) return "";
  if ((ptrdiff_t)len > d->window_end - p && !decode_window(d, p, len))
    return (const char *)decode_fail(d, decode_no_memory, d->field);
  return (const char *)((uintptr_t)p + d->window_shift);
}

static WEIR_NOINLINE bool closed_enum(decoder *d, char *msg, const weir_pb_type *type, uint32_t number,
                                      uint64_t v) {
  if (!(type->flags & WEIR_PB_MAP_ENTRY)) return decode_keep_enum(d, msg, number, v);
  d->top->unknown_value = true;
  return true;
}

/* What some types need at the end of each of their messages. */
static WEIR_NOINLINE bool end_of(decoder *d, const weir_pb_type *type, char *msg, const uint8_t *p) {
  if (type->flags & WEIR_PB_HAS_REQUIRED && pb_first_missing(type, msg)) d->missing = true;
  return !(type->flags & WEIR_PB_MAP_ENTRY) || decode_entry_end(d, d->top, type, msg, p);
}

/* ---- the two ways to get from one OP to the next */

/* By weir_pb_field.kind: kinds are the numbers of FieldDescriptorProto.Type, modes follow in steps of 32. */
#define NONE_13                                                                                   \
  REF(other), REF(other), REF(other), REF(other), REF(other), REF(other), REF(other), REF(other), \
      REF(other), REF(other), REF(other), REF(other), REF(other)
#define MODE_ROWS(mode, group, message)                                                              \
  REF(other), REF(f64_##mode), REF(f32_##mode), REF(v64_##mode), REF(v64_##mode), REF(v32_##mode),   \
      REF(f64_##mode), REF(f32_##mode), REF(bool_##mode), REF(str_##mode), REF(group), REF(message), \
      REF(bytes_##mode), REF(v32_##mode), REF(enum_##mode), REF(f32_##mode), REF(f64_##mode),        \
      REF(z32_##mode), REF(z64_##mode), NONE_13
#define OPS_BY_KIND                                                                                          \
  {                                                                                                          \
    MODE_ROWS(one, group_one, message_one), MODE_ROWS(has, other, other),                                    \
        MODE_ROWS(oneof, group_oneof, message_oneof), MODE_ROWS(repeated, group_repeated, message_repeated), \
        [WEIR_PB_MAP | WEIR_PB_MESSAGE] = REF(map)                                                           \
  }
#define N_OPS (WEIR_PB_MAP + WEIR_PB_KIND + 1)

#if TAIL_CALLS

#pragma clang diagnostic ignored "-Wunused-parameter"
#define STATE \
  decoder *d, const uint8_t *p, char *msg, const weir_pb_type *type, const weir_pb_field *row, uint32_t tag
#define OP(name)  static OP_CALL bool op_##name(STATE)
#define OP_CALL   __attribute__((preserve_none))
#define GO(name)  __attribute__((musttail)) return op_##name(d, p, msg, type, row, tag)
#define NEXT      GO(next)
#define REF(name) op_##name
#define FAIL_AT(text, pos)     \
  do {                         \
    decode_fail(d, text, pos); \
    GO(fail);                  \
  } while (0)
#define FAIL(text) FAIL_AT(text, d->field)
#define DISPATCH   __attribute__((musttail)) return ops[row->kind](d, p, msg, type, row, tag)
typedef OP_CALL bool op_fn(STATE);
static op_fn *const ops[N_OPS];
static OP_CALL bool op_next(STATE) __attribute__((always_inline));
static OP_CALL bool op_other(STATE), op_fail(STATE), op_deep(STATE), op_last(STATE), op_search(STATE),
    op_bad_tag(STATE), op_extension(STATE), op_level_end(STATE);
#define BEGIN
#define END
#define RETURN(ok) return ok

#else

#define OP(name)  op_##name:
#define GO(name)  goto op_##name
#define REF(name) &&op_##name
#define NEXT      goto op_next
#define FAIL_AT(text, pos)     \
  do {                         \
    decode_fail(d, text, pos); \
    goto op_fail;              \
  } while (0)
#define FAIL(text) FAIL_AT(text, d->field)
#define DISPATCH   goto *ops[row->kind]
#define RETURN(ok) return ok
#define BEGIN                                                                          \
  static bool run(decoder *d, const uint8_t *p, char *msg, const weir_pb_type *type) { \
    static const void *const ops[N_OPS] = OPS_BY_KIND;                                 \
    const weir_pb_field *row = NULL;                                                   \
    uint32_t tag = 0;                                                                  \
    goto op_next;
#define END }
#endif

BEGIN

/* A field has two bytes at least, but for a group's tags: so OPs need not ask whether there is one behind the tag. Bytes
 * with the top bit set are negative here, and beyond dense_below like numbers that are. */
OP(next) {
  if (WEIR_UNLIKELY(p + 1 >= d->end)) GO(last);
  d->field = p;
  tag = *p;
  uint32_t i = (uint32_t)((int8_t)*p >> 3) - 1;
  p++;
  if (WEIR_UNLIKELY(i >= type->dense_below)) GO(search);
  row = &type->fields[i];
  DISPATCH;
}

VALUE_OPS(v32, READ_V32)
VALUE_OPS(z32, READ_Z32)
VALUE_OPS(v64, READ_V64)
VALUE_OPS(z64, READ_Z64)
VALUE_OPS(bool, READ_BOOL)
VALUE_OPS(enum, READ_ENUM)
VALUE_OPS(f32, READ_F32)
VALUE_OPS(f64, READ_F64)
VALUE_OPS(str, READ_STR)
VALUE_OPS(bytes, READ_BYTES)
MESSAGE_OPS(one, OPEN_ONE)
MESSAGE_OPS(oneof, OPEN_ONEOF)
MESSAGE_OPS(repeated, OPEN_REPEATED)

OP(map) {
  READ_LEN(len_);
  pb_map *map_ = (pb_map *)(void *)(msg + row->offset);
  char *m_ = pb_map_open(map_, type->subs[row->sub].type, d->arena);
  if (WEIR_UNLIKELY(!m_)) FAIL(decode_no_memory);
  decode_frame *entry_ = d->top + 1;
  entry_->map = map_;
  entry_->start = d->field;
  entry_->unknown_value = false;
  DOWN(m_, p + len_, 0);
}

OP(level_end) {
  decode_frame *f = d->top;
  row = NULL;
  tag = 0;
  if (WEIR_UNLIKELY(f->group)) FAIL_AT("group without its end", p);
  if (WEIR_UNLIKELY(type->flags & (WEIR_PB_HAS_REQUIRED | WEIR_PB_MAP_ENTRY)) && !end_of(d, type, msg, p))
    GO(fail);
  type = f->up_type;
  if (WEIR_UNLIKELY(!type)) RETURN(true);
  msg = f->up_msg;
  d->end = f->up_end;
  d->top = f - 1;
  NEXT;
}

/* A level's end, or its last byte: only a group's tag can stand there. */
OP(last) {
  if (WEIR_LIKELY(p == d->end)) GO(level_end);
  d->field = p;
  row = NULL;
  tag = *p++;
  if (tag >= 0x80) p = NULL;
  if (!p || !(tag >> 3)) GO(bad_tag);
  if ((tag & 7) == WIRE_START || (tag & 7) == WIRE_END) GO(other);
  FAIL((tag & 7) == WIRE_VARINT ? decode_malformed_value : decode_malformed_length);
}

OP(search) {
  p = wire_tag(d->field, d->end, &tag);
  if (WEIR_UNLIKELY(!p || !(tag >> 3))) GO(bad_tag);
  row = pb_find(type, tag >> 3);
  if (!row || p == d->end) GO(other);
  DISPATCH;
}

OP(bad_tag) {
  tag = 0;
  FAIL(p ? "field number 0" : "malformed tag");
}

OP(other) {
  decode_frame *f = d->top;
  if (f->group && tag == (f->group << 3 | WIRE_END)) {
    f->group = 0;
    /* The level above goes on behind the end tag. */
    GO(level_end);
  }
  if (type->flags & WEIR_PB_EXTENDABLE && d->pool && !row) GO(extension);
  p = decode_other(d, msg, type, row, tag, p);
  if (WEIR_UNLIKELY(!p)) GO(fail);
  NEXT;
}

OP(extension) {
  char *m_ = msg;
  const weir_pb_type *type_ = type;
  p = decode_extension(d, &m_, &type_, tag, p);
  if (WEIR_UNLIKELY(!p)) GO(fail);
  msg = m_;
  type = type_;
  NEXT;
}

OP(deep) {
  decode_fail(d, "nested too deep", d->field);
  d->code = WEIR_RESOURCE_EXHAUSTED;
  GO(fail);
}

OP(fail) {
  d->type = type;
  d->number = tag >> 3;
  RETURN(false);
}

END

#if TAIL_CALLS
    static op_fn *const ops[N_OPS] = OPS_BY_KIND;
static bool run(decoder *d, const uint8_t *p, char *msg, const weir_pb_type *type) {
  return op_next(d, p, msg, type, NULL, 0);
}
#endif

bool decode_run(decoder *d, const weir_pb_type *type, char *msg, const uint8_t *p, const uint8_t *end) {
  d->end = end;
  d->top = d->frames;
  d->frames[0].up_type = NULL;
  d->frames[0].group = 0;
  return run(d, p, msg, type);
}
