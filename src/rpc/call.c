/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/internal.h"

#include <string.h>

#define CALL_KEEP      256u /* unused calls that are kept for reuse */
#define CALL_KEEP_TEXT 256u /* bytes of a text buffer that an unused call keeps */

static void call_set_phase(weir_rpc_call *c, call_phase to) {
  weir_rpc *r = c->rpc;
  WEIR_ASSERT((c->phase == CALL_FREE && to == CALL_LIVE) || (c->phase == CALL_LIVE && to == CALL_DUE) ||
              (c->phase == CALL_LIVE && to == CALL_OVER) || (c->phase == CALL_DUE && to == CALL_OVER) ||
              (c->phase == CALL_OVER && to == CALL_FREE));
  c->phase = (uint8_t)to;
  if (to == CALL_LIVE) r->n_calls++;
  if (to == CALL_OVER) r->n_calls--;
}

/* ---- making and freeing -------------------------------------------------------------------------------------- */

static weir_rpc_call *call_make(weir_rpc *r) {
  if (!weir_deadlines_reserve(&r->deadlines, r->mem, r->n_made + 1)) return NULL;
  weir_rpc_call *c = weir_mem_zalloc(r->mem, sizeof *c);
  if (!c) return NULL;
  c->rpc = r;
  c->text = weir_bytes_in(r->mem);
  r->n_made++;
  return c;
}

weir_rpc_call *weir_rpc_call_new(weir_rpc *r) {
  weir_list *node = weir_list_pop(&r->unused);
  weir_rpc_call *c = node ? WEIR_LIST_OF(node, weir_rpc_call, in_calls) : call_make(r);
  if (!c) return NULL;
  if (node) r->n_unused--;
  call_set_phase(c, CALL_LIVE);
  weir_list_push(&r->calls, &c->in_calls);
  c->user = NULL;
  c->stream = 0;
  c->send = c->recv = HALF_IDLE;
  c->is_http = c->is_head = c->not_grpc = c->unprocessed = false;
  c->encoding = c->in_encoding = WEIR_IDENTITY;
  c->http_status = 0;
  c->deadline.when = WEIR_NEVER;
  c->started_at = r->n_wrote;
  if (r->is_ready) weir_keepalive_wake(&r->keepalive);
  return c;
}

void weir_rpc_call_free(weir_rpc_call *c) {
  weir_rpc *r = c->rpc;
  weir_message_reset(&c->reader, r->mem);
  weir_bytes_fini(&c->text);
  weir_mem_free(r->mem, c, sizeof *c);
  r->n_made--;
}

/* The struct waits for the next call; what it holds beyond a little is given back. */
static void call_recycle(weir_rpc_call *c) {
  weir_rpc *r = c->rpc;
  call_set_phase(c, CALL_FREE);
  weir_list_remove(&c->in_calls);
  if (r->n_unused == CALL_KEEP) {
    weir_rpc_call_free(c);
    return;
  }
  weir_message_reset(&c->reader, r->mem);
  if (c->text.cap > CALL_KEEP_TEXT) weir_bytes_fini(&c->text);
  weir_bytes_clear(&c->text);
  weir_list_insert(r->unused.next, &c->in_calls); /* the warm one is used first */
  r->n_unused++;
}

void weir_rpc_call_drop(weir_rpc_call *c) {
  c->stream = 0;
  weir_list_remove(&c->in_leaving);
  if (c->phase == CALL_OVER && c->rpc->parting != c) call_recycle(c);
}

void weir_rpc_call_reset(weir_rpc_call *c, uint32_t h2_code) {
  if (c->stream) weir_h2_reset(c->rpc->h2, c->stream, h2_code);
  weir_rpc_call_drop(c);
}

void weir_rpc_call_abandon(weir_rpc_call *c) {
  call_set_phase(c, CALL_OVER);
  call_recycle(c);
}

void weir_rpc_call_set_deadline(weir_rpc_call *c, weir_nanos when) {
  c->deadline.when = when;
  if (when != WEIR_NEVER) weir_deadlines_add(&c->rpc->deadlines, &c->deadline);
}

/* ---- the end ------------------------------------------------------------------------------------------------ */

/* What every end has in common: no deadline, no input, and the windows get back what the call still held. */
static void call_settle(weir_rpc_call *c) {
  weir_rpc *r = c->rpc;
  weir_deadlines_remove(&r->deadlines, &c->deadline);
  if (r->data_call == c) {
    c->held += r->data.len;
    r->data_call = NULL;
  }
  if (c->stream && c->delivered + c->held) weir_h2_consume(r->h2, c->stream, c->delivered + c->held);
  c->delivered = c->held = 0;
}

void weir_rpc_call_due(weir_rpc_call *c, uint8_t what) {
  if (!c->due) weir_list_push(&c->rpc->due, &c->in_due);
  c->due |= what;
}

void weir_rpc_call_end(weir_rpc_call *c, weir_code code, weir_str text) {
  call_set_phase(c, CALL_DUE);
  call_settle(c);
  c->code = code;
  if (text.data != c->text.data) { /* it may have been stored there before */
    weir_bytes_clear(&c->text);
    weir_bytes_append_str(&c->text, text);
  }
  c->due = 0;
  weir_list_remove(&c->in_due);
  weir_rpc_call_due(c, DUE_END);
}

void weir_rpc_call_endf(weir_rpc_call *c, weir_code code, const char *fmt, ...) {
  char text[256];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  weir_rpc_call_end(c, code, weir_str_of(text));
}

void weir_rpc_call_over(weir_rpc_call *c) {
  if (c->phase == CALL_LIVE) call_settle(c);
  call_set_phase(c, CALL_OVER);
  c->due = 0;
  weir_list_remove(&c->in_due);
  c->rpc->parting = c;
}

void weir_rpc_call_fail(weir_rpc_call *c, weir_code code, const char *fmt, ...) {
  char text[256];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  weir_str why = weir_str_of(text);
  bool told = !c->rpc->is_client && c->send != HALF_CLOSED && !weir_rpc_send_status(c, code, why, NULL, 0);
  weir_rpc_call_end(c, code, why);
  if (told)
    weir_rpc_call_leave(c);
  else
    weir_rpc_call_reset(c, WEIR_H2_CANCEL);
}

void weir_rpc_call_starve(weir_rpc_call *c) {
  weir_rpc_call_end(c, WEIR_RESOURCE_EXHAUSTED, WEIR_STR("out of memory"));
  weir_rpc_call_reset(c, WEIR_H2_ENHANCE_YOUR_CALM); /* which is RESOURCE_EXHAUSTED to a client */
}

/* A server's status at the deadline: the client, whose clock may be later by a little, shall not take a reset for a
 * cancellation. What waited for a window is dropped, so that the status goes out now. */
static bool call_tell_expired(weir_rpc_call *c, weir_str text) {
  if (!weir_h2_unsend(c->rpc->h2, c->stream)) return c->send == HALF_CLOSED; /* the status is on its way */
  if (c->send == HALF_CLOSED) c->send = HALF_OPEN; /* headers were sent, or there would be no queue */
  return !weir_rpc_send_status(c, WEIR_DEADLINE_EXCEEDED, text, NULL, 0);
}

/* grpc doc/statuscodes.md: both ends keep a timer. A client resets the stream; a server ends it in good order, as C-core
 * does (RFC 9113 8.1). */
void weir_rpc_call_expire(weir_rpc_call *c) {
  weir_str text = WEIR_STR("Deadline Exceeded");
  bool told = !c->rpc->is_client && call_tell_expired(c, text);
  weir_rpc_call_end(c, WEIR_DEADLINE_EXCEEDED, text);
  if (told)
    weir_rpc_call_leave(c);
  else
    weir_rpc_call_reset(c, WEIR_H2_CANCEL);
}

void weir_rpc_cancel(weir_rpc_call *c, weir_code code, weir_str text) {
  if (c->phase != CALL_LIVE) return;
  weir_rpc_call_end(c, code, text);
  weir_rpc_call_reset(c, WEIR_H2_CANCEL);
}

void weir_rpc_reject(weir_rpc_call *c) {
  if (c->phase != CALL_LIVE) return;
  weir_rpc_call_end(c, WEIR_CANCELLED, WEIR_STR("refused"));
  weir_rpc_call_reset(c, WEIR_H2_REFUSED_STREAM);
}

/* ---- flow ---------------------------------------------------------------------------------------------------- */

void weir_rpc_consume(weir_rpc_call *c, size_t flow) {
  if (c->phase != CALL_LIVE) return; /* given back already */
  WEIR_ASSERT(flow <= c->delivered);
  c->delivered -= flow;
  if (!c->delivered) { /* the owner waits for the message that is half here */
    flow += c->held;
    c->held = 0;
  }
  if (flow && c->stream) weir_h2_consume(c->rpc->h2, c->stream, flow);
}

size_t weir_rpc_queued(const weir_rpc_call *c) {
  return c->stream ? weir_h2_queued(c->rpc->h2, c->stream) : 0;
}

void weir_rpc_set_user(weir_rpc_call *c, void *user) { c->user = user; }

/* ---- invariants ------------------------------------------------------------------------------------------- */

static void call_check(const weir_rpc_call *c) {
  const weir_rpc *r = c->rpc;
  WEIR_CHECK(c->phase != CALL_FREE);
  WEIR_CHECK((c->due != 0) == weir_list_linked(&c->in_due));
  WEIR_CHECK((c->phase == CALL_DUE) == ((c->due & DUE_END) != 0));
  WEIR_CHECK(c->phase != CALL_OVER || c->stream || c == r->parting);
  WEIR_CHECK(c->phase == CALL_LIVE || (!c->deadline.at && !c->delivered && !c->held && c != r->data_call));
  WEIR_CHECK(c->phase != CALL_LIVE || (c->stream && r->state == RPC_OPEN));
  WEIR_CHECK(c->phase != CALL_LIVE || c->deadline.when == WEIR_NEVER || c->deadline.at);
  WEIR_CHECK(!weir_list_linked(&c->in_leaving) ||
             (!r->is_client && c->stream && c->send == HALF_CLOSED && c->recv != HALF_CLOSED));
  WEIR_CHECK(r->state == RPC_OPEN || !c->stream);
}

void weir_rpc_check(const weir_rpc *r) {
  size_t n_calls = 0, n_in_use = 0, n_deadlines = 0;
  for (const weir_list *node = r->calls.next; node != &r->calls; node = node->next) {
    const weir_rpc_call *c = WEIR_LIST_OF(node, const weir_rpc_call, in_calls);
    call_check(c);
    n_in_use++;
    n_calls += c->phase != CALL_OVER;
    n_deadlines += c->deadline.at != 0;
  }
  WEIR_CHECK(n_calls == r->n_calls);
  WEIR_CHECK(n_in_use + r->n_unused == r->n_made);
  WEIR_CHECK(n_deadlines == r->deadlines.len && r->deadlines.cap >= r->n_made);
  for (size_t i = 0; i < r->deadlines.len; i++) {
    const weir_deadline *d = r->deadlines.data[i];
    WEIR_CHECK(d->at == i + 1 && d->when >= r->deadlines.data[i ? (i - 1) / 2 : 0]->when);
  }
  WEIR_CHECK(!r->data_call || r->data_call->phase == CALL_LIVE);
}
