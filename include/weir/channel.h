/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* channel.h - credentials, interceptors and channels: where calls go. */
#ifndef WEIR_CHANNEL_H
#define WEIR_CHANNEL_H

#include <weir/base.h>
#include <weir/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- credentials ------------------------------------------------------------------------------------------------ */

enum {
  WEIR_CLIENT_CERT_NONE = 0,     /* server: no client certificate is asked for */
  WEIR_CLIENT_CERT_OPTIONAL = 1, /* asked for, verified if given */
  WEIR_CLIENT_CERT_REQUIRED = 2  /* the handshake fails without a valid one */
};

typedef struct weir_tls_opts {
  size_t size;
  weir_str ca_pem;           /* roots to verify the peer with; empty: the system's (client), none (server) */
  weir_str cert_pem;         /* own certificate and chain; a server needs it */
  weir_str key_pem;          /* its private key, unencrypted PEM */
  const char *server_name;   /* client: name to verify and send as SNI instead of the target's host (tests) */
  uint32_t need_client_cert; /* server: WEIR_CLIENT_CERT_... */
} weir_tls_opts;

/** Plaintext, by name only. Never fails: a static object. */
WEIR_API weir_creds *weir_creds_insecure(void);
/** TLS 1.2 or later with ALPN h2, verification on. Everything is copied. NULL with *e: INVALID_ARGUMENT names the
 * PEM that is not right and why; UNIMPLEMENTED in a build without TLS; RESOURCE_EXHAUSTED. NULL options: a client
 * with the system's roots. */
WEIR_API weir_creds *weir_creds_tls(const weir_tls_opts *o, weir_error *e);
/**
 * Call credentials: gives every call metadata of its own (a token) before its headers go out.
 *
 * base         channel credentials (the metadata go with every call of the channel), or other call credentials, whose
 *              functions run first; NULL: for weir_call_opts.creds
 * add_metadata add_metadata(arg, call, WEIR_OK) runs on the loop, once for each call, when there is a connection for it.
 *              It must not block; it answers with weir_call_authorize, at once or later. weir_call_method and
 *              weir_call_authority say what the token is for.
 * release      release(arg) runs when nobody refers to the credentials any more; may be NULL
 *
 * Tokens never travel in plaintext: without TLS the call ends with UNAUTHENTICATED. NULL: out of memory (release was not
 * called).
 */
WEIR_API weir_creds *weir_creds_with_call(weir_creds *base, weir_fn *add_metadata, void *arg,
                                          void (*release)(void *arg));
/**
 * Answers add_metadata, exactly once, from any thread, also after the call has ended; the call need not be referred to.
 *
 * code OK      kvs (copied) go out behind the call's own metadata
 * other codes  the call ends with code and text (copied; may be NULL); but with INTERNAL for a code that only servers may
 *              give (gRFC A54)
 *
 * Metadata that are not legal end the call with UNAVAILABLE "Illegal metadata", as in other gRPCs.
 */
WEIR_API void weir_call_authorize(weir_call *c, weir_code code, const char *text, const weir_kv *kvs,
                                  size_t n);
WEIR_API weir_creds *weir_creds_ref(weir_creds *c);
WEIR_API void weir_creds_unref(weir_creds *c);

/* ---- interceptors ------------------------------------------------------------------------------------------------- */

typedef struct weir_call_info {
  size_t size;
  const char *method;      /* "/package.Service/Method" */
  const weir_kv *metadata; /* on_start may point it at other pairs (they are copied when it returns) */
  size_t n_metadata;
  int64_t timeout_ns; /* INT64_MAX: none; a client's on_start may lower it */
} weir_call_info;

/** Client and server alike; any hook may be NULL. Hooks run on the thread that does the operation and must not
 * block on a loop's thread. What a hook refuses ends the call with its code (what is no status counts as UNKNOWN) and
 * the text "refused by an interceptor"; a server tells its client. */
typedef struct weir_interceptor {
  size_t size;
  void *ctx;
  /** Before a call starts (client) or is dispatched (server). Not OK: the call ends with that code. */
  weir_code (*on_start)(void *ctx, weir_call *c, weir_call_info *io);
  /** Each message, serialised; sent: by us. Not OK: the call ends with that code. */
  weir_code (*on_message)(void *ctx, weir_call *c, bool sent, weir_str raw);
  /** Once for each on_start that was called, on the loop, when the connection is done with the call. A server's
   * handler may still be running, and a reply that came may be taken (on_message) later. */
  void (*on_end)(void *ctx, weir_call *c, weir_code code);
} weir_interceptor;

/* ---- compression ------------------------------------------------------------------------------------------------- */

/** How messages are compressed (grpc doc/compression.md); the numbers are those of grpc_compression_algorithm, and zstd
 * after them. A message that compression does not make shorter travels as it is, and so does every message to a peer
 * that does not accept the encoding. Received messages are decompressed whatever is asked for here, up to
 * max_recv_bytes. */
enum { WEIR_IDENTITY = 0, WEIR_DEFLATE = 1, WEIR_GZIP = 2, WEIR_ZSTD = 3 };

/* ---- channels -------------------------------------------------------------------------------------------------------- */

typedef struct weir_channel_opts {
  size_t size;
  weir_loop *loop;                             /* NULL: a private one, which needs no care */
  const char *authority;                       /* NULL: from the target */
  const char *user_agent;                      /* put before weir's own */
  const weir_interceptor *const *interceptors; /* outermost first; the structs must live until the last on_end */
  size_t n_interceptors;
  int64_t connect_timeout_ns;             /* for each address, until the server's SETTINGS; default 20 s */
  int64_t min_backoff_ns, max_backoff_ns; /* between attempts; default 1 s and 120 s */
  uint32_t max_recv_bytes;                /* of one message; default 4 MiB; UINT32_MAX: no limit */
  uint32_t max_send_bytes;                /* default: no limit */
  uint32_t recv_window; /* bytes a stream may send ahead; default 1 MiB, growing with the path's
                                             bandwidth-delay product to 16 MiB at most */
  uint32_t flags;       /* WEIR_KEEPALIVE_WITHOUT_CALLS */
  uint32_t compression; /* of requests: WEIR_GZIP and so on; default: none */
  /* Quiet servers (gRFC A8): a PING after so long without a byte, and the end if none comes after that. A server that
   * finds it too often ("too_many_pings") makes the channel double the time. */
  int64_t keepalive_ns;         /* default: no PINGs; less than 10 s counts as 10 s */
  int64_t keepalive_timeout_ns; /* default 20 s; Linux drops what TCP cannot deliver for so long, too (gRFC A18) */
} weir_channel_opts;

enum { WEIR_KEEPALIVE_WITHOUT_CALLS = 1 }; /* PINGs also while there is no call; most servers forbid it */

/** weir_channel_state (grpc doc/connectivity-semantics-and-api.md). */
enum { WEIR_IDLE = 0, WEIR_CONNECTING = 1, WEIR_READY = 2, WEIR_TRANSIENT_FAILURE = 3, WEIR_SHUTDOWN = 4 };

/**
 * Makes a channel; it connects at the first call or when asked to. target: "host:port", "dns:///host:port",
 * "unix:path", "unix:///path", "[::1]:port"; the port is 443 with TLS and 80 without if left out.
 *
 * Returns NULL with *e: INVALID_ARGUMENT (target, with what is wrong and what is accepted; compression),
 * UNIMPLEMENTED (a compression that this build has not), RESOURCE_EXHAUSTED.
 */
WEIR_API weir_channel *weir_channel_new(const char *target, weir_creds *creds, const weir_channel_opts *o,
                                        weir_error *e);
WEIR_API weir_channel *weir_channel_ref(weir_channel *ch);
/** The last owner's unref cancels calls still running (they end with CANCELLED) and closes the connection. */
WEIR_API void weir_channel_unref(weir_channel *ch);
/** The state now; connect: leave IDLE if that is what it is in. */
WEIR_API int weir_channel_state(weir_channel *ch, bool connect);
/** Waits until the state is not last_state: WEIR_OK, or DEADLINE_EXCEEDED after timeout_ns (-1: never). fn NULL
 * blocks; else PENDING and fn is called once. */
WEIR_API weir_code weir_channel_watch(weir_channel *ch, int last_state, int64_t timeout_ns, weir_fn *fn,
                                      void *arg);

#ifdef __cplusplus
}
#endif
#endif
