/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* sock.c - what sockets of all backends share. */
#include "io/shard.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

weir_sock *weir_sock_alloc(weir_shard *s, size_t size) {
  weir_sock *sock = weir_mem_zalloc(s->loop->mem, size);
  if (!sock) return NULL;
  sock->shard = s;
  sock->size = size;
  sock->watch.fd = -1;
  weir_list_push(&s->socks, &sock->all);
  return sock;
}

void weir_sock_fire(weir_sock *s) {
  weir_list_remove(&s->again);
  if (s->fn) s->fn(s->arg, s);
}

weir_sock *weir_sock_connect(weir_shard *s, const weir_addr *a, weir_sock_fn *fn, void *arg, weir_error *e) {
  weir_shard_assert_held(s);
  weir_sock *sock = s->ops->connect(s, a, e);
  if (sock) weir_sock_set_fn(sock, fn, arg);
  return sock;
}

weir_sock *weir_sock_listen(weir_shard *s, const weir_addr *a, bool reuse_port, weir_sock_fn *fn, void *arg,
                            weir_error *e) {
  weir_shard_assert_held(s);
  weir_sock *sock = s->ops->listen(s, a, reuse_port, e);
  if (sock) weir_sock_set_fn(sock, fn, arg);
  return sock;
}

weir_io weir_sock_accept(weir_sock *listener, weir_shard *on, weir_sock_fn *fn, void *arg, weir_sock **out) {
  weir_shard_assert_held(listener->shard);
  weir_shard_assert_held(on);
  weir_io io = listener->shard->ops->accept(listener, on, out);
  if (io == WEIR_IO_OK) weir_sock_set_fn(*out, fn, arg);
  return io;
}

weir_io weir_sock_recv(weir_sock *s, void *buf, size_t cap, size_t *n) {
  weir_shard_assert_held(s->shard);
  return s->shard->ops->recv(s, buf, cap, n);
}

weir_io weir_sock_sendv(weir_sock *s, const weir_str *v, size_t n_v, size_t *n) {
  weir_shard_assert_held(s->shard);
  return s->shard->ops->sendv(s, v, n_v, n);
}

void weir_sock_shutdown(weir_sock *s) { s->shard->ops->shutdown(s); }

void weir_sock_again(weir_sock *s) {
  weir_shard_assert_held(s->shard);
  if (!weir_list_linked(&s->again)) weir_list_push(&s->shard->again, &s->again);
}

void weir_sock_set_fn(weir_sock *s, weir_sock_fn *fn, void *arg) {
  s->fn = fn;
  s->arg = arg;
}

int weir_sock_connected(const weir_sock *s) { return s->connected; }
int weir_sock_errno(const weir_sock *s) { return s->err; }
bool weir_sock_local_addr(weir_sock *s, weir_addr *a) { return s->shard->ops->local_addr(s, a); }
bool weir_sock_peer_addr(weir_sock *s, weir_addr *a) { return s->shard->ops->peer_addr(s, a); }

void weir_sock_close(weir_sock *s) {
  if (!s) return;
  weir_shard *shard = s->shard;
  weir_shard_assert_held(shard);
  shard->ops->close_sock(s);
  weir_list_remove(&s->again);
  weir_list_remove(&s->all);
  s->fn = NULL;
  s->watch.fn = NULL;
  weir_shard_bury(shard, &s->watch.grave, s->size);
}

void weir_sock_set_user_timeout(weir_sock *s, int64_t timeout_ns) {
#ifdef TCP_USER_TIMEOUT
  int64_t ms = timeout_ns / 1000000;
  unsigned value = ms < 1 ? 1 : ms > INT32_MAX ? INT32_MAX : (unsigned)ms;
  if (s->watch.fd >= 0) setsockopt(s->watch.fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof value);
#else
  (void)s, (void)timeout_ns;
#endif
}
