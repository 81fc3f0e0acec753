/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* robust_test.c - no text makes the compiler do anything but report or compile: good files cut at every offset, and
 * mutated at random; and no failed allocation makes it do anything but say so. Meant to run under ASan and UBSan. */
#include "testdata/loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const good_files[] = {
    "src/codegen/testdata/proto2.proto",  "src/codegen/testdata/proto3.proto",
    "src/codegen/testdata/names.proto",   "src/codegen/testdata/service.proto",
    "src/codegen/testdata/options.proto", "src/codegen/testdata/dir/other.proto",
};
#define N_GOOD (sizeof good_files / sizeof *good_files)

/* What the good files import, and x.proto in front. */
static memory_files sources = {.n = 3};

static int read_imports(void **state) {
  (void)state;
  sources.files[0].name = WEIR_STR("x.proto");
  sources.files[1] =
      (memory_file){WEIR_STR("dir/other.proto"), read_file("src/codegen/testdata/dir/other.proto")};
  sources.files[2] =
      (memory_file){WEIR_STR("dir/shared.proto"), read_file("src/codegen/testdata/dir/shared.proto")};
  return sources.files[1].text.data && sources.files[2].text.data ? 0 : -1;
}

static int free_imports(void **state) {
  (void)state;
  for (size_t i = 1; i < sources.n; i++) free((char *)(uintptr_t)sources.files[i].text.data);
  return 0;
}

/* Compiles `text`; a failure must have been reported, and a success must encode. */
static void compile(weir_str text) {
  sources.files[0].text = text;
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){memory_open, &sources});
  assert_non_null(s);
  weir_def_file *file;
  weir_err err = weir_schema_load(s, WEIR_STR("x.proto"), &file);
  assert_true(err == WEIR_EOK || err == WEIR_EINVALID);
  assert_int_equal(err == WEIR_EINVALID, s->report.errors > 0);
  if (err == WEIR_EOK) {
    weir_file_list in = {&file, 1, 1};
    weir_str bytes;
    assert_int_equal(weir_schema_encode(s, &in, 0, &bytes), WEIR_EOK);
  }
  weir_schema_free(s);
}

static void test_cut(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOOD; i++) {
    weir_str text = read_file(good_files[i]);
    assert_non_null(text.data);
    for (size_t len = 0; len <= text.len; len++) {
      char *copy = malloc(len ? len : 1); /* its own size: a read behind it is seen */
      assert_non_null(copy);
      memcpy(copy, text.data, len);
      compile((weir_str){copy, len});
      free(copy);
    }
    free((char *)(uintptr_t)text.data);
  }
}

static uint32_t random_next(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

/* Puts one of the pieces a grammar is made of somewhere, takes some bytes away, or changes one. */
static size_t mutate(char *text, size_t len, size_t cap, uint32_t *seed) {
  static const char *const pieces[] = {
      "{",    "}",        ";",      "=",       "\"",     "[",          "]",      "/*",
      "//",   "message ", "enum ",  "option ", "oneof ", "extend ",    "group ", "map<",
      "1",    "-",        "0x",     "to max",  ".",      "reserved ",  "(",      ")",
      "rpc ", "stream ",  "import", "\n",      "\xff",   "extensions", "\\",     "default"};
  size_t at = len ? random_next(seed) % len : 0;
  uint32_t what = random_next(seed) % 4;
  if (what == 0 && len) {
    text[at] = (char)random_next(seed);
  } else if (what == 1) {
    size_t gone = random_next(seed) % 20;
    if (gone > len - at) gone = len - at;
    memmove(text + at, text + at + gone, len - at - gone);
    len -= gone;
  } else if (what == 2) {
    const char *piece = pieces[random_next(seed) % (sizeof pieces / sizeof *pieces)];
    size_t n = strlen(piece);
    if (len + n > cap) return len;
    memmove(text + at + n, text + at, len - at);
    memcpy(text + at, piece, n);
    len += n;
  } else if (len) {
    size_t from = random_next(seed) % len, n = random_next(seed) % 40;
    if (n > len - from) n = len - from;
    if (len + n > cap) return len;
    char part[40];
    memcpy(part, text + from, n);
    memmove(text + at + n, text + at, len - at);
    memcpy(text + at, part, n);
    len += n;
  }
  return len;
}

static void test_mutations(void **state) {
  (void)state;
  enum { ROUNDS = 1500, CAP = 16384 };
  static char text[CAP];
  for (uint32_t round = 0; round < ROUNDS * N_GOOD; round++) {
    weir_str good = read_file(good_files[round % N_GOOD]);
    uint32_t seed = round * 2654435761u + 1;
    assert_true(good.len < CAP);
    memcpy(text, good.data, good.len);
    size_t len = good.len;
    for (uint32_t n = 1 + round % 5; n; n--) len = mutate(text, len, CAP, &seed);
    free((char *)(uintptr_t)good.data);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    compile((weir_str){copy, len});
    free(copy);
  }
}

/* ---- allocations that fail ------------------------------------------------------------------------------- */

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

static weir_err compile_within(budget *b) {
  weir_schema *s = weir_schema_new((weir_mem){budget_resize, b}, (weir_loader){memory_open, &sources});
  if (!s) return WEIR_ENOMEM;
  weir_def_file *file;
  weir_err err = weir_schema_load(s, WEIR_STR("x.proto"), &file);
  weir_file_list in = {&file, 1, 1};
  weir_str bytes;
  if (!err) err = weir_schema_encode(s, &in, 0, &bytes);
  weir_schema_free(s);
  return err;
}

static void test_allocation_failures(void **state) {
  (void)state;
  sources.files[0].text = read_file("src/codegen/testdata/options.proto");
  weir_err err = WEIR_ENOMEM;
  size_t n = 0;
  for (; err == WEIR_ENOMEM; n++) {
    budget b = {n, 0};
    err = compile_within(&b);
    assert_int_equal(b.live, 0);
  }
  assert_int_equal(err, WEIR_EOK);
  assert_true(n > 5);
  free((char *)(uintptr_t)sources.files[0].text.data);
}

/* ---- sizes ------------------------------------------------------------------------------------------------ */

static void expect_errors(weir_bytes *text, uint32_t errors) {
  assert_false(text->failed);
  sources.files[0].text = weir_bytes_view(text);
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){memory_open, &sources});
  assert_non_null(s);
  weir_def_file *file;
  weir_schema_load(s, WEIR_STR("x.proto"), &file);
  assert_int_equal(s->report.errors, errors);
  weir_schema_free(s);
  weir_bytes_fini(text);
}

static void test_deep_and_wide(void **state) {
  (void)state;
  weir_bytes text = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_bytes_append_cstr(&text, "syntax = \"proto3\"; message M {");
  for (int i = 1; i <= 18000; i++) weir_bytes_printf(&text, "int32 field_%d = %d;\n", i, i);
  weir_bytes_append_cstr(&text, "}");
  expect_errors(&text, 0);
  text = weir_bytes_in(WEIR_MEM_DEFAULT);
  for (int i = 0; i < 100000; i++) weir_bytes_append_cstr(&text, "message M {");
  expect_errors(&text, 1 + 31); /* too deep, and the ends that are missing */
  text = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_bytes_append_cstr(&text, "syntax = \"proto3\"; option features = ");
  for (int i = 0; i < 100000; i++) weir_bytes_append_cstr(&text, "{");
  expect_errors(&text, 1);
  text = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_bytes_append_cstr(&text, "syntax = \"proto3\"; message A { option features = ");
  for (int i = 0; i < 5000; i++) weir_bytes_append_cstr(&text, "{ x ");
  for (int i = 0; i < 5000; i++) weir_bytes_append_cstr(&text, "}");
  weir_bytes_append_cstr(&text, "; }");
  expect_errors(&text, 1);
}

/* n.proto imports n + 1.proto, up to 11999. */
static bool open_next(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  static char texts[12000][64];
  (void)ctx, (void)why;
  int n = atoi(name.data);
  if (n < 11999) snprintf(texts[n], sizeof texts[n], "syntax = \"proto3\"; import \"%d.proto\";", n + 1);
  *out = (weir_source){.text = weir_str_of(texts[n]), .path = name};
  return true;
}

static void expect_chain(const char *first, weir_err want) {
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){open_next, NULL});
  assert_non_null(s);
  weir_def_file *file;
  assert_int_equal(weir_schema_load(s, weir_str_of(first), &file), want);
  weir_schema_free(s);
}

static void test_import_chain(void **state) {
  (void)state;
  expect_chain("4001.proto", WEIR_EOK);
  expect_chain("1.proto", WEIR_EINVALID); /* deeper than WEIR_SCHEMA_MAX_IMPORT_DEPTH */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cut),
      cmocka_unit_test(test_mutations),
      cmocka_unit_test(test_allocation_failures),
      cmocka_unit_test(test_deep_and_wide),
      cmocka_unit_test(test_import_chain),
  };
  return cmocka_run_group_tests(tests, read_imports, free_imports);
}
