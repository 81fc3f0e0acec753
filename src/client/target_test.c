/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/target.h"

#include <string.h>

static void good_targets(void **state) {
  static const struct {
    const char *text, *host, *authority;
    bool literal;
  } cases[] = {
      {"localhost:50051", "localhost", "localhost:50051", false},
      {"localhost", "localhost", "localhost:443", false},
      {"dns:///example.test:80", "example.test", "example.test:80", false},
      {"dns:example.test", "example.test", "example.test:443", false},
      {"127.0.0.1:1", "127.0.0.1", "127.0.0.1:1", true},
      {"[::1]:8080", "::1", "[::1]:8080", true},
      {"[::1]", "::1", "[::1]:443", true},
      {"::1", "::1", "[::1]:443", true},
      {"ipv4:127.0.0.1:5", "127.0.0.1", "127.0.0.1:5", true},
      {"ipv6:[::1]:5", "::1", "[::1]:5", true},
      {"unix:/tmp/s", "localhost", "localhost", true},
      {"unix:///tmp/s", "localhost", "localhost", true},
      {"unix:relative", "localhost", "localhost", true},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    weir_target t;
    weir_error e = {.msg = ""};
    weir_code code = weir_target_parse(cases[i].text, 443, &t, &e);
    if (code) print_error("%s: %s\n", cases[i].text, e.msg);
    assert_int_equal(code, WEIR_OK);
    assert_string_equal(t.host, cases[i].host);
    assert_string_equal(t.authority, cases[i].authority);
    assert_int_equal(t.is_literal, cases[i].literal);
  }
}

static void bad_targets(void **state) {
  static const char *const cases[][2] = {
      {"", "the host is missing"},
      {":50051", "the host is missing"},
      {"host:", "the port is not a number"},
      {"host:x", "the port is not a number"},
      {"host:65536", "the port is not a number"},
      {"host:-1", "the port is not a number"},
      {"[::1", "']' is missing"},
      {"[::1]x", "only ':port' may follow"},
      {"http://host:80", "this scheme is not known"},
      {"dns://8.8.8.8/host", "a name server of one's own"},
      {"ipv4:host:80", "this is not an IP address"},
      {"a b:1", "a character that no host has"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    weir_target t;
    weir_error e = {.msg = ""};
    assert_int_equal(weir_target_parse(cases[i][0], 443, &t, &e), WEIR_INVALID_ARGUMENT);
    if (!strstr(e.msg, cases[i][1])) print_error("%s: %s\n", cases[i][0], e.msg);
    assert_non_null(strstr(e.msg, cases[i][1]));
    assert_non_null(strstr(e.msg, "accepted: host:port"));
  }
  weir_target t;
  char longest[400];
  memset(longest, 'a', sizeof longest);
  longest[256] = 0;
  assert_int_equal(weir_target_parse(longest, 443, &t, NULL), WEIR_INVALID_ARGUMENT);
  longest[255] = 0;
  assert_int_equal(weir_target_parse(longest, 443, &t, NULL), WEIR_OK);
  assert_int_equal(weir_target_parse(NULL, 443, &t, NULL), WEIR_INVALID_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(good_targets), cmocka_unit_test(bad_targets)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
