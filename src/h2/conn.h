/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* conn.h - the connection's inside, shared by the files that make up the engine:
 *   conn.c     life, the five verbs, what they check
 *   input.c    bytes to frames, frames to handlers: phases of input and the table of rules
 *   on_frame.c handlers, one per kind of frame
 *   block.c    header blocks: joined, decoded, judged, handed out
 *   output.c   frames out: direct, or from the streams' queues by turns
 *   bdp.c      how far windows grow
 *   stall.c    peers that take nothing
 *   send.c     what the user sends
 *   goaway.c   the ways a connection ends, and PING */
#ifndef WEIR_H2_CONN_H
#define WEIR_H2_CONN_H

#include "base/cursor.h"
#include "h2/abuse.h"
#include "h2/headers.h"
#include "h2/out.h"
#include "h2/settings.h"
#include "h2/stream.h"

/** A phase of input: takes what it wants from *in, sets the next phase, perhaps fills *ev. */
typedef weir_h2_error weir_h2_expect(weir_h2 *h2, weir_str *in, weir_h2_event *ev);

/* Graceful end (RFC 9113 6.8). NONE -> ANNOUNCED [weir_h2_drain, server] -> FINAL [its PING was answered, or time
 * is up]; NONE -> FINAL [weir_h2_drain, client; weir_h2_goaway]. */
typedef enum weir_h2_drain_state {
  WEIR_H2_DRAIN_NONE,
  WEIR_H2_DRAIN_ANNOUNCED,
  WEIR_H2_DRAIN_FINAL
} weir_h2_drain_state;

struct weir_h2 {
  weir_h2_opts opts; /* resolved */
  weir_mem mem;
  bool is_client;
  weir_nanos now, started; /* `started` is the first tick; WEIR_NEVER before it */
  weir_err failed;         /* not EOK: the connection is over */
  weir_h2_error error;     /* why */

  struct {
    weir_h2_expect *expect;
    uint8_t head[WEIR_H2_PREFACE_LEN]; /* of a frame, or the preface, as far as it came */
    size_t head_len;
    weir_h2_frame frame;
    weir_bytes payload;    /* of a frame that came in pieces */
    size_t left, pad;      /* of a payload that is handed on or skipped as it comes; padding behind it */
    weir_nanos unfinished; /* since when a frame or header block has been waiting for its rest, or WEIR_NEVER */
    bool closed;           /* we said our last word: what still comes is dropped */
  } in;

  struct {
    bool open; /* only CONTINUATION may come */
    uint32_t stream;
    bool end_stream;
    uint32_t n_continuations;
    weir_bytes bytes;      /* fragments, if there are several */
    weir_h2_error verdict; /* the frame is not legal there: judged when the block is decoded */
    bool ignore;           /* likewise, for a stream that we reset */
    bool opens;            /* it opens a stream */
    uint64_t checked; /* id of the block that was last found well-formed, or 0; as a block of this kind */
    weir_h2_block_kind kind;
    weir_h2_block_info info; /* of that one */
  } block;

  weir_hpack_decoder *decoder;
  weir_hpack_encoder *encoder;

  weir_h2_settings local, peer;
  bool got_settings, got_ack; /* the peer's first SETTINGS; its acknowledgement of ours */

  weir_h2_streams streams;
  uint32_t last_peer_id; /* server: highest id that the client used */
  uint32_t next_id;      /* client: next id to use */
  weir_list due;         /* streams with an event */
  weir_h2_recv_window recv_window;
  weir_h2_send_window send_window;
  struct {
    int64_t window;   /* that streams grow to */
    uint64_t bytes;   /* of DATA since the PING */
    double best_rate; /* bytes a second; what a measurement must beat */
    weir_nanos since; /* the PING */
    bool measuring;
  } bdp;

  weir_h2_out out;
  weir_h2_chunks chunks;
  weir_list ready;   /* streams that may send DATA or trailers, in turn */
  weir_list starved; /* streams that only the connection's window stops */
  size_t queued;     /* bytes: the sum of the streams' */
  struct {
    weir_list ending; /* streams */
    bool moved, wait; /* since the last tick: some of them moved or came; bytes in frames began to wait anew */
    weir_nanos writes_at; /* when bytes were written, or first waited, as of the tick after that; WEIR_NEVER: none wait */
  } stall;
  struct {
    weir_hpack_field *data;
    size_t len, cap;
  } fields; /* room for queued trailers' fields */

  weir_h2_drain_state drain;
  const char *drain_debug;
  weir_nanos drain_deadline;
  bool sent_goaway, got_goaway;
  uint32_t sent_last_id; /* the last GOAWAY's; later streams are ignored */
  struct {
    bool due;
    uint32_t code, last_stream;
    char debug[WEIR_H2_MAX_DEBUG];
    size_t debug_len;
  } goaway; /* from the peer, to be handed out behind the RESETs it causes */

  weir_h2_budget resets, useless;
  uint64_t n_pings, n_sent; /* PINGs of the peer's; HEADERS and DATA of ours */
};

/* ---- output.c ---- */

/** Queues one small frame. acks: it counts against WEIR_H2_MAX_QUEUED_ACKS. Failure ends the connection. */
void weir_h2_put_frame(weir_h2 *h2, uint8_t type, uint8_t flags, uint32_t stream, weir_str payload, bool acks);
/** Queues HEADERS (and CONTINUATIONs) now. WEIR_ENOMEM and WEIR_EINVALID as weir_hpack_encode. */
weir_err weir_h2_put_headers(weir_h2 *h2, weir_h2_stream *s, const weir_hpack_field *fields, size_t n,
                             bool end_stream);
/** Queues one DATA frame now: a, then b, copied or (if body is not NULL and b is long) by reference to body.
 * Windows must allow it. */
weir_err weir_h2_put_data(weir_h2 *h2, weir_h2_stream *s, weir_str a, weir_str b, weir_buf *body,
                          bool end_stream);
void weir_h2_put_rst_stream(weir_h2 *h2, uint32_t stream, uint32_t code, bool acks);
void weir_h2_put_window_update(weir_h2 *h2, uint32_t stream, uint32_t increment);
/** The stream's queue, or a window, changed: puts it into the list it belongs to, at the end. */
void weir_h2_place(weir_h2 *h2, weir_h2_stream *s);
/** Moves starved streams to the ready ones. */
void weir_h2_unstarve(weir_h2 *h2);
/** Puts queued DATA and trailers into frames as far as windows and WEIR_H2_OUT_HIGH allow. */
void weir_h2_fill_out(weir_h2 *h2);

/* ---- conn.c ---- */

/** The connection is over because of a local failure. */
void weir_h2_fail(weir_h2 *h2, weir_err err, weir_h2_error why);
/** Closes both halves without a word to the peer; the event RESET is due, unless the user has done with it. */
void weir_h2_stream_drop(weir_h2 *h2, weir_h2_stream *s, uint32_t code, const char *why, bool by_peer);
/** Puts the stream into the list of those with an event due. */
void weir_h2_stream_is_due(weir_h2 *h2, weir_h2_stream *s);
/** The stream's halves changed: if both are over, CLOSED is due. */
void weir_h2_stream_may_be_over(weir_h2 *h2, weir_h2_stream *s);
/** Gives back connection window for DATA that nobody will read. */
void weir_h2_give_back(weir_h2 *h2, size_t len);
/** A frame that achieves nothing; a connection error when there were too many. */
weir_h2_error weir_h2_useless(weir_h2 *h2, uint32_t cost);
/** Ends a stream for the peer's mistake: RST_STREAM and the event; a connection error when there were too many. */
weir_h2_error weir_h2_stream_error(weir_h2 *h2, uint32_t stream, weir_h2_error e);

/* ---- input.c ---- */

weir_h2_expect weir_h2_expect_preface, weir_h2_expect_head;

/** True if the peer has begun a header block, or a frame other than DATA, and not finished it. */
bool weir_h2_input_is_unfinished(const weir_h2 *h2);

/** Where a stream stands when a frame for it comes: one bit each. */
enum {
  WEIR_H2_AT_IDLE = 1,
  WEIR_H2_AT_OPEN = 2,      /* our receive half */
  WEIR_H2_AT_CLOSED = 4,    /* our receive half; we may still be sending */
  WEIR_H2_AT_RESET = 8,     /* reset by us: the peer may not know yet */
  WEIR_H2_AT_ENDED = 16,    /* over for both */
  WEIR_H2_AT_FORGOTTEN = 32 /* over, or passed over; too long ago to tell */
};
unsigned weir_h2_stream_at(const weir_h2 *h2, uint32_t id, weir_h2_stream **s);
/** The error, if a frame of this type may not come there; *ignore if it is to be dropped silently. */
weir_h2_error weir_h2_stream_rule(const weir_h2 *h2, uint8_t type, unsigned at, bool *ignore);

/* ---- on_frame.c, block.c ---- */

typedef weir_h2_error weir_h2_handler(weir_h2 *h2, const weir_h2_frame *f, weir_str payload,
                                      weir_h2_event *ev);
weir_h2_handler weir_h2_on_headers, weir_h2_on_continuation;
weir_h2_handler weir_h2_on_priority, weir_h2_on_rst_stream, weir_h2_on_settings, weir_h2_on_push_promise,
    weir_h2_on_ping, weir_h2_on_goaway, weir_h2_on_window_update;

/* ---- bdp.c ---- */

/** A stream's reader keeps up, and gives back half its window: its window grows if others' do, and a measurement
 * begins. */
void weir_h2_bdp_grow(weir_h2 *h2, weir_h2_stream *s);
void weir_h2_bdp_probe(weir_h2 *h2);
/** True if it was the answer to our PING. */
bool weir_h2_bdp_on_ping_ack(weir_h2 *h2, uint64_t opaque);

/* ---- stall.c ---- */

/** The user's END_STREAM was queued: what is left of the stream must go within time. */
void weir_h2_stall_watch(weir_h2 *h2, weir_h2_stream *s);
/** Some of the stream's bytes were written. */
void weir_h2_stall_moved(weir_h2 *h2, weir_h2_stream *s);
/** The socket is offered what is in frames, and then took some of it. */
void weir_h2_stall_peeked(weir_h2 *h2);
void weir_h2_stall_wrote(weir_h2 *h2);
weir_nanos weir_h2_stall_deadline(const weir_h2 *h2);
void weir_h2_stall_tick(weir_h2 *h2);

/* ---- goaway.c ---- */

void weir_h2_put_goaway(weir_h2 *h2, uint32_t last_stream, uint32_t code, const char *debug);
/** True if it was the answer to a drain's PING. */
bool weir_h2_drain_on_ping_ack(weir_h2 *h2, uint64_t opaque);
void weir_h2_drain_tick(weir_h2 *h2);

#endif
