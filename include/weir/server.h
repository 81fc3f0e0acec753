/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* server.h - servers: services, listeners, handlers, graceful shutdown. */
#ifndef WEIR_SERVER_H
#define WEIR_SERVER_H

#include <weir/base.h>
#include <weir/call.h>
#include <weir/channel.h>
#include <weir/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A handler, one shape for all kinds. impl and ctx: as given to weir_server_add. req: the request if there is exactly
 * one (unary, server stream), else NULL. rep: the zeroed reply to fill in if there is exactly one (unary, client
 * stream), else NULL. For raw methods req is a weir_buf and rep a weir_buf **. Both live in weir_call_arena.
 * Returns the status (see weir_fail), or WEIR_PENDING and calls weir_complete later, from any thread.
 */
typedef weir_code weir_handler(weir_call *c, const void *impl, void *ctx, const void *req, void *rep);

/** A service, as generated: constant data. handlers[i] serves methods[i]. */
typedef struct weir_service {
  uint32_t size;
  uint32_t n_methods;
  const char *name; /* "package.Service" */
  const weir_method *const *methods;
  weir_handler *const *handlers;
} weir_service;

typedef struct weir_server_opts {
  size_t size;
  weir_loop *loop;                             /* NULL: a private one, which needs no care */
  const weir_interceptor *const *interceptors; /* outermost first; the structs must outlive the server */
  size_t n_interceptors;
  uint32_t max_concurrent_streams; /* per connection; default 10000 */
  uint32_t max_recv_bytes;         /* of one message; default 4 MiB; UINT32_MAX: no limit */
  uint32_t max_send_bytes;         /* default: no limit */
  uint32_t recv_window;            /* bytes a stream may send ahead; default 1 MiB, growing with the path's
                                      bandwidth-delay product to 16 MiB at most */
  uint32_t max_metadata_bytes;     /* of one call's request headers; default 16 KiB */
  int64_t handshake_timeout_ns;    /* from accept to the client's SETTINGS; default 20 s */
  uint32_t flags;                  /* WEIR_REUSE_PORT | ... */
  uint32_t compression; /* of replies, to clients that accept it: WEIR_GZIP and so on; default: none */
  int64_t stall_timeout_ns; /* a reply that is complete, or a connection's output, of which the client takes nothing for so
                               long is dropped; default 5 min */
  /* Quiet clients (gRFC A8): a PING after so long without a byte, and the end if none comes after that. */
  int64_t keepalive_ns;         /* default 2 h; negative: no PINGs */
  int64_t keepalive_timeout_ns; /* default 20 s; Linux drops what TCP cannot deliver for so long, too (gRFC A18) */
  /* Clients that ping too often get GOAWAY ENHANCE_YOUR_CALM "too_many_pings". */
  int64_t min_ping_interval_ns; /* between two PINGs of a client; default 5 min, and 2 h while it has no call; negative:
                                    they are not counted. What the server sends lets the next one pass. */
  uint32_t max_ping_strikes; /* PINGs that may come too soon; default 2; UINT32_MAX: any number */
  uint32_t max_connections;  /* at a time; default: no limit. One more is closed as soon as it is accepted */
  /* Connections that last (gRFC A9): GOAWAY, and calls that run may end. */
  int64_t max_connection_age_ns;       /* give or take 10 %; default: no limit */
  int64_t max_connection_age_grace_ns; /* for calls to end, then they are cancelled; default: no limit */
  int64_t max_connection_idle_ns;      /* without a call; default: no limit */
} weir_server_opts;

enum {
  WEIR_REUSE_PORT =
      1, /* SO_REUSEPORT: other servers of the same user may listen on the port too, and share its clients */
  WEIR_PINGS_WITHOUT_CALLS = 2 /* min_ping_interval_ns is for clients without a call, too */
};

enum {
  WEIR_ON_POOL = 0, /* handlers run on the loop's thread pool and may block */
  WEIR_ON_LOOP = 1  /* handlers run on the loop and must not block: fastest */
};

/** NULL with *e: RESOURCE_EXHAUSTED; INVALID_ARGUMENT, UNIMPLEMENTED: a compression that does not exist, or that this build
 * has not. */
WEIR_API weir_server *weir_server_new(const weir_server_opts *o, weir_error *e);
/** Registers a service before weir_server_start; svc, impl and ctx are borrowed for the server's life.
 * ALREADY_EXISTS: a method of it is registered; FAILED_PRECONDITION: started; RESOURCE_EXHAUSTED. */
WEIR_API weir_code weir_server_add(weir_server *s, const weir_service *svc, const void *impl, void *ctx,
                                   uint32_t run_on);
/** Before start: what serves every method that was not added, for programs that do not know their methods beforehand
 * (proxies, bindings). The handler is that of a raw bidirectional stream: weir_call_method names the method, messages
 * come by weir_recv and go by weir_send as weir_buf, whatever the method's kind; impl and ctx are borrowed for the
 * server's life. Without it such calls get UNIMPLEMENTED. FAILED_PRECONDITION: started. */
WEIR_API weir_code weir_server_on_unknown(weir_server *s, weir_handler *fn, const void *impl, void *ctx,
                                          uint32_t run_on);
/** Listens on "host:port", "[::]:port" (IPv4 too), "unix:path"; several may be added, before or after start. Port 0
 * picks one. *port (may be NULL) receives it. Errors: INVALID_ARGUMENT (address), UNAVAILABLE (in use, not allowed:
 * e->sys is the errno). */
WEIR_API weir_code weir_server_listen(weir_server *s, const char *addr, weir_creds *creds, uint16_t *port,
                                      weir_error *e);
/** Begins to accept; does not block. */
WEIR_API weir_code weir_server_start(weir_server *s, weir_error *e);
/** Starts if that was not done, then serves on the calling thread (or waits, if the loop has threads) until a
 * weir_server_shutdown from elsewhere has finished. FAILED_PRECONDITION: there is no address, the server was shut down,
 * or this is a handler or callback. */
WEIR_API weir_code weir_server_run(weir_server *s, weir_error *e);
/** Stops gracefully: no new connections, GOAWAY, running calls may end within grace_ns (negative: no limit), then they
 * are cancelled; handlers are waited for all the same. fn NULL blocks until all is over: OK; but in a handler or
 * callback, FAILED_PRECONDITION at once: it has begun, and ends after you. Else PENDING, and fn is called once when all
 * is over; RESOURCE_EXHAUSTED: it has begun, but there is no memory to call fn. Idempotent: a later call may only
 * shorten the grace. Any thread; not signal-safe. */
WEIR_API weir_code weir_server_shutdown(weir_server *s, int64_t grace_ns, weir_fn *fn, void *arg);
WEIR_API weir_server *weir_server_ref(weir_server *s);
/** The last unref shuts down with no grace first, and waits for handlers; in a handler or callback it does not wait. */
WEIR_API void weir_server_unref(weir_server *s);

/* ---- in handlers ------------------------------------------------------------------------------------------------------- */

/** Sets the status text and returns code: return weir_fail(c, WEIR_NOT_FOUND, "no user %d", id); */
WEIR_API weir_code weir_fail(weir_call *c, weir_code code, const char *fmt, ...) WEIR_PRINTF(3, 4);
/** Ends a call whose handler returned WEIR_PENDING, once; any thread, even before the handler has returned. With OK the
 * reply goes out as it stands: fill it in before. The call must not be used afterwards unless a reference is held. */
WEIR_API void weir_complete(weir_call *c, weir_code code);
/** Initial metadata, sent now, before any message. FAILED_PRECONDITION if already sent; INVALID_ARGUMENT: an illegal
 * key or value. */
WEIR_API weir_code weir_send_headers(weir_call *c, const weir_kv *kvs, size_t n);
/** How this call's replies are compressed from now on, instead of the server's default; if the client does not accept
 * that, they are not. FAILED_PRECONDITION: headers or a message went before; INVALID_ARGUMENT, UNIMPLEMENTED: no such
 * compression, or not in this build. */
WEIR_API weir_code weir_set_compression(weir_call *c, uint32_t compression);
/** Trailing metadata, copied, sent with the status; replaces what was set before. */
WEIR_API weir_code weir_set_trailers(weir_call *c, const weir_kv *kvs, size_t n);

/* ---- requests that are not gRPC ------------------------------------------------------------------------------------------ */

typedef struct weir_http_request {
  size_t size;
  weir_str method, path, authority, content_type;
} weir_http_request;

typedef struct weir_http_reply {
  size_t size;
  uint32_t status;             /* default 200 */
  weir_str content_type, body; /* copied when the hook returns; may live in arena */
} weir_http_reply;

/** Answers a request that is not gRPC; runs on the loop, must not block. False: it is answered as gRPC servers do
 * (404, 405, 415). */
typedef bool weir_http_fn(void *ctx, const weir_http_request *req, weir_http_reply *rep, weir_arena *arena);
/** Sets the hook, before start. */
WEIR_API void weir_server_on_http(weir_server *s, weir_http_fn *fn, void *ctx);

#ifdef __cplusplus
}
#endif
#endif
