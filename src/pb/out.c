/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/out.h"

#define FIRST_SIZE 256u

void pb_out_init(pb_out *o, weir_arena *a) {
  *o = (pb_out){.arena = a};
  pb_out_grow(o, FIRST_SIZE);
}

WEIR_NOINLINE bool pb_out_grow(pb_out *o, size_t n) {
  size_t len = (size_t)(o->p - o->begin), size = (size_t)(o->end - o->begin);
  if (o->failed) return false;
  size_t want = size + (size > n ? size : n);
  char *moved = want <= WEIR_PB_MAX_SIZE ? (char *)weir_arena_grow(o->arena, o->begin, size, want) : NULL;
  if (!moved) {
    o->failed = true;
    o->end = o->p;
    return false;
  }
  o->begin = moved;
  o->p = moved + len;
  o->end = moved + want;
  return true;
}

void pb_out_fill(pb_out *o, char c, size_t n) {
  if (!n || !pb_out_room(o, n)) return;
  memset(o->p, c, n);
  o->p += n;
}

void pb_out_utf8(pb_out *o, uint32_t c) {
  if (!pb_out_room(o, 4)) return;
  if (c < 0x80) {
    *o->p++ = (char)c;
    return;
  }
  int n = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3; /* bytes behind the first */
  *o->p++ = (char)((0xff00 >> (n + 1) & 0xff) | c >> 6 * n);
  while (n-- > 0) *o->p++ = (char)(0x80 | (c >> 6 * n & 0x3f));
}

bool pb_out_finish(pb_out *o, weir_str *text) {
  pb_out_char(o, 0);
  if (o->failed) return false;
  *text = (weir_str){o->begin, (size_t)(o->p - o->begin) - 1};
  weir_arena_trim(o->arena, o->begin, (size_t)(o->end - o->begin), text->len + 1);
  return true;
}
