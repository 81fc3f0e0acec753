/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/conn.h"

#include "base/vec.h"

#include <string.h>

/* ---- life ------------------------------------------------------------------------------------------------ */

static uint32_t or_default(uint32_t v, uint32_t otherwise) { return v ? v : otherwise; }

static weir_h2_opts opts_resolve(const weir_h2_opts *o) {
  weir_h2_opts r = *o;
  r.max_concurrent_streams = or_default(o->max_concurrent_streams, WEIR_H2_DEFAULT_MAX_STREAMS);
  r.stream_window = or_default(o->stream_window, WEIR_H2_DEFAULT_WINDOW);
  r.conn_window = or_default(o->conn_window, WEIR_H2_DEFAULT_CONN_WINDOW);
  r.max_frame_size = or_default(o->max_frame_size, WEIR_H2_DEFAULT_FRAME_SIZE);
  r.max_header_list = or_default(o->max_header_list, WEIR_H2_DEFAULT_HEADER_LIST);
  r.header_table_size = or_default(o->header_table_size, WEIR_H2_DEFAULT_TABLE_SIZE);
  r.low_water = or_default(o->low_water, WEIR_H2_DEFAULT_LOW_WATER);
  r.max_queued = or_default(o->max_queued, WEIR_H2_DEFAULT_MAX_QUEUED);
  if (r.handshake_ns <= 0) r.handshake_ns = WEIR_H2_HANDSHAKE_NS;
  if (r.stall_ns <= 0) r.stall_ns = WEIR_H2_STALL_NS;
  if (r.max_stream_window < r.stream_window) r.max_stream_window = r.stream_window;
  if (r.max_stream_window > WEIR_H2_MAX_WINDOW) r.max_stream_window = WEIR_H2_MAX_WINDOW;
  if (r.stream_window > WEIR_H2_MAX_WINDOW) r.stream_window = WEIR_H2_MAX_WINDOW;
  if (r.conn_window > WEIR_H2_MAX_WINDOW) r.conn_window = WEIR_H2_MAX_WINDOW;
  if (r.conn_window < WEIR_H2_DEFAULT_WINDOW) r.conn_window = WEIR_H2_DEFAULT_WINDOW;
  if (r.max_frame_size < WEIR_H2_DEFAULT_FRAME_SIZE) r.max_frame_size = WEIR_H2_DEFAULT_FRAME_SIZE;
  if (r.max_frame_size > 0xffffff) r.max_frame_size = 0xffffff;
  return r;
}

static weir_h2_settings settings_of(const weir_h2_opts *o) {
  weir_h2_settings s = weir_h2_settings_initial();
  s.value[WEIR_H2_HEADER_TABLE_SIZE] = o->header_table_size;
  s.value[WEIR_H2_INITIAL_WINDOW_SIZE] = o->stream_window;
  s.value[WEIR_H2_MAX_FRAME_SIZE] = o->max_frame_size;
  s.value[WEIR_H2_MAX_HEADER_LIST_SIZE] = o->max_header_list;
  if (o->is_client)
    s.value[WEIR_H2_ENABLE_PUSH] = 0;
  else
    s.value[WEIR_H2_MAX_CONCURRENT_STREAMS] = o->max_concurrent_streams;
  return s;
}

/* The connection preface (RFC 9113 3.4), and the rest of the connection's window. */
static void conn_start(weir_h2 *h2) {
  char settings[WEIR_H2_SETTING_IDS * WEIR_H2_SETTING_SIZE];
  if (h2->is_client) {
    char *p = weir_h2_out_reserve(&h2->out, WEIR_H2_PREFACE_LEN);
    if (!p) {
      h2->failed = WEIR_ENOMEM;
      return;
    }
    memcpy(p, WEIR_H2_PREFACE, WEIR_H2_PREFACE_LEN);
    weir_h2_out_commit(&h2->out, WEIR_H2_PREFACE_LEN);
  }
  size_t len = weir_h2_settings_write(&h2->local, settings);
  weir_h2_put_frame(h2, WEIR_H2_SETTINGS, 0, 0, (weir_str){settings, len}, false);
  uint32_t more = h2->opts.conn_window - WEIR_H2_DEFAULT_WINDOW;
  if (more) weir_h2_put_window_update(h2, 0, more);
}

weir_h2 *weir_h2_new(const weir_h2_opts *o) {
  weir_h2 *h2 = weir_mem_zalloc(o->mem, sizeof *h2);
  if (!h2) return NULL;
  h2->opts = opts_resolve(o);
  h2->mem = o->mem;
  h2->is_client = o->is_client;
  h2->started = h2->in.unfinished = WEIR_NEVER;
  h2->in.expect = h2->is_client ? weir_h2_expect_head : weir_h2_expect_preface;
  h2->in.payload = weir_bytes_in(h2->mem);
  h2->block.bytes = weir_bytes_in(h2->mem);
  h2->local = settings_of(&h2->opts);
  h2->peer = weir_h2_settings_initial();
  weir_h2_streams_init(&h2->streams, h2->mem);
  h2->next_id = 1;
  weir_list_init(&h2->due);
  weir_list_init(&h2->ready);
  weir_list_init(&h2->starved);
  weir_list_init(&h2->stall.ending);
  h2->stall.writes_at = WEIR_NEVER;
  h2->recv_window = weir_h2_recv_window_of(h2->opts.conn_window);
  h2->send_window = WEIR_H2_DEFAULT_WINDOW;
  h2->bdp.window = h2->opts.stream_window;
  h2->chunks.mem = h2->mem;
  weir_h2_out_init(&h2->out, h2->mem);
  h2->resets = (weir_h2_budget){.burst = WEIR_H2_RESET_BURST, .rate_hz = WEIR_H2_RESET_RATE_HZ};
  h2->useless = (weir_h2_budget){.burst = WEIR_H2_USELESS_BURST, .rate_hz = WEIR_H2_USELESS_RATE_HZ};
  h2->decoder = weir_hpack_decoder_new(&(weir_hpack_decoder_opts){
      /* A lower limit holds from its acknowledgement on. */
      .mem = h2->mem,
      .max_table_size = WEIR_H2_DEFAULT_TABLE_SIZE,
      .max_list_size = h2->opts.max_header_list,
      .max_fields = WEIR_H2_MAX_FIELDS,
  });
  h2->encoder = weir_hpack_encoder_new(h2->mem, WEIR_H2_DEFAULT_TABLE_SIZE);
  if (h2->decoder && h2->encoder) conn_start(h2);
  if (h2->decoder && h2->encoder && !h2->failed) return h2;
  weir_h2_free(h2);
  return NULL;
}

void weir_h2_free(weir_h2 *h2) {
  if (!h2) return;
  for (weir_h2_stream *s; (s = weir_h2_streams_next(&h2->streams, NULL));) {
    weir_h2_queue_clear(&h2->chunks, &s->queue);
    weir_h2_stream_set_recv(&h2->streams, s, WEIR_H2_CLOSED);
    weir_h2_stream_set_send(&h2->streams, s, WEIR_H2_CLOSED);
    weir_h2_streams_release(&h2->streams, s);
  }
  weir_h2_streams_fini(&h2->streams);
  weir_h2_chunks_fini(&h2->chunks);
  weir_h2_out_fini(&h2->out);
  weir_hpack_decoder_free(h2->decoder);
  weir_hpack_encoder_free(h2->encoder);
  weir_bytes_fini(&h2->in.payload);
  weir_bytes_fini(&h2->block.bytes);
  WEIR_VEC_FREE(h2->mem, &h2->fields);
  weir_mem_free(h2->mem, h2, sizeof *h2);
}

/* ---- what went wrong ------------------------------------------------------------------------------------- */

void weir_h2_fail(weir_h2 *h2, weir_err err, weir_h2_error why) {
  if (h2->failed) return;
  h2->failed = err;
  h2->error = why;
  weir_h2_put_goaway(h2, h2->last_peer_id, why.code, why.why);
}

weir_h2_error weir_h2_useless(weir_h2 *h2, uint32_t cost) {
  if (weir_h2_budget_spend(&h2->useless, h2->now, cost)) return weir_h2_no_error();
  return weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "too many frames that achieve nothing");
}

void weir_h2_stream_drop(weir_h2 *h2, weir_h2_stream *s, uint32_t code, const char *why, bool by_peer) {
  if (weir_h2_stream_is_over(s)) return;
  weir_h2_queue_clear(&h2->chunks, &s->queue);
  h2->queued -= s->queued;
  s->queued = 0;
  weir_list_remove(&s->turn);
  weir_list_remove(&s->ending);
  weir_h2_stream_set_recv(&h2->streams, s, WEIR_H2_CLOSED);
  weir_h2_stream_set_send(&h2->streams, s, WEIR_H2_CLOSED);
  weir_h2_streams_note_end(&h2->streams, s->id, by_peer ? WEIR_H2_ENDED : WEIR_H2_RESET_BY_US);
  if (s->is_detached) {
    weir_h2_streams_release(&h2->streams, s);
    return;
  }
  s->is_reset = true;
  s->reset_by_peer = by_peer;
  s->reset_code = code;
  s->reset_why = why;
  weir_h2_stream_is_due(h2, s);
}

weir_h2_error weir_h2_stream_error(weir_h2 *h2, uint32_t stream, weir_h2_error e) {
  if (!weir_h2_budget_spend(&h2->resets, h2->now, 1)) /* CVE-2025-8671 */
    return weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "too many stream errors");
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, stream);
  if (!s && stream > h2->last_peer_id &&
      stream >= h2->next_id) /* RST_STREAM may not be sent for an idle stream */
    return weir_h2_conn_err(e.code, e.why);
  weir_h2_put_rst_stream(h2, stream, e.code, true);
  if (s)
    weir_h2_stream_drop(h2, s, e.code, e.why, false);
  else
    weir_h2_streams_note_end(&h2->streams, stream, WEIR_H2_RESET_BY_US);
  return weir_h2_no_error();
}

weir_h2_error weir_h2_conn_error(const weir_h2 *h2) { return h2->error; }

/* ---- events that are due without input ------------------------------------------------------------------- */

void weir_h2_stream_is_due(weir_h2 *h2, weir_h2_stream *s) {
  if (!weir_list_linked(&s->due) && !s->is_detached) weir_list_push(&h2->due, &s->due);
}

void weir_h2_stream_may_be_over(weir_h2 *h2, weir_h2_stream *s) {
  if (weir_h2_stream_is_over(s)) weir_h2_stream_is_due(h2, s);
}

static void event_of_stream(weir_h2 *h2, weir_h2_stream *s, weir_h2_event *ev) {
  *ev = (weir_h2_event){.stream = s->id, .user = s->user};
  if (!weir_h2_stream_is_over(s)) {
    ev->kind = WEIR_H2_EV_WRITABLE;
    return;
  }
  if (s->is_reset) {
    ev->kind = WEIR_H2_EV_RESET;
    ev->by_peer = s->reset_by_peer;
    ev->code = s->reset_code;
    ev->why = s->reset_why;
  } else {
    ev->kind = WEIR_H2_EV_CLOSED;
    weir_h2_streams_note_end(&h2->streams, s->id, WEIR_H2_ENDED);
  }
  weir_h2_streams_release(&h2->streams, s);
}

static bool event_due(weir_h2 *h2, weir_h2_event *ev) {
  weir_list *n = weir_list_pop(&h2->due);
  if (n) {
    event_of_stream(h2, WEIR_LIST_OF(n, weir_h2_stream, due), ev);
    return true;
  }
  if (!h2->goaway.due) return false;
  h2->goaway.due = false;
  *ev = (weir_h2_event){.kind = WEIR_H2_EV_GOAWAY,
                        .code = h2->goaway.code,
                        .last_stream = h2->goaway.last_stream,
                        .data = {h2->goaway.debug, h2->goaway.debug_len}};
  return true;
}

/* ---- the five verbs -------------------------------------------------------------------------------------- */

#ifdef WEIR_DEBUG
#define CONN_CHECK(h2) weir_h2_check(h2)
#else
#define CONN_CHECK(h2) ((void)0)
#endif

static weir_err conn_recv(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  *ev = (weir_h2_event){.kind = WEIR_H2_EV_NONE};
  while (!h2->failed) {
    if (event_due(h2, ev)) return WEIR_EOK;
    if (h2->in.closed) *in = (weir_str){in->data + in->len, 0};
    if (in->len == 0) {
      if (!weir_h2_input_is_unfinished(h2))
        h2->in.unfinished = WEIR_NEVER;
      else if (h2->in.unfinished == WEIR_NEVER)
        h2->in.unfinished = h2->now;
      return WEIR_EOK;
    }
    weir_h2_error e = h2->in.expect(h2, in, ev);
    if (e.scope == WEIR_H2_SCOPE_STREAM) e = weir_h2_stream_error(h2, h2->in.frame.stream, e);
    if (e.scope) weir_h2_fail(h2, WEIR_EPROTO, e);
    if (ev->kind && !h2->failed) return WEIR_EOK;
  }
  ev->kind = WEIR_H2_EV_NONE;
  *in = (weir_str){in->data + in->len, 0};
  return h2->failed;
}

weir_err weir_h2_recv(weir_h2 *h2, weir_str *in, weir_h2_event *ev) {
  CONN_CHECK(h2);
  if (!in->data) in->data = "";
  weir_err err = conn_recv(h2, in, ev);
  CONN_CHECK(h2);
  return err;
}

size_t weir_h2_peek(weir_h2 *h2, weir_str out[], size_t cap) {
  CONN_CHECK(h2);
  weir_h2_fill_out(h2);
  weir_h2_stall_peeked(h2);
  CONN_CHECK(h2);
  return weir_h2_out_peek(&h2->out, out, cap);
}

static void conn_on_mark(weir_h2 *h2, const weir_h2_mark *m) {
  weir_h2_stream *s = m->stream ? weir_h2_streams_find(&h2->streams, m->stream) : NULL;
  if (!s || s->is_reset) return;
  s->queued -= m->bytes;
  h2->queued -= m->bytes;
  weir_h2_stall_moved(h2, s);
  if (s->above_low_water && s->queued < h2->opts.low_water) {
    s->above_low_water = false;
    weir_h2_stream_is_due(h2, s);
  }
  if (!m->end_stream) return;
  weir_h2_stream_set_send(&h2->streams, s, WEIR_H2_CLOSED);
  weir_h2_stream_may_be_over(h2, s);
}

void weir_h2_wrote(weir_h2 *h2, size_t len) {
  CONN_CHECK(h2);
  weir_h2_out_take(&h2->out, len);
  weir_h2_stall_wrote(h2);
  for (weir_h2_mark m; weir_h2_out_next_mark(&h2->out, &m);) conn_on_mark(h2, &m);
  CONN_CHECK(h2);
}

static weir_nanos earlier(weir_nanos a, weir_nanos b) { return a < b ? a : b; }

weir_nanos weir_h2_deadline(const weir_h2 *h2) {
  weir_nanos t = WEIR_NEVER;
  if (h2->failed) return t;
  if (h2->drain == WEIR_H2_DRAIN_ANNOUNCED) t = h2->drain_deadline;
  if (h2->started != WEIR_NEVER && !h2->got_ack)
    t = earlier(t, h2->started + (h2->got_settings ? WEIR_H2_SETTINGS_NS : h2->opts.handshake_ns));
  t = earlier(t, weir_h2_stall_deadline(h2));
  if (h2->in.unfinished != WEIR_NEVER) t = earlier(t, h2->in.unfinished + WEIR_H2_UNFINISHED_NS);
  return t;
}

void weir_h2_tick(weir_h2 *h2, weir_nanos now) {
  CONN_CHECK(h2);
  if (now > h2->now) h2->now = now;
  if (h2->started == WEIR_NEVER) h2->started = h2->now;
  if (h2->failed) return;
  weir_h2_drain_tick(h2);
  weir_h2_stall_tick(h2);
  if (h2->failed) return;
  weir_nanos waited = h2->now - h2->started;
  if (!h2->got_settings && waited >= h2->opts.handshake_ns)
    weir_h2_fail(h2, WEIR_EPROTO, weir_h2_conn_err(WEIR_H2_SETTINGS_TIMEOUT, "no SETTINGS came"));
  else if (!h2->got_ack && waited >= WEIR_H2_SETTINGS_NS)
    weir_h2_fail(h2, WEIR_EPROTO,
                 weir_h2_conn_err(WEIR_H2_SETTINGS_TIMEOUT, "SETTINGS were not acknowledged"));
  else if (h2->in.unfinished != WEIR_NEVER && h2->now - h2->in.unfinished >= WEIR_H2_UNFINISHED_NS)
    weir_h2_fail(
        h2, WEIR_EPROTO,
        weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "a frame or header block was not finished in time"));
  CONN_CHECK(h2);
}

/* ---- facts ----------------------------------------------------------------------------------------------- */

size_t weir_h2_n_streams(const weir_h2 *h2) { return h2->streams.n; }

uint32_t weir_h2_peer_max_header_list(const weir_h2 *h2) {
  return h2->peer.value[WEIR_H2_MAX_HEADER_LIST_SIZE];
}

/* ---- invariants ------------------------------------------------------------------------------------------ */

static void stream_check(const weir_h2 *h2, const weir_h2_stream *s) {
  bool over = weir_h2_stream_is_over(s);
  WEIR_CHECK(s->recv != WEIR_H2_IDLE && s->recv != WEIR_H2_ENDING && s->send != WEIR_H2_IDLE);
  WEIR_CHECK(s->id % 2 == 1 && (h2->is_client ? s->id < h2->next_id : s->id <= h2->last_peer_id));
  WEIR_CHECK(!over || (!s->queue.first && !weir_list_linked(&s->turn)));
  WEIR_CHECK(!over || weir_list_linked(&s->due));
  WEIR_CHECK(!s->is_reset || over);
  WEIR_CHECK(!weir_list_linked(&s->turn) || s->queue.first);
  WEIR_CHECK(s->send_window <= WEIR_H2_MAX_WINDOW);
  WEIR_CHECK(s->recv_window.left + s->recv_window.unsaid <= s->recv_window.size);
  size_t unframed = 0;
  for (const weir_h2_chunk *c = s->queue.first; c; c = c->next) unframed += weir_h2_chunk_left(c);
  WEIR_CHECK(unframed <= s->queued);
  bool needs_window = s->queue.first && weir_h2_chunk_left(s->queue.first) > 0;
  if (s->queue.first && !h2->failed)
    WEIR_CHECK(weir_list_linked(&s->turn) || (needs_window && s->send_window <= 0));
}

void weir_h2_check(const weir_h2 *h2) {
  size_t n = 0, n_open = 0, queued = 0;
  for (const weir_h2_stream *s = NULL; (s = weir_h2_streams_next(&h2->streams, s));) {
    stream_check(h2, s);
    queued += s->queued;
    n++;
    n_open += !weir_h2_stream_is_over(s);
  }
  WEIR_CHECK(queued == h2->queued);
  WEIR_CHECK(n == h2->streams.n && n_open == h2->streams.n_open);
  const weir_h2_stream *last = h2->streams.last;
  WEIR_CHECK(!last || weir_h2_streams_search(&h2->streams, last->id) == last);
  WEIR_CHECK(h2->send_window <= WEIR_H2_MAX_WINDOW);
  WEIR_CHECK(h2->recv_window.left >= 0);
  WEIR_CHECK(h2->recv_window.left + h2->recv_window.unsaid <= h2->recv_window.size);
  WEIR_CHECK(weir_list_empty(&h2->starved) || h2->send_window <= 0 || h2->failed);
  weir_h2_out_check(&h2->out);
}
