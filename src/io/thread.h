/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* thread.h - condition variables on the monotonic clock, and what a thread knows about itself. */
#ifndef WEIR_IO_THREAD_H
#define WEIR_IO_THREAD_H

#include "io/io.h"

#include <pthread.h>
#include <time.h>

/** What this thread is doing for which loop. */
typedef struct weir_self {
  weir_shard *leading; /* the shard whose turn this thread runs */
  weir_loop *pool_of;  /* the loop whose pool this thread belongs to */
  weir_loop *doomed;   /* its last owner went away inside a function that this thread runs for it */
  bool in_callback;    /* in step 3 of a turn */
} weir_self;
extern _Thread_local weir_self weir_self_;

static inline weir_io_nanos weir_clock_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (weir_io_nanos)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline bool weir_cond_init(pthread_cond_t *c) {
#if defined(__APPLE__)
  return pthread_cond_init(c, NULL) == 0;
#else
  pthread_condattr_t attr;
  if (pthread_condattr_init(&attr) != 0) return false;
  bool ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(c, &attr) == 0;
  pthread_condattr_destroy(&attr);
  return ok;
#endif
}

/** Waits for a signal, at most until `until`; wakes up for no reason too. */
static inline void weir_cond_wait(pthread_cond_t *c, pthread_mutex_t *m, weir_io_nanos until) {
  if (until == WEIR_IO_NEVER) {
    pthread_cond_wait(c, m);
    return;
  }
#if defined(__APPLE__)
  weir_io_nanos left = until - weir_clock_now();
  if (left < 0) left = 0;
  struct timespec t = {(time_t)(left / 1000000000), (long)(left % 1000000000)};
  pthread_cond_timedwait_relative_np(c, m, &t);
#else
  struct timespec t = {(time_t)(until / 1000000000), (long)(until % 1000000000)};
  pthread_cond_timedwait(c, m, &t);
#endif
}

#endif
