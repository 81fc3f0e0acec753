/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/metadata.h"

#include <stdlib.h>
#include <string.h>

static const weir_mem mem = {NULL, NULL};

static weir_str text(const char *s) { return weir_str_of(s); }
static bool is(weir_str s, const char *want) { return weir_str_eq(s, weir_str_of(want)); }

static void knows_its_own_names(void **state) {
  static const char *const names[WEIR_FIELD_N] = {
      [WEIR_FIELD_METHOD] = ":method",
      [WEIR_FIELD_SCHEME] = ":scheme",
      [WEIR_FIELD_PATH] = ":path",
      [WEIR_FIELD_AUTHORITY] = ":authority",
      [WEIR_FIELD_STATUS] = ":status",
      [WEIR_FIELD_HOST] = "host",
      [WEIR_FIELD_TE] = "te",
      [WEIR_FIELD_CONTENT_TYPE] = "content-type",
      [WEIR_FIELD_CONTENT_LENGTH] = "content-length",
      [WEIR_FIELD_GRPC_STATUS] = "grpc-status",
      [WEIR_FIELD_GRPC_MESSAGE] = "grpc-message",
      [WEIR_FIELD_GRPC_TIMEOUT] = "grpc-timeout",
      [WEIR_FIELD_GRPC_ENCODING] = "grpc-encoding",
      [WEIR_FIELD_GRPC_ACCEPT_ENCODING] = "grpc-accept-encoding",
      [WEIR_FIELD_GRPC_MESSAGE_TYPE] = "grpc-message-type",
  };
  (void)state;
  for (int id = 1; id < WEIR_FIELD_N; id++) {
    assert_non_null(names[id]);
    assert_int_equal(weir_field_identify(text(names[id])), id);
    char other[32];
    strcpy(other, names[id]);
    other[strlen(other) - 1] ^= 1; /* same length, another name */
    assert_int_equal(weir_field_identify(text(other)), WEIR_FIELD_CUSTOM);
  }
  assert_int_equal(weir_field_identify(text("")), WEIR_FIELD_CUSTOM);
  assert_int_equal(weir_field_identify(text("user-agent")), WEIR_FIELD_CUSTOM);
}

/* RFC 4648 section 10, without padding. */
static const char *const base64_rows[][2] = {
    {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
    {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "+//+"}};

static void encodes_base64(void **state) {
  char out[64];
  (void)state;
  for (size_t i = 0; i < sizeof base64_rows / sizeof *base64_rows; i++) {
    size_t n = weir_base64_encode(text(base64_rows[i][0]), out);
    assert_true(weir_str_eq((weir_str){out, n}, text(base64_rows[i][1])));
    assert_int_equal(weir_base64_len(strlen(base64_rows[i][0])), n);
  }
}

static void decodes_base64_padded_or_not(void **state) {
  char out[64], padded[64];
  (void)state;
  for (size_t i = 0; i < sizeof base64_rows / sizeof *base64_rows; i++) {
    size_t n = 99;
    strcpy(padded, base64_rows[i][1]);
    assert_true(weir_base64_decode(text(padded), out, &n));
    assert_true(weir_str_eq((weir_str){out, n}, text(base64_rows[i][0])));
    while (strlen(padded) % 4) strcat(padded, "=");
    assert_true(weir_base64_decode(text(padded), out, &n));
    assert_true(weir_str_eq((weir_str){out, n}, text(base64_rows[i][0])));
  }
}

static void refuses_what_is_not_base64(void **state) {
  static const char *const rows[] = {
      "A", "AAAAA", "A===", "====", "=", "AA=", "AA=A", "AA A", "AA-_", "AAA!", "Zg==Zg=="};
  char out[64];
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t n = 99;
    assert_false(weir_base64_decode(text(rows[i]), out, &n));
    assert_int_equal(n, 99);
  }
}

static void base64_round_trip(void **state) {
  char in[64], code[128], back[128];
  (void)state;
  for (size_t len = 0; len < sizeof in; len++) {
    for (size_t i = 0; i < len; i++) in[i] = (char)(i * 37 + len * 11);
    size_t n = weir_base64_encode((weir_str){in, len}, code), m = 0;
    assert_true(weir_base64_decode((weir_str){code, n}, back, &m));
    assert_int_equal(m, len);
    assert_memory_equal(in, back, len);
  }
}

#define F(n, v)                                               \
  {                                                           \
    .name = {n, sizeof(n) - 1}, .value = { v, sizeof(v) - 1 } \
  }

static void reads_a_block(void **state) {
  static const weir_hpack_field fields[] = {
      F(":status", "200"),
      F("content-type", "application/grpc"),
      F("a", "1"),
      F("b-bin", "AQI=, AwQ,,/w"),
      F("a", "2, 3"),
      F("grpc-message", "caf%C3%A9"),
      F("grpc-status", "5"),
      F("user-agent", "x"),
      F("a", ""),
      F("grpc-status", "6"),
      F("grpc-status-details-bin", "CAU"),
  };
  weir_metadata m = {0};
  weir_str bad = {0};
  (void)state;
  for (int round = 0; round < 2; round++) {
    assert_int_equal(weir_metadata_read(&m, mem, fields, sizeof fields / sizeof *fields, &bad), WEIR_EOK);
    assert_true(is(m.known[WEIR_FIELD_STATUS], "200"));
    assert_true(is(m.known[WEIR_FIELD_GRPC_STATUS], "5"));
    assert_true(is(m.known[WEIR_FIELD_GRPC_MESSAGE], "caf\xc3\xa9"));
    assert_null(m.known[WEIR_FIELD_PATH].data);
    static const char *const keys[] = {
        "a", "b-bin", "b-bin", "b-bin", "b-bin", "a", "user-agent", "a", "grpc-status-details-bin"};
    static const char *const vals[] = {"1", "\1\2", "\3\4", "", "\xff", "2, 3", "x", "", "\x08\x05"};
    assert_int_equal(m.n, sizeof keys / sizeof *keys);
    for (size_t i = 0; i < m.n; i++) {
      assert_true(is(m.kvs[i].key, keys[i]));
      assert_true(is(m.kvs[i].val, vals[i]));
    }
  }
  weir_metadata_fini(&m, mem);
}

static void reads_nothing_without_memory(void **state) {
  weir_metadata m = {0};
  weir_str bad = {0};
  static const weir_hpack_field fields[] = {F(":status", "200"), F("grpc-status", "0")};
  (void)state;
  assert_int_equal(weir_metadata_read(&m, mem, fields, 2, &bad), WEIR_EOK);
  assert_int_equal(m.n, 0);
  assert_null(m.kvs); /* the usual block costs nothing */
  assert_null(m.bin);
}

static void tells_of_bad_base64(void **state) {
  static const weir_hpack_field fields[] = {F("x-bin", "!"), F("y-bin", "A"), F(":path", "/a/b")};
  weir_metadata m = {0};
  weir_str bad = {0};
  (void)state;
  assert_int_equal(weir_metadata_read(&m, mem, fields, 3, &bad), WEIR_EINVALID);
  assert_true(is(bad, "x-bin"));
  assert_true(is(m.known[WEIR_FIELD_PATH], "/a/b"));
  weir_metadata_fini(&m, mem);
}

static void limits_the_pairs(void **state) {
  static char commas[WEIR_METADATA_MAX_PAIRS];
  weir_hpack_field field = {.name = {"x-bin", 5}, .value = {commas, sizeof commas - 1}};
  weir_metadata m = {0};
  weir_str bad = {0};
  (void)state;
  memset(commas, ',', sizeof commas);
  assert_int_equal(weir_metadata_read(&m, mem, &field, 1, &bad), WEIR_EOK);
  assert_int_equal(m.n, WEIR_METADATA_MAX_PAIRS);
  field.value.len++;
  assert_int_equal(weir_metadata_read(&m, mem, &field, 1, &bad), WEIR_ELIMIT);
  weir_metadata_fini(&m, mem);
}

static void tells_what_may_be_sent(void **state) {
  static const weir_kv good[] = {
      {{"a", 1}, {"", 0}},
      {{"x-0_.y", 6}, {" !~", 3}},
      {{"x-bin", 5}, {"\0\xff", 2}},
      {{"-bin", 4}, {"", 0}},
      {{"grpc-status-details-bin", 23}, {"\1", 1}},
      {{"grpc-trace-bin", 14}, {"\1", 1}},
      {{"grpc-previous-rpc-attempts", 26}, {"1", 1}},
      {{"grpc-retry-pushback-ms", 22}, {"1", 1}},
      {{"authorization", 13}, {"Bearer x", 8}},
      {{"grpcx", 5}, {"", 0}},
  };
  static const weir_kv bad[] = {
      {{"", 0}, {"", 0}},
      {{"A", 1}, {"", 0}},
      {{"a b", 3}, {"", 0}},
      {{"a:", 2}, {"", 0}},
      {{":path", 5}, {"/", 1}},
      {{"a\0", 2}, {"", 0}},
      {{"\xc3\xa9", 2}, {"", 0}},
      {{"a", 1}, {"\n", 1}},
      {{"a", 1}, {"\x7f", 1}},
      {{"a", 1}, {"\xc3\xa9", 2}},
      {{"a", 1}, {"x\0", 2}},
      {{"te", 2}, {"trailers", 8}},
      {{"host", 4}, {"x", 1}},
      {{"content-type", 12}, {"x", 1}},
      {{"content-length", 14}, {"1", 1}},
      {{"user-agent", 10}, {"x", 1}},
      {{"connection", 10}, {"close", 5}},
      {{"transfer-encoding", 17}, {"chunked", 7}},
      {{"grpc-status", 11}, {"0", 1}},
      {{"grpc-timeout", 12}, {"1S", 2}},
      {{"grpc-anything", 13}, {"", 0}},
      {{"grpc-", 5}, {"", 0}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(weir_metadata_is_legal(&good[i]));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    weir_field_list l = {0};
    assert_false(weir_metadata_is_legal(&bad[i]));
    assert_int_equal(weir_fields_begin(&l, mem, 1, 0, &bad[i], 1), WEIR_EINVALID);
    weir_fields_fini(&l, mem);
  }
}

static void writes_metadata(void **state) {
  static const weir_kv kvs[] = {{{"a", 1}, {"  trimmed ", 10}},
                                {{"b-bin", 5}, {"\1\2", 2}},
                                {{"c-bin", 5}, {"", 0}},
                                {{"a", 1}, {" ", 1}}};
  static const char *const vals[] = {"trimmed", "AQI", "", ""};
  weir_field_list l = {0};
  (void)state;
  for (int round = 0; round < 2; round++) {
    assert_int_equal(weir_fields_begin(&l, mem, 1, 3, kvs, 4), WEIR_EOK);
    weir_fields_text(&l, 3);
    weir_fields_add_metadata(&l, kvs, 4);
    assert_int_equal(l.len, 4);
    assert_true(l.text_len <= l.text_cap);
    for (size_t i = 0; i < 4; i++) {
      assert_true(weir_str_eq(l.data[i].name, kvs[i].key));
      assert_true(is(l.data[i].value, vals[i]));
    }
  }
  weir_fields_fini(&l, mem);
}

static int left;
static void *failing(void *ctx, void *p, size_t old_size, size_t new_size) {
  (void)ctx, (void)old_size;
  if (!new_size) return free(p), NULL;
  return left-- > 0 ? realloc(p, new_size) : NULL;
}

static void survives_each_failed_allocation(void **state) {
  static const weir_hpack_field fields[] = {F("a", "1"), F("b-bin", "AQ"), F("c", "3")};
  static const weir_kv kvs[] = {{{"b-bin", 5}, {"\1", 1}}};
  weir_mem failing_mem = {failing, NULL};
  (void)state;
  for (int n = 0; n < 2; n++) {
    weir_metadata m = {0};
    weir_field_list l = {0};
    weir_str bad = {0};
    left = n;
    assert_int_equal(weir_metadata_read(&m, failing_mem, fields, 3, &bad), WEIR_ENOMEM);
    left = n;
    assert_int_equal(weir_fields_begin(&l, failing_mem, 2, 0, kvs, 1), WEIR_ENOMEM);
    weir_metadata_fini(&m, failing_mem);
    weir_fields_fini(&l, failing_mem);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(knows_its_own_names),
      cmocka_unit_test(encodes_base64),
      cmocka_unit_test(decodes_base64_padded_or_not),
      cmocka_unit_test(refuses_what_is_not_base64),
      cmocka_unit_test(base64_round_trip),
      cmocka_unit_test(reads_a_block),
      cmocka_unit_test(reads_nothing_without_memory),
      cmocka_unit_test(tells_of_bad_base64),
      cmocka_unit_test(limits_the_pairs),
      cmocka_unit_test(tells_what_may_be_sent),
      cmocka_unit_test(writes_metadata),
      cmocka_unit_test(survives_each_failed_allocation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
