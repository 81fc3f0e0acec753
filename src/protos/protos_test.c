/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <weir/schema.h>

#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

static void add(weir_protos *p, const char *name, const char *text) {
  assert_int_equal(weir_protos_add_source(p, name, weir_str_of(text)), WEIR_OK);
}

static weir_protos *with_note(void) {
  weir_protos *p = weir_protos_new();
  assert_non_null(p);
  add(p, "demo/kind.proto", "syntax = \"proto3\"; package demo; enum Kind { NONE = 0; SHORT = 1; }");
  add(p, "demo/note.proto",
      "syntax = \"proto3\"; package demo; import \"demo/kind.proto\"; import "
      "\"google/protobuf/timestamp.proto\";\n"
      "// A note.\nmessage Note { string text = 1; Kind kind = 2; google.protobuf.Timestamp at = 3; }");
  return p;
}

/* From the source to a message that is encoded, and back. */
static void test_types(void **state) {
  (void)state;
  weir_protos *p = with_note();
  weir_arena *a = weir_arena_new(NULL, 0);
  weir_pb_pool *pool = weir_pb_pool_new(a);
  weir_error e;
  assert_int_equal(weir_protos_load(p, "demo/note.proto", &e), WEIR_OK);
  assert_int_equal(weir_protos_n_diagnostics(p), 0);
  assert_string_equal(weir_protos_report(p, 0), "");
  assert_int_equal(weir_protos_fill(p, pool, &e), WEIR_OK);
  weir_protos_free(p); /* the pool has what it needs */
  const weir_pb_type *note = weir_pb_pool_type(pool, WEIR_STR("demo.Note"));
  assert_non_null(note);
  assert_non_null(weir_pb_pool_enum(pool, WEIR_STR("demo.Kind")));
  assert_non_null(weir_pb_pool_type(pool, WEIR_STR("google.protobuf.Timestamp")));
  weir_str wire = WEIR_STR("\x0a\x02hi\x10\x01\x1a\x02\x08\x07"), again;
  void *msg;
  assert_int_equal(weir_pb_parse(note, wire, a, &msg), WEIR_OK);
  assert_int_equal(weir_pb_encode(note, msg, a, &again), WEIR_OK);
  assert_true(weir_str_eq(wire, again));
  weir_arena_free(a);
}

static void test_descriptors(void **state) {
  (void)state;
  weir_protos *p = with_note(), *q = weir_protos_new();
  weir_arena *a = weir_arena_new(NULL, 0);
  weir_error e;
  weir_str set, again, more;
  assert_int_equal(weir_protos_load(p, "demo/note.proto", &e), WEIR_OK);
  assert_int_equal(weir_protos_load(p, "demo/note.proto", &e), WEIR_OK);
  assert_int_equal(weir_protos_descriptors(p, 0, a, &set), WEIR_OK);
  assert_int_equal(weir_protos_descriptors(p, WEIR_PROTOS_SOURCE_INFO, a, &more), WEIR_OK);
  assert_true(more.len > set.len);
  assert_int_equal(weir_protos_add_descriptors(q, set, &e), WEIR_OK);
  assert_int_equal(weir_protos_load(q, "demo/note.proto", &e), WEIR_OK);
  assert_int_equal(weir_protos_descriptors(q, 0, a, &again), WEIR_OK);
  assert_true(weir_str_eq(set, again));
  assert_int_equal(weir_protos_add_descriptors(q, WEIR_STR("\x0a\x7f"), &e), WEIR_INVALID_ARGUMENT);
  weir_arena_free(a);
  weir_protos_free(p);
  weir_protos_free(q);
}

static void test_wrong(void **state) {
  (void)state;
  weir_protos *p = weir_protos_new();
  weir_error e;
  add(p, "bad.proto", "syntax = \"proto3\";\nmessage M { Nope x = 1; int32 y = 1; }");
  assert_int_equal(weir_protos_load(p, "bad.proto", &e), WEIR_INVALID_ARGUMENT);
  assert_string_equal(e.msg, "bad.proto:2:13: \"Nope\" is not defined.");
  assert_int_equal(weir_protos_n_diagnostics(p), 1);
  weir_protos_diagnostic d = weir_protos_get_diagnostic(p, 0);
  assert_int_equal(d.severity, WEIR_PROTOS_ERROR);
  assert_int_equal(d.line, 2);
  assert_int_equal(d.column, 13);
  assert_true(weir_str_eq(d.path, WEIR_STR("bad.proto")));
  assert_true(weir_str_eq(d.text, WEIR_STR("\"Nope\" is not defined.")));
  assert_non_null(strstr(weir_protos_report(p, WEIR_PROTOS_PRETTY), "^~~~"));
  assert_int_equal(weir_protos_load(p, "bad.proto", &e), WEIR_INVALID_ARGUMENT); /* again: it stays so */
  assert_int_equal(weir_protos_load(p, "nope.proto", &e), WEIR_INVALID_ARGUMENT);
  assert_string_equal(e.msg, "nope.proto: File not found.");
  assert_int_equal(weir_protos_load(p, "../nope.proto", &e), WEIR_INVALID_ARGUMENT);
  weir_protos_free(p);
}

static void test_folders(void **state) {
  (void)state;
  weir_protos *p = weir_protos_new();
  weir_error e;
  assert_int_equal(weir_protos_add_path(p, "no/such/folder"), WEIR_OK);
  assert_int_equal(weir_protos_add_path(p, "data=src/codegen/testdata"), WEIR_OK);
  assert_int_equal(weir_protos_add_path(p, "./src//codegen/testdata"), WEIR_OK);
  assert_int_equal(weir_protos_load(p, "data/proto2.proto", &e), WEIR_OK);
  assert_int_equal(weir_protos_load(p, "dir", &e), WEIR_INVALID_ARGUMENT);
  assert_int_equal(weir_protos_load(p, "dir/shared.proto", &e), WEIR_OK);
  weir_protos_free(p);
  weir_protos_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_types), cmocka_unit_test(test_descriptors),
                                     cmocka_unit_test(test_wrong), cmocka_unit_test(test_folders)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
