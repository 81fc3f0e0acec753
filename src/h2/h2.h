/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* h2.h - HTTP/2 connection engine (RFC 9113), both roles. No I/O, no clock, no threads: bytes and `now` come
 * in, bytes and events go out. Events are pulled one at a time; any function may be called between two.
 * Checked here: framing, stream states, flow control, header block rules of RFC 9113 8 (pseudo-header
 * fields, forbidden fields, content-length), 1xx (skipped), limits against abuse.
 * Not here: what requests mean (src/rpc); server push (refused); priorities (ignored). */
#ifndef WEIR_H2_H
#define WEIR_H2_H

#include "base/err.h"
#include "base/mem.h"
#include "hpack/hpack.h"

typedef int64_t weir_nanos;
#define WEIR_NEVER INT64_MAX

typedef struct weir_h2 weir_h2;

/** RFC 9113 section 7. */
typedef enum weir_h2_code {
  WEIR_H2_NO_ERROR = 0,
  WEIR_H2_PROTOCOL_ERROR = 1,
  WEIR_H2_INTERNAL_ERROR = 2,
  WEIR_H2_FLOW_CONTROL_ERROR = 3,
  WEIR_H2_SETTINGS_TIMEOUT = 4,
  WEIR_H2_STREAM_CLOSED = 5,
  WEIR_H2_FRAME_SIZE_ERROR = 6,
  WEIR_H2_REFUSED_STREAM = 7,
  WEIR_H2_CANCEL = 8,
  WEIR_H2_COMPRESSION_ERROR = 9,
  WEIR_H2_CONNECT_ERROR = 10,
  WEIR_H2_ENHANCE_YOUR_CALM = 11,
  WEIR_H2_INADEQUATE_SECURITY = 12,
  WEIR_H2_HTTP_1_1_REQUIRED = 13
} weir_h2_code;

/** Static upper-case name; unknown codes give "UNKNOWN_ERROR". */
const char *weir_h2_code_name(uint32_t code);

/** What the peer did wrong. `why` is static English text for the log and for GOAWAY. */
typedef struct weir_h2_error {
  enum { WEIR_H2_SCOPE_NONE, WEIR_H2_SCOPE_STREAM, WEIR_H2_SCOPE_CONN } scope;
  uint32_t code;
  const char *why;
} weir_h2_error;

/** Options; zero in a member means the default named beside it. */
typedef struct weir_h2_opts {
  bool is_client;
  weir_mem mem;
  uint32_t max_concurrent_streams; /* streams the peer may have open; server default 10000 */
  uint32_t stream_window;          /* our SETTINGS_INITIAL_WINDOW_SIZE; default 65535, at most 2^31-1 */
  uint32_t max_stream_window; /* windows of streams that are read grow with the bandwidth-delay product, up to this; default: they do not grow */
  uint32_t conn_window;       /* our connection window; default 1 MiB, below 65535 is 65535 */
  uint32_t max_frame_size;    /* our SETTINGS_MAX_FRAME_SIZE; default 16384 */
  uint32_t max_header_list;   /* bytes decoded; default 16 KiB (gRPC: at least 8 KiB) */
  uint32_t header_table_size; /* for our decoder; default 4096 */
  uint32_t low_water;         /* bytes queued on a stream below which WRITABLE comes; default 32 KiB */
  uint32_t max_queued;     /* server: bytes queued on all streams from which on new ones are refused; default
                                      64 MiB */
  weir_nanos handshake_ns; /* from the first tick to the peer's SETTINGS; default 20 s */
  weir_nanos stall_ns; /* a peer that takes nothing for so long: of what is written, the connection is over;
                                      of a stream that the server has done with, it is reset; default 5 min */
} weir_h2_opts;

typedef enum weir_h2_event_kind {
  /** More input is needed. */
  WEIR_H2_EV_NONE,
  /** A request, response or trailers: fields, n_fields, is_trailers, end_stream, over_limit. */
  WEIR_H2_EV_HEADERS,
  /** data, flow (bytes to give back with weir_h2_consume; padding is given back by the engine), end_stream. A frame
   * that comes in parts gives an event for each. */
  WEIR_H2_EV_DATA,
  /** The stream is over before its time, by RST_STREAM from the peer (by_peer) or by us for a stream error of the
   * peer's: code, why. No further event for this stream. */
  WEIR_H2_EV_RESET,
  /** Both halves ended in good order and everything queued was taken by `wrote`. No further event for this stream;
   * its id and user pointer are forgotten. */
  WEIR_H2_EV_CLOSED,
  /** The stream's send queue fell below low_water after being above it. */
  WEIR_H2_EV_WRITABLE,
  /** The peer's SETTINGS were applied (and acknowledged): the first one means "connected". */
  WEIR_H2_EV_SETTINGS,
  /** From the peer: code, last_stream, data (debug data, 128 bytes at most). Our streams above last_stream get a
   * RESET with code REFUSED_STREAM first. No stream may be opened any more. */
  WEIR_H2_EV_GOAWAY,
  /** The answer to weir_h2_ping: opaque. */
  WEIR_H2_EV_PING_ACK,
} weir_h2_event_kind;

/** One event. Views point into the input or into the engine, valid until the next call on it. */
typedef struct weir_h2_event {
  weir_h2_event_kind kind;
  uint32_t stream; /* id, or 0 */
  void *user;      /* what weir_h2_set_user attached to the stream, or NULL */
  bool end_stream, is_trailers, by_peer;
  bool over_limit; /* HEADERS: the list was longer than max_header_list; fields holds what was within */
  const weir_hpack_field *fields;
  size_t n_fields;
  uint64_t block; /* HEADERS: as the id of weir_hpack_block, with `fields` in the same place as when it came last */
  weir_str data;
  size_t flow;
  uint32_t code, last_stream;
  const char *why; /* static text, or NULL */
  uint64_t opaque;
} weir_h2_event;

/** Starts a connection: the preface and SETTINGS are ready to be peeked. NULL when out of memory. */
weir_h2 *weir_h2_new(const weir_h2_opts *o);
/** Frees the engine and every stream; drops queued references. NULL is fine. */
void weir_h2_free(weir_h2 *h2);

/* ---- the five verbs ------------------------------------------------------------------------------------ */

/**
 * Consumes bytes from the front of *in until one event is ready or *in is empty. Events that are due for
 * other reasons (WRITABLE, CLOSED, RESET) come first and need no input: call it with an empty *in after
 * `wrote` and `tick` too, until it yields NONE.
 *
 * in      borrowed for the call; may be cut anywhere, even inside a frame header
 * ev      out; kind NONE when *in is used up
 * Errors  WEIR_EPROTO: connection error (weir_h2_conn_error says which); GOAWAY is queued: flush with
 *         peek/wrote, then free. Remaining input is worthless. WEIR_ENOMEM: likewise, with INTERNAL_ERROR.
 *         No event follows an error: streams that are still there are the caller's to end.
 */
weir_err weir_h2_recv(weir_h2 *h2, weir_str *in, weir_h2_event *ev);

/** What to write now: fills up to cap slices, returns how many; 0 when there is nothing to write. Valid until
 * the next call on `h2` other than peek. Data is put into frames here, within the windows, streams taking turns. */
size_t weir_h2_peek(weir_h2 *h2, weir_str out[], size_t cap);
/** The first len bytes of the last peek were written. */
void weir_h2_wrote(weir_h2 *h2, size_t len);

/** When tick must be called: the peer's SETTINGS (handshake_ns) and its acknowledgement of ours (60 s), counted from the
 * first tick; the rest of a frame or header block (30 s); what the peer does not take (stall_ns); a drain; WEIR_NEVER if
 * nothing is due. */
weir_nanos weir_h2_deadline(const weir_h2 *h2);
/** Tells the time (monotonic). Call it before recv in each turn of the loop, and at the deadline. */
void weir_h2_tick(weir_h2 *h2, weir_nanos now);

/* ---- streams ------------------------------------------------------------------------------------------- */

/** True if weir_h2_open would give a stream now: connected or not, below the peer's MAX_CONCURRENT_STREAMS,
 * no GOAWAY either way, ids left. */
bool weir_h2_can_open(const weir_h2 *h2);
/** Client: opens a stream with its request header fields (pseudo-header fields first), copied at once.
 * WEIR_ELIMIT when !weir_h2_can_open, WEIR_ECLOSED when the connection is over, WEIR_ENOMEM, WEIR_EINVALID (a field
 * of more than 256 MiB): nothing was opened. */
weir_err weir_h2_open(weir_h2 *h2, const weir_hpack_field *fields, size_t n, bool end_stream, void *user,
                      uint32_t *stream);
void weir_h2_set_user(weir_h2 *h2, uint32_t stream, void *user);
/** Response header fields or trailers (behind any data queued). WEIR_ECLOSED if the send half is closed;
 * WEIR_ENOMEM, WEIR_EINVALID: nothing was queued, the stream is as it was. So for the two below. */
weir_err weir_h2_send_headers(weir_h2 *h2, uint32_t stream, const weir_hpack_field *fields, size_t n,
                              bool end_stream);
/** Queues head (copied; up to 64 bytes) and then body (NULL, or a reference is kept until it is written;
 * small ones may be copied instead). WEIR_ECLOSED if the send half is closed or the stream is gone. */
weir_err weir_h2_send_data(weir_h2 *h2, uint32_t stream, weir_str head, weir_buf *body, bool end_stream);
/** Like weir_h2_send_data with a body that is copied now: for small messages. */
weir_err weir_h2_send_bytes(weir_h2 *h2, uint32_t stream, weir_str head, weir_str body, bool end_stream);
/** Bytes queued and not yet taken by `wrote`; 0 for an unknown stream. */
size_t weir_h2_queued(const weir_h2 *h2, uint32_t stream);
/** Takes back what is queued and not in frames yet, END_STREAM too: the stream can then send something else. False if
 * END_STREAM is in a frame already. */
bool weir_h2_unsend(weir_h2 *h2, uint32_t stream);
/** Gives back flow bytes of received DATA: windows reopen (WINDOW_UPDATEs are coalesced). For a stream that
 * is gone only the connection's window is given back. */
void weir_h2_consume(weir_h2 *h2, uint32_t stream, size_t flow);
/** The user cannot give anything back before it has len bytes more: the window is opened as far at once, though not
 * beyond max_stream_window. */
void weir_h2_await(weir_h2 *h2, uint32_t stream, size_t len);
/** Ends a stream with RST_STREAM; its queue is dropped. No event follows for it. No effect on unknown ids.
 * With NO_ERROR after END_STREAM was queued, what is queued still goes out first (RFC 9113 8.1: a response that is
 * complete before its request). */
void weir_h2_reset(weir_h2 *h2, uint32_t stream, uint32_t code);

/* ---- the connection ------------------------------------------------------------------------------------ */

/** Queues a PING; its PING_ACK event carries `opaque` back. */
void weir_h2_ping(weir_h2 *h2, uint64_t opaque);
/** How many PINGs the peer has sent, acknowledgements apart; how many HEADERS and DATA frames we have. */
uint64_t weir_h2_n_pings(const weir_h2 *h2);
uint64_t weir_h2_n_sent(const weir_h2 *h2);
/** Graceful GOAWAY: announces 2^31-1 and a PING first, the real last id when the PING is answered or after
 * one second (RFC 9113 6.8); streams that are open go on. Idempotent. debug: static text. */
void weir_h2_drain(weir_h2 *h2, const char *debug);
/** Final GOAWAY with code: nothing is received any more, RESET events come for all streams. */
void weir_h2_goaway(weir_h2 *h2, uint32_t code, const char *debug);
/** The connection error, scope NONE if there was none. */
weir_h2_error weir_h2_conn_error(const weir_h2 *h2);
/** True when a final GOAWAY was sent, or one was received, and no stream is left; and after a connection error:
 * close after the last byte is written. */
bool weir_h2_is_done(const weir_h2 *h2);
/** True once GOAWAY was received or sent. */
bool weir_h2_is_draining(const weir_h2 *h2);
size_t weir_h2_n_streams(const weir_h2 *h2);
/** The peer's SETTINGS_MAX_HEADER_LIST_SIZE, UINT32_MAX if it named none. */
uint32_t weir_h2_peer_max_header_list(const weir_h2 *h2);
/** Asserts every invariant of the engine; debug builds call it at both ends of each verb. */
void weir_h2_check(const weir_h2 *h2);

#endif
