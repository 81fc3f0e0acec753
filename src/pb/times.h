/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* times.h - Timestamp, Duration and FieldMask paths as JSON spells them. */
#ifndef WEIR_PB_TIME_FORMAT_H
#define WEIR_PB_TIME_FORMAT_H

#include "pb/wire.h"

typedef struct pb_time {
  int64_t seconds; /* since 1970 for a Timestamp */
  int32_t nanos;
} pb_time;

#define PB_TIME_MAX 40u /* bytes that the writers need */

/* 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z. */
bool pb_timestamp_valid(pb_time t);
/* 10,000 years either way, the parts of one sign. */
bool pb_duration_valid(pb_time t);

/* Write a valid one at p, with 0, 3, 6 or 9 digits behind the point; the end. */
char *pb_put_timestamp(char *p, pb_time t);
char *pb_put_duration(char *p, pb_time t);

/* False if the text is none (RFC 3339 with T and Z in upper case; "1.5s"), or out of range. */
bool pb_read_timestamp(weir_str s, pb_time *t);
bool pb_read_duration(weir_str s, pb_time *t);

/* A path of a FieldMask: foo_bar.baz as fooBar.baz and back, at most from.len and 2 * from.len bytes. SIZE_MAX if it would
 * not come back the same. */
size_t pb_path_to_json(weir_str from, char *to);
size_t pb_path_from_json(weir_str from, char *to);

#endif
