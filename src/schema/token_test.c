/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/token.h"
#include "testdata/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static weir_schema *schema;
static weir_def_file file = {.path = {"x", 1}};

static int setup(void **state) {
  (void)state;
  static memory_files none;
  schema = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){memory_open, &none});
  return schema ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  weir_schema_free(schema);
  return 0;
}

/* "i1:1 foo|s1:5 +|" for each token: kind, line, column, text; then the number of errors. */
static void expect(const char *source, const char *want) {
  char got[1024];
  size_t len = 0;
  uint32_t before = schema->report.errors;
  weir_lexer lx = weir_lexer_of(schema, &file, weir_str_of(source));
  for (weir_lexer_next(&lx); lx.token.kind != WEIR_TOKEN_END; weir_lexer_next(&lx))
    len += (size_t)snprintf(got + len, sizeof got - len, "%c%d:%d " WEIR_FMT "|", "??infts"[lx.token.kind],
                            (int)lx.token.pos.line + 1, (int)lx.token.pos.col + 1, WEIR_ARG(lx.token.text));
  snprintf(got + len, sizeof got - len, "%d", (int)(schema->report.errors - before));
  assert_string_equal(got, want);
}

static void test_tokens(void **state) {
  (void)state;
  expect("", "0");
  expect("a_1 B", "i1:1 a_1|i1:5 B|0");
  expect("\ta\n\t b", "i1:9 a|i2:10 b|0");
  expect("1 0x1F 017 1.5 .5 1e3 1.e-3",
         "n1:1 1|n1:3 0x1F|n1:8 017|f1:12 1.5|f1:16 .5|f1:19 1e3|f1:23 1.e-3|0");
  expect("a.b", "i1:1 a|s1:2 .|i1:3 b|0");
  expect("'a\\'b' \"c\"", "t1:1 'a\\'b'|t1:8 \"c\"|0");
  expect("a // b\nc /* d\n * e */ f", "i1:1 a|i2:1 c|i3:9 f|0");
  expect("a/b", "i1:1 a|s1:2 /|i1:3 b|0");
  expect("\xEF\xBB\xBF", "s1:1 \xEF|s1:2 \xBB|s1:3 \xBF|3");
}

static void test_bad_tokens(void **state) {
  (void)state;
  expect("1x", "n1:1 1|i1:2 x|1");
  expect("0x", "n1:1 0x|1");
  expect("09", "n1:1 09|1");
  expect("1e", "f1:1 1e|1");
  expect("1.2.3", "f1:1 1.2|f1:4 .3|1");
  expect("\"abc", "t1:1 \"abc|1");
  expect("\"abc\nd", "t1:1 \"abc|i2:1 d|1");
  expect("\"\\q\" \"\\xz\" \"\\u12\" \"\\U00110000\"",
         "t1:1 \"\\q\"|t1:6 \"\\xz\"|t1:12 \"\\u12\"|t1:19 \"\\U00110000\"|3");
  expect("/* a", "2");
  expect("/* /* */", "1");
  expect("\x01\x02 a", "i1:4 a|1");
}

static weir_str unescape(const char *literal, char *out) {
  return (weir_str){out, weir_literal_unescape(weir_str_of(literal), out)};
}

static void test_unescape(void **state) {
  (void)state;
  static const struct {
    const char *literal, *value;
    size_t len;
  } rows[] = {
      {"''", "", 0},
      {"\"a\\n\\t\\\\\\'\\\"\\?\"", "a\n\t\\'\"?", 7},
      {"'\\0\\12\\1234'", "\0\n\1234", 4},
      {"'\\x41\\X4g\\xff1'",
       "A\4g\xff"
       "1",
       5},
      {"'\\u00e9\\u20ac'", "\xc3\xa9\xe2\x82\xac", 5},
      {"'\\ud83d\\ude00\\U0001F600'", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", 8},
      {"'\\a\\b\\f\\r\\v'", "\a\b\f\r\v", 5},
  };
  char out[64];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    weir_str got = unescape(rows[i].literal, out);
    assert_int_equal(got.len, rows[i].len);
    assert_memory_equal(got.data, rows[i].value, rows[i].len);
  }
}

static void test_integers(void **state) {
  (void)state;
  uint64_t v;
  assert_true(weir_literal_integer(WEIR_STR("18446744073709551615"), UINT64_MAX, &v) && v == UINT64_MAX);
  assert_false(weir_literal_integer(WEIR_STR("18446744073709551616"), UINT64_MAX, &v));
  assert_true(weir_literal_integer(WEIR_STR("0xffffFFFFffffFFFF"), UINT64_MAX, &v) && v == UINT64_MAX);
  assert_true(weir_literal_integer(WEIR_STR("0777"), 511, &v) && v == 511);
  assert_false(weir_literal_integer(WEIR_STR("0777"), 510, &v));
  assert_false(weir_literal_integer(WEIR_STR("08"), 100, &v));
  assert_true(weir_literal_integer(WEIR_STR("0"), 0, &v) && v == 0);
  assert_false(weir_literal_integer(WEIR_STR("9"), 8, &v));
}

/* Comments as protoc attaches them: "trailing|leading|detached,..." between the first token and the second. */
static void expect_doc(const char *source, const char *want) {
  char got[512];
  weir_doc doc;
  weir_lexer lx = weir_lexer_of(schema, &file, weir_str_of(source));
  weir_lexer_next_doc(&lx, &doc);
  weir_lexer_next_doc(&lx, &doc);
  size_t len = (size_t)snprintf(got, sizeof got, WEIR_FMT "|" WEIR_FMT "|", WEIR_ARG(doc.trailing),
                                WEIR_ARG(doc.leading));
  for (uint32_t i = 0; i < doc.detached.len; i++)
    len += (size_t)snprintf(got + len, sizeof got - len, WEIR_FMT ",", WEIR_ARG(doc.detached.data[i]));
  assert_string_equal(got, want);
}

static void test_comments(void **state) {
  (void)state;
  expect_doc("a // t\n// l\nb", " t\n| l\n|");
  expect_doc("a // t\n\n// d\n\n// l\nb", " t\n| l\n| d\n,");
  expect_doc("a\n// t\n\nb", " t\n||");
  expect_doc("a\n// l\nb", "| l\n|");
  expect_doc("a\n\n// d\n\nb", "|| d\n,");
  expect_doc("a /* t */\nb", " t ||");
  expect_doc("a /* one\n  * two */\n/* l */ b", " one\n two | l |");
  expect_doc("a // t\n}", " t\n||");
  expect_doc("a\n// t\n}", " t\n||");
  expect_doc("a b", "||");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_tokens, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bad_tokens, setup, teardown),
      cmocka_unit_test(test_unescape),
      cmocka_unit_test(test_integers),
      cmocka_unit_test_setup_teardown(test_comments, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
