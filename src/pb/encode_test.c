/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
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

static weir_str encode_ok(const weir_pb_type *t, const void *m) {
  weir_str out = {0};
  weir_error e = {0};
  if (weir_pb_encode_err(t, m, arena, 0, &out, &e)) fail_msg("%s", e.msg);
  assert_int_equal(weir_pb_size(t, m), out.len);
  return out;
}

static void encode_fails(const weir_pb_type *t, const void *m, weir_code want, const char *text) {
  weir_str out = {"kept", 4};
  weir_error e = {0};
  assert_int_equal(weir_pb_encode_err(t, m, arena, 0, &out, &e), want);
  assert_string_equal(e.msg, text);
  assert_str(out, "kept");
}

static void test_empty_messages(void **state) {
  (void)state;
  demo_Note note = {0};
  kinds2_All all = {0};
  kinds2_Empty empty = {{0}};
  assert_int_equal(encode_ok(&demo_Note_type, &note).len, 0);
  assert_int_equal(encode_ok(&kinds2_All_type, &all).len, 0);
  assert_int_equal(encode_ok(&kinds2_Empty_type, &empty).len, 0);
  /* also where the arena has nothing left */
  for (int i = 0; i < 100; i++) {
    weir_str out;
    assert_int_equal(weir_pb_encode(&demo_Note_type, &note, arena, &out), WEIR_OK);
    assert_non_null(weir_alloc(arena, 16));
  }
}

static void test_static_and_stack_memory(void **state) {
  (void)state;
  static weir_str tags[] = {{"a", 1}, {"b", 1}};
  static demo_Note reply = {.text = {"r", 1}};
  static demo_Note *replies[] = {&reply, &reply};
  static demo_Note_votes_entry votes[] = {{{"k", 1}, 3}};
  static const demo_Note note = {
      .text = {"t", 1},
      .tags = {tags, 2, 0},
      .replies = {replies, 2, 0},
      .votes = {votes, 1, 0, NULL},
      .has_age = true,
      .to_case = demo_Note_to_room,
      .to = {.room = 5},
  };
  assert_str(encode_ok(&demo_Note_type, &note),
             "\x0a\x01t\x10\x00\x1a\x01"
             "a\x1a\x01"
             "b\x28\x05\x32\x05\x0a\x01k\x10\x03\x4a\x03\x0a\x01r\x4a\x03\x0a\x01r");
}

static void test_negative_zero_is_written(void **state) {
  (void)state;
  kinds3_All m = {.f_double = -0.0, .f_float = -0.0f};
  assert_str(encode_ok(&kinds3_All_type, &m), "\x09\0\0\0\0\0\0\0\x80\x15\0\0\0\x80");
}

static void test_oneof_zero_is_written(void **state) {
  (void)state;
  kinds3_All m = {.pick_case = kinds3_All_pick_o_string};
  assert_str(encode_ok(&kinds3_All_type, &m), "\x92\x05\x00");
  m.pick_case = kinds3_All_pick_o_message; /* NULL: the empty message */
  assert_str(encode_ok(&kinds3_All_type, &m), "\x9a\x05\x00");
  m.pick_case = kinds3_All_pick_NONE;
  assert_int_equal(encode_ok(&kinds3_All_type, &m).len, 0);
}

static void test_buffers_of_every_size(void **state) {
  (void)state;
  /* The rest of the block is tried first: whatever its size, the bytes are the same, and nothing around is hurt. */
  demo_Note m = {.text = {"0123456789012345678901234567890123456789", 40}};
  kinds3_All *all = NULL;
  assert_int_equal(weir_pb_parse(&kinds3_All_type, BYTES(kinds3_repeated), arena, (void **)&all), WEIR_OK);
  static char block[2048];
  for (size_t size = 256; size < sizeof block; size += 16) {
    weir_arena *a = weir_arena_new(block, size);
    char *mark = weir_alloc(a, 32);
    memset(mark, 0x5a, 32);
    weir_str one, two, three;
    assert_int_equal(weir_pb_encode(&demo_Note_type, &m, a, &one), WEIR_OK);
    assert_int_equal(weir_pb_encode(&kinds3_All_type, all, a, &two), WEIR_OK);
    char *after = weir_alloc(a, 64);
    memset(after, 0xa5, 64);
    assert_int_equal(weir_pb_encode(&demo_Note_type, &m, a, &three), WEIR_OK);
    assert_int_equal(one.len, 42);
    assert_memory_equal(one.data + 2, m.text.data, 40);
    assert_int_equal(two.len, sizeof kinds3_repeated);
    assert_memory_equal(two.data, kinds3_repeated, two.len);
    assert_memory_equal(one.data, three.data, 42);
    for (int i = 0; i < 32; i++) assert_int_equal(mark[i], 0x5a);
    for (int i = 0; i < 64; i++) assert_int_equal((unsigned char)after[i], 0xa5);
    weir_arena_free(a);
  }
}

static void test_large_message(void **state) {
  (void)state;
  enum { N = 300000 };
  demo_Note *m = demo_Note_new(arena), *back = NULL;
  for (int i = 0; i < N; i++) assert_true(demo_Note_add_colors(m, arena, i));
  char *text = malloc(N);
  memset(text, 'x', N);
  m->text = (weir_str){text, N};
  weir_str out = encode_ok(&demo_Note_type, m);
  free(text);
  assert_int_equal(demo_Note_decode(out, arena, &back), WEIR_OK);
  assert_int_equal(back->text.len, N);
  assert_int_equal(back->colors.len, N);
  for (int i = 0; i < N; i++) assert_int_equal(back->colors.data[i], i);
}

static void test_deterministic_maps(void **state) {
  (void)state;
  demo_Note m = {0};
  weir_str one, two;
  static const char *const keys[] = {"b", "", "ab", "a", "abc", "c", "B"};
  for (int i = 0; i < 7; i++) assert_true(demo_Note_put_votes(&m, arena, weir_str_of(keys[i]), i));
  assert_int_equal(weir_pb_encode_err(&demo_Note_type, &m, arena, WEIR_PB_DETERMINISTIC, &one, NULL), WEIR_OK);
  assert_str(one, "\x32\x04\x0a\x00\x10\x01\x32\x05\x0a\x01"
                  "B\x10\x06\x32\x05\x0a\x01"
                  "a\x10\x03\x32\x06\x0a\x02"
                  "ab\x10\x02\x32\x07\x0a\x03"
                  "abc\x10\x04\x32\x05\x0a\x01"
                  "b\x10\x00\x32\x05\x0a\x01"
                  "c\x10\x05");
  assert_int_equal(weir_pb_encode(&demo_Note_type, &m, arena, &two), WEIR_OK); /* without: as they came */
  assert_int_equal(one.len, two.len);
  assert_memory_equal(two.data,
                      "\x32\x05\x0a\x01"
                      "b\x10\x00\x32\x04\x0a\x00\x10\x01",
                      13);
  kinds3_All all = {0};
  for (int i = -3; i < 3; i++) {
    kinds3_All_m_int32_entry *e = weir_pb_map_put(&all.m_int32, &kinds3_All_m_int32_entry_type, &i, arena);
    e->value = i;
    uint64_t u = (uint64_t)i;
    assert_non_null(weir_pb_map_put(&all.m_uint64, &kinds3_All_m_uint64_entry_type, &u, arena));
  }
  assert_int_equal(weir_pb_encode_err(&kinds3_All_type, &all, arena, WEIR_PB_DETERMINISTIC, &one, NULL),
                   WEIR_OK);
  kinds3_All *back;
  assert_int_equal(weir_pb_parse(&kinds3_All_type, one, arena, (void **)&back), WEIR_OK);
  for (int i = 0; i < 6; i++) assert_int_equal(back->m_int32.data[i].key, i - 3);
  assert_true(back->m_uint64.data[0].key == 0 && back->m_uint64.data[5].key == UINT64_MAX);
}

static void test_errors(void **state) {
  (void)state;
  kinds2_Strict strict = {0};
  encode_fails(&kinds2_Strict_type, &strict, WEIR_INVALID_ARGUMENT,
               "kinds2.Strict.id: required field is missing");
  strict.has_id = strict.has_name = true;
  encode_fails(&kinds2_Strict_type, &strict, WEIR_INVALID_ARGUMENT,
               "kinds2.Strict.inner: required field is missing");
  weir_str out;
  assert_int_equal(weir_pb_encode_err(&kinds2_Strict_type, &strict, arena, WEIR_PB_PARTIAL, &out, NULL),
                   WEIR_OK);
  assert_str(out, "\x08\x00\x12\x00");

  /* the value of a map entry that is NULL is the empty message, which is not complete */
  kinds2_All_m_strict_entry entry = {.key = 1};
  kinds2_All all = {.m_strict = {&entry, 1, 0, NULL}};
  encode_fails(&kinds2_All_type, &all, WEIR_INVALID_ARGUMENT, "kinds2.Strict: required fields are missing");
  assert_int_equal(weir_pb_encode_err(&kinds2_All_type, &all, arena, WEIR_PB_PARTIAL, &out, NULL), WEIR_OK);
  assert_str(out, "\xd2\x0c\x04\x08\x01\x12\x00");

  demo_Note *holes[] = {NULL}, note = {.replies = {holes, 1, 0}};
  encode_fails(&demo_Note_type, &note, WEIR_INVALID_ARGUMENT,
               "demo.Note.replies: repeated field holds a NULL message");
  note = (demo_Note){.text = {"\xff", 1}};
  encode_fails(&demo_Note_type, &note, WEIR_INVALID_ARGUMENT, "demo.Note.text: invalid UTF-8");
  note = (demo_Note){.quoted = &note}; /* a cycle */
  encode_fails(&demo_Note_type, &note, WEIR_RESOURCE_EXHAUSTED, "demo.Note.quoted: nested too deep");
  assert_int_equal(weir_pb_size(&demo_Note_type, &note), 0);
  note = (demo_Note){.text = {"x", (size_t)WEIR_PB_MAX_SIZE + 1}};
  encode_fails(&demo_Note_type, &note, WEIR_RESOURCE_EXHAUSTED,
               "demo.Note: nested too deep, or longer than 2 GiB");
}

static void test_generated_helpers(void **state) {
  (void)state;
  demo_Note *m = demo_Note_new(arena), *back = NULL;
  assert_int_equal(demo_Note_get_age(m), 0);
  demo_Note_set_age(m, 7);
  assert_true(m->has_age && demo_Note_get_age(m) == 7);
  assert_true(demo_Note_add_tags(m, arena, WEIR_STR("t")));
  assert_int_equal(demo_Note_get_user(m).len, 0);
  demo_Note_set_user(m, WEIR_STR("u"));
  assert_str(demo_Note_get_user(m), "u");
  demo_Note_set_room(m, 9);
  assert_int_equal(demo_Note_get_user(m).len, 0);
  assert_int_equal(demo_Note_get_room(m), 9);
  demo_Note_mut_place(m, arena)->lat = 1;
  assert_ptr_equal(demo_Note_mut_place(m, arena), demo_Note_get_place(m));
  demo_Note_mut_quoted(m, arena)->text = WEIR_STR("q");
  demo_Note_mut_quoted(m, arena)->age = 3;
  assert_str(m->quoted->text, "q");
  demo_Note_add_replies(m, arena)->text = WEIR_STR("r");
  assert_true(demo_Note_put_votes(m, arena, WEIR_STR("v"), 1) &&
              demo_Note_put_votes(m, arena, WEIR_STR("v"), 2));
  assert_true(demo_Note_put_seen(m, arena, 4, demo_Note_Place_new(arena)));
  weir_str wire;
  assert_int_equal(demo_Note_encode(m, arena, &wire), WEIR_OK);
  assert_int_equal(demo_Note_decode(wire, arena, &back), WEIR_OK);
  assert_int_equal(demo_Note_find_votes(back, WEIR_STR("v"))->value, 2);
  assert_non_null(demo_Note_find_seen(back, 4)->value);
  assert_null(demo_Note_find_seen(back, 5));
  assert_true(demo_Note_remove_seen(back, 4) && !demo_Note_remove_seen(back, 4));
  assert_str(back->replies.data[0]->text, "r");
  assert_false(back->quoted->has_age);
}

static void test_defaults(void **state) {
  (void)state;
  kinds2_Defaults m = {0};
  assert_int_equal(kinds2_Defaults_get_i(&m), -7);
  assert_true(kinds2_Defaults_get_u(&m) == UINT64_MAX && kinds2_Defaults_get_d(&m) == 2.5);
  assert_str(kinds2_Defaults_get_s(&m), "a\"b\n?");
  assert_str(kinds2_Defaults_get_b(&m), "\000\377");
  assert_true(kinds2_Defaults_get_yes(&m) && kinds2_Defaults_get_size(&m) == kinds2_Size_LARGE);
  assert_true(kinds2_Defaults_get_inf(&m) < -3e38f && kinds2_Defaults_get_least(&m) == INT64_MIN);
  assert_int_equal(encode_ok(&kinds2_Defaults_type, &m).len, 0);
  kinds2_Defaults_set_i(&m, 0);
  kinds2_Defaults_set_yes(&m, false);
  kinds2_Defaults_set_s(&m, (weir_str){NULL, 0});
  assert_true(kinds2_Defaults_get_i(&m) == 0 && !kinds2_Defaults_get_yes(&m) && !kinds2_Defaults_get_s(&m).len);
  assert_str(encode_ok(&kinds2_Defaults_type, &m), "\x08\x00\x22\x00\x30\x00");
  /* the table says the same, for reflection */
  static const uint64_t bits[] = {UINT64_C(0xfffffffffffffff9),
                                  UINT64_MAX,
                                  UINT64_C(0x4004000000000000),
                                  0,
                                  0,
                                  1,
                                  1000,
                                  0xff800000,
                                  UINT64_C(1) << 63};
  assert_int_equal(kinds2_Defaults_type.n_defaults, 9);
  for (uint32_t i = 0; i < 9; i++) {
    const weir_pb_default *d = &kinds2_Defaults_type.defaults[i];
    assert_int_equal(d->number, i + 1);
    assert_true(d->bits == bits[i]);
    assert_true(d->len == (i == 3 ? 5 : i == 4 ? 2 : 0));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      T(test_empty_messages),           T(test_static_and_stack_memory),
      T(test_negative_zero_is_written), T(test_oneof_zero_is_written),
      T(test_buffers_of_every_size),    T(test_large_message),
      T(test_deterministic_maps),       T(test_errors),
      T(test_generated_helpers),        T(test_defaults),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
