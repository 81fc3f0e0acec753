/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* message.c - messages as memory: new ones, growing repeated fields, unknown fields. */
#include "pb/table.h"

#define VEC_FIRST_CAP 4u

WEIR_NOINLINE bool pb_vec_reserve_slow(pb_vec *v, size_t elem_size, uint32_t by, weir_arena *a) {
  bool borrowed = v->cap < v->len || !v->cap;
  if (!borrowed && v->cap - v->len >= by) return true;
  uint64_t need = (uint64_t)v->len + by, cap = (uint64_t)v->cap * 2;
  if (cap < VEC_FIRST_CAP) cap = VEC_FIRST_CAP;
  if (cap > PB_MAX_LEN || cap < need) cap = need;
  if (need > PB_MAX_LEN || cap * elem_size > SIZE_MAX / 2)
    return false; /* no overflow: elem_size has 32 bits at most */
  size_t size = (size_t)cap * elem_size, old_size = (size_t)v->len * elem_size;
  char *data = borrowed || !v->len ? NULL : v->data;
  if (data) {
    data = (char *)weir_arena_grow(a, data, (size_t)v->cap * elem_size, size);
  } else {
    data = (char *)weir_arena_take(a, size);
    if (data && old_size) memcpy(data, v->data, old_size);
  }
  if (!data) return false;
  v->data = data;
  v->cap = (uint32_t)cap;
  return true;
}

void *weir_pb_grow(void *vec, size_t elem_size, uint32_t by, weir_arena *a) {
  pb_vec *v = (pb_vec *)vec;
  if (!pb_vec_reserve(v, elem_size, by, a)) return NULL;
  char *at = v->data + (size_t)v->len * elem_size;
  memset(at, 0, (size_t)by * elem_size);
  v->len += by;
  return at;
}

void *weir_pb_new(const weir_pb_type *t, weir_arena *a) { return pb_new(t, a); }

weir_code weir_pb_parse(const weir_pb_type *t, weir_str wire, weir_arena *a, void **msg) {
  void *fresh = pb_new(t, a);
  if (!fresh) return WEIR_RESOURCE_EXHAUSTED;
  weir_code code = weir_pb_decode(t, fresh, wire, a, 0);
  if (!code) *msg = fresh;
  return code;
}

struct weir_pb_extra *pb_extra(char *msg, weir_arena *a) {
  weir_pb_hdr *hdr = (weir_pb_hdr *)(void *)msg;
  if (!hdr->extra) hdr->extra = (struct weir_pb_extra *)weir_alloc(a, sizeof *hdr->extra);
  return hdr->extra;
}

const uint8_t *pb_unknown_end(const uint8_t *p, const uint8_t *end) {
  uint32_t tag;
  p = wire_tag(p, end, &tag);
  WEIR_CHECK(p);
  p = wire_skip(p, end, tag, WEIR_PB_MAX_DEPTH);
  WEIR_CHECK(p);
  return p;
}

bool pb_keep_unknown(char *msg, const uint8_t *bytes, size_t n, weir_arena *a) {
  struct weir_pb_extra *x = pb_extra(msg, a);
  if (!x) return false;
  if (n > PB_MAX_LEN || !pb_vec_reserve((pb_vec *)(void *)x, 1, (uint32_t)n, a)) return false;
  memcpy(x->data + x->len, bytes, n);
  x->len += (uint32_t)n;
  return true;
}

weir_str weir_pb_unknown(const void *msg) {
  const struct weir_pb_extra *x = ((const weir_pb_hdr *)msg)->extra;
  return x ? (weir_str){(const char *)x->data, x->len} : (weir_str){NULL, 0};
}

weir_code weir_pb_add_unknown(void *msg, weir_str wire, weir_arena *a) {
  const uint8_t *start = (const uint8_t *)wire.data, *end = start + wire.len;
  if (!wire.len) return WEIR_OK;
  if (wire.len > WEIR_PB_MAX_SIZE) return WEIR_RESOURCE_EXHAUSTED;
  for (const uint8_t *p = start; p < end;) {
    uint32_t tag;
    p = wire_tag(p, end, &tag);
    if (p && tag >> 3) p = wire_skip(p, end, tag, WEIR_PB_MAX_DEPTH);
    if (!p || !(tag >> 3)) return WEIR_INVALID_ARGUMENT;
  }
  return pb_keep_unknown((char *)msg, start, wire.len, a) ? WEIR_OK : WEIR_RESOURCE_EXHAUSTED;
}

void weir_pb_drop_unknown(void *msg) {
  struct weir_pb_extra *x = ((weir_pb_hdr *)msg)->extra;
  if (x) x->len = 0;
}
