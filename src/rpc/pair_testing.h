/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pair_testing.h - for tests: two engines joined by a pipe, under a clock that the test moves. Each end is an rpc
 * engine, or a bare h2 engine whose test says things that an rpc engine never would. Every event becomes a line of
 * text; a test says what it does and which lines must have come of it. */
#ifndef WEIR_RPC_PAIR_TESTING_H
#define WEIR_RPC_PAIR_TESTING_H

#include "rpc/rpc.h"

typedef struct pair_end {
  weir_rpc *rpc; /* one of the two */
  weir_h2 *h2;
  weir_bytes log, in;  /* `in`: what has come and was not read yet */
  weir_rpc_call *call; /* the call of the last CALL or HTTP event */
  size_t n_ends, n_calls_seen;
  size_t unread;     /* flow that was kept */
  weir_bytes *heard; /* if set: a copy of all that came */
  bool keeps_flow;   /* MESSAGE and DATA are not consumed */
  bool echoes;       /* a server that answers each message with itself, and OK at the end */
  bool is_closed;    /* CLOSED came */
} pair_end;

typedef struct pair {
  pair_end client, server;
  weir_nanos now;
  size_t chunk; /* bytes handed over at a time; 0: all */
  bool is_cut;  /* nothing is carried any more */
} pair;

typedef enum pair_kind { PAIR_RPC, PAIR_RAW_CLIENT, PAIR_RAW_SERVER } pair_kind;

/** Makes both ends with these options (is_client is set here) and lets them shake hands; false when out of memory. */
bool pair_make(pair *p, pair_kind kind, size_t chunk, const weir_rpc_opts *client,
               const weir_rpc_opts *server);
void pair_init(pair *p, pair_kind kind, size_t chunk);
void pair_fini(pair *p);
/** Carries bytes both ways and pulls events until nothing moves. */
void pair_pump(pair *p);
/** Pulls the events that are due without new input. */
void pair_poll(pair *p);
/** Reads what has come, or is due; writes what there is to nowhere. */
void pair_listen(pair_end *e);
void pair_say(pair_end *e);
/** Moves the clock, ticks both ends, and pumps. */
void pair_tick(pair *p, weir_nanos by);
/** Hands bytes to an end as if its peer had sent them. */
void pair_inject(pair *p, pair_end *e, const void *data, size_t len);

/** The lines since the last call are these (each ends with \n). */
void pair_expect_(pair_end *e, const char *want, const char *file, int line);
#define pair_expect(e, want) pair_expect_(e, want, __FILE__, __LINE__)
/** As pair_expect, for lines in which every "*" stands for any text. */
void pair_expect_like_(pair_end *e, const char *want, const char *file, int line);
#define pair_expect_like(e, want) pair_expect_like_(e, want, __FILE__, __LINE__)
void pair_forget(pair *p);

/** Starts a call and requires it. */
weir_rpc_call *pair_start(pair *p, const char *path, const weir_kv *metadata, size_t n, weir_nanos timeout);
/** Sends text, and requires that it was taken. */
void pair_send(weir_rpc_call *c, const char *text, bool last);
void pair_finish(weir_rpc_call *c, weir_code code, const char *text, const weir_kv *trailers, size_t n);

/** The block "name: value\nname: value\n" on a raw end; stream 0 (client only) opens one, which is returned. */
uint32_t pair_raw_headers(pair_end *e, uint32_t stream, const char *block, bool end_stream);
void pair_raw_data(pair_end *e, uint32_t stream, const void *data, size_t len, bool end_stream);

/* What grpc-accept-encoding says in this build, and the field in a request. */
#ifdef WEIR_HAVE_ZLIB
#define PAIR_ZLIB ", deflate, gzip"
#else
#define PAIR_ZLIB ""
#endif
#ifdef WEIR_HAVE_ZSTD
#define PAIR_ZSTD ", zstd"
#else
#define PAIR_ZSTD ""
#endif
#define PAIR_ENCODINGS "identity" PAIR_ZLIB PAIR_ZSTD
#if defined(WEIR_HAVE_ZLIB) || defined(WEIR_HAVE_ZSTD)
#define PAIR_ACCEPT " grpc-accept-encoding=" PAIR_ENCODINGS
#else
#define PAIR_ACCEPT ""
#endif

#define KV(k, v)                             \
  {                                          \
    {k, sizeof(k) - 1}, { v, sizeof(v) - 1 } \
  }

#endif
