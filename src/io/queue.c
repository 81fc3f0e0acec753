/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* queue.c - completion queues: callbacks that become entries of a list. Who polls, waits as a blocked caller of the
 * loop's first shard, and so drives a loop that has no threads. */
#include "io/shard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#endif

typedef struct queue_tag {
  struct queue_tag *next;
  weir_queue *queue;
  weir_event event;
} queue_tag;

typedef struct queue_poller {
  weir_list node; /* queue->pollers; shard locked */
  weir_waiter waiter;
  weir_timer timer;
  weir_shard *shard;
} queue_poller;

/* The shard's lock may be held while this lock is taken, never the other way round. */
struct weir_queue {
  weir_loop *loop;
  pthread_mutex_t lock;
  queue_tag *first, **last; /* what has come */
  queue_tag *free_tags;
  size_t n_out; /* tags that have not come back */
  bool freed, fd_used;
  int fds[2]; /* to read, to write; the same where there is eventfd */
  weir_list pollers;
  atomic_size_t n_pollers;
};

/* ---- the descriptor ----------------------------------------------------------------------------------------------- */

static bool queue_open_fd(weir_queue *q) {
#if defined(__linux__)
  q->fds[0] = q->fds[1] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return q->fds[0] >= 0;
#else
  if (pipe(q->fds) < 0) return false;
  bool ok = true;
  for (int i = 0; i < 2; i++)
    ok = ok && fcntl(q->fds[i], F_SETFD, FD_CLOEXEC) == 0 && fcntl(q->fds[i], F_SETFL, O_NONBLOCK) == 0;
  return ok;
#endif
}

static void queue_close_fd(weir_queue *q) {
  if (q->fds[0] >= 0) close(q->fds[0]);
  if (q->fds[1] >= 0 && q->fds[1] != q->fds[0]) close(q->fds[1]);
}

/* Queue locked, at the change between empty and not empty. */
static void queue_set_fd(weir_queue *q, bool readable) {
  if (!q->fd_used) return;
  uint64_t one = 1;
  ssize_t n = readable ? write(q->fds[1], &one, sizeof one) : read(q->fds[0], &one, sizeof one);
  (void)n;
}

/* ---- life ----------------------------------------------------------------------------------------------------------- */

static weir_queue *queue_fail(weir_queue *q, int sys, weir_error *e) {
  weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, sys, "a queue cannot be made: %s",
                 sys ? strerror(sys) : weir_err_text(WEIR_ENOMEM));
  if (q) {
    queue_close_fd(q);
    weir_mem_free(q->loop->mem, q, sizeof *q);
  }
  return NULL;
}

weir_queue *weir_queue_new(weir_loop *l, weir_error *e) {
  weir_queue *q = weir_mem_zalloc(l->mem, sizeof *q);
  if (!q) return queue_fail(NULL, 0, e);
  q->loop = l;
  q->last = &q->first;
  q->fds[0] = q->fds[1] = -1;
  weir_list_init(&q->pollers);
  if (!queue_open_fd(q)) return queue_fail(q, errno, e);
  if (pthread_mutex_init(&q->lock, NULL) != 0) return queue_fail(q, 0, e);
  weir_loop_ref(l);
  return q;
}

static void tags_free(weir_queue *q, queue_tag *t) {
  for (queue_tag *next; t; t = next) {
    next = t->next;
    weir_mem_free(q->loop->mem, t, sizeof *t);
  }
}

static void queue_destroy(weir_queue *q) {
  weir_loop *l = q->loop;
  tags_free(q, q->first);
  tags_free(q, q->free_tags);
  queue_close_fd(q);
  pthread_mutex_destroy(&q->lock);
  weir_mem_free(l->mem, q, sizeof *q);
  weir_loop_unref(l);
}

/* Tags that are still out come back to it first. */
void weir_queue_free(weir_queue *q) {
  if (!q) return;
  pthread_mutex_lock(&q->lock);
  q->freed = true;
  bool last = q->n_out == 0;
  pthread_mutex_unlock(&q->lock);
  if (last) queue_destroy(q);
}

int weir_queue_fd(weir_queue *q) {
  pthread_mutex_lock(&q->lock);
  if (!q->fd_used) {
    q->fd_used = true;
    if (q->first) queue_set_fd(q, true);
  }
  pthread_mutex_unlock(&q->lock);
  return q->fds[0];
}

/* ---- in ---------------------------------------------------------------------------------------------------------------- */

void *weir_queue_tag(weir_queue *q, void *tag) {
  pthread_mutex_lock(&q->lock);
  queue_tag *t = q->free_tags;
  if (t)
    q->free_tags = t->next;
  else
    t = weir_mem_alloc(q->loop->mem, sizeof *t);
  if (t) {
    *t = (queue_tag){.queue = q, .event = {.tag = tag}};
    q->n_out++;
  }
  pthread_mutex_unlock(&q->lock);
  return t;
}

static void queue_wake_pollers(weir_queue *q) {
  weir_shard *s = q->loop->shards;
  weir_shard_enter(s);
  for (weir_list *n = q->pollers.next; n != &q->pollers; n = n->next)
    weir_waiter_wake(s, &WEIR_LIST_OF(n, queue_poller, node)->waiter);
  weir_shard_leave(s);
}

void weir_queue_push(void *arg, weir_call *call, weir_code code) {
  queue_tag *t = arg;
  weir_queue *q = t->queue;
  t->event.call = call;
  t->event.code = code;
  pthread_mutex_lock(&q->lock);
  bool was_empty = !q->first, last = q->freed && q->n_out == 1;
  q->n_out--;
  *q->last = t;
  q->last = &t->next;
  if (was_empty) queue_set_fd(q, true);
  bool wake = !q->freed && atomic_load(&q->n_pollers) > 0;
  pthread_mutex_unlock(&q->lock);
  if (wake) queue_wake_pollers(q);
  if (last) queue_destroy(q);
}

/* ---- out --------------------------------------------------------------------------------------------------------------- */

static size_t queue_take(weir_queue *q, weir_event *out, size_t max) {
  size_t n = 0;
  pthread_mutex_lock(&q->lock);
  for (queue_tag *t; n < max && (t = q->first); n++) {
    out[n] = t->event;
    q->first = t->next;
    t->next = q->free_tags;
    q->free_tags = t;
  }
  if (!q->first) {
    q->last = &q->first;
    if (n) queue_set_fd(q, false);
  }
  pthread_mutex_unlock(&q->lock);
  return n;
}

static void poller_timeout(void *arg) {
  queue_poller *p = arg;
  weir_waiter_wake(p->shard, &p->waiter);
}

/* Shard locked. Looks once more after it is known as a poller: what comes later wakes it. */
static size_t queue_wait(weir_queue *q, weir_shard *s, weir_event *out, size_t max, int64_t timeout_ns) {
  weir_io_nanos until = weir_io_after(weir_shard_now(s), timeout_ns);
  queue_poller p = {.shard = s};
  p.timer = (weir_timer){.fn = poller_timeout, .arg = &p};
  if (weir_timer_set(s, &p.timer, until)) return 0;
  weir_list_push(&q->pollers, &p.node);
  atomic_fetch_add(&q->n_pollers, 1);
  size_t n;
  while (!(n = queue_take(q, out, max)) && (until == WEIR_IO_NEVER || p.timer.slot)) {
    p.waiter = (weir_waiter){0};
    weir_shard_wait(s, &p.waiter);
  }
  atomic_fetch_sub(&q->n_pollers, 1);
  weir_list_remove(&p.node);
  weir_timer_stop(s, &p.timer);
  return n;
}

size_t weir_queue_poll(weir_queue *q, weir_event *out, size_t max, int64_t timeout_ns) {
  weir_shard *s = q->loop->shards;
  size_t n = queue_take(q, out, max);
  if (n || !max || !timeout_ns || !weir_shard_may_block(s)) return n;
  weir_shard_enter(s);
  n = queue_wait(q, s, out, max, timeout_ns);
  weir_shard_leave(s);
  return n;
}
