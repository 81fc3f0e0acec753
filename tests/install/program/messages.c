/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* messages.c - a program that uses messages only: it needs libweirpb and nothing else. */

#include <stdio.h>

#include "note.weir.h"

int main(void) {
  int32_t numbers[] = {1, -1};
  notes_Note inner = {.text = WEIR_STR("inner")};
  google_protobuf_Timestamp at = {.seconds = 1};
  notes_Note note = {
      .text = WEIR_STR("outer"), .at = &at, .numbers = {.data = numbers, .len = 2}, .quoted = &inner};
  weir_arena *arena = weir_arena_new(NULL, 0);
  notes_Note *back;
  weir_str wire;
  if (!arena || !notes_Note_add_numbers(&note, arena, 300) || notes_Note_encode(&note, arena, &wire) ||
      notes_Note_decode(wire, arena, &back)) {
    return 1;
  }
  printf("%zu bytes: " WEIR_FMT ", %u numbers, the last %d, quotes " WEIR_FMT "\n", wire.len,
         WEIR_ARG(back->text), back->numbers.len, back->numbers.data[2], WEIR_ARG(back->quoted->text));
  weir_arena_free(arena);
  return 0;
}
