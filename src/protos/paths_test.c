/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "protos/paths.h"

#include "base/test.h"

static void test_canonical(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"", ""},         {".", ""},    {"./a", "a"}, {"a//b/./c", "a/b/c"}, {"/", "/"}, {"//a/", "/a/"},
      {"a/..", "a/.."}, {"a/.", "a"}, {"./", ""},   {".a/.b", ".a/.b"}};
  weir_arena *a = weir_arena_new(NULL, 0);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    weir_str got = weir_path_canonical(a, weir_str_of(cases[i][0]));
    if (!weir_str_eq(got, weir_str_of(cases[i][1]))) fail_msg("%s: " WEIR_FMT, cases[i][0], WEIR_ARG(got));
  }
  weir_arena_free(a);
}

static void test_names(void **state) {
  (void)state;
  static const char *const bad[] = {"./a", "a//b", "../a", "a/../b", "a/..", "..", "a\\b", "a/."};
  weir_arena *a = weir_arena_new(NULL, 0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_false(weir_path_is_name(a, weir_str_of(bad[i])));
  assert_false(weir_path_is_name(a, (weir_str){"a\0b", 3}));
  assert_true(weir_path_is_name(a, WEIR_STR("a/b.proto")));
  assert_true(weir_path_is_name(a, WEIR_STR("a..b/..c")));
  weir_arena_free(a);
}

static void rebased(weir_arena *a, const char *path, const char *from, const char *to, const char *want) {
  weir_str out = {NULL, 0};
  bool ok = weir_path_rebase(a, weir_str_of(path), weir_str_of(from), weir_str_of(to), &out);
  assert_int_equal(ok, want != NULL);
  if (want) assert_string_equal(out.data, want);
}

static void test_rebase(void **state) {
  (void)state;
  weir_arena *a = weir_arena_new(NULL, 0);
  rebased(a, "a/b", "", "", "a/b");
  rebased(a, "a/b", "", "x/", "x//a/b"); /* as protoc: the slash stays */
  rebased(a, "a/b", "a", "", "b");
  rebased(a, "a/b", "a", "x", "x/b");
  rebased(a, "a", "a", "x", "x");
  rebased(a, "ab/c", "a", "x", NULL);
  rebased(a, "/a/b", "", "x", NULL);
  rebased(a, "/a/b", "/", "", "a/b");
  rebased(a, "a/../b", "", "x", NULL);
  rebased(a, "a/../b", "a", "x", NULL);
  rebased(a, "../b", "..", "x", "x/b");
  weir_arena_free(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_canonical), cmocka_unit_test(test_names),
                                     cmocka_unit_test(test_rebase)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
