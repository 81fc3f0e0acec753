/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "codegen/outtree.h"

#include "base/test.h"

typedef struct fixture {
  weir_outtree tree;
  weir_bytes report;
} fixture;

static fixture begin(void) {
  fixture f = {.report = weir_bytes_in(WEIR_MEM_DEFAULT)};
  weir_outtree_init(&f.tree, WEIR_MEM_DEFAULT);
  return f;
}

static void end(fixture *f) {
  weir_outtree_fini(&f->tree);
  weir_bytes_fini(&f->report);
}

static void add(fixture *f, const char *name, const char *text) {
  weir_outfile *file = weir_outtree_add(&f->tree, weir_str_of(name), &f->report);
  assert_non_null(file);
  weir_bytes_append_cstr(&file->text, text);
}

static void insert(fixture *f, const char *point, const char *text) {
  weir_outtree_insert(&f->tree, WEIR_STR("x"), weir_str_of(point), weir_str_of(text), &f->report);
}

static void expect(const fixture *f, const char *text) {
  weir_str got = weir_bytes_view(&weir_outtree_find(&f->tree, WEIR_STR("x"))->text);
  if (!weir_str_eq(got, weir_str_of(text))) fail_msg("want %s, got " WEIR_FMT, text, WEIR_ARG(got));
}

static void test_insert(void **state) {
  (void)state;
  fixture f = begin();
  add(&f, "x", "a\n\t @@protoc_insertion_point(p)\nb\n");
  insert(&f, "p", "one\ntwo");
  insert(&f, "p", "three\n");
  insert(&f, "p", "");
  expect(&f, "a\n\t one\n\t two\n\t three\n\t @@protoc_insertion_point(p)\nb\n");
  assert_false(f.tree.wrong);
  end(&f);
}

static void test_insert_inline(void **state) {
  (void)state;
  fixture f = begin();
  add(&f, "x", "int f(/* @@protoc_insertion_point(p) */);");
  insert(&f, "p", "int a,");
  insert(&f, "p", "int b\n");
  expect(&f, "int f(int a,\nint b\n/* @@protoc_insertion_point(p) */);");
  end(&f);
  f = begin();
  add(&f, "x", "@@protoc_insertion_point(first)");
  insert(&f, "first", "\n\n");
  expect(&f, "\n\n@@protoc_insertion_point(first)");
  end(&f);
}

static void test_wrong(void **state) {
  (void)state;
  fixture f = begin();
  insert(&f, "p", "x");
  assert_true(f.tree.wrong);
  add(&f, "x", "@@protoc_insertion_point(pp)");
  insert(&f, "p", "x");
  assert_null(weir_outtree_add(&f.tree, WEIR_STR("x"), &f.report));
  assert_true(
      weir_str_eq(weir_bytes_view(&f.report), WEIR_STR("x: Tried to insert into file that doesn't exist.\n"
                                                       "x: insertion point \"p\" not found.\n"
                                                       "x: Tried to write the same file twice.\n")));
  end(&f);
}

static void test_sort(void **state) {
  (void)state;
  static const char *const names[] = {"b", "a/b", "a", "a-b", "B", ""};
  static const char *const sorted[] = {"", "B", "a", "a-b", "a/b", "b"};
  fixture f = begin();
  for (int i = 0; i < 6; i++) add(&f, names[i], "");
  weir_outtree_sort(&f.tree);
  for (int i = 0; i < 6; i++) assert_true(weir_str_eq(f.tree.files[i]->name, weir_str_of(sorted[i])));
  end(&f);
}

/* Each allocation in turn fails: said by `failed`, and nothing leaks. */
static void *limited(void *ctx, void *p, size_t old_size, size_t new_size) {
  int *left = ctx;
  (void)old_size;
  if (!new_size) return free(p), NULL;
  return (*left)-- > 0 ? realloc(p, new_size) : NULL;
}

static void test_memory(void **state) {
  (void)state;
  bool failed = true;
  for (int n = 0; failed; n++) {
    assert_true(n < 100);
    int left = n;
    weir_mem mem = {limited, &left};
    weir_outtree tree;
    weir_bytes report = weir_bytes_in(mem);
    weir_outtree_init(&tree, mem);
    weir_outfile *file = weir_outtree_add(&tree, WEIR_STR("x"), &report);
    if (file) weir_bytes_append_cstr(&file->text, " @@protoc_insertion_point(p)\n");
    if (file && !file->text.failed)
      weir_outtree_insert(&tree, WEIR_STR("x"), WEIR_STR("p"), WEIR_STR("text"), &report);
    failed = tree.failed || !file || file->text.failed;
    assert_true(failed ||
                weir_str_eq(weir_bytes_view(&file->text), WEIR_STR(" text\n @@protoc_insertion_point(p)\n")));
    weir_outtree_fini(&tree);
    weir_bytes_fini(&report);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_insert), cmocka_unit_test(test_insert_inline),
                                     cmocka_unit_test(test_wrong), cmocka_unit_test(test_sort),
                                     cmocka_unit_test(test_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
