/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pb_test.h - what the tests of this folder share: golden messages with their types, decoding and encoding. */
#ifndef WEIR_PB_TEST_H
#define WEIR_PB_TEST_H

#include "base/arena.h"
#include "base/test.h"

#include "demo.weir.h"
#include "golden.h"
#include "kinds2.weir.h"
#include "kinds3.weir.h"

typedef struct golden {
  const char *name;
  const weir_pb_type *type;
  const unsigned char *data;
  size_t len;
} golden;

#define GOLDEN(name, type) \
  { #name, &type, name, sizeof name }
static const golden goldens[] = {
    GOLDEN(kinds2_singular, kinds2_All_type),   GOLDEN(kinds2_zero, kinds2_All_type),
    GOLDEN(kinds2_repeated, kinds2_All_type),   GOLDEN(kinds2_oneof_group, kinds2_All_type),
    GOLDEN(kinds2_oneof_enum, kinds2_All_type), GOLDEN(kinds2_maps, kinds2_All_type),
    GOLDEN(kinds3_singular, kinds3_All_type),   GOLDEN(kinds3_repeated, kinds3_All_type),
    GOLDEN(kinds3_maps, kinds3_All_type),       GOLDEN(kinds3_oneof, kinds3_All_type),
    GOLDEN(demo_note, demo_Note_type),
};
#define N_GOLDENS (sizeof goldens / sizeof *goldens)

#define BYTES(arr) ((weir_str){(const char *)(arr), sizeof(arr)})
#define LIT(s)     ((weir_str){(s), sizeof(s) - 1})

#define assert_str(s, lit)                                 \
  do {                                                     \
    assert_int_equal((s).len, sizeof(lit) - 1);            \
    assert_memory_equal((s).data, (lit), sizeof(lit) - 1); \
  } while (0)

#endif
