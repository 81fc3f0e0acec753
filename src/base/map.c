/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/map.h"

#include <string.h>

#define REMOVED SIZE_MAX

/* FNV-1a over 8-byte words with a final mix: fast for short keys, and seeded. */
uint32_t weir_hash(const void *data, size_t len, uint32_t seed) {
  const unsigned char *p = data;
  uint64_t h = 0xcbf29ce484222325u ^ ((uint64_t)seed << 16 | len);
  for (; len >= 8; p += 8, len -= 8) {
    uint64_t w;
    memcpy(&w, p, 8);
    h = (h ^ w) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  for (; len; p++, len--) h = (h ^ *p) * 0x100000001b3u;
  h ^= h >> 32;
  h *= 0xd6e8feb86659fd93u;
  return (uint32_t)(h ^ h >> 32);
}

void weir_map_init(weir_map *m, weir_mem mem, uint32_t seed) { *m = (weir_map){.mem = mem, .seed = seed}; }

void weir_map_fini(weir_map *m) {
  weir_mem_free(m->mem, m->slots, m->cap * sizeof *m->slots);
  m->slots = NULL;
  m->len = m->used = m->cap = 0;
}

static bool slot_live(const weir_map_slot *s) { return s->key.data && s->key.len != REMOVED; }

static weir_map_slot *map_find(const weir_map *m, weir_str key, uint32_t hash) {
  if (!m->cap) return NULL;
  for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
    weir_map_slot *s = &m->slots[i];
    if (!s->key.data) return NULL;
    if (s->key.len == key.len && s->hash == hash && !memcmp(s->key.data, key.data, key.len)) return s;
  }
}

static void map_place(weir_map *m, weir_map_slot entry) {
  size_t i = entry.hash & (m->cap - 1);
  while (m->slots[i].key.data) i = (i + 1) & (m->cap - 1);
  m->slots[i] = entry;
  m->used++;
  m->len++;
}

static bool map_rehash(weir_map *m) {
  weir_map old = *m;
  size_t cap = old.cap ? old.cap : 8;
  while (cap < (old.len + 1) * 2) cap *= 2;
  weir_map_slot *slots = weir_mem_zalloc(m->mem, cap * sizeof *slots);
  if (!slots) return false;
  m->slots = slots;
  m->cap = cap;
  m->len = m->used = 0;
  for (size_t i = 0; i < old.cap; i++)
    if (slot_live(&old.slots[i])) map_place(m, old.slots[i]);
  weir_mem_free(m->mem, old.slots, old.cap * sizeof *old.slots);
  return true;
}

void *weir_map_get(const weir_map *m, weir_str key) {
  weir_map_slot *s = map_find(m, key, weir_hash(key.data, key.len, m->seed));
  return s ? s->value : NULL;
}

bool weir_map_put(weir_map *m, weir_str key, void *value) {
  if (!key.data) key.data = "";
  uint32_t hash = weir_hash(key.data, key.len, m->seed);
  weir_map_slot *s = map_find(m, key, hash);
  if (s) {
    s->key = key;
    s->value = value;
    return true;
  }
  if (m->used + 1 > m->cap / 4 * 3 && !map_rehash(m)) return false;
  map_place(m, (weir_map_slot){key, value, hash});
  return true;
}

void *weir_map_remove(weir_map *m, weir_str key) {
  weir_map_slot *s = map_find(m, key, weir_hash(key.data, key.len, m->seed));
  if (!s) return NULL;
  void *value = s->value;
  s->key.len = REMOVED;
  s->value = NULL;
  m->len--;
  return value;
}

bool weir_map_next(const weir_map *m, size_t *at, weir_str *key, void **value) {
  while (*at < m->cap) {
    const weir_map_slot *s = &m->slots[(*at)++];
    if (!slot_live(s)) continue;
    *key = s->key;
    *value = s->value;
    return true;
  }
  return false;
}
