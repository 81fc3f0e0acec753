/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/vec.h"
#include "h2/conn.h"

#include <string.h>

static void output_no_memory(weir_h2 *h2) {
  weir_h2_fail(h2, WEIR_ENOMEM, weir_h2_conn_err(WEIR_H2_INTERNAL_ERROR, "out of memory"));
}

void weir_h2_put_frame(weir_h2 *h2, uint8_t type, uint8_t flags, uint32_t stream, weir_str payload, bool acks) {
  char *p = weir_h2_out_reserve(&h2->out, WEIR_H2_FRAME_HEAD + payload.len);
  if (!p) {
    output_no_memory(h2);
    return;
  }
  weir_h2_frame_write(p, payload.len, type, flags, stream);
  if (payload.len) memcpy(p + WEIR_H2_FRAME_HEAD, payload.data, payload.len);
  weir_h2_out_commit(&h2->out, WEIR_H2_FRAME_HEAD + payload.len);
  if (!acks) return;
  weir_h2_out_mark(&h2->out, (weir_h2_mark){.acks = 1});
  if (h2->out.acks > WEIR_H2_MAX_QUEUED_ACKS)
    weir_h2_fail(h2, WEIR_EPROTO,
                 weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "answers wait and nobody reads them"));
}

static weir_str output_be32(uint8_t bytes[4], uint32_t v) {
  weir_store_be32(bytes, v);
  return (weir_str){(const char *)bytes, 4};
}

void weir_h2_put_rst_stream(weir_h2 *h2, uint32_t stream, uint32_t code, bool acks) {
  uint8_t bytes[4];
  weir_h2_put_frame(h2, WEIR_H2_RST_STREAM, 0, stream, output_be32(bytes, code), acks);
}

void weir_h2_put_window_update(weir_h2 *h2, uint32_t stream, uint32_t increment) {
  uint8_t bytes[4];
  weir_h2_put_frame(h2, WEIR_H2_WINDOW_UPDATE, 0, stream, output_be32(bytes, increment), false);
}

/* ---- header blocks --------------------------------------------------------------------------------------- */

/* The block lies behind one frame head at the end of out.bytes, uncommitted, and is longer than a frame may be:
 * makes place for the heads of CONTINUATIONs, from the back. */
static bool block_split(weir_h2 *h2, size_t start, size_t block_len, size_t max) {
  size_t n = (block_len + max - 1) / max;
  if (!weir_bytes_reserve(&h2->out.bytes, (n - 1) * WEIR_H2_FRAME_HEAD)) return false;
  char *frame = h2->out.bytes.data + h2->out.bytes.at + start;
  for (size_t i = n - 1; i > 0; i--) {
    size_t len = i == n - 1 ? block_len - i * max : max;
    char *to = frame + i * (WEIR_H2_FRAME_HEAD + max);
    memmove(to + WEIR_H2_FRAME_HEAD, frame + WEIR_H2_FRAME_HEAD + i * max, len);
    weir_h2_frame_write(to, len, WEIR_H2_CONTINUATION, i == n - 1 ? WEIR_H2_FLAG_END_HEADERS : 0, 0);
  }
  return true;
}

weir_err weir_h2_put_headers(weir_h2 *h2, weir_h2_stream *s, const weir_hpack_field *fields, size_t n,
                             bool end_stream) {
  weir_h2_out *o = &h2->out;
  if (!weir_h2_out_reserve(o, WEIR_H2_FRAME_HEAD)) return o->bytes.failed = false, WEIR_ENOMEM;
  size_t start = weir_bytes_size(&o->bytes), max = h2->peer.value[WEIR_H2_MAX_FRAME_SIZE];
  o->bytes.len += WEIR_H2_FRAME_HEAD;
  weir_err err = weir_hpack_encode(h2->encoder, fields, n, &o->bytes);
  if (err) {
    o->bytes.failed = false;
    o->bytes.len -= WEIR_H2_FRAME_HEAD;
    return err;
  }
  size_t block_len = weir_bytes_size(&o->bytes) - start - WEIR_H2_FRAME_HEAD,
         len = block_len + WEIR_H2_FRAME_HEAD;
  uint8_t flags = (uint8_t)(end_stream ? WEIR_H2_FLAG_END_STREAM : 0);
  o->bytes.len -= len; /* commit counts it */
  if (block_len <= max) {
    flags |= WEIR_H2_FLAG_END_HEADERS;
    weir_h2_frame_write(o->bytes.data + o->bytes.at + start, block_len, WEIR_H2_HEADERS, flags, s->id);
  } else {
    o->bytes.len += len;
    bool split = block_split(h2, start, block_len, max);
    o->bytes.len -= len;
    if (!split) { /* the encoder's table has moved on without the peer's */
      output_no_memory(h2);
      return WEIR_ENOMEM;
    }
    char *frame = o->bytes.data + o->bytes.at + start;
    weir_h2_frame_write(frame, max, WEIR_H2_HEADERS, flags, s->id);
    for (size_t at = max; at < block_len; at += max) {
      frame += WEIR_H2_FRAME_HEAD + max;
      weir_store_be32((uint8_t *)frame + 5, s->id);
      len += WEIR_H2_FRAME_HEAD;
    }
  }
  weir_h2_out_commit(o, len);
  h2->n_sent++;
  if (end_stream) weir_h2_out_mark(o, (weir_h2_mark){.stream = s->id, .end_stream = true});
  return WEIR_EOK;
}

/* ---- DATA ------------------------------------------------------------------------------------------------ */

weir_err weir_h2_put_data(weir_h2 *h2, weir_h2_stream *s, weir_str a, weir_str b, weir_buf *body,
                          bool end_stream) {
  size_t len = a.len + b.len;
  bool by_reference = body && b.len > WEIR_H2_COPY_MAX;
  size_t copied = WEIR_H2_FRAME_HEAD + a.len + (by_reference ? 0 : b.len);
  char *p = weir_h2_out_reserve(&h2->out, copied);
  if (!p) return h2->out.bytes.failed = false, WEIR_ENOMEM;
  weir_h2_frame_write(p, len, WEIR_H2_DATA, end_stream ? WEIR_H2_FLAG_END_STREAM : 0, s->id);
  p += WEIR_H2_FRAME_HEAD;
  if (a.len) memcpy(p, a.data, a.len);
  if (b.len && !by_reference) memcpy(p + a.len, b.data, b.len);
  weir_h2_out_commit(&h2->out, copied);
  if (by_reference) weir_h2_out_add_body(&h2->out, body, b);
  s->send_window -= (int64_t)len;
  h2->send_window -= (int64_t)len;
  h2->n_sent++;
  weir_h2_out_mark(&h2->out,
                   (weir_h2_mark){.stream = s->id, .bytes = (uint32_t)len, .end_stream = end_stream});
  return WEIR_EOK;
}

/* ---- turns ----------------------------------------------------------------------------------------------- */

void weir_h2_place(weir_h2 *h2, weir_h2_stream *s) {
  weir_list_remove(&s->turn);
  const weir_h2_chunk *c = s->queue.first;
  if (!c) return;
  bool needs_window = weir_h2_chunk_left(c) > 0;
  if (needs_window && s->send_window <= 0) return; /* WINDOW_UPDATE places it again */
  weir_list_push(needs_window && h2->send_window <= 0 ? &h2->starved : &h2->ready, &s->turn);
}

void weir_h2_unstarve(weir_h2 *h2) {
  for (weir_list *n; h2->send_window > 0 && (n = weir_list_pop(&h2->starved));)
    weir_h2_place(h2, WEIR_LIST_OF(n, weir_h2_stream, turn));
}

static size_t least(size_t a, int64_t b) { return b <= 0 ? 0 : (uint64_t)b < a ? (size_t)b : a; }

/* One frame of DATA from the first chunk. */
static weir_err output_send_data(weir_h2 *h2, weir_h2_stream *s, bool *ended) {
  weir_h2_chunk *c = s->queue.first;
  size_t left = weir_h2_chunk_left(c), n = least(left, WEIR_H2_SEND_FRAME);
  n = least(least(n, s->send_window), h2->send_window);
  if (n == 0 && left) return WEIR_EOK;
  weir_str own = weir_bytes_view(&c->own), rest = {NULL, 0};
  if (own.len > n) own.len = n;
  if (c->body) rest = (weir_str){weir_buf_view(c->body).data + c->body_at, n - own.len};
  *ended = n == left && c->end_stream;
  weir_err err = weir_h2_put_data(h2, s, own, rest, c->body, *ended);
  if (err) return err;
  if (own.len) weir_bytes_consume(&c->own, own.len);
  c->body_at += rest.len;
  if (n == left) weir_h2_queue_pop(&h2->chunks, &s->queue);
  return WEIR_EOK;
}

static weir_err output_send_trailers(weir_h2 *h2, weir_h2_stream *s, bool *ended) {
  const weir_h2_chunk *c = s->queue.first;
  h2->fields.len = 0;
  if (!WEIR_VEC_RESERVE(h2->mem, &h2->fields, c->n_fields)) return WEIR_ENOMEM;
  weir_h2_chunk_fields(c, h2->fields.data);
  *ended = c->end_stream;
  weir_err err = weir_h2_put_headers(h2, s, h2->fields.data, c->n_fields, c->end_stream);
  if (!err) weir_h2_queue_pop(&h2->chunks, &s->queue);
  return err;
}

/* Behind the END_STREAM of a stream that the user has done with. */
static void output_finish_detached(weir_h2 *h2, weir_h2_stream *s) {
  weir_h2_put_rst_stream(h2, s->id, WEIR_H2_NO_ERROR, false);
  weir_h2_stream_drop(h2, s, WEIR_H2_NO_ERROR, NULL, false);
}

void weir_h2_fill_out(weir_h2 *h2) {
  while (!h2->failed && weir_h2_out_size(&h2->out) < WEIR_H2_OUT_HIGH) {
    weir_list *n = weir_list_pop(&h2->ready);
    if (!n) return;
    weir_h2_stream *s = WEIR_LIST_OF(n, weir_h2_stream, turn);
    bool ended = false;
    weir_err err =
        s->queue.first->is_headers ? output_send_trailers(h2, s, &ended) : output_send_data(h2, s, &ended);
    if (err) {
      output_no_memory(h2);
      return;
    }
    if (ended && s->is_detached)
      output_finish_detached(h2, s);
    else
      weir_h2_place(h2, s);
  }
}
