/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* server.h - a server's inside: listeners on the loop's first shard, connections on all of them, a table of methods.
 *
 *   NEW -> RUNNING      [server_start]
 *   NEW, RUNNING -> DRAINING [weir_server_shutdown]  listeners closed, GOAWAY on every connection, the grace runs
 *   DRAINING -> STOPPED [server_stopped]             no connection and no call is left
 *
 * Locks: listeners and `state` belong to the first shard; connections to their own. The first shard's lock may be held
 * when another's is taken, never the other way round: other shards post to the first.
 *
 * Files: server.c (life, options), listen.c (listeners, accepting), conn.c (events of a connection), life.c (how
 * long it may last), dispatch.c (running
 * handlers), reply.c (what handlers do), http.c (requests that are not gRPC), shutdown.c. */
#ifndef WEIR_SERVER_SERVER_H
#define WEIR_SERVER_SERVER_H

#include "base/map.h"
#include "net/call.h"
#include "net/conn.h"
#include <weir/server.h>

typedef enum server_state { SERVER_NEW, SERVER_RUNNING, SERVER_DRAINING, SERVER_STOPPED } server_state;

typedef struct weir_method_entry weir_method_entry;

/** Runs a call's handler: decodes the request, calls, and unless that is pending, ends with weir_server_end_call. No
 * lock held; on the loop or on the pool. src/stub gives it. */
typedef void weir_run_fn(const weir_method_entry *m, weir_call *c);

/** A registered method. Read-only after start. */
struct weir_method_entry {
  const weir_method *method;
  weir_run_fn *run;
  weir_handler *handler;
  const void *impl;
  void *ctx;
  uint32_t run_on;
};

typedef struct server_shard {
  weir_server *server;
  weir_shard *shard;
  weir_list conns; /* server_conn; lock of this shard */
  uint64_t rand;   /* of ages */
  weir_codecs codecs;
} server_shard;

typedef struct server_listener {
  weir_list node;
  weir_server *server;
  weir_sock *sock;
  weir_creds *creds;
} server_listener;

/** What the calls of one connection cost, until their handlers have returned: a client can reset its streams at once
 * (CVE-2023-44487). Lives as long as the last of them. */
typedef struct server_load {
  atomic_uint_least64_t
      sum; /* bytes; above them (SERVER_LOAD_CALL) the calls, and one more while there is a connection */
} server_load;
#define SERVER_LOAD_CALL ((uint64_t)1 << 40)

typedef struct server_conn {
  weir_list node;
  server_shard *home;
  weir_conn *conn;
  weir_timer timer;         /* the handshake's time; then what life.c waits for */
  weir_io_nanos age_at;     /* GOAWAY; then the end of the grace */
  weir_io_nanos idle_since; /* the last call's end, unless calls run */
  bool is_old;              /* GOAWAY was sent for its age, or because it was idle */
  server_load *load;
  const weir_method_entry *last; /* that was called: mostly the next call's too; or NULL */
} server_conn;

/** Somebody who waits for STOPPED: a thread, on its stack; or a callback, on the heap. */
typedef struct stop_wait {
  weir_list node;
  weir_waiter waiter;
  weir_due due; /* fn set: a callback */
  weir_server *server;
} stop_wait;

struct weir_server {
  /* set before start, then read-only */
  weir_loop *loop;
  weir_rpc_opts rpc;
  uint8_t compression;
  int64_t handshake_timeout_ns;
  int64_t max_age_ns, max_age_grace_ns, max_idle_ns; /* of connections; negative: none */
  uint32_t max_connections;
  bool reuse_port;
  size_t max_handlers; /* of one connection */
  const weir_interceptor **interceptors;
  size_t n_interceptors;
  weir_map methods;          /* path -> weir_method_entry */
  weir_list services;        /* blocks of entries, to free */
  weir_method_entry unknown; /* for methods that are not in the table; run NULL: none */
  weir_http_fn *http;
  void *http_ctx;
  server_shard *shards;
  size_t n_shards;

  atomic_uint users; /* the program's references */
  atomic_uint refs; /* one for all users, one per connection and per call; the last is never dropped under a lock */
  atomic_size_t n_conns;
  atomic_size_t live; /* connections and calls */
  atomic_bool draining;

  /* first shard's lock held */
  server_state state;
  weir_list listeners;
  weir_list stops; /* stop_wait */
  stop_wait last;  /* of the last weir_server_unref, which must not need memory */
  weir_timer grace;
  weir_io_nanos grace_at;
  weir_task stopped;
};

/* ---- server.c */
void weir_server_drop(void *s);
/** One connection or call less; lock of any shard held or not. */
void weir_server_less(weir_server *s);
static inline weir_shard *weir_server_first(const weir_server *s) { return s->shards[0].shard; }
/** Registers a method. Errors as weir_server_add. */
weir_code weir_server_add_methods(weir_server *s, const weir_service *svc, const void *impl, void *ctx,
                                  uint32_t run_on, weir_run_fn *run);

/** As weir_server_on_unknown. */
weir_code weir_server_set_unknown(weir_server *s, const weir_method_entry *m);

/* ---- listen.c; first shard's lock held */
void weir_server_accept(void *listener, weir_sock *sock);
void weir_server_close_listeners(weir_server *s);

/* ---- conn.c; the shard's lock held */
bool weir_server_conn_new(server_shard *home, weir_sock *sock, weir_creds *creds);
void weir_server_conn_drain(server_conn *sc);
/** False if the connection's calls cost too much for this one. */
bool weir_server_load_allows(const server_conn *sc);
/** Accounts for a new call, in c->server. */
void weir_server_load_add(server_conn *sc, weir_call *c);
/** Its handler has returned, or will never be called. Lock held or not. */
void weir_server_load_less(weir_call *c);

/* ---- life.c; the shard's lock held */
/** The connection is set up: its age, and its idleness, begin to count. */
void weir_server_life_begin(server_conn *sc);

/* ---- dispatch.c; the shard's lock held */
void weir_dispatch_call(server_conn *sc, const weir_rpc_event *ev);
void weir_dispatch_event(weir_call *c, const weir_rpc_event *ev);
extern const weir_call_owner weir_server_call_ops;
/** A server call in RUNNING, known to the engine. NULL when out of memory (the call was refused). */
weir_call *weir_server_call_new(server_conn *sc, const weir_rpc_event *ev);
/** Runs c's handler on the loop or the pool. */
void weir_dispatch_run(weir_call *c);
/** False where waiting for the server's end would be waiting for oneself. Lock held or not. */
bool weir_server_may_block(const weir_server *s);

/* ---- reply.c; no lock held */
/** True for the first who ends the call; only he may call what follows. Lock held or not. */
bool weir_server_claim_end(weir_call *c);
/** Ends a call: sends the reply if there is one (bytes, or body by reference; packed: from weir_call_pack), then the status; drops the handler's
 * reference. */
void weir_server_end_call(weir_call *c, weir_code code, weir_str bytes, weir_buf *body, bool packed);

/* ---- http.c; the shard's lock held */
void weir_http_request_event(server_conn *sc, const weir_rpc_event *ev);
/** A later event of such a request. */
void weir_http_event(weir_call *c, const weir_rpc_event *ev);

#endif
