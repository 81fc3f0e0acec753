/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* map.c - map fields: entries in a vector, in the order in which their keys came, and, once there are more than a
 * few, an open-addressing index over them. The index is only a cache: where it does not cover the vector (entries
 * borrowed or removed) it is made anew. Its hash is keyed, so that a peer cannot choose colliding keys. */
#include "base/map.h"
#include "pb/table.h"

/* Up to here a walk is as fast as hashing. */
#define MAP_LINEAR_LEN 8u

struct weir_pb_index {
  uint32_t len;  /* entries data[0 .. len) are in it */
  uint32_t mask; /* slots - 1 */
  uint32_t seed;
  uint32_t slots[]; /* entry's position + 1; 0 is free */
};

static bool key_is_str(const weir_pb_type *entry) {
  return (entry->fields[0].kind & WEIR_PB_KIND) == WEIR_PB_STRING;
}

static bool key_eq(const weir_pb_type *entry, const char *x, const char *y) {
  if (key_is_str(entry)) return weir_str_eq(pb_load_str(x), pb_load_str(y));
  return !memcmp(x, y, pb_kind_size(entry->fields[0].kind));
}

static uint32_t key_hash(const weir_pb_type *entry, const char *key, uint32_t seed) {
  if (key_is_str(entry)) {
    weir_str s = pb_load_str(key);
    return weir_hash(s.data, s.len, seed);
  }
  return weir_hash(key, pb_kind_size(entry->fields[0].kind), seed);
}

static char *entry_at(const pb_map *m, const weir_pb_type *entry, uint32_t i) {
  return m->data + (size_t)i * entry->size;
}

static const char *entry_key(const pb_map *m, const weir_pb_type *entry, uint32_t i) {
  return entry_at(m, entry, i) + entry->fields[0].offset;
}

static void index_add(weir_pb_index *x, const pb_map *m, const weir_pb_type *entry, uint32_t i) {
  uint32_t at = key_hash(entry, entry_key(m, entry, i), x->seed) & x->mask;
  while (x->slots[at]) at = (at + 1) & x->mask;
  x->slots[at] = i + 1;
  x->len = i + 1;
}

static const weir_pb_index *index_of(const pb_map *m) {
  return m->index && m->index->len == m->len ? m->index : NULL;
}

static char *map_find(const pb_map *m, const weir_pb_type *entry, const char *key) {
  const weir_pb_index *x = index_of(m);
  if (!x) {
    for (uint32_t i = 0; i < m->len; i++)
      if (key_eq(entry, entry_key(m, entry, i), key)) return entry_at(m, entry, i);
    return NULL;
  }
  for (uint32_t at = key_hash(entry, key, x->seed) & x->mask; x->slots[at]; at = (at + 1) & x->mask)
    if (key_eq(entry, entry_key(m, entry, x->slots[at] - 1), key))
      return entry_at(m, entry, x->slots[at] - 1);
  return NULL;
}

/* An index over all entries, at most a quarter full, so that it holds until the vector has doubled. */
static bool index_make(pb_map *m, const weir_pb_type *entry, weir_arena *a) {
  uint64_t n_slots = 64;
  while (n_slots < (uint64_t)m->len * 4) n_slots *= 2;
  if (n_slots > (SIZE_MAX / 2 - sizeof(weir_pb_index)) / sizeof(uint32_t)) return false;
  weir_pb_index *x = m->index;
  if (x && x->mask >= n_slots - 1) {
    memset(x->slots, 0, ((size_t)x->mask + 1) * sizeof(uint32_t));
  } else {
    x = (weir_pb_index *)weir_alloc(a, sizeof *x + (size_t)n_slots * sizeof(uint32_t));
    if (!x) return false;
    x->mask = (uint32_t)(n_slots - 1);
    x->seed = weir_hash_seed() ^ (uint32_t)((uintptr_t)x >> 4);
  }
  for (uint32_t i = 0; i < m->len; i++) index_add(x, m, entry, i);
  m->index = x;
  return true;
}

/* Before an entry is looked up in order to be added: linear walks are for small maps only. */
static bool map_prepare(pb_map *m, const weir_pb_type *entry, weir_arena *a) {
  const weir_pb_index *x = index_of(m);
  if (m->len < MAP_LINEAR_LEN || (x && x->len <= x->mask / 2)) return true;
  return index_make(m, entry, a);
}

char *pb_map_open(pb_map *m, const weir_pb_type *entry, weir_arena *a) {
  if (!pb_vec_reserve((pb_vec *)(void *)m, entry->size, 1, a)) return NULL;
  return (char *)memset(entry_at(m, entry, m->len), 0, entry->size);
}

bool pb_map_commit(pb_map *m, const weir_pb_type *entry, weir_arena *a) {
  if (!map_prepare(m, entry, a)) return false;
  const char *fresh = entry_at(m, entry, m->len);
  char *old = map_find(m, entry, fresh + entry->fields[0].offset);
  if (old) {
    memcpy(old, fresh, entry->size);
    return true;
  }
  bool indexed = index_of(m) != NULL;
  if (indexed) index_add(m->index, m, entry, m->len);
  m->len++;
  return true;
}

void *weir_pb_map_put(void *map, const weir_pb_type *entry, const void *key, weir_arena *a) {
  pb_map *m = (pb_map *)map;
  if (!map_prepare(m, entry, a)) return NULL;
  char *e = map_find(m, entry, (const char *)key);
  if (e) return e;
  e = pb_map_open(m, entry, a);
  if (!e) return NULL;
  memcpy(e + entry->fields[0].offset, key, pb_kind_size(entry->fields[0].kind));
  return pb_map_commit(m, entry, a) ? e : NULL;
}

void *weir_pb_map_find(const void *map, const weir_pb_type *entry, const void *key) {
  return map_find((const pb_map *)map, entry, (const char *)key);
}

bool weir_pb_map_remove(void *map, const weir_pb_type *entry, const void *key) {
  pb_map *m = (pb_map *)map;
  char *e = map_find(m, entry, (const char *)key);
  if (!e) return false;
  size_t size = entry->size;
  char *end = m->data + (size_t)m->len * size;
  memmove(e, e + size, (size_t)(end - e) - size);
  m->len--;
  if (m->index) m->index->len = UINT32_MAX; /* stale, its memory is kept */
  return true;
}

/* Three-way by value: int, uint and string keys; false before true. */
int pb_map_compare(const weir_pb_type *entry, const char *x, const char *y) {
  x += entry->fields[0].offset;
  y += entry->fields[0].offset;
  switch (entry->fields[0].kind & WEIR_PB_KIND) {
  case WEIR_PB_STRING: {
    weir_str s = pb_load_str(x), t = pb_load_str(y);
    int order = s.len && t.len ? memcmp(s.data, t.data, s.len < t.len ? s.len : t.len) : 0;
    return order ? order : (s.len > t.len) - (s.len < t.len);
  }
  case WEIR_PB_BOOL: return (*x > *y) - (*x < *y);
  case WEIR_PB_UINT32:
  case WEIR_PB_FIXED32: return (pb_load32(x) > pb_load32(y)) - (pb_load32(x) < pb_load32(y));
  case WEIR_PB_INT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_SFIXED32:
    return ((int32_t)pb_load32(x) > (int32_t)pb_load32(y)) - ((int32_t)pb_load32(x) < (int32_t)pb_load32(y));
  case WEIR_PB_UINT64:
  case WEIR_PB_FIXED64: return (pb_load64(x) > pb_load64(y)) - (pb_load64(x) < pb_load64(y));
  default:
    return ((int64_t)pb_load64(x) > (int64_t)pb_load64(y)) - ((int64_t)pb_load64(x) < (int64_t)pb_load64(y));
  }
}
