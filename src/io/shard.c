/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* shard.c - the lock, the queues of things to run, and the turn. Who runs turns: seat.c. */
#include "io/shard.h"

#include <sched.h>
#include <string.h>

/* A callback that always makes the next one due would starve the sockets. */
#define MAX_ROUNDS      16
#define GIVE_WAY_YIELDS 100

/* Under AddressSanitizer nothing is kept, so that it sees the use of what was given back. */
#if defined(__SANITIZE_ADDRESS__)
#define KEEP_BLOCKS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEP_BLOCKS 0
#endif
#endif
#ifndef KEEP_BLOCKS
#define KEEP_BLOCKS 128
#endif

_Thread_local weir_self weir_self_;

/* ---- lock and clock ---------------------------------------------------------------------------------------- */

static void shard_set_holder(weir_shard *s, const void *holder) {
#ifdef WEIR_DEBUG
  atomic_store_explicit(&s->holder, holder, memory_order_relaxed);
#else
  (void)s, (void)holder;
#endif
}

void weir_shard_lock(weir_shard *s) {
  WEIR_ASSERT(atomic_load_explicit(&s->holder, memory_order_relaxed) != &weir_self_);
  if (pthread_mutex_trylock(&s->lock) != 0) {
    atomic_fetch_add(&s->n_entering, 1);
    pthread_mutex_lock(&s->lock);
    atomic_fetch_sub(&s->n_entering, 1);
  }
  shard_set_holder(s, &weir_self_);
}

void weir_shard_unlock(weir_shard *s) {
  if (!weir_list_empty(&s->woken)) weir_waiters_signal(s);
  shard_set_holder(s, NULL);
  pthread_mutex_unlock(&s->lock);
}

void weir_shard_sleep(weir_shard *s, pthread_cond_t *c, weir_io_nanos until) {
  if (!weir_list_empty(&s->woken)) weir_waiters_signal(s);
  shard_set_holder(s, NULL);
  weir_cond_wait(c, &s->lock, until);
  shard_set_holder(s, &weir_self_);
  s->now_fresh = false;
}

void weir_shard_enter(weir_shard *s) {
  weir_shard_lock(s);
  s->now_fresh = false;
}

void weir_shard_leave(weir_shard *s) {
  weir_shard_assert_held(s);
  if (weir_self_.leading != s) {
    weir_shard_flush(s);
    weir_shard_tell(s);
  }
  weir_shard_unlock(s);
}

void weir_shard_leave_later(weir_shard *s) {
  weir_shard_assert_held(s);
  weir_shard_unlock(s);
}

static void shard_read_clock(weir_shard *s) {
  s->now = s->ops->clock(s);
  s->now_fresh = true;
}

weir_io_nanos weir_shard_now(weir_shard *s) {
  weir_shard_assert_held(s);
  if (!s->now_fresh && weir_self_.leading != s) shard_read_clock(s);
  return s->now;
}

weir_io_nanos weir_shard_clock(weir_shard *s) {
  weir_shard_assert_held(s);
  return s->ops->clock(s);
}

bool weir_shard_may_block(const weir_shard *s) {
  (void)s;
  return !weir_self_.in_callback;
}

weir_loop *weir_shard_loop(weir_shard *s) { return s->loop; }

/* ---- blocks that are kept ------------------------------------------------------------------------------------ */

void *weir_shard_take_block(weir_shard *s, size_t size) {
  weir_shard_assert_held(s);
  void *block = s->blocks;
  if (!block || size != s->block_size) return weir_mem_alloc(s->loop->mem, size);
  memcpy(&s->blocks, block, sizeof s->blocks);
  s->n_blocks--;
  return block;
}

void weir_shard_give_block(weir_shard *s, void *block, size_t size) {
  weir_shard_assert_held(s);
  if (s->n_blocks >= KEEP_BLOCKS || (s->n_blocks && size != s->block_size)) {
    weir_mem_free(s->loop->mem, block, size);
    return;
  }
  memcpy(block, &s->blocks, sizeof s->blocks);
  s->blocks = block;
  s->block_size = size;
  s->n_blocks++;
}

static void shard_free_blocks(weir_shard *s) {
  while (s->blocks) weir_mem_free(s->loop->mem, weir_shard_take_block(s, s->block_size), s->block_size);
}

/* ---- tasks and callbacks ------------------------------------------------------------------------------------- */

void weir_shard_post(weir_shard *s, weir_task *t) {
  pthread_mutex_lock(&s->post_lock);
  bool is_new = !weir_list_linked(&t->node);
  if (is_new) {
    weir_list_push(&s->posted, &t->node);
    atomic_store(&s->has_posted, true);
  }
  pthread_mutex_unlock(&s->post_lock);
  if (!is_new || weir_self_.leading == s) return;
  weir_shard_wake(s);
  if (s->loop->is_private) weir_shard_start_thread(s);
}

void weir_shard_at_end(weir_shard *s, weir_task *t) {
  weir_shard_assert_held(s);
  if (!weir_list_linked(&t->node)) weir_list_push(&s->at_end, &t->node);
}

void weir_shard_unpost(weir_shard *s, weir_task *t) {
  weir_shard_assert_held(s);
  pthread_mutex_lock(&s->post_lock);
  weir_list_remove(&t->node);
  pthread_mutex_unlock(&s->post_lock);
}

void weir_shard_call_back(weir_shard *s, weir_due *d) {
  weir_shard_assert_held(s);
  WEIR_ASSERT(!weir_list_linked(&d->node));
  weir_list_push(&s->due, &d->node);
}

void weir_shard_bury(weir_shard *s, weir_grave *g, size_t size) {
  weir_shard_assert_held(s);
  g->size = size;
  weir_list_push(&s->graves, &g->node);
}

static void shard_free_graves(weir_shard *s) {
  for (weir_list *node; (node = weir_list_pop(&s->graves));) {
    weir_grave *g = WEIR_LIST_OF(node, weir_grave, node);
    weir_mem_free(s->loop->mem, g, g->size);
  }
}

bool weir_shard_has_work(const weir_shard *s) {
  return !weir_list_empty(&s->due) || !weir_list_empty(&s->again) || !weir_list_empty(&s->pooled);
}

/* ---- the turn --------------------------------------------------------------------------------------------------- */

/* Lock not held. Mutexes are not fair: a leader that is busy would take the lock back before a thread that sleeps on
 * it has woken up, again and again. So if one was there a turn ago too, it gets the time to. */
static void shard_give_way(weir_shard *s) {
  if (!atomic_load(&s->n_entering)) {
    s->was_entering = false;
  } else if (!s->was_entering) {
    s->was_entering = true;
  } else {
    s->was_entering = false;
    for (int i = 0; i < GIVE_WAY_YIELDS && atomic_load(&s->n_entering); i++) sched_yield();
  }
}

/* Step 1. `asleep` is raised before the last look at the posted tasks, and a poster looks at it after it has
 * posted: so one of the two sees the other. */
static void shard_wait(weir_shard *s, weir_io_nanos until) {
  weir_io_nanos at = weir_timers_next(&s->timers);
  if (until < at) at = until;
  if (!s->now_fresh && at != WEIR_IO_NEVER) shard_read_clock(s);
  s->wait_until = at;
  bool busy = weir_shard_has_work(s) || (at != WEIR_IO_NEVER && at <= s->now);
  if (!busy) {
    atomic_store(&s->asleep, true);
    busy = atomic_load(&s->has_posted) || atomic_load(&s->loop->stopping);
  }
  weir_io_nanos timeout = busy ? 0 : at == WEIR_IO_NEVER ? WEIR_IO_NEVER : at - s->now;
  weir_shard_unlock(s);
  bool more = s->ops->wait(s, timeout);
  shard_give_way(s);
  weir_shard_lock(s);
  atomic_store(&s->asleep, false);
  s->stuck = !more && !busy;
  shard_read_clock(s);
}

static bool shard_run_again(weir_list *again) {
  bool any = false;
  for (weir_list *node; (node = weir_list_pop(again)); any = true)
    weir_sock_fire(WEIR_LIST_OF(node, weir_sock, again));
  return any;
}

static weir_task *shard_next_posted(weir_shard *s, bool first) {
  pthread_mutex_lock(&s->post_lock);
  if (first) {
    while (!weir_list_empty(&s->posted)) weir_list_push(&s->running, weir_list_pop(&s->posted));
    atomic_store(&s->has_posted, false);
  }
  weir_list *node = weir_list_pop(&s->running);
  pthread_mutex_unlock(&s->post_lock);
  return node ? WEIR_LIST_OF(node, weir_task, node) : NULL;
}

static bool shard_run_posted(weir_shard *s) {
  if (!atomic_load(&s->has_posted)) return false;
  weir_task *t = shard_next_posted(s, true);
  for (; t; t = shard_next_posted(s, false)) t->fn(t->arg);
  return true;
}

/* Step 2. A socket that asks for `again` meanwhile gets its turn in the next one. */
static bool shard_run_ready(weir_shard *s) {
  weir_list again;
  weir_list_take_all(&again, &s->again);
  bool any = s->ops->dispatch(s);
  any |= shard_run_again(&again);
  any |= weir_timers_run(s);
  any |= shard_run_posted(s);
  if (s->n_runners && atomic_load(&s->loop->stop)) weir_seat_stop_runners(s);
  return any;
}

static void due_run(weir_due *d) {
  void (*done)(weir_due *) = d->done; /* with no `done`, fn may free *d */
  if (d->fn) d->fn(d->arg, d->call, d->code);
  if (done) done(d);
}

/* Step 3. Nothing more runs once the loop's last owner has gone. */
static void shard_run_batch(weir_shard *s) {
  weir_list due, pooled;
  weir_list_take_all(&due, &s->due);
  weir_list_take_all(&pooled, &s->pooled);
  weir_shard_unlock(s);
  weir_self_.in_callback = true;
  for (weir_list *node; !weir_self_.doomed && (node = weir_list_pop(&due));)
    due_run(WEIR_LIST_OF(node, weir_due, node));
  for (weir_list *node; !weir_self_.doomed && (node = weir_list_pop(&pooled));) {
    weir_task *t = WEIR_LIST_OF(node, weir_task, node);
    t->fn(t->arg);
  }
  weir_self_.in_callback = false;
  weir_shard_lock(s);
  shard_read_clock(s); /* the callbacks may have taken long */
}

void weir_shard_flush(weir_shard *s) {
  for (weir_list *node; (node = weir_list_pop(&s->at_end));) {
    weir_task *t = WEIR_LIST_OF(node, weir_task, node);
    t->fn(t->arg);
  }
}

static bool shard_has_due(const weir_shard *s) {
  return !weir_list_empty(&s->due) || !weir_list_empty(&s->pooled);
}

static bool shard_run_due(weir_shard *s) {
  bool any = false;
  for (int round = 0; round < MAX_ROUNDS; round++) {
    if (shard_has_due(s)) {
      shard_run_batch(s);
      any = true;
      if (weir_self_.doomed) break;
    }
    weir_shard_flush(s);
    if (!shard_has_due(s)) break;
  }
  return any;
}

bool weir_shard_turn(weir_shard *s, weir_io_nanos until) {
  weir_shard_assert_held(s);
  WEIR_ASSERT(weir_self_.leading == s);
  shard_wait(s, until);
  if (atomic_load(&s->loop->stopping)) return false;
  bool any = shard_run_ready(s);
  any |= shard_run_due(s);
  shard_free_graves(s);
  return any;
}

void weir_shard_wake(weir_shard *s) {
  if (atomic_load(&s->asleep) && atomic_exchange(&s->asleep, false)) s->ops->wake(s);
}

void weir_shard_tell(weir_shard *s) {
  bool work = weir_shard_has_work(s);
  if (s->led) {
    if (work || weir_timers_next(&s->timers) < s->wait_until) weir_shard_wake(s);
  } else if (s->is_guest) {
    weir_guest_idle(s);
  } else if (s->loop->is_private && (work || s->timers.len || !weir_list_empty(&s->socks))) {
    weir_shard_start_thread(s);
    if (work && !s->promoted) {
      s->urgent = true;
      pthread_cond_signal(&s->park);
    }
  }
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

static bool shard_init_locks(weir_shard *s) {
  pthread_mutexattr_t attr;
  if (pthread_mutexattr_init(&attr) != 0) return false;
#if defined(__GLIBC__)
  pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ADAPTIVE_NP); /* it is held for microseconds */
#endif
  bool ok = pthread_mutex_init(&s->lock, &attr) == 0;
  pthread_mutexattr_destroy(&attr);
  if (!ok) return false;
  if (pthread_mutex_init(&s->post_lock, NULL) == 0) {
    if (weir_cond_init(&s->park)) return true;
    pthread_mutex_destroy(&s->post_lock);
  }
  pthread_mutex_destroy(&s->lock);
  return false;
}

static void shard_fini_locks(weir_shard *s) {
  pthread_cond_destroy(&s->park);
  pthread_mutex_destroy(&s->post_lock);
  pthread_mutex_destroy(&s->lock);
}

weir_err weir_shard_init(weir_shard *s, weir_loop *l, const weir_backend *ops, void *arg) {
  s->loop = l;
  s->ops = ops;
  s->backend = arg;
  weir_list *const lists[] = {&s->due,     &s->pooled, &s->at_end, &s->again,   &s->socks,   &s->graves,
                              &s->lookups, &s->posts,  &s->posted, &s->running, &s->waiters, &s->woken};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) weir_list_init(lists[i]);
  s->guest_at = WEIR_IO_NEVER;
  s->wait_until = WEIR_IO_NEVER;
  if (!shard_init_locks(s)) return WEIR_ENOMEM;
  weir_err err = ops->open(s);
  if (err) {
    shard_fini_locks(s);
    return err;
  }
  s->now = ops->clock(s);
  return WEIR_EOK;
}

/* What weir_loop_post was given and did not run. */
static void shard_fini_posts(weir_shard *s) {
  for (weir_list *node; (node = weir_list_pop(&s->posts));) weir_post_free(s, node);
}

void weir_shard_fini(weir_shard *s) {
  weir_shard_lock(s);
  weir_lookup_fini(s);
  for (weir_list *node; (node = weir_list_pop(&s->socks));)
    weir_sock_close(WEIR_LIST_OF(node, weir_sock, all));
  shard_fini_posts(s);
  shard_free_graves(s);
  shard_free_blocks(s);
  weir_timers_fini(s);
  s->ops->close(s);
  weir_shard_unlock(s);
  shard_fini_locks(s);
}
