/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"

#include <string.h>

static void grows_where_it_lies(void **state) {
  (void)state;
  weir_buf *b = weir_buf_resize(NULL, 3);
  memcpy(weir_buf_bytes(b), "abc", 3);
  b = weir_buf_resize(b, 100000);
  assert_int_equal(weir_buf_view(b).len, 100000);
  assert_memory_equal(weir_buf_view(b).data, "abc", 3);
  weir_buf_set_len(b, 3);
  assert_int_equal(weir_buf_view(b).len, 3);
  weir_buf_unref(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(grows_where_it_lies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
