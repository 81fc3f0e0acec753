/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* How much a stream may send ahead. A window smaller than the bandwidth-delay product of the path leaves the link idle; a
 * larger one only lets a reader that stops hold more. So windows begin moderate and grow by measure: when a reader has
 * given back half a window, a PING goes out behind the WINDOW_UPDATE, and what comes until its answer is what the path
 * carries in a round trip; but where the window is the limit, only the other half of it, because the first half comes
 * behind the answer. If that is most of half a window, the window doubles; unless the rate was no better than before, for
 * then a queue on the way grew, not the rate.
 *
 * Streams grow as their readers give back, so one that is not read keeps the window it has. Small messages never give
 * back half a window at once: they cost no PING. */
#include "h2/conn.h"

#define BDP_PING  0x776569722d626470u /* "weir-bdp" */
#define NS_PER_S  1000000000
#define LEAST_RTT 1000 /* ns; the clock may stand still between two ticks */

static int64_t bdp_allowed(const weir_h2 *h2) {
  int64_t share = WEIR_H2_DEFAULT_WINDOWS / (int64_t)(h2->streams.n_open ? h2->streams.n_open : 1);
  return h2->bdp.window < share ? h2->bdp.window : share;
}

void weir_h2_bdp_grow(weir_h2 *h2, weir_h2_stream *s) {
  if (h2->bdp.window > s->recv_window.size && h2->got_ack)
    weir_h2_window_grow(&s->recv_window, bdp_allowed(h2));
}

void weir_h2_bdp_probe(weir_h2 *h2) {
  if (h2->bdp.measuring || h2->bdp.window >= h2->opts.max_stream_window || h2->failed) return;
  h2->bdp.measuring = true;
  h2->bdp.bytes = 0;
  h2->bdp.since = h2->now;
  weir_h2_ping(h2, BDP_PING);
}

bool weir_h2_bdp_on_ping_ack(weir_h2 *h2, uint64_t opaque) {
  if (opaque != BDP_PING || !h2->bdp.measuring) return false;
  h2->bdp.measuring = false;
  weir_nanos rtt = h2->now - h2->bdp.since < LEAST_RTT ? LEAST_RTT : h2->now - h2->bdp.since;
  if ((int64_t)h2->bdp.bytes < h2->bdp.window / 3) return true;
  double rate = (double)h2->bdp.bytes * NS_PER_S / (double)rtt;
  if (rate <= h2->bdp.best_rate) {
    h2->bdp.best_rate -= h2->bdp.best_rate / 8; /* it may have been a burst: not for ever */
    return true;
  }
  h2->bdp.best_rate = rate;
  int64_t most = h2->opts.max_stream_window;
  h2->bdp.window = h2->bdp.window < most / 2 ? h2->bdp.window * 2 : most;
  return true;
}
