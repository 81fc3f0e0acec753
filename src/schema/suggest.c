/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/suggest.h"

#include <string.h>

#define MAX_LEN 64 /* longer names are not compared */

weir_suggestion weir_suggestion_for(weir_str name) {
  unsigned limit = name.len > MAX_LEN ? 0 : (unsigned)name.len / 3 + (name.len > 2);
  return (weir_suggestion){name, {"", 0}, limit + (limit > 0)};
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* Changes between a and b, by letters of any case; swapped neighbours are one change (Damerau, optimal alignment). */
static unsigned distance(weir_str a, weir_str b) {
  unsigned rows[3][MAX_LEN + 1], *before = rows[0], *above = rows[1], *row = rows[2];
  for (unsigned k = 0; k <= b.len; k++) above[k] = before[k] = k;
  for (unsigned i = 1; i <= a.len; i++) {
    row[0] = i;
    for (unsigned k = 1; k <= b.len; k++) {
      char x = lower(a.data[i - 1]), y = lower(b.data[k - 1]);
      row[k] = least(above[k - 1] + (x != y), least(above[k], row[k - 1]) + 1);
      if (i > 1 && k > 1 && x == lower(b.data[k - 2]) && y == lower(a.data[i - 2]))
        row[k] = least(row[k], before[k - 2] + 1);
    }
    unsigned *oldest = before;
    before = above;
    above = row;
    row = oldest;
  }
  return above[b.len];
}

void weir_suggestion_offer(weir_suggestion *s, weir_str candidate) {
  size_t gap = candidate.len > s->name.len ? candidate.len - s->name.len : s->name.len - candidate.len;
  if (candidate.len > MAX_LEN || gap >= s->distance || weir_str_eq(candidate, s->name)) return;
  unsigned d = distance(s->name, candidate);
  if (d >= s->distance) return;
  s->distance = d;
  s->best = candidate;
}
