/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* rpc.h - the gRPC engine of one connection, both roles, over src/h2 (grpc doc/PROTOCOL-HTTP2.md). Same five
 * verbs, no I/O, no clock: bytes and `now` come in, bytes and call events go out. It owns the h2 engine.
 * Here: message framing, metadata and base64 of "-bin", status and percent-encoding, deadlines, size limits, which
 * encodings the peers may use, mapping of HTTP and HTTP/2 errors to codes. Not here: which handler runs, channels,
 * retries; messages are bytes, and those that are compressed stay so: whoever takes one decompresses it (codec.h), so
 * that neither the connection waits for it nor more than one such message is in memory.
 *
 * A call, seen from this engine:
 *   client: [start] -> HEADERS? -> MESSAGE* -> END      server: CALL -> MESSAGE* -> HALF_CLOSE? -> END
 * END comes exactly once for every call, whatever happens; after the END event was pulled the weir_rpc_call
 * is valid until the next call on the engine, then gone. No other event follows END. */
#ifndef WEIR_RPC_H
#define WEIR_RPC_H

#include "base/buf.h"
#include "h2/h2.h"
#include "rpc/keepalive.h"
#include "rpc/encoding.h"

typedef struct weir_rpc weir_rpc;           /* one connection */
typedef struct weir_rpc_call weir_rpc_call; /* one call on it */

#define WEIR_RPC_MAX_RECV_DEFAULT  (4u * 1024 * 1024) /* bytes; the default of every gRPC */
#define WEIR_RPC_MAX_CALLS_DEFAULT 10000u             /* a server's, of one connection: h2's default */
#define WEIR_RPC_NO_TIMEOUT        INT64_MAX

/** Options; zero means default. Strings are borrowed until the engine is freed. */
typedef struct weir_rpc_opts {
  weir_h2_opts h2; /* is_client and mem live here; 0 windows: rpc chooses (stream 1 to 16 MiB, conn 256 MiB: a reader that
                              stops must stop its own sender only) */
  uint32_t max_recv_bytes; /* of one message; default 4 MiB, UINT32_MAX: no limit but memory */
  uint32_t max_send_bytes; /* default: none (2^32-1, the format's limit) */
  weir_keepalive_opts keepalive;
  const char *scheme;  /* client: "http" or "https" */
  weir_str authority;  /* client: default :authority */
  weir_str user_agent; /* client: as "weir-c/0.1.0" */
} weir_rpc_opts;

typedef enum weir_rpc_event_kind {
  WEIR_RPC_EV_NONE,  /* more input is needed */
  WEIR_RPC_EV_READY, /* the peer's first SETTINGS arrived: the connection is usable (A "READY" channel) */
  WEIR_RPC_EV_CALL, /* server: a call came: call, path, authority, metadata, timeout_ns (WEIR_RPC_NO_TIMEOUT) */
  WEIR_RPC_EV_HTTP,    /* server: a request that is not gRPC (its content-type, or a method other than POST):
                             call, http_method, path, content_type; answer with weir_rpc_http_reply, best after
                             HALF_CLOSE (what follows may show the request to be malformed). END follows. The request
                             body is discarded by the engine. */
  WEIR_RPC_EV_HEADERS, /* client: initial metadata (not sent for Trailers-Only) */
  WEIR_RPC_EV_MESSAGE, /* one whole message: message, flow (give back with weir_rpc_consume) */
  WEIR_RPC_EV_HALF_CLOSE, /* server: the client will send no more */
  WEIR_RPC_EV_WRITABLE,   /* the call's send queue fell below the low-water mark after being above it */
  WEIR_RPC_EV_END,        /* the call is over: code, text, metadata (client: trailers).
                             client: the call's status; `unprocessed`: the server never saw it (REFUSED_STREAM, above
                             GOAWAY's last id, connection lost before any byte left): safe to try again (gRFC A6).
                             server: code OK when the status, whichever it was, was handed over in full; CANCELLED when
                             the client or the connection went away, DEADLINE_EXCEEDED when the deadline passed first;
                             what the engine itself told the client where a message was too large, cut off or
                             compressed */
  WEIR_RPC_EV_GOAWAY, /* client: the server is draining: start no more calls here. code UNAVAILABLE, text: the debug
                             data ("too_many_pings"), opaque: the HTTP/2 error code */
  WEIR_RPC_EV_PING_ACK, /* opaque */
  WEIR_RPC_EV_CLOSED /* the connection is over, after END of all its calls: code, text. Flush, then free. */
} weir_rpc_event_kind;

/** One event. Views are valid until the next call on the engine. */
typedef struct weir_rpc_event {
  weir_rpc_event_kind kind;
  weir_rpc_call *call;
  void *user; /* of the call */
  weir_str path, authority, http_method, content_type;
  const weir_kv *metadata; /* without pseudo-headers and reserved fields; user-agent is kept; "-bin" decoded */
  size_t n_metadata;
  int64_t timeout_ns; /* CALL: from grpc-timeout, relative to now */
  weir_str message;   /* MESSAGE: contiguous; in the input where it arrived whole */
  weir_buf *body; /* MESSAGE: what `message` is all of, where a reference may take a copy's place; or NULL */
  size_t flow;
  bool compressed;  /* MESSAGE: with `encoding` of the CALL or HEADERS event */
  uint8_t encoding; /* CALL, HEADERS: of the peer's compressed messages; this build has it */
  weir_encodings accepts; /* CALL: what the client takes. HEADERS, END of a client: what the server said it takes; 0:
                             it did not say */
  weir_code code;
  weir_str text; /* status message, percent-decoded; or what went wrong */
  bool unprocessed;
  uint64_t opaque;
} weir_rpc_event;

/** NULL when out of memory. */
weir_rpc *weir_rpc_new(const weir_rpc_opts *o);
void weir_rpc_free(weir_rpc *r);

/* ---- the five verbs: as in h2.h --------------------------------------------------------------------------- */

/** Pulls one event; call until NONE, with an empty *in too after wrote, tick, start, finish or cancel.
 * What *in viewed at the first of these calls must stay readable until NONE, even where *in is already empty: one
 * DATA frame may hold many messages.
 * Errors are told as events (END for each call, then CLOSED), never returned: there is nothing else to do. */
void weir_rpc_recv(weir_rpc *r, weir_str *in, weir_rpc_event *ev);
size_t weir_rpc_peek(weir_rpc *r, weir_str out[], size_t cap);
void weir_rpc_wrote(weir_rpc *r, size_t len);
weir_nanos weir_rpc_deadline(const weir_rpc *r);
void weir_rpc_tick(weir_rpc *r, weir_nanos now);

/** The transport ended (EOF or error): every call ends, then CLOSED. why: static or borrowed for the call. */
void weir_rpc_lost(weir_rpc *r, const char *why);

/* ---- calls, client -------------------------------------------------------------------------------------- */

typedef struct weir_rpc_start_opts {
  weir_str path;      /* "/package.Service/Method" */
  weir_str authority; /* empty: the connection's */
  const weir_kv *metadata;
  size_t n_metadata;
  weir_nanos deadline; /* absolute, on the clock of tick; WEIR_NEVER for none. grpc-timeout is what is
                          left since the last tick: tell the time first */
  uint8_t encoding;    /* of the messages that will be sent compressed */
  void *user;
} weir_rpc_start_opts;

/** True if a call can start now (GOAWAY, MAX_CONCURRENT_STREAMS). */
bool weir_rpc_can_start(const weir_rpc *r);
/** Starts a call; everything is copied. WEIR_ELIMIT if !can_start; WEIR_EINVALID: metadata key or value is not legal
 * (keys [0-9a-z_.-]+; not what the engine itself writes (te, content-type, user-agent, host, content-length), nor a
 * field of the connection, nor "grpc-..." but for grpc-status-details-bin, grpc-retry-pushback-ms,
 * grpc-previous-rpc-attempts, grpc-trace-bin, grpc-tags-bin; values printable ASCII unless "-bin", spaces at their ends
 * are dropped), path not "/..." of visible ASCII; WEIR_ENOMEM. On error no call exists. When the deadline has
 * passed nothing is sent, and END with DEADLINE_EXCEEDED follows. */
weir_err weir_rpc_start(weir_rpc *r, const weir_rpc_start_opts *o, weir_rpc_call **call);
/** The client will send no more. WEIR_ECLOSED if it said so before. */
weir_err weir_rpc_half_close(weir_rpc_call *c);

/* ---- calls, server -------------------------------------------------------------------------------------- */

/** Messages may be sent compressed, in an encoding that the client accepts and this build has. WEIR_ECLOSED when the
 * headers were sent, or it is over. */
weir_err weir_rpc_set_encoding(weir_rpc_call *c, uint8_t encoding);
/** Sends initial metadata now; without it, it goes out (empty) with the first message. WEIR_ECLOSED when already
 * sent or over; WEIR_EINVALID as above. */
weir_err weir_rpc_send_headers(weir_rpc_call *c, const weir_kv *metadata, size_t n);
/** Ends the call with a status: after the messages queued, or as Trailers-Only if nothing was sent. text is
 * percent-encoded here. The END event follows when it was handed over. WEIR_ECLOSED if over or finished; WEIR_EINVALID as above, and
 * nothing was sent; WEIR_ENOMEM: the call was reset instead, END follows. */
weir_err weir_rpc_finish(weir_rpc_call *c, weir_code code, weir_str text, const weir_kv *trailers, size_t n);
/** The call was not looked at and will not be: REFUSED_STREAM, so that the client may try again (gRFC A6). END with
 * CANCELLED follows. */
void weir_rpc_reject(weir_rpc_call *c);
/** Answers an HTTP event: status such as 200, content type, body (copied). WEIR_ECLOSED if it is over or answered;
 * WEIR_EINVALID: status is not 200..599; on other errors the call was reset instead, and END follows. */
weir_err weir_rpc_http_reply(weir_rpc_call *c, uint32_t status, weir_str content_type, weir_str body);

/* ---- calls, both ---------------------------------------------------------------------------------------- */

enum {
  WEIR_RPC_LAST = 1,      /* client: half-close with the same frame */
  WEIR_RPC_COMPRESSED = 2 /* the bytes are, in the call's encoding, which is not identity */
};
/** Sends one message. bytes are copied if body is NULL, else body is referenced and bytes must be empty. WEIR_ECLOSED when the send side is closed; WEIR_ELIMIT: over
 * max_send_bytes (nothing sent); WEIR_ENOMEM. */
weir_err weir_rpc_send(weir_rpc_call *c, weir_str bytes, weir_buf *body, unsigned flags);
/** Bytes queued and not yet written. */
size_t weir_rpc_queued(const weir_rpc_call *c);
/** Gives received flow back, so that the peer may send more. Until then at most a window of data piles up.
 * What was not given back when the call ends is given back by the engine. */
void weir_rpc_consume(weir_rpc_call *c, size_t flow);
/** Ends the call now: RST_STREAM(CANCEL). END with `code` and `text` (copied) follows: on the client that is the
 * call's status; on the server nothing more is sent. No effect on a call that is over. */
void weir_rpc_cancel(weir_rpc_call *c, weir_code code, weir_str text);
void weir_rpc_set_user(weir_rpc_call *c, void *user);

/* ---- the connection ------------------------------------------------------------------------------------- */

void weir_rpc_ping(weir_rpc *r, uint64_t opaque);
/** Server: graceful shutdown (two-step GOAWAY); running calls go on; CLOSED comes when the last has ended. */
void weir_rpc_drain(weir_rpc *r, const char *debug);
/** True when nothing is left to do but closing the transport (drained, or broken and flushed). */
bool weir_rpc_is_done(const weir_rpc *r);
size_t weir_rpc_n_calls(const weir_rpc *r);

#endif
