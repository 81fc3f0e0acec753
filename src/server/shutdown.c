/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* shutdown.c - graceful stop: no new connections, GOAWAY, grace, then force; and who waits for it. */
#include "server/server.h"

static void stop_wait_done(weir_due *d) {
  stop_wait *w = WEIR_LIST_OF(d, stop_wait, due);
  weir_server *s = w->server;
  weir_mem_free(weir_loop_mem(s->loop), w, sizeof *w);
  weir_server_drop(s);
}

static void server_stopped(void *arg) {
  weir_server *s = arg;
  weir_shard *first = weir_server_first(s);
  if (s->state != SERVER_DRAINING || atomic_load(&s->live)) return;
  s->state = SERVER_STOPPED;
  weir_timer_stop(first, &s->grace);
  weir_list *n;
  while ((n = weir_list_pop(&s->stops))) {
    stop_wait *w = WEIR_LIST_OF(n, stop_wait, node);
    if (w->due.fn)
      weir_shard_call_back(first, &w->due);
    else
      weir_waiter_wake(first, &w->waiter);
  }
}

/* First shard's lock held. */
static void each_conn(weir_server *s, void (*fn)(server_conn *sc)) {
  for (size_t i = 0; i < s->n_shards; i++) {
    server_shard *sh = &s->shards[i];
    if (i) weir_shard_enter(sh->shard);
    for (weir_list *n = sh->conns.next, *next; n != &sh->conns; n = next) {
      next = n->next; /* fn may end this connection, no other */
      fn(WEIR_LIST_OF(n, server_conn, node));
    }
    if (i) weir_shard_leave(sh->shard);
  }
}

static void conn_force(server_conn *sc) { weir_conn_abort(sc->conn, "the server was shut down"); }

static void grace_over(void *arg) { each_conn(arg, conn_force); }

static void server_drain(weir_server *s) {
  if (s->state >= SERVER_DRAINING) return;
  s->state = SERVER_DRAINING;
  s->grace_at = WEIR_IO_NEVER;
  s->grace = (weir_timer){.fn = grace_over, .arg = s};
  s->stopped = (weir_task){.fn = server_stopped, .arg = s};
  atomic_store(&s->draining, true);
  weir_server_close_listeners(s);
  each_conn(s, weir_server_conn_drain);
  if (!atomic_load(&s->live)) weir_shard_post(weir_server_first(s), &s->stopped);
}

static void server_grace(weir_server *s, int64_t grace_ns) {
  if (s->state != SERVER_DRAINING || grace_ns < 0 || grace_ns > INT64_MAX / 2) return;
  weir_io_nanos at = weir_shard_now(weir_server_first(s)) + grace_ns;
  if (at >= s->grace_at) return;
  s->grace_at = at;
  if (grace_ns == 0 || weir_timer_set(weir_server_first(s), &s->grace, at)) grace_over(s);
}

static void wait_stopped(weir_server *s) {
  while (s->state != SERVER_STOPPED) {
    stop_wait w = {.waiter = {.done = false}};
    weir_list_push(&s->stops, &w.node);
    weir_shard_wait(weir_server_first(s), &w.waiter);
  }
}

static void notify_stopped(weir_server *s, stop_wait *w) {
  if (s->state == SERVER_STOPPED)
    weir_shard_call_back(weir_server_first(s), &w->due);
  else
    weir_list_push(&s->stops, &w->node);
}

static stop_wait *stop_wait_new(weir_server *s, weir_fn *fn, void *arg) {
  stop_wait *w = weir_mem_zalloc(weir_loop_mem(s->loop), sizeof *w);
  if (!w) return NULL;
  w->due = (weir_due){.fn = fn, .arg = arg, .done = stop_wait_done};
  w->server = s;
  atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed); /* fn may drop the last user's */
  return w;
}

weir_code weir_server_shutdown(weir_server *s, int64_t grace_ns, weir_fn *fn, void *arg) {
  weir_shard *first = weir_server_first(s);
  stop_wait *w = fn ? stop_wait_new(s, fn, arg) : NULL;
  weir_code code = WEIR_OK;
  weir_shard_enter(first);
  server_drain(s);
  server_grace(s, grace_ns);
  if (w)
    notify_stopped(s, w);
  else if (!fn && weir_server_may_block(s))
    wait_stopped(s);
  if (w)
    code = WEIR_PENDING;
  else if (fn)
    code = WEIR_RESOURCE_EXHAUSTED;
  else if (s->state != SERVER_STOPPED)
    code = WEIR_FAILED_PRECONDITION;
  weir_shard_leave(first);
  return code;
}

/* Nothing was to be listened to, now or later: a mistake better told than waited for. */
static bool serves_nothing(weir_server *s) {
  weir_shard_enter(weir_server_first(s));
  bool nothing = s->state == SERVER_NEW && weir_list_empty(&s->listeners);
  weir_shard_leave(weir_server_first(s));
  return nothing;
}

weir_code weir_server_run(weir_server *s, weir_error *e) {
  weir_shard *first = weir_server_first(s);
  if (!weir_server_may_block(s))
    return weir_error_set(e, WEIR_FAILED_PRECONDITION, 0,
                          "weir_server_run blocks: not in a handler, nor in a callback of a loop");
  if (serves_nothing(s))
    return weir_error_set(e, WEIR_FAILED_PRECONDITION, 0,
                          "there is no address to serve on: call weir_server_listen first");
  weir_code code = weir_server_start(s, e);
  if (code) return code;
  weir_shard_enter(first);
  wait_stopped(s);
  weir_shard_leave(first);
  return WEIR_OK;
}

/* The users are gone and all is stopped. A thread may still be between dropping its reference and its lock: one round
 * of all locks, and whoever is left drops without one. */
static void server_last(void *arg, weir_call *call, weir_code code) {
  weir_server *s = arg;
  (void)call;
  (void)code;
  for (size_t i = 0; i < s->n_shards; i++) {
    weir_shard_enter(s->shards[i].shard);
    weir_shard_leave(s->shards[i].shard);
  }
  weir_server_drop(s);
}

void weir_server_unref(weir_server *s) {
  if (!s || atomic_fetch_sub_explicit(&s->users, 1, memory_order_acq_rel) != 1) return;
  if (weir_server_may_block(s)) {
    (void)weir_server_shutdown(s, 0, NULL, NULL);
    server_last(s, NULL, WEIR_OK);
    return;
  }
  s->last.due = (weir_due){.fn = server_last, .arg = s};
  weir_shard_enter(weir_server_first(s));
  server_drain(s);
  server_grace(s, 0);
  notify_stopped(s, &s->last);
  weir_shard_leave(weir_server_first(s));
}
