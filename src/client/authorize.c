/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* authorize.c - call credentials: functions that give a call metadata, one after the other, before its headers go out.
 *
 *   NONE -> ASKED [weir_authorize]       there is a connection; the first function is due
 *   ASKED -> ASKED [weir_call_authorize] the next one is due
 *   ASKED -> DONE [weir_call_authorize]  the last has answered, one failed; or the call had ended before one was asked
 *
 * While ASKED the call has a hold, waits in the channel's `calls` (not in `waiting`), and its timer is set. */
#include "base/arena.h"
#include "base/assert.h"
#include "client/channel.h"
#include "rpc/metadata.h"

#include <stdio.h>
#include <string.h>

/* grpcio's words. */
#define TEXT_PLAINTEXT \
  "Established channel does not have a sufficient security level to transfer call credential."

static size_t auth_n(const weir_call *c) {
  const weir_channel *ch = c->owner;
  return weir_creds_n_calls(ch->creds) + (c->client.creds ? weir_creds_n_calls(c->client.creds) : 0);
}

static void auth_ask(void *arg, weir_call *c, weir_code code) {
  const weir_channel *ch = c->owner;
  size_t i = c->client.auth_at, of_channel = weir_creds_n_calls(ch->creds);
  (void)arg, (void)code;
  weir_shard_enter(c->shard);
  bool wanted = c->state != WEIR_CALL_ENDED;
  if (!wanted) c->client.auth = WEIR_AUTH_DONE;
  weir_call_leave(c, !wanted);
  if (!wanted) return;
  if (i < of_channel)
    weir_creds_call(ch->creds, i, c);
  else
    weir_creds_call(c->client.creds, i - of_channel, c);
}

static void auth_due(weir_call *c) {
  c->client.auth_due = (weir_due){.fn = auth_ask, .call = c};
  weir_shard_call_back(c->shard, &c->client.auth_due);
}

static void auth_timeout(void *arg) {
  weir_call_cancel(arg, WEIR_DEADLINE_EXCEEDED, "Deadline Exceeded while waiting for call credentials");
}

bool weir_authorize(weir_channel *ch, weir_conn *conn, weir_call *c) {
  if (c->client.auth == WEIR_AUTH_DONE || !auth_n(c)) return false;
  WEIR_ASSERT(c->client.auth == WEIR_AUTH_NONE);
  weir_channel_unqueue(ch, c);
  if (!weir_conn_is_tls(conn)) {
    weir_call_end(c, WEIR_UNAUTHENTICATED, WEIR_STR(TEXT_PLAINTEXT), NULL, 0);
    return true;
  }
  c->client.timer.fn = auth_timeout;
  c->client.timer.arg = c;
  if (weir_timer_set(ch->shard, &c->client.timer, c->deadline)) {
    weir_call_end(c, WEIR_RESOURCE_EXHAUSTED, WEIR_STR("out of memory"), NULL, 0);
    return true;
  }
  c->client.auth = WEIR_AUTH_ASKED;
  weir_call_hold(c);
  auth_due(c);
  return true;
}

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

/* Codes that say what a server found; a client's own machinery must not give them (gRFC A54). */
static bool auth_code_is_servers(weir_code code) {
  switch (code) {
  case WEIR_INVALID_ARGUMENT:
  case WEIR_NOT_FOUND:
  case WEIR_ALREADY_EXISTS:
  case WEIR_FAILED_PRECONDITION:
  case WEIR_ABORTED:
  case WEIR_OUT_OF_RANGE:
  case WEIR_DATA_LOSS: return true;
  default: return false;
  }
}

static void auth_failed(weir_call *c, weir_code code, const char *text) {
  char why[512];
  code = weir_call_status_of(code);
  if (!text) text = "";
  if (auth_code_is_servers(code)) {
    snprintf(why, sizeof why, "Illegal status code from call credentials; original status: %s: %.400s",
             weir_code_name(code), text);
    text = why;
    code = WEIR_INTERNAL;
  }
  weir_call_end(c, code, weir_str_of(text), NULL, 0);
}

/* Behind the call's own. */
static bool auth_add(weir_call *c, const weir_kv *kvs, size_t n) {
  weir_call_metadata added, *all = &c->client.metadata;
  if (!n) return true;
  if (!weir_call_keep(c, &added, kvs, n)) return false;
  weir_kv *joined = weir_arena_take(c->meta, (all->n + n) * sizeof *joined);
  if (!joined) return false;
  if (all->n) memcpy(joined, all->kvs, all->n * sizeof *joined);
  memcpy(joined + all->n, added.kvs, n * sizeof *joined);
  *all = (weir_call_metadata){joined, all->n + n};
  return true;
}

static bool auth_is_legal(const weir_kv *kvs, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!weir_metadata_is_legal(&kvs[i])) return false;
  return true;
}

void weir_call_authorize(weir_call *c, weir_code code, const char *text, const weir_kv *kvs, size_t n) {
  weir_shard_enter(c->shard);
  WEIR_ASSERT(c->client.auth == WEIR_AUTH_ASKED); /* exactly once */
  bool more = false;
  if (c->state == WEIR_CALL_ENDED)
    ;
  else if (code)
    auth_failed(c, code, text);
  else if (!auth_is_legal(kvs, n))
    weir_call_end(c, WEIR_UNAVAILABLE, WEIR_STR("Illegal metadata"), NULL, 0);
  else if (!auth_add(c, kvs, n))
    weir_call_end(c, WEIR_RESOURCE_EXHAUSTED, WEIR_STR("out of memory for metadata"), NULL, 0);
  else
    more = ++c->client.auth_at < auth_n(c);
  if (more) {
    auth_due(c);
  } else {
    c->client.auth = WEIR_AUTH_DONE;
    weir_timer_stop(c->shard, &c->client.timer);
    if (c->state == WEIR_CALL_WAITING) weir_channel_route(c->owner, c);
  }
  weir_call_leave(c, !more);
}

const char *weir_call_authority(const weir_call *c) {
  if (c->is_server) return "";
  const weir_channel *ch = c->owner;
  return c->client.authority.data ? c->client.authority.data : ch->authority;
}
