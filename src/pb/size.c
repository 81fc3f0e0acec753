/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* size.c - how many bytes a message takes. Sums saturate: once too large, always too large. */
#include "pb/ext.h"

#define TOO_LARGE PB_TOO_LARGE

static uint64_t message_size(const weir_pb_type *t, const char *msg, int depth);

WEIR_INLINE uint64_t with_length(uint64_t n) { return n + wire_varint_size(n); }

/* One value without its tag; for a group with its end tag. */
static uint64_t value_size(const weir_pb_type *t, const weir_pb_field *row, const char *at, int depth) {
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_DOUBLE:
  case WEIR_PB_FIXED64:
  case WEIR_PB_SFIXED64: return 8;
  case WEIR_PB_FLOAT:
  case WEIR_PB_FIXED32:
  case WEIR_PB_SFIXED32: return 4;
  case WEIR_PB_BOOL: return 1;
  case WEIR_PB_STRING:
  case WEIR_PB_BYTES: return with_length(pb_load_str(at).len);
  case WEIR_PB_UINT32: return wire_varint_size(pb_load32(at));
  case WEIR_PB_SINT32: return wire_varint_size(wire_zigzag32(pb_load32(at)));
  case WEIR_PB_INT64:
  case WEIR_PB_UINT64: return wire_varint_size(pb_load64(at));
  case WEIR_PB_SINT64: return wire_varint_size(wire_zigzag64(pb_load64(at)));
  case WEIR_PB_GROUP:
    return message_size(t->subs[row->sub].type, (const char *)pb_load_ptr(at), depth - 1) +
           wire_varint_size((uint64_t)row->number << 3);
  case WEIR_PB_MESSAGE:
    return with_length(message_size(t->subs[row->sub].type, (const char *)pb_load_ptr(at), depth - 1));
  default: return wire_varint_size((uint64_t)(int64_t)(int32_t)pb_load32(at)); /* int32, enum */
  }
}

static uint64_t repeated_size(const weir_pb_type *t, const weir_pb_field *row, const pb_vec *v, int depth) {
  uint64_t sum = 0, tag = wire_varint_size((uint64_t)row->number << 3);
  size_t size = pb_kind_size(row->kind);
  for (uint32_t i = 0; i < v->len && sum < TOO_LARGE; i++)
    sum += value_size(t, row, v->data + i * size, depth);
  return row->flags & WEIR_PB_PACKED ? tag + with_length(sum) : sum + tag * v->len;
}

static uint64_t map_size(const weir_pb_type *t, const weir_pb_field *row, const pb_map *m, int depth) {
  const weir_pb_type *entry = t->subs[row->sub].type;
  const weir_pb_field *key = &entry->fields[0], *value = &entry->fields[1];
  uint64_t sum = 0, tag = wire_varint_size((uint64_t)row->number << 3);
  if (depth <= 0) return TOO_LARGE;
  for (uint32_t i = 0; i < m->len && sum < TOO_LARGE; i++) {
    const char *at = m->data + (size_t)i * entry->size;
    uint64_t n = 2 + value_size(entry, key, at + key->offset, depth - 1) +
                 value_size(entry, value, at + value->offset, depth - 1);
    sum += tag + with_length(n);
  }
  return sum;
}

static uint64_t extra_size(const weir_pb_type *t, const struct weir_pb_extra *x, int depth) {
  uint64_t sum = x->len;
  for (uint32_t i = 0; i < x->exts.len && sum < TOO_LARGE; i++) {
    const weir_pb_type *holder = x->exts.data[i].ext->holder;
    const weir_pb_field *row = &holder->fields[0];
    sum += message_size(holder, x->exts.data[i].holder, depth);
    if (!(t->flags & WEIR_PB_MESSAGE_SET) || row->kind != WEIR_PB_MESSAGE) continue;
    const char *sub = (const char *)pb_load_ptr(x->exts.data[i].holder + row->offset);
    if (!sub) continue;
    /* An item has four tags and the number as a value where the field has its number as a tag. */
    sum += 4 + wire_varint_size(row->number);
    sum -= wire_varint_size((uint64_t)row->number << 3);
  }
  return sum;
}

/* Recursion is bounded by depth. */
static uint64_t message_size(const weir_pb_type *t, const char *msg, int depth) {
  if (depth < 0) return TOO_LARGE;
  if (!msg) return 0;
  const struct weir_pb_extra *extra = ((const weir_pb_hdr *)(const void *)msg)->extra;
  uint64_t sum = extra ? extra_size(t, extra, depth) : 0;
  for (uint32_t i = 0; i < t->n_fields && sum < TOO_LARGE; i++) {
    const weir_pb_field *row = &t->fields[i];
    uint32_t mode = row->kind & WEIR_PB_MODE;
    const void *at = msg + row->offset;
    if (mode == WEIR_PB_REPEATED) {
      if (((const pb_vec *)at)->len) sum += repeated_size(t, row, (const pb_vec *)at, depth);
    } else if (mode == WEIR_PB_MAP) {
      if (((const pb_map *)at)->len) sum += map_size(t, row, (const pb_map *)at, depth);
    } else if (pb_field_set(row, msg)) {
      sum += wire_varint_size((uint64_t)row->number << 3) + value_size(t, row, (const char *)at, depth);
    }
  }
  return sum < TOO_LARGE ? sum : TOO_LARGE;
}

uint64_t pb_size(const weir_pb_type *t, const char *msg) { return message_size(t, msg, WEIR_PB_MAX_DEPTH); }

size_t weir_pb_size(const weir_pb_type *t, const void *msg) {
  uint64_t n = pb_size(t, (const char *)msg);
  return n < TOO_LARGE ? (size_t)n : 0;
}
