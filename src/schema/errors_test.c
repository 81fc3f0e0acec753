/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* errors_test.c - each bad file in testdata/errors gives the report that stands beside it; protoc's words, where it has
 * the same error (testdata/against-protoc compares). */
#include "testdata/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>

#define FOLDER    "src/schema/testdata/errors"
#define MAX_FILES 400

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

static int compare_names(const void *a, const void *b) { return strcmp((const char *)a, (const char *)b); }

static size_t list_files(char names[][128]) {
  size_t n = 0;
  DIR *dir = opendir(FOLDER);
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    if (!ends_with(e->d_name, ".proto") || ends_with(e->d_name, ".inc.proto")) continue;
    assert_true(n < MAX_FILES);
    snprintf(names[n++], sizeof *names, "%.120s", e->d_name);
  }
  closedir(dir);
  qsort(names, n, sizeof *names, compare_names);
  return n;
}

static bool check_one(const char *name) {
  folder f = {.path = FOLDER};
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){folder_open, &f});
  assert_non_null(s);
  assert_int_equal(weir_schema_add_input(s, weir_str_of(name)), WEIR_EOK);
  weir_def_file *file;
  weir_err err = weir_schema_load(s, weir_str_of(name), &file);
  assert_int_equal(err, s->report.errors ? WEIR_EINVALID : WEIR_EOK);
  assert_true(s->report.len > 0);
  weir_bytes text = report_text(s);
  char golden[512];
  snprintf(golden, sizeof golden, "%s/%.*s.stderr", FOLDER, (int)(strlen(name) - strlen(".proto")), name);
  bool ok = matches_golden(golden, weir_bytes_view(&text));
  weir_bytes_fini(&text);
  weir_schema_free(s);
  folder_close(&f);
  return ok;
}

static void test_reports(void **state) {
  (void)state;
  static char names[MAX_FILES][128];
  size_t n = list_files(names), wrong = 0;
  for (size_t i = 0; i < n; i++) wrong += !check_one(names[i]);
  assert_int_equal(wrong, 0);
  assert_true(n >= 140);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_reports)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
