/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/vec.h"
#include "io/shard.h"

static void heap_put(weir_timers *h, size_t slot, weir_timer *t) {
  h->data[slot - 1] = t;
  t->slot = slot;
}

static void heap_up(weir_timers *h, size_t slot, weir_timer *t) {
  for (; slot > 1 && h->data[slot / 2 - 1]->at > t->at; slot /= 2) heap_put(h, slot, h->data[slot / 2 - 1]);
  heap_put(h, slot, t);
}

static void heap_down(weir_timers *h, size_t slot, weir_timer *t) {
  for (size_t child; (child = slot * 2) <= h->len; slot = child) {
    if (child < h->len && h->data[child]->at < h->data[child - 1]->at) child++;
    if (h->data[child - 1]->at >= t->at) break;
    heap_put(h, slot, h->data[child - 1]);
  }
  heap_put(h, slot, t);
}

static void heap_place(weir_timers *h, size_t slot, weir_timer *t) {
  if (slot > 1 && h->data[slot / 2 - 1]->at > t->at)
    heap_up(h, slot, t);
  else
    heap_down(h, slot, t);
}

static void heap_remove(weir_timers *h, weir_timer *t) {
  size_t slot = t->slot;
  weir_timer *last = h->data[--h->len];
  t->slot = 0;
  if (last != t) heap_place(h, slot, last);
}

weir_err weir_timer_set(weir_shard *s, weir_timer *t, weir_io_nanos at) {
  weir_shard_assert_held(s);
  weir_timers *h = &s->timers;
  if (at == WEIR_IO_NEVER) {
    weir_timer_stop(s, t);
    return WEIR_EOK;
  }
  if (!t->slot) {
    if (!WEIR_VEC_RESERVE(s->loop->mem, h, 1)) return WEIR_ENOMEM;
    t->slot = ++h->len;
    h->data[t->slot - 1] = t;
  }
  t->at = at;
  heap_place(h, t->slot, t);
  return WEIR_EOK;
}

void weir_timer_stop(weir_shard *s, weir_timer *t) {
  weir_shard_assert_held(s);
  if (t->slot) heap_remove(&s->timers, t);
}

weir_io_nanos weir_timers_next(const weir_timers *h) { return h->len ? h->data[0]->at : WEIR_IO_NEVER; }

/* At most as many as are set now: a timer that is set anew for the past waits for the next turn. */
bool weir_timers_run(weir_shard *s) {
  weir_timers *h = &s->timers;
  bool any = false;
  for (size_t most = h->len; most && h->len && h->data[0]->at <= s->now; most--, any = true) {
    weir_timer *t = h->data[0];
    heap_remove(h, t);
    t->fn(t->arg);
  }
  return any;
}

void weir_timers_fini(weir_shard *s) { WEIR_VEC_FREE(s->loop->mem, &s->timers); }
