/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* io_test.h - what the tests of this folder share. */
#ifndef WEIR_IO_TEST_H
#define WEIR_IO_TEST_H

#include "io/shard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/** A heap that counts, and fails the allocation number `fail_at` (0: none). Threads may share it. */
typedef struct test_heap {
  atomic_size_t n_allocs, n_live;
  size_t fail_at;
} test_heap;

static inline void *test_heap_fn(void *ctx, void *p, size_t old_size, size_t new_size) {
  test_heap *h = ctx;
  (void)old_size;
  if (new_size == 0) {
    if (p) atomic_fetch_sub(&h->n_live, 1);
    free(p);
    return NULL;
  }
  if (atomic_fetch_add(&h->n_allocs, 1) + 1 == h->fail_at) return NULL;
  void *q = realloc(p, new_size);
  if (q && !p) atomic_fetch_add(&h->n_live, 1);
  return q;
}

static inline weir_hooks test_heap_hooks(test_heap *h) {
  return (weir_hooks){.size = sizeof(weir_hooks), .alloc = test_heap_fn, .ctx = h};
}

/** Runs a loop that callers drive until *done, ten seconds at most. */
static inline void test_run_until(weir_loop *l, const bool *done) {
  weir_io_nanos end = weir_clock_now() + WEIR_SECONDS(10);
  while (!*done && (l->is_sim || weir_clock_now() < end)) {
    weir_code code = weir_loop_run(l, WEIR_MS(1000));
    if (l->is_sim && code == WEIR_DEADLINE_EXCEEDED) break;
  }
  assert_true(*done);
}

#endif
