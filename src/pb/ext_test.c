/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* ext_test.c - extensions: set and read through generated code, and as they come out of unknown fields. */
#include "testdata/ext2.weir.h"
#include "testdata/pb_test.h"

#include <weir/pool.h>

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

static weir_str encode(const weir_pb_type *t, const void *m) {
  weir_str wire;
  assert_int_equal(weir_pb_encode(t, m, arena, &wire), WEIR_OK);
  assert_int_equal(weir_pb_size(t, m), wire.len);
  return wire;
}

/* A Base with an extension of every kind. */
static ext2_Base *full_base(void) {
  ext2_Base *m = ext2_Base_new(arena);
  ext2_Base_set_id(m, 1);
  ext2_level_set_value(ext2_level_in(m, arena), 9);
  for (int i = 0; i < 3; i++) assert_true(ext2_steps_add_value(ext2_steps_in(m, arena), arena, -i));
  assert_true(ext2_tags_add_value(ext2_tags_in(m, arena), arena, WEIR_STR("x")));
  ext2_Item_set_weight(ext2_item_mut_value(ext2_item_in(m, arena), arena), 5);
  ext2_Item_set_weight(ext2_items_add_value(ext2_items_in(m, arena), arena), 6);
  ext2_mood_set_value(ext2_mood_in(m, arena), ext2_Mood_WILD);
  ext2_raw_set_value(ext2_raw_in(m, arena), WEIR_STR("\0"));
  ext2_Extra_set_x(ext2_extra_mut_value(ext2_extra_in(m, arena), arena), 0.5);
  ext2_Base_set_id(ext2_Base_inner_mut_value(ext2_Base_inner_in(m, arena), arena), 2);
  return m;
}

static void test_extensions_go_both_ways(void **state) {
  (void)state;
  ext2_Base *m = full_base(), *back = NULL;
  weir_str wire = encode(&ext2_Base_type, m);
  assert_int_equal(ext2_Base_decode(wire, arena, &back), WEIR_OK);
  assert_null(weir_pb_ext_get(back, &ext2_level_ext)); /* still unknown fields */
  assert_int_equal(ext2_level_get_value(ext2_level_of(back, arena)), 9);
  assert_non_null(weir_pb_ext_get(back, &ext2_level_ext));
  assert_int_equal(ext2_steps_of(back, arena)->value.len, 3);
  assert_int_equal(ext2_steps_of(back, arena)->value.data[2], -2);
  assert_str(ext2_tags_of(back, arena)->value.data[0], "x");
  assert_int_equal(ext2_item_of(back, arena)->value->weight, 5);
  assert_int_equal(ext2_items_of(back, arena)->value.data[0]->weight, 6);
  assert_int_equal(ext2_mood_of(back, arena)->value, ext2_Mood_WILD);
  assert_null(ext2_moods_of(back, arena));
  assert_true(ext2_extra_of(back, arena)->value->x == 0.5);
  assert_int_equal(ext2_Base_inner_of(back, arena)->value->id, 2);
  assert_str(ext2_raw_of(back, arena)->value, "\0");
  assert_int_equal(weir_pb_unknown(back).len, 0);
  assert_true(weir_pb_equal(&ext2_Base_type, m, back));
  weir_str again = encode(&ext2_Base_type, back);
  assert_int_equal(again.len, wire.len);
  assert_memory_equal(again.data, wire.data, wire.len);
}

static void test_defaults_and_absence(void **state) {
  (void)state;
  ext2_Base *m = ext2_Base_new(arena);
  assert_null(ext2_level_of(m, arena));
  ext2_level *level = ext2_level_in(m, arena);
  assert_int_equal(ext2_level_get_value(level), 7);
  assert_int_equal(encode(&ext2_Base_type, m).len, 0); /* a struct without a value is no extension yet */
  assert_true(weir_pb_equal(&ext2_Base_type, m, ext2_Base_new(arena)));
  ext2_level_set_value(level, 0);
  assert_int_equal(encode(&ext2_Base_type, m).len, 3);
  weir_pb_ext_clear(m, &ext2_level_ext);
  assert_null(ext2_level_of(m, arena));
  assert_int_equal(encode(&ext2_Base_type, m).len, 0);
}

static void test_unknown_ones_are_cleared_and_kept(void **state) {
  (void)state;
  ext2_Base *m = NULL;
  weir_str wire = encode(&ext2_Base_type, full_base());
  assert_int_equal(ext2_Base_decode(wire, arena, &m), WEIR_OK);
  weir_pb_ext_clear(m, &ext2_items_ext);
  weir_pb_ext_clear(m, &ext2_level_ext);
  assert_null(ext2_items_of(m, arena));
  assert_null(ext2_level_of(m, arena));
  assert_int_equal(ext2_item_of(m, arena)->value->weight, 5);
  weir_pb_ext_clear(m, &ext2_item_ext);
  assert_null(ext2_item_of(m, arena));
}

/* 820 is field 102 with a length, which says five bytes where one is. */
static void test_malformed_ones_stay_unknown(void **state) {
  (void)state;
  ext2_Base *m = ext2_Base_new(arena);
  static const char bad[] = "\xba\x06\x02\x08"
                            "\x80"; /* 103: an Item whose number does not end */
  assert_int_equal(weir_pb_add_unknown(m, LIT(bad), arena), WEIR_OK);
  assert_null(ext2_item_of(m, arena));
  assert_int_equal(weir_pb_unknown(m).len, sizeof bad - 1);
}

static void test_merge_copies_extensions(void **state) {
  (void)state;
  ext2_Base *m = full_base(), *copy = weir_pb_copy(&ext2_Base_type, m, arena);
  assert_true(weir_pb_equal(&ext2_Base_type, m, copy));
  assert_ptr_not_equal(ext2_item_of(m, arena)->value, ext2_item_of(copy, arena)->value);
  assert_int_equal(weir_pb_merge(&ext2_Base_type, copy, m, arena), WEIR_OK);
  assert_int_equal(ext2_steps_of(copy, arena)->value.len, 6);
  assert_false(weir_pb_equal(&ext2_Base_type, m, copy));
  assert_false(weir_pb_equal(&ext2_Base_type, copy, m));
}

static void test_required_within_an_extension(void **state) {
  (void)state;
  ext2_Base *m = ext2_Base_new(arena);
  weir_str wire;
  weir_error e;
  ext2_item_mut_value(ext2_item_in(m, arena), arena);
  assert_int_equal(weir_pb_encode_err(&ext2_Base_type, m, arena, 0, &wire, &e), WEIR_INVALID_ARGUMENT);
  assert_string_equal(e.msg, "ext2.Item.weight: required field is missing");
}

/* Items in either order of id and message, one that nobody knows. */
static void test_message_sets(void **state) {
  (void)state;
  static const char wire[] = "\x0b\x10\xe8\x07\x1a\x02\x10\x05\x0c"      /* 1000: Item {weight: 5} */
                             "\x0b\x1a\x00\x10\xe9\x07\x0c"              /* 1001: Other {} */
                             "\x0b\x10\xea\x07\x1a\x03\x61\x62\x63\x0c"; /* 1002 */
  ext2_Set *m = NULL;
  assert_int_equal(ext2_Set_decode(LIT(wire), arena, &m), WEIR_OK);
  assert_int_equal(ext2_Item_item_of(m, arena)->value->weight, 5);
  assert_non_null(ext2_Other_other_of(m, arena)->value);
  static const char want[] = "\x0b\x10\xe8\x07\x1a\x02\x10\x05\x0c"
                             "\x0b\x10\xe9\x07\x1a\x00\x0c"
                             "\x0b\x10\xea\x07\x1a\x03\x61\x62\x63\x0c";
  weir_str out = encode(&ext2_Set_type, m);
  assert_int_equal(out.len, sizeof want - 1);
  assert_memory_equal(out.data, want, out.len);
}

static void test_with_a_pool(void **state) {
  (void)state;
  weir_error e;
  weir_pb_pool *pool = weir_pb_pool_new(arena);
  assert_int_equal(weir_pb_pool_add(pool, &ext2_file, NULL), WEIR_OK);
  weir_pb_decode_opts opts = {.size = sizeof opts, .pool = pool};
  ext2_Base *m = full_base();
  weir_str wire = encode(&ext2_Base_type, m);
  for (size_t i = 0; i <= wire.len; i++) { /* cut anywhere it is an error, or whole to here */
    ext2_Base cut = {0}, plain = {0};
    char *copy = malloc(i + 1);
    memcpy(copy, wire.data, i);
    weir_code code = weir_pb_decode_with(&ext2_Base_type, &cut, (weir_str){copy, i}, arena, &opts, &e);
    if (weir_pb_decode(&ext2_Base_type, &plain, (weir_str){copy, i}, arena, 0))
      assert_int_not_equal(code, WEIR_OK);
    free(copy);
    if (i < wire.len) continue;
    assert_int_equal(code, WEIR_OK);
    assert_int_equal(weir_pb_unknown(&cut).len, 0);
    assert_true(weir_pb_equal(&ext2_Base_type, m, &cut));
  }
  static const char bad[] = "\xba\x06\x02\x08"
                            "\x80"; /* 103: an Item whose number does not end */
  assert_int_equal(weir_pb_decode_with(&ext2_Base_type, ext2_Base_new(arena), LIT(bad), arena, &opts, &e),
                   WEIR_INVALID_ARGUMENT);
  static const char incomplete[] = "\xba\x06\x00";
  assert_int_equal(
      weir_pb_decode_with(&ext2_Base_type, ext2_Base_new(arena), LIT(incomplete), arena, &opts, &e),
      WEIR_INVALID_ARGUMENT);
  assert_string_equal(e.msg, "ext2.Item.weight: required field is missing");
}

static void test_sets_with_a_pool(void **state) {
  (void)state;
  weir_error e;
  weir_pb_pool *pool = weir_pb_pool_new(arena);
  assert_int_equal(weir_pb_pool_add(pool, &ext2_file, NULL), WEIR_OK);
  weir_pb_decode_opts opts = {.size = sizeof opts, .pool = pool};
  /* Sets within sets, 49 of them: each is two levels. */
  ext2_Set *top = weir_alloc(arena, sizeof *top), *at = top;
  for (int i = 0; i < 49; i++) {
    ext2_Other *other = ext2_Other_other_mut_value(ext2_Other_other_in(at, arena), arena);
    at = ext2_Other_mut_nested(other, arena);
  }
  ext2_Item_set_weight(ext2_Item_item_mut_value(ext2_Item_item_in(at, arena), arena), 5);
  weir_str wire = encode(&ext2_Set_type, top);
  ext2_Set back = {0};
  assert_int_equal(weir_pb_decode_with(&ext2_Set_type, &back, wire, arena, &opts, &e), WEIR_OK);
  assert_true(weir_pb_equal(&ext2_Set_type, top, &back));
  opts.max_depth = 98;
  assert_int_equal(weir_pb_decode_with(&ext2_Set_type, &back, wire, arena, &opts, &e),
                   WEIR_RESOURCE_EXHAUSTED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_extensions_go_both_ways),
      cmocka_unit_test(test_defaults_and_absence),
      cmocka_unit_test(test_unknown_ones_are_cleared_and_kept),
      cmocka_unit_test(test_malformed_ones_stay_unknown),
      cmocka_unit_test(test_merge_copies_extensions),
      cmocka_unit_test(test_required_within_an_extension),
      cmocka_unit_test(test_message_sets),
      cmocka_unit_test(test_with_a_pool),
      cmocka_unit_test(test_sets_with_a_pool),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
