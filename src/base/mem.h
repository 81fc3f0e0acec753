/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* mem.h - allocators are values, passed to `_new` and kept by the object; never globals. */
#ifndef WEIR_BASE_MEM_H
#define WEIR_BASE_MEM_H

#include <weir/base.h>

#include <stdlib.h>

/** One function allocates (p NULL), resizes and frees (new_size 0). fn NULL means the C library's heap. */
typedef struct weir_mem {
  void *(*fn)(void *ctx, void *p, size_t old_size, size_t new_size);
  void *ctx;
} weir_mem;

#define WEIR_MEM_DEFAULT ((weir_mem){NULL, NULL})

static inline void *weir_mem_resize(weir_mem m, void *p, size_t old_size, size_t new_size) {
  return m.fn ? m.fn(m.ctx, p, old_size, new_size) : realloc(p, new_size);
}

/** Uninitialised memory, or NULL. size must not be 0. */
static inline void *weir_mem_alloc(weir_mem m, size_t size) {
  return m.fn ? m.fn(m.ctx, NULL, 0, size) : malloc(size);
}

/** Zeroed memory, or NULL. */
void *weir_mem_zalloc(weir_mem m, size_t size);

/** Clears size bytes. A call on purpose: compilers clear a struct of a hundred bytes and more with a string instruction
 * that takes longer than all the rest of a hot function. */
void weir_zero(void *p, size_t size);

static inline void weir_mem_free(weir_mem m, void *p, size_t size) {
  if (!p) return;
  if (m.fn)
    m.fn(m.ctx, p, size, 0);
  else
    free(p);
}

#endif
