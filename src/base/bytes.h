/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* bytes.h - a growing byte buffer, appended at the back and consumed at the front. Failure latches in
 * `failed`: append freely, test once. */
#ifndef WEIR_BASE_BYTES_H
#define WEIR_BASE_BYTES_H

#include "base/assert.h"
#include "base/mem.h"

#include <stdarg.h>

typedef struct weir_bytes {
  char *data;
  size_t at, len, cap; /* live bytes are data[at .. len) */
  weir_mem mem;
  bool failed;
} weir_bytes;

static inline weir_bytes weir_bytes_in(weir_mem mem) { return (weir_bytes){NULL, 0, 0, 0, mem, false}; }
void weir_bytes_fini(weir_bytes *b);
/** The part of weir_bytes_reserve that moves or grows. */
char *weir_bytes_reserve_slow(weir_bytes *b, size_t n);
/** Room for n bytes at the back (write there, then add to len), or NULL with `failed` set. */
static inline char *weir_bytes_reserve(weir_bytes *b, size_t n) {
  return WEIR_LIKELY(b->data && b->cap - b->len >= n) ? b->data + b->len : weir_bytes_reserve_slow(b, n);
}
void weir_bytes_append(weir_bytes *b, const void *data, size_t n);
void weir_bytes_append_str(weir_bytes *b, weir_str s);
void weir_bytes_append_cstr(weir_bytes *b, const char *s);
void weir_bytes_printf(weir_bytes *b, const char *fmt, ...) WEIR_PRINTF(2, 3);
void weir_bytes_vprintf(weir_bytes *b, const char *fmt, va_list ap) WEIR_PRINTF(2, 0);
/** Drops n bytes at the front. */
void weir_bytes_consume(weir_bytes *b, size_t n);
static inline void weir_bytes_clear(weir_bytes *b) {
  b->at = b->len = 0;
  b->failed = false;
}
static inline weir_str weir_bytes_view(const weir_bytes *b) {
  return (weir_str){b->data ? b->data + b->at : b->data, b->len - b->at};
}
static inline size_t weir_bytes_size(const weir_bytes *b) { return b->len - b->at; }

#endif
