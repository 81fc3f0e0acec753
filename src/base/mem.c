/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/mem.h"

#include "base/vec.h"

#include <string.h>

void weir_zero(void *p, size_t size) { memset(p, 0, size); }

void *weir_mem_zalloc(weir_mem m, size_t size) {
  if (!m.fn) return calloc(1, size);
  void *p = m.fn(m.ctx, NULL, 0, size);
  if (p) memset(p, 0, size);
  return p;
}

bool weir_vec_grow(weir_mem mem, void **data, size_t elem, size_t len, size_t *cap, size_t by) {
  size_t most = SIZE_MAX / 2 / elem;
  if (by > most || len > most - by) return false;
  size_t want = *cap < 4 ? 8 : *cap * 2;
  if (want > most) want = most;
  if (want < len + by) want = len + by;
  void *p = weir_mem_resize(mem, *data, *cap * elem, want * elem);
  if (!p) return false;
  *data = p;
  *cap = want;
  return true;
}
