/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* out.h - frames on their way to the socket, in order: copied bytes, which lie together, and references to
 * bodies between them. Marks tell which streams' bytes have left. Nothing here can be taken back. */
#ifndef WEIR_H2_OUT_H
#define WEIR_H2_OUT_H

#include "base/bytes.h"
#include "h2/frame.h"

/** A run of output: the next len of `bytes`, or len bytes of a body that we hold a reference to. */
typedef struct weir_h2_segment {
  weir_buf *body; /* NULL: of `bytes` */
  const char *data;
  size_t len;
} weir_h2_segment;

/** What is true once the output up to position `end` was written. */
typedef struct weir_h2_mark {
  uint64_t end;
  uint32_t stream; /* whose bytes they are, or 0 */
  uint32_t bytes;  /* of DATA, without frame heads */
  uint32_t acks;   /* frames that count against WEIR_H2_MAX_QUEUED_ACKS */
  bool end_stream; /* our END_STREAM is among them */
} weir_h2_mark;

typedef struct weir_h2_out {
  weir_bytes bytes;
  weir_bytes segments, marks; /* queues of the structs above */
  uint64_t put, taken;        /* positions: bytes ever queued, bytes ever written */
  uint32_t acks;              /* sum of the marks' */
} weir_h2_out;

void weir_h2_out_init(weir_h2_out *o, weir_mem mem);
void weir_h2_out_fini(weir_h2_out *o);
static inline size_t weir_h2_out_size(const weir_h2_out *o) { return (size_t)(o->put - o->taken); }

/** Room for n bytes at the back and for what commit, add_body and mark need (once each, commit twice); NULL when
 * out of memory. Nothing is queued before commit. */
char *weir_h2_out_reserve(weir_h2_out *o, size_t n);
/** The n bytes written behind the queue's end are part of it now. */
void weir_h2_out_commit(weir_h2_out *o, size_t n);
/** Queues a view of body's bytes; takes a reference of its own. */
void weir_h2_out_add_body(weir_h2_out *o, weir_buf *body, weir_str view);
/** Marks the end of the queue; joined to the last mark where it says the same stream. */
void weir_h2_out_mark(weir_h2_out *o, weir_h2_mark m);

size_t weir_h2_out_peek(const weir_h2_out *o, weir_str out[], size_t cap);
/** len bytes were written. The marks that were passed are then taken by weir_h2_out_next_mark. */
void weir_h2_out_take(weir_h2_out *o, size_t len);
/** Takes the next mark whose position was written; false if there is none. */
bool weir_h2_out_next_mark(weir_h2_out *o, weir_h2_mark *m);
void weir_h2_out_check(const weir_h2_out *o);

#endif
