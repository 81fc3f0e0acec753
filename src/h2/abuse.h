/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* abuse.h - budgets for what is legal once and an attack a million times. Numbers and reasons: limits.h. */
#ifndef WEIR_H2_ABUSE_H
#define WEIR_H2_ABUSE_H

#include "h2/h2.h"

typedef struct weir_h2_budget {
  uint32_t burst, rate_hz;
  uint32_t spent;
  weir_nanos since; /* what was earned back up to here is accounted for */
} weir_h2_budget;

/** Spends `cost` at time `now`; false if the budget is exhausted. */
bool weir_h2_budget_spend(weir_h2_budget *b, weir_nanos now, uint32_t cost);

#endif
