/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* kqueue.c - macOS and the BSDs. Sockets are registered once, edge-triggered (EV_CLEAR), for both directions; a
 * socket that became readable and writable at once is told twice, which its owner cannot tell from two edges.
 * WEIR_USE_KQUEUE builds it elsewhere, over libkqueue. */
#include "io/posix.h"

#if WEIR_HAS_KQUEUE
#include <errno.h>
#include <fcntl.h>
#include <sys/event.h>
#include <sys/types.h>
#include <unistd.h>

#define MAX_EVENTS  256
#define WAKE_IDENT  1
#define TIMER_IDENT 2

typedef struct kqueue_backend {
  int fd;
  int n_events; /* of the last wait, not yet dispatched */
  struct kevent events[MAX_EVENTS];
} kqueue_backend;

/* kevent by one change; EV_DELETE of what is not there is no matter. */
static int kqueue_change(kqueue_backend *b, uintptr_t ident, int filter, unsigned flags, unsigned fflags,
                         int64_t data, void *udata) {
  struct kevent ev;
  EV_SET(&ev, ident, (short)filter, (unsigned short)flags, fflags, (intptr_t)data, udata);
  int n;
  do n = kevent(b->fd, &ev, 1, NULL, 0, NULL);
  while (n < 0 && errno == EINTR);
  return n;
}

static void kqueue_shut(weir_shard *s) {
  kqueue_backend *b = s->backend;
  if (b->fd >= 0) close(b->fd);
  weir_mem_free(s->loop->mem, b, sizeof *b);
  s->backend = NULL;
}

static weir_err kqueue_open(weir_shard *s) {
  kqueue_backend *b = weir_mem_zalloc(s->loop->mem, sizeof *b);
  if (!b) return WEIR_ENOMEM;
  s->backend = b;
  b->fd = kqueue();
  if (b->fd >= 0 && fcntl(b->fd, F_SETFD, FD_CLOEXEC) == 0 &&
      kqueue_change(b, WAKE_IDENT, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0, NULL) == 0)
    return WEIR_EOK;
  int err = errno;
  kqueue_shut(s);
  errno = err;
  return WEIR_ESYS;
}

static weir_io_nanos kqueue_clock(weir_shard *s) {
  (void)s;
  return weir_clock_now();
}

static bool kqueue_wait(weir_shard *s, weir_io_nanos timeout) {
  kqueue_backend *b = s->backend;
  struct timespec t = {0};
  if (timeout != WEIR_IO_NEVER)
    t = (struct timespec){(time_t)(timeout / 1000000000), (long)(timeout % 1000000000)};
  int n = kevent(b->fd, NULL, 0, b->events, MAX_EVENTS, timeout == WEIR_IO_NEVER ? NULL : &t);
  b->n_events = n > 0 ? n : 0; /* EINTR: the caller comes back */
  return true;
}

static bool kqueue_dispatch(weir_shard *s) {
  kqueue_backend *b = s->backend;
  bool any = false;
  for (int i = 0; i < b->n_events; i++) {
    const struct kevent *ev = &b->events[i];
    weir_watch *w = (weir_watch *)ev->udata;
    if (!w || !w->fn) continue; /* the wake-up and the timer; closed since */
    any = true;
    w->fn(w, (ev->filter == EVFILT_READ ? WEIR_WATCH_IN : 0u) |
                 (ev->filter == EVFILT_WRITE ? WEIR_WATCH_OUT : 0u) |
                 (ev->flags & (EV_EOF | EV_ERROR) ? WEIR_WATCH_HUP : 0u));
  }
  b->n_events = 0;
  return any;
}

static void kqueue_wake(weir_shard *s) {
  int err = errno;
  kqueue_change(s->backend, WAKE_IDENT, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
  errno = err;
}

static weir_err kqueue_set(weir_shard *s, weir_watch *w, int filter, unsigned events, bool on) {
  unsigned flags = on ? EV_ADD | (events & WEIR_WATCH_EDGE ? EV_CLEAR : 0u) : EV_DELETE;
  if (kqueue_change(s->backend, (uintptr_t)w->fd, filter, flags, 0, 0, w) == 0 || !on) return WEIR_EOK;
  return errno == ENOMEM ? WEIR_ENOMEM : WEIR_ESYS;
}

static weir_err kqueue_rewatch(weir_shard *s, weir_watch *w, unsigned events) {
  weir_err err = kqueue_set(s, w, EVFILT_READ, events, events & WEIR_WATCH_IN);
  return err ? err : kqueue_set(s, w, EVFILT_WRITE, events, events & WEIR_WATCH_OUT);
}

static weir_err kqueue_watch(weir_shard *s, weir_watch *w, unsigned events) {
  weir_err err = events & WEIR_WATCH_IN ? kqueue_set(s, w, EVFILT_READ, events, true) : WEIR_EOK;
  return err || !(events & WEIR_WATCH_OUT) ? err : kqueue_set(s, w, EVFILT_WRITE, events, true);
}

static void kqueue_unwatch(weir_shard *s, weir_watch *w) {
  kqueue_set(s, w, EVFILT_READ, 0, false);
  kqueue_set(s, w, EVFILT_WRITE, 0, false);
}

static int kqueue_guest_fd(weir_shard *s) {
  kqueue_backend *b = s->backend;
  return b->fd;
}

static void kqueue_guest_arm(weir_shard *s, weir_io_nanos at) {
  if (at == WEIR_IO_NEVER) {
    kqueue_change(s->backend, TIMER_IDENT, EVFILT_TIMER, EV_DELETE, 0, 0, NULL);
    return;
  }
  weir_io_nanos ms = (at - weir_clock_now() + 999999) / 1000000;
  kqueue_change(s->backend, TIMER_IDENT, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, ms < 1 ? 1 : ms, NULL);
}

const weir_backend weir_backend_system = {
    .name = "kqueue",
    .open = kqueue_open,
    .close = kqueue_shut,
    .clock = kqueue_clock,
    .wait = kqueue_wait,
    .dispatch = kqueue_dispatch,
    .wake = kqueue_wake,
    .watch = kqueue_watch,
    .rewatch = kqueue_rewatch,
    .unwatch = kqueue_unwatch,
    .guest_fd = kqueue_guest_fd,
    .guest_arm = kqueue_guest_arm,
    WEIR_POSIX_SOCKETS,
};
#else
typedef int kqueue_is_not_here; /* ISO C wants a declaration in each file */
#endif
