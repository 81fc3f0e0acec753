/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "testdata/pb_test.h"

static weir_arena *arena;

static int setup(void **state) {
  (void)state;
  arena = weir_arena_new(NULL, 0);
  return arena ? 0 : -1;
}

static int teardown(void **state) {
  (void)state;
  weir_arena_free(arena);
  return 0;
}

/* Decodes into a new message; NULL and the code in *code otherwise. A block of its own size lets the sanitizer see any
 * read past the end. */
static void *decode(const weir_pb_type *t, weir_str wire, uint32_t flags, weir_code *code, weir_error *e) {
  char *copy = (char *)malloc(wire.len + !wire.len);
  if (wire.len) memcpy(copy, wire.data, wire.len);
  void *m = weir_pb_new(t, arena);
  *code = weir_pb_decode_err(t, m, (weir_str){copy, wire.len}, arena, flags, e);
  free(copy);
  return *code ? NULL : m;
}

static void *decode_ok(const weir_pb_type *t, weir_str wire) {
  weir_code code;
  weir_error e = {0};
  void *m = decode(t, wire, 0, &code, &e);
  if (!m) fail_msg("%s", e.msg);
  return m;
}

static void decode_fails(const weir_pb_type *t, weir_str wire, weir_code want, const char *text) {
  weir_code code;
  weir_error e = {0};
  assert_null(decode(t, wire, 0, &code, &e));
  assert_int_equal(code, want);
  assert_int_equal(e.code, want);
  assert_string_equal(e.msg, text);
}

static void test_golden_round_trip(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOLDENS; i++) {
    const golden *g = &goldens[i];
    weir_str wire = {(const char *)g->data, g->len}, out;
    void *m = decode_ok(g->type, wire);
    assert_int_equal(weir_pb_size(g->type, m), g->len);
    assert_int_equal(weir_pb_encode(g->type, m, arena, &out), WEIR_OK);
    assert_int_equal(out.len, g->len);
    assert_memory_equal(out.data, g->data, g->len);
  }
}

static void test_alias_views_the_wire(void **state) {
  (void)state;
  weir_str wire = LIT("\x0a\x03"
                      "abc"
                      "\x1a\x02"
                      "de"
                      "\x1a\x00");
  demo_Note *m = demo_Note_new(arena);
  assert_int_equal(weir_pb_decode(&demo_Note_type, m, wire, arena, WEIR_PB_ALIAS), WEIR_OK);
  assert_ptr_equal(m->text.data, wire.data + 2);
  assert_ptr_equal(m->tags.data[0].data, wire.data + 7);
  assert_int_equal(m->tags.data[1].len, 0);
}

static void test_strings_longer_than_a_window(void **state) {
  (void)state;
  enum { N = 5000 };
  static char wire[4 * (N + 3)];
  size_t n = 0;
  for (int i = 0; i < 4; i++) {
    int len = i % 2 ? 3 : N;
    wire[n++] = 0x1a;
    if (len == N) wire[n++] = (char)((N & 0x7f) | 0x80);
    wire[n++] = (char)(len == N ? N >> 7 : len);
    memset(wire + n, 'a' + i, (size_t)len);
    n += (size_t)len;
  }
  demo_Note *m = decode_ok(&demo_Note_type, (weir_str){wire, n});
  assert_int_equal(m->tags.len, 4);
  for (int i = 0; i < 4; i++) {
    assert_int_equal(m->tags.data[i].len, i % 2 ? 3 : N);
    for (size_t k = 0; k < m->tags.data[i].len; k++) assert_int_equal(m->tags.data[i].data[k], 'a' + i);
  }
}

static void test_values_proto2(void **state) {
  (void)state;
  kinds2_All *m = decode_ok(&kinds2_All_type, BYTES(kinds2_singular));
  assert_true(m->has_f_double && m->f_double == 1.5);
  assert_true(m->has_f_float && m->f_float == -2.25f);
  assert_true(m->f_int64 == -3 && m->f_uint64 == UINT64_MAX && m->f_int32 == INT32_MIN);
  assert_true(m->f_fixed64 == 6000000000u && m->f_fixed32 == 4000000000u && m->f_bool);
  assert_str(m->f_string, "gr\303\274n");
  assert_str(m->f_bytes, "\000\377\n");
  assert_true(m->f_uint32 == UINT32_MAX && m->f_sfixed32 == -15 && m->f_sfixed64 == -16);
  assert_true(m->f_sint32 == INT32_MIN && m->f_sint64 == INT64_MIN);
  assert_true(m->has_f_enum && m->f_enum == kinds2_Size_NEGATIVE);
  assert_true(m->pair->left == 1 && m->pair->right == -1);
  assert_int_equal(m->f_message->f_int32, 7);
  assert_str(m->f_message->f_message->f_string, "deep");
  assert_true(m->has_class_ && m->class_ == 5);
}

static void test_zero_is_present_in_proto2(void **state) {
  (void)state;
  kinds2_All *m = decode_ok(&kinds2_All_type, BYTES(kinds2_zero));
  assert_true(m->has_f_double && m->has_f_bool && m->has_f_string && m->has_f_enum && m->has_f_sint32);
  assert_false(m->has_f_float || m->has_f_uint32 || m->has_class_);
  assert_non_null(m->pair);
  assert_non_null(m->f_message);
}

static void test_values_repeated(void **state) {
  (void)state;
  kinds3_All *m = decode_ok(&kinds3_All_type, BYTES(kinds3_repeated));
  assert_int_equal(m->r_double.len, 4);
  assert_true(m->r_double.data[2] > 1e308 && m->r_double.data[3] == 3.25);
  assert_int_equal(m->r_int64.len, 6);
  assert_true(m->r_int64.data[4] == INT64_MIN && m->r_int64.data[5] == 300);
  assert_true(m->r_uint64.data[6] == UINT64_MAX && m->r_int32.data[2] == -1);
  assert_true(m->r_bool.data[0] && !m->r_bool.data[1] && m->r_bool.data[2]);
  assert_str(m->r_string.data[2], "gr\303\274n");
  assert_true(m->r_sint32.data[1] == -1 && m->r_sint64.data[4] == -65);
  assert_int_equal(m->r_enum.len, 4);
  assert_int_equal(m->r_enum.data[3], 77); /* open: kept */
  assert_int_equal(m->r_message.len, 2);
  assert_int_equal(m->r_message.data[0]->f_int32, 1);
  assert_true(m->u_int32.len == 3 && m->u_int32.data[1] == -1);
}

static void test_values_maps(void **state) {
  (void)state;
  kinds3_All *m = decode_ok(&kinds3_All_type, BYTES(kinds3_maps));
  assert_true(m->m_int32.len == 1 && m->m_int32.data[0].key == INT32_MIN &&
              m->m_int32.data[0].value == INT32_MIN);
  assert_true(m->m_uint64.data[0].key == UINT64_MAX && m->m_bool.data[0].key && m->m_bool.data[0].value);
  assert_str(m->m_string.data[0].value, "gr\303\274n");
  assert_int_equal(m->m_message.data[0].value->f_int32, 4);
  assert_non_null(m->m_message.data[0].value->m_message.data[0].value);
  assert_true(m->m_float.data[0].key == -1 && m->m_float.data[0].value == 0.5f);
}

static void test_packed_and_unpacked_are_one(void **state) {
  (void)state;
  /* r_int32 = 25 packed {1, 2}, then 3 alone, then packed {}; u_int32 = 40, declared unpacked, packed {4, 5}. */
  kinds3_All *m =
      decode_ok(&kinds3_All_type, LIT("\xca\x01\x02\x01\x02\xc8\x01\x03\xca\x01\x00\xc2\x02\x02\x04\x05"));
  assert_int_equal(m->r_int32.len, 3);
  assert_int_equal(m->r_int32.data[2], 3);
  assert_int_equal(m->u_int32.len, 2);
  assert_int_equal(m->u_int32.data[1], 5);
  /* r_fixed32 = 27, one alone, two packed. */
  m = decode_ok(&kinds3_All_type,
                LIT("\xdd\x01\x01\x00\x00\x00\xda\x01\x08\x02\x00\x00\x00\x03\x00\x00\x00"));
  assert_int_equal(m->r_fixed32.len, 3);
  assert_int_equal(m->r_fixed32.data[2], 3);
}

static void test_last_one_wins_and_messages_merge(void **state) {
  (void)state;
  /* f_int32 = 5: 1, then 2; f_message = 11: {f_int32 1, r_string "a"}, then {f_uint32 9, r_string "b"} */
  kinds3_All *m = decode_ok(&kinds3_All_type, LIT("\x28\x01\x28\x02"
                                                  "\x5a\x06\x28\x01\xea\x01\x01"
                                                  "a"
                                                  "\x5a\x06\x68\x09\xea\x01\x01"
                                                  "b"));
  assert_int_equal(m->f_int32, 2);
  assert_int_equal(m->f_message->f_int32, 1);
  assert_int_equal(m->f_message->f_uint32, 9);
  assert_int_equal(m->f_message->r_string.len, 2);
  assert_str(m->f_message->r_string.data[1], "b");
}

static void test_oneof_rules(void **state) {
  (void)state;
  /* room = 5, then user = 4: the last case stays */
  demo_Note *m = decode_ok(&demo_Note_type, LIT("\x28\x07\x22\x01u"));
  assert_int_equal(m->to_case, demo_Note_to_user);
  assert_str(m->to.user, "u");
  /* place twice merges */
  m = decode_ok(&demo_Note_type, LIT("\x42\x09\x09\0\0\0\0\0\0\xf0\x3f\x42\x09\x11\0\0\0\0\0\0\xf0\x3f"));
  assert_int_equal(m->to_case, demo_Note_to_place);
  assert_true(m->to.place->lat == 1 && m->to.place->lon == 1);
  /* place, room, place: the first one is forgotten */
  m = decode_ok(&demo_Note_type, LIT("\x42\x09\x09\0\0\0\0\0\0\xf0\x3f\x28\x01\x42\x00"));
  assert_int_equal(m->to_case, demo_Note_to_place);
  assert_true(m->to.place->lat == 0);
}

static void test_decode_merges_into_the_message(void **state) {
  (void)state;
  demo_Note *m = decode_ok(&demo_Note_type, LIT("\x0a\x01"
                                                "a"
                                                "\x1a\x01"
                                                "x"
                                                "\x32\x05\x0a\x01k\x10\x01"));
  assert_int_equal(
      weir_pb_decode(&demo_Note_type, m, LIT("\x10\x05\x1a\x01y\x32\x05\x0a\x01k\x10\x02"), arena, 0),
      WEIR_OK);
  assert_str(m->text, "a");
  assert_int_equal(m->age, 5);
  assert_int_equal(m->tags.len, 2);
  assert_int_equal(m->votes.len, 1);
  assert_int_equal(m->votes.data[0].value, 2);
}

static void test_closed_enum_goes_to_unknown(void **state) {
  (void)state;
  weir_str out, wire = LIT("\x70\x07"); /* f_enum = 14: 7 is no value of Size */
  kinds2_All *m = decode_ok(&kinds2_All_type, wire);
  assert_false(m->has_f_enum);
  assert_int_equal(weir_pb_encode(&kinds2_All_type, m, arena, &out), WEIR_OK);
  assert_str(out, "\x70\x07");
  /* p_enum = 39, packed {0, 7, 1}: 7 leaves the list, as a field of its own */
  m = decode_ok(&kinds2_All_type, LIT("\xba\x02\x03\x00\x07\x01"));
  assert_int_equal(m->p_enum.len, 2);
  assert_str(weir_pb_unknown(m), "\xb8\x02\x07");
  /* a map entry with such a value is kept whole: m_enum = 201 */
  m = decode_ok(&kinds2_All_type, LIT("\xca\x0c\x05\x0a\x01k\x10\x07"));
  assert_int_equal(m->m_enum.len, 0);
  assert_str(weir_pb_unknown(m), "\xca\x0c\x05\x0a\x01k\x10\x07");
}

static void test_unknown_fields_are_kept_in_order(void **state) {
  (void)state;
  /* 1000 varint, 1001 fixed64, 1002 bytes, 1003 group with a nested one, 1004 fixed32; a known field between */
#define UNKNOWN_1            \
  "\xc0\x3e\x96\x01\xc9\x3e" \
  "12345678"                 \
  "\xd2\x3e\x02hi"
#define UNKNOWN_2                            \
  "\xdb\x3e\x08\x01\x13\x14\xdc\x3e\xe5\x3e" \
  "1234"
  demo_Note *m = decode_ok(&demo_Note_type, LIT(UNKNOWN_1 "\x10\x05" UNKNOWN_2));
  weir_str out;
  assert_str(weir_pb_unknown(m), UNKNOWN_1 UNKNOWN_2);
  assert_int_equal(demo_Note_encode(m, arena, &out), WEIR_OK);
  assert_str(out, "\x10\x05" UNKNOWN_1 UNKNOWN_2);
  assert_int_equal(weir_pb_size(&demo_Note_type, m), out.len);
  weir_code code;
  m = decode(&demo_Note_type, LIT(UNKNOWN_1 "\x10\x05"), WEIR_PB_DROP_UNKNOWN, &code, NULL);
  assert_int_equal(weir_pb_unknown(m).len, 0);
}

static void test_wrong_wire_type_is_unknown(void **state) {
  (void)state;
  demo_Note *m = decode_ok(&demo_Note_type, LIT("\x08\x05"
                                                "\x12\x01z"
                                                "\x3d"
                                                "1234")); /* text varint, age bytes, quoted fixed32 */
  assert_int_equal(m->text.len, 0);
  assert_false(m->has_age);
  assert_null(m->quoted);
  assert_int_equal(weir_pb_unknown(m).len, 10);
}

static void test_map_entries(void **state) {
  (void)state;
  /* no key; no value; both, the wrong way round, with an unknown field; the same key again */
  demo_Note *m = decode_ok(&demo_Note_type, LIT("\x32\x02\x10\x09"
                                                "\x32\x03\x0a\x01"
                                                "a"
                                                "\x32\x07\x10\x02\x0a\x01"
                                                "b"
                                                "\x18\x01"
                                                "\x32\x05\x0a\x01"
                                                "a"
                                                "\x10\x05"));
  assert_int_equal(m->votes.len, 3);
  assert_int_equal(demo_Note_find_votes(m, LIT(""))->value, 9);
  assert_int_equal(demo_Note_find_votes(m, LIT("a"))->value, 5);
  assert_int_equal(demo_Note_find_votes(m, LIT("b"))->value, 2);
  assert_str(m->votes.data[1].key, "a"); /* where it first came */
  /* a message value that is absent is there, empty: seen = 16 */
  m = decode_ok(&demo_Note_type, LIT("\x82\x01\x02\x08\x01"));
  assert_non_null(m->seen.data[0].value);
}

static void test_non_canonical_varints(void **state) {
  (void)state;
  demo_Note *m = decode_ok(
      &demo_Note_type,
      LIT("\x90\x80\x80\x80\x00\x85\x80\x80\x80\x80\x80\x80\x80\x80\x00")); /* tag in 5, value in 10 bytes */
  assert_int_equal(m->age, 5);
  m = decode_ok(&demo_Note_type, LIT("\x10\xff\xff\xff\xff\x1f")); /* more than 32 bits: cut */
  assert_int_equal(m->age, -1);
  kinds3_All *k =
      decode_ok(&kinds3_All_type, LIT("\x40\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")); /* f_bool = 2^63 */
  assert_true(k->f_bool);
}

static void test_malformed(void **state) {
  (void)state;
  static const struct {
    weir_str wire;
    const char *text;
  } cases[] = {
      {{"\x00", 1}, "demo.Note: field number 0 at byte 0"},
      {{"\x80", 1}, "demo.Note: malformed tag at byte 0"},
      {{"\x90\x80\x80\x80\x80\x00\x05", 7}, "demo.Note: malformed tag at byte 0"},
      {{"\xff\xff\xff\xff\x7f\x01", 6}, "demo.Note: malformed tag at byte 0"},
      {{"\x10", 1}, "demo.Note.age: malformed varint at byte 0"},
      {{"\x10\x80", 2}, "demo.Note.age: malformed varint at byte 0"},
      {{"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12}, "demo.Note.age: malformed varint at byte 0"},
      {{"\x0a\x05"
        "abcd",
        6},
       "demo.Note.text: length goes beyond the end at byte 0"},
      {{"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11},
       "demo.Note.text: length goes beyond the end at byte 0"},
      {{"\x3a\x03\x0a\x02"
        "a",
        5},
       "demo.Note.text: length goes beyond the end at byte 2"},
      {{"\x3a\x02\x0a", 3}, "demo.Note.quoted: length goes beyond the end at byte 0"},
      {{"\x1a\x01\x61\x1a\x02\xc3\x28", 7}, "demo.Note.tags: invalid UTF-8 at byte 5"},
      {{"\x42\x02\x09\x01", 4}, "demo.Note.Place.lat: length goes beyond the end at byte 2"},
      {{"\x52\x02\x01\x80", 4}, "demo.Note.colors: malformed varint at byte 4"},
      {{"\x14", 1}, "demo.Note.age: end of a group that was not begun at byte 0"},
      {{"\xdb\x3e\x08\x01", 4}, "demo.Note: malformed unknown field at byte 0"},
      {{"\xdb\x3e\xe4\x3e", 4}, "demo.Note: malformed unknown field at byte 0"},
      {{"\xdb\x3e\x04\xdc\x3e", 5}, "demo.Note: malformed unknown field at byte 0"},
      {{"\xc6\x3e", 2}, "demo.Note: malformed unknown field at byte 0"},
      {{"\xc7\x3e", 2}, "demo.Note: malformed unknown field at byte 0"},
      {{"\x32\x03\x0a\x01\xff", 5}, "demo.Note.VotesEntry.key: invalid UTF-8 at byte 4"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    decode_fails(&demo_Note_type, cases[i].wire, WEIR_INVALID_ARGUMENT, cases[i].text);
  decode_fails(&kinds2_All_type, LIT("\x53\x08\x01"), WEIR_INVALID_ARGUMENT,
               "kinds2.All.Pair: group without its end at byte 3");
  decode_fails(&kinds2_All_type, LIT("\x53\x5c"), WEIR_INVALID_ARGUMENT,
               "kinds2.All.Pair: end of a group that was not begun at byte 1");
  decode_fails(&kinds3_All_type,
               LIT("\xda\x01\x03"
                   "abc"),
               WEIR_INVALID_ARGUMENT,
               "kinds3.All.r_fixed32: packed field is not a whole number of values at byte 3");
}

static void test_utf8(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool ok;
  } cases[] = {
      {"plain, and longer than two words", true},
      {"\x7f", true},
      {"\xc2\x80", true},
      {"\xdf\xbf", true},
      {"\xe0\xa0\x80", true},
      {"\xed\x9f\xbf", true},
      {"\xee\x80\x80", true},
      {"\xf0\x90\x80\x80", true},
      {"\xf4\x8f\xbf\xbf", true},
      {"eight888\xc3\xbc", true},
      {"0123456789abcdef0\xe2\x82\xac!", true},
      {"\x80", false},
      {"\xc1\xbf", false},
      {"\xc2", false},
      {"\xc2 ", false},
      {"\xe0\x9f\xbf", false},
      {"\xed\xa0\x80", false},
      {"\xf0\x8f\xbf\xbf", false},
      {"\xf4\x90\x80\x80", false},
      {"\xf5\x80\x80\x80", false},
      {"\xff", false},
      {"0123456789abcde\xc3", false},
      {"\xe2\x82", false},
      {"\xff"
       "0123456789abcdef",
       false},
      {"01234567\xff"
       "9abcdefghijkl",
       false},
      {"abcd\xff"
       "f",
       false},
      {"ab\xff", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char wire[64] = {0x0a, (char)strlen(cases[i].text)};
    strcpy(wire + 2, cases[i].text);
    weir_code code;
    demo_Note *m = decode(&demo_Note_type, (weir_str){wire, 2 + strlen(cases[i].text)}, 0, &code, NULL);
    if ((m != NULL) != cases[i].ok) fail_msg("case %zu: %s", i, cases[i].text);
  }
  /* proto2 strings and bytes take anything */
  decode_ok(&kinds2_All_type, LIT("\x4a\x01\xff\x62\x01\xff"));
}

static void test_required(void **state) {
  (void)state;
  decode_fails(&kinds2_Strict_type, LIT(""), WEIR_INVALID_ARGUMENT,
               "kinds2.Strict.id: required field is missing");
  decode_fails(&kinds2_Strict_type, LIT("\x08\x01\x12\x00"), WEIR_INVALID_ARGUMENT,
               "kinds2.Strict.inner: required field is missing");
  decode_ok(&kinds2_Strict_type, LIT("\x08\x01\x12\x00\x1a\x00"));
  weir_code code;
  assert_non_null(decode(&kinds2_Strict_type, LIT(""), WEIR_PB_PARTIAL, &code, NULL));
  /* strict = 203 in two parts: complete once merged */
  decode_ok(&kinds2_All_type, LIT("\xda\x0c\x02\x08\x01\xda\x0c\x04\x12\x00\x1a\x00"));
  decode_fails(&kinds2_All_type, LIT("\xda\x0c\x02\x08\x01"), WEIR_INVALID_ARGUMENT,
               "kinds2.Strict.name: required field is missing");
  /* m_strict = 202, an entry whose value did not come */
  decode_fails(&kinds2_All_type, LIT("\xd2\x0c\x02\x08\x01"), WEIR_INVALID_ARGUMENT,
               "kinds2.Strict.id: required field is missing");
}

/* n levels of demo.Note.quoted, innermost empty, in at most 3 * n bytes at the end of buf. */
static weir_str nested(char *buf, size_t cap, int n) {
  size_t at = cap, len = 0;
  for (int i = 0; i < n; i++, len = cap - at) {
    if (len >= 0x80) buf[--at] = (char)(len >> 7);
    buf[--at] = (char)(len >= 0x80 ? (len & 0x7f) | 0x80 : len);
    buf[--at] = 0x3a;
  }
  return (weir_str){buf + at, cap - at};
}

static void test_depth(void **state) {
  (void)state;
  static char buf[1000];
  weir_str deepest = nested(buf, sizeof buf, WEIR_PB_MAX_DEPTH), out;
  demo_Note *m = decode_ok(&demo_Note_type, deepest);
  assert_int_equal(demo_Note_encode(m, arena, &out), WEIR_OK);
  assert_int_equal(out.len, deepest.len);
  assert_memory_equal(out.data, deepest.data, out.len);
  decode_fails(&demo_Note_type, nested(buf, sizeof buf, WEIR_PB_MAX_DEPTH + 1), WEIR_RESOURCE_EXHAUSTED,
               "demo.Note.quoted: nested too deep at byte 237");
  /* a million groups, known and unknown */
  enum { N = 1000000 };
  char *groups = malloc(N);
  memset(groups, 0x53, N);
  weir_code code;
  assert_null(decode(&kinds2_All_type, (weir_str){groups, N}, 0, &code, NULL));
  memset(groups, 0x63, N);
  assert_null(decode(&demo_Note_type, (weir_str){groups, N}, 0, &code, NULL));
  free(groups);
}

static void test_too_long(void **state) {
  (void)state;
  weir_error e;
  demo_Note m = {0};
  weir_str wire = {"", (size_t)WEIR_PB_MAX_SIZE + 1};
  assert_int_equal(weir_pb_decode_err(&demo_Note_type, &m, wire, arena, 0, &e), WEIR_RESOURCE_EXHAUSTED);
  assert_string_equal(e.msg, "demo.Note: longer than 2 GiB");
}

/* Whatever decodes must encode, and decode again to what encodes to the same bytes. */
static void check_stable(const golden *g, const void *m) {
  weir_str once, twice;
  weir_error e = {0};
  weir_code code = weir_pb_encode_err(g->type, m, arena, WEIR_PB_DETERMINISTIC, &once, &e);
  if (code) fail_msg("%s: %s", g->name, e.msg);
  const void *again = decode(g->type, once, 0, &code, &e);
  if (!again) fail_msg("%s: %s", g->name, e.msg);
  assert_int_equal(weir_pb_encode_err(g->type, again, arena, WEIR_PB_DETERMINISTIC, &twice, &e), WEIR_OK);
  assert_int_equal(once.len, twice.len);
  assert_memory_equal(once.data, twice.data, once.len);
}

static void test_cut_at_every_offset(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOLDENS; i++) {
    const golden *g = &goldens[i];
    size_t n_ok = 0;
    for (size_t len = 0; len < g->len; len++) {
      weir_code code;
      void *m = decode(g->type, (weir_str){(const char *)g->data, len}, 0, &code, NULL);
      assert_true(m ? code == WEIR_OK : code == WEIR_INVALID_ARGUMENT);
      if (m) check_stable(g, m);
      n_ok += m != NULL;
      weir_arena_reset(arena);
    }
    assert_true(n_ok >= 1 && n_ok < g->len); /* between fields it is whole */
  }
}

static void test_every_byte_changed(void **state) {
  (void)state;
  static const unsigned char flips[] = {0x01, 0x02, 0x04, 0x08, 0x40, 0x80, 0xff};
  for (size_t i = 0; i < N_GOLDENS; i++) {
    const golden *g = &goldens[i];
    unsigned char *wire = malloc(g->len);
    for (size_t at = 0; at < g->len; at++) {
      for (size_t k = 0; k < sizeof flips; k++) {
        memcpy(wire, g->data, g->len);
        wire[at] ^= flips[k];
        weir_code code;
        void *m = decode(g->type, (weir_str){(const char *)wire, g->len}, 0, &code, NULL);
        if (m) check_stable(g, m);
        weir_arena_reset(arena);
      }
    }
    free(wire);
  }
}

static void fail_every_allocation(const weir_pb_type *t, weir_str in) {
  for (size_t fail_at = 1;; fail_at++) {
    test_mem f = {.fail_at = fail_at};
    weir_arena *a = weir_arena_new_in(test_mem_of(&f), NULL, 0);
    void *m = NULL;
    weir_str out;
    weir_code code = weir_pb_parse(t, in, a, &m);
    if (!code) code = weir_pb_encode(t, m, a, &out);
    bool failed = f.n_failed != 0;
    weir_arena_free(a);
    assert_int_equal(f.live, 0);
    assert_int_equal(code, failed ? WEIR_RESOURCE_EXHAUSTED : WEIR_OK);
    if (!failed) break;
  }
}

static void test_every_allocation_failed(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOLDENS; i++)
    fail_every_allocation(goldens[i].type, (weir_str){(const char *)goldens[i].data, goldens[i].len});
  /* what is kept as unknown, n times over: fields, values of closed enums (alone, packed, in a map); and packed ones */
  static const weir_str units[] = {{"\xd2\x3e\x02hi", 5},
                                   {"\x70\x07", 2},
                                   {"\xba\x02\x03\x00\x07\x01", 6},
                                   {"\xca\x0c\x05\x0a\x01k\x10\x07", 8}};
  for (size_t u = 0; u < 4; u++) {
    enum { N = 1000 };
    char *wire = weir_alloc(arena, N * units[u].len);
    for (size_t i = 0; i < N; i++) memcpy(wire + i * units[u].len, units[u].data, units[u].len);
    fail_every_allocation(&kinds2_All_type, (weir_str){wire, N * units[u].len});
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      T(test_golden_round_trip),
      T(test_alias_views_the_wire),
      T(test_strings_longer_than_a_window),
      T(test_values_proto2),
      T(test_zero_is_present_in_proto2),
      T(test_values_repeated),
      T(test_values_maps),
      T(test_packed_and_unpacked_are_one),
      T(test_last_one_wins_and_messages_merge),
      T(test_oneof_rules),
      T(test_decode_merges_into_the_message),
      T(test_closed_enum_goes_to_unknown),
      T(test_unknown_fields_are_kept_in_order),
      T(test_wrong_wire_type_is_unknown),
      T(test_map_entries),
      T(test_non_canonical_varints),
      T(test_malformed),
      T(test_utf8),
      T(test_required),
      T(test_depth),
      T(test_too_long),
      T(test_cut_at_every_offset),
      T(test_every_byte_changed),
      T(test_every_allocation_failed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
