/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* alloc.c - counts what a program takes from the C library's heap; preloaded (LD_PRELOAD) into the programs that
 * timing.h describes, also those that are not written in C. */
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);
void __libc_free(void *p);

static uint64_t allocations;
static int64_t live, peak;

static void *took(void *p) {
  if (!p) return p;
  allocations++;
  live += (int64_t)malloc_usable_size(p);
  if (live > peak) peak = live;
  return p;
}

void *malloc(size_t size) { return took(__libc_malloc(size)); }
void *calloc(size_t n, size_t size) { return took(__libc_calloc(n, size)); }
void *memalign(size_t align, size_t size) { return took(__libc_memalign(align, size)); }
void *aligned_alloc(size_t align, size_t size) { return took(__libc_memalign(align, size)); }
int posix_memalign(void **p, size_t align, size_t size) {
  *p = took(__libc_memalign(align, size));
  return *p ? 0 : 12;
}
void free(void *p) {
  if (p) live -= (int64_t)malloc_usable_size(p);
  __libc_free(p);
}
void *realloc(void *p, size_t size) {
  if (p) live -= (int64_t)malloc_usable_size(p);
  return took(__libc_realloc(p, size));
}

void bench_alloc_begin(void) {
  allocations = 0;
  live = peak = 0;
}
void bench_alloc_end(uint64_t *n, uint64_t *most) {
  *n = allocations;
  *most = (uint64_t)peak;
}
