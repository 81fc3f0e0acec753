/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "h2/abuse.h"

#define NS_PER_S 1000000000

bool weir_h2_budget_spend(weir_h2_budget *b, weir_nanos now, uint32_t cost) {
  weir_nanos each = NS_PER_S / b->rate_hz;
  if (b->spent == 0) b->since = now;
  weir_nanos earned = now > b->since ? (now - b->since) / each : 0;
  if (earned >= b->spent) {
    b->spent = 0;
    b->since = now;
  } else {
    b->spent -= (uint32_t)earned;
    b->since += earned * each;
  }
  if (cost > b->burst - b->spent) return false;
  b->spent += cost;
  return true;
}
