/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* encode.h - encoding's inside: encode_run.c has the loop over fields, encode.c the entry points and extensions. All of it writes from the last byte to the first. */
#ifndef WEIR_PB_ENCODE_H
#define WEIR_PB_ENCODE_H

#include "pb/table.h"

/* Room that every step asks for on top of what it copies: two varints, and what storing 8 bytes at once may overwrite. */
#define ENCODE_SLACK 28u

/* What to go on with when a submessage, a group or a map entry has been written. */
typedef struct encode_frame {
  const weir_pb_type *type;
  const char *msg;
  const weir_pb_field *row;
  const char *at, *first; /* the element that is written, and the first one; equal if there is only this one */
  size_t step;            /* from an element to the next; 0 if the field is not repeated */
  bool in_place;          /* elements are map entries themselves, else pointers */
  uint8_t *end;           /* behind the last byte of what is being written */
} encode_frame;

typedef struct encoder {
  uint8_t *begin; /* of the buffer */
  weir_arena *arena;
  uint32_t flags;
  bool full; /* the buffer was too small: everything else is as usual */
  weir_code code;
  const char *why;
  const weir_pb_type *type; /* what `why` is about, with the number of the field */
  uint32_t number;
  encode_frame frames[WEIR_PB_MAX_DEPTH + 1]; /* the first is none: the message itself goes back to nothing */
} encoder;

/* Writes *msg, NULL is the empty message, so that it ends before p; its first byte, or NULL: e->full, or e->why. `base` is
 * the frame of the level above. */
uint8_t *encode_run(encoder *e, encode_frame *base, uint8_t *p, const weir_pb_type *type, const char *msg);

/* Notes why encoding ends; NULL, so that callers may return it. */
uint8_t *encode_fail(encoder *e, weir_code code, const char *why, const weir_pb_type *t, uint32_t number);
uint8_t *encode_full(encoder *e);

WEIR_INLINE bool encode_room(const encoder *e, const uint8_t *p, size_t n) {
  return (size_t)(p - e->begin) >= n;
}

/* ---- what the loop seldom meets */

/* Unknown fields, and extensions in front of them. */
uint8_t *encode_extra(encoder *e, encode_frame *top, uint8_t *p, const weir_pb_type *t,
                      const struct weir_pb_extra *x);

#endif
