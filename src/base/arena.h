/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* arena.h - the bump allocator's inside, for hot paths: what dies together is allocated together.
 * Failure latches: `failed` stays set until reset, so a decoder may test it once per message. */
#ifndef WEIR_BASE_ARENA_H
#define WEIR_BASE_ARENA_H

#include "base/assert.h"
#include "base/mem.h"

#include <string.h>

typedef struct weir_arena_block weir_arena_block;

struct weir_arena {
  char *ptr, *end;          /* the free rest of the current block; ptr is 16-aligned */
  weir_arena_block *blocks; /* heap blocks, newest first */
  char *first, *first_end;  /* usable part of the caller's block; equal if there is none */
  weir_mem mem;
  size_t next_size; /* of the next heap block; doubles up to WEIR_ARENA_MAX_BLOCK */
  bool on_heap;     /* this struct itself was allocated */
  bool failed;
};

#define WEIR_ARENA_ALIGN     16u
#define WEIR_ARENA_MIN_BLOCK 1024u
#define WEIR_ARENA_MAX_BLOCK (64u * 1024u)

/** weir_arena_new with an allocator of one's own. */
weir_arena *weir_arena_new_in(weir_mem mem, void *first_block, size_t size);

/** The slow path of weir_arena_take: opens a block. NULL when out of memory (and `failed` is set). */
void *weir_arena_take_slow(weir_arena *a, size_t size);

/** Uninitialised 16-aligned memory, or NULL. */
static inline void *weir_arena_take(weir_arena *a, size_t size) {
  size_t need = (size + (WEIR_ARENA_ALIGN - 1)) & ~(size_t)(WEIR_ARENA_ALIGN - 1);
  if (WEIR_LIKELY(need - 1 < (size_t)(a->end - a->ptr))) { /* need 0 (size 0 or overflow) goes the slow way */
    void *p = a->ptr;
    a->ptr += need;
    return p;
  }
  return weir_arena_take_slow(a, size);
}

/** Grows the allocation p of old_size in place if it was the last one, else moves it; NULL when out of
 * memory (p is then still valid). */
void *weir_arena_grow(weir_arena *a, void *p, size_t old_size, size_t new_size);

/** Gives back the end of the allocation p of old_size, if it was the last one. */
void weir_arena_trim(weir_arena *a, void *p, size_t old_size, size_t new_size);

/** As weir_buf_copy, within the arena, which must outlive the last reference. */
weir_buf *weir_buf_copy_in(weir_arena *a, const void *data, size_t len);

/** Bytes taken from the heap so far. */
size_t weir_arena_heap_size(const weir_arena *a);

#endif
