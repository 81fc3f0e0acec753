/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* map.h - hash map from text to pointers (open addressing, insertion never moves values held elsewhere).
 * Keys are borrowed: they must live as long as the map. Seeded, so that peers cannot choose collisions. */
#ifndef WEIR_BASE_MAP_H
#define WEIR_BASE_MAP_H

#include "base/mem.h"

typedef struct weir_map_slot {
  weir_str key; /* data NULL: free; a removed slot has len SIZE_MAX */
  void *value;
  uint32_t hash;
} weir_map_slot;

typedef struct weir_map {
  weir_map_slot *slots;
  size_t len, used, cap; /* live entries; live and removed; slots, a power of two or 0 */
  uint32_t seed;
  weir_mem mem;
} weir_map;

void weir_map_init(weir_map *m, weir_mem mem, uint32_t seed);
void weir_map_fini(weir_map *m);
/** The value under key, or NULL. */
void *weir_map_get(const weir_map *m, weir_str key);
/** Adds or replaces; false when out of memory. value must not be NULL. */
bool weir_map_put(weir_map *m, weir_str key, void *value);
/** Removes and returns the value under key, or NULL. */
void *weir_map_remove(weir_map *m, weir_str key);
/** Walks: start with *at = 0; false at the end. Order is unspecified. */
bool weir_map_next(const weir_map *m, size_t *at, weir_str *key, void **value);

/** SipHash-1-3 under a key made from seed: who does not know the seed cannot choose keys that collide. */
uint32_t weir_hash(const void *data, size_t len, uint32_t seed);
/** A seed that differs from process to process where the system gives one; the same all through a process. */
uint32_t weir_hash_seed(void);

#endif
