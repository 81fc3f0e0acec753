/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The sockets' contract, on the kernel's network and on the simulated one. */
#include "io/io_test.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define TOTAL 300000u

typedef struct side {
  weir_sock *sock;
  size_t sent, received;
  bool eof, failed, is_echo, half_closed;
  int connected, err;
  weir_addr seen; /* client: the peer's address; server: its own */
  char keep[8192]; /* an echo's bytes that were not sent yet */
  size_t kept_at, kept;
} side;

typedef struct world {
  weir_loop *loop;
  weir_shard *shard;
  weir_sock *listener;
  side client, server;
  bool accepted, done, is_sim;
} world;

static char pattern(size_t i) { return (char)(i * 131 + i / 251); }

static bool side_failed(side *s, weir_io io) {
  if (io == WEIR_IO_ERROR) s->failed = true, s->err = weir_sock_errno(s->sock);
  return io == WEIR_IO_ERROR;
}

/* Sends what is kept; false if it would block. */
static bool echo_send(side *s) {
  while (s->kept_at < s->kept) {
    weir_str v[2] = {{s->keep + s->kept_at, (s->kept - s->kept_at + 1) / 2}, {NULL, 0}};
    v[1] = (weir_str){v[0].data + v[0].len, s->kept - s->kept_at - v[0].len};
    size_t n = 0;
    weir_io io = weir_sock_sendv(s->sock, v, 2, &n);
    if (side_failed(s, io) || io == WEIR_IO_AGAIN) return false;
    s->kept_at += n;
    s->sent += n;
  }
  s->kept = s->kept_at = 0;
  return true;
}

static void echo_ready(void *arg, weir_sock *sock) {
  world *w = arg;
  side *s = &w->server;
  while (!s->eof && !s->failed && echo_send(s)) {
    size_t n = 0;
    weir_io io = weir_sock_recv(sock, s->keep, sizeof s->keep, &n);
    if (side_failed(s, io) || io == WEIR_IO_AGAIN) break;
    if (io == WEIR_IO_EOF) {
      s->eof = true;
      weir_sock_shutdown(sock);
      break;
    }
    s->received += n;
    s->kept = n;
    if (n < sizeof s->keep) { /* a short read: nothing is left for now */
      echo_send(s);
      break;
    }
  }
}

static void client_send(side *s) {
  char buf[16384];
  while (s->sent < TOTAL) {
    size_t want = TOTAL - s->sent < sizeof buf ? TOTAL - s->sent : sizeof buf, n = 0;
    for (size_t i = 0; i < want; i++) buf[i] = pattern(s->sent + i);
    weir_io io = weir_sock_sendv(s->sock, &(weir_str){buf, want}, 1, &n);
    if (side_failed(s, io) || io == WEIR_IO_AGAIN) return;
    assert_true(n > 0 && n <= want);
    s->sent += n;
  }
  if (!s->half_closed) weir_sock_shutdown(s->sock);
  s->half_closed = true;
}

static void client_recv(side *s) {
  char buf[4096];
  for (;;) {
    size_t n = 0;
    weir_io io = weir_sock_recv(s->sock, buf, sizeof buf, &n);
    if (side_failed(s, io) || io == WEIR_IO_AGAIN) return;
    if (io == WEIR_IO_EOF) {
      s->eof = true;
      return;
    }
    for (size_t i = 0; i < n; i++) assert_true(buf[i] == pattern(s->received + i));
    s->received += n;
    if (n < sizeof buf) return;
  }
}

static void client_ready(void *arg, weir_sock *sock) {
  world *w = arg;
  side *s = &w->client;
  if (s->connected == 0 && weir_sock_connected(sock) > 0) assert_true(weir_sock_peer_addr(sock, &s->seen));
  s->connected = weir_sock_connected(sock);
  if (s->connected < 0) {
    s->failed = true;
    s->err = weir_sock_errno(sock);
  } else if (s->connected > 0 && !s->eof && !s->failed) {
    client_send(s);
    client_recv(s);
  }
  w->done = s->failed || s->eof;
}

static void listener_ready(void *arg, weir_sock *sock) {
  world *w = arg;
  weir_sock *s;
  while (weir_sock_accept(sock, w->shard, echo_ready, w, &s) == WEIR_IO_OK) {
    assert_false(w->accepted);
    w->accepted = true;
    assert_true(weir_sock_local_addr(s, &w->server.seen));
    w->server.sock = s;
  }
}

static void world_open(world *w, bool is_sim, const weir_sim_opts *o, const weir_hooks *hooks) {
  memset(w, 0, sizeof *w);
  weir_error e;
  w->is_sim = is_sim;
  w->loop = is_sim ? weir_loop_new_sim(o, hooks)
                   : weir_loop_new(WEIR_OPTS(weir_loop_opts, .hooks = hooks), &e);
  if (w->loop) w->shard = weir_loop_shard(w->loop, 0);
}

static void world_close(world *w) {
  weir_shard_enter(w->shard);
  weir_sock_close(w->client.sock);
  weir_sock_close(w->server.sock);
  weir_sock_close(w->listener);
  weir_shard_leave(w->shard);
  weir_loop_unref(w->loop);
}

/* Listens at `text`, connects to where it listens. Lock held. */
static void world_connect(world *w, const char *text) {
  weir_addr a, at;
  weir_error e;
  assert_int_equal(weir_addr_parse(text, &a, &e), WEIR_OK);
  w->listener = weir_sock_listen(w->shard, &a, false, listener_ready, w, &e);
  if (!w->listener) fail_msg("%s", e.msg);
  assert_true(weir_sock_local_addr(w->listener, &at));
  w->client.sock = weir_sock_connect(w->shard, &at, client_ready, w, &e);
  if (!w->client.sock) fail_msg("%s", e.msg);
}

static void check_echo(bool is_sim, const weir_sim_opts *o, const char *addr) {
  world w;
  world_open(&w, is_sim, o, NULL);
  weir_shard_enter(w.shard);
  world_connect(&w, addr);
  weir_shard_leave(w.shard);
  test_run_until(w.loop, &w.done);
  assert_true(w.client.eof && w.server.eof && !w.client.failed);
  assert_int_equal(w.client.sent, TOTAL);
  assert_int_equal(w.client.received, TOTAL);
  assert_int_equal(w.server.received, TOTAL);
  char a[128], b[128];
  weir_addr_format(&w.client.seen, a, sizeof a);
  weir_addr_format(&w.server.seen, b, sizeof b);
  assert_string_equal(a, b);
  world_close(&w);
}

static void test_echo_tcp(void **state) {
  (void)state;
  check_echo(false, NULL, "127.0.0.1:0");
}

static void test_echo_ipv6_or_any(void **state) {
  (void)state;
  check_echo(false, NULL, "[::]:0");
}

static void test_echo_unix(void **state) {
  (void)state;
  char addr[80], path[64];
  snprintf(path, sizeof path, "/tmp/weir-sock-test-%d", (int)getpid());
  snprintf(addr, sizeof addr, "unix:%s", path);
  check_echo(false, NULL, addr);
  assert_int_not_equal(access(path, F_OK), 0); /* the listener's file is gone */
}

static void test_echo_sim(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 20; seed++) {
    weir_sim_opts o = {.seed = seed, .partial_1_in = (uint32_t)(seed % 4)};
    check_echo(true, &o, "127.0.0.1:0");
    check_echo(true, &o, "unix:/tmp/nowhere");
  }
}

static void test_connect_refused(void **state) {
  (void)state;
  world w;
  world_open(&w, false, NULL, NULL);
  weir_shard_enter(w.shard);
  world_connect(&w, "127.0.0.1:0");
  weir_addr at;
  weir_error e;
  assert_true(weir_sock_local_addr(w.listener, &at));
  weir_sock_close(w.listener);
  weir_sock_close(w.client.sock);
  w.listener = NULL;
  w.client.sock = weir_sock_connect(w.shard, &at, client_ready, &w, &e);
  weir_shard_leave(w.shard);
  if (w.client.sock) {
    test_run_until(w.loop, &w.done);
    assert_true(w.client.failed);
    assert_int_equal(w.client.err, ECONNREFUSED);
  } else {
    assert_int_equal(e.sys, ECONNREFUSED);
  }
  world_close(&w);
}

static void test_address_in_use(void **state) {
  (void)state;
  world w;
  world_open(&w, false, NULL, NULL);
  weir_shard_enter(w.shard);
  world_connect(&w, "127.0.0.1:0");
  weir_addr at;
  weir_error e;
  assert_true(weir_sock_local_addr(w.listener, &at));
  assert_null(weir_sock_listen(w.shard, &at, false, listener_ready, &w, &e));
  assert_int_equal(e.code, WEIR_UNAVAILABLE);
  assert_int_equal(e.sys, EADDRINUSE);
  assert_non_null(strstr(e.msg, "listen on ipv4:127.0.0.1:"));
  weir_shard_leave(w.shard);
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_echo_tcp),        cmocka_unit_test(test_echo_ipv6_or_any),
      cmocka_unit_test(test_echo_unix),       cmocka_unit_test(test_echo_sim),
          cmocka_unit_test(test_connect_refused),
      cmocka_unit_test(test_address_in_use),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
