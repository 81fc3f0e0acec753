/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* shard.h - the inside of shards and loops, for this folder only. */
#ifndef WEIR_IO_SHARD_H
#define WEIR_IO_SHARD_H

#include "base/assert.h"
#include "io/backend.h"
#include "io/thread.h"

#include <stdatomic.h>

/** The timers that are set, earliest first (a binary heap). */
typedef struct weir_timers {
  weir_timer **data;
  size_t len, cap;
} weir_timers;

/* The leader's seat.
 *   free -> taken   [seat_take]     a blocked caller, weir_loop_run, or the shard's thread
 *   taken -> free   [seat_release]  wakes one thread that sleeps for the seat, by name: `promoted`
 * A newcomer may take a free seat before the promoted thread has woken up; that one then sleeps again, and
 * whoever holds the seat promotes the next when it goes. So while anyone waits, the seat is taken or a thread
 * is on its way to it. */
struct weir_shard {
  weir_loop *loop;
  const weir_backend *ops;
  void *backend;

  pthread_mutex_t lock;
  _Atomic(const void *) holder; /* the thread that has the lock, in debug builds */
  atomic_uint n_entering;       /* threads that sleep on the lock */
  bool was_entering;            /* at the last turn; the leader's */
  weir_io_nanos now;
  bool now_fresh; /* read since the lock was taken */

  weir_list due;    /* weir_due, for step 3 */
  weir_list pooled; /* weir_task, for step 3: the simulated pool */
  weir_list at_end; /* weir_task, for step 4 */
  weir_list again;  /* weir_sock.again */
  weir_list socks;  /* weir_sock.all */
  weir_list graves;
  void *blocks; /* kept by weir_shard_give_block, each with the next in its first bytes */
  size_t block_size, n_blocks;
  weir_list posts;   /* of weir_loop_post, not yet run */
  weir_list lookups; /* of weir_lookup_start, not yet over */
  void *resolver;
  weir_timers timers;

  pthread_mutex_t post_lock; /* a leaf: guards the links of posted tasks */
  weir_list posted;
  weir_list running; /* posted tasks that this turn runs */
  atomic_bool has_posted;

  atomic_bool asleep;       /* somebody must call wake for news to be seen */
  weir_io_nanos wait_until; /* when the leader's wait ends by itself */

  bool led;
  bool stuck; /* simulation: nothing can happen any more */
  bool is_guest;
  weir_io_nanos guest_at;   /* what the guest timer is armed for */
  uint64_t seat_gen;        /* how often the seat was taken */
  weir_waiter *lead_waiter; /* the leader, if it is a blocked caller */
  weir_list waiters;        /* asleep for the seat or their end */
  weir_list woken;          /* done, to be signalled when the lock is let go */
  weir_waiter *promoted;
  size_t n_runners; /* of the waiters: in weir_loop_run */

  /* the shard's own thread */
  atomic_int thread_state;
  pthread_t thread;
  pthread_cond_t park;
  bool caller_slept;   /* while the thread led: it gives the seat away after this turn */
  bool thread_watches; /* it sleeps until the seat is free */
  bool urgent;         /* it shall take the free seat now */
};

enum { WEIR_THREAD_NONE, WEIR_THREAD_STARTING, WEIR_THREAD_RUNS };

/** The pool of threads for functions that may block. */
typedef struct weir_pool {
  weir_loop *loop;
  pthread_mutex_t lock;
  pthread_cond_t work;
  weir_list queue;   /* weir_task */
  weir_list threads; /* pool_thread */
  weir_list ended;
  size_t n_queued, n_threads, n_idle, max;
  weir_io_nanos idle_ns;
  bool stopping;
} weir_pool;

weir_err weir_pool_init(weir_pool *p, weir_loop *l, size_t max);
weir_err weir_pool_add(weir_pool *p, weir_task *t);
/** Lets running functions finish, drops the others. May be called on a thread of the pool: that one lives on. */
void weir_pool_fini(weir_pool *p);

struct weir_loop {
  atomic_size_t refs;
  weir_mem mem;
  weir_log log;
  weir_shard *shards;
  size_t n_shards;
  bool has_threads; /* one per shard, from the start */
  bool is_private;
  bool is_sim;
  atomic_size_t next;
  atomic_bool stop;     /* weir_loop_stop, not yet seen */
  atomic_bool stopping; /* the last owner went */
  int stop_fds[2];      /* with threads: what weir_loop_run waits for */
  weir_pool pool;
};

weir_err weir_shard_init(weir_shard *s, weir_loop *l, const weir_backend *ops, void *arg);
void weir_shard_fini(weir_shard *s);
/** Starts the shard's thread if it does not run. Lock held or not. WEIR_ESYS. */
weir_err weir_shard_start_thread(weir_shard *s);
/** Loop is stopping: makes the thread end, and waits for it unless it is the caller. */
void weir_shard_stop_thread(weir_shard *s);
/** Something is ready to run. Lock held. */
bool weir_shard_has_work(const weir_shard *s);
/** One turn, waiting until `until` at the longest. Seat and lock held, before and after. True if anything ran. */
bool weir_shard_turn(weir_shard *s, weir_io_nanos until);
/** Step 4. Lock held. */
void weir_shard_flush(weir_shard *s);
/** Wakes the leader if it waits. Any thread. */
void weir_shard_wake(weir_shard *s);
/** After weir_shard_flush by a thread that is not the leader: wakes who must see what is new. Lock held. */
void weir_shard_tell(weir_shard *s);
void weir_shard_lock(weir_shard *s);
void weir_shard_unlock(weir_shard *s);
/** Lets the lock go while asleep on c. */
void weir_shard_sleep(weir_shard *s, pthread_cond_t *c, weir_io_nanos until);

/** Signals the waiters that are done; the lock must be let go next, so that they find it free. */
void weir_waiters_signal(weir_shard *s);
/** Takes the seat, sleeping until it is free; false if `until` passed or the loop was told to stop. Lock held. */
bool weir_seat_get(weir_shard *s, weir_io_nanos until);
void weir_seat_release(weir_shard *s);
/** Nobody leads: makes a foreign loop see what there is to do. Lock held. */
void weir_guest_idle(weir_shard *s);
/** Step 2, told to stop: wakes those who wait for the seat to run the loop. */
void weir_seat_stop_runners(weir_shard *s);

weir_io_nanos weir_timers_next(const weir_timers *t);
/** Fires what is due at s->now; true if anything was. */
bool weir_timers_run(weir_shard *s);
void weir_timers_fini(weir_shard *s);

void weir_lookup_fini(weir_shard *s);
/** Frees one of s->posts. */
void weir_post_free(weir_shard *s, weir_list *node);

/** A thread that takes no signals; 0 or an errno value. */
int weir_thread_start(pthread_t *thread, void *(*fn)(void *arg), void *arg);

typedef struct weir_loop_config {
  const weir_backend *backend;
  void *backend_arg;
  uint32_t threads, pool_threads;
  bool is_private;
  const weir_hooks *hooks;
} weir_loop_config;
/** Makes any kind of loop; NULL with *e. */
weir_loop *weir_loop_make(const weir_loop_config *c, weir_error *e);
/** Drops what the last owner left; see weir_self.doomed. */
void weir_loop_destroy(weir_loop *l);

static inline void weir_shard_assert_held(const weir_shard *s) {
  (void)s;
  WEIR_ASSERT(atomic_load_explicit(&s->holder, memory_order_relaxed) == &weir_self_);
}

#endif
