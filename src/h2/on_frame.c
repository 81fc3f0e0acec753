/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/conn.h"

#include <string.h>

weir_h2_error weir_h2_on_priority(weir_h2 *h2, const weir_h2_frame *f, weir_str payload, weir_h2_event *ev) {
  (void)ev;
  weir_h2_priority p;
  weir_h2_error e = weir_h2_read_priority(f, payload, &p);
  return e.scope ? e : weir_h2_useless(h2, 1);
}

weir_h2_error weir_h2_on_rst_stream(weir_h2 *h2, const weir_h2_frame *f, weir_str payload, weir_h2_event *ev) {
  (void)ev;
  weir_h2_stream *s = weir_h2_streams_find(&h2->streams, f->stream);
  if (!s || s->is_reset) return weir_h2_useless(h2, 1);
  if (!h2->is_client && !weir_h2_budget_spend(&h2->resets, h2->now, 1)) /* CVE-2023-44487 */
    return weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "too many streams reset");
  weir_h2_stream_drop(h2, s, weir_h2_read_rst_stream(payload), "reset by the peer", true);
  return weir_h2_no_error();
}

weir_h2_error weir_h2_on_push_promise(weir_h2 *h2, const weir_h2_frame *f, weir_str payload,
                                      weir_h2_event *ev) {
  (void)f, (void)payload, (void)ev;
  return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR, h2->is_client ? "PUSH_PROMISE although push is disabled"
                                                                : "PUSH_PROMISE from a client");
}

weir_h2_error weir_h2_on_ping(weir_h2 *h2, const weir_h2_frame *f, weir_str payload, weir_h2_event *ev) {
  uint64_t opaque = weir_h2_read_ping(payload);
  if (!(f->flags & WEIR_H2_FLAG_ACK)) {
    h2->n_pings++;
    weir_h2_put_frame(h2, WEIR_H2_PING, WEIR_H2_FLAG_ACK, 0, payload, true);
    return weir_h2_no_error();
  }
  if (!weir_h2_drain_on_ping_ack(h2, opaque) && !weir_h2_bdp_on_ping_ack(h2, opaque))
    *ev = (weir_h2_event){.kind = WEIR_H2_EV_PING_ACK, .opaque = opaque};
  return weir_h2_no_error();
}

weir_h2_error weir_h2_on_goaway(weir_h2 *h2, const weir_h2_frame *f, weir_str payload, weir_h2_event *ev) {
  (void)f, (void)ev;
  weir_h2_goaway_payload p = weir_h2_read_goaway(payload);
  if (h2->got_goaway && p.last_stream > h2->goaway.last_stream)
    return weir_h2_conn_err(WEIR_H2_PROTOCOL_ERROR,
                            "GOAWAY with a higher stream than before"); /* RFC 9113 6.8 */
  h2->got_goaway = h2->goaway.due = true;
  h2->goaway.code = p.code;
  h2->goaway.last_stream = p.last_stream;
  h2->goaway.debug_len = p.debug.len < WEIR_H2_MAX_DEBUG ? p.debug.len : WEIR_H2_MAX_DEBUG;
  memcpy(h2->goaway.debug, p.debug.data, h2->goaway.debug_len);
  for (weir_h2_stream *s = NULL; h2->is_client && (s = weir_h2_streams_next(&h2->streams, s));)
    if (s->id > p.last_stream && !s->is_reset && !s->is_detached)
      weir_h2_stream_drop(h2, s, WEIR_H2_REFUSED_STREAM, "not processed: the server is going away", true);
  return weir_h2_no_error();
}

weir_h2_error weir_h2_on_window_update(weir_h2 *h2, const weir_h2_frame *f, weir_str payload,
                                       weir_h2_event *ev) {
  (void)ev;
  uint32_t increment;
  weir_h2_stream *s = f->stream ? weir_h2_streams_find(&h2->streams, f->stream) : NULL;
  if (f->stream && (!s || s->is_reset)) return weir_h2_useless(h2, 1);
  weir_h2_error e = weir_h2_read_window_update(f, payload, &increment);
  if (e.scope) return e;
  if (!s) {
    if (!weir_h2_window_widen(&h2->send_window, increment))
      return weir_h2_conn_err(WEIR_H2_FLOW_CONTROL_ERROR, "connection window above 2^31-1");
    weir_h2_unstarve(h2);
    return e;
  }
  bool waits = s->queue.first && s->send_window <= 0;
  if (!weir_h2_window_widen(&s->send_window, increment))
    return weir_h2_stream_err(WEIR_H2_FLOW_CONTROL_ERROR, "stream window above 2^31-1");
  if (!weir_list_linked(&s->turn)) weir_h2_place(h2, s);
  return waits && increment < WEIR_H2_TINY_UPDATE ? weir_h2_useless(h2, 1) : e;
}

/* ---- SETTINGS (RFC 9113 6.5) ----------------------------------------------------------------------------- */

/* Ours take effect when the peer acknowledges them: before, it kept to the initial values. */
static weir_h2_error settings_on_ack(weir_h2 *h2) {
  if (h2->got_ack) return weir_h2_useless(h2, 1);
  h2->got_ack = true;
  weir_hpack_decoder_set_max_table(h2->decoder, h2->opts.header_table_size);
  for (weir_h2_stream *s = NULL; (s = weir_h2_streams_next(&h2->streams, s));) {
    weir_h2_window_resize(&s->recv_window, h2->opts.stream_window);
    if (s->recv != WEIR_H2_OPEN || s->is_detached) continue;
    /* What was given back to the larger window may be more than half of the new one. */
    uint32_t increment = weir_h2_window_give_back(&s->recv_window, 0);
    if (increment) weir_h2_put_window_update(h2, s->id, increment);
  }
  return weir_h2_no_error();
}

/* A new initial window changes those of all streams by the difference (RFC 9113 6.9.2). */
static weir_h2_error settings_change_windows(weir_h2 *h2, int64_t by) {
  if (by == 0) return weir_h2_no_error();
  for (weir_h2_stream *s = NULL; (s = weir_h2_streams_next(&h2->streams, s));) {
    if (!weir_h2_window_widen(&s->send_window, by))
      return weir_h2_conn_err(WEIR_H2_FLOW_CONTROL_ERROR,
                              "SETTINGS_INITIAL_WINDOW_SIZE takes a window above 2^31-1");
    if (s->queue.first) weir_h2_place(h2, s);
  }
  return weir_h2_no_error();
}

weir_h2_error weir_h2_on_settings(weir_h2 *h2, const weir_h2_frame *f, weir_str payload, weir_h2_event *ev) {
  if (f->flags & WEIR_H2_FLAG_ACK) return settings_on_ack(h2);
  size_t n = payload.len / WEIR_H2_SETTING_SIZE;
  if (n > WEIR_H2_MAX_SETTINGS)
    return weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "too many settings in one frame");
  if (h2->got_settings) {
    weir_h2_error e = weir_h2_useless(h2, 1 + (uint32_t)(h2->streams.n / WEIR_H2_STREAMS_PER_TOKEN));
    if (e.scope) return e;
  }
  int64_t old_window = h2->peer.value[WEIR_H2_INITIAL_WINDOW_SIZE];
  for (size_t i = 0; i < n; i++) {
    uint16_t id;
    uint32_t value;
    weir_h2_read_setting(payload, i, &id, &value);
    weir_h2_error e = weir_h2_settings_store(&h2->peer, id, value, h2->is_client);
    if (e.scope) return e;
    if (id == WEIR_H2_HEADER_TABLE_SIZE) weir_hpack_encoder_set_max_table(h2->encoder, value);
  }
  h2->got_settings = true;
  weir_h2_error e = settings_change_windows(h2, h2->peer.value[WEIR_H2_INITIAL_WINDOW_SIZE] - old_window);
  if (e.scope) return e;
  weir_h2_put_frame(h2, WEIR_H2_SETTINGS, WEIR_H2_FLAG_ACK, 0, (weir_str){NULL, 0}, true);
  *ev = (weir_h2_event){.kind = WEIR_H2_EV_SETTINGS};
  return e;
}
