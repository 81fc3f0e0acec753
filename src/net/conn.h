/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* conn.h - a connection: socket + TLS + gRPC engine on one shard. The only place where they meet. It moves bytes
 * and hands the engine's events to its owner; what they mean is the owner's business.
 *
 * All functions: with the shard's lock held. */
#ifndef WEIR_NET_CONN_H
#define WEIR_NET_CONN_H

#include "base/log.h"
#include "io/io.h"
#include "rpc/rpc.h"
#include "tls/auth.h"
#include "tls/tls.h"

typedef struct weir_conn weir_conn;

/** One event of the engine; runs with the lock held, calls no user code. For WEIR_RPC_EV_CLOSED, the last one,
 * the owner must call weir_conn_close (or have called it). */
typedef void weir_conn_fn(void *owner, weir_conn *c, const weir_rpc_event *ev);

typedef struct weir_conn_opts {
  weir_rpc_opts rpc;
  weir_creds *creds;       /* borrowed for the call */
  const char *server_name; /* client with TLS: to verify */
  weir_conn_fn *fn;
  /** After events and writing, while the connection is usable; may be NULL. More calls may fit now: one ended, or the
   * peer raised its limit. */
  void (*settled)(void *owner, weir_conn *c);
  void *owner;
} weir_conn_opts;

/** Takes over the socket (also on failure, when it is closed). NULL with *e. */
weir_conn *weir_conn_new(weir_shard *s, weir_sock *sock, const weir_conn_opts *o, weir_error *e);

/** Bytes or events may be waiting in the engine: they are flushed and pulled at the end of this turn. Call it after
 * every weir_rpc_ function that does something. */
void weir_conn_kick(weir_conn *c);

/** Ends the transport: calls still running get END with UNAVAILABLE (client) or CANCELLED (server) and `why` (static),
 * then CLOSED. */
void weir_conn_abort(weir_conn *c, const char *why);

/** Closes the socket and forgets the owner; no event follows. The memory goes when nothing uses it any more. */
void weir_conn_close(weir_conn *c);

weir_rpc *weir_conn_rpc(weir_conn *c);
weir_shard *weir_conn_shard(weir_conn *c);
/** True if what goes over it is encrypted. */
bool weir_conn_is_tls(const weir_conn *c);
#define WEIR_PEER_CAP 128u
/** The peer, as "ipv4:127.0.0.1:50051". */
const char *weir_conn_peer(const weir_conn *c);
/** The same into a buffer of WEIR_PEER_CAP: calls outlive connections. */
void weir_conn_copy_peer(const weir_conn *c, char *to);
/** What TLS told of the peer, with a reference of the caller's; NULL for plaintext or when out of memory. */
weir_auth *weir_conn_auth(weir_conn *c);
/** True until the TLS handshake is over and the peer's SETTINGS have come. */
bool weir_conn_is_starting(const weir_conn *c);
/** Link for the owner's list of connections. */
weir_list *weir_conn_node(weir_conn *c);
weir_conn *weir_conn_of_node(weir_list *node);

#endif
