/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "peer.h"

#include "base/assert.h"

#include <string.h>

static void peer_on_sock(void *arg, weir_sock *sock) {
  peer *p = arg;
  for (;;) {
    size_t n = 0;
    weir_io io = weir_sock_recv(sock, p->in + p->n_in, sizeof p->in - p->n_in, &n);
    p->n_in += n;
    if (io != WEIR_IO_OK) {
      p->eof = io != WEIR_IO_AGAIN;
      return;
    }
  }
}

static void peer_on_listener(void *arg, weir_sock *listener) {
  peer *p = arg;
  weir_sock *sock;
  while (weir_sock_accept(listener, p->shard, peer_on_sock, p, &sock) == WEIR_IO_OK) {
    weir_sock_close(p->sock);
    p->sock = sock;
    p->n_in = 0;
    p->eof = false;
    p->n_accepted++;
    weir_sock_again(sock);
  }
}

static void peer_init(peer *p, weir_loop *l, bool is_client) {
  p->loop = l;
  p->shard = weir_loop_shard(l, 0);
  p->listener = p->sock = NULL;
  p->is_client = is_client;
  p->eof = false;
  p->n_accepted = p->n_in = 0;
}

void peer_listen(peer *p, weir_loop *l, const char *addr) {
  weir_addr a;
  peer_init(p, l, false);
  WEIR_CHECK(!weir_addr_parse(addr, &a, NULL));
  weir_shard_enter(p->shard);
  p->listener = weir_sock_listen(p->shard, &a, false, peer_on_listener, p, NULL);
  weir_shard_leave(p->shard);
  WEIR_CHECK(p->listener);
}

void peer_open(peer *p, weir_loop *l, const char *addr) {
  weir_addr a;
  peer_init(p, l, true);
  WEIR_CHECK(!weir_addr_parse(addr, &a, NULL));
  weir_shard_enter(p->shard);
  p->sock = weir_sock_connect(p->shard, &a, peer_on_sock, p, NULL);
  weir_shard_leave(p->shard);
  WEIR_CHECK(p->sock);
  peer_run(p, WEIR_MS(20));
}

void peer_preface(peer *p) {
  peer_send(p, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  peer_settings(p, 0, 0);
}

void peer_connect(peer *p, weir_loop *l, const char *addr) {
  peer_open(p, l, addr);
  peer_preface(p);
}

void peer_close_connection(peer *p) {
  weir_shard_enter(p->shard);
  weir_sock_close(p->sock);
  p->sock = NULL;
  weir_shard_leave(p->shard);
}

void peer_free(peer *p) {
  peer_close_connection(p);
  weir_shard_enter(p->shard);
  weir_sock_close(p->listener);
  weir_shard_leave(p->shard);
}

void peer_send(peer *p, const void *bytes, size_t len) {
  weir_str v = {bytes, len};
  size_t n = 0;
  weir_shard_enter(p->shard);
  WEIR_CHECK(weir_sock_sendv(p->sock, &v, 1, &n) == WEIR_IO_OK && n == len);
  weir_shard_leave(p->shard);
}

static void put32(uint8_t *p, uint32_t v) {
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (24 - 8 * i));
}

void peer_frame(peer *p, uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t len) {
  uint8_t b[9 + 4096];
  WEIR_CHECK(len <= 4096);
  put32(b, (uint32_t)len << 8 | type);
  b[4] = flags;
  put32(b + 5, stream);
  if (len) memcpy(b + 9, payload, len);
  peer_send(p, b, 9 + len);
}

static size_t put_text(uint8_t *p, const char *text) {
  size_t len = strlen(text);
  WEIR_CHECK(len < 127);
  p[0] = (uint8_t)len;
  memcpy(p + 1, text, len);
  return 1 + len;
}

void peer_headers(peer *p, uint32_t stream, uint8_t flags, const char *const *fields) {
  uint8_t b[2048];
  size_t n = 0;
  for (; *fields; fields += 2) {
    b[n++] = 0; /* RFC 7541 6.2.2 */
    n += put_text(b + n, fields[0]);
    n += put_text(b + n, fields[1]);
  }
  peer_frame(p, PEER_HEADERS, flags | PEER_END_HEADERS, stream, b, n);
}

void peer_message(peer *p, uint32_t stream, uint8_t flags, const char *text) {
  uint8_t b[1024] = {0};
  size_t len = strlen(text);
  WEIR_CHECK(len < sizeof b - 5);
  put32(b + 1, (uint32_t)len);
  memcpy(b + 5, text, len);
  peer_frame(p, PEER_DATA, flags, stream, b, 5 + len);
}

void peer_settings(peer *p, uint16_t id, uint32_t value) {
  uint8_t b[6] = {(uint8_t)(id >> 8), (uint8_t)id};
  put32(b + 2, value);
  peer_frame(p, PEER_SETTINGS, 0, 0, b, id ? 6 : 0);
}

void peer_goaway(peer *p, uint32_t last_stream) {
  uint8_t b[8] = {0};
  put32(b, last_stream);
  peer_frame(p, PEER_GOAWAY, 0, 0, b, 8);
}

void peer_rst(peer *p, uint32_t stream, uint32_t code) {
  uint8_t b[4];
  put32(b, code);
  peer_frame(p, PEER_RST, 0, stream, b, 4);
}

static void peer_time_up(void *arg, weir_call *c, weir_code code) {
  (void)c;
  (void)code;
  weir_loop_stop(arg);
}

void peer_run(peer *p, int64_t ns) {
  WEIR_CHECK(weir_loop_post(p->loop, ns, peer_time_up, p->loop) == WEIR_OK);
  (void)weir_loop_run(p->loop, -1);
}

size_t peer_count(const peer *p, uint8_t type, uint32_t stream) {
  size_t at = p->is_client ? 0 : 24, n = 0;
  const uint8_t *b = (const uint8_t *)p->in;
  while (at + 9 <= p->n_in) {
    uint32_t len = (uint32_t)b[at] << 16 | (uint32_t)b[at + 1] << 8 | b[at + 2];
    uint32_t id = (uint32_t)b[at + 5] << 24 | (uint32_t)b[at + 6] << 16 | (uint32_t)b[at + 7] << 8 | b[at + 8];
    n += b[at + 3] == type && (!stream || stream == id);
    at += 9 + len;
  }
  return n;
}
