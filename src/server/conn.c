/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* conn.c - one client's connection, from accept to its end. */
#include "base/arena.h"
#include "server/server.h"

#define LOAD_BYTES \
  (64u * 1024 * 1024) /* of one connection's calls, as they begin: beyond it new ones are refused */

/* ---- what calls cost --------------------------------------------------------------------------------------------------- */

static void load_less(weir_server *s, server_load *l, uint64_t what) {
  if (atomic_fetch_sub_explicit(&l->sum, what, memory_order_acq_rel) == what)
    weir_mem_free(weir_loop_mem(s->loop), l, sizeof *l);
}

bool weir_server_load_allows(const server_conn *sc) {
  uint64_t sum = atomic_load_explicit(&sc->load->sum, memory_order_relaxed);
  return sum / SERVER_LOAD_CALL <= sc->home->server->max_handlers && sum % SERVER_LOAD_CALL < LOAD_BYTES;
}

/* Pairs are paid for as they are kept, not as they are sent: a byte can name a field of 32 (CVE-2026-49975). */
void weir_server_load_add(server_conn *sc, weir_call *c) {
  size_t bytes = sizeof *c + c->headers.n * (sizeof *c->headers.kvs + 2 * WEIR_ARENA_ALIGN);
  for (size_t i = 0; i < c->headers.n; i++) bytes += c->headers.kvs[i].key.len + c->headers.kvs[i].val.len;
  c->server.load = sc->load;
  c->server.load_bytes = bytes;
  atomic_fetch_add_explicit(&sc->load->sum, SERVER_LOAD_CALL + bytes, memory_order_relaxed);
}

void weir_server_load_less(weir_call *c) {
  server_load *l = c->server.load;
  c->server.load = NULL;
  if (l) load_less(c->owner, l, SERVER_LOAD_CALL + c->server.load_bytes);
}

/* ---- the connection ---------------------------------------------------------------------------------------------------- */

static server_conn *server_conn_alloc(server_shard *home) {
  weir_mem mem = weir_loop_mem(home->server->loop);
  server_conn *sc = weir_mem_zalloc(mem, sizeof *sc);
  if (!sc) return NULL;
  sc->home = home;
  sc->load = weir_mem_zalloc(mem, sizeof *sc->load);
  if (!sc->load) return weir_mem_free(mem, sc, sizeof *sc), NULL;
  atomic_init(&sc->load->sum, SERVER_LOAD_CALL);
  return sc;
}

static void server_conn_drop(server_conn *sc) {
  weir_server *s = sc->home->server;
  if (sc->conn) weir_conn_close(sc->conn);
  load_less(s, sc->load, SERVER_LOAD_CALL);
  weir_mem_free(weir_loop_mem(s->loop), sc, sizeof *sc);
}

static void server_conn_free(server_conn *sc) {
  weir_server *s = sc->home->server;
  weir_timer_stop(sc->home->shard, &sc->timer);
  weir_list_remove(&sc->node);
  server_conn_drop(sc);
  atomic_fetch_sub_explicit(&s->n_conns, 1, memory_order_relaxed);
  weir_server_less(s);
  weir_server_drop(s); /* not the last: see weir_server_conn_new */
}

static void server_conn_event(void *owner, weir_conn *conn, const weir_rpc_event *ev) {
  server_conn *sc = owner;
  weir_server *s = sc->home->server;
  switch (ev->kind) {
  case WEIR_RPC_EV_READY: weir_server_life_begin(sc); break;
  case WEIR_RPC_EV_CALL: weir_dispatch_call(sc, ev); break;
  case WEIR_RPC_EV_HTTP: weir_http_request_event(sc, ev); break;
  case WEIR_RPC_EV_CLOSED:
    weir_log_printf(weir_loop_log(s->loop), WEIR_LOG_DEBUG, "server", "%s: " WEIR_FMT, weir_conn_peer(conn),
                    WEIR_ARG(ev->text));
    server_conn_free(sc);
    break;
  default:
    if (ev->kind == WEIR_RPC_EV_END) sc->idle_since = weir_shard_now(sc->home->shard);
    if (ev->user) weir_dispatch_event(ev->user, ev);
  }
}

static void handshake_timeout(void *arg) {
  server_conn *sc = arg;
  weir_conn_abort(sc->conn, "no HTTP/2 SETTINGS within the handshake timeout");
}

bool weir_server_conn_new(server_shard *home, weir_sock *sock, weir_creds *creds) {
  weir_server *s = home->server;
  weir_error e;
  server_conn *sc = server_conn_alloc(home);
  if (!sc) {
    weir_sock_close(sock);
    return false;
  }
  weir_conn_opts o = {.rpc = s->rpc, .creds = creds, .fn = server_conn_event, .owner = sc};
  sc->conn = weir_conn_new(home->shard, sock, &o, &e);
  sc->timer = (weir_timer){.fn = handshake_timeout, .arg = sc};
  if (!sc->conn || weir_timer_set(home->shard, &sc->timer,
                                  weir_io_after(weir_shard_now(home->shard), s->handshake_timeout_ns))) {
    server_conn_drop(sc);
    return false;
  }
  weir_list_push(&home->conns, &sc->node);
  atomic_fetch_add_explicit(&s->n_conns, 1, memory_order_relaxed);
  /* The users' reference goes only after STOPPED, which waits for `live`, and a round of all locks (weir_server_unref):
   * a connection never drops the last one. */
  atomic_fetch_add(&s->live, 1);
  atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
  return true;
}

void weir_server_conn_drain(server_conn *sc) {
  if (weir_conn_is_starting(sc->conn)) {
    weir_conn_abort(sc->conn, "the server is shutting down");
    return;
  }
  weir_rpc_drain(weir_conn_rpc(sc->conn), "shutdown");
  weir_conn_kick(sc->conn);
}
