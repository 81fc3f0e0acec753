/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "io/io_test.h"

#include <stdio.h>

static void test_good(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"1.2.3.4:80", "ipv4:1.2.3.4:80"},
      {"0.0.0.0:0", "ipv4:0.0.0.0:0"},
      {"127.0.0.1:65535", "ipv4:127.0.0.1:65535"},
      {"[::1]:80", "ipv6:[::1]:80"},
      {"[::]:0", "ipv6:[::]:0"},
      {"[2001:DB8::1]:50051", "ipv6:[2001:db8::1]:50051"},
      {"[::ffff:1.2.3.4]:1", "ipv6:[::ffff:1.2.3.4]:1"},
      {"[fe80::1%7]:1", "ipv6:[fe80::1%7]:1"},
      {"unix:a/b", "unix:a/b"},
      {"unix:/a/b", "unix:/a/b"},
      {"unix:///a/b", "unix:/a/b"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    weir_addr a;
    weir_error e = {0};
    char text[128];
    if (weir_addr_parse(rows[i][0], &a, &e) != WEIR_OK) fail_msg("%s: %s", rows[i][0], e.msg);
    weir_addr_format(&a, text, sizeof text);
    assert_string_equal(text, rows[i][1]);
  }
}

#define FORMS "write 1.2.3.4:PORT, [::1]:PORT or unix:PATH"

static void test_bad(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"", "address \"\": it is empty; " FORMS},
      {"1.2.3.4", "address \"1.2.3.4\": there is no port; " FORMS},
      {":80", "address \":80\": there is no host before ':'; " FORMS},
      {"1.2.3.4:", "address \"1.2.3.4:\": the port after ':' is not a number from 0 to 65535"},
      {"1.2.3.4:65536", "address \"1.2.3.4:65536\": the port after ':' is not a number from 0 to 65535"},
      {"1.2.3.4:99999999999",
       "address \"1.2.3.4:99999999999\": the port after ':' is not a number from 0 to 65535"},
      {"1.2.3.4:8o", "address \"1.2.3.4:8o\": the port after ':' is not a number from 0 to 65535"},
      {"1.2.3.4:-1", "address \"1.2.3.4:-1\": the port after ':' is not a number from 0 to 65535"},
      {"1.2.3.256:80",
       "address \"1.2.3.256:80\": the host is not an IPv4 address (names are not looked up here); " FORMS},
      {"localhost:80",
       "address \"localhost:80\": the host is not an IPv4 address (names are not looked up here); " FORMS},
      {"a-host-name-longer-than-an-address:80",
       "address \"a-host-name-longer-than-an-address:80\": the host is not an IPv4 address (names are not "
       "looked up here); " FORMS},
      {"::1:80", "address \"::1:80\": an IPv6 address must stand in []; write [::1]:PORT"},
      {"[::1", "address \"[::1\": there is no ']'; write [::1]:PORT"},
      {"[::1]", "address \"[::1]\": no port follows the ']'; write [::1]:PORT"},
      {"[::1]80", "address \"[::1]80\": no port follows the ']'; write [::1]:PORT"},
      {"[::1]:x", "address \"[::1]:x\": the port after ']:' is not a number from 0 to 65535"},
      {"[1.2.3.4]:80", "address \"[1.2.3.4]:80\": what stands in [] is not an IPv6 address"},
      {"[]:80", "address \"[]:80\": what stands in [] is not an IPv6 address"},
      {"[fe80::1%nowhere9]:80", "address \"[fe80::1%nowhere9]:80\": there is no such interface behind '%'"},
      {"[fe80::1%]:80", "address \"[fe80::1%]:80\": there is no such interface behind '%'"},
      {"unix:", "address \"unix:\": the path is empty; write unix:PATH"},
      {"unix://host/path", "address \"unix://host/path\": after unix:// an absolute path must follow; write "
                           "unix:///PATH or unix:PATH"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    weir_addr a;
    weir_error e = {0};
    assert_int_equal(weir_addr_parse(rows[i][0], &a, &e), WEIR_INVALID_ARGUMENT);
    assert_string_equal(e.msg, rows[i][1]);
    assert_int_equal(e.code, WEIR_INVALID_ARGUMENT);
    assert_int_equal(weir_addr_parse(rows[i][0], &a, NULL), WEIR_INVALID_ARGUMENT);
  }
  weir_addr a;
  assert_int_equal(weir_addr_parse(NULL, &a, NULL), WEIR_INVALID_ARGUMENT);
}

static void test_lengths(void **state) {
  (void)state;
  weir_addr a;
  weir_error e;
  char text[400], out[400];
  for (size_t len = 1; len < 300; len++) { /* a socket's path has room for 107 bytes and its NUL, on Linux */
    memcpy(text, "unix:", 5);
    memset(text + 5, 'p', len);
    text[5 + len] = 0;
    weir_code code = weir_addr_parse(text, &a, &e);
    assert_int_equal(code == WEIR_OK, len + 1 <= sizeof a.sa && len < 108);
    if (code == WEIR_OK) {
      weir_addr_format(&a, out, sizeof out);
      assert_string_equal(out, text);
    } else {
      assert_non_null(strstr(e.msg, "use a shorter one"));
    }
    memset(text, '[', len);
    assert_int_equal(weir_addr_parse(text, &a, &e), WEIR_INVALID_ARGUMENT);
    snprintf(text, sizeof text, "[%0*d]:80", (int)len, 1);
    weir_addr_parse(text, &a, &e);
  }
  assert_int_equal(weir_addr_parse("1.2.3.4:80", &a, &e), WEIR_OK);
  for (size_t cap = 0; cap < 20; cap++) {
    memset(out, '#', sizeof out);
    weir_addr_format(&a, out, cap);
    assert_true(out[cap] == '#');
    if (cap) assert_true(memchr(out, 0, cap) != NULL);
  }
  weir_addr unnamed = {.sa.ss_family = AF_UNIX, .len = sizeof(sa_family_t)};
  weir_addr_format(&unnamed, out, sizeof out);
  assert_string_equal(out, "unix:");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good),
      cmocka_unit_test(test_bad),
      cmocka_unit_test(test_lengths),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
