/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* layout.h - where the members of a message's struct lie. It is what a C compiler makes of the struct that weirc
 * generates (docs/generated-code.md), so that a type made at run time fits the generated one. */
#ifndef WEIR_PB_LAYOUT_H
#define WEIR_PB_LAYOUT_H

#include "pb/table.h"

/* A field while its struct is laid out. */
typedef struct pb_member {
  weir_pb_field *row;
  int32_t oneof; /* its index, or -1 */
} pb_member;

typedef struct pb_oneof {
  uint32_t case_at, union_at; /* 0: not placed; the header lies at 0 */
  uint32_t size, align;       /* of the union */
} pb_oneof;

/* Fills in offset and presence of the rows, which come in the order of the .proto, and the type's size. Presence of a
 * oneof's member is where its case lies. oneofs are zeroed. False if it is larger than 1 GiB. */
bool pb_layout(weir_pb_type *t, pb_member *members, uint32_t n, pb_oneof *oneofs);
/* The struct of a map's entry: key, then value. */
void pb_layout_entry(weir_pb_type *t, weir_pb_field *key, weir_pb_field *value);

#endif
