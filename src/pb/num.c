/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* num.c - numbers to text and back. Most doubles that people write have few digits: those are found by one exact division
 * (a whole number below 2^53 over a power of ten up to 10^22 is rounded once), the others take the C library's way. */
#include "pb/num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
#define MAX_POWER 22

/* The exact ways need that a double's arithmetic rounds once, to a double: the x87's does not, where SSE2 is not taken. */
#define ROUNDS_ONCE (FLT_EVAL_METHOD == 0)

/* ---- integers ------------------------------------------------------------------------------------------ */

static const char pairs[] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

static unsigned digits_of(uint64_t v) {
  unsigned n = 1;
  for (; v >= 10000; v /= 10000) n += 4;
  return n + (v >= 10) + (v >= 100) + (v >= 1000);
}

char *pb_put_u64(char *p, uint64_t v) {
  char *end = p + digits_of(v), *at = end;
  for (; v >= 100; v /= 100) {
    at -= 2;
    memcpy(at, pairs + v % 100 * 2, 2);
  }
  if (v >= 10)
    memcpy(at - 2, pairs + v * 2, 2);
  else
    at[-1] = (char)('0' + v);
  return end;
}

char *pb_put_i64(char *p, int64_t v) {
  if (v >= 0) return pb_put_u64(p, (uint64_t)v);
  *p = '-';
  return pb_put_u64(p + 1, 0 - (uint64_t)v);
}

/* ---- reals to text ------------------------------------------------------------------------------------- */

/* n * 10^-places, without zeros at the end, in fixed notation. */
static char *put_fixed(char *p, uint64_t n, unsigned places) {
  while (places && n % 10 == 0) {
    n /= 10;
    places--;
  }
  if (!places) return pb_put_u64(p, n);
  unsigned digits = digits_of(n);
  if (digits > places) {
    char *end = pb_put_u64(p, n), *point = end - places;
    memmove(point + 1, point, places);
    *point = '.';
    return end + 1;
  }
  memcpy(p, "0.", 2);
  memset(p + 2, '0', places - digits);
  return pb_put_u64(p + 2 + places - digits, n);
}

/* Digits in front of the point of a number from 1e-4 on; 0 and below: zeros behind it. */
static int whole_digits(double a) {
  if (a < 1) return a >= 0.1 ? 0 : a >= 0.01 ? -1 : a >= 0.001 ? -2 : -3;
  int low = 0, high = MAX_POWER; /* powers[low] <= a < powers[high] */
  while (high - low > 1) {
    int mid = (low + high) / 2;
    if (a >= powers[mid])
      low = mid;
    else
      high = mid;
  }
  return high;
}

/* By the C library, whose decimal point is the locale's. */
static char *put_by_printf(char *p, double v, int digits) {
  int len = snprintf(p, PB_NUM_MAX, "%.*g", digits, v);
  char *end = p + len, *to = p;
  for (char *at = p; at < end; at++) {
    bool plain = (*at >= '0' && *at <= '9') || *at == '-' || *at == '+' || *at == 'e';
    if (plain)
      *to++ = *at;
    else if (to == p || to[-1] != '.') /* the first byte of the point */
      *to++ = '.';
  }
  return to;
}

static double read_back(const char *p, const char *end) {
  pb_decimal d;
  return pb_read_decimal(p, end, false, &d) ? pb_decimal_double(&d) : 0;
}

/* To the nearest whole number, halves to the even one, as printf rounds. */
static double nearest(double x) {
  double n = floor(x), rest = x - n;
  return rest > 0.5 || (rest == 0.5 && floor(n / 2) * 2 != n) ? n + 1 : n;
}

char *pb_put_double(char *p, double v) {
  double a = fabs(v);
  if (ROUNDS_ONCE && a >= 1e-4 && a < 1e15) {
    int places = DBL_DIG - whole_digits(a);
    double n = nearest(a * powers[places]);
    if (n / powers[places] == a && n < 1e15) {
      if (v < 0) *p++ = '-';
      return put_fixed(p, (uint64_t)n, (unsigned)places);
    }
    return put_by_printf(p, v, 17);
  }
  char *end = put_by_printf(p, v, DBL_DIG);
  return read_back(p, end) == v ? end : put_by_printf(p, v, 17);
}

char *pb_put_float(char *p, float v) {
  double a = fabs((double)v);
  if (ROUNDS_ONCE && a >= 1e-4 && a < 1e6) {
    for (int digits = 6; digits <= 9; digits += 3) {
      int places = digits - whole_digits(a);
      double n = nearest(a * powers[places]);
      if ((float)(n / powers[places]) != fabsf(v)) continue;
      if (v < 0) *p++ = '-';
      return put_fixed(p, (uint64_t)n, (unsigned)places);
    }
  }
  char *end = put_by_printf(p, (double)v, FLT_DIG);
  return (float)read_back(p, end) == v ? end : put_by_printf(p, (double)v, 9);
}

/* ---- text to numbers ----------------------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Beyond this an exponent is as good as infinite. */
#define MAX_EXPONENT 1000000000

static const char *read_digits(const char *p, const char *end, pb_decimal *d, bool behind_point) {
  for (; p < end && is_digit(*p); p++) {
    uint64_t digit = (uint64_t)(*p - '0');
    d->full = d->full || d->mantissa > UINT64_MAX / 10 ||
              (d->mantissa == UINT64_MAX / 10 && digit > UINT64_MAX % 10);
    if (!d->full) {
      d->mantissa = d->mantissa * 10 + digit;
      d->exponent -= behind_point;
    } else {
      d->whole = d->whole && *p == '0';
      d->exponent += !behind_point;
    }
  }
  return p;
}

const char *pb_read_decimal(const char *p, const char *end, bool strict, pb_decimal *d) {
  *d = (pb_decimal){.whole = true, .integral = true, .text = p};
  if (p < end && *p == '-') {
    d->negative = true;
    p++;
  }
  const char *first = p;
  p = read_digits(p, end, d, false);
  size_t before = (size_t)(p - first), after = 0;
  if (strict && (!before || (before > 1 && *first == '0'))) return NULL;
  if (p < end && *p == '.') {
    const char *from = ++p;
    d->integral = false;
    p = read_digits(p, end, d, true);
    after = (size_t)(p - from);
    if (strict && !after) return NULL;
  }
  if (!before && !after) return NULL;
  if (p < end && (*p | 0x20) == 'e') {
    d->integral = false;
    const char *q = p + 1;
    bool negative = q < end && *q == '-';
    if (q < end && (*q == '-' || *q == '+')) q++;
    if (q == end || !is_digit(*q)) return NULL;
    int32_t e = 0;
    for (; q < end && is_digit(*q); q++)
      if (e < MAX_EXPONENT / 10) e = e * 10 + (*q - '0');
    d->exponent += negative ? -e : e;
    p = q;
  }
  d->len = (size_t)(p - d->text);
  return p;
}

/* A double's decimal expansion ends after at most 767 digits; what lies behind only breaks ties. */
#define SIGNIFICANT 780

static double by_strtod(const pb_decimal *d) {
  char buf[SIGNIFICANT + 32], *to = buf;
  int64_t dropped = 0, placed = 0;
  bool seen_point = false, sticky = false;
  const char *p = d->text + d->negative, *end = d->text + d->len;
  if (d->negative) *to++ = '-';
  char *first = to;
  for (; p < end && (*p | 0x20) != 'e'; p++) {
    if (*p == '.') {
      seen_point = true;
    } else if (to == first && *p == '0') {
      placed -= seen_point;
    } else if (to - first < SIGNIFICANT) {
      *to++ = *p;
      placed -= seen_point;
    } else {
      sticky = sticky || *p != '0';
      dropped += !seen_point;
    }
  }
  if (sticky) {
    *to++ = '1';
    placed--;
  }
  if (to == first) return d->negative ? -0.0 : 0.0;
  int64_t e = placed + dropped;
  if (p < end) {
    int64_t given = 0;
    const char *q = p + 1 + (p[1] == '-' || p[1] == '+');
    for (; q < end; q++)
      if (given < MAX_EXPONENT) given = given * 10 + (*q - '0');
    e += p[1] == '-' ? -given : given;
  }
  e = e > 100000 ? 100000 : e < -100000 ? -100000 : e;
  snprintf(to, 16, "e%d", (int)e);
  return strtod(buf, NULL);
}

double pb_decimal_double(const pb_decimal *d) {
  if (ROUNDS_ONCE && d->whole && d->mantissa <= UINT64_C(1) << 53 && d->exponent >= -MAX_POWER &&
      d->exponent <= MAX_POWER) {
    double v = (double)d->mantissa;
    v = d->exponent < 0 ? v / powers[-d->exponent] : v * powers[d->exponent];
    return d->negative ? -v : v;
  }
  return by_strtod(d);
}

/* Halfway between the largest float and the power of two behind it: what is not below rounds to infinity. C leaves such a
 * conversion undefined. */
float pb_float_of(double v) {
  const double limit = 3.4028235677973366e38;
  if (v >= limit) return INFINITY;
  return v <= -limit ? -INFINITY : (float)v;
}

/* The magnitude, if the number is whole and fits. */
static bool magnitude(const pb_decimal *d, uint64_t *v) {
  uint64_t m = d->mantissa;
  int64_t e = d->exponent;
  if (!d->whole) return false;
  for (; e < 0 && m; e++) {
    if (m % 10) return false;
    m /= 10;
  }
  for (; e > 0 && m; e--) {
    if (m > UINT64_MAX / 10) return false;
    m *= 10;
  }
  *v = m;
  return true;
}

bool pb_decimal_u64(const pb_decimal *d, uint64_t high, uint64_t *v) {
  return magnitude(d, v) && *v <= high && (!d->negative || *v == 0);
}

bool pb_decimal_i64(const pb_decimal *d, int64_t low, int64_t high, int64_t *v) {
  uint64_t m;
  if (!magnitude(d, &m)) return false;
  if (d->negative) {
    if (m > 0 - (uint64_t)low) return false;
    *v = m ? -(int64_t)(m - 1) - 1 : 0;
    return true;
  }
  if (m > (uint64_t)high) return false;
  *v = (int64_t)m;
  return true;
}
