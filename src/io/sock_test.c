/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The sockets' contract, on the kernel's network and on the simulated one. */
#include "io/io_test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

#define TOTAL 300000u

typedef struct side {
  weir_sock *sock;
  size_t sent, received;
  bool eof, failed, is_echo, half_closed;
  int connected, err;
  weir_addr seen;  /* client: the peer's address; server: its own */
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
  w->loop =
      is_sim ? weir_loop_new_sim(o, hooks) : weir_loop_new(WEIR_OPTS(weir_loop_opts, .hooks = hooks), &e);
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

/* ---- edges -------------------------------------------------------------------------------------------------------- */

/* What a reader that stops at a short read sees of bytes and EOF that come together. */
typedef struct reader {
  weir_loop *loop;
  weir_shard *shard;
  weir_sock *listener, *sock;
  size_t n_bytes, n_calls, n_again;
  bool eof;
} reader;

static void reader_ready(void *arg, weir_sock *s) {
  reader *r = arg;
  char buf[64];
  size_t n = 0;
  r->n_calls++;
  weir_io io = weir_sock_recv(s, buf, sizeof buf, &n);
  if (io == WEIR_IO_OK) r->n_bytes += n;
  if (io == WEIR_IO_EOF) r->eof = true;
  if (r->n_again) r->n_again--, weir_sock_again(s);
}

static void reader_accept(void *arg, weir_sock *s) {
  reader *r = arg;
  weir_sock *got;
  while (weir_sock_accept(s, r->shard, reader_ready, r, &got) == WEIR_IO_OK) r->sock = got;
}

static int reader_open(reader *r, weir_loop *l) {
  weir_addr a;
  weir_error e;
  *r = (reader){.loop = l, .shard = weir_loop_shard(l, 0)};
  assert_int_equal(weir_addr_parse("127.0.0.1:0", &a, &e), WEIR_OK);
  weir_shard_enter(r->shard);
  r->listener = weir_sock_listen(r->shard, &a, false, reader_accept, r, &e);
  assert_non_null(r->listener);
  assert_true(weir_sock_local_addr(r->listener, &a));
  weir_shard_leave(r->shard);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert_int_equal(connect(fd, (const struct sockaddr *)&a.sa, a.len), 0);
  return fd;
}

static void reader_close(reader *r) {
  weir_shard_enter(r->shard);
  weir_sock_close(r->sock);
  weir_sock_close(r->listener);
  weir_shard_leave(r->shard);
  weir_loop_unref(r->loop);
}

static void test_bytes_with_eof(void **state) {
  (void)state;
  reader r;
  int fd = reader_open(&r, weir_loop_new(NULL, NULL));
  assert_int_equal(write(fd, "hello", 5), 5);
  close(fd);
  while (!r.eof) assert_int_equal(weir_loop_run(r.loop, WEIR_SECONDS(5)), WEIR_OK);
  assert_int_equal(r.n_bytes, 5);
  reader_close(&r);
}

static void test_again(void **state) {
  (void)state;
  reader r;
  int fd = reader_open(&r, weir_loop_new(NULL, NULL));
  while (!r.sock) weir_loop_run(r.loop, WEIR_SECONDS(5));
  while (weir_loop_run(r.loop, WEIR_MS(20)) == WEIR_OK) {}
  size_t calls = r.n_calls;
  r.n_again = 3;
  weir_shard_enter(r.shard);
  weir_sock_again(r.sock);
  weir_sock_again(r.sock);
  weir_shard_leave(r.shard);
  for (size_t i = 1; i <= 4; i++) {
    assert_int_equal(weir_loop_run(r.loop, 0), WEIR_OK);
    assert_int_equal(r.n_calls, calls + i);
  }
  assert_int_equal(weir_loop_run(r.loop, 0), WEIR_DEADLINE_EXCEEDED);
  close(fd);
  reader_close(&r);
}

/* Neither end of a connection that the peer has reset raises SIGPIPE, and what is said is why. */
static void test_send_to_nobody(void **state) {
  (void)state;
  reader r;
  int fd = reader_open(&r, weir_loop_new(NULL, NULL));
  while (!r.sock) weir_loop_run(r.loop, WEIR_SECONDS(5));
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
  close(fd);
  weir_shard_enter(r.shard);
  weir_io io = WEIR_IO_OK;
  for (int i = 0; i < 2; i++) { /* the second is what SIGPIPE is for */
    size_t n;
    io = weir_sock_sendv(r.sock, (weir_str[]){{"x", 1}, {"y", 1}}, 2, &n);
    if (i == 0) assert_int_equal(weir_sock_errno(r.sock), ECONNRESET);
  }
  assert_int_equal(io, WEIR_IO_ERROR);
  assert_int_equal(weir_sock_errno(r.sock), EPIPE);
  weir_shard_leave(r.shard);
  reader_close(&r);
}

/* Out of descriptors, a listener neither spins nor forgets who waits. */
static void test_no_descriptors(void **state) {
  (void)state;
  reader r;
  weir_loop *l = weir_loop_new(NULL, NULL);
  struct rlimit old, low;
  getrlimit(RLIMIT_NOFILE, &old);
  int fd = reader_open(&r, l), spare = dup(fd);
  low = (struct rlimit){(rlim_t)spare, old.rlim_max};
  close(spare);
  setrlimit(RLIMIT_NOFILE, &low);
  int n_turns = 0;
  weir_io_nanos start = weir_clock_now();
  while (weir_clock_now() - start < WEIR_MS(250)) weir_loop_run(l, WEIR_MS(50)), n_turns++;
  assert_null(r.sock);
  assert_true(n_turns < 20);
  setrlimit(RLIMIT_NOFILE, &old);
  while (!r.sock) assert_int_equal(weir_loop_run(l, WEIR_SECONDS(5)), WEIR_OK);
  close(fd);
  reader_close(&r);
}

/* ---- unix files ---------------------------------------------------------------------------------------------------- */

static weir_sock *unix_listen(weir_shard *s, const char *path, weir_error *e) {
  weir_addr a;
  char text[128];
  snprintf(text, sizeof text, "unix:%s", path);
  assert_int_equal(weir_addr_parse(text, &a, e), WEIR_OK);
  return weir_sock_listen(s, &a, false, NULL, NULL, e);
}

static void test_unix_files(void **state) {
  (void)state;
  char path[64];
  snprintf(path, sizeof path, "/tmp/weir-sock-test-file-%d", (int)getpid());
  weir_loop *l = weir_loop_new(NULL, NULL);
  weir_shard *s = weir_loop_shard(l, 0);
  weir_error e = {0};
  weir_shard_enter(s);

  weir_sock *one = unix_listen(s, path, &e);
  assert_non_null(one);
  assert_null(unix_listen(s, path, &e)); /* somebody answers there */
  assert_int_equal(e.sys, EADDRINUSE);

  int copy = dup(one->watch.fd); /* as a process that ended without a word leaves it */
  unlink(path);
  weir_sock *two = unix_listen(s, path, &e);
  assert_non_null(two);
  weir_sock_close(one); /* the file is not its own any more */
  assert_int_equal(access(path, F_OK), 0);
  weir_sock_close(two);
  assert_int_not_equal(access(path, F_OK), 0);
  close(copy);

  struct sockaddr_un un = {.sun_family = AF_UNIX};
  memcpy(un.sun_path, path, strlen(path));
  int dead = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(dead, (const struct sockaddr *)&un, sizeof un), 0);
  close(dead); /* stale: the file is there, nobody listens */
  one = unix_listen(s, path, &e);
  assert_non_null(one);
  weir_sock_close(one);

  int plain = open(path, O_CREAT | O_WRONLY, 0600);
  close(plain);
  assert_null(unix_listen(s, path, &e)); /* not a socket: not ours to remove */
  assert_int_equal(e.sys, EADDRINUSE);
  assert_int_equal(unlink(path), 0);
  weir_shard_leave(s);
  weir_loop_unref(l);
}

static void test_close_on_exec(void **state) {
  (void)state;
  bool before[256];
  for (int fd = 0; fd < 256; fd++) before[fd] = fcntl(fd, F_GETFD) >= 0;
  weir_loop *l = weir_loop_new(NULL, NULL),
            *threads = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = 1), NULL);
  weir_queue *q = weir_queue_new(l, NULL);
  assert_true(weir_loop_fd(l) >= 0);
  reader r;
  int own = reader_open(&r, l), n = 0;
  while (!r.sock) weir_loop_run(l, WEIR_SECONDS(5));
  for (int fd = 3; fd < 256; fd++) {
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0 || fd == own || before[fd]) continue;
    n++;
    assert_true(flags & FD_CLOEXEC);
  }
  assert_true(n >= 6);
  close(own);
  weir_queue_free(q);
  weir_loop_unref(threads);
  reader_close(&r);
}

/* ---- shards ------------------------------------------------------------------------------------------------------------ */

typedef struct handed {
  weir_loop *loop;
  atomic_int n_accepted, n_echoed;
} handed;

static void handed_ready(void *arg, weir_sock *s) {
  handed *h = arg;
  char buf[16];
  size_t n = 0, sent;
  assert_true(weir_self_.leading == s->shard);
  if (weir_sock_recv(s, buf, sizeof buf, &n) != WEIR_IO_OK) return;
  weir_sock_sendv(s, &(weir_str){buf, n}, 1, &sent);
  atomic_fetch_add(&h->n_echoed, 1);
}

static void handed_accept(void *arg, weir_sock *listener) {
  handed *h = arg;
  for (weir_io io = WEIR_IO_OK; io == WEIR_IO_OK;) {
    weir_shard *on = weir_loop_shard(h->loop, (size_t)atomic_load(&h->n_accepted) % 3);
    weir_sock *s;
    if (on != listener->shard) weir_shard_enter(on);
    io = weir_sock_accept(listener, on, handed_ready, h, &s);
    if (on != listener->shard) weir_shard_leave(on);
    if (io == WEIR_IO_OK) atomic_fetch_add(&h->n_accepted, 1);
  }
}

static void test_accept_onto_other_shards(void **state) {
  (void)state;
  handed h = {.loop = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = 3), NULL)};
  weir_shard *s = weir_loop_shard(h.loop, 0);
  weir_addr a;
  weir_error e;
  weir_addr_parse("127.0.0.1:0", &a, &e);
  weir_shard_enter(s);
  weir_sock *listener = weir_sock_listen(s, &a, true, handed_accept, &h, &e);
  assert_non_null(listener);
  weir_sock_local_addr(listener, &a);
  weir_shard_leave(s);
  for (int i = 0; i < 12; i++) {
    char c;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&a.sa, a.len), 0);
    assert_int_equal(write(fd, "x", 1), 1);
    assert_int_equal(read(fd, &c, 1), 1);
    close(fd);
  }
  for (size_t i = 0; i < 3; i++) { /* what answered has returned */
    weir_shard_enter(weir_loop_shard(h.loop, i));
    weir_shard_leave(weir_loop_shard(h.loop, i));
  }
  assert_int_equal(h.n_accepted, 12);
  assert_int_equal(h.n_echoed, 12);
  weir_loop_unref(h.loop); /* closes them all */
}

/* A private loop: the caller connects and leaves; what comes later is answered although nobody calls. */
typedef struct lonely {
  weir_shard *shard;
  weir_waiter waiter;
  atomic_int n_bytes;
} lonely;

static void lonely_ready(void *arg, weir_sock *s) {
  lonely *l = arg;
  char buf[16];
  size_t n = 0;
  if (weir_sock_connected(s)) weir_waiter_wake(l->shard, &l->waiter);
  if (weir_sock_recv(s, buf, sizeof buf, &n) == WEIR_IO_OK) atomic_fetch_add(&l->n_bytes, (int)n);
}

static void test_private_loop_is_awake(void **state) {
  (void)state;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  weir_addr a;
  weir_error e;
  weir_addr_parse("127.0.0.1:0", &a, &e);
  assert_int_equal(bind(fd, (const struct sockaddr *)&a.sa, a.len), 0);
  assert_int_equal(listen(fd, 1), 0);
  a.len = sizeof a.sa;
  assert_int_equal(getsockname(fd, (struct sockaddr *)&a.sa, &a.len), 0);
  weir_loop *l = weir_loop_new_private(&e);
  lonely lone = {.shard = weir_loop_shard(l, 0)};
  weir_shard_enter(lone.shard);
  assert_non_null(weir_sock_connect(lone.shard, &a, lonely_ready, &lone, &e));
  weir_shard_wait(lone.shard, &lone.waiter);
  weir_shard_leave(lone.shard);
  int peer = accept(fd, NULL, NULL);
  for (int i = 1; i <= 3; i++) {
    assert_int_equal(write(peer, "x", 1), 1);
    for (int k = 0; k < 5000 && lone.n_bytes < i; k++) nanosleep(&(struct timespec){0, 1000000}, NULL);
    assert_int_equal(lone.n_bytes, i);
  }
  close(peer);
  close(fd);
  weir_loop_unref(l);
}

/* ---- the steady state ------------------------------------------------------------------------------------------------------ */

typedef struct ping {
  weir_shard *shard;
  weir_sock *listener, *client, *server;
  weir_due due;
  weir_task flush;
  weir_timer timer;
  int left;
} ping;

static void ping_send(weir_sock *s) {
  size_t n;
  assert_int_equal(weir_sock_sendv(s, &(weir_str){"ping", 4}, 1, &n), WEIR_IO_OK);
}

static void ping_flush(void *arg) { ping_send(((ping *)arg)->client); }
static void ping_nothing(void *arg) { (void)arg; }

/* As a connection does: a callback is due, it queues the answer, which leaves at the end of the turn. */
static void ping_fn(void *arg, weir_call *call, weir_code code) {
  ping *p = arg;
  (void)call, (void)code;
  weir_shard_enter(p->shard);
  weir_timer_set(p->shard, &p->timer, weir_shard_now(p->shard) + WEIR_SECONDS(20));
  weir_shard_at_end(p->shard, &p->flush);
  weir_shard_leave(p->shard);
}

static void ping_client(void *arg, weir_sock *s) {
  ping *p = arg;
  char buf[64];
  size_t n;
  bool begin = p->left == 0 && weir_sock_connected(s) > 0;
  if (begin) p->left = 1000;
  if (begin || (weir_sock_recv(s, buf, sizeof buf, &n) == WEIR_IO_OK && --p->left > 1))
    weir_shard_call_back(p->shard, &p->due);
}

static void ping_server(void *arg, weir_sock *s) {
  char buf[64];
  size_t n;
  (void)arg;
  if (weir_sock_recv(s, buf, sizeof buf, &n) == WEIR_IO_OK) ping_send(s);
}

static void ping_accept(void *arg, weir_sock *s) {
  ping *p = arg;
  weir_sock_accept(s, p->shard, ping_server, p, &p->server);
}

static void test_no_allocation_per_turn(void **state) {
  (void)state;
  test_heap heap = {.fail_at = 0};
  weir_hooks hooks = test_heap_hooks(&heap);
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .hooks = &hooks), NULL);
  ping p = {.shard = weir_loop_shard(l, 0)};
  weir_addr a;
  p.due = (weir_due){.fn = ping_fn, .arg = &p};
  p.flush = (weir_task){.fn = ping_flush, .arg = &p};
  p.timer = (weir_timer){.fn = ping_nothing};
  weir_addr_parse("127.0.0.1:0", &a, NULL);
  weir_shard_enter(p.shard);
  p.listener = weir_sock_listen(p.shard, &a, false, ping_accept, &p, NULL);
  weir_sock_local_addr(p.listener, &a);
  p.client = weir_sock_connect(p.shard, &a, ping_client, &p, NULL);
  weir_shard_leave(p.shard);
  while (p.left == 0 || p.left > 990) assert_int_equal(weir_loop_run(l, WEIR_SECONDS(5)), WEIR_OK);
  size_t before = heap.n_allocs;
  while (p.left > 1) assert_int_equal(weir_loop_run(l, WEIR_SECONDS(5)), WEIR_OK);
  assert_int_equal(heap.n_allocs, before);
  weir_loop_unref(l);
  assert_int_equal(heap.n_live, 0);
}

/* ---- no memory ------------------------------------------------------------------------------------------------------------ */

/* Fails each allocation in turn. True once there was none left to fail. */
static bool run_without_memory(bool is_sim, size_t fail_at) {
  test_heap heap = {.fail_at = fail_at};
  weir_hooks hooks = test_heap_hooks(&heap);
  weir_sim_opts o = {.seed = fail_at};
  world w;
  world_open(&w, is_sim, &o, &hooks);
  if (w.loop) {
    weir_addr a, at;
    weir_error e = {0};
    assert_int_equal(weir_addr_parse("127.0.0.1:0", &a, &e), WEIR_OK);
    weir_shard_enter(w.shard);
    w.listener = weir_sock_listen(w.shard, &a, false, listener_ready, &w, &e);
    if (w.listener && weir_sock_local_addr(w.listener, &at))
      w.client.sock = weir_sock_connect(w.shard, &at, client_ready, &w, &e);
    if (!w.client.sock) assert_int_equal(e.code, WEIR_RESOURCE_EXHAUSTED);
    weir_shard_leave(w.shard);
    if (w.client.sock) test_run_until(w.loop, &w.done); /* a listener without memory tries again */
    world_close(&w);
  }
  assert_int_equal(heap.n_live, 0);
  return heap.n_allocs < fail_at;
}

static void test_no_memory(void **state) {
  (void)state;
  for (int is_sim = 0; is_sim < 2; is_sim++) {
    size_t fail_at = 1;
    while (!run_without_memory(is_sim, fail_at)) fail_at++;
    assert_true(fail_at > 5);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_echo_tcp),
      cmocka_unit_test(test_echo_ipv6_or_any),
      cmocka_unit_test(test_echo_unix),
      cmocka_unit_test(test_echo_sim),
      cmocka_unit_test(test_connect_refused),
      cmocka_unit_test(test_address_in_use),
      cmocka_unit_test(test_bytes_with_eof),
      cmocka_unit_test(test_again),
      cmocka_unit_test(test_send_to_nobody),
      cmocka_unit_test(test_no_descriptors),
      cmocka_unit_test(test_unix_files),
      cmocka_unit_test(test_close_on_exec),
      cmocka_unit_test(test_accept_onto_other_shards),
      cmocka_unit_test(test_private_loop_is_awake),
      cmocka_unit_test(test_no_allocation_per_turn),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
