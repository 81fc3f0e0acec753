/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* internal.h - what the files of src/rpc share: the connection, the call, and who changes them.
 *
 *   engine.c  the five verbs, the queue of events that are due, the end of the connection
 *   call.c    a call's states and its end; flow given back; cancellation and deadline
 *   send.c    what goes out: start, headers, messages, status
 *   recv.c    what comes in: header blocks, data, resets
 *   http.c    requests that are not gRPC
 */
#ifndef WEIR_RPC_INTERNAL_H
#define WEIR_RPC_INTERNAL_H

#include "base/assert.h"
#include "base/bytes.h"
#include "base/list.h"
#include "rpc/message.h"
#include "rpc/metadata.h"
#include "rpc/rpc.h"
#include "rpc/timeout.h"

/* A call as its owner sees it.
 *   FREE -> LIVE  [weir_rpc_call_new]   client: start; server: CALL or HTTP
 *   LIVE -> DUE   [weir_rpc_call_end]   the outcome is known; END waits in rpc->due
 *   LIVE -> OVER  [weir_rpc_call_over]  END is handed out at once, with views into the input
 *   DUE  -> OVER  [weir_rpc_call_over]  END was pulled
 *   OVER -> FREE  [weir_rpc_call_drop]  at the next recv, and when no stream points here any more
 * LIVE: in rpc->calls, counted by n_calls; the deadline, if any, is in the heap. From DUE on nothing is accepted for the
 * call but what its stream still has to send. */
typedef enum call_phase { CALL_FREE, CALL_LIVE, CALL_DUE, CALL_OVER } call_phase;

/* One direction of a call.
 *   IDLE -> OPEN    our headers (server) or the peer's (client) were queued or came
 *   OPEN -> CLOSED  END_STREAM was queued or came
 * The client's send half and the server's receive half begin OPEN: the request headers are the call. */
typedef enum call_half { HALF_IDLE, HALF_OPEN, HALF_CLOSED } call_half;

enum { DUE_HALF_CLOSE = 1, DUE_WRITABLE = 2, DUE_END = 4 };

struct weir_rpc_call {
  weir_rpc *rpc;
  void *user;
  weir_list in_calls;   /* rpc->calls, or rpc->unused */
  weir_list in_due;     /* rpc->due while `due` is not 0 */
  weir_list in_leaving; /* rpc->leaving: the status is queued, the client may go on sending */
  uint32_t stream;      /* 0: never had one, or it is gone */
  uint8_t phase;        /* call_phase; set by call_set_phase only */
  uint8_t send, recv;   /* call_half */
  uint8_t due;
  bool is_http, is_head; /* an HTTP event; its method is HEAD */
  bool not_grpc;         /* client: the response is somebody else's; code and text hold what to make of it */
  bool unprocessed;
  uint8_t encoding;    /* of what we send compressed */
  uint8_t in_encoding; /* of what comes compressed */
  weir_code code;      /* DUE: of END */
  weir_bytes text;
  uint32_t http_status;
  weir_deadline deadline;
  uint64_t started_at; /* client: rpc->n_wrote when it started */
  size_t delivered;    /* flow handed out with MESSAGE and not consumed */
  size_t held;         /* flow of the message being put together, not given back while `delivered` is not 0 */
  weir_message_reader reader;
};

/* The connection.
 *   OPEN -> OVER  [connection_end]  drained, lost, or broken by either side: all calls end; CLOSED is due
 *   OVER -> TOLD                    CLOSED was pulled
 */
typedef enum rpc_state { RPC_OPEN, RPC_OVER, RPC_TOLD } rpc_state;

struct weir_rpc {
  weir_h2 *h2;
  weir_mem mem;
  bool is_client, is_ready, is_lost;
  bool out_of_memory; /* the header encoder may be out of step */
  bool got_goaway;
  uint32_t goaway_code; /* the last GOAWAY's */
  uint8_t state;        /* rpc_state */
  weir_nanos now;
  uint32_t max_recv, max_send;
  weir_str scheme, authority, user_agent;
  uint64_t n_wrote; /* bytes */
  weir_keepalive keepalive;

  weir_list calls, due, leaving, unused;
  size_t n_calls;           /* LIVE or DUE */
  size_t n_made, n_unused;  /* structs in all, and in `unused` */
  weir_rpc_call *parting;   /* its END was pulled; goes at the next recv */
  weir_deadlines deadlines; /* has room for n_made */

  weir_rpc_call *data_call; /* DATA that holds more than the message handed out */
  weir_str data;
  bool data_end; /* with END_STREAM */

  weir_metadata in;    /* of the header block being read */
  uint8_t in_encoding; /* its grpc-encoding and grpc-accept-encoding */
  weir_encodings in_accepts;
  uint64_t call_block; /* server: `in` holds what h2's block of this number said, which was a gRPC call; or 0 */
  weir_field_list out; /* of the header block being sent */
  weir_code code;      /* OVER: of CLOSED */
  weir_bytes text;     /* OVER: of CLOSED; before, what a GOAWAY said */
};

/* ---- call.c ---- */

/** A LIVE call in `calls`, or NULL when out of memory. */
weir_rpc_call *weir_rpc_call_new(weir_rpc *r);
/** Undoes call_new: the owner never heard of the call. */
void weir_rpc_call_abandon(weir_rpc_call *c);
void weir_rpc_call_set_deadline(weir_rpc_call *c, weir_nanos when);
/** LIVE -> DUE: the call ends with code; text is copied (cut off when out of memory). */
void weir_rpc_call_end(weir_rpc_call *c, weir_code code, weir_str text);
void weir_rpc_call_endf(weir_rpc_call *c, weir_code code, const char *fmt, ...) WEIR_PRINTF(3, 4);
/** LIVE or DUE -> OVER, as the END event is filled in. */
void weir_rpc_call_over(weir_rpc_call *c);
/** The stream is gone or reset; an OVER call that is not parting becomes FREE. */
void weir_rpc_call_drop(weir_rpc_call *c);
/** RST_STREAM(code), if there still is a stream; then as drop. */
void weir_rpc_call_reset(weir_rpc_call *c, uint32_t h2_code);
/** Ends a LIVE call that breaks a rule: the client resets it, the server answers with the status. */
void weir_rpc_call_fail(weir_rpc_call *c, weir_code code, const char *fmt, ...) WEIR_PRINTF(3, 4);
/** Ends a LIVE call of a server whose answer there was no memory for. */
void weir_rpc_call_starve(weir_rpc_call *c);
void weir_rpc_call_expire(weir_rpc_call *c);
/** Asserts every invariant of the engine; for debug and fuzz builds. */
void weir_rpc_check(const weir_rpc *r);
/** Puts an event in the queue. */
void weir_rpc_call_due(weir_rpc_call *c, uint8_t what);
/** Frees a call's memory; it must be in no list that matters any more. */
void weir_rpc_call_free(weir_rpc_call *c);

/* ---- send.c ---- */

/** Queues trailers, or Trailers-Only, on a call that is LIVE or about to fail. */
weir_err weir_rpc_send_status(weir_rpc_call *c, weir_code code, weir_str text, const weir_kv *trailers,
                              size_t n);
/** Answers a request for which no call was made with Trailers-Only. */
void weir_rpc_refuse(weir_rpc *r, uint32_t stream, bool end_stream, weir_code code, weir_str text,
                     bool tell_encodings);
/** After END_STREAM was queued on a server's stream: sees to RST_STREAM(NO_ERROR) if the client goes on. */
void weir_rpc_call_leave(weir_rpc_call *c);

/* ---- recv.c: each returns true if *ev is filled ---- */

bool weir_rpc_on_h2(weir_rpc *r, const weir_h2_event *h2_ev, weir_rpc_event *ev);
/** Goes on with rpc->data. */
bool weir_rpc_next_message(weir_rpc *r, weir_rpc_event *ev);

/* ---- http.c ---- */

/** True if value is "application/grpc", with a suffix or parameters or without. */
bool weir_http_is_grpc(weir_str content_type);
/** Makes the call of an HTTP event from the block in rpc->in; NULL when out of memory (503 was answered). */
weir_rpc_call *weir_http_begin(weir_rpc *r, const weir_h2_event *h2_ev);
/** Answers a request for which no call was made with a status and no body. */
void weir_http_refuse(weir_rpc *r, uint32_t stream, bool end_stream, uint32_t status);
/** Three digits; 0 if value is anything else. */
uint32_t weir_http_status_parse(weir_str value);

#endif
