/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* watch.c - waiting for a channel's state to change. */
#include "client/channel.h"

typedef struct watch {
  weir_list node;
  weir_channel *ch;
  weir_waiter waiter; /* blocking */
  weir_due due;       /* asynchronous; the struct is on the heap then */
  weir_timer timer;
  weir_code code;
} watch;

static void watch_done(weir_due *d) {
  watch *w = WEIR_LIST_OF(d, watch, due);
  weir_channel *ch = w->ch;
  weir_mem_free(weir_loop_mem(ch->loop), w, sizeof *w);
  weir_channel_drop(ch);
}

static void watch_end(watch *w, weir_code code) {
  weir_list_remove(&w->node);
  weir_timer_stop(w->ch->shard, &w->timer);
  w->code = code;
  if (w->due.fn) {
    w->due.code = code;
    weir_shard_call_back(w->ch->shard, &w->due);
  } else {
    weir_waiter_wake(w->ch->shard, &w->waiter);
  }
}

void weir_watch_notify(weir_channel *ch) {
  for (weir_list *n = ch->watches.next, *next; n != &ch->watches; n = next) {
    next = n->next;
    watch_end(WEIR_LIST_OF(n, watch, node), WEIR_OK);
  }
}

static void watch_timeout(void *arg) { watch_end(arg, WEIR_DEADLINE_EXCEEDED); }

static weir_code watch_begin(watch *w, weir_channel *ch, int64_t timeout_ns) {
  w->ch = ch;
  w->timer = (weir_timer){.fn = watch_timeout, .arg = w};
  if (timeout_ns >= 0 &&
      weir_timer_set(ch->shard, &w->timer, weir_io_after(weir_shard_now(ch->shard), timeout_ns)))
    return WEIR_RESOURCE_EXHAUSTED;
  weir_list_push(&ch->watches, &w->node);
  return WEIR_PENDING;
}

static weir_code watch_block(weir_channel *ch, int64_t timeout_ns) {
  if (!weir_shard_may_block(ch->shard)) return WEIR_FAILED_PRECONDITION;
  watch w = {.code = WEIR_OK};
  weir_code code = watch_begin(&w, ch, timeout_ns);
  if (code != WEIR_PENDING) return code;
  weir_shard_wait(ch->shard, &w.waiter);
  return w.code;
}

static weir_code watch_async(weir_channel *ch, int64_t timeout_ns, weir_fn *fn, void *arg) {
  weir_mem mem = weir_loop_mem(ch->loop);
  watch *w = weir_mem_zalloc(mem, sizeof *w);
  if (!w) return WEIR_RESOURCE_EXHAUSTED;
  w->due = (weir_due){.fn = fn, .arg = arg, .done = watch_done};
  weir_code code = watch_begin(w, ch, timeout_ns);
  if (code == WEIR_PENDING)
    atomic_fetch_add_explicit(&ch->refs, 1, memory_order_relaxed);
  else
    weir_mem_free(mem, w, sizeof *w);
  return code;
}

weir_code weir_channel_watch(weir_channel *ch, int last_state, int64_t timeout_ns, weir_fn *fn, void *arg) {
  weir_shard_enter(ch->shard);
  weir_code code = WEIR_OK;
  if (ch->state == last_state) code = fn ? watch_async(ch, timeout_ns, fn, arg) : watch_block(ch, timeout_ns);
  weir_shard_leave(ch->shard);
  return code;
}
