/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/test.h"

#include "base/arena.h"

static bool aligned(const void *p) { return ((uintptr_t)p & (WEIR_ARENA_ALIGN - 1)) == 0; }

static void test_alloc_is_zeroed_and_aligned(void **state) {
  (void)state;
  weir_arena *a = weir_arena_new(NULL, 0);
  for (size_t size = 0; size < 3000; size += 7) {
    unsigned char *p = weir_alloc(a, size);
    assert_non_null(p);
    assert_true(aligned(p));
    for (size_t i = 0; i < size; i++) assert_int_equal(p[i], 0);
    memset(p, 0xff, size); /* the next one must not be this one */
  }
  assert_ptr_not_equal(weir_alloc(a, 0), weir_alloc(a, 0));
  weir_arena_free(a);
}

static void test_first_block(void **state) {
  (void)state;
  char block[1024 + 1];
  for (size_t shift = 0; shift < 2; shift++) { /* also an odd address */
    for (size_t size = 0; size <= 1024; size += 3) {
      test_mem t = {.fail_at = SIZE_MAX};
      weir_arena *a = weir_arena_new_in(test_mem_of(&t), block + shift, size);
      if (size >= 256) assert_int_equal(t.n_calls, 0);
      for (int i = 0; i < 40; i++) {
        char *p = weir_alloc(a, 24);
        assert_true(p && aligned(p));
        if (p >= block && p < block + sizeof block) assert_true(p + 24 <= block + shift + size);
        memset(p, 1, 24);
      }
      weir_arena_free(a);
      assert_int_equal(t.live, 0);
    }
  }
}

static void test_rounds_stop_calling_malloc(void **state) {
  (void)state;
  static const size_t rounds[] = {100, 5000, 70000, 200000};
  static char block[4096];
  for (size_t k = 0; k < sizeof rounds / sizeof *rounds; k++) {
    test_mem t = {.fail_at = SIZE_MAX};
    weir_arena *a = weir_arena_new_in(test_mem_of(&t), k % 2 ? block : NULL, k % 2 ? sizeof block : 0);
    size_t calls = 0;
    for (int round = 0; round < 12; round++) {
      if (round == 8) calls = t.n_calls;
      for (size_t done = 0; done < rounds[k]; done += 48) assert_non_null(weir_alloc(a, 48));
      weir_arena_reset(a);
    }
    assert_int_equal(t.n_calls, calls);
    weir_arena_free(a);
    assert_int_equal(t.live, 0);
  }
}

static void test_reset_lets_go_of_much(void **state) {
  (void)state;
  weir_arena *a = weir_arena_new(NULL, 0);
  assert_non_null(weir_alloc(a, 10 << 20));
  assert_true(weir_arena_heap_size(a) >= 10 << 20);
  weir_arena_reset(a);
  assert_true(weir_arena_heap_size(a) <= 4 * WEIR_ARENA_MAX_BLOCK);
  weir_arena_free(a);
}

static void test_grow(void **state) {
  (void)state;
  weir_arena *a = weir_arena_new(NULL, 0);
  char *p = weir_arena_take(a, 10);
  memcpy(p, "0123456789", 10);
  assert_ptr_equal(weir_arena_grow(a, p, 10, 16), p);  /* within its rounding */
  assert_ptr_equal(weir_arena_grow(a, p, 16, 100), p); /* the last one */
  void *other = weir_arena_take(a, 1);
  char *q = weir_arena_grow(a, p, 100, 200);
  assert_true(q != p && q != other);
  assert_memory_equal(q, "0123456789", 10);
  q = weir_arena_grow(a, q, 200, 100000); /* another block */
  assert_memory_equal(q, "0123456789", 10);
  assert_null(weir_arena_grow(a, q, 100000, SIZE_MAX - 3));
  assert_memory_equal(q, "0123456789", 10);
  assert_non_null(weir_arena_grow(a, NULL, 0, 5));
  weir_arena_free(a);
}

static void test_too_large_sizes(void **state) {
  (void)state;
  weir_arena *a = weir_arena_new(NULL, 0);
  static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX / 2 + 1};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    assert_null(weir_alloc(a, sizes[i]));
    assert_true(a->failed);
    weir_arena_reset(a);
    assert_false(a->failed);
  }
  weir_arena_free(a);
}

static void test_every_allocation_failed(void **state) {
  (void)state;
  for (size_t fail_at = 0;; fail_at++) {
    test_mem t = {.fail_at = fail_at};
    weir_arena *a = weir_arena_new_in(test_mem_of(&t), NULL, 0);
    bool all = a != NULL;
    for (int i = 0; a && i < 100; i++) {
      void *p = weir_alloc(a, 1000);
      if (!p) assert_true(a->failed);
      all = all && p;
    }
    weir_arena_free(a);
    assert_int_equal(t.live, 0);
    assert_true(all == (t.n_failed == 0));
    if (all) break;
  }
  weir_arena_free(NULL);
}

static void test_dup_and_printf(void **state) {
  (void)state;
  weir_arena *a = weir_arena_new(NULL, 0);
  weir_str s = weir_dup(a, (weir_str){"a\0b", 3});
  assert_int_equal(s.len, 3);
  assert_memory_equal(s.data, "a\0b", 4); /* with a NUL behind it */
  assert_string_equal(weir_dup(a, (weir_str){NULL, 0}).data, "");
  s = weir_printf(a, "%s %d", "x", 7);
  assert_int_equal(s.len, 3);
  assert_string_equal(s.data, "x 7");
  s = weir_printf(a, "%5000d", 1);
  assert_int_equal(s.len, 5000);
  weir_arena_free(a);
  test_mem t = {.fail_at = 1};
  a = weir_arena_new_in(test_mem_of(&t), NULL, 0);
  assert_null(weir_dup(a, WEIR_STR("x")).data);
  assert_null(weir_printf(a, "x").data);
  weir_arena_free(a);
}

/* Against snprintf, with every amount of room left in the block. */
#define EXPECT_PRINTF(...)                                                  \
  do {                                                                      \
    char want[128];                                                         \
    int len = snprintf(want, sizeof want, __VA_ARGS__);                     \
    for (size_t used = 0; used < 256; used += WEIR_ARENA_ALIGN) {           \
      _Alignas(WEIR_ARENA_ALIGN) char block[sizeof(weir_arena) + 256];      \
      weir_arena *a = weir_arena_new(block, sizeof block);                  \
      if (used) assert_non_null(weir_alloc(a, used));                       \
      weir_str s = weir_printf(a, __VA_ARGS__);                             \
      assert_int_equal(s.len, len);                                         \
      assert_string_equal(s.data, want);                                    \
      assert_true(weir_alloc(a, 1) != s.data && strcmp(s.data, want) == 0); \
      weir_arena_free(a);                                                   \
    }                                                                       \
  } while (0)

static void test_printf_of_strings(void **state) {
  (void)state;
  const char *volatile hello = "hello";
  EXPECT_PRINTF("%s", "");
  EXPECT_PRINTF("plain text of more than sixteen bytes");
  EXPECT_PRINTF("Hello, %s!", hello);
  EXPECT_PRINTF("%s%s", hello, "there");
  EXPECT_PRINTF("<%.*s>", 3, hello);
  EXPECT_PRINTF("<%.*s>", 9, hello); /* ends at the NUL */
  EXPECT_PRINTF("<%.*s>", 0, hello);
  EXPECT_PRINTF("<%.*s>", -1, hello);
  EXPECT_PRINTF("%s%%", hello);
  EXPECT_PRINTF("%s %5s %d %.2s", hello, hello, 7, hello);
  weir_arena *a = weir_arena_new(NULL, 0);
  volatile weir_str none = {NULL, 0};
  assert_string_equal(weir_printf(a, "<" WEIR_FMT ">", WEIR_ARG(none)).data, "<>");
  weir_arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_alloc_is_zeroed_and_aligned),
      cmocka_unit_test(test_first_block),
      cmocka_unit_test(test_rounds_stop_calling_malloc),
      cmocka_unit_test(test_reset_lets_go_of_much),
      cmocka_unit_test(test_grow),
      cmocka_unit_test(test_too_large_sizes),
      cmocka_unit_test(test_every_allocation_failed),
      cmocka_unit_test(test_dup_and_printf),
      cmocka_unit_test(test_printf_of_strings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
