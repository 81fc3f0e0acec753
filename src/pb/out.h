/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* out.h - text that grows in an arena. Failure latches: write straight on, ask pb_out_finish at the end. */
#ifndef WEIR_PB_OUT_H
#define WEIR_PB_OUT_H

#include "base/arena.h"
#include "pb/wire.h"

typedef struct pb_out {
  char *p, *end; /* end - p bytes are free */
  char *begin;
  weir_arena *arena;
  bool failed; /* out of memory, or longer than a text may be */
} pb_out;

void pb_out_init(pb_out *o, weir_arena *a);
/* The text, with a NUL behind it; false if anything failed. */
bool pb_out_finish(pb_out *o, weir_str *text);

bool pb_out_grow(pb_out *o, size_t n);
/* Room for n more bytes at o->p. */
WEIR_INLINE bool pb_out_room(pb_out *o, size_t n) {
  return WEIR_LIKELY((size_t)(o->end - o->p) >= n) || pb_out_grow(o, n);
}

WEIR_INLINE void pb_out_char(pb_out *o, char c) {
  if (pb_out_room(o, 1)) *o->p++ = c;
}
WEIR_INLINE void pb_out_bytes(pb_out *o, const char *data, size_t n) {
  if (!n || !pb_out_room(o, n)) return;
  memcpy(o->p, data, n);
  o->p += n;
}
WEIR_INLINE void pb_out_str(pb_out *o, weir_str s) { pb_out_bytes(o, s.data, s.len); }
#define PB_OUT_LIT(o, lit) pb_out_bytes((o), (lit), sizeof(lit) - 1)
/* A Unicode character as UTF-8. */
void pb_out_utf8(pb_out *o, uint32_t c);
/* n times the same. */
void pb_out_fill(pb_out *o, char c, size_t n);

#endif
