/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/sendq.h"

#include "base/assert.h"
#include "h2/limits.h"

#include <string.h>

static void chunk_free(weir_h2_chunks *c, weir_h2_chunk *k) {
  weir_bytes_fini(&k->own);
  weir_mem_free(c->mem, k, sizeof *k);
}

void weir_h2_chunks_fini(weir_h2_chunks *c) {
  while (c->free) {
    weir_h2_chunk *k = c->free;
    c->free = k->next;
    chunk_free(c, k);
  }
  c->n_free = 0;
}

static weir_h2_chunk *chunk_take(weir_h2_chunks *c) {
  weir_h2_chunk *k = c->free;
  if (k) {
    c->free = k->next;
    c->n_free--;
    k->next = NULL;
    return k;
  }
  k = weir_mem_zalloc(c->mem, sizeof *k);
  if (k) k->own = weir_bytes_in(c->mem);
  return k;
}

static void chunk_give_back(weir_h2_chunks *c, weir_h2_chunk *k) {
  weir_buf_unref(k->body);
  if (c->n_free >= WEIR_H2_KEEP_CHUNKS) {
    chunk_free(c, k);
    return;
  }
  weir_bytes own = k->own;
  if (own.cap > WEIR_H2_KEEP_CHUNK) weir_bytes_fini(&own);
  weir_bytes_clear(&own);
  *k = (weir_h2_chunk){.next = c->free, .own = own};
  c->free = k;
  c->n_free++;
}

static void queue_push(weir_h2_queue *q, weir_h2_chunk *k) {
  if (q->last)
    q->last->next = k;
  else
    q->first = k;
  q->last = k;
}

bool weir_h2_queue_data(weir_h2_chunks *c, weir_h2_queue *q, weir_str a, weir_str b, weir_buf *body,
                        bool end_stream) {
  weir_h2_chunk *k = q->last;
  bool joins =
      k && !k->is_headers && !k->body && weir_bytes_size(&k->own) + a.len + b.len <= WEIR_H2_SEND_FRAME;
  if (!joins) k = chunk_take(c);
  if (!k) return false;
  if (a.len + b.len && !weir_bytes_reserve(&k->own, a.len + b.len)) {
    k->own.failed = false;
    if (!joins) chunk_give_back(c, k);
    return false;
  }
  weir_bytes_append_str(&k->own, a);
  weir_bytes_append_str(&k->own, b);
  if (body) k->body = weir_buf_ref(body);
  k->end_stream = end_stream;
  if (!joins) queue_push(q, k);
  return true;
}

/* A field, flattened: this, then the bytes of name and value. */
typedef struct flat_field {
  size_t name_len, value_len;
  bool never_index, no_index;
} flat_field;

bool weir_h2_queue_headers(weir_h2_chunks *c, weir_h2_queue *q, const weir_hpack_field *fields, size_t n,
                           bool end_stream) {
  weir_h2_chunk *k = chunk_take(c);
  if (!k) return false;
  for (size_t i = 0; i < n; i++) {
    const weir_hpack_field *f = &fields[i];
    flat_field flat = {f->name.len, f->value.len, f->never_index, f->no_index};
    weir_bytes_append(&k->own, &flat, sizeof flat);
    weir_bytes_append_str(&k->own, f->name);
    weir_bytes_append_str(&k->own, f->value);
  }
  if (k->own.failed) {
    chunk_give_back(c, k);
    return false;
  }
  k->is_headers = true;
  k->n_fields = n;
  k->end_stream = end_stream;
  queue_push(q, k);
  return true;
}

void weir_h2_chunk_fields(const weir_h2_chunk *c, weir_hpack_field *fields) {
  const char *p = weir_bytes_view(&c->own).data;
  for (size_t i = 0; i < c->n_fields; i++) {
    flat_field flat;
    memcpy(&flat, p, sizeof flat);
    p += sizeof flat;
    fields[i] = (weir_hpack_field){.name = {p, flat.name_len},
                                   .value = {p + flat.name_len, flat.value_len},
                                   .never_index = flat.never_index,
                                   .no_index = flat.no_index};
    p += flat.name_len + flat.value_len;
  }
}

void weir_h2_queue_pop(weir_h2_chunks *c, weir_h2_queue *q) {
  weir_h2_chunk *k = q->first;
  WEIR_ASSERT(k);
  q->first = k->next;
  if (!q->first) q->last = NULL;
  chunk_give_back(c, k);
}

void weir_h2_queue_clear(weir_h2_chunks *c, weir_h2_queue *q) {
  while (q->first) weir_h2_queue_pop(c, q);
}
