/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* golden_test.c - generated code at work: accessors, defaults and the tables under the codec. */
#include "editions.weir.h"
#include "names.weir.h"
#include "proto2.weir.h"
#include "proto3.weir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static weir_arena *arena;

static int setup(void **state) {
  (void)state;
  arena = weir_arena_new(NULL, 0);
  return arena ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  weir_arena_free(arena);
  return 0;
}

static void test_proto2_defaults(void **state) {
  (void)state;
  const test_two_Kinds m = {0};
  assert_true(test_two_Kinds_get_i64(&m) == INT64_MIN);
  assert_true(test_two_Kinds_get_u32(&m) == UINT32_MAX);
  assert_true(test_two_Kinds_get_u64(&m) == UINT64_MAX);
  assert_int_equal(test_two_Kinds_get_s32(&m), INT32_MIN);
  assert_int_equal(test_two_Kinds_get_s64(&m), 01777);
  assert_true(test_two_Kinds_get_fl(&m) == 0.1f);
  assert_true(test_two_Kinds_get_db(&m) == 1e300);
  assert_true(test_two_Kinds_get_bo(&m));
  assert_true(weir_str_eq(test_two_Kinds_get_str(&m), WEIR_STR("a\"b\\c\n\x01\303\251?")));
  assert_true(weir_str_eq(test_two_Kinds_get_byt(&m), WEIR_STR("\0\377'\"abc?")));
  assert_int_equal(test_two_Kinds_get_color(&m), test_two_Kinds_Color_BLUE);
  assert_true(test_two_Kinds_get_inf(&m) == INFINITY);
  assert_true(test_two_Kinds_get_ninf(&m) == -(double)INFINITY);
  assert_true(isnan(test_two_Kinds_get_nan(&m)));
  assert_true(test_two_Kinds_get_big(&m) == 3.4028235e38f);
  assert_true(test_two_Kinds_get_third(&m) == 0.33333333333333331);
  assert_true(signbit(test_two_Kinds_get_whole(&m)));
  assert_int_equal(test_two_Kinds_get_tint(&m), test_two_Kinds_Color_GREEN);
}

static void test_proto2_round_trip(void **state) {
  (void)state;
  test_two_Kinds m = {0}, *back = NULL;
  weir_str wire;
  assert_int_equal(test_two_Kinds_encode(&m, arena, &wire), WEIR_INVALID_ARGUMENT); /* i32 is required */
  test_two_Kinds_set_i32(&m, -1);
  test_two_Kinds_mut_grp(&m, arena)->has_a = true;
  assert_non_null(test_two_Kinds_Grp_add_deep(m.grp, arena));
  assert_true(test_two_Kinds_add_packed(&m, arena, 300));
  assert_non_null(test_two_Kinds_mut_right(&m, arena));
  assert_int_equal(m.choice_case, test_two_Kinds_choice_right);
  test_other_Other *other = test_other_Other_new(arena);
  test_other_Other_set_name(other, WEIR_STR("x"));
  assert_true(test_two_Kinds_put_by_name(&m, arena, WEIR_STR("key"), other));
  assert_int_equal(test_two_Kinds_encode(&m, arena, &wire), WEIR_OK);
  assert_int_equal(test_two_Kinds_decode(wire, arena, &back), WEIR_OK);
  assert_true(back->has_i32 && back->i32 == -1 && !back->has_i64);
  assert_true(back->grp && back->grp->has_a && back->grp->deep.len == 1);
  assert_true(back->packed.len == 1 && back->packed.data[0] == 300);
  assert_true(back->choice_case == test_two_Kinds_choice_right && back->choice.right);
  assert_true(weir_str_eq(test_two_Kinds_find_by_name(back, WEIR_STR("key"))->value->name, WEIR_STR("x")));
}

static void test_proto3_round_trip(void **state) {
  (void)state;
  test_three_Kinds m = {.str = WEIR_STR("text"), .i64 = -5, .mood = test_three_Kinds_Mood_LOW}, *back = NULL;
  weir_str wire;
  test_three_Kinds_set_opt_db(&m, 0);
  test_three_Kinds_set_word(&m, WEIR_STR("w"));
  google_protobuf_Timestamp *when = test_three_Kinds_mut_when(&m, arena);
  when->seconds = 1234567890;
  assert_true(test_three_Kinds_add_moods(&m, arena, test_three_Kinds_Mood_SAD));
  assert_non_null(test_three_Kinds_add_details(&m, arena));
  assert_true(test_three_Kinds_put_flags(&m, arena, true, WEIR_STR("\0")));
  assert_int_equal(test_three_Kinds_encode(&m, arena, &wire), WEIR_OK);
  assert_int_equal(test_three_Kinds_decode(wire, arena, &back), WEIR_OK);
  assert_true(weir_str_eq(back->str, WEIR_STR("text")) && back->i64 == -5 && back->mood == INT32_MIN);
  assert_true(back->has_opt_db && back->opt_db == 0 && !back->has_opt_bo);
  assert_true(weir_str_eq(test_three_Kinds_get_word(back), WEIR_STR("w")));
  assert_int_equal(test_three_Kinds_get_number(back), 0);
  assert_true(back->when->seconds == 1234567890 && back->second_case == 0);
  assert_true(back->moods.len == 1 && back->details.len == 1 && back->flags.len == 1);
  m.str = WEIR_STR("\xff");
  assert_int_equal(test_three_Kinds_encode(&m, arena, &wire), WEIR_INVALID_ARGUMENT); /* not UTF-8 */
}

static void test_names(void **state) {
  (void)state;
  class_int_new m = {.int_ = 1, .has_age_ = true, .NULL_ = true, .errno_ = true, .true_ = true, .INFINITY_ = 1};
  class_int_new_set_age(&m, 2);
  class_int_new_set_class_(&m, WEIR_STR("c"));
  class_int_new_set_struct_(&m, 3);
  assert_int_equal(m.union__case, class_int_new_union__struct_);
  assert_int_equal(m.union_case, 0);
  assert_true(m.has_age && m.has_class_ && m.union_.struct_ == 3);
  assert_int_equal(class_int_default_EOF, 1);
}

static void test_tables(void **state) {
  (void)state;
  const weir_pb_type *t = &test_two_Kinds_type;
  assert_string_equal(t->full_name, "test.two.Kinds");
  assert_string_equal(t->names, "i32");
  assert_true(t->flags & WEIR_PB_HAS_REQUIRED);
  assert_int_equal(t->dense_below, 17);
  for (uint32_t i = 1; i < t->n_fields; i++) assert_true(t->fields[i].number > t->fields[i - 1].number);
  const weir_pb_enum *e = &test_two_Kinds_Color_enum;
  const char *name = e->names;
  static const char *const names[] = {"BLUE", "GREEN", "RED", "CRIMSON"};
  for (uint32_t i = 0; i < e->n_values; i++, name += strlen(name) + 1) assert_string_equal(name, names[i]);
}

/* What the features of an edition say is what stands on the wire. */
static void test_editions(void **state) {
  (void)state;
  demo_editions_Fields m = {0}, *back = NULL;
  weir_str wire;
  assert_int_equal(demo_editions_Fields_encode(&m, arena, &wire), WEIR_INVALID_ARGUMENT); /* LEGACY_REQUIRED */
  demo_editions_Fields_set_required(&m, 0);
  assert_true(demo_editions_Fields_add_expanded(&m, arena, 1) && demo_editions_Fields_add_packed(&m, arena, 2));
  demo_editions_Fields_mut_delimited(&m, arena)->number = 5;
  m.delimited->has_number = true;
  demo_editions_Fields_set_closed(&m, demo_editions_Closed_CLOSED_SIX);
  assert_int_equal(demo_editions_Fields_encode(&m, arena, &wire), WEIR_OK);
  static const char want[] = "\x18\x00"         /* required = 0: present */
                             "\x38\x01"         /* expanded */
                             "\x42\x01\x02"     /* packed */
                             "\x53\x08\x05\x54" /* delimited */
                             "\x78\x06";        /* closed */
  assert_int_equal(wire.len, sizeof want - 1);
  assert_memory_equal(wire.data, want, wire.len);
  assert_int_equal(demo_editions_Fields_decode(wire, arena, &back), WEIR_OK);
  assert_true(back->delimited && back->delimited->number == 5 && !back->has_explicit_);
  /* 7 is no value of the closed enum, and stays unknown; of an open one it is kept. */
  assert_int_equal(demo_editions_Fields_decode(WEIR_STR("\x18\x00\x78\x07\x70\x07"), arena, &back), WEIR_OK);
  assert_true(!back->has_closed && back->has_open && back->open == 7);
  /* Of the strings, one is checked. */
  assert_int_equal(demo_editions_Fields_decode(WEIR_STR("\x18\x00\x2a\x01\xff"), arena, &back), WEIR_OK);
  assert_int_not_equal(demo_editions_Fields_decode(WEIR_STR("\x18\x00\x32\x01\xff"), arena, &back), WEIR_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_editions, setup, teardown),
      cmocka_unit_test_setup_teardown(test_proto2_defaults, setup, teardown),
      cmocka_unit_test_setup_teardown(test_proto2_round_trip, setup, teardown),
      cmocka_unit_test_setup_teardown(test_proto3_round_trip, setup, teardown),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_tables),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
