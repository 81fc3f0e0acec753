/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/map.h"

#include <string.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif

#define REMOVED SIZE_MAX

#define ROTL(x, n) ((x) << (n) | (x) >> (64 - (n)))

static void sip_round(uint64_t v[4]) {
  v[0] += v[1];
  v[2] += v[3];
  v[1] = ROTL(v[1], 13) ^ v[0];
  v[3] = ROTL(v[3], 16) ^ v[2];
  v[0] = ROTL(v[0], 32) + v[3];
  v[2] += v[1];
  v[3] = ROTL(v[3], 21) ^ v[0];
  v[1] = ROTL(v[1], 17) ^ v[2];
  v[2] = ROTL(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t w) {
  v[3] ^= w;
  sip_round(v);
  v[0] ^= w;
}

/* SipHash (Aumasson, Bernstein 2012) with one round per word and three at the end. Words are read in the machine's
 * byte order: hashes never leave the process. */
uint32_t weir_hash(const void *data, size_t len, uint32_t seed) {
  const unsigned char *p = data;
  uint64_t k0 = (seed + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15), k1 = k0 ^ ROTL(k0, 29);
  uint64_t v[4] = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                   k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
  uint64_t w, last = (uint64_t)len << 56;
  for (; len >= 8; p += 8, len -= 8) {
    memcpy(&w, p, 8);
    sip_word(v, w);
  }
  for (size_t i = 0; i < len; i++) last |= (uint64_t)p[i] << 8 * i;
  sip_word(v, last);
  v[2] ^= 0xff;
  for (int i = 0; i < 3; i++) sip_round(v);
  w = v[0] ^ v[1] ^ v[2] ^ v[3];
  return (uint32_t)(w ^ w >> 32);
}

/* The kernel leaves 16 random bytes with every process; elsewhere where things were loaded has to do. */
uint32_t weir_hash_seed(void) {
  uint64_t w = (uint64_t)(uintptr_t)&weir_hash_seed >> 4;
#if defined(__linux__)
  const void *random = (const void *)getauxval(AT_RANDOM);
  if (random) memcpy(&w, random, sizeof w);
#endif
  return (uint32_t)(w ^ w >> 32);
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
    if (s->hash == hash && weir_str_eq(s->key, key)) return s;
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
