/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* sendq.h - what a stream has to send and cannot put into frames yet: DATA beyond the windows or ahead of its
 * turn, and trailers behind such DATA (kept as fields: HPACK wants blocks coded in the order of the wire). */
#ifndef WEIR_H2_SENDQ_H
#define WEIR_H2_SENDQ_H

#include "base/bytes.h"
#include "hpack/hpack.h"

typedef struct weir_h2_chunk {
  struct weir_h2_chunk *next;
  weir_bytes own;  /* copied DATA, sent before the body; or a header list, flattened */
  weir_buf *body;  /* referenced DATA, or NULL */
  size_t body_at;  /* bytes of it that were sent */
  size_t n_fields; /* of a header list */
  bool is_headers, end_stream;
} weir_h2_chunk;

typedef struct weir_h2_queue {
  weir_h2_chunk *first, *last;
} weir_h2_queue;

/** Chunks kept for reuse. */
typedef struct weir_h2_chunks {
  weir_mem mem;
  weir_h2_chunk *free;
  size_t n_free;
} weir_h2_chunks;

void weir_h2_chunks_fini(weir_h2_chunks *c);

static inline size_t weir_h2_chunk_left(const weir_h2_chunk *c) {
  return c->is_headers ? 0
                       : weir_bytes_size(&c->own) + (c->body ? weir_buf_view(c->body).len - c->body_at : 0);
}

/** Appends copies of a and b, and a reference to body (or NULL). False when out of memory, nothing queued. */
bool weir_h2_queue_data(weir_h2_chunks *c, weir_h2_queue *q, weir_str a, weir_str b, weir_buf *body,
                        bool end_stream);
/** Appends a copy of a header list. False when out of memory, nothing queued. */
bool weir_h2_queue_headers(weir_h2_chunks *c, weir_h2_queue *q, const weir_hpack_field *fields, size_t n,
                           bool end_stream);
/** Fills fields[n_fields] with views into the chunk. */
void weir_h2_chunk_fields(const weir_h2_chunk *c, weir_hpack_field *fields);
/** Drops the first chunk. */
void weir_h2_queue_pop(weir_h2_chunks *c, weir_h2_queue *q);
void weir_h2_queue_clear(weir_h2_chunks *c, weir_h2_queue *q);

#endif
