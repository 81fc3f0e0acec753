/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* window.h - flow control (RFC 9113 5.2 and 6.9), for a stream and for a connection alike. */
#ifndef WEIR_H2_WINDOW_H
#define WEIR_H2_WINDOW_H

#include "base/assert.h"
#include "h2/frame.h"

/** What the peer may still send us. Of `size` bytes, `left` may come, `unsaid` were given back by the reader and
 * not yet announced, the rest is with the reader. A change of SETTINGS may make left negative (6.9.2). */
typedef struct weir_h2_recv_window {
  int64_t left, size, unsaid;
} weir_h2_recv_window;

/** What we may still send; a change of the peer's SETTINGS may make it negative. */
typedef int64_t weir_h2_send_window;

static inline weir_h2_recv_window weir_h2_recv_window_of(uint32_t size) {
  return (weir_h2_recv_window){size, size, 0};
}

/** len bytes arrived; false if the peer was not allowed to send them. */
static inline bool weir_h2_window_charge(weir_h2_recv_window *w, size_t len) {
  if ((int64_t)len > w->left) return false;
  w->left -= (int64_t)len;
  return true;
}

/** The WINDOW_UPDATE for all that was not announced; 0: nothing. */
static inline uint32_t weir_h2_window_say(weir_h2_recv_window *w) {
  uint32_t increment = (uint32_t)w->unsaid;
  w->left += w->unsaid;
  w->unsaid = 0;
  return increment;
}

/** The reader gives len bytes back. Returns the WINDOW_UPDATE that is due: half a window at once, or else 0. */
static inline uint32_t weir_h2_window_give_back(weir_h2_recv_window *w, size_t len) {
  WEIR_ASSERT((int64_t)len <= w->size - w->left - w->unsaid);
  int64_t held = w->size - w->left - w->unsaid; /* a caller's mistake must not widen the window */
  w->unsaid += (int64_t)len < held ? (int64_t)len : held;
  return w->unsaid == 0 || w->unsaid < w->size / 2 ? 0 : weir_h2_window_say(w);
}

/** The peer may send more ahead: announced with the next WINDOW_UPDATE. */
static inline void weir_h2_window_grow(weir_h2_recv_window *w, int64_t size) {
  if (size <= w->size) return;
  w->unsaid += size - w->size;
  w->size = size;
}

/** Our SETTINGS_INITIAL_WINDOW_SIZE took effect on a stream that exists. */
static inline void weir_h2_window_resize(weir_h2_recv_window *w, uint32_t size) {
  w->left += (int64_t)size - w->size;
  w->size = size;
}

/** The peer's WINDOW_UPDATE, or a change of its initial window; false above 2^31-1. */
static inline bool weir_h2_window_widen(weir_h2_send_window *w, int64_t by) {
  if (*w + by > WEIR_H2_MAX_WINDOW) return false;
  *w += by;
  return true;
}

#endif
