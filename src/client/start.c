/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "client/start.h"

#include "base/arena.h"
#include "base/opts.h"
#include "client/channel.h"

static weir_call_opts call_opts(const weir_call_opts *o) {
  weir_call_opts full = {.size = sizeof full};
  weir_opts_read(&full, sizeof full, o);
  return full;
}

/* Into the call's arena, which nobody else uses yet. */
static bool keep_metadata(weir_call *c, const weir_kv *kvs, size_t n) {
  weir_kv *copy = n ? weir_alloc(c->arena, n * sizeof *copy) : NULL;
  if (n && !copy) return false;
  for (size_t i = 0; i < n; i++) {
    copy[i] = (weir_kv){weir_dup(c->arena, kvs[i].key), weir_dup(c->arena, kvs[i].val)};
    if (!copy[i].key.data || !copy[i].val.data) return false;
  }
  c->client.metadata = (weir_call_metadata){copy, n};
  return true;
}

/* Interceptors see and may replace what the caller asked for. */
static bool intercept_start(weir_call *c, weir_call_info *info) {
  for (size_t i = 0; i < c->n_interceptors; i++) {
    const weir_interceptor *in = c->interceptors[i];
    c->n_started++;
    if (!in->on_start) continue;
    weir_code code = weir_call_status_of(in->on_start(in->ctx, c, info));
    if (code) {
      c->client.start_error = code;
      c->client.start_text = WEIR_STR("refused by an interceptor");
      return true;
    }
    const weir_call_metadata *mine = &c->client.metadata;
    if ((info->metadata != mine->kvs || info->n_metadata != mine->n) &&
        !keep_metadata(c, info->metadata, info->n_metadata))
      return false;
    info->metadata = mine->kvs;
  }
  return true;
}

/* Never what the server is known not to take. */
static void call_set_compression(weir_call *c, weir_channel *ch, const weir_call_opts *o) {
  uint32_t asked = o->flags & WEIR_NO_COMPRESSION ? WEIR_IDENTITY
                   : o->compression               ? o->compression
                                                  : ch->compression;
  weir_error e;
  c->client.start_error = weir_encoding_check(asked, &e);
  if (c->client.start_error) {
    c->client.start_text = weir_dup(c->arena, weir_str_of(e.msg));
    return;
  }
  if (atomic_load_explicit(&ch->accepts, memory_order_relaxed) & WEIR_ENCODING_BIT(asked))
    c->out_encoding = (uint8_t)asked;
}

static bool call_fill(weir_call *c, weir_channel *ch, const weir_method *m, const weir_call_opts *o) {
  c->method = m;
  c->kind = m->kind;
  if (o->send_buffer > c->high_water) c->high_water = o->send_buffer;
  if (ch->rpc.max_send_bytes) c->max_send = ch->rpc.max_send_bytes;
  c->max_recv = ch->rpc.max_recv_bytes ? ch->rpc.max_recv_bytes : WEIR_RPC_MAX_RECV_DEFAULT;
  c->codecs = &ch->codecs;
  if (o->compression || ch->compression) call_set_compression(c, ch, o);
  c->retain = true;
  if (o->creds) c->client.creds = weir_creds_ref(o->creds);
  c->client.flags = o->flags;
  c->interceptors = (const weir_interceptor *const *)ch->interceptors;
  c->n_interceptors = ch->n_interceptors;
  if (o->authority) {
    c->client.authority = weir_dup(c->arena, weir_str_of(o->authority));
    if (!c->client.authority.data) return false;
  }
  if (!keep_metadata(c, o->metadata, o->n_metadata)) return false;
  int64_t timeout = o->timeout_ns ? o->timeout_ns : INT64_MAX;
  if (o->parent) {
    int64_t left = weir_time_left(o->parent);
    if (left < timeout) timeout = left;
  }
  weir_call_info info = {sizeof info, c->path, c->client.metadata.kvs, c->client.metadata.n, timeout};
  if (!c->client.start_error && !intercept_start(c, &info)) return false;
  c->client.timeout_ns = info.timeout_ns;
  return true;
}

weir_call *weir_client_call_new(weir_channel *ch, const weir_method *m, const weir_call_opts *opts) {
  weir_call_opts o = call_opts(opts);
  atomic_fetch_add_explicit(&ch->refs, 1, memory_order_relaxed);
  weir_call *c = weir_call_new(ch->shard, &weir_channel_call_ops, ch, weir_str_of(m->path), false);
  if (!c) {
    weir_channel_drop(ch); /* not the last: the caller has one */
    return NULL;
  }
  if (!call_fill(c, ch, m, &o)) {
    weir_call_unref(c);
    return NULL;
  }
  if (o.parent) weir_call_adopt(o.parent, c);
  return c;
}

bool weir_channel_may_block(const weir_channel *ch) { return weir_shard_may_block(ch->shard); }

void weir_client_call_go(weir_call *c) {
  weir_channel *ch = c->owner;
  if (c->state != WEIR_CALL_WAITING) return; /* the parent was faster */
  /* Negative: over already. Beyond what the clock counts to: none. */
  int64_t timeout = c->client.timeout_ns;
  if (timeout < INT64_MAX / 2) c->deadline = weir_shard_now(c->shard) + (timeout > 0 ? timeout : 0);
  if (c->client.start_error)
    weir_call_end(c, c->client.start_error, c->client.start_text, NULL, 0);
  else if (ch->state == WEIR_SHUTDOWN)
    weir_call_end(c, WEIR_CANCELLED, WEIR_STR("the channel was closed"), NULL, 0);
  else
    weir_channel_route(ch, c);
}

weir_call *weir_call_start(weir_channel *ch, const weir_method *m, const weir_call_opts *o) {
  weir_call *c = weir_client_call_new(ch, m, o);
  if (!c) return NULL;
  weir_shard_enter(c->shard);
  weir_client_call_go(c);
  weir_shard_leave(c->shard);
  return c;
}
