/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* seat.c - who leads a shard: blocked callers, weir_loop_run, or the shard's own thread. The rules stand at
 * struct weir_shard.
 *
 * The thread of a private loop leads only while no caller wants to: once a caller had to sleep because the thread
 * had the seat, it gives it away after that turn, and takes it back when nobody had it for a millisecond. So the
 * first call of a series pays for a hop between threads, the others drive the shard themselves. */
#include "io/shard.h"

#include <errno.h>
#include <signal.h>

#define THREAD_PATIENCE_NS 1000000

static void seat_take(weir_shard *s) {
  WEIR_ASSERT(!s->led && !weir_self_.leading);
  s->led = true;
  s->urgent = false;
  s->seat_gen++;
  weir_self_.leading = s;
}

/* The waiters' condition variable stands on their stacks, in weir_waiter.impl. */
static void waiter_signal(weir_waiter *w) { pthread_cond_signal(w->impl); }

void weir_waiters_signal(weir_shard *s) {
  for (weir_list *node; (node = weir_list_pop(&s->woken));)
    waiter_signal(WEIR_LIST_OF(node, weir_waiter, node));
}

/* The seat is free: wakes the next one who wants it, unless somebody is on the way. */
static void seat_offer(weir_shard *s) {
  if (s->led || s->promoted) return;
  if (!weir_list_empty(&s->waiters)) {
    s->promoted = WEIR_LIST_OF(s->waiters.next, weir_waiter, node);
    waiter_signal(s->promoted);
  } else if (s->thread_watches || (s->loop->is_private && weir_shard_has_work(s))) {
    s->urgent = weir_shard_has_work(s);
    pthread_cond_signal(&s->park);
  }
}

void weir_seat_release(weir_shard *s) {
  WEIR_ASSERT(s->led && weir_self_.leading == s);
  s->led = false;
  weir_self_.leading = NULL;
  seat_offer(s);
  if (!s->led && s->is_guest) {
    atomic_store(&s->asleep, true);
    weir_guest_idle(s);
  }
}

/* The timer is not put off when nothing is due so early any more: it will fire for nothing once. */
void weir_guest_idle(weir_shard *s) {
  weir_io_nanos at = weir_timers_next(&s->timers);
  if (at < s->guest_at || s->guest_at <= s->now) {
    s->ops->guest_arm(s, at);
    s->guest_at = at;
  }
  if (weir_shard_has_work(s) || atomic_load(&s->has_posted)) weir_shard_wake(s);
}

/* Sleeps until woken, promoted, or `until`. A condition variable that cannot be made (no memory in some libc)
 * leaves a nap. */
static void waiter_sleep(weir_shard *s, weir_waiter *w, weir_io_nanos until) {
  pthread_cond_t cond;
  bool ok = weir_cond_init(&cond);
  if (!ok) {
    weir_shard_unlock(s);
    nanosleep(&(struct timespec){0, THREAD_PATIENCE_NS}, NULL);
    weir_shard_lock(s);
    return;
  }
  w->impl = &cond;
  s->caller_slept = true;
  weir_list_push(&s->waiters, &w->node);
  weir_shard_sleep(s, &cond, until);
  weir_list_remove(&w->node);
  if (s->promoted == w) s->promoted = NULL;
  w->impl = NULL;
  pthread_cond_destroy(&cond);
}

static void waiter_lead(weir_shard *s, weir_waiter *w) {
  seat_take(s);
  s->lead_waiter = w;
  while (!w->done) {
    weir_shard_turn(s, WEIR_IO_NEVER);
    WEIR_CHECK(!s->stuck || w->done); /* simulation: this caller would wait for ever */
    WEIR_CHECK(!weir_self_.doomed);   /* a blocked caller owns its loop */
  }
  s->lead_waiter = NULL;
  weir_seat_release(s);
}

void weir_shard_wait(weir_shard *s, weir_waiter *w) {
  weir_shard_assert_held(s);
  WEIR_ASSERT(!weir_self_.in_callback);
  if (w->done) return;
  weir_shard_flush(s);
  if (s->led) weir_shard_tell(s);
  while (!w->done) {
    if (s->led || s->loop->has_threads)
      waiter_sleep(s, w, WEIR_IO_NEVER);
    else
      waiter_lead(s, w);
  }
  seat_offer(s); /* it may have been promoted for nothing */
}

void weir_waiter_wake(weir_shard *s, weir_waiter *w) {
  weir_shard_assert_held(s);
  if (w->done) return;
  w->done = true;
  if (weir_list_linked(&w->node)) {
    weir_list_remove(&w->node);
    weir_list_push(&s->woken, &w->node);
  } else if (s->lead_waiter == w && weir_self_.leading != s) {
    weir_shard_wake(s);
  }
}

bool weir_seat_get(weir_shard *s, weir_io_nanos until) {
  weir_waiter w = {0};
  s->n_runners++;
  bool stopped = false;
  while (s->led && !(stopped = atomic_load(&s->loop->stop)) &&
         (until == WEIR_IO_NEVER || s->ops->clock(s) < until))
    waiter_sleep(s, &w, until);
  s->n_runners--;
  if (s->led || stopped) {
    seat_offer(s);
    return false;
  }
  seat_take(s);
  return true;
}

void weir_seat_stop_runners(weir_shard *s) {
  for (weir_list *node = s->waiters.next; node != &s->waiters; node = node->next)
    waiter_signal(WEIR_LIST_OF(node, weir_waiter, node)); /* the others go to sleep again */
}

/* ---- the shard's own thread -------------------------------------------------------------------------------------- */

static bool thread_should_end(weir_shard *s) { return atomic_load(&s->loop->stopping) || weir_self_.doomed; }

/* Sleeps until nobody has had the seat for a while. */
static void thread_park(weir_shard *s) {
  while (!thread_should_end(s)) {
    uint64_t gen = s->seat_gen;
    if (!s->led && !s->promoted && s->urgent) break;
    weir_shard_sleep(s, &s->park, weir_clock_now() + THREAD_PATIENCE_NS);
    if (s->seat_gen != gen || s->promoted) continue;
    if (!s->led) break;
    s->thread_watches = true; /* the same leader all the time: it stays for longer */
    if (!thread_should_end(s)) weir_shard_sleep(s, &s->park, WEIR_IO_NEVER);
    s->thread_watches = false;
  }
}

static void thread_lead(weir_shard *s) {
  seat_take(s);
  s->caller_slept = false;
  while (!thread_should_end(s) && !(s->loop->is_private && s->caller_slept))
    weir_shard_turn(s, WEIR_IO_NEVER);
  if (!weir_self_.doomed) weir_seat_release(s);
}

static void *thread_main(void *arg) {
  weir_shard *s = arg;
  weir_shard_lock(s);
  s->urgent = true; /* it was started because there is something to do */
  while (!thread_should_end(s)) {
    if (s->loop->is_private) thread_park(s);
    if (!s->led && !thread_should_end(s)) thread_lead(s);
  }
  weir_shard_unlock(s);
  if (weir_self_.doomed) weir_loop_destroy(weir_self_.doomed);
  return NULL;
}

/* Threads of the library take no signals, which are for the program's own; but for those that a thread causes itself,
 * and a profiler's. */
int weir_thread_start(pthread_t *thread, void *(*fn)(void *arg), void *arg) {
  static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF};
  sigset_t all, before;
  sigfillset(&all);
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&all, own[i]);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int err = pthread_create(thread, NULL, fn, arg);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return err;
}

weir_err weir_shard_start_thread(weir_shard *s) {
  int none = WEIR_THREAD_NONE;
  if (atomic_load(&s->thread_state) != none ||
      !atomic_compare_exchange_strong(&s->thread_state, &none, WEIR_THREAD_STARTING))
    return WEIR_EOK;
  int err = weir_thread_start(&s->thread, thread_main, s);
  atomic_store(&s->thread_state, err ? WEIR_THREAD_NONE : WEIR_THREAD_RUNS);
  if (!err) return WEIR_EOK;
  weir_log_printf(&s->loop->log, WEIR_LOG_ERROR, "io", "no thread for the loop: error %d", err);
  errno = err;
  return WEIR_ESYS;
}

void weir_shard_stop_thread(weir_shard *s) {
  if (atomic_load(&s->thread_state) == WEIR_THREAD_NONE) return;
  weir_shard_lock(s);
  pthread_cond_signal(&s->park);
  weir_shard_unlock(s);
  s->ops->wake(s);
  if (pthread_equal(s->thread, pthread_self()))
    pthread_detach(s->thread);
  else
    pthread_join(s->thread, NULL);
}
