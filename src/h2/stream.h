/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* stream.h - one stream as two halves, and the table of all of them.
 *
 * The seven states of RFC 9113 5.1 are combinations: open = both OPEN, half-closed (remote) = recv CLOSED, and so
 * on. Each half has one setter; nobody else assigns.
 *
 *   recv   IDLE -> OPEN    [stream_set_recv]  HEADERS received (server), or sent (client)
 *          OPEN -> CLOSED  [stream_set_recv]  END_STREAM was handed to the user, or reset
 *          CLOSED: DATA and HEADERS are STREAM_CLOSED.
 *   send   IDLE -> OPEN    [stream_set_send]  as above
 *          OPEN -> ENDING  [stream_set_send]  the user's END_STREAM is queued; nothing more can be queued
 *          ENDING -> OPEN  [stream_set_send]  the user took it back, before it was in a frame
 *          ENDING -> CLOSED [stream_set_send] it was written
 *          any  -> CLOSED  [stream_set_send]  reset
 *
 * A stream is `open` for MAX_CONCURRENT_STREAMS until both are CLOSED. Then it is in the list of streams with an
 * event due, and is released when the user has got CLOSED or RESET; or at once, if the user reset it or never
 * knew it. */
#ifndef WEIR_H2_STREAM_H
#define WEIR_H2_STREAM_H

#include "base/list.h"
#include "h2/limits.h"
#include "h2/sendq.h"
#include "h2/window.h"

typedef enum weir_h2_half { WEIR_H2_IDLE, WEIR_H2_OPEN, WEIR_H2_ENDING, WEIR_H2_CLOSED } weir_h2_half;

typedef struct weir_h2_stream {
  uint32_t id;
  uint8_t recv, send;           /* weir_h2_half */
  bool got_headers;             /* the request or final response was handed out; what follows are trailers */
  bool is_head;                 /* client: the request was HEAD */
  bool above_low_water;         /* WRITABLE comes when the queue falls below it */
  bool is_reset, reset_by_peer; /* RESET is due */
  bool is_detached; /* the user has done with it; RST_STREAM(NO_ERROR) goes out behind our END_STREAM */
  uint32_t reset_code;
  const char *reset_why;
  void *user;
  struct weir_h2_stream *chain; /* next in its bucket, or next free */
  weir_list all;                /* in the table's list of all */
  weir_list turn;   /* in the list of streams that may send, or that wait for the connection's window */
  weir_list due;    /* in the list of streams with an event for the user */
  weir_list ending; /* server: in the list of streams of which only the rest of the queue must go, the last that moved at the end */
  weir_nanos moved_at; /* of those: when some of it went, as of the tick after that; WEIR_NEVER before that tick */
  weir_h2_queue queue; /* not yet in frames */
  size_t queued;       /* bytes of DATA not yet written, in frames or not */
  weir_h2_send_window send_window;
  weir_h2_recv_window recv_window;
  uint64_t body_left; /* of the content-length; WEIR_H2_NO_LENGTH: unknown */
} weir_h2_stream;

/** How a stream ended that is no longer in the table. */
typedef enum weir_h2_ending { WEIR_H2_UNKNOWN_END, WEIR_H2_ENDED, WEIR_H2_RESET_BY_US } weir_h2_ending;

typedef struct weir_h2_streams {
  weir_mem mem;
  weir_h2_stream **buckets;
  uint32_t n_buckets, multiplier; /* a power of two; odd and not known to the peer */
  weir_list all;                  /* in the order of opening */
  size_t n, n_open;               /* in the table; those not CLOSED in both halves */
  weir_h2_stream *last;           /* the one that was added or used last, or NULL: mostly the next one too */
  weir_h2_stream *free;
  size_t n_free;
  uint32_t recent[WEIR_H2_RECENT]; /* ids of ended streams, shifted; bit 0 says RESET_BY_US */
} weir_h2_streams;

void weir_h2_streams_init(weir_h2_streams *t, weir_mem mem);
/** Frees all streams with their queues. */
void weir_h2_streams_fini(weir_h2_streams *t);
/** The part of weir_h2_streams_find that searches. */
weir_h2_stream *weir_h2_streams_search(const weir_h2_streams *t, uint32_t id);
/** The stream in the table, or NULL. */
static inline weir_h2_stream *weir_h2_streams_find(const weir_h2_streams *t, uint32_t id) {
  return t->last && t->last->id == id ? t->last : weir_h2_streams_search(t, id);
}
/** A new stream, both halves OPEN; NULL when out of memory. The id must not be in the table. */
weir_h2_stream *weir_h2_streams_add(weir_h2_streams *t, uint32_t id);
/** Takes an ended stream out of the table and of every list, and keeps its slot for the next one. */
void weir_h2_streams_release(weir_h2_streams *t, weir_h2_stream *s);
/** Remembers how a stream ended. */
void weir_h2_streams_note_end(weir_h2_streams *t, uint32_t id, weir_h2_ending how);
weir_h2_ending weir_h2_streams_how_ended(const weir_h2_streams *t, uint32_t id);
/** Walks in the order of opening: start with NULL; NULL at the end. `s` may be released before the next step if
 * that was taken first. */
weir_h2_stream *weir_h2_streams_next(const weir_h2_streams *t, const weir_h2_stream *s);

void weir_h2_stream_set_recv(weir_h2_streams *t, weir_h2_stream *s, weir_h2_half to);
void weir_h2_stream_set_send(weir_h2_streams *t, weir_h2_stream *s, weir_h2_half to);
static inline bool weir_h2_stream_is_over(const weir_h2_stream *s) {
  return s->recv == WEIR_H2_CLOSED && s->send == WEIR_H2_CLOSED;
}

#endif
