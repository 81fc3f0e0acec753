/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/times.h"

#include "pb/num.h"

#define MIN_TIMESTAMP INT64_C(-62135596800)
#define MAX_TIMESTAMP INT64_C(253402300799)
#define MAX_DURATION  INT64_C(315576000000)
#define DAY           86400

bool pb_timestamp_valid(pb_time t) {
  return t.seconds >= MIN_TIMESTAMP && t.seconds <= MAX_TIMESTAMP && t.nanos >= 0 && t.nanos <= 999999999;
}

bool pb_duration_valid(pb_time t) {
  if (t.seconds < -MAX_DURATION || t.seconds > MAX_DURATION || t.nanos < -999999999 || t.nanos > 999999999)
    return false;
  return !(t.seconds > 0 && t.nanos < 0) && !(t.seconds < 0 && t.nanos > 0);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/* n digits, with zeros in front. */
static char *put_digits(char *p, uint32_t v, int n) {
  for (int i = n; i-- > 0; v /= 10) p[i] = (char)('0' + v % 10);
  return p + n;
}

static char *put_fraction(char *p, uint32_t nanos) {
  if (!nanos) return p;
  *p++ = '.';
  if (nanos % 1000000 == 0) return put_digits(p, nanos / 1000000, 3);
  if (nanos % 1000 == 0) return put_digits(p, nanos / 1000, 6);
  return put_digits(p, nanos, 9);
}

/* Days since 1970 as year, month and day of the Gregorian calendar. Years are counted from March, so that the leap day comes
 * last, and in eras of 400 years, which are all alike. */
static void civil_of(int64_t days, uint32_t *year, uint32_t *month, uint32_t *day) {
  uint64_t shifted = (uint64_t)(days + 719468); /* since 0000-03-01; not negative from the year 1 on */
  uint32_t era = (uint32_t)(shifted / 146097), in_era = (uint32_t)(shifted % 146097);
  uint32_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  uint32_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;
  *day = in_year - (153 * m + 2) / 5 + 1;
  *month = m < 10 ? m + 3 : m - 9;
  *year = y + era * 400 + (*month <= 2);
}

static int64_t days_of(uint32_t year, uint32_t month, uint32_t day) {
  uint32_t y = year - (month <= 2), era = y / 400, in_era_year = y % 400;
  uint32_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  uint32_t in_era = in_era_year * 365 + in_era_year / 4 - in_era_year / 100 + in_year;
  return (int64_t)era * 146097 + in_era - 719468;
}

char *pb_put_timestamp(char *p, pb_time t) {
  int64_t since = t.seconds - MIN_TIMESTAMP; /* not negative */
  uint32_t year, month, day, second = (uint32_t)(since % DAY);
  civil_of(since / DAY + MIN_TIMESTAMP / DAY, &year, &month, &day);
  p = put_digits(p, year, 4);
  *p++ = '-';
  p = put_digits(p, month, 2);
  *p++ = '-';
  p = put_digits(p, day, 2);
  *p++ = 'T';
  p = put_digits(p, second / 3600, 2);
  *p++ = ':';
  p = put_digits(p, second / 60 % 60, 2);
  *p++ = ':';
  p = put_digits(p, second % 60, 2);
  p = put_fraction(p, (uint32_t)t.nanos);
  *p++ = 'Z';
  return p;
}

char *pb_put_duration(char *p, pb_time t) {
  bool negative = t.seconds < 0 || t.nanos < 0;
  if (negative) *p++ = '-';
  p = pb_put_u64(p, (uint64_t)(negative ? -t.seconds : t.seconds));
  p = put_fraction(p, (uint32_t)(negative ? -t.nanos : t.nanos));
  *p++ = 's';
  return p;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

typedef struct scan {
  const char *p, *end;
  bool bad;
} scan;

static bool at_digit(const scan *s) { return s->p < s->end && *s->p >= '0' && *s->p <= '9'; }

/* n digits, whose value lies between low and high. */
static uint32_t take_digits(scan *s, int n, uint32_t low, uint32_t high) {
  uint32_t v = 0;
  for (; n > 0 && at_digit(s); n--) v = v * 10 + (uint32_t)(*s->p++ - '0');
  if (n || v < low || v > high) s->bad = true;
  return v;
}

static bool take(scan *s, char c) {
  if (s->p == s->end || *s->p != c) return false;
  s->p++;
  return true;
}

static void want(scan *s, char c) { s->bad = s->bad || !take(s, c); }

/* .1 to .123456789 */
static int32_t take_fraction(scan *s) {
  int32_t nanos = 0;
  int n = 0;
  if (!take(s, '.')) return 0;
  for (; n < 9 && at_digit(s); n++) nanos = nanos * 10 + (*s->p++ - '0');
  if (!n) s->bad = true;
  for (; n < 9; n++) nanos *= 10;
  return nanos;
}

static int64_t take_zone(scan *s) {
  if (take(s, 'Z')) return 0;
  int sign = take(s, '-') ? -1 : 1;
  if (sign > 0) want(s, '+');
  uint32_t hours = take_digits(s, 2, 0, 23);
  want(s, ':');
  uint32_t minutes = take_digits(s, 2, 0, 59);
  return sign * (int64_t)(hours * 3600 + minutes * 60);
}

static uint32_t days_in(uint32_t year, uint32_t month) {
  static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : days[month - 1];
}

bool pb_read_timestamp(weir_str text, pb_time *t) {
  scan s = {text.data, text.data + text.len, false};
  uint32_t year = take_digits(&s, 4, 1, 9999);
  want(&s, '-');
  uint32_t month = take_digits(&s, 2, 1, 12);
  want(&s, '-');
  if (s.bad) return false;
  uint32_t day = take_digits(&s, 2, 1, days_in(year, month));
  want(&s, 'T');
  uint32_t hour = take_digits(&s, 2, 0, 23);
  want(&s, ':');
  uint32_t minute = take_digits(&s, 2, 0, 59);
  want(&s, ':');
  uint32_t second = take_digits(&s, 2, 0, 59);
  int32_t nanos = take_fraction(&s);
  int64_t zone = take_zone(&s);
  if (s.bad || s.p != s.end) return false;
  *t = (pb_time){days_of(year, month, day) * DAY + hour * 3600 + minute * 60 + second - zone, nanos};
  return pb_timestamp_valid(*t);
}

bool pb_read_duration(weir_str text, pb_time *t) {
  scan s = {text.data, text.data + text.len, false};
  bool negative = take(&s, '-');
  int64_t seconds = 0;
  if (!at_digit(&s)) return false;
  for (; at_digit(&s); s.p++)
    if (seconds <= MAX_DURATION) seconds = seconds * 10 + (*s.p - '0');
  int32_t nanos = take_fraction(&s);
  want(&s, 's');
  if (s.bad || s.p != s.end) return false;
  *t = negative ? (pb_time){-seconds, -nanos} : (pb_time){seconds, nanos};
  return pb_duration_valid(*t);
}

/* ---- paths --------------------------------------------------------------------------------------------- */

size_t pb_path_to_json(weir_str from, char *to) {
  size_t n = 0;
  for (size_t i = 0; i < from.len; i++) {
    char c = from.data[i];
    if (c >= 'A' && c <= 'Z') return SIZE_MAX;
    if (c == '_') {
      if (++i == from.len || from.data[i] < 'a' || from.data[i] > 'z') return SIZE_MAX;
      c = (char)(from.data[i] - 'a' + 'A');
    }
    to[n++] = c;
  }
  return n;
}

size_t pb_path_from_json(weir_str from, char *to) {
  size_t n = 0;
  for (size_t i = 0; i < from.len; i++) {
    char c = from.data[i];
    if (c == '_') return SIZE_MAX;
    if (c >= 'A' && c <= 'Z') {
      to[n++] = '_';
      c = (char)(c - 'A' + 'a');
    }
    to[n++] = c;
  }
  return n;
}
