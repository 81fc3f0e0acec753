/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* descriptor_test.c - descriptor sets, byte for byte as protoc writes them: testdata/descriptors holds what it gave for the
 * files of src/codegen/testdata and testdata/good, and for its own google/protobuf files (tests/weirc/oracle goldens). */
#include "testdata/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void expect_encoded(const char *from, const char *name, const char *golden, bool imports,
                           unsigned flags) {
  char path[256];
  folder f = {.path = from};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){folder_open, &f});
  assert_non_null(s);
  s->keep_source_info = flags & WEIR_ENCODE_SOURCE_INFO;
  weir_def_file *file;
  assert_int_equal(weir_schema_load(s, weir_str_of(name), &file), WEIR_EOK);
  weir_file_list in = {&file, 1, 1}, all = {0};
  weir_str bytes;
  assert_int_equal(weir_schema_closure(s, &in, imports, &all), WEIR_EOK);
  assert_int_equal(weir_schema_encode(s, &all, flags, &bytes), WEIR_EOK);
  snprintf(path, sizeof path, "src/schema/testdata/descriptors/%s.pb", golden);
  weir_str want = read_file(path);
  assert_non_null(want.data);
  assert_int_equal(bytes.len, want.len);
  assert_memory_equal(bytes.data, want.data, want.len);
  free((char *)(uintptr_t)want.data);
  weir_schema_free(s);
  folder_close(&f);
}

static void expect_bytes(const char *name, const char *golden) {
  expect_encoded("src/codegen/testdata", name, golden, true, 0);
}

/* Source info, options that stay in the source, editions. */
static void test_details(void **state) {
  (void)state;
  static const char *const names[] = {"editions", "options", "comments", "crlf", "bom"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char name[64], info[64], retain[64];
    snprintf(name, sizeof name, "%s.proto", names[i]);
    snprintf(info, sizeof info, "%s.info", names[i]);
    snprintf(retain, sizeof retain, "%s.retain", names[i]);
    unsigned flags = WEIR_ENCODE_SOURCE_INFO;
    expect_encoded("src/schema/testdata/good", name, info, false, flags);
    expect_encoded("src/schema/testdata/good", name, retain, false, flags | WEIR_ENCODE_RETAIN_OPTIONS);
  }
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
  static const char *const names[] = {"any",          "api",
                                      "duration",     "empty",
                                      "field_mask",   "source_context",
                                      "struct",       "timestamp",
                                      "type",         "wrappers",
                                      "descriptor",   "plugin",
                                      "cpp_features", "java_features",
                                      "go_features",  "c_sharp_features",
                                      "cpp_options",  "cpp_file_options",
                                      "json_options", "json_enumvalue_options"};
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
      cmocka_unit_test(test_details),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
