/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* What only the simulated network does: misfortune, and the same again from the same seed. */
#include "base/map.h"
#include "io/io_test.h"

#include <errno.h>
#include <stdio.h>

#define TOTAL 20000u

typedef struct story {
  weir_loop *loop;
  weir_shard *shard;
  weir_sock *listener, *client, *server;
  size_t sent, received;
  bool client_over, server_over;
  int err;
  uint64_t hash; /* of everything that was seen, in order */
  size_t n_events;
} story;

static void story_note(story *t, char what, uint64_t detail) {
  uint64_t v[] = {t->hash, (uint64_t)what, detail, (uint64_t)weir_shard_now(t->shard)};
  t->hash = (uint64_t)weir_hash(v, sizeof v, 1) << 32 | weir_hash(v, sizeof v, 2);
  t->n_events++;
}

static bool story_over(story *t, char who, weir_io io, weir_sock *s, bool *over) {
  if (io == WEIR_IO_ERROR) t->err = weir_sock_errno(s);
  if (io == WEIR_IO_ERROR || io == WEIR_IO_EOF) {
    story_note(t, who, io == WEIR_IO_EOF ? 1 : 2);
    *over = true;
  }
  return io != WEIR_IO_OK;
}

static void server_ready(void *arg, weir_sock *s) {
  story *t = arg;
  char buf[1500];
  while (!t->server_over) {
    size_t n = 0;
    weir_io io = weir_sock_recv(s, buf, sizeof buf, &n);
    if (story_over(t, 's', io, s, &t->server_over)) break;
    for (size_t i = 0; i < n; i++) assert_int_equal((unsigned char)buf[i], (t->received + i) & 0xff);
    t->received += n;
    story_note(t, 'r', n);
    if (n < sizeof buf) break;
  }
}

static void client_ready(void *arg, weir_sock *s) {
  story *t = arg;
  int connected = weir_sock_connected(s);
  if (connected < 0) t->err = weir_sock_errno(s), t->client_over = true, story_note(t, 'x', 0);
  while (connected > 0 && !t->client_over) {
    char buf[3000];
    for (size_t i = 0; i < sizeof buf; i++) buf[i] = (char)(unsigned char)((t->sent + i) & 0xff);
    size_t n = 0, want = TOTAL - t->sent < sizeof buf ? TOTAL - t->sent : sizeof buf;
    if (!want) {
      t->client_over = true;
      weir_sock_shutdown(s);
      break;
    }
    weir_str v[] = {{buf, want / 3}, {buf + want / 3, 0}, {buf + want / 3, want - want / 3}};
    weir_io io = weir_sock_sendv(s, v, 3, &n);
    if (story_over(t, 'c', io, s, &t->client_over)) break;
    t->sent += n;
    story_note(t, 'w', n);
  }
}

static void listener_ready(void *arg, weir_sock *s) {
  story *t = arg;
  while (weir_sock_accept(s, t->shard, server_ready, t, &t->server) == WEIR_IO_OK) story_note(t, 'a', 0);
}

static void on_names(void *arg, const weir_addr *addrs, size_t n, const weir_error *why) {
  story *t = arg;
  weir_error e;
  assert_int_equal(n, 1);
  assert_null(why);
  story_note(t, 'n', n);
  t->client = weir_sock_connect(t->shard, &addrs[0], client_ready, t, &e);
  assert_non_null(t->client);
}

/* Looks a name up, connects, sends; plays to the end of all things. */
static story play(const weir_sim_opts *o) {
  story t = {0};
  weir_addr a;
  weir_error e;
  t.loop = weir_loop_new_sim(o, NULL);
  assert_non_null(t.loop);
  t.shard = weir_loop_shard(t.loop, 0);
  weir_shard_enter(t.shard);
  assert_int_equal(weir_addr_parse("127.0.0.1:50051", &a, &e), WEIR_OK);
  t.listener = weir_sock_listen(t.shard, &a, false, listener_ready, &t, &e);
  assert_non_null(t.listener);
  assert_non_null(weir_lookup_start(t.shard, "greeter.example", 50051, on_names, &t));
  weir_shard_leave(t.shard);
  assert_int_equal(weir_loop_run(t.loop, -1), WEIR_DEADLINE_EXCEEDED);
  weir_shard_enter(t.shard);
  assert_int_equal(weir_sim_open_sockets(t.loop), 1 + (t.client != NULL) + (t.server != NULL));
  weir_sock_close(t.client);
  weir_sock_close(t.server);
  weir_sock_close(t.listener);
  weir_shard_leave(t.shard);
  assert_int_equal(weir_loop_run(t.loop, -1), WEIR_DEADLINE_EXCEEDED);
  assert_int_equal(weir_sim_open_sockets(t.loop), 0);
  weir_loop_unref(t.loop);
  return t;
}

static void test_fair_weather(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 50; seed++) {
    story t = play(&(weir_sim_opts){.seed = seed, .max_delay_us = 100, .partial_1_in = seed % 2 ? 3 : 0});
    assert_int_equal(t.received, TOTAL);
    assert_true(t.server_over && t.client_over && !t.err);
  }
}

static void test_same_seed_same_story(void **state) {
  (void)state;
  size_t n_err = 0, n_refused = 0, n_stuck = 0, n_same = 0;
  uint64_t before = 0;
  for (uint64_t seed = 0; seed < 1000; seed++) {
    weir_sim_opts o = {
        .seed = seed, .partial_1_in = 4, .reset_1_in = 60, .half_open_1_in = 80, .refuse_1_in = 20};
    story a = play(&o), b = play(&o);
    assert_true(a.hash == b.hash && a.n_events == b.n_events && a.received == b.received);
    n_refused += a.err == ECONNREFUSED;
    n_err += a.err == ECONNRESET;
    n_stuck += !a.err && a.received < TOTAL;
    n_same += a.hash == before;
    before = a.hash;
  }
  assert_true(n_err > 100 && n_refused > 10 && n_stuck > 50 && n_same < 5);
}

static void test_nobody_listens(void **state) {
  (void)state;
  story t = {0};
  weir_addr a;
  weir_error e;
  t.loop = weir_loop_new_sim(NULL, NULL);
  t.shard = weir_loop_shard(t.loop, 0);
  weir_addr_parse("127.0.0.1:1", &a, &e);
  weir_shard_enter(t.shard);
  t.client = weir_sock_connect(t.shard, &a, client_ready, &t, &e);
  assert_int_equal(weir_sock_connected(t.client), 0);
  weir_shard_leave(t.shard);
  weir_loop_run(t.loop, -1);
  assert_int_equal(t.err, ECONNREFUSED);
  assert_int_equal(weir_sock_connected(t.client), -1);
  weir_loop_unref(t.loop); /* closes what is left */
}

/* A sender whose reader does not read stops at the window, and goes on when it reads. */
static void reader_sleeps(void *arg, weir_sock *s) { (void)arg, (void)s; }

static void listener_sleepy(void *arg, weir_sock *s) {
  story *t = arg;
  assert_int_equal(weir_sock_accept(s, t->shard, reader_sleeps, t, &t->server), WEIR_IO_OK);
}

static void sender_ready(void *arg, weir_sock *s) {
  story *t = arg;
  static const char zeros[10000];
  size_t n;
  weir_io io = WEIR_IO_AGAIN;
  while (weir_sock_connected(s) > 0 &&
         (io = weir_sock_sendv(s, &(weir_str){zeros, sizeof zeros}, 1, &n)) == WEIR_IO_OK)
    t->sent += n;
  if (io == WEIR_IO_ERROR) t->err = weir_sock_errno(s), t->client_over = true;
}

static void test_back_pressure(void **state) {
  (void)state;
  story t = {0};
  weir_addr a;
  weir_error e;
  t.loop = weir_loop_new_sim(&(weir_sim_opts){.seed = 3}, NULL);
  t.shard = weir_loop_shard(t.loop, 0);
  weir_addr_parse("unix:/somewhere", &a, &e);
  weir_shard_enter(t.shard);
  t.listener = weir_sock_listen(t.shard, &a, false, listener_sleepy, &t, &e);
  assert_null(weir_sock_listen(t.shard, &a, false, listener_sleepy, &t, &e));
  assert_int_equal(e.sys, EADDRINUSE);
  t.client = weir_sock_connect(t.shard, &a, sender_ready, &t, &e);
  weir_shard_leave(t.shard);
  weir_loop_run(t.loop, -1);
  assert_int_equal(t.sent, 65536);
  char buf[40000];
  size_t n = 0;
  weir_shard_enter(t.shard);
  assert_int_equal(weir_sock_recv(t.server, buf, sizeof buf, &n), WEIR_IO_OK);
  assert_int_equal(n, sizeof buf);
  weir_shard_leave(t.shard);
  weir_loop_run(t.loop, -1);
  assert_int_equal(t.sent, 65536 + sizeof buf);
  weir_shard_enter(t.shard);
  weir_sock_close(t.server); /* with unread bytes: a reset */
  weir_shard_leave(t.shard);
  weir_loop_run(t.loop, -1);
  assert_true(t.client_over);
  assert_int_equal(t.err, ECONNRESET);
  weir_loop_unref(t.loop);
}

/* ---- a reply that comes in pieces, on a connection that stays open -------------------------------------------- */

typedef struct pieces {
  weir_shard *shard;
  size_t got, rounds;
} pieces;

static void pieces_send(weir_sock *s) {
  static const char bytes[100];
  for (size_t at = 0, n; at < sizeof bytes; at += n)
    assert_int_equal(weir_sock_sendv(s, &(weir_str){bytes + at, sizeof bytes - at}, 1, &n), WEIR_IO_OK);
}

static void pieces_server(void *arg, weir_sock *s) {
  char buf[1000];
  size_t n, *got = &((pieces *)arg)->got;
  if (weir_sock_recv(s, buf, sizeof buf, &n) != WEIR_IO_OK) return;
  if ((*got += n) < 100) return;
  *got = 0;
  pieces_send(s);
}

static void pieces_accept(void *arg, weir_sock *s) {
  pieces *two = arg;
  weir_sock *got;
  weir_sock_accept(s, two->shard, pieces_server, &two[1], &got);
}

static void pieces_client(void *arg, weir_sock *s) {
  pieces *p = arg;
  char buf[1000];
  size_t n;
  if (p->rounds == 0 && weir_sock_connected(s) == 1) p->got = 100;
  if (weir_sock_recv(s, buf, sizeof buf, &n) == WEIR_IO_OK) p->got += n;
  if (p->got != 100) return;
  p->got = 0;
  if (p->rounds++ < 100) pieces_send(s);
}

static void test_pieces(void **state) {
  (void)state;
  weir_loop *l = weir_loop_new_sim(&(weir_sim_opts){.seed = 5, .partial_1_in = 2}, NULL);
  pieces two[2] = {{.shard = weir_loop_shard(l, 0)}};
  weir_addr a;
  weir_addr_parse("[::1]:7", &a, NULL);
  weir_shard_enter(two->shard);
  assert_non_null(weir_sock_listen(two->shard, &a, false, pieces_accept, two, NULL));
  assert_non_null(weir_sock_connect(two->shard, &a, pieces_client, two, NULL));
  weir_shard_leave(two->shard);
  assert_int_equal(weir_loop_run(l, -1), WEIR_DEADLINE_EXCEEDED);
  assert_int_equal(two->rounds, 101);
  weir_loop_unref(l);
}

typedef struct blocked {
  weir_shard *shard;
  weir_waiter waiter;
  weir_task task;
  weir_timer timer;
  bool ran;
} blocked;

static void blocked_pooled(void *arg) {
  blocked *b = arg;
  assert_false(weir_shard_may_block(b->shard));
  weir_shard_enter(b->shard);
  weir_timer_set(b->shard, &b->timer, weir_shard_now(b->shard) + WEIR_SECONDS(3600));
  weir_shard_leave(b->shard);
  b->ran = true;
}

static void blocked_timer(void *arg) {
  blocked *b = arg;
  weir_waiter_wake(b->shard, &b->waiter);
}

/* The pool is step 3, an hour passes at once, and a blocked caller drives. */
static void test_pool_and_caller(void **state) {
  (void)state;
  weir_loop *l = weir_loop_new_sim(NULL, NULL);
  blocked b = {.shard = weir_loop_shard(l, 0)};
  b.task = (weir_task){.fn = blocked_pooled, .arg = &b};
  b.timer = (weir_timer){.fn = blocked_timer, .arg = &b};
  assert_true(weir_shard_may_block(b.shard));
  weir_shard_enter(b.shard);
  weir_io_nanos start = weir_shard_now(b.shard);
  assert_int_equal(weir_loop_pool_run(l, &b.task), WEIR_EOK);
  weir_shard_wait(b.shard, &b.waiter);
  assert_true(b.ran && b.waiter.done);
  assert_true(weir_shard_now(b.shard) - start == WEIR_SECONDS(3600));
  weir_shard_leave(b.shard);
  assert_int_equal(weir_loop_run(l, WEIR_SECONDS(5)), WEIR_DEADLINE_EXCEEDED);
  assert_int_equal(weir_loop_fd(l), -1);
  weir_loop_unref(l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fair_weather),   cmocka_unit_test(test_same_seed_same_story),
      cmocka_unit_test(test_nobody_listens), cmocka_unit_test(test_back_pressure),
      cmocka_unit_test(test_pieces),         cmocka_unit_test(test_pool_and_caller),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
