/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CONNS 4u  /* of a server at a time; of a client in all */
#define MAX_TICKS 60u /* of a connection */

typedef struct hostile_conn {
  hostile *h;
  weir_sock *sock; /* NULL: none */
  weir_timer timer;
  unsigned ticks;
  uint32_t last_stream;
  bool reads, greeted;
} hostile_conn;

struct hostile {
  weir_shard *shard;
  weir_sock *listener; /* NULL: a client */
  weir_addr addr;
  uint64_t random;
  size_t n_conns;
  hostile_conn conns[MAX_CONNS];
  uint8_t out[16384 + 64];
  size_t out_len;
};

static uint32_t draw(hostile *h, uint32_t below) {
  h->random = h->random * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((h->random >> 33) % below);
}

/* ---- what it says ------------------------------------------------------------------------------------------------------ */

static void put(hostile *h, const void *bytes, size_t len) {
  if (h->out_len + len > sizeof h->out) return;
  if (len) memcpy(h->out + h->out_len, bytes, len);
  h->out_len += len;
}

static void put_frame(hostile *h, uint8_t type, uint8_t flags, uint32_t stream, const void *payload,
                      size_t len) {
  uint8_t head[9] = {
      (uint8_t)(len >> 16),    (uint8_t)(len >> 8),     (uint8_t)len,           type,           flags,
      (uint8_t)(stream >> 24), (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};
  put(h, head, sizeof head);
  put(h, payload, len);
}

static void put_noise(hostile *h, size_t len) {
  uint8_t noise[256];
  for (size_t i = 0; i < len; i++) noise[i] = (uint8_t)draw(h, 256);
  put(h, noise, len);
}

static size_t literal(uint8_t *p, const char *name, const char *value) {
  size_t n = strlen(name), v = strlen(value);
  p[0] = 0;
  p[1] = (uint8_t)n;
  memcpy(p + 2, name, n);
  p[2 + n] = (uint8_t)v;
  memcpy(p + 3 + n, value, v);
  return 3 + n + v;
}

static uint32_t some_stream(hostile *h, hostile_conn *c) {
  if (draw(h, 16) == 0) return draw(h, 3) ? draw(h, 1000) : 0x7fffffff;
  return c->last_stream ? 1 + 2 * draw(h, (c->last_stream + 1) / 2) : 1;
}

static void say_request(hostile *h, hostile_conn *c) {
  static const char *const paths[] = {"/test.Echo/Unary", "/test.Echo/Sum", "/test.Echo/Count",
                                      "/test.Echo/Chat", "/test.Echo/Missing"};
  uint8_t block[400] = {0x83, 0x86};
  size_t n = 2;
  n += literal(block + n, ":path", paths[draw(h, 5)]);
  n += literal(block + n, "content-type", draw(h, 8) ? "application/grpc" : "text/html");
  n += literal(block + n, "te", "trailers");
  if (draw(h, 4) == 0) n += literal(block + n, "grpc-timeout", draw(h, 2) ? "20m" : "x");
  if (draw(h, 4) == 0) n += literal(block + n, "grpc-encoding", draw(h, 2) ? "gzip" : "identity");
  if (draw(h, 4) == 0) n += literal(block + n, "x-bin", draw(h, 2) ? "AQID" : "?");
  if (draw(h, 8)) c->last_stream += c->last_stream ? 2 : 1;
  put_frame(h, 1, (uint8_t)(4 | draw(h, 2)), c->last_stream, block, n);
}

static void say_response(hostile *h, hostile_conn *c) {
  uint8_t block[200] = {0x88};
  size_t n = draw(h, 8) ? 1 : 0;
  if (draw(h, 2)) {
    n += literal(block + n, "content-type", draw(h, 8) ? "application/grpc" : "text/html");
    put_frame(h, 1, 4, some_stream(h, c), block, n);
  } else {
    char code[12];
    snprintf(code, sizeof code, "%u", (unsigned)draw(h, 20));
    n = draw(h, 4) ? 0 : 1;
    n += literal(block + n, "grpc-status", code);
    put_frame(h, 1, (uint8_t)(4 | (draw(h, 8) != 0)), some_stream(h, c), block, n);
  }
}

static void say_message(hostile *h, hostile_conn *c) {
  uint8_t m[300] = {(uint8_t)(draw(h, 12) == 0)};
  size_t len = draw(h, 256);
  m[3] = (uint8_t)(draw(h, 16) == 0); /* then it is not all here */
  m[4] = (uint8_t)len;
  memset(m + 5, '1', len);
  put_frame(h, 0, (uint8_t)(draw(h, 4) == 0), some_stream(h, c), m, 5 + len);
}

static void say_number(hostile *h, uint8_t type, uint32_t stream) {
  static const uint32_t numbers[] = {0, 1, 8, 100, 65535, 0x7fffffff, 0xffffffff};
  uint32_t v = numbers[draw(h, 7)];
  uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
  put_frame(h, type, 0, stream, b, 4);
}

static void say_setting(hostile *h) {
  static const uint32_t values[] = {0, 1, 100, 4096, 65535, 1 << 20, 0x7fffffff};
  uint32_t v = values[draw(h, 7)];
  uint8_t b[6] = {
      0, (uint8_t)(1 + draw(h, 7)), (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
  put_frame(h, 4, 0, 0, b, 6);
}

static void say_something(hostile *h, hostile_conn *c) {
  uint8_t zeros[64] = {0};
  switch (draw(h, 40)) {
  case 0: put_frame(h, 5, 4, some_stream(h, c), zeros, 8); break; /* PUSH_PROMISE */
  case 1:
    put_frame(h, 9, (uint8_t)draw(h, 8), some_stream(h, c), zeros, draw(h, 20));
    break; /* CONTINUATION */
  case 2: put_frame(h, 1, (uint8_t)draw(h, 64), some_stream(h, c), zeros, draw(h, 40)); break;
  case 3:
    put_frame(h, (uint8_t)draw(h, 256), (uint8_t)draw(h, 256), some_stream(h, c), zeros, draw(h, 64));
    break;
  case 4: put_noise(h, 1 + draw(h, 200)); break;
  case 5: put_frame(h, 7, 0, 0, zeros, 8 + draw(h, 20)); break; /* GOAWAY */
  case 6: put(h, zeros, draw(h, 9)); break;                     /* out of step */
  case 7: put_frame(h, 2, 0, some_stream(h, c), zeros, 4 + draw(h, 2)); break;
  case 8: put_frame(h, 6, (uint8_t)draw(h, 2), 0, zeros, 8); break;
  case 9:
  case 10: say_setting(h); break;
  case 11: put_frame(h, 4, 1, 0, NULL, 0); break;
  case 12:
  case 13:
  case 14: say_number(h, 8, draw(h, 2) ? some_stream(h, c) : 0); break;
  case 15:
  case 16: say_number(h, 3, some_stream(h, c)); break;
  default:
    if (draw(h, 2))
      say_message(h, c);
    else if (h->listener)
      say_response(h, c);
    else
      say_request(h, c);
  }
}

static void say_hello(hostile *h, hostile_conn *c) {
  c->greeted = true;
  if (draw(h, 16) == 0) return;
  if (!h->listener) put(h, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  put_frame(h, 4, 0, 0, NULL, 0);
}

/* ---- connections --------------------------------------------------------------------------------------------------------- */

static void conn_close(hostile_conn *c) {
  weir_timer_stop(c->h->shard, &c->timer);
  weir_sock_close(c->sock);
  c->sock = NULL;
}

static void conn_on_sock(void *arg, weir_sock *sock) {
  hostile_conn *c = arg;
  char in[4096];
  weir_io io = WEIR_IO_OK;
  while (c->reads && io == WEIR_IO_OK) {
    size_t n;
    io = weir_sock_recv(sock, in, sizeof in, &n);
  }
  if (io == WEIR_IO_EOF || io == WEIR_IO_ERROR) c->ticks = 0; /* the next tick is the last */
}

static void client_connect(hostile *h);

static void conn_tick(void *arg) {
  hostile_conn *c = arg;
  hostile *h = c->h;
  size_t n;
  h->out_len = 0;
  if (!c->greeted) say_hello(h, c);
  for (uint32_t i = draw(h, 6); i; i--) say_something(h, c);
  weir_str v = {(char *)h->out, h->out_len};
  if (weir_sock_connected(c->sock) > 0 && h->out_len) (void)weir_sock_sendv(c->sock, &v, 1, &n);
  if (c->ticks && c->ticks--) {
    if (!weir_timer_set(h->shard, &c->timer, weir_shard_now(h->shard) + WEIR_MS(1 + draw(h, 20)))) return;
  }
  conn_close(c);
  if (!h->listener) client_connect(h);
}

static void conn_begin(hostile *h, hostile_conn *c, weir_sock *sock) {
  *c = (hostile_conn){.h = h, .sock = sock, .ticks = 1 + draw(h, MAX_TICKS), .reads = draw(h, 4) != 0};
  c->timer = (weir_timer){.fn = conn_tick, .arg = c};
  if (weir_timer_set(h->shard, &c->timer, weir_shard_now(h->shard) + WEIR_MS(draw(h, 10)))) conn_close(c);
}

static void client_connect(hostile *h) {
  if (h->n_conns == MAX_CONNS) return;
  hostile_conn *c = &h->conns[h->n_conns++];
  weir_sock *sock = weir_sock_connect(h->shard, &h->addr, conn_on_sock, c, NULL);
  if (sock) conn_begin(h, c, sock);
}

static void on_listener(void *arg, weir_sock *listener) {
  hostile *h = arg;
  weir_sock *sock;
  while (weir_sock_accept(listener, h->shard, NULL, NULL, &sock) == WEIR_IO_OK) {
    hostile_conn *c = &h->conns[h->n_conns++ % MAX_CONNS];
    if (c->sock) conn_close(c);
    weir_sock_set_fn(sock, conn_on_sock, c);
    conn_begin(h, c, sock);
    if (c->sock) weir_sock_again(sock);
  }
}

static hostile *hostile_new(weir_loop *l, const char *addr, uint64_t seed) {
  hostile *h = calloc(1, sizeof *h);
  if (!h) return NULL;
  h->shard = weir_loop_shard(l, 0);
  h->random = seed * 31 + 7;
  weir_addr_parse(addr, &h->addr, NULL);
  return h;
}

hostile *hostile_client(weir_loop *l, const char *addr, uint64_t seed) {
  hostile *h = hostile_new(l, addr, seed);
  if (!h) return NULL;
  weir_shard_enter(h->shard);
  client_connect(h);
  weir_shard_leave(h->shard);
  return h;
}

hostile *hostile_server(weir_loop *l, const char *addr, uint64_t seed) {
  hostile *h = hostile_new(l, addr, seed);
  if (!h) return NULL;
  weir_shard_enter(h->shard);
  h->listener = weir_sock_listen(h->shard, &h->addr, false, on_listener, h, NULL);
  weir_shard_leave(h->shard);
  if (h->listener) return h;
  free(h);
  return NULL;
}

void hostile_free(hostile *h) {
  if (!h) return;
  weir_shard_enter(h->shard);
  for (size_t i = 0; i < MAX_CONNS; i++)
    if (h->conns[i].sock) conn_close(&h->conns[i]);
  weir_sock_close(h->listener);
  weir_shard_leave(h->shard);
  free(h);
}
