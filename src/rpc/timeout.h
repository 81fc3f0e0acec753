/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* timeout.h - the grpc-timeout field (grpc doc/PROTOCOL-HTTP2.md "Timeout") and the deadlines of a connection's
 * calls, soonest first. Times are weir_nanos on the clock of tick. */
#ifndef WEIR_RPC_TIMEOUT_H
#define WEIR_RPC_TIMEOUT_H

#include "base/mem.h"
#include "h2/h2.h"

#define WEIR_TIMEOUT_MAX_TEXT 9 /* eight digits and a unit */

/** False if value is not one to eight digits and one of H M S m u n. Zero is accepted: some clients send "0n". */
bool weir_timeout_parse(weir_str value, int64_t *timeout_ns);
/** Writes the value in the finest unit that fits in eight digits, rounded up, so that the peer never gives up first;
 * what is not positive gives "0n". */
weir_str weir_timeout_format(int64_t timeout_ns, char out[WEIR_TIMEOUT_MAX_TEXT]);

/** now + timeout, WEIR_NEVER where it is beyond the clock. */
weir_nanos weir_timeout_deadline(weir_nanos now, int64_t timeout_ns);

/** A deadline; `at` is its place in the heap and belongs to the heap. */
typedef struct weir_deadline {
  weir_nanos when;
  size_t at; /* 1-based; 0: not in the heap */
} weir_deadline;

/** A binary heap of borrowed deadlines. Start it zeroed. */
typedef struct weir_deadlines {
  weir_deadline **data;
  size_t len, cap;
} weir_deadlines;

/** Makes room for n deadlines in all, so that adding them cannot fail; false when out of memory. */
bool weir_deadlines_reserve(weir_deadlines *h, weir_mem mem, size_t n);
void weir_deadlines_fini(weir_deadlines *h, weir_mem mem);
/** Room must have been reserved, and d must not be in the heap. */
void weir_deadlines_add(weir_deadlines *h, weir_deadline *d);
/** Harmless for one that is not in the heap. */
void weir_deadlines_remove(weir_deadlines *h, weir_deadline *d);
/** The soonest, or NULL. */
static inline weir_deadline *weir_deadlines_first(const weir_deadlines *h) {
  return h->len ? h->data[0] : NULL;
}

#endif
