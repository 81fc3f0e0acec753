/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/timeout.h"

#include "base/assert.h"
#include "base/vec.h"

#define TIMEOUT_MAX_DIGITS 8
#define TIMEOUT_MAX_VALUE  99999999

static int64_t timeout_unit_ns(char unit) {
  switch (unit) {
  case 'H': return WEIR_SECONDS(3600);
  case 'M': return WEIR_SECONDS(60);
  case 'S': return WEIR_SECONDS(1);
  case 'm': return WEIR_MS(1);
  case 'u': return 1000;
  case 'n': return 1;
  default: return 0;
  }
}

bool weir_timeout_parse(weir_str value, int64_t *timeout_ns) {
  if (value.len < 2 || value.len > TIMEOUT_MAX_DIGITS + 1) return false;
  int64_t unit = timeout_unit_ns(value.data[value.len - 1]), n = 0;
  if (!unit) return false;
  for (size_t i = 0; i + 1 < value.len; i++) {
    if (value.data[i] < '0' || value.data[i] > '9') return false;
    n = n * 10 + (value.data[i] - '0');
  }
  *timeout_ns = n > INT64_MAX / unit ? INT64_MAX : n * unit; /* 99,999,999 hours are 11,400 years */
  return true;
}

weir_str weir_timeout_format(int64_t timeout_ns, char out[WEIR_TIMEOUT_MAX_TEXT]) {
  static const char units[] = "numSMH";
  int64_t value = timeout_ns > 0 ? timeout_ns : 0;
  size_t unit = 0;
  while (value > TIMEOUT_MAX_VALUE) { /* ends: INT64_MAX is 2,562,048 hours */
    int64_t ns = timeout_unit_ns(units[++unit]);
    value = timeout_ns / ns + (timeout_ns % ns != 0);
  }
  char digits[TIMEOUT_MAX_DIGITS];
  size_t n = 0, len = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  while (n) out[len++] = digits[--n];
  out[len++] = units[unit];
  return (weir_str){out, len};
}

weir_nanos weir_timeout_deadline(weir_nanos now, int64_t timeout_ns) {
  if (now > 0 && timeout_ns > INT64_MAX - now) return WEIR_NEVER;
  return now + timeout_ns;
}

/* ---- the heap -------------------------------------------------------------------------------------------- */

bool weir_deadlines_reserve(weir_deadlines *h, weir_mem mem, size_t n) {
  return n <= h->len || WEIR_VEC_RESERVE(mem, h, n - h->len);
}

void weir_deadlines_fini(weir_deadlines *h, weir_mem mem) { WEIR_VEC_FREE(mem, h); }

static void deadlines_put(weir_deadlines *h, size_t at, weir_deadline *d) {
  h->data[at] = d;
  d->at = at + 1;
}

static void deadlines_up(weir_deadlines *h, size_t at, weir_deadline *d) {
  while (at > 0 && h->data[(at - 1) / 2]->when > d->when) {
    deadlines_put(h, at, h->data[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  deadlines_put(h, at, d);
}

static void deadlines_down(weir_deadlines *h, size_t at, weir_deadline *d) {
  for (size_t child; (child = 2 * at + 1) < h->len; at = child) {
    if (child + 1 < h->len && h->data[child + 1]->when < h->data[child]->when) child++;
    if (d->when <= h->data[child]->when) break;
    deadlines_put(h, at, h->data[child]);
  }
  deadlines_put(h, at, d);
}

void weir_deadlines_add(weir_deadlines *h, weir_deadline *d) {
  WEIR_ASSERT(!d->at);
  WEIR_CHECK(h->len < h->cap);
  h->len++;
  deadlines_up(h, h->len - 1, d);
}

void weir_deadlines_remove(weir_deadlines *h, weir_deadline *d) {
  if (!d->at) return;
  size_t at = d->at - 1;
  d->at = 0;
  weir_deadline *last = h->data[--h->len];
  if (last == d) return;
  if (at > 0 && h->data[(at - 1) / 2]->when > last->when)
    deadlines_up(h, at, last);
  else
    deadlines_down(h, at, last);
}
