/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* ext.h - extensions inside a message, and the items of message sets. */
#ifndef WEIR_PB_EXT_H
#define WEIR_PB_EXT_H

#include "pb/table.h"

WEIR_INLINE const weir_pb_field *pb_ext_row(const weir_pb_ext *x) { return &x->holder->fields[0]; }

/* The extensions that have structs in *msg, by number. */
const pb_exts *pb_exts_of(const char *msg);
/* The struct of one; NULL if there is none. pb_ext_add makes it; NULL when out of memory. */
char *pb_ext_holder(const char *msg, const weir_pb_ext *x);
char *pb_ext_add(char *msg, const weir_pb_ext *x, weir_arena *a);
/* The message that an extension of a message type holds, made if there is none; NULL when out of memory. */
char *pb_ext_message(const weir_pb_ext *x, char *holder, weir_arena *a);

/* ---- message sets: `group Item = 1 { required int32 type_id = 2; required bytes message = 3; }` for each */

#define PB_ITEM_START   (1u << 3 | WIRE_START)
#define PB_ITEM_END     (1u << 3 | WIRE_END)
#define PB_ITEM_ID      (2u << 3 | WIRE_VARINT)
#define PB_ITEM_MESSAGE (3u << 3 | WIRE_BYTES)

typedef struct pb_set_item {
  uint32_t id; /* 0: it came without */
  weir_str message;
} pb_set_item;

/* Reads an item behind its start tag, well-formed or not; false if id or message are missing or it is malformed. Of an
 * id or message that comes twice the first is taken. */
bool pb_set_item_read(const uint8_t *p, const uint8_t *end, pb_set_item *item);

#endif
