/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* keepalive.h - PINGs of ours to a peer that has gone quiet (gRFC A8), and the peer's to us counted against it (A8, A9;
 * grpc doc/keepalive.md). Times are on the clock of tick.
 *
 *   DORMANT -> WATCHING [weir_keepalive_wake]  client: a call began, or PINGs go without calls
 *   WATCHING -> PINGING [weir_keepalive_tick]  nothing was heard for `time`
 *   PINGING -> WATCHING [weir_keepalive_heard] a byte came, any byte
 *   WATCHING -> DORMANT [weir_keepalive_tick]  client: no calls
 *   PINGING -> dead     [weir_keepalive_tick]  nothing was heard for `timeout`
 *
 * `check_at` moves only when it is reached: the timer behind it is not set anew with every byte. */
#ifndef WEIR_RPC_KEEPALIVE_H
#define WEIR_RPC_KEEPALIVE_H

#include "h2/h2.h"

typedef struct weir_keepalive_opts {
  int64_t time_ns;    /* of silence until a PING; 0: none are sent */
  int64_t timeout_ns; /* for a byte to come after the PING; default 20 s */
  bool without_calls; /* client: also while there is no call; a server always does */
  int64_t min_interval_ns; /* server: a PING sooner than this after the last is a strike; 0: pings are not counted */
  bool pings_without_calls; /* server: the same interval holds without calls; else it is two hours then */
  uint32_t max_strikes;     /* server; default 2; UINT32_MAX: any number */
} weir_keepalive_opts;

#define WEIR_KEEPALIVE_TIMEOUT   20000000000        /* A8 */
#define WEIR_KEEPALIVE_IDLE_PING 7200000000000      /* A8: between PINGs without calls */
#define WEIR_KEEPALIVE_PING      0x7765697261766521 /* "weiralive!", cut: its answer is nobody else's */

typedef struct weir_keepalive {
  weir_keepalive_opts o;
  bool pinging;
  weir_nanos last_read, check_at, give_up_at;
  /* the peer's */
  weir_nanos last_ping; /* WEIR_NEVER: the next one is free */
  uint32_t strikes;
  uint64_t n_pings, n_sent; /* of the h2 engine, when last looked at */
} weir_keepalive;

typedef enum weir_keepalive_step {
  WEIR_KEEPALIVE_NOTHING,
  WEIR_KEEPALIVE_SEND,
  WEIR_KEEPALIVE_DEAD
} weir_keepalive_step;

/** The time that a PING gets, its default filled in. */
static inline int64_t weir_keepalive_timeout(const weir_keepalive_opts *o) {
  return o->timeout_ns ? o->timeout_ns : WEIR_KEEPALIVE_TIMEOUT;
}
void weir_keepalive_init(weir_keepalive *k, const weir_keepalive_opts *o);
/** Bytes came. */
static inline void weir_keepalive_heard(weir_keepalive *k, weir_nanos now) {
  k->last_read = now;
  k->pinging = false;
}
/** There is a reason to watch: a call, or a connection that is ready. */
static inline void weir_keepalive_wake(weir_keepalive *k) {
  if (k->check_at == WEIR_NEVER && k->o.time_ns) k->check_at = k->last_read + k->o.time_ns;
}
/** At check_at. active: there are calls, or PINGs go without. SEND: a PING is to be sent now. */
weir_keepalive_step weir_keepalive_tick(weir_keepalive *k, weir_nanos now, bool active);
/** Server: n_pings PINGs came in all, n_sent HEADERS and DATA were sent in all. True if they are too many. */
bool weir_keepalive_abused(weir_keepalive *k, weir_nanos now, uint64_t n_pings, uint64_t n_sent,
                           bool has_calls);

#endif
