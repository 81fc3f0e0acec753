/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* A peer that takes nothing: it does not read its socket, or opens no window. What a program still works on is the
 * program's to give up (deadlines, cancellation, keepalive); but nobody waits for a reply that is complete, nor for bytes
 * that are in frames: those must move within stall_ns.
 *
 * The time is known at a tick only, so what moved is stamped by the tick after it: never too early, at most stall_ns
 * late. */
#include "h2/conn.h"

void weir_h2_stall_watch(weir_h2 *h2, weir_h2_stream *s) {
  if (h2->is_client || !s->queue.first || weir_list_linked(&s->ending)) return;
  weir_list_push(&h2->stall.ending, &s->ending);
  s->moved_at = WEIR_NEVER;
  h2->stall.moved = true;
}

void weir_h2_stall_moved(weir_h2 *h2, weir_h2_stream *s) {
  if (!weir_list_linked(&s->ending)) return;
  weir_list_remove(&s->ending);
  weir_h2_stall_watch(h2, s);
}

void weir_h2_stall_peeked(weir_h2 *h2) {
  if (h2->stall.writes_at == WEIR_NEVER) h2->stall.wait = weir_h2_out_size(&h2->out) > 0;
}

void weir_h2_stall_wrote(weir_h2 *h2) {
  h2->stall.writes_at = WEIR_NEVER;
  h2->stall.wait = weir_h2_out_size(&h2->out) > 0;
}

static weir_h2_stream *stall_first(const weir_h2 *h2) {
  const weir_list *n = h2->stall.ending.next;
  return n == &h2->stall.ending ? NULL : WEIR_LIST_OF(n, weir_h2_stream, ending);
}

static weir_nanos stall_after(const weir_h2 *h2, weir_nanos t) {
  return t > WEIR_NEVER - h2->opts.stall_ns ? WEIR_NEVER : t + h2->opts.stall_ns;
}

weir_nanos weir_h2_stall_deadline(const weir_h2 *h2) {
  if (h2->stall.moved || h2->stall.wait) return stall_after(h2, h2->now);
  weir_nanos t = stall_after(h2, h2->stall.writes_at);
  const weir_h2_stream *first = stall_first(h2);
  return first && stall_after(h2, first->moved_at) < t ? stall_after(h2, first->moved_at) : t;
}

static void stall_stamp(weir_h2 *h2) {
  if (h2->stall.wait) h2->stall.writes_at = h2->now;
  h2->stall.moved = h2->stall.wait = false;
  for (weir_list *n = h2->stall.ending.prev; n != &h2->stall.ending; n = n->prev) {
    weir_h2_stream *s = WEIR_LIST_OF(n, weir_h2_stream, ending);
    if (s->moved_at != WEIR_NEVER) return;
    s->moved_at = h2->now;
  }
}

void weir_h2_stall_tick(weir_h2 *h2) {
  if (h2->stall.moved || h2->stall.wait) stall_stamp(h2);
  if (stall_after(h2, h2->stall.writes_at) <= h2->now) {
    weir_h2_fail(h2, WEIR_EPROTO,
                 weir_h2_conn_err(WEIR_H2_ENHANCE_YOUR_CALM, "nobody reads what was written"));
    return;
  }
  for (weir_h2_stream *s; (s = stall_first(h2)) && stall_after(h2, s->moved_at) <= h2->now;) {
    weir_list_remove(&s->ending);
    if (!s->queue.first) continue; /* all is in frames: the connection's case */
    weir_h2_put_rst_stream(h2, s->id, WEIR_H2_CANCEL, false);
    weir_h2_stream_drop(h2, s, WEIR_H2_CANCEL, "the peer opens no window", false);
  }
}
