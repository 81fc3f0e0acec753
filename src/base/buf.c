/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/buf.h"

#include "base/arena.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct weir_buf {
  atomic_uint refs;
  bool in_arena; /* which frees it */
  weir_str view;
  void (*release)(void *arg);
  void *arg;
  char own[]; /* the bytes of weir_buf_copy */
};

weir_buf *weir_buf_wrap(const void *data, size_t len, void (*release)(void *arg), void *arg) {
  weir_buf *b = malloc(sizeof *b);
  if (!b) return NULL;
  atomic_init(&b->refs, 1);
  b->in_arena = false;
  b->view = (weir_str){data, len};
  b->release = release;
  b->arg = arg;
  return b;
}

static weir_buf *buf_fill(weir_buf *b, const void *data, size_t len, bool in_arena) {
  atomic_init(&b->refs, 1);
  b->in_arena = in_arena;
  if (data && len) memcpy(b->own, data, len);
  b->view = (weir_str){b->own, len};
  b->release = NULL;
  b->arg = NULL;
  return b;
}

weir_buf *weir_buf_copy(const void *data, size_t len) {
  weir_buf *b = len <= SIZE_MAX - sizeof *b ? malloc(sizeof *b + len) : NULL;
  return b ? buf_fill(b, data, len, false) : NULL;
}

weir_buf *weir_buf_copy_in(weir_arena *a, const void *data, size_t len) {
  weir_buf *b = len <= SIZE_MAX - sizeof *b ? weir_arena_take(a, sizeof *b + len) : NULL;
  return b ? buf_fill(b, data, len, true) : NULL;
}

weir_buf *weir_buf_resize(weir_buf *b, size_t len) {
  weir_buf *moved = len <= SIZE_MAX - sizeof *b ? realloc(b, sizeof *b + len) : NULL;
  return moved ? buf_fill(moved, NULL, len, false) : NULL;
}

void weir_buf_set_len(weir_buf *b, size_t len) { b->view.len = len; }

char *weir_buf_bytes(weir_buf *b) { return b->own; }

weir_buf *weir_buf_ref(weir_buf *b) {
  atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
  return b;
}

weir_str weir_buf_view(const weir_buf *b) { return b->view; }

void weir_buf_unref(weir_buf *b) {
  if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1) return;
  if (b->release) b->release(b->arg);
  if (!b->in_arena) free(b);
}
