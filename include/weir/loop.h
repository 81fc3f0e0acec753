/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* loop.h - the event loop: with threads of its own, driven by its callers, or a guest in a foreign loop. One
 * object for all three; nothing starts that was not asked for. */
#ifndef WEIR_LOOP_H
#define WEIR_LOOP_H

#include <weir/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weir_loop_opts {
  size_t size;
  uint32_t threads;        /* shards, one thread each; 0: one shard that callers drive with weir_loop_run */
  uint32_t pool_threads;   /* most threads for handlers that may block; default 32 */
  const weir_hooks *hooks; /* copied; NULL: the C library's heap, no log */
} weir_loop_opts;

/** Makes a loop. Threads start here if opts ask for any. NULL with *e: RESOURCE_EXHAUSTED (memory, descriptors,
 * threads). */
WEIR_API weir_loop *weir_loop_new(const weir_loop_opts *o, weir_error *e);
WEIR_API weir_loop *weir_loop_ref(weir_loop *l);
/** Drops an owner; the last one stops the threads, waits for pool functions that run, and nothing runs any more. In a
 * callback or pool function of the loop itself, that happens when it has returned. */
WEIR_API void weir_loop_unref(weir_loop *l);

/** For a foreign loop: a descriptor that turns readable when weir_loop_run(l, 0) has work, timers included. Only
 * with threads 0. -1 if the backend has none. */
WEIR_API int weir_loop_fd(weir_loop *l);

/**
 * Runs the loop on the calling thread. timeout_ns 0: what is ready now; > 0: one turn, waiting at most so long;
 * -1: until weir_loop_stop. With threads > 0 it only waits: for weir_loop_stop, or so long. Several threads may
 * run a loop at once; one at a time drives it.
 *
 * Returns WEIR_OK after a turn, WEIR_CANCELLED when stopped, WEIR_DEADLINE_EXCEEDED if nothing happened within
 * timeout_ns, WEIR_FAILED_PRECONDITION inside a callback of a loop.
 */
WEIR_API weir_code weir_loop_run(weir_loop *l, int64_t timeout_ns);

/** Runs fn(arg, NULL, WEIR_OK) on the loop after delay_ns; any thread; without delay, order is kept.
 * WEIR_RESOURCE_EXHAUSTED: out of memory, fn will not run. */
WEIR_API weir_code weir_loop_post(weir_loop *l, int64_t delay_ns, weir_fn *fn, void *arg);

/** Makes the current or next weir_loop_run(l, -1) return. Any thread; async-signal-safe. */
WEIR_API void weir_loop_stop(weir_loop *l);

/* ---- completion queue: opt-in, for bindings that drain in batches --------------------------------------------- */

typedef struct weir_event {
  void *tag;
  weir_call *call;
  weir_code code;
  uint32_t pad;
} weir_event;

/** NULL with *e when out of memory or descriptors. */
WEIR_API weir_queue *weir_queue_new(weir_loop *l, weir_error *e);
/** The `arg` to pass along with fn = weir_queue_push; comes back once as weir_event.tag = tag. When the operation is
 * over at once (its code is not PENDING), push it yourself. NULL: out of memory. */
WEIR_API void *weir_queue_tag(weir_queue *q, void *tag);
WEIR_API weir_fn weir_queue_push;
/** Readable while events wait; poll it, do not read it. */
WEIR_API int weir_queue_fd(weir_queue *q);
/** Takes up to max events; waits up to timeout_ns (0: not at all, -1: for ever) for the first, driving a loop that has
 * no threads. In a callback of a loop it does not wait. */
WEIR_API size_t weir_queue_poll(weir_queue *q, weir_event *out, size_t max, int64_t timeout_ns);
/** Events not taken are dropped, and those that come later too. Not while another thread polls. */
WEIR_API void weir_queue_free(weir_queue *q);

#ifdef __cplusplus
}
#endif
#endif
