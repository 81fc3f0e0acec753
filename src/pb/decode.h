/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* decode.h - decoding's inside: decode_run.c has the loop over fields, decode.c the entry points and
 * what the loop seldom meets, decode_ext.c extensions. */
#ifndef WEIR_PB_DECODE_H
#define WEIR_PB_DECODE_H

#include "pb/table.h"

#include <weir/pool.h>

/* One level of nesting: what to go back to at its end, and what only some levels need. */
typedef struct decode_frame {
  const weir_pb_type *up_type; /* NULL: this is the message itself */
  char *up_msg;
  const uint8_t *up_end;
  const uint8_t *start; /* map entry: its tag's first byte */
  pb_map *map;          /* map entry: where it goes */
  uint32_t group;       /* the number whose end tag closes this level; 0: it ends with its bytes */
  bool unknown_value;   /* map entry: its closed enum holds a value the enum does not have */
} decode_frame;

typedef struct decoder {
  const uint8_t *end;        /* of the level that is decoded; never behind the one above */
  const uint8_t *field;      /* first byte of the field's tag */
  const uint8_t *easy_end;   /* up to here, WIRE_SHORT bytes can be read and are in the window */
  const uint8_t *window_end; /* strings that end here or before are in the window, since p never goes back */
  uintptr_t window_shift;    /* from a place in the wire to its copy in the window */
  weir_arena *arena;
  decode_frame *top;
  const uint8_t *start, *limit; /* of the whole wire */
  uint32_t flags;
  const weir_pb_pool *pool;
  struct decoder *inner; /* for the messages within items of a message set; made on demand */
  decode_frame *deepest; /* no level of nesting goes beyond it */
  bool missing; /* a required field was missing at the end of some message; a later part may have brought it */
  weir_code code;
  const char *why;
  const uint8_t *at;
  const weir_pb_type *type; /* what `why` is about, with the number of the field */
  uint32_t number;
  decode_frame frames[WEIR_PB_MAX_DEPTH + 2]; /* one more for an extension that is no message */
} decoder;

extern const char decode_no_memory[], decode_malformed_value[], decode_malformed_length[];

/* Notes why decoding ends; NULL, so that callers may return it. */
void *decode_fail(decoder *d, const char *why, const uint8_t *at);

/* Decodes p .. end into *msg; false with the failure noted. */
bool decode_run(decoder *d, const weir_pb_type *type, char *msg, const uint8_t *p, const uint8_t *end);

/* ---- what the loop seldom meets; each notes its failure */

/* Strings up to `end` are in the window from now on. */
WEIR_INLINE void decode_set_window(decoder *d, const uint8_t *end) {
  d->window_end = end;
  d->easy_end = end - d->start >= WIRE_SHORT ? end - WIRE_SHORT : NULL;
}

/* Copies the wire from p on, `len` bytes at least, for strings to view. False when out of memory. */
bool decode_window(decoder *d, const uint8_t *p, size_t len);

/* A field without a row, or whose wire type is not its row's: kept as it is, or a packed field in disguise. p is behind
 * the tag; the end of the field, or NULL. */
const uint8_t *decode_other(decoder *d, char *msg, const weir_pb_type *type, const weir_pb_field *row,
                            uint32_t tag, const uint8_t *p);

/* The same in a message that can have extensions: what the pool knows of them is decoded. An extension's message is a
 * level of its own, which *type and *msg then are. */
const uint8_t *decode_extension(decoder *d, char **msg, const weir_pb_type **type, uint32_t tag,
                                const uint8_t *p);

/* A length-delimited field whose row is a repeated number; its end, or NULL. */
const uint8_t *decode_packed(decoder *d, char *msg, const weir_pb_type *type, const weir_pb_field *row,
                             const uint8_t *p);

/* A value that a closed enum does not have is kept as an unknown field of the message (protobuf.dev, "Enum behavior"). */
bool decode_keep_enum(decoder *d, char *msg, uint32_t number, uint64_t value);

/* At the end of a map entry: its value is made if it did not come, and it replaces one with the same key. */
bool decode_entry_end(decoder *d, const decode_frame *f, const weir_pb_type *type, char *entry,
                      const uint8_t *p);

#endif
