/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* listen.c - listening addresses and accepting: connections are spread over the loop's shards. */
#include "server/server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#define ACCEPTS_PER_TURN 64

/* One connection; false when there is none (or none can be taken now). */
static bool accept_one(server_listener *l, weir_sock *sock) {
  weir_server *s = l->server;
  weir_shard *first = weir_server_first(s);
  weir_shard *on = s->n_shards > 1 ? weir_loop_pick(s->loop) : first;
  size_t i = 0;
  while (s->shards[i].shard != on) i++;
  if (on != first) weir_shard_enter(on);
  weir_sock *conn;
  weir_io io = weir_sock_accept(sock, on, NULL, NULL, &conn);
  bool full = atomic_load_explicit(&s->n_conns, memory_order_relaxed) >= s->max_connections;
  if (io == WEIR_IO_OK && full)
    weir_sock_close(conn);
  else if (io == WEIR_IO_OK)
    (void)weir_server_conn_new(&s->shards[i], conn, l->creds);
  if (on != first) weir_shard_leave(on);
  return io == WEIR_IO_OK;
}

void weir_server_accept(void *arg, weir_sock *sock) {
  server_listener *l = arg;
  if (l->server->state != SERVER_RUNNING) return;
  for (int i = 0; i < ACCEPTS_PER_TURN; i++)
    if (!accept_one(l, sock)) return;
  weir_sock_again(sock);
}

static void listener_free(server_listener *l) {
  weir_list_remove(&l->node);
  weir_sock_close(l->sock);
  weir_creds_unref(l->creds);
  weir_mem_free(weir_loop_mem(l->server->loop), l, sizeof *l);
}

void weir_server_close_listeners(weir_server *s) {
  while (!weir_list_empty(&s->listeners))
    listener_free(WEIR_LIST_OF(s->listeners.next, server_listener, node));
}

/* Host names are looked up on the caller's thread: nobody waits on the loop for it. */
static weir_code listen_addr(const char *text, weir_addr *a, weir_error *e) {
  if (weir_addr_parse(text, a, e) == WEIR_OK) return WEIR_OK;
  const char *colon = strrchr(text, ':');
  if (!colon || colon == text || *text == '[' || !strncmp(text, "unix:", 5)) return WEIR_INVALID_ARGUMENT;
  char host[256];
  size_t len = (size_t)(colon - text);
  if (len >= sizeof host) return WEIR_INVALID_ARGUMENT;
  memcpy(host, text, len);
  host[len] = 0;
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found;
  int err = getaddrinfo(host, colon + 1, &hints, &found);
  if (err)
    return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                          "'%.100s' cannot be looked up: %s; write an address, as [::]:50051", text,
                          gai_strerror(err));
  memset(a, 0, sizeof *a);
  memcpy(&a->sa, found->ai_addr, found->ai_addrlen);
  a->len = found->ai_addrlen;
  freeaddrinfo(found);
  return WEIR_OK;
}

static uint16_t port_of(weir_sock *sock) {
  weir_addr a;
  if (!weir_sock_local_addr(sock, &a)) return 0;
  if (a.sa.ss_family == AF_INET) {
    struct sockaddr_in in;
    memcpy(&in, &a.sa, sizeof in);
    return ntohs(in.sin_port);
  }
  if (a.sa.ss_family == AF_INET6) {
    struct sockaddr_in6 in;
    memcpy(&in, &a.sa, sizeof in);
    return ntohs(in.sin6_port);
  }
  return 0;
}

static weir_code listener_open(server_listener *l, const weir_addr *a, uint16_t *port, weir_error *e) {
  weir_server *s = l->server;
  weir_code code = WEIR_OK;
  weir_error own;
  weir_shard_enter(weir_server_first(s));
  if (s->state > SERVER_RUNNING) {
    code = weir_error_set(&own, WEIR_FAILED_PRECONDITION, 0, "the server was shut down");
  } else {
    l->sock = weir_sock_listen(weir_server_first(s), a, s->reuse_port, weir_server_accept, l, &own);
    if (!l->sock) code = own.code;
  }
  if (!code) {
    weir_list_push(&s->listeners, &l->node);
    if (port) *port = port_of(l->sock);
  }
  weir_shard_leave(weir_server_first(s));
  if (code && e) *e = own;
  return code;
}

weir_code weir_server_listen(weir_server *s, const char *addr, weir_creds *creds, uint16_t *port,
                             weir_error *e) {
  weir_addr a;
  if (!creds)
    return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                          "no credentials: pass weir_creds_tls(...) or weir_creds_insecure()");
  if (!weir_creds_is_channel(creds))
    return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "call credentials are for clients");
  weir_code code = listen_addr(addr, &a, e);
  if (code) return code;
  server_listener *l = weir_mem_zalloc(weir_loop_mem(s->loop), sizeof *l);
  if (!l) return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a listener");
  l->server = s;
  l->creds = weir_creds_ref(weir_creds_of_channel(creds));
  code = listener_open(l, &a, port, e);
  if (code) {
    weir_creds_unref(l->creds);
    weir_mem_free(weir_loop_mem(s->loop), l, sizeof *l);
  }
  return code;
}
