/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/keepalive.h"

#define KEEPALIVE_NEVER (INT64_MAX / 4) /* 73 years: as good as none, and added to a time it stays one */

void weir_keepalive_init(weir_keepalive *k, const weir_keepalive_opts *o) {
  *k = (weir_keepalive){.o = *o, .check_at = WEIR_NEVER, .last_ping = WEIR_NEVER};
  if (k->o.time_ns > KEEPALIVE_NEVER) k->o.time_ns = 0;
  if (!k->o.timeout_ns || k->o.timeout_ns > KEEPALIVE_NEVER) k->o.timeout_ns = WEIR_KEEPALIVE_TIMEOUT;
  if (!k->o.max_strikes) k->o.max_strikes = 2;
}

weir_keepalive_step weir_keepalive_tick(weir_keepalive *k, weir_nanos now, bool active) {
  if (now < k->check_at) return WEIR_KEEPALIVE_NOTHING;
  if (k->pinging) {
    k->check_at = k->give_up_at;
    return now >= k->give_up_at ? WEIR_KEEPALIVE_DEAD : WEIR_KEEPALIVE_NOTHING;
  }
  k->check_at = active ? k->last_read + k->o.time_ns : WEIR_NEVER;
  if (now < k->check_at) return WEIR_KEEPALIVE_NOTHING;
  k->pinging = true;
  k->check_at = k->give_up_at = now + k->o.timeout_ns;
  return WEIR_KEEPALIVE_SEND;
}

static bool ping_is_strike(const weir_keepalive *k, weir_nanos now, bool has_calls) {
  int64_t least = has_calls || k->o.pings_without_calls ? k->o.min_interval_ns : WEIR_KEEPALIVE_IDLE_PING;
  return k->last_ping != WEIR_NEVER && now - k->last_ping < least;
}

bool weir_keepalive_abused(weir_keepalive *k, weir_nanos now, uint64_t n_pings, uint64_t n_sent,
                           bool has_calls) {
  uint64_t n = n_pings - k->n_pings;
  if (!n || !k->o.min_interval_ns) return false;
  if (n_sent != k->n_sent) { /* what we send may make a peer measure its round trip */
    k->strikes = 0;
    k->last_ping = WEIR_NEVER;
  }
  k->n_pings = n_pings;
  k->n_sent = n_sent;
  for (; n; n--) {
    if (ping_is_strike(k, now, has_calls)) k->strikes++;
    k->last_ping = now;
    if (k->strikes > k->o.max_strikes) return true;
  }
  return false;
}
