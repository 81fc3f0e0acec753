/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* str_test.c - views, code names, errors, metadata look-up, buffers, log lines. */
#include "base/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"

static void test_views(void **state) {
  (void)state;
  assert_true(weir_str_eq(weir_str_of("abc"), WEIR_STR("abc")));
  assert_false(weir_str_eq(weir_str_of("abc"), WEIR_STR("abd")));
  assert_false(weir_str_eq(weir_str_of("abc"), WEIR_STR("ab")));
  assert_true(weir_str_eq(weir_str_of(NULL), WEIR_STR("")));
}

static void test_names(void **state) {
  (void)state;
  assert_string_equal(weir_code_name(WEIR_OK), "OK");
  assert_string_equal(weir_code_name(WEIR_UNAUTHENTICATED), "UNAUTHENTICATED");
  assert_string_equal(weir_code_name(WEIR_PENDING), "PENDING");
  assert_string_equal(weir_code_name(WEIR_EOF), "EOF");
  assert_string_equal(weir_code_name(17), "UNKNOWN_CODE");
  assert_string_equal(weir_code_name(-3), "UNKNOWN_CODE");
  assert_string_equal(weir_err_text(WEIR_EOK), "success");
  assert_string_equal(weir_err_text(WEIR_ENOMEM), "out of memory");
  assert_non_null(weir_version());
}

static void test_error_set(void **state) {
  (void)state;
  weir_error e = {0};
  assert_int_equal(weir_error_set(NULL, WEIR_NOT_FOUND, 0, "x"), WEIR_NOT_FOUND);
  assert_int_equal(weir_error_set(&e, WEIR_UNAVAILABLE, 11, "no %s", "route"), WEIR_UNAVAILABLE);
  assert_true(e.code == WEIR_UNAVAILABLE && e.sys == 11);
  assert_string_equal(e.msg, "no route");
  weir_error_set(&e, WEIR_UNAVAILABLE, 0, "%s: again", e.msg); /* its own text as an argument */
  assert_string_equal(e.msg, "no route: again");
  assert_int_equal(sizeof e, 256);
}

static void test_error_is_cut_between_characters(void **state) {
  (void)state;
  static const char *const units[] = {"x", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x99\x82"};
  for (size_t u = 0; u < 4; u++) {
    for (size_t lead = 0; lead < 4; lead++) {
      char text[600];
      size_t len = lead, unit = strlen(units[u]);
      memset(text, '-', lead);
      for (; len + unit < sizeof text; len += unit) memcpy(text + len, units[u], unit);
      text[len] = 0;
      weir_error e;
      weir_error_set(&e, WEIR_UNKNOWN, 0, "%s", text);
      size_t got = strlen(e.msg);
      assert_in_range(got, sizeof e.msg - 4, sizeof e.msg - 1);
      assert_int_equal((got - lead) % unit, 0);
      assert_memory_equal(e.msg, text, got);
    }
  }
}

static void test_kv_get(void **state) {
  (void)state;
  weir_kv kvs[] = {
      {WEIR_STR("a"), WEIR_STR("1")}, {WEIR_STR("b"), WEIR_STR("2")}, {WEIR_STR("a"), WEIR_STR("3")}};
  weir_str v = {NULL, 0};
  assert_true(weir_kv_get(kvs, 3, "a", &v));
  assert_memory_equal(v.data, "1", 1);
  assert_true(weir_kv_get(kvs, 3, "b", &v));
  assert_false(weir_kv_get(kvs, 3, "c", &v));
  assert_memory_equal(v.data, "2", 1);
  assert_false(weir_kv_get(NULL, 0, "a", &v));
}

static void count_release(void *arg) { ++*(int *)arg; }

static void test_buffer_in_arena(void **state) {
  (void)state;
  weir_arena *a = weir_arena_new(NULL, 0);
  weir_buf *b = weir_buf_copy_in(a, "abc", 3);
  assert_true(weir_str_eq(weir_buf_view(b), WEIR_STR("abc")));
  weir_buf_unref(weir_buf_ref(b));
  weir_buf_unref(b);
  b = weir_buf_copy_in(a, NULL, 0);
  assert_int_equal(weir_buf_view(b).len, 0);
  weir_buf_unref(b);
  assert_null(weir_buf_copy_in(a, "", SIZE_MAX));
  weir_arena_free(a);
}

static void test_buffers(void **state) {
  (void)state;
  int released = 0;
  weir_buf *b = weir_buf_wrap("abc", 3, count_release, &released);
  assert_ptr_equal(weir_buf_ref(b), b);
  weir_buf_unref(b);
  assert_int_equal(released, 0);
  assert_int_equal(weir_buf_view(b).len, 3);
  weir_buf_unref(b);
  assert_int_equal(released, 1);
  char text[] = "copied";
  b = weir_buf_copy(text, 6);
  text[0] = 'x';
  assert_memory_equal(weir_buf_view(b).data, "copied", 6);
  weir_buf_unref(b);
  b = weir_buf_copy(NULL, 0);
  assert_int_equal(weir_buf_view(b).len, 0);
  weir_buf_unref(b);
  assert_null(weir_buf_copy(text, SIZE_MAX));
  b = weir_buf_wrap("static", 6, NULL, NULL);
  weir_buf_unref(b);
  weir_buf_unref(NULL);
}

typedef struct seen {
  int n;
  char last[600];
} seen;
static void keep_line(void *ctx, int level, const char *component, const char *text) {
  seen *s = ctx;
  s->n++;
  assert_int_equal(level, WEIR_LOG_WARN);
  assert_string_equal(component, "test");
  assert_true(strlen(text) < sizeof s->last);
  strcpy(s->last, text);
}

static void test_log(void **state) {
  (void)state;
  seen s = {0};
  weir_log log = {keep_line, &s, WEIR_LOG_WARN};
  weir_log_printf(&log, WEIR_LOG_WARN, "test", "n=%d", 5);
  assert_string_equal(s.last, "n=5");
  weir_log_printf(&log, WEIR_LOG_INFO, "test", "above the level");
  assert_int_equal(s.n, 1);
  weir_log_printf(&log, WEIR_LOG_WARN, "test", "%1000d", 1);
  assert_int_equal(strlen(s.last), 511);
  log.fn = NULL;
  weir_log_printf(&log, WEIR_LOG_WARN, "test", "silent");
  weir_log_printf(NULL, WEIR_LOG_WARN, "test", "silent");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_views),     cmocka_unit_test(test_names),
      cmocka_unit_test(test_error_set), cmocka_unit_test(test_error_is_cut_between_characters),
      cmocka_unit_test(test_kv_get),    cmocka_unit_test(test_buffers),
      cmocka_unit_test(test_log),       cmocka_unit_test(test_buffer_in_arena),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
