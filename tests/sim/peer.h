/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* peer.h - the other end of a connection, scripted frame by frame on the simulated network: a client or a server that
 * does what ours never would. */
#ifndef WEIR_TESTS_PEER_H
#define WEIR_TESTS_PEER_H

#include "io/io.h"

enum { PEER_DATA = 0, PEER_HEADERS = 1, PEER_RST = 3, PEER_SETTINGS = 4, PEER_GOAWAY = 7 };
enum { PEER_END_STREAM = 1, PEER_END_HEADERS = 4 };

typedef struct peer {
  weir_loop *loop;
  weir_shard *shard;
  weir_sock *listener, *sock;
  bool is_client, eof;
  size_t n_accepted;
  size_t n_in; /* bytes received from the present connection */
  char in[256 * 1024];
} peer;

/** Listens as a server would; takes one connection at a time, a new one replaces the old. */
void peer_listen(peer *p, weir_loop *l, const char *addr);
/** Connects as a client would, and sends nothing. */
void peer_open(peer *p, weir_loop *l, const char *addr);
void peer_preface(peer *p);
/** Connects, and sends preface and SETTINGS. */
void peer_connect(peer *p, weir_loop *l, const char *addr);
void peer_close_connection(peer *p);
void peer_free(peer *p);

void peer_send(peer *p, const void *bytes, size_t len);
void peer_frame(peer *p, uint8_t type, uint8_t flags, uint32_t stream, const void *payload, size_t len);
/** Fields as literals without indexing; names and values below 127 bytes. "name", "value", ..., NULL. */
void peer_headers(peer *p, uint32_t stream, uint8_t flags, const char *const *fields);
/** One gRPC message in a DATA frame. */
void peer_message(peer *p, uint32_t stream, uint8_t flags, const char *text);
/** SETTINGS with one entry; id 0: none. */
void peer_settings(peer *p, uint16_t id, uint32_t value);
void peer_goaway(peer *p, uint32_t last_stream);
void peer_rst(peer *p, uint32_t stream, uint32_t code);

/** Lets the simulated time run on. */
void peer_run(peer *p, int64_t ns);
/** Frames of this type (and stream, unless 0) that came over the present connection. */
size_t peer_count(const peer *p, uint8_t type, uint32_t stream);

#endif
