/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* errors_test.c - each bad file in testdata/errors gives the report that protoc gave when tests/weirc/oracle wrote it down,
 * line by line. Where protoc knew no position, ours may have one. */
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

/* Takes the next line off the front of *text; false at the end. */
static bool next_line(weir_str *text, weir_str *line) {
  if (!text->len) return false;
  const char *end = memchr(text->data, '\n', text->len);
  size_t len = end ? (size_t)(end - text->data) : text->len;
  *line = (weir_str){text->data, len};
  len += end != NULL;
  *text = (weir_str){text->data + len, text->len - len};
  return true;
}

/* "file:1:2: text" as "file: text", in place. */
static weir_str without_position(weir_str line, char *out) {
  size_t len = 0;
  const char *at = memchr(line.data, ':', line.len);
  if (!at) return line;
  len = (size_t)(at - line.data);
  size_t end = len;
  for (int colons = 0; colons < 2; colons++) {
    size_t digits = end + 1;
    while (digits < line.len && line.data[digits] >= '0' && line.data[digits] <= '9') digits++;
    if (digits == end + 1 || digits == line.len || line.data[digits] != ':') return line;
    end = digits;
  }
  memcpy(out, line.data, len);
  memcpy(out + len, line.data + end, line.len - end);
  return (weir_str){out, len + line.len - end};
}

static bool same_line(weir_str want, weir_str got) {
  static char bare[2][65536];
  if (weir_str_eq(want, got)) return true;
  bool has_position = without_position(want, bare[0]).len != want.len;
  return !has_position && weir_str_eq(want, without_position(got, bare[1]));
}

static bool same_report(const char *name, weir_str want, const weir_schema *s) {
  weir_bytes all = weir_bytes_in(WEIR_MEM_DEFAULT);
  for (uint32_t i = 0; i < s->report.len; i++)
    if (s->report.data[i].severity != WEIR_SEVERITY_NOTE) weir_diagnostic_print(&s->report.data[i], &all);
  weir_str got = all.data ? weir_bytes_view(&all) : WEIR_STR(""), a = want, b = got, x, y;
  bool same = true;
  while (same && next_line(&a, &x)) same = next_line(&b, &y) && same_line(x, y);
  same = same && !b.len;
  if (!same) fprintf(stderr, "%s: want:\n" WEIR_FMT "got:\n" WEIR_FMT, name, WEIR_ARG(want), WEIR_ARG(got));
  weir_bytes_fini(&all);
  return same;
}

static bool check(const char *name, weir_loader loader, weir_str want) {
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, loader);
  assert_non_null(s);
  assert_int_equal(weir_schema_add_input(s, weir_str_of(name)), WEIR_EOK);
  weir_def_file *file;
  weir_err err = weir_schema_load(s, weir_str_of(name), &file);
  assert_int_equal(err, s->report.errors ? WEIR_EINVALID : WEIR_EOK);
  bool same = same_report(name, want, s);
  weir_schema_free(s);
  return same;
}

static bool check_one(const char *name) {
  folder f = {.path = FOLDER};
  char golden[512];
  snprintf(golden, sizeof golden, "%s/%.*s.stderr", FOLDER, (int)(strlen(name) - strlen(".proto")), name);
  weir_str want = read_file(golden);
  assert_non_null(want.data);
  bool same = check(name, (weir_loader){folder_open, &f}, want);
  free((char *)(uintptr_t)want.data);
  folder_close(&f);
  return same;
}

static void test_reports(void **state) {
  (void)state;
  static char names[MAX_FILES][128];
  size_t n = list_files(names), wrong = 0;
  for (size_t i = 0; i < n; i++) wrong += !check_one(names[i]);
  assert_int_equal(wrong, 0);
  assert_true(n >= 140);
}

/* ---- many files in one: "--- name" begins each, in x.cases as in x.expect --------------------------------------- */

typedef struct section {
  char name[128];
  weir_str text;
} section;

typedef struct sections {
  section all[1024];
  size_t n;
} sections;

static bool starts_section(weir_str rest) { return rest.len > 4 && memcmp(rest.data, "--- ", 4) == 0; }

static void parse_sections(weir_str text, sections *out) {
  weir_str line;
  out->n = 0;
  while (starts_section(text) && next_line(&text, &line)) {
    section *x = &out->all[out->n++];
    assert_true(out->n < sizeof out->all / sizeof *out->all);
    snprintf(x->name, sizeof x->name, "%.*s", (int)line.len - 4, line.data + 4);
    x->text = (weir_str){text.data, 0};
    while (text.len && !starts_section(text) && next_line(&text, &line))
      x->text.len = (size_t)(text.data - x->text.data);
  }
  assert_int_equal(text.len, 0);
}

static const section *find_section(const sections *list, weir_str name) {
  for (size_t i = 0; i < list->n; i++)
    if (weir_str_eq(name, weir_str_of(list->all[i].name))) return &list->all[i];
  return NULL;
}

static bool open_section(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  const section *found = find_section(ctx, name);
  (void)why;
  if (found) *out = (weir_source){.text = found->text, .path = name};
  return found != NULL;
}

static size_t check_cases(const char *path, size_t *count) {
  static sections cases, expect;
  char golden[512];
  snprintf(golden, sizeof golden, "%.*s.expect", (int)(strlen(path) - strlen(".cases")), path);
  weir_str text = read_file(path), want = read_file(golden);
  assert_true(text.data && want.data);
  parse_sections(text, &cases);
  parse_sections(want, &expect);
  size_t wrong = 0;
  for (size_t i = 0; i < cases.n; i++) {
    if (ends_with(cases.all[i].name, ".inc.proto")) continue;
    const section *golden_text = find_section(&expect, weir_str_of(cases.all[i].name));
    assert_non_null(golden_text);
    wrong += !check(cases.all[i].name, (weir_loader){open_section, &cases}, golden_text->text);
    ++*count;
  }
  free((char *)(uintptr_t)text.data);
  free((char *)(uintptr_t)want.data);
  return wrong;
}

static void test_cases(void **state) {
  (void)state;
  size_t count = 0, wrong = 0;
  DIR *dir = opendir(FOLDER);
  assert_non_null(dir);
  for (struct dirent *e; (e = readdir(dir)) != NULL;) {
    char path[512];
    if (!ends_with(e->d_name, ".cases")) continue;
    snprintf(path, sizeof path, "%s/%.200s", FOLDER, e->d_name);
    wrong += check_cases(path, &count);
  }
  closedir(dir);
  assert_int_equal(wrong, 0);
  assert_true(count > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_reports), cmocka_unit_test(test_cases)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
