/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* epoll.c - Linux. Everything is registered edge-triggered and once; the eventfd that wakes the leader is never
 * read, since each write to it is a new edge. */
#include "io/posix.h"

#if !WEIR_HAS_KQUEUE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define MAX_EVENTS 256

typedef struct epoll_backend {
  int fd, wake_fd, timer_fd; /* timer_fd -1 until a foreign loop asks */
  int n_events;              /* of the last wait, not yet dispatched */
  weir_watch wake_watch, timer_watch;
  struct epoll_event events[MAX_EVENTS];
} epoll_backend;

static void epoll_on_wake(weir_watch *w, unsigned events) { (void)w, (void)events; }

static int epoll_add(epoll_backend *b, weir_watch *w, int op, unsigned events) {
  struct epoll_event ev = {.data.ptr = w};
  if (events & WEIR_WATCH_IN) ev.events |= EPOLLIN | EPOLLRDHUP;
  if (events & WEIR_WATCH_OUT) ev.events |= EPOLLOUT;
  if (events & WEIR_WATCH_EDGE) ev.events |= EPOLLET;
  return epoll_ctl(b->fd, op, w->fd, &ev);
}

static void epoll_shut(weir_shard *s) {
  epoll_backend *b = s->backend;
  if (b->timer_fd >= 0) close(b->timer_fd);
  if (b->wake_fd >= 0) close(b->wake_fd);
  if (b->fd >= 0) close(b->fd);
  weir_mem_free(s->loop->mem, b, sizeof *b);
  s->backend = NULL;
}

static weir_err epoll_open(weir_shard *s) {
  epoll_backend *b = weir_mem_zalloc(s->loop->mem, sizeof *b);
  if (!b) return WEIR_ENOMEM;
  s->backend = b;
  b->timer_fd = -1;
  b->fd = epoll_create1(EPOLL_CLOEXEC);
  b->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  b->wake_watch.fn = epoll_on_wake;
  b->wake_watch.fd = b->wake_fd;
  if (b->fd >= 0 && b->wake_fd >= 0 &&
      epoll_add(b, &b->wake_watch, EPOLL_CTL_ADD, WEIR_WATCH_IN | WEIR_WATCH_EDGE) == 0)
    return WEIR_EOK;
  int err = errno;
  epoll_shut(s);
  errno = err;
  return WEIR_ESYS;
}

static weir_io_nanos epoll_clock(weir_shard *s) {
  (void)s;
  return weir_clock_now();
}

/* Rounded up: a wait that ends before its timer would make the loop spin. */
static int epoll_timeout_ms(weir_io_nanos timeout) {
  if (timeout == WEIR_IO_NEVER) return -1;
  weir_io_nanos ms = timeout / 1000000 + (timeout % 1000000 != 0);
  return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static bool epoll_wait_events(weir_shard *s, weir_io_nanos timeout) {
  epoll_backend *b = s->backend;
  int n = epoll_wait(b->fd, b->events, MAX_EVENTS, epoll_timeout_ms(timeout));
  b->n_events = n > 0 ? n : 0; /* EINTR: the caller comes back */
  return true;
}

static bool epoll_dispatch(weir_shard *s) {
  epoll_backend *b = s->backend;
  bool any = false;
  for (int i = 0; i < b->n_events; i++) {
    weir_watch *w = b->events[i].data.ptr;
    uint32_t ev = b->events[i].events;
    if (!w->fn) continue; /* closed since */
    any |= w != &b->wake_watch;
    w->fn(w, (ev & EPOLLIN ? WEIR_WATCH_IN : 0u) | (ev & EPOLLOUT ? WEIR_WATCH_OUT : 0u) |
                 (ev & (EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? WEIR_WATCH_HUP : 0u));
  }
  b->n_events = 0;
  return any;
}

static void epoll_wake(weir_shard *s) {
  epoll_backend *b = s->backend;
  int err = errno;
  ssize_t n =
      write(b->wake_fd, &(uint64_t){1}, 8); /* fails only if it would overflow, and then it is readable */
  (void)n;
  errno = err;
}

static weir_err epoll_watch(weir_shard *s, weir_watch *w, unsigned events) {
  return epoll_add(s->backend, w, EPOLL_CTL_ADD, events) == 0 ? WEIR_EOK : WEIR_ESYS;
}

static weir_err epoll_rewatch(weir_shard *s, weir_watch *w, unsigned events) {
  return epoll_add(s->backend, w, EPOLL_CTL_MOD, events) == 0 ? WEIR_EOK : WEIR_ESYS;
}

/* Closing is not enough where a forked child still has the descriptor. */
static void epoll_unwatch(weir_shard *s, weir_watch *w) {
  epoll_backend *b = s->backend;
  epoll_ctl(b->fd, EPOLL_CTL_DEL, w->fd, &(struct epoll_event){0});
}

static int epoll_guest_fd(weir_shard *s) {
  epoll_backend *b = s->backend;
  if (b->timer_fd >= 0) return b->fd;
  b->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (b->timer_fd < 0) return -1;
  b->timer_watch.fn = epoll_on_wake;
  b->timer_watch.fd = b->timer_fd;
  if (epoll_add(b, &b->timer_watch, EPOLL_CTL_ADD, WEIR_WATCH_IN | WEIR_WATCH_EDGE) == 0) return b->fd;
  close(b->timer_fd);
  return b->timer_fd = -1;
}

static void epoll_guest_arm(weir_shard *s, weir_io_nanos at) {
  epoll_backend *b = s->backend;
  if (at < 1) at = 1; /* 0 would disarm it */
  struct itimerspec t = {0};
  if (at != WEIR_IO_NEVER) t.it_value = (struct timespec){(time_t)(at / 1000000000), (long)(at % 1000000000)};
  timerfd_settime(b->timer_fd, TFD_TIMER_ABSTIME, &t, NULL);
}

const weir_backend weir_backend_system = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_shut,
    .clock = epoll_clock,
    .wait = epoll_wait_events,
    .dispatch = epoll_dispatch,
    .wake = epoll_wake,
    .watch = epoll_watch,
    .rewatch = epoll_rewatch,
    .unwatch = epoll_unwatch,
    .guest_fd = epoll_guest_fd,
    .guest_arm = epoll_guest_arm,
    WEIR_POSIX_SOCKETS,
};
#else
typedef int epoll_is_not_here; /* ISO C wants a declaration in each file */
#endif
