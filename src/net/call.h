/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* call.h - a call as the program sees it, on either side, in bytes: what weir/call.h is built on. Typed messages are
 * src/stub's business, where a call goes to or comes from is src/client's and src/server's.
 *
 * Life of the engine's side, told by `state`:
 *   WAITING -> RUNNING [weir_call_attach]   client: a connection took it; what was sent so far goes out
 *   WAITING -> ENDED   [weir_call_end]      it never got one (connect failed, deadline, cancelled)
 *   RUNNING -> ENDED   [weir_call_end]      the engine's END event
 *   RUNNING -> WAITING [weir_call_detach]   client: the server never saw it (gRFC A6, transparent retry)
 * Invariants: RUNNING <=> rpc != NULL. ENDED: code, text and trailers are final.
 *
 * Two counts keep a call: `users` (references of the program) and `holds` (one for all users together, one until
 * ENDED, one per callback under way).
 *
 * Transparent retry (gRFC A6): while nothing has come from the server, a client keeps what it sent in `outbox`
 * (`retain`), up to WEIR_CALL_RETAIN bytes, and may be detached and attached again. */
#ifndef WEIR_NET_CALL_H
#define WEIR_NET_CALL_H

#include "io/io.h"
#include "net/conn.h"
#include "rpc/codec.h"
#include "rpc/rpc.h"
#include <weir/call.h>

#include <pthread.h>
#include <stdatomic.h>

typedef enum weir_call_state { WEIR_CALL_WAITING, WEIR_CALL_RUNNING, WEIR_CALL_ENDED } weir_call_state;

/** Call credentials, see client/authorize.c. */
typedef enum weir_call_auth { WEIR_AUTH_NONE, WEIR_AUTH_ASKED, WEIR_AUTH_DONE } weir_call_auth;

/** What a call belongs to (a channel, a server). */
typedef struct weir_call_owner {
  /** Drops the call's reference. With the lock held only where others keep the owner alive: its own events. */
  void (*unref)(void *owner);
  /** Lock held; the call ended. May be NULL. */
  void (*ended)(void *owner, weir_call *c);
} weir_call_owner;

/** A thread that waits in an operation; on its stack. */
typedef struct weir_call_waiter {
  struct weir_call_waiter *next;
  weir_waiter waiter;
} weir_call_waiter;

/** One kind of waiting: for a message, for room, for the status, for headers. Any number of threads may wait, and one
 * callback. */
typedef struct weir_call_op {
  weir_due due;
  weir_call_waiter *waiters;
  bool armed; /* due.fn is to be called once the op may go on */
} weir_call_op;

/** A message received, or one to be sent once there is a connection. */
typedef struct weir_call_msg {
  struct weir_call_msg *next;
  weir_buf *buf; /* NULL: not in a queue */
  size_t flow;
  bool packed; /* compressed */
} weir_call_msg;

typedef struct weir_call_queue {
  weir_call_msg *first, **tail;
} weir_call_queue;

typedef struct weir_call_metadata {
  const weir_kv *kvs;
  size_t n;
} weir_call_metadata;

/** The least mark too: the engine tells of room only below half of it (WEIR_H2_DEFAULT_LOW_WATER). */
#define WEIR_CALL_HIGH_WATER (64u * 1024)
#define WEIR_CALL_RETAIN     (256u * 1024) /* bytes; as gRPC's C core. Beyond it a call is not retried */

struct weir_call {
  /* set at creation, then read-only: any thread */
  weir_shard *shard;
  const weir_call_owner *owner_ops;
  void *owner;
  const char *path;          /* NUL-terminated */
  const weir_method *method; /* NULL: server, not known (yet) */
  bool is_server;
  uint32_t kind;
  size_t high_water;
  uint32_t max_send, max_recv; /* bytes of one message, decompressed */
  weir_codecs *codecs;         /* the owner's for this shard; lock held */
  const weir_interceptor *const *interceptors;
  size_t n_interceptors;

  atomic_uint users;

  /* the thread that uses the call; the arena belongs to it too */
  weir_arena *arena;
  uint8_t out_encoding;      /* of what is sent; a client's is read-only */
  weir_encodings out_accept; /* server: what the client takes */
  bool next_plain;           /* the next message sent is not compressed */
  bool was_packed;           /* the last message received was compressed */

  /* lock held */
  weir_call_state state;
  unsigned holds;
  weir_conn *conn; /* RUNNING */
  weir_rpc_call *rpc;
  weir_io_nanos deadline;        /* absolute; WEIR_IO_NEVER */
  weir_call_queue inbox, outbox; /* outbox: while WAITING; kept while `retain` */
  weir_call_msg first_msg;       /* of whichever queue comes first: most calls need no other */
  size_t outbox_bytes;
  bool out_closed;     /* half-closed (client), finished (server) */
  bool in_closed;      /* the peer half-closed (server) */
  bool got_headers;    /* headers is final */
  uint8_t in_encoding; /* of the compressed messages in the inbox */
  unsigned n_in;       /* messages received; with got_headers: a retry is no longer transparent */
  bool cancelled;      /* cancelled, deadline passed, or transport lost */
  bool consume_early;  /* exactly one message is expected: flow is given back at once */
  bool discard;        /* weir_finish waits: messages are dropped */
  bool retain;         /* client: keep the outbox for a transparent retry */
  bool peer_shown;     /* the program has a pointer to `peer` */
  size_t n_started;    /* interceptors whose on_start was called: on_end is owed to them */
  weir_call_metadata headers, trailers;
  weir_code code; /* ENDED */
  weir_str text;  /* ENDED; NUL-terminated; in text_own or static */
  char *text_own;
  size_t text_size; /* of text_own */
  weir_arena *meta; /* client: headers and trailers; made when there is something to keep */
  char peer[WEIR_PEER_CAP];
  weir_auth *peer_auth; /* NULL: none */
  weir_call_op recv, send, finish, head;
  weir_due cancel_due, end_due, drop_parent;
  weir_fn *on_cancel; /* NULL: none, or it was called, or the handler is done */
  void *on_cancel_arg;

  /* children that inherit cancellation; a lock of their own, taken last */
  struct {
    pthread_mutex_t mu;
    weir_list calls;
    bool cancelled;
    bool live; /* mu exists */
  } children;
  weir_list child_node;
  weir_call *parent;
  weir_task cancel_task;

  /* src/client: start options, place in the channel */
  struct {
    weir_list node;
    weir_str authority;
    weir_call_metadata metadata;
    weir_timer timer;
    int64_t timeout_ns; /* until it is sent on its way; INT64_MAX: none */
    uint32_t flags;
    unsigned retries;
    bool queued;           /* in the channel's waiting list */
    weir_code start_error; /* an interceptor or an option refused it */
    weir_str start_text;
    weir_creds *creds; /* of this call alone, or NULL */
    uint8_t auth;      /* weir_call_auth */
    size_t auth_at;    /* the function that is asked */
    weir_due auth_due, drop_creds;
  } client;

  /* src/server: dispatch */
  struct {
    weir_list node;
    const void *entry; /* the method's registration */
    weir_task task;
    weir_due due;
    weir_call_metadata trailers;
    weir_str text;         /* of weir_fail */
    weir_buf *request;     /* the decoded request views it */
    bool dispatched;       /* its handler was called or never will be */
    atomic_bool completed; /* the handler's reference is dropped */
    unsigned n_requests;
    struct server_load *load; /* its connection's, and what it adds to that; NULL: not any more */
    size_t load_bytes;
  } server;

  /* src/stub: an asynchronous typed operation under way, one of each */
  struct {
    weir_arena *arena;
    void **msg;
    weir_fn *fn;
    void *arg;
  } recv_to, unary_to;
  void *reply;           /* decoded reply (client) or reply to encode (server) */
  weir_buf *reply_bytes; /* the decoded reply views it */
};

/** Makes a call with a hold for its users (one reference) and one until it ends; refers to owner (the caller took that
 * reference for it). path is copied. NULL when out of memory. locked: the lock is held, and memory that the shard kept may
 * be used. */
weir_call *weir_call_new(weir_shard *s, const weir_call_owner *ops, void *owner, weir_str path, bool locked);

/* ---- lock held -------------------------------------------------------------------------------------------------- */

void weir_call_hold(weir_call *c);
/** Within an event of the owner's; may free the call. */
void weir_call_release(weir_call *c);

/** Client: the engine's call is there; sends what waits. */
void weir_call_attach(weir_call *c, weir_conn *conn, weir_rpc_call *rpc);
/** Client: back to WAITING for another attempt. True if that is allowed: nothing came in, and the outbox was kept. */
bool weir_call_detach(weir_call *c);
/** Events of the engine for this call (HEADERS, MESSAGE, HALF_CLOSE, WRITABLE, END). */
void weir_call_event(weir_call *c, const weir_rpc_event *ev);
/** Ends it: keeps code, text and trailers, lets everyone who waits go on. */
void weir_call_end(weir_call *c, weir_code code, weir_str text, const weir_kv *trailers, size_t n);
/** No other attempt will be made: what was kept for it is dropped. */
void weir_call_commit(weir_call *c);
/** It ended cancelled, and on_cancel is set: queues that. */
void weir_call_tell_cancelled(weir_call *c);
/** Cancels with a status; END follows (at once while WAITING). */
void weir_call_cancel(weir_call *c, weir_code code, const char *text);
/** Ends it for a reason of ours: as weir_call_cancel; but a server tells its client the status. */
void weir_call_refuse(weir_call *c, weir_code code, const char *text);
/** weir_rpc_finish that always ends the call: without memory for a status it is reset. */
void weir_call_tell(weir_conn *conn, weir_rpc_call *rc, weir_code code, weir_str text,
                    const weir_kv *trailers, size_t n);

/** Sends, or keeps until attached. flags: WEIR_RPC_LAST, WEIR_RPC_COMPRESSED (what weir_call_pack gave). body is
 * referenced if given. */
weir_code weir_call_put(weir_call *c, weir_str bytes, weir_buf *body, unsigned flags);
/** Static text for a message that could not be sent. */
weir_str weir_call_send_error(weir_err err);
/** The next message, moved to *out (a reference): OK; EOF; the code of a call that failed; PENDING. *packed: it is
 * compressed: see weir_call_unpack. */
weir_code weir_call_take(weir_call *c, weir_buf **out, bool *packed);
/** True if no more than the high-water (low: half of it) mark is queued. */
bool weir_call_has_room(const weir_call *c, bool low);
/** The final code for someone who wants to go on sending or receiving: EOF on a client call that ended with OK. */
weir_code weir_call_final(const weir_call *c);

/** Arms op: fn(arg, c, WEIR_OK) is called once when it may go on (or the call has ended): PENDING.
 * FAILED_PRECONDITION: it is armed already. */
weir_code weir_call_arm(weir_call *c, weir_call_op *op, weir_fn *fn, void *arg);
/** Blocks until op may go on. FAILED_PRECONDITION where blocking is not allowed. */
weir_code weir_call_block(weir_call *c, weir_call_op *op);
/** The same, until a time: then DEADLINE_EXCEEDED. RESOURCE_EXHAUSTED: no memory for a timer. */
weir_code weir_call_block_until(weir_call *c, weir_call_op *op, weir_io_nanos until);

/** Appends buf, whose reference it takes over (NULL: there was no memory for it). False when out of memory. */
bool weir_call_queue_push(weir_call *c, weir_call_queue *q, weir_buf *buf, size_t flow, bool packed);
/** Takes the first out; there must be one. */
weir_call_msg weir_call_queue_pop(weir_call *c, weir_call_queue *q);

/** Copies metadata into the call's own memory; false when out of memory. */
bool weir_call_keep(weir_call *c, weir_call_metadata *to, const weir_kv *kvs, size_t n);

/** Client: makes c end when parent is cancelled. */
void weir_call_adopt(weir_call *parent, weir_call *c);

/* ---- lock not held ------------------------------------------------------------------------------------------------- */

/** bytes, compressed as the call's messages are, for weir_call_put; NULL: they travel as they are. */
weir_buf *weir_call_pack(weir_call *c, weir_str bytes);
/** To be called for every message taken, with what weir_call_take said: *buf is replaced by what it holds. INTERNAL: it
 * is not what the peer says it is; RESOURCE_EXHAUSTED: it holds more than max_recv_bytes, or there is no memory for it.
 * Then *buf is gone and e->msg says why; the caller ends the call. */
weir_code weir_call_unpack(weir_call *c, weir_buf **buf, bool packed, weir_error *e);
/** The one reply of a call that ended with OK is of no use: the status is this one. */
void weir_call_spoil(weir_call *c, weir_code code, const char *text);
/** Drops a hold; may free the call, its owner and the loop. */
void weir_call_drop(weir_call *c);
/** Leaves the lock, which is held, and then, told to drop a hold, does as weir_call_drop. */
void weir_call_leave(weir_call *c, bool drop);
/** Runs the interceptors' on_message; WEIR_OK or the code that one of them returned (the caller ends the call). */
weir_code weir_call_intercept(weir_call *c, bool sent, weir_str raw);
/** A code that the program gave as a status: what is none is UNKNOWN. */
weir_code weir_call_status_of(weir_code code);

#endif
