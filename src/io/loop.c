/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* loop.c - the public loop: one or more shards and a pool. */
#include "io/shard.h"

#include "base/opts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SHARDS 1024

/* ---- making ---------------------------------------------------------------------------------------------------- */

static void log_to_stderr(void *ctx, int level, const char *component, const char *text) {
  static const char *const names[] = {"?", "error", "warning", "info", "debug"};
  (void)ctx;
  fprintf(stderr, "weir %s %s: %s\n", component, names[level >= 1 && level <= 4 ? level : 0], text);
}

static weir_log loop_log_of(const weir_hooks *hooks) {
  if (hooks && hooks->log) return (weir_log){hooks->log, hooks->ctx, WEIR_LOG_DEBUG};
  if (getenv("WEIR_LOG")) return (weir_log){log_to_stderr, NULL, WEIR_LOG_WARN};
  return (weir_log){NULL, NULL, 0};
}

static weir_loop_opts loop_opts_of(const weir_loop_opts *o) {
  weir_loop_opts all = {.size = sizeof all};
  weir_opts_read(&all, sizeof all, o);
  return all;
}

static bool loop_open_stop(weir_loop *l) {
  if (!l->has_threads) return true;
  if (pipe(l->stop_fds) < 0) {
    l->stop_fds[0] = l->stop_fds[1] = -1;
    return false;
  }
  for (int i = 0; i < 2; i++)
    if (fcntl(l->stop_fds[i], F_SETFD, FD_CLOEXEC) < 0 || fcntl(l->stop_fds[i], F_SETFL, O_NONBLOCK) < 0)
      return false;
  return true;
}

static void loop_free(weir_loop *l, size_t n_shards) {
  for (size_t i = 0; i < n_shards; i++) weir_shard_fini(&l->shards[i]);
  for (int i = 0; i < 2; i++)
    if (l->stop_fds[i] >= 0) close(l->stop_fds[i]);
  weir_mem mem = l->mem;
  weir_mem_free(mem, l->shards, l->n_shards * sizeof *l->shards);
  weir_mem_free(mem, l, sizeof *l);
}

static weir_loop *loop_fail(weir_loop *l, size_t n_shards, weir_err err, weir_error *e) {
  int sys = err == WEIR_ESYS ? errno : 0;
  weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, sys, "a loop cannot be made: %s",
                 sys ? strerror(sys) : weir_err_text(WEIR_ENOMEM));
  if (l) loop_free(l, n_shards);
  return NULL;
}

static weir_loop *loop_alloc(size_t n_shards, const weir_hooks *hooks) {
  weir_mem mem = hooks && hooks->alloc ? (weir_mem){hooks->alloc, hooks->ctx} : WEIR_MEM_DEFAULT;
  weir_loop *l = weir_mem_zalloc(mem, sizeof *l);
  if (!l) return NULL;
  l->shards = weir_mem_zalloc(mem, n_shards * sizeof *l->shards);
  if (!l->shards) {
    weir_mem_free(mem, l, sizeof *l);
    return NULL;
  }
  l->mem = mem;
  l->log = loop_log_of(hooks);
  l->n_shards = n_shards;
  l->stop_fds[0] = l->stop_fds[1] = -1;
  atomic_init(&l->refs, 1);
  return l;
}

static weir_err loop_start_threads(weir_loop *l) {
  weir_err err = WEIR_EOK;
  for (size_t i = 0; !err && i < l->n_shards; i++) err = weir_shard_start_thread(&l->shards[i]);
  return err;
}

weir_loop *weir_loop_make(const weir_loop_config *c, weir_error *e) {
  size_t n = c->threads ? c->threads : 1;
  if (n > MAX_SHARDS) {
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "a loop cannot have %zu threads; at most %d", n, MAX_SHARDS);
    return NULL;
  }
  weir_loop *l = loop_alloc(n, c->hooks);
  if (!l) return loop_fail(NULL, 0, WEIR_ENOMEM, e);
  l->has_threads = c->threads > 0;
  l->is_private = c->is_private;
  l->is_sim = c->backend != &weir_backend_system;
  weir_err err = loop_open_stop(l) ? WEIR_EOK : WEIR_ESYS;
  size_t made = 0;
  for (; !err && made < n; made++)
    if ((err = weir_shard_init(&l->shards[made], l, c->backend, c->backend_arg))) break;
  if (!err) err = weir_pool_init(&l->pool, l, c->pool_threads);
  if (err) return loop_fail(l, made, err, e);
  if (l->has_threads && (err = loop_start_threads(l))) {
    int sys = errno;
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, sys, "a thread of the loop cannot be started: %s",
                   strerror(sys));
    weir_loop_destroy(l);
    return NULL;
  }
  return l;
}

weir_loop *weir_loop_new(const weir_loop_opts *o, weir_error *e) {
  weir_loop_opts all = loop_opts_of(o);
  return weir_loop_make(&(weir_loop_config){.backend = &weir_backend_system,
                                            .threads = all.threads,
                                            .pool_threads = all.pool_threads,
                                            .hooks = all.hooks},
                        e);
}

weir_loop *weir_loop_new_private(weir_error *e) {
  return weir_loop_make(&(weir_loop_config){.backend = &weir_backend_system, .is_private = true}, e);
}

/* ---- ending -------------------------------------------------------------------------------------------------------- */

void weir_loop_destroy(weir_loop *l) {
  if (weir_self_.doomed == l) weir_self_.doomed = NULL;
  if (weir_self_.leading && weir_self_.leading->loop == l) weir_self_.leading = NULL;
  atomic_store(&l->stopping, true);
  for (size_t i = 0; i < l->n_shards; i++) weir_shard_stop_thread(&l->shards[i]);
  weir_pool_fini(&l->pool);
  loop_free(l, l->n_shards);
}

weir_loop *weir_loop_ref(weir_loop *l) {
  atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
  return l;
}

/* On a thread that runs something for this very loop, the end waits until that has returned. */
void weir_loop_unref(weir_loop *l) {
  if (!l || atomic_fetch_sub_explicit(&l->refs, 1, memory_order_acq_rel) != 1) return;
  bool inside = (weir_self_.leading && weir_self_.leading->loop == l) || weir_self_.pool_of == l;
  if (inside)
    weir_self_.doomed = l;
  else
    weir_loop_destroy(l);
}

/* ---- the shards ------------------------------------------------------------------------------------------------------ */

size_t weir_loop_n_shards(const weir_loop *l) { return l->n_shards; }
weir_shard *weir_loop_shard(weir_loop *l, size_t i) { return &l->shards[i]; }
weir_mem weir_loop_mem(weir_loop *l) { return l->mem; }
const weir_log *weir_loop_log(weir_loop *l) { return &l->log; }

weir_shard *weir_loop_pick(weir_loop *l) {
  if (l->n_shards == 1) return l->shards;
  return &l->shards[atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed) % l->n_shards];
}

weir_err weir_loop_pool_run(weir_loop *l, weir_task *t) {
  if (!l->is_sim) return weir_pool_add(&l->pool, t);
  weir_list *pooled = &l->shards[0].pooled; /* one thread: no lock */
  if (!weir_list_linked(&t->node)) weir_list_push(pooled, &t->node);
  return WEIR_EOK;
}

/* ---- running ----------------------------------------------------------------------------------------------------------- */

/* With threads of its own, the loop runs already. */
static weir_code loop_wait_stop(weir_loop *l, int64_t timeout_ns) {
  weir_io_nanos until = weir_io_after(weir_clock_now(), timeout_ns);
  for (;;) {
    if (atomic_exchange(&l->stop, false)) {
      char sink[64];
      while (read(l->stop_fds[0], sink, sizeof sink) > 0) {}
      return WEIR_CANCELLED;
    }
    weir_io_nanos left = until == WEIR_IO_NEVER ? -1 : until - weir_clock_now();
    if (until != WEIR_IO_NEVER && left <= 0) return WEIR_DEADLINE_EXCEEDED;
    int ms = left < 0 ? -1 : left / 1000000 >= INT32_MAX ? INT32_MAX : (int)(left / 1000000) + 1;
    poll(&(struct pollfd){.fd = l->stop_fds[0], .events = POLLIN}, 1, ms);
  }
}

static weir_code loop_turns(weir_loop *l, weir_shard *s, bool for_ever, weir_io_nanos until) {
  for (;;) {
    if (atomic_exchange(&l->stop, false)) return WEIR_CANCELLED;
    bool any = weir_shard_turn(s, until);
    if (weir_self_.doomed) return WEIR_CANCELLED;
    if (!any && s->stuck && until == WEIR_IO_NEVER) return WEIR_DEADLINE_EXCEEDED;
    if (for_ever) continue;
    if (any) return WEIR_OK;
    if (until != WEIR_IO_NEVER && s->now >= until)
      return atomic_exchange(&l->stop, false) ? WEIR_CANCELLED : WEIR_DEADLINE_EXCEEDED;
  }
}

weir_code weir_loop_run(weir_loop *l, int64_t timeout_ns) {
  if (weir_self_.in_callback) return WEIR_FAILED_PRECONDITION;
  if (l->has_threads) return loop_wait_stop(l, timeout_ns);
  weir_shard *s = l->shards;
  weir_shard_enter(s);
  weir_io_nanos until = timeout_ns < 0 ? WEIR_IO_NEVER : weir_io_after(weir_shard_now(s), timeout_ns);
  weir_code code = WEIR_DEADLINE_EXCEEDED;
  if (weir_seat_get(s, until)) {
    weir_shard_flush(s);
    code = loop_turns(l, s, timeout_ns < 0, until);
    if (weir_self_.doomed) {
      weir_shard_unlock(s);
      weir_loop_destroy(l);
      return code;
    }
    weir_seat_release(s);
  } else if (atomic_exchange(&l->stop, false)) {
    code = WEIR_CANCELLED;
  }
  weir_shard_leave(s);
  return code;
}

void weir_loop_stop(weir_loop *l) {
  int err = errno;
  atomic_store(&l->stop, true);
  if (l->has_threads) {
    ssize_t n = write(l->stop_fds[1], "", 1); /* full is fine: it is readable then */
    (void)n;
  } else {
    l->shards->ops->wake(l->shards);
  }
  errno = err;
}

int weir_loop_fd(weir_loop *l) {
  weir_shard *s = l->shards;
  if (l->has_threads || l->is_private) return -1;
  weir_shard_enter(s);
  int fd = s->ops->guest_fd(s);
  if (fd >= 0 && !s->is_guest) {
    s->is_guest = true;
    if (!s->led) atomic_store(&s->asleep, true);
  }
  weir_shard_leave(s);
  return fd;
}

/* ---- functions of the user ------------------------------------------------------------------------------------------------ */

typedef struct loop_post {
  weir_list node; /* shard->posts */
  weir_shard *shard;
  weir_due due;
  weir_timer timer;
} loop_post;

void weir_post_free(weir_shard *s, weir_list *node) {
  weir_mem_free(s->loop->mem, WEIR_LIST_OF(node, loop_post, node), sizeof(loop_post));
}

static void post_due(void *arg) {
  loop_post *p = arg;
  weir_shard_call_back(p->shard, &p->due);
}

static void post_done(weir_due *d) {
  loop_post *p = WEIR_LIST_OF(d, loop_post, due);
  weir_shard *s = p->shard;
  weir_shard_enter(s);
  weir_list_remove(&p->node);
  weir_post_free(s, &p->node);
  weir_shard_leave(s);
}

weir_code weir_loop_post(weir_loop *l, int64_t delay_ns, weir_fn *fn, void *arg) {
  weir_shard *s = l->shards; /* always the same one: order is kept */
  loop_post *p = weir_mem_zalloc(l->mem, sizeof *p);
  if (!p) return WEIR_RESOURCE_EXHAUSTED;
  p->shard = s;
  p->due = (weir_due){.fn = fn, .arg = arg, .done = post_done};
  p->timer = (weir_timer){.fn = post_due, .arg = p};
  weir_shard_enter(s);
  weir_err err = WEIR_EOK;
  if (delay_ns <= 0)
    post_due(p);
  else
    err = weir_timer_set(s, &p->timer, weir_io_after(weir_shard_now(s), delay_ns));
  if (err)
    weir_mem_free(l->mem, p, sizeof *p);
  else
    weir_list_push(&s->posts, &p->node);
  weir_shard_leave(s);
  return err ? WEIR_RESOURCE_EXHAUSTED : WEIR_OK;
}
