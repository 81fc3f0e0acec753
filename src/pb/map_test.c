/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* map_test.c - maps, growing vectors and unknown fields: what messages are, apart from the wire. */
#include "testdata/pb_test.h"

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

static weir_str number_key(int i) { return weir_printf(arena, "key %d", i); }

static void test_put_find_many(void **state) {
  (void)state;
  enum { N = 3000 };
  demo_Note m = {0};
  for (int i = 0; i < N; i++) assert_true(demo_Note_put_votes(&m, arena, number_key(i), i));
  for (int i = 0; i < N; i += 2) assert_true(demo_Note_put_votes(&m, arena, number_key(i), -i));
  assert_int_equal(m.votes.len, N);
  for (int i = 0; i < N; i++) {
    assert_int_equal(m.votes.data[i].value, i % 2 ? i : -i); /* in the order in which they came */
    assert_ptr_equal(demo_Note_find_votes(&m, number_key(i)), &m.votes.data[i]);
  }
  assert_null(demo_Note_find_votes(&m, WEIR_STR("key")));
  assert_null(demo_Note_find_votes(&m, number_key(N)));
}

static void test_remove(void **state) {
  (void)state;
  enum { N = 50 };
  demo_Note m = {0};
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < N; i++) assert_true(demo_Note_put_votes(&m, arena, number_key(i), i));
    for (int i = 0; i < N; i += 3) assert_true(demo_Note_remove_votes(&m, number_key(i)));
    assert_false(demo_Note_remove_votes(&m, number_key(0)));
    for (int i = 0; i < N; i++) assert_true(!demo_Note_find_votes(&m, number_key(i)) == (i % 3 == 0));
    for (uint32_t i = 1; i < m.votes.len && !round; i++)
      assert_true(m.votes.data[i].value > m.votes.data[i - 1].value);
  }
}

static void test_zero_keys_and_all_kinds(void **state) {
  (void)state;
  kinds3_All m = {0};
  for (int round = 0; round < 2; round++) {
    for (int64_t i = 0; i < 20; i++) {
      int32_t k32 = (int32_t)i - 10;
      int64_t k64 = (i - 10) * 1000000007;
      bool b = i % 2;
      assert_non_null(weir_pb_map_put(&m.m_sint32, &kinds3_All_m_sint32_entry_type, &k32, arena));
      assert_non_null(weir_pb_map_put(&m.m_sfixed64, &kinds3_All_m_sfixed64_entry_type, &k64, arena));
      assert_non_null(weir_pb_map_put(&m.m_bool, &kinds3_All_m_bool_entry_type, &b, arena));
    }
  }
  assert_int_equal(m.m_sint32.len, 20);
  assert_int_equal(m.m_sfixed64.len, 20);
  assert_int_equal(m.m_bool.len, 2);
}

static void test_borrowed_entries(void **state) {
  (void)state;
  static const demo_Note_votes_entry entries[] = {{{"a", 1}, 1}, {{"b", 1}, 2}};
  demo_Note m = {.votes = {(demo_Note_votes_entry *)(uintptr_t)entries, 2, 0, NULL}};
  assert_int_equal(demo_Note_find_votes(&m, WEIR_STR("b"))->value, 2);
  assert_true(demo_Note_put_votes(&m, arena, WEIR_STR("c"), 3));
  assert_ptr_not_equal(m.votes.data, entries);
  assert_int_equal(m.votes.len, 3);
  assert_int_equal(m.votes.data[0].value, 1);
}

/* A peer that sends the same bytes to all: 60,000 keys are decoded in linear time (a walk per key would take minutes). */
static void test_decode_many_keys(void **state) {
  (void)state;
  enum { N = 60000 };
  demo_Note m = {0}, *back = NULL;
  for (int i = 0; i < N; i++) assert_true(demo_Note_put_votes(&m, arena, number_key(i), i));
  weir_str wire, twice;
  assert_int_equal(demo_Note_encode(&m, arena, &wire), WEIR_OK);
  char *p = weir_alloc(arena, 2 * wire.len);
  memcpy(p, wire.data, wire.len);
  memcpy(p + wire.len, wire.data, wire.len);
  twice = (weir_str){p, 2 * wire.len};
  assert_int_equal(demo_Note_decode(twice, arena, &back), WEIR_OK);
  assert_int_equal(back->votes.len, N);
}

static void test_grow(void **state) {
  (void)state;
  weir_pb_i32s v = {0};
  for (int i = 0; i < 1000; i++) {
    int32_t *p = weir_pb_grow(&v, sizeof *p, 1, arena);
    assert_int_equal(*p, 0);
    *p = i;
  }
  int32_t *three = weir_pb_grow(&v, sizeof *three, 3, arena);
  assert_true(!three[0] && !three[1] && !three[2]);
  assert_int_equal(v.len, 1003);
  for (int i = 0; i < 1000; i++) assert_int_equal(v.data[i], i);
  assert_null(weir_pb_grow(&v, sizeof *three, 0x7fffffff, arena));
  assert_int_equal(v.len, 1003);
}

static void test_grow_borrowed(void **state) {
  (void)state;
  static const int32_t two[] = {7, 8};
  weir_pb_i32s v = {(int32_t *)(uintptr_t)two, 2, 0};
  int32_t *p = weir_pb_grow(&v, sizeof *p, 1, arena);
  *p = 9;
  assert_int_equal(v.len, 3);
  assert_true(v.data[0] == 7 && v.data[1] == 8 && v.data[2] == 9);
}

static void test_grow_without_memory(void **state) {
  (void)state;
  test_mem f = {.fail_at = 1};
  weir_arena *a = weir_arena_new_in(test_mem_of(&f), NULL, 0);
  demo_Note m = {0};
  assert_null(weir_pb_grow(&m.tags, sizeof(weir_str), 1, a));
  assert_false(demo_Note_put_votes(&m, a, WEIR_STR("k"), 1));
  assert_null(demo_Note_add_replies(&m, a));
  assert_int_equal(weir_pb_add_unknown(&m, LIT("\x08\x01"), a), WEIR_RESOURCE_EXHAUSTED);
  assert_true(m.tags.len == 0 && m.votes.len == 0 && m.replies.len == 0);
  weir_arena_free(a);
}

static void test_unknown(void **state) {
  (void)state;
  demo_Note m = {0};
  assert_int_equal(weir_pb_unknown(&m).len, 0);
  assert_int_equal(weir_pb_add_unknown(&m, LIT("\xc0\x3e\x01"), arena), WEIR_OK);
  assert_int_equal(weir_pb_add_unknown(&m, LIT("\xdb\x3e\xdc\x3e"), arena), WEIR_OK);
  static const weir_str bad[] = {{"\xc0", 1},     {"\xc0\x3e", 2}, {"\x00\x01", 2},
                                 {"\xdb\x3e", 2}, {"\xdc\x3e", 2}, {"\x0a\x05", 2}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(weir_pb_add_unknown(&m, bad[i], arena), WEIR_INVALID_ARGUMENT);
  assert_str(weir_pb_unknown(&m), "\xc0\x3e\x01\xdb\x3e\xdc\x3e");
  weir_pb_drop_unknown(&m);
  assert_int_equal(weir_pb_unknown(&m).len, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      T(test_put_find_many),    T(test_remove), T(test_zero_keys_and_all_kinds), T(test_borrowed_entries),
      T(test_decode_many_keys), T(test_grow),   T(test_grow_borrowed),           T(test_grow_without_memory),
      T(test_unknown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
