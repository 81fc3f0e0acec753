/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* rpc_recv.h - what both fuzz targets of the rpc engine share: an owner of calls that checks the contract (every call
 * ends exactly once and nothing follows its END) while it does what a byte of the input tells it to. */
#ifndef WEIR_FUZZ_RPC_RECV_H
#define WEIR_FUZZ_RPC_RECV_H

#include "base/assert.h"
#include "rpc/rpc.h"

#include <string.h>

enum { OWNER_MAX_CALLS = 64, OWNER_MAX_MESSAGE = 2000 };

typedef struct owned {
  weir_rpc_call *call; /* NULL: it has ended */
} owned;

typedef struct owner {
  weir_rpc *rpc;
  uint8_t habits;
  owned calls[OWNER_MAX_CALLS];
  size_t n;
  bool is_closed;
  volatile size_t seen;
  weir_nanos now;
} owner;

/* What the habits' bits mean. */
enum { ECHOES = 1, KEEPS_FLOW = 2, CANCELS = 4, FINISHES_EARLY = 8, LETS_TIME_PASS = 16 };

static inline void owner_take(owner *o, weir_rpc_call *c) {
  if (o->n == OWNER_MAX_CALLS) { /* too many: this one is not followed */
    weir_rpc_cancel(c, WEIR_RESOURCE_EXHAUSTED, (weir_str){0});
    return;
  }
  owned *slot = &o->calls[o->n++];
  slot->call = c;
  weir_rpc_set_user(c, slot);
}

static inline void owner_answer(owner *o, const weir_rpc_event *ev) {
  const weir_kv kvs[] = {{{"k-bin", 5}, {"\1\2", 2}}};
  if (ev->kind == WEIR_RPC_EV_HTTP && o->habits & ECHOES)
    weir_rpc_http_reply(ev->call, 200, WEIR_STR("text/plain"), ev->path);
  if (ev->kind == WEIR_RPC_EV_CALL && o->habits & FINISHES_EARLY)
    weir_rpc_finish(ev->call, WEIR_NOT_FOUND, ev->path, kvs, 1);
  if (ev->kind == WEIR_RPC_EV_MESSAGE && o->habits & ECHOES)
    weir_rpc_send(ev->call, ev->message, NULL, false);
  if (ev->kind == WEIR_RPC_EV_HALF_CLOSE) weir_rpc_finish(ev->call, WEIR_OK, (weir_str){0}, kvs, 1);
  if (ev->kind == WEIR_RPC_EV_MESSAGE && o->habits & CANCELS && ev->message.len % 3 == 2)
    weir_rpc_cancel(ev->call, WEIR_CANCELLED, ev->message);
}

static inline void owner_on(owner *o, const weir_rpc_event *ev) {
  WEIR_CHECK(!o->is_closed);
  owned *slot = ev->user;
  if (ev->kind == WEIR_RPC_EV_CALL || ev->kind == WEIR_RPC_EV_HTTP) {
    WEIR_CHECK(!slot && ev->call);
    owner_take(o, ev->call);
  } else if (slot) {
    WEIR_CHECK(slot->call == ev->call);
  }
  for (size_t i = 0; i < ev->n_metadata; i++) /* every byte can be read */
    for (size_t k = 0; k < ev->metadata[i].val.len; k++) o->seen += (uint8_t)ev->metadata[i].val.data[k];
  WEIR_CHECK(ev->message.len <= OWNER_MAX_MESSAGE);
  owner_answer(o, ev);
  if (ev->kind == WEIR_RPC_EV_MESSAGE && !(o->habits & KEEPS_FLOW)) weir_rpc_consume(ev->call, ev->flow);
  if (ev->kind == WEIR_RPC_EV_END && slot) slot->call = NULL;
  o->is_closed = ev->kind == WEIR_RPC_EV_CLOSED;
}

static inline void owner_write(owner *o) {
  weir_str out[4];
  for (size_t n; (n = weir_rpc_peek(o->rpc, out, 4));) {
    size_t len = 0;
    for (size_t i = 0; i < n; i++) len += out[i].len;
    weir_rpc_wrote(o->rpc, len);
  }
}

/* The input in a block of its own, so that a view kept too long is seen. */
static inline void owner_recv(owner *o, const uint8_t *data, size_t len) {
  weir_rpc_event ev;
  char *copy = malloc(len ? len : 1);
  if (!copy) abort();
  if (len) memcpy(copy, data, len);
  weir_str in = {copy, len};
  for (weir_rpc_recv(o->rpc, &in, &ev); ev.kind; weir_rpc_recv(o->rpc, &in, &ev)) owner_on(o, &ev);
  WEIR_CHECK(in.len == 0);
  free(copy);
}

static inline void owner_run(owner *o, const uint8_t *data, size_t len, size_t chunk) {
  while (len) {
    size_t n = chunk && chunk < len ? chunk : len;
    owner_recv(o, data, n);
    owner_write(o);
    if (o->habits & LETS_TIME_PASS) weir_rpc_tick(o->rpc, o->now += WEIR_MS(300));
    data += n;
    len -= n;
  }
}

static inline void owner_end(owner *o) {
  weir_rpc_lost(o->rpc, "the end");
  owner_recv(o, NULL, 0);
  WEIR_CHECK(o->is_closed && weir_rpc_is_done(o->rpc) && weir_rpc_n_calls(o->rpc) == 0);
  for (size_t i = 0; i < o->n; i++) WEIR_CHECK(!o->calls[i].call);
  weir_rpc_free(o->rpc);
}

#endif
