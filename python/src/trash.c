/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* trash.c and the large messages of convert.c: Python buffers that the library holds. */
#include "held.h"

py_trash *py_trash_new(void) {
  py_trash *t = malloc(sizeof *t);
  if (!t) return NULL;
  atomic_init(&t->first, NULL);
  atomic_init(&t->refs, 1);
  return t;
}

/* Of those that are left when the last reference goes the interpreter is gone too. */
void py_trash_unref(py_trash *t) {
  if (t && atomic_fetch_sub(&t->refs, 1) == 1) free(t);
}

void py_trash_empty(py_trash *t) {
  if (!atomic_load_explicit(&t->first, memory_order_relaxed)) return;
  py_held *h = atomic_exchange(&t->first, NULL);
  while (h) {
    py_held *next = h->next;
    PyBuffer_Release(&h->view);
    free(h);
    py_trash_unref(t);
    h = next;
  }
}

static void held_release(void *arg) {
  py_held *h = arg;
  h->next = atomic_load(&h->trash->first);
  while (!atomic_compare_exchange_weak(&h->trash->first, &h->next, h)) continue;
}

weir_buf *py_held_wrap(py_trash *t, const Py_buffer *view) {
  py_held *h = malloc(sizeof *h);
  if (!h) return NULL;
  *h = (py_held){NULL, t, *view};
  weir_buf *b = weir_buf_wrap(view->buf, (size_t)view->len, held_release, h);
  if (b)
    atomic_fetch_add(&t->refs, 1);
  else
    free(h);
  return b;
}
