/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* posix.h - the sockets of the kernel (and its names), for the backends that wait for them in different ways. */
#ifndef WEIR_IO_POSIX_H
#define WEIR_IO_POSIX_H

#include "io/lookup.h"
#include "io/shard.h"

#if defined(WEIR_USE_KQUEUE) || defined(__APPLE__) || defined(__FreeBSD__) || defined(__DragonFly__) || \
    defined(__NetBSD__)
#define WEIR_HAS_KQUEUE 1
#else
#define WEIR_HAS_KQUEUE 0
#endif

weir_sock *weir_posix_connect(weir_shard *s, const weir_addr *a, weir_error *e);
weir_sock *weir_posix_listen(weir_shard *s, const weir_addr *a, bool reuse_port, weir_error *e);
weir_io weir_posix_accept(weir_sock *listener, weir_shard *on, weir_sock **out);
weir_io weir_posix_recv(weir_sock *s, void *buf, size_t cap, size_t *n);
weir_io weir_posix_sendv(weir_sock *s, const weir_str *v, size_t n_v, size_t *n);
void weir_posix_shutdown(weir_sock *s);
bool weir_posix_local_addr(weir_sock *s, weir_addr *a);
bool weir_posix_peer_addr(weir_sock *s, weir_addr *a);
void weir_posix_close(weir_sock *s);

#define WEIR_POSIX_SOCKETS                                                                                 \
  .lookup = weir_lookup_by_cares, .connect = weir_posix_connect, .listen = weir_posix_listen,              \
  .accept = weir_posix_accept, .recv = weir_posix_recv, .sendv = weir_posix_sendv,                         \
  .shutdown = weir_posix_shutdown, .local_addr = weir_posix_local_addr, .peer_addr = weir_posix_peer_addr, \
  .close_sock = weir_posix_close

#endif
