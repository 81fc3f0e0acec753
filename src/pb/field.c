/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/field.h"

#include <weir/pool.h>

bool pb_field_put(char *msg, const weir_pb_field *row, const pb_value *v, weir_arena *a) {
  size_t size = pb_kind_size(row->kind);
  char *at = msg + row->offset;
  switch (row->kind & WEIR_PB_MODE) {
  case WEIR_PB_REPEATED: {
    pb_vec *vec = (pb_vec *)(void *)at;
    if (!pb_vec_reserve(vec, size, 1, a)) return false;
    at = vec->data + (size_t)vec->len++ * size;
    break;
  }
  case WEIR_PB_HAS: msg[row->presence] = 1; break;
  case WEIR_PB_ONEOF: memcpy(msg + row->presence, &row->number, sizeof row->number); break;
  default: break;
  }
  memcpy(at, v, size);
  return true;
}

char *pb_field_open(char *msg, const weir_pb_type *t, const weir_pb_field *row, weir_arena *a) {
  const weir_pb_type *sub = t->subs[row->sub].type;
  uint32_t mode = row->kind & WEIR_PB_MODE;
  bool there = mode != WEIR_PB_REPEATED && pb_field_set(row, msg);
  char *old = NULL, *fresh;
  if (there) memcpy(&old, msg + row->offset, sizeof old);
  if (old) return old;
  fresh = pb_new(sub, a);
  pb_value v = {.msg = fresh};
  return fresh && pb_field_put(msg, row, &v, a) ? fresh : NULL;
}

void pb_field_unset(char *msg, const weir_pb_field *row) {
  uint32_t mode = row->kind & WEIR_PB_MODE, none = 0;
  if (mode == WEIR_PB_ONEOF) {
    if (pb_oneof_case(msg, row) != row->number) return;
    memcpy(msg + row->presence, &none, sizeof none);
  }
  if (mode == WEIR_PB_HAS) msg[row->presence] = 0;
  memset(msg + row->offset, 0, pb_kind_size(row->kind));
}

bool pb_entry_complete(const weir_pb_type *entry, char *at, weir_arena *a) {
  const weir_pb_field *value = &entry->fields[1];
  return !pb_is_message(value) || pb_field_open(at, entry, value, a);
}

const char *pb_short_name(const char *full_name) {
  const char *dot = strrchr(full_name, '.');
  return dot ? dot + 1 : full_name;
}

/* ---- walks --------------------------------------------------------------------------------------------- */

pb_walk pb_walk_of(const weir_pb_type *t, const char *msg) {
  pb_walk w = {.type = t, .msg = msg};
  if (!(t->flags & WEIR_PB_MAP_ENTRY)) w.exts = pb_exts_of(msg);
  return w;
}

static bool has_value(const weir_pb_field *row, const char *msg) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  if (mode == WEIR_PB_REPEATED || mode == WEIR_PB_MAP)
    return ((const pb_vec *)(const void *)(msg + row->offset))->len != 0;
  return pb_field_set(row, msg);
}

bool pb_walk_next(pb_walk *w, pb_walk_field *f) {
  for (;;) {
    uint32_t n_exts = w->exts ? w->exts->len : 0;
    const pb_ext_slot *slot = w->ext_at < n_exts ? &w->exts->data[w->ext_at] : NULL;
    const weir_pb_field *row = w->row_at < w->type->n_fields ? &w->type->fields[w->row_at] : NULL;
    if (slot && (!row || pb_ext_row(slot->ext)->number < row->number)) {
      w->ext_at++;
      if (!has_value(pb_ext_row(slot->ext), slot->holder)) continue;
      *f = (pb_walk_field){slot->ext->holder, slot->holder, pb_ext_row(slot->ext), slot->ext, 0};
      return true;
    }
    if (!row) return false;
    w->row_at++;
    /* Key and value of a map's entry are always there. */
    if (!(w->type->flags & WEIR_PB_MAP_ENTRY) && !has_value(row, w->msg)) continue;
    *f = (pb_walk_field){w->type, w->msg, row, NULL, w->row_at - 1};
    return true;
  }
}

/* ---- maps ---------------------------------------------------------------------------------------------- */

static void sift_down(const weir_pb_type *entry, const char **heap, size_t at, size_t n) {
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && pb_map_compare(entry, heap[child + 1], heap[child]) > 0) child++;
    if (pb_map_compare(entry, heap[at], heap[child]) >= 0) return;
    const char *top = heap[at];
    heap[at] = heap[child];
    heap[child] = top;
  }
}

/* A heap sort: it takes no stack and no worst case. */
const char **pb_map_sorted(const weir_pb_type *entry, const pb_map *m, weir_arena *a) {
  const char **heap = (const char **)weir_arena_take(a, (size_t)m->len * sizeof *heap);
  if (!heap) return NULL;
  for (size_t i = 0; i < m->len; i++) heap[i] = m->data + i * entry->size;
  for (size_t i = m->len / 2; i-- > 0;) sift_down(entry, heap, i, m->len);
  for (size_t n = m->len; n > 1;) {
    const char *last = heap[--n];
    heap[n] = heap[0];
    heap[0] = last;
    sift_down(entry, heap, 0, n);
  }
  return heap;
}

/* ---- rest ---------------------------------------------------------------------------------------------- */

const weir_pb_type *pb_any_type(const weir_pb_pool *pool, weir_str url) {
  const char *slash = NULL;
  for (size_t i = 0; i < url.len; i++)
    if (url.data[i] == '/') slash = url.data + i;
  if (!slash) return NULL;
  return weir_pb_pool_type(pool, (weir_str){slash + 1, (size_t)(url.data + url.len - slash - 1)});
}

pb_place pb_place_of(const char *start, const char *at) {
  pb_place place = {1, 1};
  for (; start < at; start++) {
    place.column++;
    if (*start == '\n') place = (pb_place){place.line + 1, 1};
  }
  return place;
}
