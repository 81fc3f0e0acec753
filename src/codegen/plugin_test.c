/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* plugin_test.c - as plugins, the generators make of descriptors what they make of the sources; requests that are cut,
 * or wrong in a byte, are answered or refused. */
#include "codegen/plugin.h"

#include "schema/read.h"
#include "schema/testdata/loader.h"
#include "schema/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define FOLDER "src/codegen/testdata"

/* A request for one file: its descriptors are those of a FileDescriptorSet, in other fields. */
static weir_bytes request_of(weir_schema *s, weir_def_file *file, const char *parameter) {
  weir_file_list in = {&file, 1, 1}, all = {0};
  weir_str set;
  assert_int_equal(weir_schema_closure(s, &in, true, &all), WEIR_EOK);
  assert_int_equal(weir_schema_encode(s, &all, 0, &set), WEIR_EOK);
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_wire_str(&out, 1, file->def.name);
  if (*parameter) weir_wire_str(&out, 2, weir_str_of(parameter));
  weir_wire_reader r = weir_wire_reader_of(set);
  while (weir_wire_read(&r)) weir_wire_str(&out, 15, r.text);
  assert_false(r.bad);
  assert_false(out.failed);
  return out;
}

/* The output with this name in an answer. */
static weir_str output_in(weir_str answer, weir_str name) {
  weir_wire_reader r = weir_wire_reader_of(answer);
  while (weir_wire_read(&r)) {
    assert_int_not_equal(r.field, 1); /* error */
    if (r.field != 15) continue;
    weir_wire_reader file = weir_wire_reader_of(r.text);
    assert_true(weir_wire_read(&file) && file.field == 1);
    if (!weir_str_eq(file.text, name)) continue;
    assert_true(weir_wire_read(&file) && file.field == 15);
    return file.text;
  }
  fail_msg("%.*s is not in the answer", (int)name.len, name.data);
  return WEIR_STR("");
}

static void expect_same(const char *generator, const char *name) {
  folder f = {.path = FOLDER};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){folder_open, &f});
  weir_def_file *file;
  weir_outputs want = {0};
  weir_str error = {NULL, 0};
  assert_int_equal(weir_schema_load(s, weir_str_of(name), &file), WEIR_EOK);
  assert_int_equal(weir_codegen_by_name(generator)(s, file, WEIR_STR(""), &want, &error), WEIR_EOK);
  weir_bytes request = request_of(s, file, ""), answer = weir_bytes_in(WEIR_MEM_DEFAULT);
  assert_int_equal(weir_plugin_answer(WEIR_MEM_DEFAULT, weir_codegen_by_name(generator),
                                      weir_bytes_view(&request), &answer),
                   WEIR_EOK);
  assert_true(want.len > 0);
  for (uint32_t i = 0; i < want.len; i++) {
    weir_str got = output_in(weir_bytes_view(&answer), want.data[i].name);
    assert_int_equal(got.len, want.data[i].text.len);
    assert_memory_equal(got.data, want.data[i].text.data, got.len);
  }
  weir_bytes_fini(&request);
  weir_bytes_fini(&answer);
  weir_schema_free(s);
  folder_close(&f);
}

/* Comments do not travel in descriptor sets: only what has none in its output is compared here. */
static void test_same_as_from_sources(void **state) {
  (void)state;
  static const char *const names[] = {"proto2.proto", "proto3.proto",  "names.proto",      "service.proto",
                                      "scopes.proto", "options.proto", "dir/shared.proto", "dir/other.proto"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    expect_same("python", names[i]);
    expect_same("pyi", names[i]);
  }
}

static weir_err answer(weir_mem mem, const char *generator, weir_str request, weir_bytes *out) {
  return weir_plugin_answer(mem, weir_codegen_by_name(generator), request, out);
}

static void expect_error(const char *generator, const char *parameter, const char *want) {
  memory_files m = {{{WEIR_STR("x.proto"), WEIR_STR("syntax = \"proto3\"; message M {}")}}, 1};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){memory_open, &m});
  weir_def_file *file;
  assert_int_equal(weir_schema_load(s, m.files[0].name, &file), WEIR_EOK);
  weir_bytes request = request_of(s, file, parameter), out = weir_bytes_in(WEIR_MEM_DEFAULT);
  assert_int_equal(answer(WEIR_MEM_DEFAULT, generator, weir_bytes_view(&request), &out), WEIR_EOK);
  weir_wire_reader r = weir_wire_reader_of(weir_bytes_view(&out));
  assert_true(weir_wire_read(&r) && r.field == 1);
  assert_int_equal(r.text.len, strlen(want));
  assert_memory_equal(r.text.data, want, r.text.len);
  while (weir_wire_read(&r)) assert_int_not_equal(r.field, 15);
  weir_bytes_fini(&request);
  weir_bytes_fini(&out);
  weir_schema_free(s);
}

static void test_errors(void **state) {
  (void)state;
  expect_error("python", "nope", "x.proto: Unknown generator option: nope");
  expect_error("pyi", "protobuf=3.20",
               "x.proto: protobuf=3.20: a version of protoc is wanted, 25.0 or later.");
  expect_error("grpc_python", "grpc_9", "x.proto: Invalid grpc version 'grpc_9'.");
  expect_error("grpc_python", "grpc=1.64.0",
               "x.proto: grpc=1.64.0: a version of grpcio-tools is wanted, 1.60 to 1.62, or 1.67 or later.");
  expect_error("weir", "x", "x.proto: The C generator has no options.");
  assert_null(weir_codegen_by_name("cpp"));
}

/* The request for the richest fixture. */
static weir_bytes rich_request(void) {
  folder f = {.path = FOLDER};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){folder_open, &f});
  weir_def_file *file;
  assert_int_equal(weir_schema_load(s, WEIR_STR("proto2.proto"), &file), WEIR_EOK);
  weir_bytes request = request_of(s, file, "");
  weir_schema_free(s);
  folder_close(&f);
  return request;
}

static void test_cut(void **state) {
  (void)state;
  weir_bytes whole = rich_request();
  weir_str view = weir_bytes_view(&whole);
  for (size_t len = 0; len < view.len; len++) {
    char *copy = malloc(len + 1); /* so that a read behind the end is seen */
    memcpy(copy, view.data, len);
    weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
    weir_err err = answer(WEIR_MEM_DEFAULT, "python", (weir_str){copy, len}, &out);
    assert_true(err == WEIR_EOK || err == WEIR_EINVALID);
    weir_bytes_fini(&out);
    free(copy);
  }
  weir_bytes_fini(&whole);
}

static void test_wrong_bytes(void **state) {
  (void)state;
  static const char *const generators[] = {"python", "pyi", "grpc_python", "weir"};
  static const unsigned char wrong[] = {0x00, 0x01, 0x0A, 0x7F, 0x80, 0xFF};
  weir_bytes whole = rich_request();
  weir_str view = weir_bytes_view(&whole);
  for (size_t at = 0; at < view.len; at++) {
    char kept = whole.data[whole.at + at];
    whole.data[whole.at + at] = (char)(kept ^ wrong[at % sizeof wrong]);
    weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
    weir_err err = answer(WEIR_MEM_DEFAULT, generators[at % 4], view, &out);
    assert_true(err == WEIR_EOK || err == WEIR_EINVALID);
    weir_bytes_fini(&out);
    whole.data[whole.at + at] = kept;
  }
  weir_bytes_fini(&whole);
}

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

static void test_allocation_failures(void **state) {
  (void)state;
  weir_bytes whole = rich_request();
  weir_err err = WEIR_ENOMEM;
  size_t n = 0;
  for (; err == WEIR_ENOMEM; n++) {
    budget b = {n, 0};
    weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
    err = answer((weir_mem){budget_resize, &b}, "python", weir_bytes_view(&whole), &out);
    assert_int_equal(b.live, 0);
    weir_bytes_fini(&out);
  }
  assert_int_equal(err, WEIR_EOK);
  assert_true(n > 5);
  weir_bytes_fini(&whole);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_same_as_from_sources),
      cmocka_unit_test(test_errors),
      cmocka_unit_test(test_cut),
      cmocka_unit_test(test_wrong_bytes),
      cmocka_unit_test(test_allocation_failures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
