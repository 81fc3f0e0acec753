/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/internal.h"
#include "rpc/status.h"

#include "h2/limits.h"

#include <string.h>

_Static_assert(WEIR_RPC_MAX_CALLS_DEFAULT == WEIR_H2_DEFAULT_MAX_STREAMS, "one default");

/* A stream's window is what its reader may leave unread. The connection's does not add to that: readers that stop must
 * not stop the others, so it is as good as none. */
#define RPC_STREAM_WINDOW     (1024u * 1024)
#define RPC_MAX_STREAM_WINDOW (16u * 1024 * 1024) /* 1 Gbit/s over 60 ms, twice over */
#define RPC_CONN_WINDOW       (256u * 1024 * 1024)

#ifdef WEIR_DEBUG
#define RPC_CHECK(r) weir_rpc_check(r)
#else
#define RPC_CHECK(r) ((void)0)
#endif

/* ---- life ---------------------------------------------------------------------------------------------------- */

weir_rpc *weir_rpc_new(const weir_rpc_opts *o) {
  weir_mem mem = o->h2.mem;
  weir_rpc *r = weir_mem_zalloc(mem, sizeof *r);
  if (!r) return NULL;
  weir_h2_opts h2 = o->h2;
  if (!h2.stream_window) {
    h2.stream_window = RPC_STREAM_WINDOW;
    if (!h2.max_stream_window) h2.max_stream_window = RPC_MAX_STREAM_WINDOW;
  }
  if (!h2.conn_window) h2.conn_window = RPC_CONN_WINDOW;
  r->h2 = weir_h2_new(&h2);
  if (!r->h2) {
    weir_mem_free(mem, r, sizeof *r);
    return NULL;
  }
  r->mem = mem;
  r->is_client = h2.is_client;
  r->max_recv = o->max_recv_bytes ? o->max_recv_bytes : WEIR_RPC_MAX_RECV_DEFAULT;
  r->max_send = o->max_send_bytes ? o->max_send_bytes : UINT32_MAX;
  r->scheme = weir_str_of(o->scheme ? o->scheme : "http");
  r->authority = o->authority;
  r->user_agent = o->user_agent;
  r->text = weir_bytes_in(mem);
  weir_keepalive_init(&r->keepalive, &o->keepalive);
  weir_list_init(&r->calls);
  weir_list_init(&r->due);
  weir_list_init(&r->leaving);
  weir_list_init(&r->unused);
  return r;
}

static void engine_free_calls(weir_list *calls) {
  for (weir_list *node; (node = weir_list_pop(calls));)
    weir_rpc_call_free(WEIR_LIST_OF(node, weir_rpc_call, in_calls));
}

void weir_rpc_free(weir_rpc *r) {
  if (!r) return;
  weir_mem mem = r->mem;
  weir_h2_free(r->h2);
  engine_free_calls(&r->calls);
  engine_free_calls(&r->unused);
  weir_deadlines_fini(&r->deadlines, mem);
  weir_metadata_fini(&r->in, mem);
  weir_fields_fini(&r->out, mem);
  weir_bytes_fini(&r->text);
  weir_mem_free(mem, r, sizeof *r);
}

/* ---- the end of the connection --------------------------------------------------------------------------------- */

/* Every call that is left ends. A call of which no byte can have left is told so: it may be tried elsewhere. */
static void connection_end(weir_rpc *r, weir_code code, weir_str text) {
  weir_list *next;
  if (r->state != RPC_OPEN) return;
  r->state = RPC_OVER;
  r->code = code;
  for (weir_list *node = r->calls.next; node != &r->calls; node = next) {
    next = node->next; /* an OVER call leaves the list */
    weir_rpc_call *c = WEIR_LIST_OF(node, weir_rpc_call, in_calls);
    if (c->phase == CALL_LIVE) {
      c->unprocessed = r->is_client && c->started_at == r->n_wrote;
      weir_rpc_call_end(c, r->is_client ? code : WEIR_CANCELLED, text);
    }
    weir_rpc_call_drop(c);
  }
  weir_bytes_clear(&r->text);
  weir_bytes_append_str(&r->text, text);
}

static void connection_break(weir_rpc *r, weir_err err) {
  char text[256];
  weir_h2_error why = weir_h2_conn_error(r->h2);
  if (err == WEIR_EPROTO && why.scope == WEIR_H2_SCOPE_CONN)
    snprintf(text, sizeof text, "the peer broke HTTP/2: %s: %s", weir_h2_code_name(why.code),
             why.why ? why.why : "");
  else
    snprintf(text, sizeof text, "connection closed: %s", weir_err_text(err));
  connection_end(r, weir_status_of_err(err), weir_str_of(text));
}

void weir_rpc_lost(weir_rpc *r, const char *why) {
  char text[512];
  weir_str goaway = weir_bytes_view(&r->text);
  if (r->state != RPC_OPEN) return;
  snprintf(text, sizeof text, "connection lost: %s%s" WEIR_FMT "%s", why ? why : "closed by the peer",
           goaway.len ? " (" : "", goaway.len > 256 ? 256 : (int)goaway.len, goaway.len ? goaway.data : "",
           goaway.len ? ")" : "");
  r->is_lost = true;
  connection_end(r, WEIR_UNAVAILABLE, weir_str_of(text));
}

bool weir_rpc_is_done(const weir_rpc *r) {
  weir_str out;
  return r->state != RPC_OPEN && (r->is_lost || weir_h2_peek(r->h2, &out, 1) == 0);
}

/* ---- events ---------------------------------------------------------------------------------------------------- */

static bool engine_goaway(weir_rpc *r, const weir_h2_event *h, weir_rpc_event *ev) {
  if (!r->is_client) return false;
  weir_bytes_clear(&r->text);
  weir_bytes_append_cstr(&r->text, "GOAWAY ");
  weir_bytes_append_cstr(&r->text, weir_h2_code_name(h->code));
  if (h->data.len) {
    weir_bytes_append_cstr(&r->text, ": ");
    weir_bytes_append_str(&r->text, h->data);
  }
  /* A graceful server says it twice (RFC 9113 6.8). */
  if (r->got_goaway && r->goaway_code == h->code) return false;
  r->got_goaway = true;
  r->goaway_code = h->code;
  ev->kind = WEIR_RPC_EV_GOAWAY;
  ev->code = WEIR_UNAVAILABLE;
  ev->text = h->data;
  ev->opaque = h->code;
  return true;
}

static bool engine_on_h2(weir_rpc *r, const weir_h2_event *h, weir_rpc_event *ev) {
  switch (h->kind) {
  case WEIR_H2_EV_SETTINGS:
    if (r->is_ready) return false;
    r->is_ready = true;
    if (!r->is_client || r->n_calls || r->keepalive.o.without_calls) weir_keepalive_wake(&r->keepalive);
    ev->kind = WEIR_RPC_EV_READY;
    return true;
  case WEIR_H2_EV_GOAWAY: return engine_goaway(r, h, ev);
  case WEIR_H2_EV_PING_ACK:
    if (h->opaque == WEIR_KEEPALIVE_PING) return false;
    ev->kind = WEIR_RPC_EV_PING_ACK;
    ev->opaque = h->opaque;
    return true;
  default: return weir_rpc_on_h2(r, h, ev);
  }
}

static void engine_end_event(weir_rpc_call *c, weir_rpc_event *ev) {
  ev->kind = WEIR_RPC_EV_END;
  ev->code = c->code;
  ev->text = weir_bytes_view(&c->text);
  ev->unprocessed = c->unprocessed;
  weir_rpc_call_over(c);
}

static bool engine_due_event(weir_rpc *r, weir_rpc_event *ev) {
  if (weir_list_empty(&r->due)) return false;
  weir_rpc_call *c = WEIR_LIST_OF(r->due.next, weir_rpc_call, in_due);
  if (c->due & DUE_END) {
    engine_end_event(c, ev);
  } else {
    bool half_close = c->due & DUE_HALF_CLOSE;
    ev->kind = half_close ? WEIR_RPC_EV_HALF_CLOSE : WEIR_RPC_EV_WRITABLE;
    c->due = (uint8_t)(c->due & ~(half_close ? DUE_HALF_CLOSE : DUE_WRITABLE));
    if (!c->due) weir_list_remove(&c->in_due);
  }
  ev->call = c;
  return true;
}

/* What the last event lent is taken back. */
static void engine_part(weir_rpc *r) {
  weir_rpc_call *c = r->parting;
  r->parting = NULL;
  if (c && !c->stream) weir_rpc_call_drop(c);
}

static bool engine_closed_event(weir_rpc *r, weir_rpc_event *ev) {
  if (r->state != RPC_OVER) return false;
  r->state = RPC_TOLD;
  ev->kind = WEIR_RPC_EV_CLOSED;
  ev->code = r->code;
  ev->text = weir_bytes_view(&r->text);
  return true;
}

/* Nothing more can come of it: a GOAWAY was sent or received, and the last stream is gone. */
static bool engine_check_done(weir_rpc *r) {
  if (r->state != RPC_OPEN || !weir_h2_is_done(r->h2)) return false;
  char text[256];
  weir_str goaway = weir_bytes_view(&r->text);
  int len = goaway.len > sizeof text - 1 ? (int)sizeof text - 1 : (int)goaway.len;
  snprintf(text, sizeof text, WEIR_FMT, len, len ? goaway.data : "");
  connection_end(r, r->is_client ? WEIR_UNAVAILABLE : WEIR_OK, len ? weir_str_of(text) : WEIR_STR("drained"));
  return true;
}

/* A peer whose PINGs are too many (gRFC A8): it is told, and cut off. */
static void engine_check_pings(weir_rpc *r) {
  if (r->is_client || !weir_keepalive_abused(&r->keepalive, r->now, weir_h2_n_pings(r->h2),
                                             weir_h2_n_sent(r->h2), r->n_calls != 0))
    return;
  weir_bytes_clear(&r->text);
  weir_bytes_append_cstr(&r->text, "too_many_pings");
  weir_h2_goaway(r->h2, WEIR_H2_ENHANCE_YOUR_CALM, "too_many_pings");
}

/* One step; true if *ev is filled or nothing is left to do. */
static bool engine_step(weir_rpc *r, weir_str *in, weir_rpc_event *ev) {
  weir_h2_event h;
  if (engine_due_event(r, ev)) return true;
  if (r->state != RPC_OPEN) {
    if (in->len) *in = (weir_str){in->data + in->len, 0};
    engine_closed_event(r, ev);
    return true;
  }
  if (r->data_call) return weir_rpc_next_message(r, ev);
  if (r->out_of_memory) weir_h2_goaway(r->h2, WEIR_H2_INTERNAL_ERROR, "out of memory");
  weir_err err = r->out_of_memory ? WEIR_ENOMEM : weir_h2_recv(r->h2, in, &h);
  if (err) {
    connection_break(r, err);
    return false;
  }
  if (weir_h2_n_pings(r->h2) != r->keepalive.n_pings) engine_check_pings(r);
  if (h.kind == WEIR_H2_EV_NONE) return !engine_check_done(r);
  return engine_on_h2(r, &h, ev);
}

void weir_rpc_recv(weir_rpc *r, weir_str *in, weir_rpc_event *ev) {
  RPC_CHECK(r);
  weir_zero(ev, sizeof *ev); /* kind NONE */
  engine_part(r);
  if (in->len) weir_keepalive_heard(&r->keepalive, r->now);
  while (!engine_step(r, in, ev)) {}
  if (ev->call) ev->user = ev->call->user;
  RPC_CHECK(r);
}

/* ---- the other verbs ------------------------------------------------------------------------------------------- */

size_t weir_rpc_peek(weir_rpc *r, weir_str out[], size_t cap) {
  RPC_CHECK(r);
  return r->is_lost ? 0 : weir_h2_peek(r->h2, out, cap);
}

/* A server that is done before its client sends its trailers, then RST_STREAM(NO_ERROR) (RFC 9113 8.1). */
static void engine_leave(weir_rpc *r) {
  weir_list *next;
  for (weir_list *node = r->leaving.next; node != &r->leaving; node = next) {
    next = node->next;
    weir_rpc_call *c = WEIR_LIST_OF(node, weir_rpc_call, in_leaving);
    if (weir_h2_queued(r->h2, c->stream)) continue;
    if (c->phase == CALL_LIVE) weir_rpc_call_end(c, WEIR_OK, (weir_str){0});
    weir_rpc_call_reset(c, WEIR_H2_NO_ERROR);
  }
}

void weir_rpc_wrote(weir_rpc *r, size_t len) {
  weir_h2_wrote(r->h2, len);
  r->n_wrote += len;
  if (!weir_list_empty(&r->leaving)) engine_leave(r);
  RPC_CHECK(r);
}

weir_nanos weir_rpc_deadline(const weir_rpc *r) {
  if (r->state != RPC_OPEN) return WEIR_NEVER;
  const weir_deadline *first = weir_deadlines_first(&r->deadlines);
  weir_nanos at = weir_h2_deadline(r->h2);
  if (r->keepalive.check_at < at) at = r->keepalive.check_at;
  return first && first->when < at ? first->when : at;
}

static void engine_keepalive(weir_rpc *r) {
  bool active = !r->is_client || r->n_calls || r->keepalive.o.without_calls;
  switch (weir_keepalive_tick(&r->keepalive, r->now, active)) {
  case WEIR_KEEPALIVE_NOTHING: break;
  case WEIR_KEEPALIVE_SEND: weir_h2_ping(r->h2, WEIR_KEEPALIVE_PING); break;
  case WEIR_KEEPALIVE_DEAD: weir_rpc_lost(r, "keepalive watchdog timeout: a PING was not answered"); break;
  }
}

void weir_rpc_tick(weir_rpc *r, weir_nanos now) {
  weir_deadline *first;
  r->now = now;
  weir_h2_tick(r->h2, now);
  while ((first = weir_deadlines_first(&r->deadlines)) && first->when <= now)
    weir_rpc_call_expire(WEIR_LIST_OF(first, weir_rpc_call, deadline));
  if (now >= r->keepalive.check_at && r->state == RPC_OPEN) engine_keepalive(r);
  RPC_CHECK(r);
}

/* ---- the connection -------------------------------------------------------------------------------------------- */

void weir_rpc_ping(weir_rpc *r, uint64_t opaque) {
  if (r->state == RPC_OPEN) weir_h2_ping(r->h2, opaque);
}

void weir_rpc_drain(weir_rpc *r, const char *debug) {
  if (r->state == RPC_OPEN) weir_h2_drain(r->h2, debug);
}

size_t weir_rpc_n_calls(const weir_rpc *r) { return r->n_calls; }
