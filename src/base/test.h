/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* test.h - for tests of every layer: cmocka with what it needs, and an allocator that fails on request. */
#ifndef WEIR_BASE_TEST_H
#define WEIR_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/** Counts what is live; allocations from number fail_at on fail (SIZE_MAX: none do). */
typedef struct test_mem {
  size_t fail_at, n_calls, n_failed, live;
} test_mem;

static inline void *test_mem_fn(void *ctx, void *p, size_t old_size, size_t new_size) {
  test_mem *t = (test_mem *)ctx;
  (void)old_size;
  if (!new_size) {
    t->live -= p != NULL;
    free(p);
    return NULL;
  }
  if (t->n_calls++ >= t->fail_at) {
    t->n_failed++;
    return NULL;
  }
  void *q = realloc(p, new_size);
  t->live += !p && q;
  return q;
}

static inline weir_mem test_mem_of(test_mem *t) { return (weir_mem){test_mem_fn, t}; }

#endif
