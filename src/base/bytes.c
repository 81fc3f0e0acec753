/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

void weir_bytes_fini(weir_bytes *b) {
  weir_mem_free(b->mem, b->data, b->cap);
  *b = weir_bytes_in(b->mem);
}

char *weir_bytes_reserve_slow(weir_bytes *b, size_t n) {
  if (b->cap - b->len >= n) return b->data ? b->data + b->len : NULL;
  size_t live = b->len - b->at;
  if (n > SIZE_MAX / 2 || live > SIZE_MAX / 2 - n) return b->failed = true, NULL;
  if (b->at >= live && b->cap - live >= n) { /* the front half is free: move down, amortised O(1) */
    if (live) memcpy(b->data, b->data + b->at, live);
    b->at = 0;
    b->len = live;
    return b->data + b->len;
  }
  size_t cap = b->cap < 64 ? 128 : b->cap * 2;
  if (cap < live + n) cap = live + n;
  char *data = weir_mem_alloc(b->mem, cap);
  if (!data) return b->failed = true, NULL;
  if (live) memcpy(data, b->data + b->at, live);
  weir_mem_free(b->mem, b->data, b->cap);
  b->data = data;
  b->cap = cap;
  b->at = 0;
  b->len = live;
  return data + live;
}

void weir_bytes_append(weir_bytes *b, const void *data, size_t n) {
  if (!n) return;
  char *p = weir_bytes_reserve(b, n);
  if (!p) return;
  memcpy(p, data, n);
  b->len += n;
}

void weir_bytes_append_str(weir_bytes *b, weir_str s) { weir_bytes_append(b, s.data, s.len); }
void weir_bytes_append_cstr(weir_bytes *b, const char *s) { weir_bytes_append(b, s, strlen(s)); }

void weir_bytes_vprintf(weir_bytes *b, const char *fmt, va_list ap) {
  va_list again;
  va_copy(again, ap);
  int len = vsnprintf(NULL, 0, fmt, ap);
  char *p = len < 0 ? NULL : weir_bytes_reserve(b, (size_t)len + 1);
  if (p) {
    vsnprintf(p, (size_t)len + 1, fmt, again);
    b->len += (size_t)len;
  } else {
    b->failed = true;
  }
  va_end(again);
}

void weir_bytes_printf(weir_bytes *b, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  weir_bytes_vprintf(b, fmt, ap);
  va_end(ap);
}

void weir_bytes_consume(weir_bytes *b, size_t n) {
  b->at += n;
  if (b->at == b->len) b->at = b->len = 0;
}
