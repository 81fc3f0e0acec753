/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* num.h - numbers to text and back, the same in every locale. */
#ifndef WEIR_PB_NUM_H
#define WEIR_PB_NUM_H

#include "pb/wire.h"

/* What any of the writers needs at p. */
#define PB_NUM_MAX 32u

/* Each writes at p and gives the end. */
char *pb_put_u64(char *p, uint64_t v);
char *pb_put_i64(char *p, int64_t v);
/* Finite numbers, as printf's %g does with the first count of digits that reads back the same: 15 or 17 of a double, 6 or
 * 9 of a float. */
char *pb_put_double(char *p, double v);
char *pb_put_float(char *p, float v);

/* A number as JSON and the text format spell it, taken apart: -12.50e3 is 1250 * 10^1. */
typedef struct pb_decimal {
  uint64_t mantissa; /* the first digits, as many as fit */
  int64_t exponent;  /* of ten, for that mantissa */
  bool negative;
  bool full;        /* no more digits fit into the mantissa */
  bool whole;       /* the digits that are not in the mantissa are zeros */
  bool integral;    /* written without point and exponent */
  const char *text; /* all of it, for the slow way */
  size_t len;
} pb_decimal;

/* Reads [-]digits[.digits][e[+-]digits] from p on; the end of what was taken, or NULL if that is no number. In JSON (strict)
 * there is a digit on each side of the point and no 0 in front of another digit. */
const char *pb_read_decimal(const char *p, const char *end, bool strict, pb_decimal *d);
/* The nearest double; infinite when beyond the largest. */
double pb_decimal_double(const pb_decimal *d);
/* The nearest float; beyond the largest it is infinite. */
float pb_float_of(double v);
/* Its value where it is a whole number (also 1.0, 1e3) in the range; false if it is not. */
bool pb_decimal_i64(const pb_decimal *d, int64_t low, int64_t high, int64_t *v);
bool pb_decimal_u64(const pb_decimal *d, uint64_t high, uint64_t *v);

#endif
