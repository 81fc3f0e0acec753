/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* json_test.c - JSON both ways: what is written, what is read, and what people are told. The well-known types are
 * left to protobuf's conformance suite (tests/conformance). */
#include "testdata/ext2.weir.h"
#include "testdata/pb_test.h"

#include <weir/json.h>

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

static void *read(const weir_pb_type *t, const char *json) {
  weir_error e;
  void *m = weir_pb_new(t, arena);
  weir_pb_json_opts opts = {.size = sizeof opts, .pool = pool};
  if (weir_pb_from_json(t, m, weir_str_of(json), arena, &opts, &e)) fail_msg("%s: %s", json, e.msg);
  return m;
}

static void written(const weir_pb_type *t, const void *m, uint32_t flags, uint32_t indent, const char *want) {
  weir_str json = {NULL, 0};
  weir_error e;
  weir_pb_json_opts opts = {.size = sizeof opts, .pool = pool, .flags = flags, .indent = indent};
  if (weir_pb_to_json(t, m, arena, &opts, &json, &e)) fail_msg("%s", e.msg);
  assert_string_equal(json.data, want);
  assert_int_equal(json.len, strlen(want));
}

static void test_both_ways(void **state) {
  (void)state;
  static const char json[] =
      "{\"text\":\"h\xc3\xa9 \\\"\\\\\\n\\u0001\",\"age\":-7,\"tags\":[\"a\",\"b\"],\"room\":\"-5\","
      "\"votes\":{\"x\":1,\"\":0},\"quoted\":{\"place\":{\"lat\":1.5,\"lon\":\"-Infinity\"}},"
      "\"replies\":[{},{\"text\":\"r\"}],\"colors\":[\"BLUE\",77],\"seen\":{\"-3\":{\"lat\":1e+20}}}";
  demo_Note *n = read(&demo_Note_type, json);
  written(&demo_Note_type, n, 0, 0, json);
  assert_int_equal(n->age, -7);
  assert_true(n->has_age);
  assert_int_equal(n->to.room, -5);
  assert_int_equal(n->seen.data[0].key, -3);
  written(&demo_Note_type, &(demo_Note){0}, 0, 0, "{}");
  written(
      &demo_Note_type,
      read(&demo_Note_type,
           " { \"quoted\" : { \"tags\" : [ \"x\" , \"\\u00e9\\ud83d\\ude42\\/\" ] } , \"votes\":{} } "),
      0,
      2, "{\n  \"quoted\": {\n    \"tags\": [\n      \"x\",\n      \"\xc3\xa9\xf0\x9f\x99\x82/\"\n    ]\n  }\n}");
  written(&demo_Note_type, &(demo_Note){0}, WEIR_PB_JSON_DEFAULTS, 0,
          "{\"text\":\"\",\"tags\":[],\"votes\":{},\"replies\":[],\"colors\":[],\"seen\":{}}");
  demo_Note ring = {0};
  weir_str out;
  ring.quoted = &ring;
  assert_int_equal(weir_pb_to_json(&demo_Note_type, &ring, arena, NULL, &out, NULL), WEIR_RESOURCE_EXHAUSTED);
}

static void test_names_and_extensions(void **state) {
  (void)state;
  static const char json[] =
      "{\"id\":1,\"longName\":\"x\",\"fine\":true,\"part\":{\"size\":3},\"[ext2.level]\":9,\"[ext2.steps]\":["
      "\"-1\"],"
      "\"[ext2.item]\":{\"weight\":5},\"[ext2.mood]\":\"WILD\",\"[ext2.raw]\":\"AP8=\"}";
  ext2_Base *m = read(&ext2_Base_type, json);
  assert_int_equal(ext2_level_of(m, arena)->value, 9);
  written(&ext2_Base_type, m, 0, 0, json);
  written(&ext2_Base_type, read(&ext2_Base_type, "{\"long_name\":\"x\",\"is_ok\":true}"),
          WEIR_PB_JSON_ORIGINAL_NAMES, 0, "{\"long_name\":\"x\",\"is_ok\":true}");
  written(&ext2_Base_type, read(&ext2_Base_type, "{\"[ext2.mood]\":3,\"[ext2.raw]\":\"-_8\"}"),
          WEIR_PB_JSON_ENUM_NUMBERS, 0, "{\"[ext2.mood]\":3,\"[ext2.raw]\":\"+/8=\"}");
}

static void test_nulls_and_numbers(void **state) {
  (void)state;
  written(&demo_Note_type,
          read(&demo_Note_type,
               "{\"text\":null,\"tags\":null,\"votes\":null,\"quoted\":null,\"user\":null,\"room\":5.0e0}"),
          0, 0, "{\"room\":\"5\"}");
  written(&demo_Note_type,
          read(&demo_Note_type, "{\"age\":\"12\",\"place\":{\"lat\":\"1e2\",\"lon\":\"NaN\"}}"), 0, 0,
          "{\"age\":12,\"place\":{\"lat\":100,\"lon\":\"NaN\"}}");
}

static void test_errors_name_the_place(void **state) {
  (void)state;
  static const struct {
    const char *json, *why;
  } cases[] = {
      {"", "1:1: demo.Note: expected {, not the end"},
      {"[]", "1:1: demo.Note: expected {, not ["},
      {"{\"txt\":1}", "1:2: demo.Note: it has no field \"txt\""},
      {"{\n  \"age\": \"x\"}", "2:10: demo.Note.age: malformed number"},
      {"{\"age\":x}", "1:8: demo.Note.age: expected a number, not x"},
      {"{\"age\":01}", "1:8: demo.Note.age: expected a number, not 01"},
      {"{\"age\":1.5}", "1:8: demo.Note.age: not a whole number, or out of range"},
      {"{\"age\":2147483648}", "1:8: demo.Note.age: not a whole number, or out of range"},
      {"{\"age\":1,\"age\":1}", "1:10: demo.Note: \"age\" is there twice"},
      {"{\"user\":\"a\",\"room\":1}",
       "1:20: demo.Note.room: it is in a oneof with \"user\", which is set already"},
      {"{\"text\":\"a", "1:9: demo.Note.text: string without its end"},
      {"{\"text\":\"a\nb\"}", "1:11: demo.Note.text: control character in a string"},
      {"{\"text\":\"\\ud800\"}", "1:10: demo.Note.text: half of a surrogate pair"},
      {"{\"text\":\"\\q\"}", "1:10: demo.Note.text: unknown escape"},
      {"{\"text\":\"\xff\"}", "1:9: demo.Note.text: invalid UTF-8"},
      {"{\"text\":1}", "1:9: demo.Note.text: expected a string, not 1"},
      {"{\"tags\":[\"a\",]}", "1:14: demo.Note.tags: expected a string, not ]"},
      {"{\"tags\":[\"a\"", "1:13: demo.Note.tags: expected , or ], not the end"},
      {"{\"tags\":[null]}", "1:10: demo.Note.tags: null is no element of a list"},
      {"{\"votes\":{\"a\":null}}", "1:15: demo.Note.votes: null is no value of a map"},
      {"{\"seen\":{\"1.0\":{}}}", "1:10: demo.Note.seen: the key is not a whole number, or out of range"},
      {"{\"colors\":[\"PINK\"]}", "1:12: demo.Note.colors: demo.Color has no value \"PINK\""},
      {"{\"quoted\":{\"place\":{\"lat\":1e999}}}", "1:27: demo.Note.Place.lat: number out of range"},
      {"{\"quoted\":[]}", "1:11: demo.Note.quoted: expected {, not ["},
      {"{,}", "1:2: demo.Note: expected a string, not ,"},
      {"{\"age\" 1}", "1:8: demo.Note: expected :, not 1"},
      {"{} x", "1:4: demo.Note: expected the end, not x"},
      {"{'age':1}", "1:2: demo.Note: expected a string, not 'age'"},
      {"{\"age\":1,}", "1:10: demo.Note: expected a string, not }"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    weir_error e = {0};
    demo_Note n = {0};
    assert_int_equal(weir_pb_from_json(&demo_Note_type, &n, weir_str_of(cases[i].json), arena, NULL, &e),
                     WEIR_INVALID_ARGUMENT);
    assert_string_equal(e.msg, cases[i].why);
    assert_int_equal(e.code, WEIR_INVALID_ARGUMENT);
  }
  weir_error e;
  weir_str json;
  ext2_Item item = {0};
  demo_Note bad = {.text = LIT("\xff")};
  assert_int_equal(weir_pb_from_json(&ext2_Item_type, &item, WEIR_STR("{}"), arena, NULL, &e),
                   WEIR_INVALID_ARGUMENT);
  assert_string_equal(e.msg, "ext2.Item.weight: required field is missing");
  assert_int_equal(weir_pb_to_json(&demo_Note_type, &bad, arena, NULL, &json, &e), WEIR_INVALID_ARGUMENT);
  assert_string_equal(e.msg, "demo.Note.text: invalid UTF-8");
}

static void test_unknown_is_ignored_on_request(void **state) {
  (void)state;
  weir_pb_json_opts opts = {.size = sizeof opts, .flags = WEIR_PB_JSON_IGNORE_UNKNOWN | WEIR_PB_JSON_PARTIAL};
  demo_Note n = {0};
  weir_error e;
  static const char json[] = "{\"x\":[1,{\"y\":[true,false,null,\"\\u0041\",-1.5e3,{}]}],\"age\":1,"
                             "\"colors\":[\"PINK\",\"RED\"],\"[a.b]\":{}}";
  if (weir_pb_from_json(&demo_Note_type, &n, LIT(json), arena, &opts, &e)) fail_msg("%s", e.msg);
  assert_int_equal(n.age, 1);
  assert_int_equal(n.colors.len, 1);
}

static void test_nesting(void **state) {
  (void)state;
  demo_Note n = {0};
  for (int levels = 99; levels <= 101; levels++) { /* below the outermost */
    char json[2000] = "";
    weir_str out;
    for (int i = 0; i < levels; i++) strcat(json, "{\"quoted\":");
    strcat(json, "{}");
    for (int i = 0; i < levels; i++) strcat(json, "}");
    n = (demo_Note){0};
    weir_code code = weir_pb_from_json(&demo_Note_type, &n, weir_str_of(json), arena, NULL, NULL);
    assert_int_equal(code, levels <= WEIR_PB_MAX_DEPTH ? WEIR_OK : WEIR_RESOURCE_EXHAUSTED);
    if (!code) assert_int_equal(weir_pb_to_json(&demo_Note_type, &n, arena, NULL, &out, NULL), WEIR_OK);
  }
  size_t many = 1000000;
  char *deep = malloc(many + 5);
  memcpy(deep, "{\"x\":", 5);
  memset(deep + 5, '[', many);
  weir_pb_json_opts opts = {.size = sizeof opts, .flags = WEIR_PB_JSON_IGNORE_UNKNOWN};
  assert_int_equal(weir_pb_from_json(&demo_Note_type, &n, (weir_str){deep, many + 5}, arena, &opts, NULL),
                   WEIR_RESOURCE_EXHAUSTED);
  free(deep);
}

/* All goldens: written, read back, the same; cut anywhere, an error. */
static void test_round_trips(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOLDENS; i++) {
    const golden *g = &goldens[i];
    for (uint32_t flags = 0; flags < 8; flags++) {
      void *m = weir_pb_new(g->type, arena), *back = weir_pb_new(g->type, arena);
      weir_str json, x, y;
      weir_error e;
      weir_pb_json_opts opts = {.size = sizeof opts, .flags = flags, .indent = flags};
      assert_int_equal(weir_pb_decode(g->type, m, (weir_str){(const char *)g->data, g->len}, arena, 0),
                       WEIR_OK);
      if (weir_pb_to_json(g->type, m, arena, &opts, &json, &e))
        continue; /* a proto2 string that is not UTF-8 */
      if (weir_pb_from_json(g->type, back, json, arena, NULL, &e)) fail_msg("%s: %s", g->name, e.msg);
      assert_int_equal(weir_pb_encode_err(g->type, m, arena, WEIR_PB_DETERMINISTIC, &x, NULL), WEIR_OK);
      assert_int_equal(weir_pb_encode_err(g->type, back, arena, WEIR_PB_DETERMINISTIC, &y, NULL), WEIR_OK);
      assert_int_equal(x.len, y.len);
      assert_memory_equal(x.data, y.data, x.len);
      for (size_t cut = 0; cut < json.len; cut += 1 + json.len / 200) {
        char *copy = malloc(cut + 1);
        memcpy(copy, json.data, cut);
        weir_arena *a = weir_arena_new(NULL, 0);
        assert_int_equal(
            weir_pb_from_json(g->type, weir_pb_new(g->type, a), (weir_str){copy, cut}, a, NULL, NULL),
            WEIR_INVALID_ARGUMENT);
        weir_arena_free(a);
        free(copy);
      }
    }
  }
}

/* Every allocation of reading and of writing fails in turn. */
static void test_out_of_memory(void **state) {
  (void)state;
  void *m = NULL;
  weir_str json;
  assert_int_equal(weir_pb_parse(&kinds3_All_type, BYTES(kinds3_maps), arena, &m), WEIR_OK);
  assert_int_equal(weir_pb_to_json(&kinds3_All_type, m, arena, NULL, &json, NULL), WEIR_OK);
  for (size_t fail_at = 1;; fail_at++) {
    test_mem f = {.fail_at = fail_at};
    weir_arena *a = weir_arena_new_in(test_mem_of(&f), NULL, 0);
    void *back = a ? weir_pb_new(&kinds3_All_type, a) : NULL;
    weir_str again;
    weir_error e;
    weir_code code =
        back ? weir_pb_from_json(&kinds3_All_type, back, json, a, NULL, &e) : WEIR_RESOURCE_EXHAUSTED;
    if (!code) code = weir_pb_to_json(&kinds3_All_type, back, a, NULL, &again, &e);
    bool failed = f.n_failed != 0;
    assert_int_equal(code, failed ? WEIR_RESOURCE_EXHAUSTED : WEIR_OK);
    weir_arena_free(a);
    if (!failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_both_ways),
      cmocka_unit_test(test_names_and_extensions),
      cmocka_unit_test(test_nulls_and_numbers),
      cmocka_unit_test(test_errors_name_the_place),
      cmocka_unit_test(test_unknown_is_ignored_on_request),
      cmocka_unit_test(test_nesting),
      cmocka_unit_test(test_round_trips),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
