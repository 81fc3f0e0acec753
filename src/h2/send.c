/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/conn.h"

#include <string.h>

bool weir_h2_can_open(const weir_h2 *h2) {
  if (!h2->is_client || h2->failed || h2->sent_goaway || h2->got_goaway) return false;
  uint32_t max =
      h2->got_settings ? h2->peer.value[WEIR_H2_MAX_CONCURRENT_STREAMS] : WEIR_H2_ASSUMED_MAX_STREAMS;
  return h2->streams.n_open < max && h2->next_id <= WEIR_H2_MAX_STREAM_ID;
}

static bool fields_ask_head(const weir_hpack_field *fields, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (weir_str_eq(fields[i].name, WEIR_STR(":method")))
      return weir_str_eq(fields[i].value, WEIR_STR("HEAD"));
  return false;
}

/* The user has done with the stream: both halves are closed and it is gone, without an event. */
static void stream_forget(weir_h2 *h2, weir_h2_stream *s, weir_h2_ending how) {
  weir_h2_streams_note_end(&h2->streams, s->id, how);
  h2->queued -= s->queued;
  s->queued = 0;
  weir_h2_queue_clear(&h2->chunks, &s->queue);
  weir_h2_stream_set_recv(&h2->streams, s, WEIR_H2_CLOSED);
  weir_h2_stream_set_send(&h2->streams, s, WEIR_H2_CLOSED);
  weir_h2_streams_release(&h2->streams, s);
}

weir_err weir_h2_open(weir_h2 *h2, const weir_hpack_field *fields, size_t n, bool end_stream, void *user,
                      uint32_t *stream) {
  if (!weir_h2_can_open(h2)) return h2->failed ? WEIR_ECLOSED : WEIR_ELIMIT;
  weir_h2_stream *s = weir_h2_streams_add(&h2->streams, h2->next_id);
  if (!s) return WEIR_ENOMEM;
  weir_err err = weir_h2_put_headers(h2, s, fields, n, end_stream);
  if (err) {
    stream_forget(h2, s, WEIR_H2_UNKNOWN_END);
    return err;
  }
  h2->next_id += 2;
  s->user = user;
  s->is_head = fields_ask_head(fields, n);
  s->send_window = h2->peer.value[WEIR_H2_INITIAL_WINDOW_SIZE];
  s->recv_window = weir_h2_recv_window_of(h2->got_ack ? h2->opts.stream_window : WEIR_H2_DEFAULT_WINDOW);
  if (end_stream) weir_h2_stream_set_send(&h2->streams, s, WEIR_H2_ENDING);
  *stream = s->id;
  return WEIR_EOK;
}

void weir_h2_set_user(weir_h2 *h2, uint32_t stream, void *user) {
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, stream);
  if (s) s->user = user;
}

static weir_h2_stream *stream_to_send(weir_h2 *h2, uint32_t id) {
  if (h2->failed) return NULL;
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, id);
  if (s) h2->streams.last = s;
  return s && s->send == WEIR_H2_OPEN && !s->is_detached ? s : NULL;
}

/* Nothing more can be queued. */
static void stream_end(weir_h2 *h2, weir_h2_stream *s) {
  weir_h2_stream_set_send(&h2->streams, s, WEIR_H2_ENDING);
  if (s->queue.first) weir_h2_stall_watch(h2, s);
}

weir_err weir_h2_send_headers(weir_h2 *h2, uint32_t stream, const weir_hpack_field *fields, size_t n,
                              bool end_stream) {
  weir_h2_stream *s = stream_to_send(h2, stream);
  if (!s) return WEIR_ECLOSED;
  if (s->queue.first) {
    if (!weir_h2_queue_headers(&h2->chunks, &s->queue, fields, n, end_stream)) return WEIR_ENOMEM;
    if (!weir_list_linked(&s->turn)) weir_h2_place(h2, s);
  } else {
    weir_err err = weir_h2_put_headers(h2, s, fields, n, end_stream);
    if (err) return err;
  }
  if (end_stream) stream_end(h2, s);
  return WEIR_EOK;
}

/* True if it may be put into one frame now, before nobody else's turn. (No stream is starved while the connection has
 * a window.) */
static bool data_goes_at_once(const weir_h2 *h2, const weir_h2_stream *s, size_t len) {
  if (s->queue.first || !weir_list_empty(&h2->ready)) return false;
  if (len > WEIR_H2_SEND_FRAME || weir_h2_out_size(&h2->out) >= WEIR_H2_OUT_HIGH) return false;
  return len == 0 || ((int64_t)len <= s->send_window && (int64_t)len <= h2->send_window);
}

static weir_err stream_send(weir_h2 *h2, uint32_t stream, weir_str head, weir_str bytes, weir_buf *body,
                            bool end_stream) {
  weir_h2_stream *s = stream_to_send(h2, stream);
  if (!s) return WEIR_ECLOSED;
  weir_str view = body ? weir_buf_view(body) : bytes;
  size_t len = head.len + view.len;
  if (len == 0 && !end_stream) return WEIR_EOK;
  if (data_goes_at_once(h2, s, len)) {
    weir_err err = weir_h2_put_data(h2, s, head, view, body, end_stream);
    if (err) return err;
  } else {
    if (body && view.len <= WEIR_H2_COPY_MAX) { /* copied, so that small messages share frames */
      bytes = view;
      body = NULL;
    }
    if (!weir_h2_queue_data(&h2->chunks, &s->queue, head, bytes, body, end_stream)) return WEIR_ENOMEM;
    if (!weir_list_linked(&s->turn)) weir_h2_place(h2, s);
  }
  s->queued += len;
  h2->queued += len;
  if (s->queued >= h2->opts.low_water) s->above_low_water = true;
  if (end_stream) stream_end(h2, s);
  return WEIR_EOK;
}

weir_err weir_h2_send_data(weir_h2 *h2, uint32_t stream, weir_str head, weir_buf *body, bool end_stream) {
  return stream_send(h2, stream, head, (weir_str){NULL, 0}, body, end_stream);
}

weir_err weir_h2_send_bytes(weir_h2 *h2, uint32_t stream, weir_str head, weir_str body, bool end_stream) {
  return stream_send(h2, stream, head, body, NULL, end_stream);
}

size_t weir_h2_queued(const weir_h2 *h2, uint32_t stream) {
  const weir_h2_stream *s = weir_h2_streams_find(&h2->streams, stream);
  return s ? s->queued : 0;
}

static size_t queue_left(const weir_h2_queue *q) {
  size_t left = 0;
  for (const weir_h2_chunk *c = q->first; c; c = c->next) left += weir_h2_chunk_left(c);
  return left;
}

bool weir_h2_unsend(weir_h2 *h2, uint32_t stream) {
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, stream);
  if (!s || s->is_detached || s->is_reset) return false;
  if (!s->queue.first) return s->send == WEIR_H2_OPEN;
  size_t left = queue_left(&s->queue);
  s->queued -= left;
  h2->queued -= left;
  weir_list_remove(&s->ending);
  weir_h2_queue_clear(&h2->chunks, &s->queue);
  weir_list_remove(&s->turn);
  if (s->send == WEIR_H2_ENDING) weir_h2_stream_set_send(&h2->streams, s, WEIR_H2_OPEN);
  return true;
}

void weir_h2_give_back(weir_h2 *h2, size_t len) {
  uint32_t increment = weir_h2_window_give_back(&h2->recv_window, len);
  if (increment && !h2->failed) weir_h2_put_window_update(h2, 0, increment);
}

void weir_h2_consume(weir_h2 *h2, uint32_t stream, size_t flow) {
  weir_h2_give_back(h2, flow);
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, stream);
  if (!s || s->recv != WEIR_H2_OPEN) return; /* nothing more will come */
  uint32_t increment = weir_h2_window_give_back(&s->recv_window, flow);
  if (!increment || h2->failed) return;
  weir_h2_bdp_grow(h2, s);
  weir_h2_put_window_update(h2, stream, increment + weir_h2_window_say(&s->recv_window));
  weir_h2_bdp_probe(h2);
}

void weir_h2_await(weir_h2 *h2, uint32_t stream, size_t len) {
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, stream);
  if (!s || s->recv != WEIR_H2_OPEN || s->is_detached || h2->failed || !h2->got_ack) return;
  size_t most = h2->opts.max_stream_window;
  int64_t size = (int64_t)(len < most ? len : most);
  if (size <= s->recv_window.size) return;
  weir_h2_window_grow(&s->recv_window, size);
  weir_h2_put_window_update(h2, stream, weir_h2_window_say(&s->recv_window));
}

void weir_h2_reset(weir_h2 *h2, uint32_t stream, uint32_t code) {
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, stream);
  if (!s || s->is_detached) return;
  if (s->is_reset || weir_h2_stream_is_over(s)) {
    stream_forget(h2, s, s->is_reset && !s->reset_by_peer ? WEIR_H2_RESET_BY_US : WEIR_H2_ENDED);
    return;
  }
  if (code == WEIR_H2_NO_ERROR && s->send == WEIR_H2_ENDING && s->queue.first && !h2->failed) {
    s->is_detached = true;
    s->user = NULL;
    weir_list_remove(&s->due);
    return;
  }
  if (!h2->failed) weir_h2_put_rst_stream(h2, stream, code, false);
  stream_forget(h2, s, WEIR_H2_RESET_BY_US);
}
