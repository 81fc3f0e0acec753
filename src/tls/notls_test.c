/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tls/tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void tls_is_refused(void **state) {
  (void)state;
  weir_error e = {0};
  assert_null(weir_creds_tls(NULL, &e));
  assert_int_equal(e.code, WEIR_UNIMPLEMENTED);
  assert_non_null(strstr(e.msg, "no TLS"));
  assert_non_null(strstr(e.msg, "libssl-dev"));
  assert_null(weir_tls_new(weir_creds_insecure(), true, "localhost", &e));
}

static void plaintext_is_there(void **state) {
  (void)state;
  assert_false(weir_creds_is_tls(weir_creds_insecure()));
  weir_creds_unref(weir_creds_ref(weir_creds_insecure()));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(tls_is_refused), cmocka_unit_test(plaintext_is_there)};
  return cmocka_run_group_tests_name("notls", tests, NULL, NULL);
}
