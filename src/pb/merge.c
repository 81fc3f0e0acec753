/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* merge.c - messages into messages: merge and copy, deep. Recursion is bounded by WEIR_PB_MAX_DEPTH. */
#include "pb/ext.h"

typedef struct merger {
  weir_arena *arena;
  int depth; /* levels that are left */
} merger;

static bool merge_message(merger *m, const weir_pb_type *t, char *dst, const char *src);

static bool merge_sub(merger *m, const weir_pb_type *t, char *dst, const char *src) {
  if (!m->depth) return false;
  m->depth--;
  bool ok = merge_message(m, t, dst, src);
  m->depth++;
  return ok;
}

/* One value, or element, with memory of its own. */
static bool copy_value(merger *m, const weir_pb_type *t, const weir_pb_field *row, char *dst, const char *src) {
  uint32_t kind = row->kind & WEIR_PB_KIND;
  if (pb_is_message(row)) {
    const char *sub = (const char *)pb_load_ptr(src);
    char *copy = sub ? pb_new(t->subs[row->sub].type, m->arena) : NULL;
    memcpy(dst, &copy, sizeof copy);
    return !sub || (copy && merge_sub(m, t->subs[row->sub].type, copy, sub));
  }
  if (kind != WEIR_PB_STRING && kind != WEIR_PB_BYTES) {
    memcpy(dst, src, pb_kind_size(row->kind));
    return true;
  }
  weir_str s = pb_load_str(src);
  if (s.len) s = weir_dup(m->arena, s);
  memcpy(dst, &s, sizeof s);
  return !s.len || s.data;
}

static bool merge_repeated(merger *m, const weir_pb_type *t, const weir_pb_field *row, pb_vec *dst,
                           const pb_vec *src) {
  size_t size = pb_kind_size(row->kind);
  if (!pb_vec_reserve(dst, size, src->len, m->arena)) return false;
  for (uint32_t i = 0; i < src->len; i++) {
    if (!copy_value(m, t, row, dst->data + (size_t)dst->len * size, src->data + (size_t)i * size))
      return false;
    dst->len++;
  }
  return true;
}

static bool merge_map(merger *m, const weir_pb_type *entry, pb_map *dst, const pb_map *src) {
  const weir_pb_field *key = &entry->fields[0], *value = &entry->fields[1];
  for (uint32_t i = 0; i < src->len; i++) {
    const char *from = src->data + (size_t)i * entry->size;
    char *to = pb_map_open(dst, entry, m->arena);
    if (!to || !copy_value(m, entry, key, to + key->offset, from + key->offset) ||
        !copy_value(m, entry, value, to + value->offset, from + value->offset) ||
        !pb_map_commit(dst, entry, m->arena))
      return false;
  }
  return true;
}

static bool merge_single(merger *m, const weir_pb_type *t, const weir_pb_field *row, char *dst,
                         const char *src) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  char *at = dst + row->offset;
  const char *from = src + row->offset;
  bool same_case = mode != WEIR_PB_ONEOF || pb_load32(dst + row->presence) == row->number;
  if (pb_is_message(row) && same_case) {
    char *old;
    memcpy(&old, at, sizeof old);
    const char *sub = (const char *)pb_load_ptr(from);
    if (old) return !sub || merge_sub(m, t->subs[row->sub].type, old, sub);
  }
  if (!copy_value(m, t, row, at, from)) return false;
  if (mode == WEIR_PB_HAS) dst[row->presence] = 1;
  if (mode == WEIR_PB_ONEOF) memcpy(dst + row->presence, &row->number, sizeof row->number);
  return true;
}

static bool merge_extra(merger *m, char *dst, const char *src) {
  const pb_exts *exts = pb_exts_of(src);
  for (uint32_t i = 0; i < exts->len; i++) {
    char *holder = (char *)weir_pb_ext_put(dst, exts->data[i].ext, m->arena);
    if (!holder || !merge_message(m, exts->data[i].ext->holder, holder, exts->data[i].holder)) return false;
  }
  weir_str unknown = weir_pb_unknown(src);
  return !unknown.len || pb_keep_unknown(dst, (const uint8_t *)unknown.data, unknown.len, m->arena);
}

static bool merge_message(merger *m, const weir_pb_type *t, char *dst, const char *src) {
  for (uint32_t i = 0; i < t->n_fields; i++) {
    const weir_pb_field *row = &t->fields[i];
    char *at = dst + row->offset;
    const char *from = src + row->offset;
    bool ok = true;
    switch (row->kind & WEIR_PB_MODE) {
    case WEIR_PB_REPEATED:
      if (((const pb_vec *)(const void *)from)->len)
        ok = merge_repeated(m, t, row, (pb_vec *)(void *)at, (const pb_vec *)(const void *)from);
      break;
    case WEIR_PB_MAP:
      ok = merge_map(m, t->subs[row->sub].type, (pb_map *)(void *)at, (const pb_map *)(const void *)from);
      break;
    default:
      if (pb_field_set(row, src)) ok = merge_single(m, t, row, dst, src);
    }
    if (!ok) return false;
  }
  return !((const weir_pb_hdr *)(const void *)src)->extra || merge_extra(m, dst, src);
}

void weir_pb_clear(const weir_pb_type *t, void *msg) { memset(msg, 0, t->size); }

weir_code weir_pb_merge(const weir_pb_type *t, void *dst, const void *src, weir_arena *a) {
  merger m = {a, WEIR_PB_MAX_DEPTH};
  return merge_message(&m, t, (char *)dst, (const char *)src) ? WEIR_OK : WEIR_RESOURCE_EXHAUSTED;
}

void *weir_pb_copy(const weir_pb_type *t, const void *src, weir_arena *a) {
  void *copy = pb_new(t, a);
  return copy && !weir_pb_merge(t, copy, src, a) ? copy : NULL;
}
