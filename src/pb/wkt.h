/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* wkt.h - which of Google's well-known types a type is; JSON and text treat some of them apart. */
#ifndef WEIR_PB_WKT_H
#define WEIR_PB_WKT_H

#include "pb/wire.h"

typedef enum pb_wkt {
  PB_WKT_NONE,
  PB_WKT_ANY,
  PB_WKT_DURATION,
  PB_WKT_FIELD_MASK,
  PB_WKT_LIST_VALUE,
  PB_WKT_STRUCT,
  PB_WKT_TIMESTAMP,
  PB_WKT_VALUE,
  PB_WKT_WRAPPER /* DoubleValue, StringValue ...: one field, `value` */
} pb_wkt;

/* By name; PB_WKT_NONE also for a type that has the name but not the fields. */
pb_wkt pb_wkt_find(const weir_pb_type *t);
WEIR_INLINE pb_wkt pb_wkt_of(const weir_pb_type *t) {
  return WEIR_LIKELY(strncmp(t->full_name, "google.protobuf.", 16) != 0) ? PB_WKT_NONE : pb_wkt_find(t);
}

#endif
