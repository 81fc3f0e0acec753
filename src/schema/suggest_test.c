/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/suggest.h"

#include "base/test.h"

static void expect(const char *name, const char *want) {
  static const char *const candidates[] = {"message",      "Message", "enum", "service",
                                           "HelloRequest", "id",      "x",    "string"};
  weir_suggestion s = weir_suggestion_for(weir_str_of(name));
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
    weir_suggestion_offer(&s, weir_str_of(candidates[i]));
  if (!weir_str_eq(s.best, weir_str_of(want)))
    fail_msg("%s: want \"%s\", got \"" WEIR_FMT "\"", name, want, WEIR_ARG(s.best));
}

static void test_nearest(void **state) {
  (void)state;
  expect("mesage", "message");
  expect("emun", "enum"); /* neighbours swapped */
  expect("helloRequst", "HelloRequest");
  expect("sting", "string");
  expect("service_", "service");
  expect("Services", "service");
  expect("ids", "id");
}

static void test_none(void **state) {
  (void)state;
  expect("", "");
  expect("y", ""); /* one letter, one change: that is another name */
  expect("Reply", "");
  char longer[200];
  memset(longer, 'm', sizeof longer - 1);
  longer[sizeof longer - 1] = 0;
  expect(longer, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_nearest), cmocka_unit_test(test_none)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
