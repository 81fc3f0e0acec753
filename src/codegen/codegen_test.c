/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* codegen_test.c - what is generated for the files in testdata stands in tests/weirc/golden (the build compiles it, and
 * golden_test.c runs it); names that collide are reported. */
#include "codegen/codegen.h"
#include "schema/testdata/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FOLDER "src/codegen/testdata"

static bool check_outputs(const weir_outputs *out) {
  bool ok = true;
  for (uint32_t i = 0; i < out->len; i++) {
    char path[256];
    snprintf(path, sizeof path, "tests/weirc/golden/" WEIR_FMT, WEIR_ARG(out->data[i].name));
    ok = matches_golden(path, out->data[i].text) && ok;
  }
  return ok;
}

typedef struct golden {
  const char *name;
  uint32_t outputs;
} golden;

static void expect_goldens(const char *path, const golden *files, size_t n) {
  folder f = {.path = path};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){folder_open, &f});
  assert_non_null(s);
  bool ok = true;
  for (size_t i = 0; i < n; i++) {
    weir_def_file *file;
    weir_outputs out = {0};
    assert_int_equal(weir_schema_load(s, weir_str_of(files[i].name), &file), WEIR_EOK);
    assert_int_equal(weir_codegen_c(s, file, &out), WEIR_EOK);
    assert_int_equal(out.len, files[i].outputs);
    ok = check_outputs(&out) && ok;
  }
  assert_true(ok);
  weir_schema_free(s);
  folder_close(&f);
}

static void test_goldens(void **state) {
  (void)state;
  static const golden files[] = {{"proto2.proto", 2},   {"proto3.proto", 2}, {"names.proto", 4},
                                 {"service.proto", 4},  {"scopes.proto", 4}, {"dir/shared.proto", 2},
                                 {"dir/other.proto", 2}};
  expect_goldens(FOLDER, files, sizeof files / sizeof *files);
  static const golden editions[] = {{"editions.proto", 4}};
  expect_goldens("src/schema/testdata/good", editions, 1);
}

/* Compiles one file and generates; the report must be `want`. */
static void expect_report(const char *source, weir_err want_err, const char *want) {
  memory_files m = {{{WEIR_STR("x.proto"), weir_str_of(source)}}, 1};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){memory_open, &m});
  assert_non_null(s);
  weir_def_file *file;
  weir_outputs out = {0};
  assert_int_equal(weir_schema_load(s, m.files[0].name, &file), WEIR_EOK);
  assert_int_equal(weir_codegen_c(s, file, &out), want_err);
  weir_bytes report = report_text(s);
  assert_false(report.failed);
  weir_bytes_append(&report, "", 1);
  assert_string_equal(report.data, want);
  weir_bytes_fini(&report);
  weir_schema_free(s);
}

static void test_collisions(void **state) {
  (void)state;
  expect_report("syntax = \"proto3\"; message M { message new {} }", WEIR_EINVALID,
                "x.proto:1:40: C name \"M_new\", made for \"M.new\", is also made for \"M\".\n");
  expect_report("syntax = \"proto3\"; message A_B {} message A { message B {} }", WEIR_EINVALID,
                "x.proto:1:55: C name \"A_B\", made for \"A.B\", is also made for \"A_B\".\n"
                "x.proto:1:55: C name \"A_B_vec\", made for \"A.B\", is also made for \"A_B\".\n"
                "x.proto:1:55: C name \"A_B_type\", made for \"A.B\", is also made for \"A_B\".\n"
                "x.proto:1:55: C name \"A_B_new\", made for \"A.B\", is also made for \"A_B\".\n"
                "x.proto:1:55: C name \"A_B_decode\", made for \"A.B\", is also made for \"A_B\".\n"
                "x.proto:1:55: C name \"A_B_encode\", made for \"A.B\", is also made for \"A_B\".\n");
  expect_report(
      "syntax = \"proto3\"; message M {} service S { rpc A(M) returns (M); rpc A_async(M) returns (M); }",
      WEIR_EINVALID,
      "x.proto:1:71: C name \"S_A_async\", made for \"S.A_async\", is also made for \"S.A\".\n");
  expect_report(
      "syntax = \"proto3\"; enum int { Z = 0; }", WEIR_EINVALID,
      "x.proto:1:25: C name \"int\", made for \"int\", is a keyword or a macro; a package would help.\n");
  expect_report("syntax = \"proto3\"; message M { oneof NONE { int32 NONE_ = 1; } }", WEIR_EOK, "");
}

static void test_collision_between_files(void **state) {
  (void)state;
  memory_files m = {
      {{WEIR_STR("x.proto"), WEIR_STR("syntax = \"proto3\"; import \"y.proto\"; enum a_b { Z = 0; }")},
       {WEIR_STR("y.proto"), WEIR_STR("syntax = \"proto3\"; package a; enum b { Y = 0; }")}},
      2};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){memory_open, &m});
  assert_non_null(s);
  weir_def_file *file;
  weir_outputs out = {0};
  assert_int_equal(weir_schema_load(s, m.files[0].name, &file), WEIR_EOK);
  assert_int_equal(weir_codegen_c(s, file, &out), WEIR_EINVALID);
  assert_int_equal(s->report.errors, 2); /* the type, and its table */
  weir_schema_free(s);
}

/* Every malloc of a generation failed in turn. */
typedef struct budget {
  size_t left, live;
} budget;

static void *budget_resize(void *ctx, void *p, size_t old_size, size_t new_size) {
  budget *b = ctx;
  (void)old_size;
  if (!new_size) {
    b->live--;
    free(p);
    return NULL;
  }
  if (!b->left) return NULL;
  b->left--;
  b->live += p == NULL;
  return realloc(p, new_size);
}

static weir_err generate_within(budget *b, memory_files *m) {
  weir_schema *s = weir_schema_new((weir_mem){budget_resize, b}, (weir_loader){memory_open, m});
  if (!s) return WEIR_ENOMEM;
  weir_def_file *file;
  weir_outputs out = {0};
  weir_err err = weir_schema_load(s, m->files[0].name, &file);
  if (!err) err = weir_codegen_c(s, file, &out);
  weir_schema_free(s);
  return err;
}

static void test_allocation_failures(void **state) {
  (void)state;
  memory_files m = {{{WEIR_STR("names.proto"), read_file(FOLDER "/names.proto")}}, 1};
  assert_non_null(m.files[0].text.data);
  weir_err err = WEIR_ENOMEM;
  size_t n = 0;
  for (; err == WEIR_ENOMEM; n++) {
    budget b = {n, 0};
    err = generate_within(&b, &m);
    assert_int_equal(b.live, 0);
  }
  assert_int_equal(err, WEIR_EOK);
  assert_true(n > 5);
  free((char *)(uintptr_t)m.files[0].text.data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_goldens),
      cmocka_unit_test(test_collisions),
      cmocka_unit_test(test_collision_between_files),
      cmocka_unit_test(test_allocation_failures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
