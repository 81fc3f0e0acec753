/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* suggest.h - which of several names was meant: the one that takes fewest changes to make. */
#ifndef WEIR_SCHEMA_SUGGEST_H
#define WEIR_SCHEMA_SUGGEST_H

#include <weir/base.h>

/** Start with weir_suggestion_for; offer candidates; `best` is then the nearest, or has len 0 if none is near enough. The
 * views are borrowed. */
typedef struct weir_suggestion {
  weir_str name, best;
  unsigned distance; /* of best */
} weir_suggestion;

/** Near enough is: a third of the letters changed, dropped, put in, or swapped with their neighbour. */
weir_suggestion weir_suggestion_for(weir_str name);

/** Takes it if it is nearer than the best so far; of equally near ones, the first stays. */
void weir_suggestion_offer(weir_suggestion *s, weir_str candidate);

#endif
