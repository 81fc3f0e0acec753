/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* descriptor_test.c - descriptor sets, byte for byte as protoc 35.1 writes them: testdata/descriptors holds what
 * `protoc -o` gave for the files of src/codegen/testdata and for Google's own google/protobuf files. */
#include "testdata/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect_bytes(const char *name, const char *golden) {
  char path[256];
  folder f = {.path = "src/codegen/testdata"};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){folder_open, &f});
  assert_non_null(s);
  weir_def_file *file;
  assert_int_equal(weir_schema_load(s, weir_str_of(name), &file), WEIR_EOK);
  weir_file_list in = {&file, 1, 1}, all = {0};
  weir_str bytes;
  assert_int_equal(weir_schema_closure(s, &in, true, &all), WEIR_EOK);
  assert_int_equal(weir_schema_encode(s, &all, 0, &bytes), WEIR_EOK);
  snprintf(path, sizeof path, "src/schema/testdata/descriptors/%s.pb", golden);
  weir_str want = read_file(path);
  assert_non_null(want.data);
  assert_int_equal(bytes.len, want.len);
  assert_memory_equal(bytes.data, want.data, want.len);
  free((char *)(uintptr_t)want.data);
  weir_schema_free(s);
  folder_close(&f);
}

static void test_fixtures(void **state) {
  (void)state;
  static const char *const names[] = {"proto2", "proto3", "names", "service", "scopes", "options"};
  char name[64];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(name, sizeof name, "%s.proto", names[i]);
    expect_bytes(name, names[i]);
  }
}

static void test_builtin(void **state) {
  (void)state;
  static const char *const names[] = {
      "any",    "api",       "duration", "empty",    "field_mask", "source_context",
      "struct", "timestamp", "type",     "wrappers", "descriptor", "plugin"};
  char name[64];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    bool is_plugin = strcmp(names[i], "plugin") == 0;
    snprintf(name, sizeof name, "google/protobuf/%s%s.proto", is_plugin ? "compiler/" : "", names[i]);
    expect_bytes(name, names[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fixtures),
      cmocka_unit_test(test_builtin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
