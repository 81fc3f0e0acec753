/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "server/server.h"

#include "base/assert.h"
#include "base/opts.h"

#define HANDSHAKE_TIMEOUT WEIR_SECONDS(20)
#define KEEPALIVE_TIME    WEIR_SECONDS(7200) /* gRFC A8 */
#define PING_INTERVAL     WEIR_SECONDS(300)  /* gRFC A8 */

/* The methods of one weir_server_add. */
typedef struct service_block {
  weir_list node;
  size_t size;
  weir_method_entry entries[];
} service_block;

static void server_free(weir_server *s) {
  weir_loop *loop = s->loop;
  weir_mem mem = weir_loop_mem(loop);
  weir_list *n;
  while ((n = weir_list_pop(&s->services))) {
    service_block *b = WEIR_LIST_OF(n, service_block, node);
    weir_mem_free(mem, b, b->size);
  }
  weir_map_fini(&s->methods);
  weir_mem_free(mem, s->interceptors, (s->n_interceptors + 1) * sizeof *s->interceptors);
  for (size_t i = 0; s->shards && i < s->n_shards; i++) weir_codecs_fini(&s->shards[i].codecs);
  weir_mem_free(mem, s->shards, s->n_shards * sizeof *s->shards);
  weir_mem_free(mem, s, sizeof *s);
  weir_loop_unref(loop);
}

void weir_server_drop(void *arg) {
  weir_server *s = arg;
  if (atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1) server_free(s);
}

void weir_server_less(weir_server *s) {
  if (atomic_fetch_sub(&s->live, 1) == 1 && atomic_load(&s->draining))
    weir_shard_post(weir_server_first(s), &s->stopped);
}

static weir_server_opts server_opts(const weir_server_opts *o) {
  weir_server_opts full = {.size = sizeof full};
  weir_opts_read(&full, sizeof full, o);
  return full;
}

static bool server_set_interceptors(weir_server *s, const weir_server_opts *o) {
  s->n_interceptors = o->n_interceptors;
  s->interceptors = weir_mem_alloc(weir_loop_mem(s->loop), (o->n_interceptors + 1) * sizeof *s->interceptors);
  if (!s->interceptors) return false;
  for (size_t i = 0; i < o->n_interceptors; i++) s->interceptors[i] = o->interceptors[i];
  return true;
}

static bool server_set_shards(weir_server *s) {
  s->n_shards = weir_loop_n_shards(s->loop);
  s->shards = weir_mem_zalloc(weir_loop_mem(s->loop), s->n_shards * sizeof *s->shards);
  if (!s->shards) return false;
  for (size_t i = 0; i < s->n_shards; i++) {
    s->shards[i].server = s;
    s->shards[i].shard = weir_loop_shard(s->loop, i);
    weir_list_init(&s->shards[i].conns);
  }
  return true;
}

/* In the loop's memory, which it keeps. */
static weir_server *server_alloc(weir_loop *own, weir_error *e) {
  weir_loop *loop = own ? weir_loop_ref(own) : weir_loop_new_private(e);
  if (!loop) return NULL;
  weir_server *s = weir_mem_zalloc(weir_loop_mem(loop), sizeof *s);
  if (!s) {
    weir_loop_unref(loop);
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a server");
    return NULL;
  }
  s->loop = loop;
  atomic_init(&s->users, 1);
  atomic_init(&s->refs, 1);
  weir_list_init(&s->services);
  weir_list_init(&s->listeners);
  weir_list_init(&s->stops);
  weir_map_init(&s->methods, weir_loop_mem(loop), 0);
  return s;
}

/* 0: the default; negative: none. */
static int64_t time_or(int64_t asked_ns, int64_t otherwise_ns) {
  return asked_ns ? asked_ns > 0 ? asked_ns : 0 : otherwise_ns;
}

static weir_keepalive_opts server_keepalive(const weir_server_opts *o) {
  return (weir_keepalive_opts){
      .time_ns = time_or(o->keepalive_ns, KEEPALIVE_TIME),
      .timeout_ns = time_or(o->keepalive_timeout_ns, 0),
      .min_interval_ns = time_or(o->min_ping_interval_ns, PING_INTERVAL),
      .pings_without_calls = (o->flags & WEIR_PINGS_WITHOUT_CALLS) != 0,
      .max_strikes = o->max_ping_strikes,
  };
}

weir_server *weir_server_new(const weir_server_opts *opts, weir_error *e) {
  weir_server_opts o = server_opts(opts);
  if (weir_encoding_check(o.compression, e)) return NULL;
  weir_server *s = server_alloc(o.loop, e);
  if (!s) return NULL;
  if (!server_set_shards(s) || !server_set_interceptors(s, &o)) {
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a server");
    weir_server_drop(s);
    return NULL;
  }
  s->compression = (uint8_t)o.compression;
  s->rpc = (weir_rpc_opts){
      .h2 = {.max_concurrent_streams = o.max_concurrent_streams,
             .stream_window = o.recv_window,
             .max_header_list = o.max_metadata_bytes,
             .handshake_ns = time_or(o.handshake_timeout_ns, 0),
             .stall_ns = o.stall_timeout_ns},
      .keepalive = server_keepalive(&o),
      .max_recv_bytes = o.max_recv_bytes,
      .max_send_bytes = o.max_send_bytes,
  };
  s->max_handlers = o.max_concurrent_streams ? o.max_concurrent_streams : WEIR_RPC_MAX_CALLS_DEFAULT;
  s->handshake_timeout_ns = o.handshake_timeout_ns > 0 ? o.handshake_timeout_ns : HANDSHAKE_TIMEOUT;
  s->max_connections = o.max_connections ? o.max_connections : UINT32_MAX;
  s->max_age_ns = o.max_connection_age_ns > 0 ? o.max_connection_age_ns : -1;
  s->max_age_grace_ns = o.max_connection_age_grace_ns > 0 ? o.max_connection_age_grace_ns : -1;
  s->max_idle_ns = o.max_connection_idle_ns > 0 ? o.max_connection_idle_ns : -1;
  s->reuse_port = (o.flags & WEIR_REUSE_PORT) != 0;
  return s;
}

weir_code weir_server_add_methods(weir_server *s, const weir_service *svc, const void *impl, void *ctx,
                                  uint32_t run_on, weir_run_fn *run) {
  if (s->state != SERVER_NEW) return WEIR_FAILED_PRECONDITION;
  for (uint32_t i = 0; i < svc->n_methods; i++)
    if (weir_map_get(&s->methods, weir_str_of(svc->methods[i]->path))) return WEIR_ALREADY_EXISTS;
  size_t size = sizeof(service_block) + svc->n_methods * sizeof(weir_method_entry);
  service_block *b = weir_mem_zalloc(weir_loop_mem(s->loop), size);
  if (!b) return WEIR_RESOURCE_EXHAUSTED;
  b->size = size;
  weir_list_push(&s->services, &b->node);
  for (uint32_t i = 0; i < svc->n_methods; i++) {
    b->entries[i] = (weir_method_entry){svc->methods[i], run, svc->handlers[i], impl, ctx, run_on};
    if (weir_map_put(&s->methods, weir_str_of(svc->methods[i]->path), &b->entries[i])) continue;
    while (i-- > 0) weir_map_remove(&s->methods, weir_str_of(svc->methods[i]->path)); /* all or none */
    return WEIR_RESOURCE_EXHAUSTED;
  }
  return WEIR_OK;
}

weir_code weir_server_set_unknown(weir_server *s, const weir_method_entry *m) {
  if (s->state != SERVER_NEW) return WEIR_FAILED_PRECONDITION;
  s->unknown = *m;
  return WEIR_OK;
}

void weir_server_on_http(weir_server *s, weir_http_fn *fn, void *ctx) {
  WEIR_ASSERT(s->state == SERVER_NEW);
  s->http = fn;
  s->http_ctx = ctx;
}

weir_code weir_server_start(weir_server *s, weir_error *e) {
  weir_code code = WEIR_OK;
  weir_shard_enter(weir_server_first(s));
  if (s->state == SERVER_NEW) {
    s->state = SERVER_RUNNING;
    for (weir_list *n = s->listeners.next; n != &s->listeners; n = n->next)
      weir_sock_again(WEIR_LIST_OF(n, server_listener, node)->sock);
  } else if (s->state != SERVER_RUNNING) {
    code = weir_error_set(e, WEIR_FAILED_PRECONDITION, 0, "the server was shut down; make a new one");
  }
  weir_shard_leave(weir_server_first(s));
  return code;
}

weir_server *weir_server_ref(weir_server *s) {
  atomic_fetch_add_explicit(&s->users, 1, memory_order_relaxed);
  return s;
}
