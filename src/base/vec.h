/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* vec.h - growing arrays. Declare `struct { T *data; size_t len, cap; }`, start it zeroed. */
#ifndef WEIR_BASE_VEC_H
#define WEIR_BASE_VEC_H

#include "base/mem.h"

/** Makes room for `by` more elements; false when out of memory, with the array untouched.
 * Use: if (!WEIR_VEC_RESERVE(mem, &v, 1)) return WEIR_ENOMEM; v.data[v.len++] = x; */
#define WEIR_VEC_RESERVE(mem, v, by) \
  ((v)->cap - (v)->len >= (by) ||    \
   weir_vec_grow((mem), (void **)(void *)&(v)->data, sizeof *(v)->data, (v)->len, &(v)->cap, (by)))
#define WEIR_VEC_FREE(mem, v) \
  (weir_mem_free((mem), (v)->data, (v)->cap * sizeof *(v)->data), (v)->data = NULL, (v)->len = (v)->cap = 0)

bool weir_vec_grow(weir_mem mem, void **data, size_t elem, size_t len, size_t *cap, size_t by);

#endif
