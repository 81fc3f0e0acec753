/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* h2_test.h - tests of the engine read like a conversation: bytes in, a transcript of events and frames out. */
#ifndef WEIR_H2_TEST_H
#define WEIR_H2_TEST_H

#include "base/cursor.h"
#include "h2/conn.h"
#include "hpack/hpack_test.h"

/* Frame heads and ids for scripts: "000003" HEADERS "05" S1 "828684". */
#define DATA          "00"
#define HEADERS       "01"
#define PRIORITY      "02"
#define RST_STREAM    "03"
#define SETTINGS      "04"
#define PUSH_PROMISE  "05"
#define PING          "06"
#define GOAWAY        "07"
#define WINDOW_UPDATE "08"
#define CONTINUATION  "09"
#define S0            "00000000"
#define S1            "00000001"
#define S3            "00000003"
#define S5            "00000005"
#define GET           "828684" /* :method GET, :scheme http, :path / */
#define POST          "838684"
#define OK_200        "88"
#define PREFACE       "(PRI * HTTP/2.0)0d0a0d0a(SM)0d0a0d0a"

#define FIELD(n, v)                                              \
  {                                                              \
    .name = {(n), sizeof(n) - 1}, .value = {(v), sizeof(v) - 1 } \
  }

typedef struct transcript {
  weir_bytes text;
  uint32_t data_stream;        /* whose DATA is being joined, or 0 */
  weir_bytes data;             /* of its events */
  weir_bytes sent;             /* frames that the engine wrote, as far as they are not read yet */
  weir_hpack_decoder *decoder; /* for the header blocks among them */
  bool quiet_data;             /* note lengths only */
} transcript;

static inline transcript transcript_new(void) {
  transcript t = {.text = weir_bytes_in(WEIR_MEM_DEFAULT),
                  .data = weir_bytes_in(WEIR_MEM_DEFAULT),
                  .sent = weir_bytes_in(WEIR_MEM_DEFAULT)};
  t.decoder = weir_hpack_decoder_new(
      &(weir_hpack_decoder_opts){.max_table_size = 4096, .max_list_size = 1 << 20, .max_fields = 10000});
  return t;
}

static inline void transcript_free(transcript *t) {
  weir_bytes_fini(&t->text);
  weir_bytes_fini(&t->data);
  weir_bytes_fini(&t->sent);
  weir_hpack_decoder_free(t->decoder);
}

static inline void transcript_flush_data(transcript *t, bool end) {
  if (!t->data_stream) return;
  weir_bytes_printf(&t->text, "data %u '" WEIR_FMT "'%s\n", t->data_stream,
                    WEIR_ARG(weir_bytes_view(&t->data)), end ? " END" : "");
  t->data_stream = 0;
  weir_bytes_clear(&t->data);
}

static inline const char *transcript_text(transcript *t) {
  transcript_flush_data(t, false);
  weir_bytes_append(&t->text, "", 1);
  t->text.len--;
  return weir_bytes_view(&t->text).data;
}

static inline void transcript_event(transcript *t, const weir_h2_event *ev) {
  if (ev->kind == WEIR_H2_EV_DATA) {
    if (t->data_stream != ev->stream) transcript_flush_data(t, false);
    t->data_stream = ev->stream;
    weir_bytes_append_str(&t->data, ev->data);
    if (ev->end_stream) transcript_flush_data(t, true);
    return;
  }
  transcript_flush_data(t, false);
  weir_bytes *o = &t->text;
  switch (ev->kind) {
  case WEIR_H2_EV_HEADERS:
    weir_bytes_printf(o, "%s %u ", ev->is_trailers ? "trailers" : "headers", ev->stream);
    test_append_fields(o, ev->fields, ev->n_fields);
    weir_bytes_printf(o, "%s%s\n", ev->over_limit ? " OVER" : "", ev->end_stream ? " END" : "");
    break;
  case WEIR_H2_EV_RESET:
    weir_bytes_printf(o, "reset %u %s by %s: %s\n", ev->stream, weir_h2_code_name(ev->code),
                      ev->by_peer ? "peer" : "us", ev->why);
    break;
  case WEIR_H2_EV_CLOSED: weir_bytes_printf(o, "closed %u\n", ev->stream); break;
  case WEIR_H2_EV_WRITABLE: weir_bytes_printf(o, "writable %u\n", ev->stream); break;
  case WEIR_H2_EV_SETTINGS: weir_bytes_printf(o, "settings\n"); break;
  case WEIR_H2_EV_GOAWAY:
    weir_bytes_printf(o, "goaway %s last=%u '" WEIR_FMT "'\n", weir_h2_code_name(ev->code), ev->last_stream,
                      WEIR_ARG(ev->data));
    break;
  case WEIR_H2_EV_PING_ACK: weir_bytes_printf(o, "pong %llx\n", (unsigned long long)ev->opaque); break;
  default: fail_msg("event %d", ev->kind);
  }
}

static inline void transcript_frame(transcript *t, const weir_h2_frame *f, weir_str payload) {
  weir_bytes *o = &t->text;
  weir_hpack_block b;
  const uint8_t *p = (const uint8_t *)payload.data;
  const char *end = f->flags & WEIR_H2_FLAG_END_STREAM ? " END" : "";
  transcript_flush_data(t, false);
  switch (f->type) {
  case WEIR_H2_DATA: weir_bytes_printf(o, "> data %u %zu%s\n", f->stream, payload.len, end); break;
  case WEIR_H2_HEADERS:
    assert_true(f->flags & WEIR_H2_FLAG_END_HEADERS);
    assert_int_equal(weir_hpack_decode(t->decoder, payload, &b), WEIR_EOK);
    weir_bytes_printf(o, "> headers %u ", f->stream);
    test_append_fields(o, b.fields, b.n);
    weir_bytes_printf(o, "%s\n", end);
    break;
  case WEIR_H2_RST_STREAM:
    weir_bytes_printf(o, "> rst %u %s\n", f->stream, weir_h2_code_name(weir_load_be32(p)));
    break;
  case WEIR_H2_SETTINGS: weir_bytes_printf(o, f->flags ? "> settings ack\n" : "> settings\n"); break;
  case WEIR_H2_PING:
    weir_bytes_printf(o, "> %s %llx\n", f->flags ? "pong" : "ping",
                      (unsigned long long)weir_h2_read_ping(payload));
    break;
  case WEIR_H2_GOAWAY:
    weir_bytes_printf(o, "> goaway %s last=%u '" WEIR_FMT "'\n", weir_h2_code_name(weir_load_be32(p + 4)),
                      weir_load_be32(p), (int)payload.len - 8, payload.data + 8);
    break;
  case WEIR_H2_WINDOW_UPDATE: weir_bytes_printf(o, "> window %u +%u\n", f->stream, weir_load_be32(p)); break;
  default: fail_msg("frame type %u", f->type);
  }
}

/** Reads whole frames from what was sent. */
static inline void transcript_frames(transcript *t) {
  for (;;) {
    weir_str sent = weir_bytes_view(&t->sent);
    if (sent.len < WEIR_H2_FRAME_HEAD) return;
    weir_h2_frame f = weir_h2_frame_read((const uint8_t *)sent.data);
    if (sent.len < WEIR_H2_FRAME_HEAD + f.len) return;
    transcript_frame(t, &f, (weir_str){sent.data + WEIR_H2_FRAME_HEAD, f.len});
    weir_bytes_consume(&t->sent, WEIR_H2_FRAME_HEAD + f.len);
  }
}

/** Takes all output of the engine. */
static inline void test_pump(weir_h2 *h2, transcript *t) {
  weir_str out[4];
  for (size_t n; (n = weir_h2_peek(h2, out, 4)) > 0;) {
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
      weir_bytes_append_str(&t->sent, out[i]);
      len += out[i].len;
    }
    weir_h2_wrote(h2, len);
  }
  transcript_frames(t);
}

/** A connection past its handshake, its SETTINGS acknowledged, whose output so far is taken. */
static inline weir_h2 *test_connected(const weir_h2_opts *o) {
  weir_h2 *h2 = weir_h2_new(o);
  assert_non_null(h2);
  weir_bytes hello = test_hex(PREFACE "000000" SETTINGS "00" S0 "000000" SETTINGS "01" S0);
  weir_str in = weir_bytes_view(&hello);
  if (o->is_client) in = (weir_str){in.data + WEIR_H2_PREFACE_LEN, in.len - WEIR_H2_PREFACE_LEN};
  weir_h2_event ev;
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_SETTINGS);
  assert_int_equal(weir_h2_recv(h2, &in, &ev), WEIR_EOK);
  assert_int_equal(ev.kind, WEIR_H2_EV_NONE);
  weir_str out[4];
  for (size_t n; (n = weir_h2_peek(h2, out, 4)) > 0;) {
    size_t len = 0;
    for (size_t i = 0; i < n; i++) len += out[i].len;
    weir_h2_wrote(h2, len);
  }
  weir_bytes_fini(&hello);
  return h2;
}

/** Feeds bytes and notes what comes of it; DATA is given back at once. False when the connection failed. */
static inline bool test_feed(weir_h2 *h2, weir_str in, transcript *t,
                             void (*react)(weir_h2 *h2, const weir_h2_event *ev, void *arg), void *arg) {
  for (;;) {
    weir_h2_event ev;
    weir_err err = weir_h2_recv(h2, &in, &ev);
    if (err) {
      test_pump(h2, t);
      return false;
    }
    if (ev.kind) transcript_event(t, &ev);
    if (ev.kind == WEIR_H2_EV_DATA) weir_h2_consume(h2, ev.stream, ev.flow);
    if (ev.kind && react) react(h2, &ev, arg);
    size_t before = weir_bytes_size(&t->text);
    test_pump(h2, t);
    if (!ev.kind && weir_bytes_size(&t->text) == before && in.len == 0)
      return true; /* nothing came of writing either */
  }
}

#endif
