/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "client/channel.h"

#include "base/assert.h"
#include "base/opts.h"
#include "rpc/metadata.h"

#include <stdio.h>
#include <string.h>

/* grpc doc/connection-backoff.md */
#define BACKOFF_MIN     WEIR_SECONDS(1)
#define BACKOFF_MAX     WEIR_SECONDS(120)
#define BACKOFF_CEILING WEIR_SECONDS(24 * 3600) /* of what a program may ask for */
#define CONNECT_TIMEOUT WEIR_SECONDS(20)
#define KEEPALIVE_MIN   WEIR_SECONDS(10) /* gRFC A8 */

static void channel_retry(void *arg);

/* ---- states ------------------------------------------------------------------------------------------------------------ */

void weir_channel_set_state(weir_channel *ch, int state) {
  if (ch->state == state || ch->state == WEIR_SHUTDOWN) return;
  ch->state = state;
  weir_watch_notify(ch);
}

void weir_channel_connect(weir_channel *ch) {
  if (ch->state != WEIR_IDLE) return;
  weir_channel_set_state(ch, WEIR_CONNECTING);
  weir_attempt_start(ch);
}

void weir_channel_ready(weir_channel *ch, weir_conn *conn) {
  ch->conn = conn;
  ch->backoff_ns = ch->min_backoff_ns;
  weir_channel_set_state(ch, WEIR_READY);
  weir_channel_start_waiting(ch);
}

static void call_fail_unavailable(weir_channel *ch, weir_call *c) {
  char text[320];
  snprintf(text, sizeof text, "failed to connect to all addresses; last error: %s",
           *ch->attempt.why ? ch->attempt.why : "the connection was lost");
  weir_call_end(c, WEIR_UNAVAILABLE, weir_str_of(text), NULL, 0);
}

/* xorshift: spreads reconnects, nothing more. In [-0.2, 0.2] of n. */
static int64_t channel_jitter(weir_channel *ch, int64_t n) {
  ch->rand ^= ch->rand << 13;
  ch->rand ^= ch->rand >> 7;
  ch->rand ^= ch->rand << 17;
  return (int64_t)((double)n * 0.4 * ((double)(ch->rand >> 11) / 9007199254740992.0 - 0.5));
}

static void fail_waiting(weir_channel *ch, bool ready_waiters_too) {
  for (weir_list *n = ch->waiting.next, *next; n != &ch->waiting; n = next) {
    weir_call *c = WEIR_LIST_OF(n, weir_call, client.node);
    next = n->next;
    if (ready_waiters_too || !(c->client.flags & WEIR_WAIT_FOR_READY)) call_fail_unavailable(ch, c);
  }
}

void weir_channel_failed(weir_channel *ch) {
  weir_attempt *a = &ch->attempt;
  weir_channel_set_state(ch, WEIR_TRANSIENT_FAILURE);
  fail_waiting(ch, false);
  weir_io_nanos at = a->started + ch->backoff_ns + channel_jitter(ch, ch->backoff_ns);
  ch->backoff_ns = ch->backoff_ns / 5 * 8;
  if (ch->backoff_ns > ch->max_backoff_ns) ch->backoff_ns = ch->max_backoff_ns;
  a->timer.fn = channel_retry;
  a->timer.arg = ch;
  if (!weir_timer_set(ch->shard, &a->timer, at)) return;
  fail_waiting(ch, true); /* no memory for a timer: nothing would wake them */
  weir_channel_set_state(ch, WEIR_IDLE);
}

static void channel_retry(void *arg) {
  weir_channel *ch = arg;
  bool wanted = !weir_list_empty(&ch->waiting) || !weir_list_empty(&ch->watches);
  weir_channel_set_state(ch, WEIR_IDLE);
  if (wanted) weir_channel_connect(ch);
}

/* The READY connection takes no more calls: GOAWAY, or it is gone. */
static void channel_conn_over(weir_channel *ch, const char *why) {
  ch->conn = NULL;
  snprintf(ch->attempt.why, sizeof ch->attempt.why, "%.200s", why);
  weir_channel_set_state(ch, WEIR_IDLE);
  if (!weir_list_empty(&ch->waiting)) weir_channel_connect(ch);
}

/* ---- calls ---------------------------------------------------------------------------------------------------------------- */

void weir_channel_unqueue(weir_channel *ch, weir_call *c) {
  if (!c->client.queued) return;
  c->client.queued = false;
  weir_list_remove(&c->client.node);
  weir_list_push(&ch->calls, &c->client.node);
  weir_timer_stop(ch->shard, &c->client.timer);
}

/* Why the engine refused to start it. */
static weir_str call_illegal_text(const weir_call *c, char *text, size_t cap) {
  const weir_call_metadata *md = &c->client.metadata;
  size_t i = 0;
  while (i < md->n && weir_metadata_is_legal(&md->kvs[i])) i++;
  if (i < md->n)
    snprintf(text, cap,
             "metadata \"%.*s\" is not legal: keys are of a-z 0-9 _ - . and none of gRPC's own; values are "
             "printable "
             "ASCII unless the key ends in -bin",
             md->kvs[i].key.len > 64 ? 64 : (int)md->kvs[i].key.len, md->kvs[i].key.data);
  else
    snprintf(text, cap, "path \"%.64s\" or authority is not legal: a path is \"/package.Service/Method\"",
             c->path);
  return weir_str_of(text);
}

/* False: the connection takes no more now. */
static bool call_start_on(weir_channel *ch, weir_conn *conn, weir_call *c) {
  weir_rpc *rpc = weir_conn_rpc(conn);
  if (!weir_rpc_can_start(rpc)) return false;
  if (weir_authorize(ch, conn, c)) return true;
  weir_rpc_start_opts o = {
      .path = weir_str_of(c->path),
      .authority = c->client.authority,
      .metadata = c->client.metadata.kvs,
      .n_metadata = c->client.metadata.n,
      .deadline = c->deadline,
      .encoding = c->out_encoding,
      .user = c,
  };
  weir_rpc_call *rc;
  weir_rpc_tick(rpc,
                weir_shard_now(ch->shard)); /* grpc-timeout is counted from now, however long it was quiet */
  weir_err err = weir_rpc_start(rpc, &o, &rc);
  if (err == WEIR_ELIMIT) return false;
  weir_channel_unqueue(ch, c);
  char text[256];
  if (err == WEIR_EINVALID)
    weir_call_end(c, WEIR_INTERNAL, call_illegal_text(c, text, sizeof text), NULL, 0);
  else if (err)
    weir_call_end(c, WEIR_RESOURCE_EXHAUSTED, WEIR_STR("out of memory for a call"), NULL, 0);
  else
    weir_call_attach(c, conn, rc);
  return true;
}

void weir_channel_start_waiting(weir_channel *ch) {
  while (ch->conn && !weir_list_empty(&ch->waiting)) {
    weir_call *c = WEIR_LIST_OF(ch->waiting.next, weir_call, client.node);
    if (!call_start_on(ch, ch->conn, c)) return;
  }
}

/* It never left: what it waited for is worth more than the deadline alone. */
static void call_timeout(void *arg) {
  weir_call *c = arg;
  const weir_channel *ch = c->owner;
  char text[360];
  if (ch->conn)
    snprintf(text, sizeof text, "Deadline Exceeded while the server had no room for another call");
  else
    snprintf(text, sizeof text, "Deadline Exceeded while waiting for a connection%s%s",
             *ch->attempt.why ? "; last error: " : "", ch->attempt.why);
  weir_call_cancel(c, WEIR_DEADLINE_EXCEEDED, text);
}

static void call_queue(weir_channel *ch, weir_call *c) {
  c->client.queued = true;
  weir_list_remove(&c->client.node);
  weir_list_push(&ch->waiting, &c->client.node);
  c->client.timer.fn = call_timeout;
  c->client.timer.arg = c;
  if (c->deadline != WEIR_IO_NEVER && weir_timer_set(ch->shard, &c->client.timer, c->deadline))
    weir_call_end(c, WEIR_RESOURCE_EXHAUSTED, WEIR_STR("out of memory"), NULL, 0);
}

void weir_channel_route(weir_channel *ch, weir_call *c) {
  if (!weir_list_linked(&c->client.node)) weir_list_push(&ch->calls, &c->client.node);
  if (c->deadline <= weir_shard_now(ch->shard)) {
    weir_call_cancel(c, WEIR_DEADLINE_EXCEEDED, "Deadline Exceeded");
    return;
  }
  if (ch->state == WEIR_TRANSIENT_FAILURE && !(c->client.flags & WEIR_WAIT_FOR_READY)) {
    call_fail_unavailable(ch, c);
    return;
  }
  if (ch->conn && weir_list_empty(&ch->waiting) && call_start_on(ch, ch->conn, c)) return;
  call_queue(ch, c);
  if (c->state == WEIR_CALL_WAITING) weir_channel_connect(ch);
}

static void channel_call_ended(void *owner, weir_call *c) {
  weir_channel *ch = owner;
  weir_channel_unqueue(ch, c);
  weir_timer_stop(ch->shard, &c->client.timer);
  weir_list_remove(&c->client.node);
}

/* ---- connections ------------------------------------------------------------------------------------------------------------ */

static void channel_call_event(weir_channel *ch, weir_conn *conn, const weir_rpc_event *ev) {
  weir_call *c = ev->user;
  if (ev->accepts) atomic_store_explicit(&ch->accepts, ev->accepts, memory_order_relaxed);
  bool again = ev->kind == WEIR_RPC_EV_END && ev->unprocessed && c->client.retries == 0 && weir_call_detach(c);
  if (!again) {
    weir_call_event(c, ev);
  } else {
    c->client.retries++;
    if (conn == ch->conn && !weir_rpc_can_start(weir_conn_rpc(conn)))
      call_queue(ch, c);
    else
      weir_channel_route(ch, c);
  }
}

void weir_channel_settled(void *owner, weir_conn *conn) {
  weir_channel *ch = owner;
  if (conn == ch->conn) weir_channel_start_waiting(ch);
}

/* The next connection pings half as often (gRFC A8). */
static void channel_ping_less(weir_channel *ch, const weir_rpc_event *ev) {
  int64_t *time_ns = &ch->rpc.keepalive.time_ns;
  if (ev->opaque != WEIR_H2_ENHANCE_YOUR_CALM || !weir_str_eq(ev->text, WEIR_STR("too_many_pings"))) return;
  if (*time_ns && *time_ns < INT64_MAX / 2) *time_ns *= 2;
  weir_log_printf(weir_loop_log(ch->loop), WEIR_LOG_ERROR, "channel",
                  "%s: the server finds that keepalive_ns is too short; now it is %lld s", ch->authority,
                  (long long)(*time_ns / WEIR_SECONDS(1)));
}

static void channel_goaway(weir_channel *ch, weir_conn *conn, const weir_rpc_event *ev) {
  channel_ping_less(ch, ev);
  if (conn != ch->conn) return;
  char why[200];
  snprintf(why, sizeof why, "the server is going away: %.*s", (int)(ev->text.len < 150 ? ev->text.len : 150),
           ev->text.data ? ev->text.data : "");
  weir_list_push(&ch->draining, weir_conn_node(conn));
  channel_conn_over(ch, why);
}

static void channel_closed(weir_channel *ch, weir_conn *conn, const weir_rpc_event *ev) {
  char why[200];
  snprintf(why, sizeof why, "%.*s", (int)(ev->text.len < 199 ? ev->text.len : 199),
           ev->text.data ? ev->text.data : "");
  weir_list_remove(weir_conn_node(conn));
  if (conn == ch->conn) channel_conn_over(ch, why);
  weir_conn_close(conn);
}

void weir_channel_event(void *owner, weir_conn *conn, const weir_rpc_event *ev) {
  weir_channel *ch = owner;
  if (ev->user)
    channel_call_event(ch, conn, ev);
  else if (conn == ch->attempt.conn)
    weir_attempt_event(ch, ev);
  else if (ev->kind == WEIR_RPC_EV_GOAWAY)
    channel_goaway(ch, conn, ev);
  else if (ev->kind == WEIR_RPC_EV_CLOSED)
    channel_closed(ch, conn, ev);
}

/* ---- life -------------------------------------------------------------------------------------------------------------------- */

const weir_call_owner weir_channel_call_ops = {.unref = weir_channel_drop, .ended = channel_call_ended};

void weir_channel_drop(void *arg) {
  weir_channel *ch = arg;
  if (atomic_fetch_sub_explicit(&ch->refs, 1, memory_order_acq_rel) != 1) return;
  weir_loop *loop = ch->loop;
  weir_mem mem = weir_loop_mem(loop);
  if (ch->authority) weir_mem_free(mem, ch->authority, strlen(ch->authority) + 1);
  weir_mem_free(mem, ch->user_agent, ch->user_agent_size);
  weir_codecs_fini(&ch->codecs);
  weir_mem_free(mem, ch->interceptors, (ch->n_interceptors + 1) * sizeof *ch->interceptors);
  weir_creds_unref(ch->creds);
  weir_mem_free(mem, ch, sizeof *ch);
  weir_loop_unref(loop);
}

static void channel_shutdown(weir_channel *ch) {
  weir_shard_enter(ch->shard);
  weir_channel_set_state(ch, WEIR_SHUTDOWN);
  weir_attempt_stop(ch);
  weir_list *lists[] = {&ch->waiting, &ch->calls};
  for (size_t i = 0; i < 2; i++)
    for (weir_list *n = lists[i]->next, *next; n != lists[i]; n = next) {
      next = n->next;
      weir_call_cancel(WEIR_LIST_OF(n, weir_call, client.node), WEIR_CANCELLED, "the channel was closed");
    }
  if (ch->conn) weir_list_push(&ch->draining, weir_conn_node(ch->conn));
  ch->conn = NULL;
  weir_list *n;
  while ((n = weir_list_pop(&ch->draining))) {
    weir_conn *conn = weir_conn_of_node(n);
    weir_conn_abort(conn, "the channel was closed"); /* CLOSED comes of it, which closes */
  }
  weir_shard_leave(ch->shard);
}

weir_channel *weir_channel_ref(weir_channel *ch) {
  atomic_fetch_add_explicit(&ch->users, 1, memory_order_relaxed);
  return ch;
}

void weir_channel_unref(weir_channel *ch) {
  if (!ch || atomic_fetch_sub_explicit(&ch->users, 1, memory_order_acq_rel) != 1) return;
  channel_shutdown(ch);
  weir_channel_drop(ch);
}

static char *copy_cstr(weir_mem mem, const char *s) {
  size_t n = strlen(s) + 1;
  char *copy = weir_mem_alloc(mem, n);
  return copy ? memcpy(copy, s, n) : NULL;
}

static bool channel_set_strings(weir_channel *ch, const weir_channel_opts *o) {
  const char *agent = o->user_agent ? o->user_agent : "";
  weir_mem mem = weir_loop_mem(ch->loop);
  ch->n_interceptors = o->n_interceptors;
  ch->user_agent_size = strlen(agent) + 64;
  ch->authority = copy_cstr(mem, o->authority ? o->authority : ch->target.authority);
  ch->user_agent = weir_mem_alloc(mem, ch->user_agent_size);
  ch->interceptors = weir_mem_alloc(mem, (o->n_interceptors + 1) * sizeof *ch->interceptors);
  if (!ch->authority || !ch->user_agent || !ch->interceptors) return false;
  snprintf(ch->user_agent, ch->user_agent_size, "%s%sweir-c/%s", agent, *agent ? " " : "", weir_version());
  for (size_t i = 0; i < o->n_interceptors; i++) ch->interceptors[i] = o->interceptors[i];
  return true;
}

static int64_t backoff_of(int64_t asked_ns, int64_t otherwise) {
  if (asked_ns <= 0) return otherwise;
  return asked_ns < BACKOFF_CEILING ? asked_ns : BACKOFF_CEILING;
}

static weir_keepalive_opts channel_keepalive(const weir_channel_opts *o) {
  weir_keepalive_opts k = {.without_calls = (o->flags & WEIR_KEEPALIVE_WITHOUT_CALLS) != 0};
  if (o->keepalive_ns > 0) k.time_ns = o->keepalive_ns > KEEPALIVE_MIN ? o->keepalive_ns : KEEPALIVE_MIN;
  if (o->keepalive_timeout_ns > 0) k.timeout_ns = o->keepalive_timeout_ns;
  return k;
}

static void channel_set_rpc(weir_channel *ch, const weir_channel_opts *o) {
  ch->rpc = (weir_rpc_opts){
      .h2 = {.is_client = true, .stream_window = o->recv_window},
      .keepalive = channel_keepalive(o),
      .max_recv_bytes = o->max_recv_bytes,
      .max_send_bytes = o->max_send_bytes,
      .scheme = weir_creds_is_tls(ch->creds) ? "https" : "http",
      .authority = weir_str_of(ch->authority),
      .user_agent = weir_str_of(ch->user_agent),
  };
  ch->connect_timeout_ns = o->connect_timeout_ns > 0 ? o->connect_timeout_ns : CONNECT_TIMEOUT;
  ch->rpc.h2.handshake_ns = ch->connect_timeout_ns;
  ch->min_backoff_ns = backoff_of(o->min_backoff_ns, BACKOFF_MIN);
  ch->max_backoff_ns = backoff_of(o->max_backoff_ns, BACKOFF_MAX);
  if (ch->max_backoff_ns < ch->min_backoff_ns) ch->max_backoff_ns = ch->min_backoff_ns;
  ch->backoff_ns = ch->min_backoff_ns;
}

static weir_channel_opts channel_opts(const weir_channel_opts *o) {
  weir_channel_opts full = {.size = sizeof full};
  weir_opts_read(&full, sizeof full, o);
  return full;
}

/* In the loop's memory, which it keeps. */
static weir_channel *channel_alloc(weir_loop *own, weir_error *e) {
  weir_loop *loop = own ? weir_loop_ref(own) : weir_loop_new_private(e);
  if (!loop) return NULL;
  weir_channel *ch = weir_mem_zalloc(weir_loop_mem(loop), sizeof *ch);
  if (!ch) {
    weir_loop_unref(loop);
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a channel");
    return NULL;
  }
  ch->loop = loop;
  atomic_init(&ch->users, 1);
  atomic_init(&ch->refs, 1);
  atomic_init(&ch->accepts, UINT8_MAX);
  return ch;
}

weir_channel *weir_channel_new(const char *target, weir_creds *creds, const weir_channel_opts *opts,
                               weir_error *e) {
  weir_channel_opts o = channel_opts(opts);
  weir_target t;
  if (!creds) {
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                   "no credentials: pass weir_creds_tls(...) or weir_creds_insecure()");
    return NULL;
  }
  if (weir_encoding_check(o.compression, e)) return NULL;
  if (!weir_creds_is_channel(creds)) {
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                   "call credentials alone: pass weir_creds_with_call(weir_creds_tls(...), ...)");
    return NULL;
  }
  if (weir_target_parse(target, weir_creds_is_tls(creds) ? 443 : 80, &t, e)) return NULL;
  weir_channel *ch = channel_alloc(o.loop, e);
  if (!ch) return NULL;
  ch->target = t;
  ch->compression = (uint8_t)o.compression;
  if (!channel_set_strings(ch, &o)) {
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a channel");
    weir_channel_drop(ch);
    return NULL;
  }
  ch->creds = weir_creds_ref(creds);
  ch->shard = weir_loop_pick(ch->loop);
  channel_set_rpc(ch, &o);
  weir_list_init(&ch->calls);
  weir_list_init(&ch->waiting);
  weir_list_init(&ch->draining);
  weir_list_init(&ch->watches);
  /* The time, not an address: on the simulated clock a run is the same again. */
  weir_shard_enter(ch->shard);
  ch->rand = (uint64_t)weir_shard_now(ch->shard) ^ 0x9e3779b97f4a7c15u;
  weir_shard_leave(ch->shard);
  return ch;
}

int weir_channel_state(weir_channel *ch, bool connect) {
  weir_shard_enter(ch->shard);
  int state = ch->state;
  if (connect) weir_channel_connect(ch);
  weir_shard_leave(ch->shard);
  return state;
}
