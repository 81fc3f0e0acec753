/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "hpack/hpack_test.h"

#include "hpack/table.h"

static weir_hpack_decoder *new_decoder(uint32_t table, uint32_t list, uint32_t fields) {
  weir_hpack_decoder *d = weir_hpack_decoder_new(
      &(weir_hpack_decoder_opts){.max_table_size = table, .max_list_size = list, .max_fields = fields});
  assert_non_null(d);
  return d;
}

/* Decodes from a copy of exactly its length, which is gone afterwards unless the text is made first. */
static weir_err decode(weir_hpack_decoder *d, const char *hex, char *text, size_t cap) {
  weir_bytes b = test_hex(hex);
  char *copy = malloc(weir_bytes_size(&b) + 1);
  assert_non_null(copy);
  if (weir_bytes_size(&b)) memcpy(copy, weir_bytes_view(&b).data, weir_bytes_size(&b));
  weir_hpack_block block = {0};
  weir_err err = weir_hpack_decode(d, (weir_str){copy, weir_bytes_size(&b)}, &block);
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  if (!err) test_append_fields(&out, block.fields, block.n);
  if (!err && block.over) weir_bytes_append_cstr(&out, " over");
  snprintf(text, cap, WEIR_FMT, WEIR_ARG(weir_bytes_view(&out)));
  weir_bytes_fini(&out);
  weir_bytes_fini(&b);
  free(copy);
  return err;
}

static void expect(weir_hpack_decoder *d, const char *hex, const char *fields) {
  char text[1024];
  assert_int_equal(decode(d, hex, text, sizeof text), WEIR_EOK);
  assert_string_equal(text, fields);
}

static void expect_error(const char *hex) {
  weir_hpack_decoder *d = new_decoder(4096, 4096, 100);
  char text[1024];
  if (decode(d, hex, text, sizeof text) != WEIR_EPROTO) fail_msg("%s was decoded: %s", hex, text);
  weir_hpack_decoder_free(d);
}

/* RFC 7541 C.2. */
static void test_representations(void **state) {
  (void)state;
  static const struct {
    const char *hex, *fields;
  } rows[] = {
      {"400a(custom-key)0d(custom-header)", "custom-key=custom-header"},
      {"040c(/sample/path)", ":path=/sample/path"},
      {"1008(password)06(secret)", "password=secret!"},
      {"82", ":method=GET"},
      {"", ""},
      {"0001(a)00", "a="},
      {"0001(a)80", "a="},
      {"3fe11f 82", ":method=GET"},    /* size update to 4096 */
      {"20 3fe11f 82", ":method=GET"}, /* to 0 and back */
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    weir_hpack_decoder *d = new_decoder(4096, 4096, 100);
    expect(d, rows[i].hex, rows[i].fields);
    weir_hpack_decoder_free(d);
  }
}

/* RFC 7541 C.3 to C.6: three blocks each, plain and Huffman-coded, the last two with a table of 256 bytes. */
static void test_sequences(void **state) {
  (void)state;
  static const char *const requests[] = {
      ":method=GET :scheme=http :path=/ :authority=www.example.com",
      ":method=GET :scheme=http :path=/ :authority=www.example.com cache-control=no-cache",
      ":method=GET :scheme=https :path=/index.html :authority=www.example.com custom-key=custom-value",
  };
  static const char *const responses[] = {
      ":status=302 cache-control=private date=Mon, 21 Oct 2013 20:13:21 GMT location=https://www.example.com",
      ":status=307 cache-control=private date=Mon, 21 Oct 2013 20:13:21 GMT location=https://www.example.com",
      (":status=200 cache-control=private date=Mon, 21 Oct 2013 20:13:22 GMT "
       "location=https://www.example.com "
       "content-encoding=gzip set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"),
  };
  static const struct {
    uint32_t table;
    const char *const *fields;
    const char *hex[3];
  } rows[] = {
      {4096,
       requests,
       {"828684410f(www.example.com)", "828684be5808(no-cache)", "828785bf400a(custom-key)0c(custom-value)"}},
      {4096,
       requests,
       {"828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"}},
      {256,
       responses,
       {"4803(302)5807(private)611d(Mon, 21 Oct 2013 20:13:21 GMT)6e17(https://www.example.com)",
        "4803(307)c1c0bf",
        "88c1611d(Mon, 21 Oct 2013 20:13:22 GMT)c05a04(gzip)7738"
        "(foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1)"}},
      {256,
       responses,
       {"488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae"
        "82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960"
        "d5af27087f36"
        "72c1ab270fb5291f9587316065c003ed4ee5b1063d5007"}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    weir_hpack_decoder *d = new_decoder(rows[i].table, 4096, 100);
    for (int k = 0; k < 3; k++) expect(d, rows[i].hex[k], rows[i].fields[k]);
    weir_hpack_decoder_free(d);
  }
}

static void test_errors(void **state) {
  (void)state;
  static const char *const rows[] = {
      "80",                /* index 0 */
      "be",                /* beyond the tables */
      "ff00",              /* index 127, likewise */
      "7e01(a)",           /* literal with a name beyond the tables */
      "82 20",             /* size update behind a field */
      "20 20 20",          /* a third size update */
      "3fe21f",            /* size update above the limit */
      "40",                /* cut off, at every place */
      "4001",              /* */
      "4001(a)",           /* */
      "4001(a)02(b)",      /* */
      "ff",                /* */
      "ff80",              /* */
      "400a(custom",       /* */
      "ff808080808000",    /* integer of 6 continuation bytes */
      "3f808080808000 82", /* likewise, and a legal value */
      "ffffffffff7f",      /* integer above 32 bits */
      "007fffffffff0f(a)", /* string of 4 GB */
      "0081ff00",          /* Huffman: 8 bits of padding */
      "00810000",          /* Huffman: padded by zeros */
      "0084ffffffff00",    /* Huffman: EOS */
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) expect_error(rows[i]);
}

static void test_lower_limit_must_be_heeded(void **state) {
  (void)state;
  char text[64];
  for (int heeded = 0; heeded < 2; heeded++) {
    weir_hpack_decoder *d = new_decoder(4096, 4096, 100);
    expect(d, "4001(a)01(b) be", "a=b a=b");
    weir_hpack_decoder_set_max_table(d, 100);
    if (heeded)
      expect(d, "3f45 be", "a=b"); /* 100; the entry of 34 stays */
    else
      assert_int_equal(decode(d, "be", text, sizeof text), WEIR_EPROTO);
    weir_hpack_decoder_free(d);
  }
}

/* Beyond the limits nothing is kept, and the table goes on. */
static void test_over_limit(void **state) {
  (void)state;
  weir_hpack_decoder *d = new_decoder(4096, 80, 100);
  expect(d, "4001(a)01(b) 4001(c)01(d) 4001(e)01(f)", "a=b c=d over");
  expect(d, "be", "e=f");
  expect(d, "c0 bf", "a=b c=d");
  weir_hpack_decoder_free(d);
  d = new_decoder(4096, 4096, 2);
  expect(d, "4001(a)01(b) 4001(c)01(d) 4001(e)01(f)", "a=b c=d over");
  expect(d, "be", "e=f");
  weir_hpack_decoder_free(d);
}

/* A table of 100 bytes holds two small entries. All five fields of the block must still be right when the later
 * ones have pushed the earlier ones out, and a name may come from the entry that its own field evicts. */
static void test_views_outlive_eviction(void **state) {
  (void)state;
  weir_hpack_decoder *d = new_decoder(100, 4096, 100);
  expect(d, "4003(abc)03(xyz)", "abc=xyz");
  expect(d, "be 7e02(v1) 7e02(v2) 7e02(v3) 4003(new)02(v4) bf be",
         "abc=xyz abc=v1 abc=v2 abc=v3 new=v4 abc=v3 new=v4");
  expect(d, "bf be", "abc=v3 new=v4");
  weir_hpack_decoder_free(d);
  d = new_decoder(70, 4096, 100);
  expect(d, "4010(0123456789abcdef)10(ABCDEFGHIJKLMNOP)", "0123456789abcdef=ABCDEFGHIJKLMNOP");
  expect(d, "7e14(a-value-of-20-bytes!) be",
         "0123456789abcdef=a-value-of-20-bytes! 0123456789abcdef=a-value-of-20-bytes!");
  expect(d, "7e28(this value makes the entry far too large)",
         "0123456789abcdef=this value makes the entry far too large");
  char text[64];
  assert_int_equal(decode(d, "be", text, sizeof text), WEIR_EPROTO); /* it emptied the table (RFC 7541 4.4) */
  weir_hpack_decoder_free(d);
}

/* Blocks one after the other, with what they hold and whether each is known to be the one before. */
static void test_repeats(void **state) {
  (void)state;
  static const struct {
    const char *hex, *fields;
    bool repeats;
  } rows[] = {
      {"82 86", ":method=GET :scheme=http", false},
      {"82 86", ":method=GET :scheme=http", true},
      {"82", ":method=GET", false},
      {"4001(a)01(b)", "a=b", false},
      {"4001(a)01(b)", "a=b", false}, /* it changes the table */
      {"be", "a=b", false},
      {"be", "a=b", true},
      {"4001(c)01(d)", "c=d", false},
      {"be", "c=d", false}, /* the same bytes, and another entry */
      {"be", "c=d", true},
      {"0f2f01(x)", "authorization=x", false},
      {"0f2f01(x)", "authorization=x", false}, /* its value lies in the block */
      {"be 0f2f01(x)", "c=d authorization=x", false},
      {"be 0f2f01(x)", "c=d authorization=x", false},
      {"3f45 be", "c=d", false},
      {"3f45 be", "c=d", false}, /* a size update */
      {"be", "c=d", false},
      {"20 3f45 4001(e)01(f)", "e=f", false},
      {"be", "e=f", false},
      {"82828282828282828282828282828282 82828282828282828282828282828282 82", NULL, false},
      {"82828282828282828282828282828282 82828282828282828282828282828282 82", NULL, false}, /* too long */
  };
  weir_hpack_decoder *d = new_decoder(4096, 4096, 100);
  uint64_t last = 0;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    weir_bytes b = test_hex(rows[i].hex);
    weir_hpack_block block;
    assert_int_equal(weir_hpack_decode(d, weir_bytes_view(&b), &block), WEIR_EOK);
    weir_bytes_fini(&b);
    assert_true(block.id != 0);
    if ((block.id == last) != rows[i].repeats) fail_msg("row %zu: %s", i, rows[i].hex);
    last = block.id;
    if (rows[i].fields && !strchr(rows[i].hex, '(')) { /* literals were in `b` */
      weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
      test_append_fields(&out, block.fields, block.n);
      weir_bytes_append(&out, "", 1);
      assert_string_equal(weir_bytes_view(&out).data, rows[i].fields);
      weir_bytes_fini(&out);
    }
  }
  weir_hpack_decoder_free(d);
}

/* A block that did not decode, or a new limit, ends what was remembered. */
static void test_repeat_ends(void **state) {
  (void)state;
  char text[64];
  weir_hpack_decoder *d = new_decoder(4096, 4096, 100);
  expect(d, "4001(a)01(b) 82", "a=b :method=GET");
  expect(d, "be", "a=b");
  assert_int_equal(decode(d, "82 ff", text, sizeof text), WEIR_EPROTO);
  assert_int_equal(decode(d, "82 ff", text, sizeof text), WEIR_EPROTO);
  expect(d, "be", "a=b");
  expect(d, "be", "a=b");
  weir_hpack_decoder_set_max_table(d, 100);
  assert_int_equal(decode(d, "be", text, sizeof text), WEIR_EPROTO);
  weir_hpack_decoder_free(d);
}

/* The dynamic table against a plain list, with random lengths: the ring must wrap and grow at every place. */
static void test_table_against_model(void **state) {
  (void)state;
  enum { MODEL = 4096 };
  static struct {
    char name[64], value[64];
    uint32_t name_len, value_len;
  } model[MODEL];
  for (uint32_t seed = 1; seed <= 50; seed++) {
    uint32_t r = seed, n = 0, max = 64 + seed * 40;
    weir_hpack_table t;
    weir_hpack_table_init(&t, WEIR_MEM_DEFAULT, max);
    for (; n < MODEL; n++) {
      r = r * 1664525 + 1013904223;
      uint32_t name_len = r >> 28, value_len = (r >> 20) % 50;
      memset(model[n].name, (int)('a' + n % 26), name_len);
      memset(model[n].value, (int)('A' + n % 26), value_len);
      model[n].name_len = name_len;
      model[n].value_len = value_len;
      if ((r >> 10) % 64 == 0) weir_hpack_table_resize(&t, max = 32 + (r >> 12) % 4000);
      assert_true(weir_hpack_table_insert(&t, (weir_str){model[n].name, name_len},
                                          (weir_str){model[n].value, value_len}, 0));
      weir_hpack_table_check(&t);
      uint32_t size = 0, k = 0;
      for (; k <= n; k++) {
        uint32_t next = model[n - k].name_len + model[n - k].value_len + 32;
        if (size + next > max) break;
        size += next;
        if (k >= t.n) continue;
        const weir_hpack_entry *e = weir_hpack_table_at(&t, t.next - 1 - k);
        weir_str name = {model[n - k].name, model[n - k].name_len},
                 value = {model[n - k].value, model[n - k].value_len};
        assert_true(weir_str_eq(weir_hpack_entry_name(&t, e), name));
        assert_true(weir_str_eq(weir_hpack_entry_value(&t, e), value));
      }
      assert_true(t.n <= k); /* less only where a smaller size evicted what a larger one does not bring back */
      assert_true(t.bytes_cap <= 32768);
    }
    weir_hpack_table_fini(&t);
  }
}

/* Every allocation failed in turn; the error is WEIR_ENOMEM and nothing leaks. */
static void test_allocation_failures(void **state) {
  (void)state;
  weir_bytes b = test_hex(
      "4003(abc)03(xyz) 0086a8eb10649cbf01(v) 4003(abd)03(xyz) 7e02(v1) 7e02(v2) 4003(new)02(v4) bf be");
  for (size_t fail_at = 1;; fail_at++) {
    test_heap heap = {.fail_at = fail_at};
    weir_hpack_decoder_opts o = {{test_heap_fn, &heap}, 100, 4096, 100};
    weir_hpack_decoder *d = weir_hpack_decoder_new(&o);
    weir_hpack_block block;
    weir_err err = d ? weir_hpack_decode(d, weir_bytes_view(&b), &block) : WEIR_ENOMEM;
    weir_hpack_decoder_free(d);
    assert_int_equal(heap.live, 0);
    assert_int_equal(err, heap.failed ? WEIR_ENOMEM : WEIR_EOK);
    if (!heap.failed) break;
    assert_true(fail_at < 100);
  }
  weir_bytes_fini(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_representations),
      cmocka_unit_test(test_sequences),
      cmocka_unit_test(test_errors),
      cmocka_unit_test(test_lower_limit_must_be_heeded),
      cmocka_unit_test(test_over_limit),
      cmocka_unit_test(test_views_outlive_eviction),
      cmocka_unit_test(test_repeats),
      cmocka_unit_test(test_repeat_ends),
      cmocka_unit_test(test_table_against_model),
      cmocka_unit_test(test_allocation_failures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
