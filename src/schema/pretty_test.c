/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/test.h"
#include "schema/report.h"

static void expect(const weir_diagnostic *d, bool colour, const char *want) {
  weir_pretty p = {.colour = colour};
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_diagnostic_print_pretty(d, &p, &out);
  weir_str got = weir_bytes_view(&out);
  if (!weir_str_eq(got, weir_str_of(want))) fail_msg("want:\n%s\ngot:\n" WEIR_FMT, want, WEIR_ARG(got));
  weir_bytes_fini(&out);
}

static weir_diagnostic at(const char *source, int line, int col) {
  return (weir_diagnostic){
      .path = WEIR_STR("x.proto"), .pos = {line, col}, .text = WEIR_STR("No."), .source = weir_str_of(source)};
}

static void test_lines(void **state) {
  (void)state;
  weir_diagnostic d = at("one\r\n\tint32 a.b_1 = 7;\r\nlast", 1, 14);
  expect(&d, false,
         "x.proto:2:15: error: No.\n    2 |         int32 a.b_1 = 7;\n      |               ^~~~~\n");
  d = at("one\r\n\tint32 a.b_1 = 7;\r\nlast", 2, 4); /* the end of the file */
  expect(&d, false, "x.proto:3:5: error: No.\n    3 | last\n      |     ^\n");
  d = at("x\n", 1, 0);
  expect(&d, false, "x.proto:2:1: error: No.\n    2 | \n      | ^\n");
  d = at("\xC3\xA9\xC3\xA9 \"a \\\" \xC3\xA9\" \x01;", 0, 5); /* columns count bytes, the eye counts letters */
  expect(&d, false,
         "x.proto:1:6: error: No.\n    1 | \xC3\xA9\xC3\xA9 \"a \\\" \xC3\xA9\" .;\n      |    ^~~~~~~~\n");
}

static void test_no_line(void **state) {
  (void)state;
  weir_diagnostic d = at("x", 7, 0);
  expect(&d, false, "x.proto:8:1: error: No.\n");
  d = at("", 0, 0);
  expect(&d, false, "x.proto:1:1: error: No.\n");
  d = at("x", 0, 0);
  d.pos = WEIR_NO_POS;
  d.severity = WEIR_SEVERITY_WARNING;
  expect(&d, false, "x.proto: warning: No.\n");
}

static void test_related(void **state) {
  (void)state;
  weir_related related[] = {
      {WEIR_STR("y.proto"), WEIR_STR("message M {}"), {0, 8}, WEIR_STR("it is here.")},
      {{"", 0}, {"", 0}, WEIR_NO_POS, WEIR_STR("rename one.")},
  };
  weir_diagnostic d = at("enum M {", 0, 5);
  d.related = related;
  d.n_related = 2;
  expect(&d, false,
         "x.proto:1:6: error: No.\n    1 | enum M {\n      |      ^\n"
         "  y.proto:1:9: note: it is here.\n    1 | message M {}\n      |         ^\n  hint: rename one.\n");
  expect(&d, true,
         "\x1b[1mx.proto:1:6:\x1b[0m \x1b[1;31merror:\x1b[0m No.\n\x1b[1;36m    1 |\x1b[0m enum M {\n"
         "\x1b[1;36m      |\x1b[0m      \x1b[1;32m^\x1b[0m\n  \x1b[1my.proto:1:9:\x1b[0m "
         "\x1b[1;36mnote:\x1b[0m it is "
         "here.\n\x1b[1;36m    1 |\x1b[0m message M {}\n\x1b[1;36m      |\x1b[0m         \x1b[1;32m^\x1b[0m\n"
         "  \x1b[1;36mhint:\x1b[0m rename one.\n");
}

/* Every column of every line, of texts without mercy: nothing is read outside of them, and lines stay short. */
static void test_anywhere(void **state) {
  (void)state;
  char text[1000];
  for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i * 7919 % 256);
  for (int col = 0; col < 9000; col += 37) {
    for (int line = 0; line < 6; line++) {
      weir_diagnostic d = at("", line, col);
      d.source = (weir_str){text, sizeof text};
      weir_pretty p = {.colour = false};
      weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
      weir_diagnostic_print_pretty(&d, &p, &out);
      assert_true(!out.failed && weir_bytes_size(&out) < 4000);
      weir_bytes_fini(&out);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_no_line),
                                     cmocka_unit_test(test_related), cmocka_unit_test(test_anywhere)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
