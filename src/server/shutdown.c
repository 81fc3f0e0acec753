/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* shutdown.c - graceful stop: no new connections, GOAWAY, grace, then force; and who waits for it. */
#include "server/server.h"

#include <stdlib.h>

/* Somebody who wants to know when all is over. Blocking ones live on their thread's stack. */
typedef struct stop_wait {
  weir_list node;
  weir_waiter waiter;
  weir_due due; /* fn set: asynchronous, on the heap */
} stop_wait;

static void stop_wait_done(weir_due *d) { free(WEIR_LIST_OF(d, stop_wait, due)); }

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

static void notify_stopped(weir_server *s, weir_fn *fn, void *arg) {
  stop_wait *w = calloc(1, sizeof *w);
  if (!w) return; /* server_shutdown_async made sure of it; see there */
  w->due = (weir_due){.fn = fn, .arg = arg, .done = stop_wait_done};
  if (s->state == SERVER_STOPPED)
    weir_shard_call_back(weir_server_first(s), &w->due);
  else
    weir_list_push(&s->stops, &w->node);
}

void weir_server_shutdown(weir_server *s, int64_t grace_ns, weir_fn *fn, void *arg) {
  weir_shard *first = weir_server_first(s);
  weir_shard_enter(first);
  server_drain(s);
  server_grace(s, grace_ns);
  if (fn)
    notify_stopped(s, fn, arg);
  else if (weir_shard_may_block(first))
    wait_stopped(s);
  weir_shard_leave(first);
}

weir_code weir_server_run(weir_server *s, weir_error *e) {
  weir_shard *first = weir_server_first(s);
  if (!weir_shard_may_block(first))
    return weir_error_set(e, WEIR_FAILED_PRECONDITION, 0,
                          "weir_server_run blocks: not from a callback of a loop");
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
  if (weir_shard_may_block(weir_server_first(s))) {
    weir_server_shutdown(s, 0, NULL, NULL);
    server_last(s, NULL, WEIR_OK);
  } else {
    weir_server_shutdown(s, 0, server_last, s);
  }
}
