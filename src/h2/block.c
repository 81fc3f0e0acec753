/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Every block is decoded, whatever becomes of its stream: the HPACK table must stay in step (RFC 9113 4.3). */
#include "h2/conn.h"

static size_t block_limit(const weir_h2 *h2) {
  return h2->opts.max_header_list > WEIR_H2_MAX_BLOCK ? h2->opts.max_header_list : WEIR_H2_MAX_BLOCK;
}

/* A request must be refused, or ignored, before it is looked at. */
static weir_h2_error block_admit(weir_h2 *h2, bool *ignore) {
  if (h2->drain == WEIR_H2_DRAIN_FINAL && h2->block.stream > h2->sent_last_id) { /* RFC 9113 6.8 */
    weir_h2_streams_note_end(&h2->streams, h2->block.stream, WEIR_H2_RESET_BY_US);
    *ignore = true;
  } else if (h2->streams.n_open >= h2->opts.max_concurrent_streams) {
    return weir_h2_stream_err(WEIR_H2_REFUSED_STREAM, "more streams than SETTINGS_MAX_CONCURRENT_STREAMS");
  } else if (h2->queued > h2->opts.max_queued) {
    return weir_h2_stream_err(WEIR_H2_REFUSED_STREAM, "too much waits to be taken on other streams");
  }
  return weir_h2_no_error();
}

static weir_h2_error block_length_check(const weir_h2 *h2, uint64_t body_left) {
  if (h2->block.end_stream && body_left != 0 && body_left != WEIR_H2_NO_LENGTH)
    return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, "content-length and DATA differ");
  return weir_h2_no_error();
}

/* 1xx are skipped; they end no stream, and 101 does not exist (RFC 9113 8.1, 8.6). */
static weir_h2_error block_informational(weir_h2 *h2, uint32_t status) {
  if (h2->block.end_stream)
    return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, "informational response with END_STREAM");
  if (status == 101) return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, "101 Switching Protocols");
  return weir_h2_useless(h2, 1);
}

static weir_h2_stream *block_open_stream(weir_h2 *h2) {
  weir_h2_stream *s = weir_h2_streams_add(&h2->streams, h2->block.stream);
  if (!s) {
    weir_h2_fail(h2, WEIR_ENOMEM, weir_h2_conn_err(WEIR_H2_INTERNAL_ERROR, "out of memory"));
    return NULL;
  }
  s->send_window = h2->peer.value[WEIR_H2_INITIAL_WINDOW_SIZE];
  s->recv_window = weir_h2_recv_window_of(h2->got_ack ? h2->opts.stream_window : WEIR_H2_DEFAULT_WINDOW);
  return s;
}

static void block_hand_out(weir_h2 *h2, weir_h2_stream *s, const weir_hpack_block *b, weir_h2_event *ev) {
  *ev = (weir_h2_event){.kind = WEIR_H2_EV_HEADERS,
                        .stream = s->id,
                        .user = s->user,
                        .end_stream = h2->block.end_stream,
                        .is_trailers = s->got_headers,
                        .over_limit = b->over,
                        .fields = b->fields,
                        .n_fields = b->n,
                        .block = b->id};
  s->got_headers = true;
  if (!h2->block.end_stream) return;
  weir_h2_stream_set_recv(&h2->streams, s, WEIR_H2_CLOSED);
  weir_h2_stream_may_be_over(h2, s);
}

/* Fills h2->block.info. A block that repeats the last one was found well-formed then. */
static weir_h2_error block_check(weir_h2 *h2, const weir_hpack_block *b, weir_h2_block_kind kind) {
  if (b->id == h2->block.checked && kind == h2->block.kind) return weir_h2_no_error();
  h2->block.checked = 0;
  weir_h2_error e = weir_h2_headers_check(b->fields, b->n, kind, b->over, &h2->block.info);
  if (e.scope) return e;
  h2->block.checked = b->id;
  h2->block.kind = kind;
  return e;
}

static weir_h2_error block_judge(weir_h2 *h2, const weir_hpack_block *b, weir_h2_event *ev) {
  bool ignore = h2->block.ignore;
  weir_h2_error e = h2->block.verdict;
  if (!e.scope && h2->block.opens) e = block_admit(h2, &ignore);
  if (e.scope || ignore) return e;

  weir_h2_stream *s = h2->block.opens ? NULL : weir_h2_streams_find(&h2->streams, h2->block.stream);
  weir_h2_block_kind kind = s && s->got_headers ? WEIR_H2_TRAILERS
                            : h2->is_client     ? WEIR_H2_RESPONSE
                                                : WEIR_H2_REQUEST;
  e = block_check(h2, b, kind);
  if (e.scope) return e;
  const weir_h2_block_info *info = &h2->block.info;
  uint64_t body_left = info->content_length;
  if (kind == WEIR_H2_TRAILERS) {
    if (!h2->block.end_stream)
      return weir_h2_stream_err(WEIR_H2_PROTOCOL_ERROR, "trailers without END_STREAM");
    body_left = s->body_left;
  } else if (kind == WEIR_H2_RESPONSE) {
    if (info->status >= 100 && info->status < 200) return block_informational(h2, info->status);
    if (s->is_head || info->status == 204 || info->status == 304) body_left = 0; /* RFC 9110 6.4.1 */
  }
  e = block_length_check(h2, body_left);
  if (e.scope) return e;
  if (!s) s = block_open_stream(h2);
  if (!s) return weir_h2_no_error();
  s->body_left = body_left;
  block_hand_out(h2, s, b, ev);
  return e;
}

static weir_h2_error block_end(weir_h2 *h2, weir_str bytes, weir_h2_event *ev) {
  h2->block.open = false;
  weir_hpack_block b;
  switch (weir_hpack_decode(h2->decoder, bytes, &b)) {
  case WEIR_EOK: return block_judge(h2, &b, ev);
  case WEIR_EPROTO: return weir_h2_conn_err(WEIR_H2_COMPRESSION_ERROR, "header block does not decode");
  default:
    weir_h2_fail(h2, WEIR_ENOMEM, weir_h2_conn_err(WEIR_H2_INTERNAL_ERROR, "out of memory"));
    return weir_h2_no_error();
  }
}

static weir_h2_error block_add(weir_h2 *h2, const weir_h2_frame *f, weir_str fragment, weir_h2_event *ev) {
  bool ends = f->flags & WEIR_H2_FLAG_END_HEADERS;
  size_t have = weir_bytes_size(&h2->block.bytes);
  if (have + fragment.len > block_limit(h2))
    return weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "header block too long");
  if (ends && have == 0) return block_end(h2, fragment, ev);
  weir_bytes_append_str(&h2->block.bytes, fragment);
  if (h2->block.bytes.failed) {
    weir_h2_fail(h2, WEIR_ENOMEM, weir_h2_conn_err(WEIR_H2_INTERNAL_ERROR, "out of memory"));
    return weir_h2_no_error();
  }
  return ends ? block_end(h2, weir_bytes_view(&h2->block.bytes), ev) : weir_h2_no_error();
}

weir_h2_error weir_h2_on_headers(weir_h2 *h2, const weir_h2_frame *f, weir_str payload, weir_h2_event *ev) {
  weir_h2_headers_payload p;
  weir_h2_error e = weir_h2_read_headers(f, payload, &p);
  if (e.scope == WEIR_H2_SCOPE_CONN) return e;
  weir_h2_stream *s;
  unsigned at = weir_h2_stream_at(h2, f->stream, &s);
  bool ignore = false, opens = at == WEIR_H2_AT_IDLE && !h2->is_client && f->stream % 2 == 1;
  if (!opens) {
    weir_h2_error rule = weir_h2_stream_rule(h2, WEIR_H2_HEADERS, at, &ignore);
    if (rule.scope == WEIR_H2_SCOPE_CONN) return rule;
    if (rule.scope) e = rule;
  } else {
    h2->last_peer_id = f->stream;
  }
  weir_bytes_clear(&h2->block.bytes);
  if (h2->block.bytes.cap > WEIR_H2_KEEP_CHUNK) weir_bytes_fini(&h2->block.bytes);
  h2->block.open = true;
  h2->block.stream = f->stream;
  h2->block.end_stream = f->flags & WEIR_H2_FLAG_END_STREAM;
  h2->block.n_continuations = 0;
  h2->block.verdict = e;
  h2->block.ignore = ignore;
  h2->block.opens = opens;
  return block_add(h2, f, p.fragment, ev);
}

weir_h2_error weir_h2_on_continuation(weir_h2 *h2, const weir_h2_frame *f, weir_str payload,
                                      weir_h2_event *ev) {
  if (++h2->block.n_continuations > WEIR_H2_MAX_CONTINUATIONS) /* CVE-2024-27316 */
    return weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "too many CONTINUATION frames");
  return block_add(h2, f, payload, ev);
}
