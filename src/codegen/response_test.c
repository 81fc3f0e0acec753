/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "codegen/response.h"

#include "base/test.h"
#include "schema/wire.h"

static void put_file(weir_bytes *out, const char *name, const char *point, const char *content) {
  size_t opened = weir_wire_open(out, 15);
  if (name) weir_wire_str(out, 1, weir_str_of(name));
  if (point) weir_wire_str(out, 2, weir_str_of(point));
  if (content) weir_wire_str(out, 15, weir_str_of(content));
  weir_wire_close(out, opened);
}

static weir_bytes sample(void) {
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_wire_int(&out, 2, 3);
  weir_wire_int(&out, 3, 998);
  weir_wire_int(&out, 4, 1001);
  put_file(&out, "x", NULL, "a\n@@protoc_insertion_point(p)\n");
  put_file(&out, NULL, NULL, "b\n");
  put_file(&out, "x", "p", "one");
  put_file(&out, "", NULL, " and two");
  put_file(&out, "y", NULL, NULL);
  return out;
}

static void test_place(void **state) {
  (void)state;
  weir_bytes bytes = sample(), report = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_response r;
  weir_outtree tree;
  weir_outtree_init(&tree, WEIR_MEM_DEFAULT);
  assert_true(weir_response_read(weir_bytes_view(&bytes), &r));
  assert_int_equal(r.features, WEIR_FEATURE_PROTO3_OPTIONAL | WEIR_FEATURE_EDITIONS);
  assert_int_equal(r.minimum_edition, 998);
  assert_int_equal(r.maximum_edition, 1001);
  assert_true(weir_response_place(&r, &tree, &report));
  assert_int_equal(tree.len, 2);
  assert_true(weir_str_eq(weir_bytes_view(&tree.files[0]->text),
                          WEIR_STR("a\none and two\n@@protoc_insertion_point(p)\nb\n")));
  assert_int_equal(weir_bytes_size(&report), 0);
  weir_outtree_fini(&tree);
  weir_bytes_fini(&report);
  weir_bytes_fini(&bytes);
}

/* A message cut within a field is none; no cut reads behind the end (ASan sees it). */
static void test_cut(void **state) {
  (void)state;
  weir_bytes bytes = sample();
  weir_str all = weir_bytes_view(&bytes);
  size_t refused = 0;
  for (size_t n = 0; n <= all.len; n++) {
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, all.data, n);
    weir_response r;
    weir_outtree tree;
    weir_bytes report = weir_bytes_in(WEIR_MEM_DEFAULT);
    weir_outtree_init(&tree, WEIR_MEM_DEFAULT);
    if (!weir_response_read((weir_str){copy, n}, &r))
      refused++;
    else
      assert_true(weir_response_place(&r, &tree, &report));
    weir_outtree_fini(&tree);
    weir_bytes_fini(&report);
    free(copy);
  }
  assert_int_equal(refused, all.len + 1 - 9); /* 8 fields begin or end there */
  weir_bytes_fini(&bytes);
}

static void test_nameless(void **state) {
  (void)state;
  weir_bytes bytes = weir_bytes_in(WEIR_MEM_DEFAULT), report = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_response r;
  weir_outtree tree;
  weir_outtree_init(&tree, WEIR_MEM_DEFAULT);
  put_file(&bytes, NULL, NULL, "lost");
  put_file(&bytes, "x", NULL, "");
  assert_true(weir_response_read(weir_bytes_view(&bytes), &r));
  assert_false(weir_response_place(&r, &tree, &report));
  assert_int_equal(tree.len, 0);
  weir_outtree_fini(&tree);
  weir_bytes_fini(&report);
  weir_bytes_fini(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_place), cmocka_unit_test(test_cut),
                                     cmocka_unit_test(test_nameless)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
