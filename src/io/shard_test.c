/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Turns, queues, timers, the seat and the ends of loops, on the real backend. */
#include "io/io_test.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

static weir_loop *loop_new(uint32_t threads) {
  weir_error e;
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = threads), &e);
  assert_non_null(l);
  return l;
}

/* ---- order of things in a turn ------------------------------------------------------------------------------- */

typedef struct note {
  char text[64];
  size_t len;
} note;

typedef struct noted {
  weir_task task;
  weir_timer timer;
  weir_due due;
  note *out;
  weir_shard *shard;
  char name;
  struct noted *next; /* queued by this one's function */
} noted;

static void note_char(note *n, char c) {
  if (n->len < sizeof n->text - 1) n->text[n->len++] = c;
}

static void noted_task(void *arg) {
  noted *n = arg;
  note_char(n->out, n->name);
}

static void noted_fn(void *arg, weir_call *call, weir_code code) {
  noted *n = arg;
  assert_null(call);
  assert_false(weir_shard_may_block(n->shard));
  assert_int_equal(weir_loop_run(weir_shard_loop(n->shard), 0), WEIR_FAILED_PRECONDITION);
  note_char(n->out, n->name);
  if (code == WEIR_ABORTED) { /* queue more, from inside */
    weir_shard_enter(n->shard);
    weir_shard_call_back(n->shard, &n->next->due);
    weir_shard_at_end(n->shard, &n->next->task);
    weir_shard_leave(n->shard);
  }
}

static void noted_done(weir_due *d) { note_char(WEIR_LIST_OF(d, noted, due)->out, '.'); }

static void noted_init(noted *n, weir_shard *s, note *out, char name) {
  *n = (noted){.out = out, .shard = s, .name = name};
  n->task = (weir_task){.fn = noted_task, .arg = n};
  n->timer = (weir_timer){.fn = noted_task, .arg = n};
  n->due = (weir_due){.fn = noted_fn, .arg = n, .done = noted_done};
}

static void test_turn_order(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  weir_shard *s = weir_loop_shard(l, 0);
  note out = {0};
  noted n[8];
  for (size_t i = 0; i < 8; i++) noted_init(&n[i], s, &out, (char)('a' + i));
  n[1].due.code = WEIR_ABORTED;
  n[1].next = &n[6];
  weir_shard_enter(s);
  weir_shard_call_back(s, &n[0].due);
  weir_shard_call_back(s, &n[1].due);
  weir_shard_call_back(s, &n[2].due);
  weir_shard_post(s, &n[3].task);
  weir_shard_post(s, &n[4].task);
  weir_shard_post(s, &n[3].task); /* linked: stays where it is */
  assert_int_equal(weir_timer_set(s, &n[5].timer, 1), WEIR_EOK);
  weir_shard_at_end(s, &n[7].task);
  weir_shard_leave(s); /* not the leader: step 4 runs here */
  assert_string_equal(out.text, "h");
  assert_int_equal(weir_loop_run(l, 0), WEIR_OK);
  /* timers, posted, callbacks in order each with its done, then step 4 and the callback queued meanwhile */
  assert_string_equal(out.text, "hfdea.b.c.gg.");
  assert_int_equal(weir_loop_run(l, 0), WEIR_DEADLINE_EXCEEDED);
  weir_loop_unref(l);
}

static void fn_for_ever(void *arg, weir_call *call, weir_code code) {
  noted *n = arg;
  (void)call, (void)code;
  weir_shard_enter(n->shard);
  weir_shard_call_back(n->shard, &n->due);
  weir_shard_leave(n->shard);
}

/* A callback that always makes itself due again does not keep the others from their turn. */
static void test_callbacks_starve_nobody(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  weir_shard *s = weir_loop_shard(l, 0);
  note out = {0};
  noted n[2];
  for (size_t i = 0; i < 2; i++) noted_init(&n[i], s, &out, (char)('a' + i));
  n[0].due.fn = fn_for_ever;
  n[0].due.done = NULL;
  weir_shard_enter(s);
  weir_shard_call_back(s, &n[0].due);
  weir_timer_set(s, &n[1].timer, weir_shard_now(s) + WEIR_MS(2));
  weir_shard_leave(s);
  while (!out.len) assert_int_equal(weir_loop_run(l, WEIR_SECONDS(1)), WEIR_OK);
  assert_string_equal(out.text, "b");
  weir_loop_unref(l);
}

static void test_unpost(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  weir_shard *s = weir_loop_shard(l, 0);
  note out = {0};
  noted n[3];
  for (size_t i = 0; i < 3; i++) noted_init(&n[i], s, &out, (char)('a' + i));
  weir_shard_post(s, &n[0].task);
  weir_shard_post(s, &n[1].task);
  weir_shard_enter(s);
  weir_shard_at_end(s, &n[2].task);
  weir_shard_unpost(s, &n[0].task);
  weir_shard_unpost(s, &n[2].task);
  weir_shard_unpost(s, &n[2].task);
  weir_shard_leave(s);
  assert_int_equal(weir_loop_run(l, 0), WEIR_OK);
  assert_string_equal(out.text, "b");
  weir_loop_unref(l);
}

/* ---- timers ------------------------------------------------------------------------------------------------------- */

typedef struct many_timers {
  weir_timer timer;
  weir_io_nanos *last;
  size_t *n_fired;
} many_timers;

static void many_fired(void *arg) {
  many_timers *t = arg;
  assert_true(t->timer.at >= *t->last && t->timer.slot == 0);
  *t->last = t->timer.at;
  ++*t->n_fired;
}

static void test_timers_many(void **state) {
  (void)state;
  enum { N = 1000 };
  static many_timers t[N];
  weir_loop *l = loop_new(0);
  weir_shard *s = weir_loop_shard(l, 0);
  weir_io_nanos last = 0;
  size_t n_fired = 0, want = 0;
  uint32_t seed = 7;
  weir_shard_enter(s);
  weir_io_nanos now = weir_shard_now(s);
  for (size_t round = 0; round < 3; round++)
    for (size_t i = 0; i < N; i++) {
      seed = seed * 1664525 + 1013904223;
      if (round == 0)
        t[i] = (many_timers){.timer = {.fn = many_fired, .arg = &t[i]}, .last = &last, .n_fired = &n_fired};
      if (seed >> 30 == 0)
        weir_timer_stop(s, &t[i].timer);
      else if (seed >> 30 == 1)
        assert_int_equal(weir_timer_set(s, &t[i].timer, WEIR_IO_NEVER), WEIR_EOK);
      else
        assert_int_equal(weir_timer_set(s, &t[i].timer, now + (seed & 0xffff) * 100), WEIR_EOK);
    }
  for (size_t i = 0; i < N; i++) want += t[i].timer.slot != 0;
  assert_true(want > 100 && want < N);
  weir_shard_leave(s);
  while (n_fired < want) assert_int_equal(weir_loop_run(l, WEIR_SECONDS(1)), WEIR_OK);
  assert_int_equal(weir_loop_run(l, 0), WEIR_DEADLINE_EXCEEDED);
  weir_loop_unref(l);
}

static void timer_rearm(void *arg) {
  noted *n = arg;
  note_char(n->out, n->name);
  assert_int_equal(weir_timer_set(n->shard, &n->timer, 0), WEIR_EOK); /* for the past: next turn */
}

static void test_timers_of_one_turn(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  weir_shard *s = weir_loop_shard(l, 0);
  note out = {0};
  noted n[4];
  weir_shard_enter(s);
  for (size_t i = 0; i < 4; i++) {
    noted_init(&n[i], s, &out, (char)('a' + i));
    assert_int_equal(weir_timer_set(s, &n[i].timer, 10 - (weir_io_nanos)i), WEIR_EOK);
  }
  weir_shard_leave(s);
  assert_int_equal(weir_loop_run(l, 0), WEIR_OK);
  assert_string_equal(out.text, "dcba");
  weir_loop_unref(l);
}

static void test_timer_rearms_itself(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  weir_shard *s = weir_loop_shard(l, 0);
  note out = {0};
  noted n;
  noted_init(&n, s, &out, 'x');
  n.timer.fn = timer_rearm;
  weir_shard_enter(s);
  assert_int_equal(weir_timer_set(s, &n.timer, 1), WEIR_EOK);
  weir_shard_leave(s);
  for (int i = 0; i < 3; i++) assert_int_equal(weir_loop_run(l, 0), WEIR_OK);
  assert_string_equal(out.text, "xxx");
  weir_loop_unref(l);
}

/* ---- running and stopping ---------------------------------------------------------------------------------------- */

static void fn_stop(void *arg, weir_call *call, weir_code code) {
  (void)call, (void)code;
  weir_loop_stop(arg);
}

static void fn_count(void *arg, weir_call *call, weir_code code) {
  (void)call, (void)code;
  atomic_fetch_add((atomic_int *)arg, 1);
}

static void test_run_and_stop(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  atomic_int n = 0;
  weir_io_nanos start = weir_clock_now();
  assert_int_equal(weir_loop_run(l, WEIR_MS(20)), WEIR_DEADLINE_EXCEEDED);
  assert_true(weir_clock_now() - start >= WEIR_MS(20));
  assert_int_equal(weir_loop_post(l, 0, fn_count, &n), WEIR_OK);
  assert_int_equal(weir_loop_post(l, WEIR_MS(5), fn_stop, l), WEIR_OK);
  assert_int_equal(weir_loop_run(l, -1), WEIR_CANCELLED);
  assert_int_equal(n, 1);
  weir_loop_stop(l); /* before the run */
  assert_int_equal(weir_loop_run(l, -1), WEIR_CANCELLED);
  assert_int_equal(weir_loop_run(l, 0), WEIR_DEADLINE_EXCEEDED);
  weir_loop_unref(l);
}

static weir_loop *signalled;
static void on_signal(int sig) {
  (void)sig;
  weir_loop_stop(signalled);
}

static void *signal_soon(void *arg) {
  nanosleep(&(struct timespec){0, 20000000}, NULL);
  pthread_kill(*(pthread_t *)arg, SIGUSR1);
  return NULL;
}

static void test_stop_from_signal(void **state) {
  (void)state;
  for (uint32_t threads = 0; threads < 3; threads += 2) {
    weir_loop *l = signalled = loop_new(threads);
    struct sigaction sa = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &sa, NULL);
    pthread_t self = pthread_self(), other;
    pthread_create(&other, NULL, signal_soon, &self);
    assert_int_equal(weir_loop_run(l, -1), WEIR_CANCELLED);
    pthread_join(other, NULL);
    weir_loop_unref(l);
  }
}

static void test_threads_run_posts(void **state) {
  (void)state;
  weir_loop *l = loop_new(3);
  assert_int_equal(weir_loop_n_shards(l), 3);
  assert_ptr_not_equal(weir_loop_pick(l), weir_loop_pick(l));
  atomic_int n = 0;
  for (int i = 0; i < 100; i++)
    assert_int_equal(weir_loop_post(l, i % 2 ? WEIR_MS(1) : 0, fn_count, &n), WEIR_OK);
  assert_int_equal(weir_loop_post(l, WEIR_MS(20), fn_stop, l), WEIR_OK);
  assert_int_equal(weir_loop_run(l, -1), WEIR_CANCELLED);
  assert_int_equal(n, 100);
  weir_io_nanos start = weir_clock_now();
  assert_int_equal(weir_loop_run(l, WEIR_MS(5)), WEIR_DEADLINE_EXCEEDED);
  assert_true(weir_clock_now() - start >= WEIR_MS(5));
  assert_int_equal(weir_loop_fd(l), -1);
  weir_loop_unref(l);
}

/* The last owner goes: what was to run later does not. */
static void test_unref_drops_posts(void **state) {
  (void)state;
  atomic_int n = 0;
  for (uint32_t threads = 0; threads < 2; threads++) {
    weir_loop *l = weir_loop_ref(loop_new(threads));
    assert_int_equal(weir_loop_post(l, WEIR_SECONDS(100), fn_count, &n), WEIR_OK);
    weir_loop_unref(l);
    weir_loop_unref(l);
  }
  weir_loop_unref(NULL);
  assert_int_equal(n, 0);
}

static atomic_int n_gone;
static void fn_unref(void *arg, weir_call *call, weir_code code) {
  (void)call, (void)code;
  weir_loop_unref(arg);
  atomic_fetch_add(&n_gone, 1);
}

static void task_unref(void *arg) { fn_unref(arg, NULL, 0); }

static void wait_gone(int n) {
  for (int i = 0; i < 5000 && n_gone < n; i++) nanosleep(&(struct timespec){0, 1000000}, NULL);
  assert_int_equal(n_gone, n);
}

/* The last owner goes on a thread of the loop itself, or of its pool. */
static void test_unref_inside(void **state) {
  (void)state;
  atomic_int n = 0;
  n_gone = 0;
  weir_loop *l = loop_new(0);
  weir_loop_post(l, 0, fn_unref, l);
  weir_loop_post(l, 0, fn_count, &n); /* never runs */
  assert_int_equal(weir_loop_run(l, -1), WEIR_CANCELLED);
  assert_int_equal(n, 0);
  l = loop_new(2);
  weir_loop_post(l, WEIR_MS(1), fn_unref, l);
  wait_gone(2);
  weir_task t = {.fn = task_unref, .arg = loop_new(1)};
  assert_int_equal(weir_loop_pool_run(t.arg, &t), WEIR_EOK);
  wait_gone(3);
  assert_true(!weir_self_.doomed && !weir_self_.leading);
  nanosleep(&(struct timespec){0, 50000000}, NULL); /* the detached threads end */
}

/* ---- blocked callers ------------------------------------------------------------------------------------------------ */

typedef struct caller {
  weir_loop *loop;
  weir_shard *shard;
  weir_waiter waiter;
  weir_timer timer;
  weir_task task;
  pthread_t thread;
  int first, rounds, delay_us;
} caller;

static void caller_timer(void *arg) {
  caller *c = arg;
  weir_waiter_wake(c->shard, &c->waiter);
}

/* Each round: something is to happen later, and wakes this very caller. */
static void *caller_main(void *arg) {
  caller *c = arg;
  for (int i = c->first; i < c->rounds; i++) {
    weir_shard_enter(c->shard);
    c->waiter = (weir_waiter){0};
    if (i % 3 == 0) {
      c->task = (weir_task){.fn = caller_timer, .arg = c};
      weir_shard_post(c->shard, &c->task);
    } else {
      c->timer = (weir_timer){.fn = caller_timer, .arg = c};
      weir_timer_set(c->shard, &c->timer, weir_shard_now(c->shard) + c->delay_us * 1000);
    }
    weir_shard_wait(c->shard, &c->waiter);
    assert_true(c->waiter.done);
    weir_shard_leave(c->shard);
  }
  return NULL;
}

static void check_callers(weir_loop *l, int n, int rounds) {
  caller c[16];
  memset(c, 0, sizeof c);
  for (int i = 0; i < n; i++) {
    c[i] = (caller){.loop = l, .shard = weir_loop_pick(l), .rounds = rounds, .delay_us = 100 + i * 37};
    assert_int_equal(pthread_create(&c[i].thread, NULL, caller_main, &c[i]), 0);
  }
  for (int i = 0; i < n; i++) pthread_join(c[i].thread, NULL);
}

static void test_callers_drive(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  check_callers(l, 1, 50);
  check_callers(l, 16, 50);
  weir_loop_unref(l);
}

static void test_callers_of_threads(void **state) {
  (void)state;
  weir_loop *l = loop_new(2);
  check_callers(l, 1, 50);
  check_callers(l, 16, 50);
  weir_loop_unref(l);
}

static void *run_until_stopped(void *arg) { return (void *)(intptr_t)weir_loop_run(arg, -1); }

/* weir_loop_run on one thread, blocked callers on others; then the run is stopped while callers still lead. */
static void test_callers_and_run(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  pthread_t runner;
  void *code;
  pthread_create(&runner, NULL, run_until_stopped, l);
  check_callers(l, 8, 40);
  weir_loop_stop(l);
  pthread_join(runner, &code);
  assert_int_equal((intptr_t)code, WEIR_CANCELLED);
  weir_loop_unref(l);
}

/* Each leader is done before the others, and passes the seat on. */
static void test_seat_passes_on(void **state) {
  (void)state;
  caller c[6];
  weir_loop *l = loop_new(0);
  weir_io_nanos start = weir_clock_now();
  for (int i = 0; i < 6; i++) {
    c[i] = (caller){
        .loop = l, .shard = weir_loop_shard(l, 0), .first = 1, .rounds = 2, .delay_us = 10000 + i * 8000};
    pthread_create(&c[i].thread, NULL, caller_main, &c[i]);
  }
  for (int i = 0; i < 6; i++) pthread_join(c[i].thread, NULL);
  assert_true(weir_clock_now() - start >= WEIR_MS(50));
  weir_loop_unref(l);
}

/* weir_loop_run is stopped while a caller sleeps beside it: the caller takes over. */
static void test_run_passes_on(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  caller c = {.loop = l, .shard = weir_loop_shard(l, 0), .first = 1, .rounds = 2, .delay_us = 60000};
  pthread_t runner;
  void *code;
  pthread_create(&runner, NULL, run_until_stopped, l);
  nanosleep(&(struct timespec){0, 20000000}, NULL);
  pthread_create(&c.thread, NULL, caller_main, &c);
  nanosleep(&(struct timespec){0, 20000000}, NULL);
  weir_loop_stop(l);
  pthread_join(runner, &code);
  assert_int_equal((intptr_t)code, WEIR_CANCELLED);
  pthread_join(c.thread, NULL);
  weir_loop_unref(l);
}

static void *caller_wakes_next(void *arg) {
  caller *c = arg;
  weir_shard_enter(c[0].shard);
  c[0].timer = (weir_timer){.fn = caller_timer, .arg = &c[0]};
  weir_timer_set(c[0].shard, &c[0].timer, weir_shard_now(c[0].shard) + WEIR_MS(60));
  weir_shard_wait(c[0].shard, &c[0].waiter);
  weir_waiter_wake(c[0].shard, &c[1].waiter); /* which was promoted this very moment */
  weir_shard_leave(c[0].shard);
  return NULL;
}

static void test_promoted_for_nothing(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  caller c[3];
  for (int i = 0; i < 3; i++)
    c[i] = (caller){.loop = l, .shard = weir_loop_shard(l, 0), .first = 1, .rounds = 2, .delay_us = 1000000};
  c[2].delay_us = 100000;
  for (int i = 0; i < 3; i++) {
    pthread_create(&c[i].thread, NULL, i ? caller_main : caller_wakes_next, c + i);
    nanosleep(&(struct timespec){0, 15000000}, NULL);
  }
  for (int i = 0; i < 3; i++) {
    pthread_join(c[i].thread, NULL);
    weir_shard_enter(c[i].shard);
    weir_timer_stop(c[i].shard, &c[i].timer);
    weir_shard_leave(c[i].shard);
  }
  weir_loop_unref(l);
}

static void test_stop_while_caller_leads(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  caller c = {.loop = l, .shard = weir_loop_shard(l, 0), .first = 1, .rounds = 2, .delay_us = 200000};
  pthread_t runner;
  void *code;
  pthread_create(&c.thread, NULL, caller_main, &c);
  nanosleep(&(struct timespec){0, 20000000}, NULL);
  assert_int_equal(weir_loop_run(l, 0), WEIR_DEADLINE_EXCEEDED);
  pthread_create(&runner, NULL, run_until_stopped, l);
  nanosleep(&(struct timespec){0, 20000000}, NULL);
  weir_loop_stop(l);
  pthread_join(runner, &code);
  assert_int_equal((intptr_t)code, WEIR_CANCELLED);
  weir_loop_stop(l); /* before the run, and the leader has seen it */
  nanosleep(&(struct timespec){0, 20000000}, NULL);
  assert_int_equal(weir_loop_run(l, -1), WEIR_CANCELLED);
  pthread_join(c.thread, NULL);
  weir_loop_unref(l);
}

/* ---- private loops ------------------------------------------------------------------------------------------------------- */

static void test_private_callers(void **state) {
  (void)state;
  weir_error e;
  weir_loop *l = weir_loop_new_private(&e);
  assert_non_null(l);
  check_callers(l, 1, 200);
  check_callers(l, 16, 50);
  check_callers(l, 2, 200);
  weir_loop_unref(l);
}

static uint64_t seat_gen(weir_shard *s) {
  weir_shard_enter(s);
  uint64_t gen = s->seat_gen;
  weir_shard_leave(s);
  return gen;
}

/* Nobody blocks: the loop's own thread does it. */
static void test_private_thread(void **state) {
  (void)state;
  weir_error e;
  weir_loop *l = weir_loop_new_private(&e);
  assert_non_null(l);
  assert_int_equal(l->shards[0].thread_state, WEIR_THREAD_NONE);
  atomic_int n = 0;
  weir_loop_post(l, 0, fn_count, &n);
  weir_loop_post(l, WEIR_MS(3), fn_count, &n);
  for (int i = 0; i < 5000 && n < 2; i++) nanosleep(&(struct timespec){0, 1000000}, NULL);
  assert_int_equal(n, 2);
  uint64_t gen = seat_gen(&l->shards[0]);
  check_callers(l, 1, 100);
  assert_true(seat_gen(&l->shards[0]) > gen + 10); /* the caller drove, not the thread */
  check_callers(l, 4, 50);
  weir_loop_post(l, 0, fn_count, &n); /* after callers led, the thread takes the seat again */
  for (int i = 0; i < 5000 && n < 3; i++) nanosleep(&(struct timespec){0, 1000000}, NULL);
  assert_int_equal(n, 3);
  n_gone = 0;
  weir_loop_post(l, 0, fn_unref, l);
  wait_gone(1);
  nanosleep(&(struct timespec){0, 50000000}, NULL);
}

/* ---- guest in a foreign loop ------------------------------------------------------------------------------------------------ */

static bool guest_readable(int fd, int ms) {
  return poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, ms) == 1;
}

static void *post_later(void *arg) {
  nanosleep(&(struct timespec){0, 10000000}, NULL);
  static atomic_int sink;
  weir_loop_post(arg, 0, fn_count, &sink);
  return NULL;
}

static void test_guest(void **state) {
  (void)state;
  weir_loop *l = loop_new(0);
  atomic_int n = 0;
  weir_loop_post(l, 0, fn_count, &n); /* before anybody asked for the descriptor */
  int fd = weir_loop_fd(l);
  assert_true(fd >= 0);
  assert_int_equal(weir_loop_fd(l), fd);
  assert_true(guest_readable(fd, 0));
  assert_int_equal(weir_loop_run(l, 0), WEIR_OK);
  assert_int_equal(n, 1);
  assert_false(guest_readable(fd, 0));
  for (int i = 0; i < 3; i++) { /* timers, each later than the last */
    weir_loop_post(l, WEIR_MS(5 + 5 * i), fn_count, &n);
    assert_false(guest_readable(fd, 0));
    while (guest_readable(fd, 1000) && n < 2 + i) weir_loop_run(l, 0);
    assert_int_equal(n, 2 + i);
  }
  assert_false(guest_readable(fd, 0));
  pthread_t other;
  pthread_create(&other, NULL, post_later, l);
  assert_true(guest_readable(fd, 5000));
  assert_int_equal(weir_loop_run(l, 0), WEIR_OK);
  pthread_join(other, NULL);
  weir_loop_run(l, 0);
  assert_false(guest_readable(fd, 0));
  weir_loop_unref(l);
}

/* ---- no memory ---------------------------------------------------------------------------------------------------------------- */

static void task_nothing(void *arg) { (void)arg; }

static void on_lookup(void *arg, const weir_addr *addrs, size_t n, const weir_error *why) {
  (void)addrs, (void)n, (void)why;
  *(int *)arg += 1;
}

/* Everything that allocates, each allocation failed in turn: an error is returned, or all goes well. */
static bool run_without_memory(uint32_t threads, size_t fail_at) {
  test_heap heap = {.fail_at = fail_at};
  weir_hooks hooks = test_heap_hooks(&heap);
  weir_error e = {0};
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = threads, .hooks = &hooks), &e);
  if (!l) {
    assert_int_equal(e.code, WEIR_RESOURCE_EXHAUSTED);
    assert_int_equal(heap.n_live, 0);
    return false;
  }
  weir_shard *s = weir_loop_shard(l, 0);
  weir_event ev;
  atomic_int n_posts = 0;
  int want = 0, n_lookups = 0, n_answers = 0;
  for (int i = 0; i < 3; i++) {
    weir_code code = weir_loop_post(l, i, fn_count, &n_posts);
    assert_true(code == WEIR_OK || code == WEIR_RESOURCE_EXHAUSTED);
    want += code == WEIR_OK;
  }
  weir_shard_enter(s);
  if (weir_lookup_start(s, "localhost", 1, on_lookup, &n_answers)) n_lookups++;
  if (weir_lookup_start(s, "127.0.0.1", 1, on_lookup, &n_answers)) n_lookups++;
  weir_shard_leave(s);
  weir_task t = {.fn = task_nothing};
  weir_err err = weir_loop_pool_run(l, &t);
  assert_true(err == WEIR_EOK || err == WEIR_ENOMEM);
  weir_queue *q = weir_queue_new(l, &e);
  if (q) {
    void *tag = weir_queue_tag(q, q);
    if (tag) weir_queue_push(tag, NULL, 0);
    assert_int_equal(weir_queue_poll(q, &ev, 1, WEIR_MS(1)), tag != NULL);
    assert_int_equal(weir_queue_poll(q, &ev, 1, WEIR_MS(1)), 0);
  }
  for (bool all = false; !all;) {
    weir_loop_run(l, WEIR_MS(10));
    weir_shard_enter(s);
    all = n_posts == want && n_answers == n_lookups;
    weir_shard_leave(s);
  }
  weir_queue_free(q);
  weir_loop_unref(l);
  assert_int_equal(heap.n_live, 0);
  return heap.n_allocs < fail_at;
}

static void test_blocks_are_kept(void **state) {
  (void)state;
  test_heap heap = {0};
  weir_hooks hooks = test_heap_hooks(&heap);
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .hooks = &hooks), NULL);
  weir_shard *s = weir_loop_shard(l, 0);
  enum { N = 200 };
  void *blocks[N];
  weir_shard_enter(s);
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < N; i++) {
      assert_non_null(blocks[i] = weir_shard_take_block(s, 300));
      memset(blocks[i], i, 300);
    }
    for (int i = 0; i < N; i++) {
      for (int k = 0; k < 300; k++)
        assert_int_equal(((unsigned char *)blocks[i])[k], i); /* nobody else has it */
      weir_shard_give_block(s, blocks[i], 300);
    }
  }
  size_t live = atomic_load(&heap.n_live);
  assert_non_null(blocks[0] = weir_shard_take_block(s, 400)); /* another size */
  memset(blocks[0], 0, 400);
  weir_shard_give_block(s, blocks[0], 400);
  assert_int_equal(atomic_load(&heap.n_live), live);
  assert_true(live < N); /* there is an end to it */
  weir_shard_leave(s);
  weir_loop_unref(l);
  assert_int_equal(atomic_load(&heap.n_live), 0);
}

static void test_no_memory(void **state) {
  (void)state;
  for (uint32_t threads = 0; threads < 2; threads++) {
    size_t fail_at = 1;
    while (!run_without_memory(threads, fail_at)) fail_at++;
    assert_true(fail_at > 10);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_callbacks_starve_nobody),
      cmocka_unit_test(test_turn_order),
      cmocka_unit_test(test_unpost),
      cmocka_unit_test(test_timers_many),
      cmocka_unit_test(test_timers_of_one_turn),
      cmocka_unit_test(test_timer_rearms_itself),
      cmocka_unit_test(test_run_and_stop),
      cmocka_unit_test(test_stop_from_signal),
      cmocka_unit_test(test_threads_run_posts),
      cmocka_unit_test(test_unref_drops_posts),
      cmocka_unit_test(test_unref_inside),
      cmocka_unit_test(test_callers_drive),
      cmocka_unit_test(test_callers_of_threads),
      cmocka_unit_test(test_callers_and_run),
      cmocka_unit_test(test_seat_passes_on),
      cmocka_unit_test(test_run_passes_on),
      cmocka_unit_test(test_promoted_for_nothing),
      cmocka_unit_test(test_stop_while_caller_leads),
      cmocka_unit_test(test_private_callers),
      cmocka_unit_test(test_private_thread),
      cmocka_unit_test(test_guest),
      cmocka_unit_test(test_blocks_are_kept),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
