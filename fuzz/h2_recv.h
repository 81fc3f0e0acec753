/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* h2_recv.h - bytes from a stranger to an HTTP/2 connection past its handshake, whose user reacts to events in ways
 * that the stream ids choose. The first byte of the input sets the size of the pieces it comes in. */
#ifndef WEIR_FUZZ_H2_RECV_H
#define WEIR_FUZZ_H2_RECV_H

#include "h2/h2.h"

#include <stdlib.h>
#include <string.h>

#define FIELD(n, v)                                              \
  {                                                              \
    .name = {(n), sizeof(n) - 1}, .value = {(v), sizeof(v) - 1 } \
  }

static void check(bool ok) {
  if (!ok) abort();
}

static void write_all(weir_h2 *h2) {
  weir_str out[3];
  for (size_t n; (n = weir_h2_peek(h2, out, 3)) > 0;) {
    size_t len = 0;
    for (size_t i = 0; i < n; i++) len += out[i].len;
    weir_h2_wrote(h2, len);
  }
}

static void answer(weir_h2 *h2, uint32_t id) {
  static const weir_hpack_field ok[] = {FIELD(":status", "200"), FIELD("x-a", "b")},
                                trailers[] = {FIELD("grpc-status", "0")};
  static const char bytes[3000];
  weir_h2_send_headers(h2, id, ok, 2, false);
  weir_buf *body = weir_buf_wrap(bytes, sizeof bytes, NULL, NULL);
  if (body) weir_h2_send_data(h2, id, WEIR_STR("12345"), body, id % 5 == 0);
  weir_buf_unref(body);
  weir_h2_send_bytes(h2, id, WEIR_STR("a"), WEIR_STR("b"), false);
  weir_h2_send_headers(h2, id, trailers, 1, true);
  if (id % 7 == 0) weir_h2_reset(h2, id, WEIR_H2_NO_ERROR);
}

static void react(weir_h2 *h2, const weir_h2_event *ev, bool is_client) {
  size_t sum = 0;
  for (size_t i = 0; i < ev->n_fields; i++)
    for (size_t k = 0; k < ev->fields[i].value.len; k++) sum += (uint8_t)ev->fields[i].value.data[k];
  for (size_t i = 0; i < ev->data.len; i++) sum += (uint8_t)ev->data.data[i];
  check(sum != SIZE_MAX); /* read, for the sanitizer */
  if (ev->kind == WEIR_H2_EV_DATA && ev->stream % 3) weir_h2_consume(h2, ev->stream, ev->flow);
  if (ev->kind == WEIR_H2_EV_HEADERS && ev->stream % 11 == 0) weir_h2_reset(h2, ev->stream, WEIR_H2_CANCEL);
  if (ev->end_stream && !is_client) answer(h2, ev->stream);
  if (ev->kind == WEIR_H2_EV_PING_ACK && ev->opaque == 1) weir_h2_drain(h2, "drained");
  if (ev->kind == WEIR_H2_EV_PING_ACK && ev->opaque == 2) weir_h2_goaway(h2, WEIR_H2_INTERNAL_ERROR, "gone");
}

/* False when the connection is over. */
static bool feed(weir_h2 *h2, const void *data, size_t len, bool is_client) {
  char *copy = malloc(len + 1); /* of its own, so that a read past the end shows */
  check(copy != NULL);
  if (len) memcpy(copy, data, len);
  weir_str in = {copy, len};
  weir_h2_event ev;
  weir_err err;
  while (!(err = weir_h2_recv(h2, &in, &ev)) && ev.kind) react(h2, &ev, is_client);
  check(err || in.len == 0);
  free(copy);
  return !err;
}

static void fuzz_recv(const uint8_t *data, size_t len, bool is_client) {
  static const char hello[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0";
  static const weir_hpack_field get[] = {FIELD(":method", "GET"), FIELD(":scheme", "http"),
                                         FIELD(":path", "/")};
  weir_h2_opts o = {
      .is_client = is_client, .max_concurrent_streams = 20, .stream_window = 2000, .max_header_list = 2000};
  weir_h2 *h2 = weir_h2_new(&o);
  check(h2 != NULL);
  size_t skip = is_client ? 24 : 0;
  check(feed(h2, hello + skip, sizeof hello - 1 - skip, is_client));
  for (uint32_t i = 0, id; is_client && i < 6; i++) {
    check(weir_h2_open(h2, get, 3, i % 2 == 0, NULL, &id) == WEIR_EOK);
    if (i % 2) weir_h2_send_bytes(h2, id, (weir_str){0}, WEIR_STR("some bytes"), i == 3);
  }
  size_t piece = len ? data[0] : 1;
  weir_nanos now = 0;
  for (size_t at = 1; at < len;) {
    size_t n = piece && piece < len - at ? piece : len - at;
    bool alive = feed(h2, data + at, n, is_client);
    at += n;
    weir_h2_tick(h2, now += 1000000);
    if (at % 4) write_all(h2);
    if (!alive) break;
  }
  write_all(h2);
  feed(h2, "", 0, is_client);
  weir_h2_check(h2);
  weir_h2_free(h2);
}

#endif
