/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* ext.c - extensions: where a message keeps their structs, and how they come out of its unknown fields. */
#include "pb/ext.h"

static const pb_exts none = {NULL, 0, 0};

const pb_exts *pb_exts_of(const char *msg) {
  const struct weir_pb_extra *x = ((const weir_pb_hdr *)(const void *)msg)->extra;
  return x ? &x->exts : &none;
}

/* The place of the first slot whose number is not below. */
static uint32_t slot_place(const pb_exts *exts, uint32_t number) {
  uint32_t low = 0, high = exts->len;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (pb_ext_row(exts->data[mid].ext)->number < number)
      low = mid + 1;
    else
      high = mid;
  }
  return low;
}

char *pb_ext_holder(const char *msg, const weir_pb_ext *x) {
  const pb_exts *exts = pb_exts_of(msg);
  uint32_t at = slot_place(exts, pb_ext_row(x)->number);
  if (at == exts->len || pb_ext_row(exts->data[at].ext)->number != pb_ext_row(x)->number) return NULL;
  return exts->data[at].holder;
}

char *pb_ext_add(char *msg, const weir_pb_ext *x, weir_arena *a) {
  char *holder = pb_ext_holder(msg, x);
  if (holder) return holder;
  struct weir_pb_extra *extra = pb_extra(msg, a);
  holder = extra ? pb_new(x->holder, a) : NULL;
  if (!holder || !pb_vec_reserve((pb_vec *)(void *)&extra->exts, sizeof(pb_ext_slot), 1, a)) return NULL;
  pb_exts *exts = &extra->exts;
  uint32_t at = slot_place(exts, pb_ext_row(x)->number);
  memmove(exts->data + at + 1, exts->data + at, (exts->len - at) * sizeof *exts->data);
  exts->data[at] = (pb_ext_slot){x, holder};
  exts->len++;
  return holder;
}

/* ---- unknown fields ------------------------------------------------------------------------------------ */

/* True if the field [p, end), which is well-formed, is of the extension: by its number, or an item of a message set. */
static bool is_of(const weir_pb_ext *x, const uint8_t *p, const uint8_t *end) {
  uint32_t tag = 0;
  pb_set_item item;
  const uint8_t *q = wire_tag(p, end, &tag);
  if (x->extendee->flags & WEIR_PB_MESSAGE_SET && tag == PB_ITEM_START)
    return pb_set_item_read(q, end, &item) && item.id == pb_ext_row(x)->number;
  return tag >> 3 == pb_ext_row(x)->number;
}

static weir_code decode_one(const weir_pb_ext *x, char *holder, const uint8_t *p, const uint8_t *end,
                            weir_arena *a) {
  uint32_t tag = 0;
  pb_set_item item;
  const uint8_t *q = wire_tag(p, end, &tag);
  if (!(x->extendee->flags & WEIR_PB_MESSAGE_SET) || tag != PB_ITEM_START)
    return weir_pb_decode(x->holder, holder, (weir_str){(const char *)p, (size_t)(end - p)}, a,
                          WEIR_PB_PARTIAL);
  char *sub = pb_ext_message(x, holder, a);
  if (!sub || !pb_set_item_read(q, end, &item)) return WEIR_RESOURCE_EXHAUSTED;
  return weir_pb_decode(x->holder->subs[0].type, sub, item.message, a, WEIR_PB_PARTIAL);
}

/* Decodes the unknown fields that are the extension's. */
static weir_code decode_unknown(const struct weir_pb_extra *extra, const weir_pb_ext *x, char *holder,
                                weir_arena *a) {
  weir_code code = WEIR_OK;
  for (const uint8_t *p = extra->data, *end = p + extra->len, *next; p < end && !code; p = next) {
    next = pb_unknown_end(p, end);
    if (is_of(x, p, next)) code = decode_one(x, holder, p, next, a);
  }
  return code;
}

static void drop_unknown(struct weir_pb_extra *extra, const weir_pb_ext *x) {
  uint8_t *to = extra->data;
  if (!extra->len) return;
  for (const uint8_t *p = extra->data, *end = p + extra->len, *next; p < end; p = next) {
    next = pb_unknown_end(p, end);
    if (is_of(x, p, next)) continue;
    memmove(to, p, (size_t)(next - p));
    to += next - p;
  }
  extra->len = (uint32_t)(to - extra->data);
}

static bool has_unknown(const struct weir_pb_extra *extra, const weir_pb_ext *x) {
  if (!extra || !extra->len) return false;
  for (const uint8_t *p = extra->data, *end = p + extra->len, *next; p < end; p = next) {
    next = pb_unknown_end(p, end);
    if (is_of(x, p, next)) return true;
  }
  return false;
}

char *pb_ext_message(const weir_pb_ext *x, char *holder, weir_arena *a) {
  char *at = holder + pb_ext_row(x)->offset, *sub;
  memcpy(&sub, at, sizeof sub);
  if (!sub) sub = pb_new(x->holder->subs[0].type, a);
  memcpy(at, &sub, sizeof sub);
  return sub;
}

bool pb_set_item_read(const uint8_t *p, const uint8_t *end, pb_set_item *item) {
  *item = (pb_set_item){0, {NULL, 0}};
  for (uint32_t tag; (p = wire_tag(p, end, &tag)) != NULL && tag != PB_ITEM_END;) {
    uint64_t id;
    size_t len;
    if (tag == PB_ITEM_ID && !item->id) {
      p = wire_varint(p, end, &id);
      if (p && id <= INT32_MAX) item->id = (uint32_t)id;
    } else if (tag == PB_ITEM_MESSAGE && !item->message.data) {
      p = wire_len(p, end, &len);
      if (p) item->message = (weir_str){(const char *)p, len};
      if (p) p += len;
    } else {
      p = wire_skip(p, end, tag, WEIR_PB_MAX_DEPTH);
    }
    if (!p) return false;
  }
  return p && item->id && item->message.data;
}

/* ---- entry points -------------------------------------------------------------------------------------- */

void *weir_pb_ext_find(void *msg, const weir_pb_ext *x, weir_arena *a) {
  char *holder = pb_ext_holder((char *)msg, x), *slot;
  struct weir_pb_extra *extra = ((weir_pb_hdr *)msg)->extra;
  if (holder || !has_unknown(extra, x)) return holder;
  holder = pb_new(x->holder, a);
  if (!holder || decode_unknown(extra, x, holder, a)) return NULL;
  slot = pb_ext_add((char *)msg, x, a);
  if (!slot) return NULL;
  drop_unknown(extra, x);
  return memcpy(slot, holder, x->holder->size);
}

const void *weir_pb_ext_get(const void *msg, const weir_pb_ext *x) {
  return pb_ext_holder((const char *)msg, x);
}

void *weir_pb_ext_put(void *msg, const weir_pb_ext *x, weir_arena *a) {
  void *holder = weir_pb_ext_find(msg, x, a);
  return holder ? holder : pb_ext_add((char *)msg, x, a);
}

void weir_pb_ext_clear(void *msg, const weir_pb_ext *x) {
  struct weir_pb_extra *extra = ((weir_pb_hdr *)msg)->extra;
  if (!extra) return;
  drop_unknown(extra, x);
  pb_exts *exts = &extra->exts;
  uint32_t at = slot_place(exts, pb_ext_row(x)->number);
  if (at == exts->len || pb_ext_row(exts->data[at].ext)->number != pb_ext_row(x)->number) return;
  memmove(exts->data + at, exts->data + at + 1, (exts->len - at - 1) * sizeof *exts->data);
  exts->len--;
}
