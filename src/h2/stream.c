/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/stream.h"

#include "base/assert.h"
#include "h2/headers.h"

#include <string.h>

enum { STREAMS_MIN_BUCKETS = 16 };

void weir_h2_streams_init(weir_h2_streams *t, weir_mem mem) {
  *t = (weir_h2_streams){.mem = mem};
  weir_list_init(&t->all);
  /* Ids are the peer's to choose; with a multiplier that it cannot know it cannot make them collide. */
  t->multiplier = (uint32_t)(((uintptr_t)t >> 4) * 0x9e3779b1u) | 1u;
}

void weir_h2_streams_fini(weir_h2_streams *t) {
  WEIR_ASSERT(t->n == 0);
  while (t->free) {
    weir_h2_stream *s = t->free;
    t->free = s->chain;
    weir_mem_free(t->mem, s, sizeof *s);
  }
  weir_mem_free(t->mem, t->buckets, t->n_buckets * sizeof *t->buckets);
  t->buckets = NULL;
  t->n_buckets = 0;
}

static weir_h2_stream **streams_bucket(const weir_h2_streams *t, uint32_t id) {
  uint32_t hash = (id >> 1) * t->multiplier;
  return &t->buckets[(uint64_t)hash * t->n_buckets >> 32];
}

weir_h2_stream *weir_h2_streams_search(const weir_h2_streams *t, uint32_t id) {
  if (t->n == 0) return NULL;
  weir_h2_stream *s = *streams_bucket(t, id);
  while (s && s->id != id) s = s->chain;
  return s;
}

static bool streams_grow(weir_h2_streams *t) {
  weir_h2_streams old = *t;
  uint32_t n = old.n_buckets ? old.n_buckets * 2 : STREAMS_MIN_BUCKETS;
  weir_h2_stream **buckets = weir_mem_zalloc(t->mem, n * sizeof *buckets);
  if (!buckets) return false;
  t->buckets = buckets;
  t->n_buckets = n;
  for (uint32_t i = 0; i < old.n_buckets; i++) {
    for (weir_h2_stream *s = old.buckets[i], *next; s; s = next) {
      next = s->chain;
      weir_h2_stream **to = streams_bucket(t, s->id);
      s->chain = *to;
      *to = s;
    }
  }
  weir_mem_free(t->mem, old.buckets, old.n_buckets * sizeof *old.buckets);
  return true;
}

weir_h2_stream *weir_h2_streams_add(weir_h2_streams *t, uint32_t id) {
  WEIR_ASSERT(!weir_h2_streams_find(t, id));
  if (t->n >= t->n_buckets && !streams_grow(t)) return NULL;
  weir_h2_stream *s = t->free;
  if (s) {
    t->free = s->chain;
    t->n_free--;
  } else if (!(s = weir_mem_alloc(t->mem, sizeof *s))) {
    return NULL;
  }
  memset(s, 0, sizeof *s);
  s->id = id;
  s->body_left = WEIR_H2_NO_LENGTH;
  weir_h2_stream **to = streams_bucket(t, id);
  s->chain = *to;
  *to = s;
  weir_list_push(&t->all, &s->all);
  t->last = s;
  t->n++;
  t->n_open++;
  weir_h2_stream_set_recv(t, s, WEIR_H2_OPEN);
  weir_h2_stream_set_send(t, s, WEIR_H2_OPEN);
  return s;
}

void weir_h2_streams_release(weir_h2_streams *t, weir_h2_stream *s) {
  WEIR_ASSERT(weir_h2_stream_is_over(s) && !s->queue.first);
  weir_h2_stream **at = streams_bucket(t, s->id);
  while (*at != s) at = &(*at)->chain;
  *at = s->chain;
  t->n--;
  if (t->last == s) t->last = NULL;
  weir_list_remove(&s->all);
  weir_list_remove(&s->turn);
  weir_list_remove(&s->due);
  weir_list_remove(&s->ending);
  if (t->n_free >= WEIR_H2_KEEP_STREAMS) {
    weir_mem_free(t->mem, s, sizeof *s);
    return;
  }
  s->chain = t->free;
  t->free = s;
  t->n_free++;
}

void weir_h2_streams_note_end(weir_h2_streams *t, uint32_t id, weir_h2_ending how) {
  t->recent[(id >> 1) % WEIR_H2_RECENT] = id << 1 | (how == WEIR_H2_RESET_BY_US);
}

weir_h2_ending weir_h2_streams_how_ended(const weir_h2_streams *t, uint32_t id) {
  uint32_t note = t->recent[(id >> 1) % WEIR_H2_RECENT];
  if (note >> 1 != id) return WEIR_H2_UNKNOWN_END;
  return note & 1u ? WEIR_H2_RESET_BY_US : WEIR_H2_ENDED;
}

weir_h2_stream *weir_h2_streams_next(const weir_h2_streams *t, const weir_h2_stream *s) {
  const weir_list *n = s ? s->all.next : t->all.next;
  return n == &t->all ? NULL : WEIR_LIST_OF(n, weir_h2_stream, all);
}

static void stream_check_open(weir_h2_streams *t, const weir_h2_stream *s, bool was_over) {
  if (!was_over && weir_h2_stream_is_over(s)) t->n_open--;
}

void weir_h2_stream_set_recv(weir_h2_streams *t, weir_h2_stream *s, weir_h2_half to) {
  bool was_over = weir_h2_stream_is_over(s);
  WEIR_ASSERT(to == WEIR_H2_OPEN ? s->recv == WEIR_H2_IDLE : to == WEIR_H2_CLOSED);
  s->recv = (uint8_t)to;
  stream_check_open(t, s, was_over);
}

void weir_h2_stream_set_send(weir_h2_streams *t, weir_h2_stream *s, weir_h2_half to) {
  bool was_over = weir_h2_stream_is_over(s);
  WEIR_ASSERT(to == WEIR_H2_OPEN     ? s->send == WEIR_H2_IDLE || s->send == WEIR_H2_ENDING
              : to == WEIR_H2_ENDING ? s->send == WEIR_H2_OPEN
                                     : to == WEIR_H2_CLOSED);
  s->send = (uint8_t)to;
  stream_check_open(t, s, was_over);
}
