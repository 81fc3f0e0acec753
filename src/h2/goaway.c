/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/conn.h"

#include <string.h>

/* Marks the drain's own PING, so that its answer is not taken for one of the user's. */
#define DRAIN_PING 0x7765697264726e21 /* "weirdrn!" */

void weir_h2_put_goaway(weir_h2 *h2, uint32_t last_stream, uint32_t code, const char *debug) {
  char payload[8 + WEIR_H2_MAX_DEBUG];
  size_t len = debug ? strlen(debug) : 0;
  if (len > WEIR_H2_MAX_DEBUG) len = WEIR_H2_MAX_DEBUG;
  weir_store_be32((uint8_t *)payload, last_stream);
  weir_store_be32((uint8_t *)payload + 4, code);
  if (len) memcpy(payload + 8, debug, len);
  h2->sent_goaway = true;
  h2->sent_last_id = last_stream;
  weir_h2_put_frame(h2, WEIR_H2_GOAWAY, 0, 0, (weir_str){payload, 8 + len}, false);
}

static void drain_finish(weir_h2 *h2) {
  h2->drain = WEIR_H2_DRAIN_FINAL;
  weir_h2_put_goaway(h2, h2->last_peer_id, WEIR_H2_NO_ERROR, h2->drain_debug);
}

void weir_h2_drain(weir_h2 *h2, const char *debug) {
  if (h2->failed || h2->drain != WEIR_H2_DRAIN_NONE) return;
  h2->drain_debug = debug;
  if (h2->is_client) { /* the server opens no streams: nothing can be on its way */
    drain_finish(h2);
    return;
  }
  h2->drain = WEIR_H2_DRAIN_ANNOUNCED;
  h2->drain_deadline = h2->now + WEIR_H2_DRAIN_NS;
  weir_h2_put_goaway(h2, WEIR_H2_MAX_STREAM_ID, WEIR_H2_NO_ERROR, debug);
  weir_h2_ping(h2, DRAIN_PING);
}

bool weir_h2_drain_on_ping_ack(weir_h2 *h2, uint64_t opaque) {
  if (h2->drain == WEIR_H2_DRAIN_NONE || h2->is_client || opaque != DRAIN_PING) return false;
  if (h2->drain == WEIR_H2_DRAIN_ANNOUNCED) drain_finish(h2);
  return true;
}

void weir_h2_drain_tick(weir_h2 *h2) {
  if (h2->drain == WEIR_H2_DRAIN_ANNOUNCED && h2->now >= h2->drain_deadline) drain_finish(h2);
}

void weir_h2_goaway(weir_h2 *h2, uint32_t code, const char *debug) {
  if (h2->failed || h2->in.closed) return;
  h2->drain = WEIR_H2_DRAIN_FINAL;
  h2->in.closed = true;
  weir_h2_put_goaway(h2, h2->last_peer_id, code, debug);
  for (weir_h2_stream *s = weir_h2_streams_next(&h2->streams, NULL), *next; s; s = next) {
    next = weir_h2_streams_next(&h2->streams, s);
    weir_h2_stream_drop(h2, s, code, debug, false);
  }
}

void weir_h2_ping(weir_h2 *h2, uint64_t opaque) {
  uint8_t payload[8];
  weir_store_be32(payload, (uint32_t)(opaque >> 32));
  weir_store_be32(payload + 4, (uint32_t)opaque);
  if (!h2->failed) weir_h2_put_frame(h2, WEIR_H2_PING, 0, 0, (weir_str){(const char *)payload, 8}, false);
}

uint64_t weir_h2_n_pings(const weir_h2 *h2) { return h2->n_pings; }
uint64_t weir_h2_n_sent(const weir_h2 *h2) { return h2->n_sent; }

bool weir_h2_is_done(const weir_h2 *h2) {
  if (h2->failed) return true;
  if (h2->drain == WEIR_H2_DRAIN_ANNOUNCED && !h2->got_goaway) return false;
  return (h2->sent_goaway || h2->got_goaway) && h2->streams.n == 0;
}

bool weir_h2_is_draining(const weir_h2 *h2) { return h2->failed || h2->sent_goaway || h2->got_goaway; }
