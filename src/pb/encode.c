/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* encode.c - messages to bytes: entry points, extensions. The free rest of the arena's block is the
 * buffer; a message that does not fit there is sized (size.c) and gets a buffer of just that size. */
#include "pb/encode.h"
#include "pb/ext.h"

/* A rest of a block that is worth a try. */
#define MIN_REST 64u

WEIR_NOINLINE uint8_t *encode_fail(encoder *e, weir_code code, const char *why, const weir_pb_type *t,
                                   uint32_t number) {
  e->full = false;
  e->code = code;
  e->why = why;
  e->type = t;
  e->number = number;
  return NULL;
}

WEIR_NOINLINE uint8_t *encode_full(encoder *e) {
  e->full = true;
  return NULL;
}

/* ---- extensions */

/* An extension of a message set, as an item. */
static uint8_t *encode_item(encoder *e, encode_frame *top, uint8_t *p, const weir_pb_type *holder,
                            const char *msg) {
  const weir_pb_field *row = &holder->fields[0];
  const char *sub = (const char *)pb_load_ptr(msg + row->offset);
  if (!sub) return p;
  if (top == &e->frames[WEIR_PB_MAX_DEPTH])
    return encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "nested too deep", holder, row->number);
  if (!encode_room(e, p, ENCODE_SLACK)) return encode_full(e);
  uint8_t *end = wire_put_varint(p, PB_ITEM_END);
  p = encode_run(e, top + 1, end, holder->subs[row->sub].type, sub);
  if (!p) return NULL;
  if (!encode_room(e, p, ENCODE_SLACK)) return encode_full(e);
  p = wire_put_varint(p, (uint64_t)(end - p));
  p = wire_put_varint(p, PB_ITEM_MESSAGE);
  p = wire_put_varint(p, row->number);
  p = wire_put_varint(p, PB_ITEM_ID);
  return wire_put_varint(p, PB_ITEM_START);
}

WEIR_NOINLINE uint8_t *encode_extra(encoder *e, encode_frame *top, uint8_t *p, const weir_pb_type *t,
                                    const struct weir_pb_extra *x) {
  if (!encode_room(e, p, x->len + ENCODE_SLACK)) return encode_full(e);
  p -= x->len;
  if (x->len) memcpy(p, x->data, x->len);
  for (uint32_t i = x->exts.len; p && i-- > 0;) {
    const weir_pb_type *holder = x->exts.data[i].ext->holder;
    bool item = t->flags & WEIR_PB_MESSAGE_SET && holder->fields[0].kind == WEIR_PB_MESSAGE;
    p = item ? encode_item(e, top, p, holder, x->exts.data[i].holder)
             : encode_run(e, top, p, holder, x->exts.data[i].holder);
  }
  return p;
}

/* ---- entry points */

/* NULL: see e->full, else e->why. */
static uint8_t *encode_into(encoder *e, uint8_t *begin, uint8_t *end, const weir_pb_type *t, const void *msg) {
  e->begin = begin;
  e->full = false;
  return encode_run(e, e->frames, end, t, (const char *)msg);
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
  uint8_t *buf = (uint8_t *)weir_arena_take(e->arena, size + ENCODE_SLACK);
  if (!buf) {
    encode_fail(e, WEIR_RESOURCE_EXHAUSTED, "out of memory", t, 0);
    return false;
  }
  uint8_t *end = buf + size + ENCODE_SLACK, *p = encode_into(e, buf, end, t, msg);
  if (p) *wire = (weir_str){(const char *)p, (size_t)(end - p)};
  return p != NULL;
}

weir_code weir_pb_encode_err(const weir_pb_type *t, const void *msg, weir_arena *a, uint32_t flags,
                             weir_str *wire, weir_error *err) {
  encoder e; /* the frames stay as they are */
  e.arena = a;
  e.flags = flags;
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
