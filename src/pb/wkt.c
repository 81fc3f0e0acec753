/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/wkt.h"

/* Rows as kind | mode, for numbers 1, 2 ... in order. */
static const struct {
  const char *name;
  pb_wkt wkt;
  uint8_t n_fields;
  uint8_t kinds[6];
} known[] = {
    {"Any", PB_WKT_ANY, 2, {WEIR_PB_STRING, WEIR_PB_BYTES}},
    {"BoolValue", PB_WKT_WRAPPER, 1, {WEIR_PB_BOOL}},
    {"BytesValue", PB_WKT_WRAPPER, 1, {WEIR_PB_BYTES}},
    {"DoubleValue", PB_WKT_WRAPPER, 1, {WEIR_PB_DOUBLE}},
    {"Duration", PB_WKT_DURATION, 2, {WEIR_PB_INT64, WEIR_PB_INT32}},
    {"FieldMask", PB_WKT_FIELD_MASK, 1, {WEIR_PB_STRING | WEIR_PB_REPEATED}},
    {"FloatValue", PB_WKT_WRAPPER, 1, {WEIR_PB_FLOAT}},
    {"Int32Value", PB_WKT_WRAPPER, 1, {WEIR_PB_INT32}},
    {"Int64Value", PB_WKT_WRAPPER, 1, {WEIR_PB_INT64}},
    {"ListValue", PB_WKT_LIST_VALUE, 1, {WEIR_PB_MESSAGE | WEIR_PB_REPEATED}},
    {"StringValue", PB_WKT_WRAPPER, 1, {WEIR_PB_STRING}},
    {"Struct", PB_WKT_STRUCT, 1, {WEIR_PB_MESSAGE | WEIR_PB_MAP}},
    {"Timestamp", PB_WKT_TIMESTAMP, 2, {WEIR_PB_INT64, WEIR_PB_INT32}},
    {"UInt32Value", PB_WKT_WRAPPER, 1, {WEIR_PB_UINT32}},
    {"UInt64Value", PB_WKT_WRAPPER, 1, {WEIR_PB_UINT64}},
    {"Value",
     PB_WKT_VALUE,
     6,
     {WEIR_PB_ENUM | WEIR_PB_ONEOF, WEIR_PB_DOUBLE | WEIR_PB_ONEOF, WEIR_PB_STRING | WEIR_PB_ONEOF,
      WEIR_PB_BOOL | WEIR_PB_ONEOF, WEIR_PB_MESSAGE | WEIR_PB_ONEOF, WEIR_PB_MESSAGE | WEIR_PB_ONEOF}},
};

pb_wkt pb_wkt_find(const weir_pb_type *t) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(t->full_name + 16, known[i].name) != 0) continue;
    if (t->n_fields != known[i].n_fields || t->dense_below != t->n_fields) return PB_WKT_NONE;
    for (uint32_t k = 0; k < t->n_fields; k++)
      if (t->fields[k].kind != known[i].kinds[k]) return PB_WKT_NONE;
    return known[i].wkt;
  }
  return PB_WKT_NONE;
}
