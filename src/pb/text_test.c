/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* text_test.c - the text format both ways: what is printed, what is read, and what people are told. */
#include "testdata/ext2.weir.h"
#include "testdata/pb_test.h"

#include <weir/text.h>

static weir_arena *arena;
static weir_pb_pool *pool;

static int setup(void **state) {
  (void)state;
  arena = weir_arena_new(NULL, 0);
  pool = arena ? weir_pb_pool_new(arena) : NULL;
  return pool && !weir_pb_pool_add(pool, &ext2_file, NULL) && !weir_pb_pool_add(pool, &demo_file, NULL) ? 0
                                                                                                        : -1;
}

static int teardown(void **state) {
  (void)state;
  weir_arena_free(arena);
  return 0;
}

static void *parsed(const weir_pb_type *t, const char *text) {
  weir_error e;
  void *m = weir_pb_new(t, arena);
  weir_pb_text_opts opts = {.size = sizeof opts, .pool = pool};
  if (weir_pb_from_text(t, m, weir_str_of(text), arena, &opts, &e)) fail_msg("%s: %s", text, e.msg);
  return m;
}

static void printed(const weir_pb_type *t, const void *m, uint32_t flags, const char *want) {
  weir_str text = {NULL, 0};
  weir_pb_text_opts opts = {.size = sizeof opts, .pool = pool, .flags = flags};
  assert_int_equal(weir_pb_to_text(t, m, arena, &opts, &text, NULL), WEIR_OK);
  assert_string_equal(text.data, want);
  assert_int_equal(text.len, strlen(want));
}

static void test_prints_as_protoc_does(void **state) {
  (void)state;
  demo_Note *n = parsed(&demo_Note_type, "text: 'hi' \"\\n\\303\\251'\" tags: ['a','b'] room: -5 age: 0x10\n"
                                         "votes { key: 'z' value: 1 } votes <key: 'b'> # comment\n"
                                         "quoted: { place { lat: 1.5 lon: -inf } }; colors: [BLUE, 77]");
  printed(&demo_Note_type, n, 0,
          "text: \"hi\\n\\303\\251\\'\"\n"
          "age: 16\n"
          "tags: \"a\"\n"
          "tags: \"b\"\n"
          "room: -5\n"
          "votes {\n  key: \"b\"\n  value: 0\n}\n"
          "votes {\n  key: \"z\"\n  value: 1\n}\n"
          "quoted {\n  place {\n    lat: 1.5\n    lon: -inf\n  }\n}\n"
          "colors: BLUE\n"
          "colors: 77\n");
  printed(&demo_Note_type, n->quoted, WEIR_PB_TEXT_SINGLE_LINE, "place { lat: 1.5 lon: -inf }");
  n = parsed(&demo_Note_type, "text: '\\u00e9\\U0001F642\\x41\\101\\?\\a'");
  assert_str(n->text, "\xc3\xa9\xf0\x9f\x99\x82"
                      "AA?\a");
  printed(&demo_Note_type, n, WEIR_PB_TEXT_UTF8,
          "text: \"\xc3\xa9\xf0\x9f\x99\x82"
          "AA?\\007\"\n");
  printed(&demo_Note_type, &(demo_Note){0}, 0, "");
}

static void test_extensions_and_groups(void **state) {
  (void)state;
  static const char text[] = "id: 1\n"
                             "is_ok: true\n"
                             "Part {\n  size: 3\n}\n"
                             "[ext2.level]: 9\n"
                             "[ext2.steps]: -1\n"
                             "[ext2.steps]: 2\n"
                             "[ext2.item] {\n  weight: 5\n}\n"
                             "[ext2.mood]: WILD\n"
                             "[ext2.raw]: \"\\000\\377\"\n"
                             "[ext2.extra] {\n  x: 0.25\n}\n"
                             "[ext2.Base.inner] {\n  id: 2\n}\n";
  ext2_Base *m = parsed(&ext2_Base_type, text);
  printed(&ext2_Base_type, m, 0, text);
  assert_int_equal(ext2_level_of(m, arena)->value, 9);
  assert_int_equal(ext2_steps_of(m, arena)->value.len, 2);
  assert_true(weir_pb_equal(&ext2_Base_type, m,
                            parsed(&ext2_Base_type,
                                   "gone: {a: [1, 2] b < c: -inf >} lost: 'x' 'y' id: 1 is_ok: t\n"
                                   "Part { size: 3 } [ ext2 . level ]: 9 [ext2.steps]: [-1, 2]\n"
                                   "[ext2.item]: { weight: 05 } [ext2.mood]: 3 [ext2.raw]: '\\0\\xff'\n"
                                   "[ext2.extra] { x: 0.25f } [ext2.Base.inner] { id: 2 }")));
}

static void test_unknown_fields(void **state) {
  (void)state;
  demo_Note *n = NULL;
  static const char wire[] = "\xa0\x06\x96\x01"                         /* 100: 150 */
                             "\xad\x06\x01\x00\x00\x00"                 /* 101: fixed32 */
                             "\xb1\x06\x02\x00\x00\x00\x00\x00\x00\x00" /* 102: fixed64 */
                             "\xba\x06\x02\x08\x01"                     /* 103: bytes that look like {1: 1} */
                             "\xba\x06\x03\xff\x00\x61"                 /* 103: bytes that do not */
                             "\xc3\x06\x0a\x00\xc4\x06";                /* 104: group of {1: ""} */
  assert_int_equal(demo_Note_decode(LIT(wire), arena, &n), WEIR_OK);
  printed(&demo_Note_type, n, 0, "");
  printed(&demo_Note_type, n, WEIR_PB_TEXT_UNKNOWN,
          "100: 150\n101: 0x00000001\n102: 0x0000000000000002\n103 {\n  1: 1\n}\n103: \"\\377\\000a\"\n104 "
          "{\n  1: \"\"\n}\n");
}

static void test_errors_name_the_place(void **state) {
  (void)state;
  static const struct {
    const char *text, *why;
  } cases[] = {
      {"txt: 'x'", "1:1: demo.Note has no field \"txt\""},
      {"text: 'x'\n  age: 'x'", "2:8: expected a whole number, not 'x'"},
      {"text: 'x", "1:7: string without its end"},
      {"text: 'x\n'", "1:7: string without its end"},
      {"text: '\\q'", "1:8: unknown escape"},
      {"text: '\\ud800'", "1:8: escape is no Unicode character"},
      {"text: '\\xff'", "1:7: invalid UTF-8"},
      {"text 'x'", "1:6: expected :, not 'x'"},
      {"text: 'x' text: 'y'", "1:11: \"text\" is set already"},
      {"user: 'x' room: 1", "1:11: \"room\" is in a oneof with \"user\", which is set already"},
      {"age: 2147483648", "1:6: number out of range"},
      {"age: 08", "1:6: malformed number"},
      {"age: 1x", "1:6: malformed number"},
      {"age: [1]", "1:6: a list for a field that is not repeated"},
      {"tags: ['a' 'b', ]", "1:17: expected a string, not ]"},
      {"tags: ['a'; 'b']", "1:11: expected , or ], not ;"},
      {"colors: PINK", "1:9: demo.Color has no value \"PINK\""},
      {"quoted {", "1:9: expected a field or }, not the end"},
      {"quoted { text: 'a' >", "1:20: expected a field's name, not >"},
      {"quoted < text: 'a' }", "1:20: expected a field's name, not }"},
      {"place { lat: 0x1 }", "1:14: a real number is written in decimal"},
      {"place { lat: 1.2.3 }", "1:14: malformed number"},
      {"[demo.x]: 1", "1:1: demo.Note has no extension \"demo.x\""},
      {"[demo.x", "1:8: expected ], not the end"},
      {"}", "1:1: expected a field's name, not }"},
  };
  weir_pb_text_opts opts = {.size = sizeof opts, .pool = pool};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    weir_error e = {0};
    demo_Note n = {0};
    weir_code code = weir_pb_from_text(&demo_Note_type, &n, weir_str_of(cases[i].text), arena, &opts, &e);
    assert_int_equal(code, WEIR_INVALID_ARGUMENT);
    assert_string_equal(e.msg, cases[i].why);
    assert_int_equal(e.code, code);
  }
  weir_error e;
  ext2_Item item = {0};
  assert_int_equal(weir_pb_from_text(&ext2_Item_type, &item, WEIR_STR("text: 'a'"), arena, NULL, &e),
                   WEIR_INVALID_ARGUMENT);
  assert_string_equal(e.msg, "ext2.Item.weight: required field is missing");
  opts.flags = WEIR_PB_TEXT_PARTIAL | WEIR_PB_TEXT_IGNORE_UNKNOWN;
  assert_int_equal(weir_pb_from_text(&ext2_Item_type, &item,
                                     WEIR_STR("x: {y: [<>, {z: 0x1F}]} q <> [a.b]: -nan r: [1.5, x]"), arena,
                                     &opts, &e),
                   WEIR_OK);
}

static void test_nesting(void **state) {
  (void)state;
  for (int levels = 99; levels <= 101; levels++) {
    char text[101 * 10 + 1] = "";
    for (int i = 0; i < levels; i++) strcat(text, "quoted {");
    for (int i = 0; i < levels; i++) strcat(text, "}");
    demo_Note n = {0};
    weir_str out;
    weir_code code = weir_pb_from_text(&demo_Note_type, &n, weir_str_of(text), arena, NULL, NULL);
    assert_int_equal(code, levels <= 100 ? WEIR_OK : WEIR_RESOURCE_EXHAUSTED);
    if (!code) assert_int_equal(weir_pb_to_text(&demo_Note_type, &n, arena, NULL, &out, NULL), WEIR_OK);
  }
  demo_Note ring = {0};
  weir_str out;
  ring.quoted = &ring;
  assert_int_equal(weir_pb_to_text(&demo_Note_type, &ring, arena, NULL, &out, NULL), WEIR_RESOURCE_EXHAUSTED);
}

/* All goldens: printed, read back, the same. */
static void test_round_trips(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOLDENS; i++) {
    const golden *g = &goldens[i];
    for (uint32_t flags = 0; flags < 16; flags = flags * 2 + 1) {
      void *m = weir_pb_new(g->type, arena), *back = weir_pb_new(g->type, arena);
      weir_str text, wire = {(const char *)g->data, g->len}, x, y;
      weir_error e;
      weir_pb_text_opts opts = {.size = sizeof opts,
                                .flags = flags & (WEIR_PB_TEXT_SINGLE_LINE | WEIR_PB_TEXT_UTF8)};
      assert_int_equal(weir_pb_decode(g->type, m, wire, arena, 0), WEIR_OK);
      assert_int_equal(weir_pb_to_text(g->type, m, arena, &opts, &text, NULL), WEIR_OK);
      if (weir_pb_from_text(g->type, back, text, arena, NULL, &e)) fail_msg("%s: %s", g->name, e.msg);
      assert_int_equal(weir_pb_encode_err(g->type, m, arena, WEIR_PB_DETERMINISTIC, &x, NULL), WEIR_OK);
      assert_int_equal(weir_pb_encode_err(g->type, back, arena, WEIR_PB_DETERMINISTIC, &y, NULL), WEIR_OK);
      assert_int_equal(x.len, y.len);
      assert_memory_equal(x.data, y.data, x.len);
      for (size_t cut = 0; cut < text.len; cut += 1 + text.len / 200) { /* cut: an error, or less */
        char *copy = malloc(cut + 1);
        memcpy(copy, text.data, cut);
        weir_arena *a = weir_arena_new(NULL, 0);
        weir_pb_from_text(g->type, weir_pb_new(g->type, a), (weir_str){copy, cut}, a, NULL, NULL);
        weir_arena_free(a);
        free(copy);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_prints_as_protoc_does),
      cmocka_unit_test(test_extensions_and_groups),
      cmocka_unit_test(test_unknown_fields),
      cmocka_unit_test(test_errors_name_the_place),
      cmocka_unit_test(test_nesting),
      cmocka_unit_test(test_round_trips),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
