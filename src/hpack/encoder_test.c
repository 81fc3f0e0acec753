/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "hpack/hpack_test.h"

#define F(n, v) \
  { .name = WEIR_STR(n), .value = WEIR_STR(v) }
#define LEN(a) (sizeof(a) / sizeof(a)[0])

typedef struct pair_of_ends {
  weir_hpack_encoder *e;
  weir_hpack_decoder *d;
  weir_bytes wire;
} pair_of_ends;

static pair_of_ends new_pair(void) {
  pair_of_ends p = {weir_hpack_encoder_new(WEIR_MEM_DEFAULT, 4096),
                    weir_hpack_decoder_new(&(weir_hpack_decoder_opts){
                        .max_table_size = 4096, .max_list_size = 1 << 20, .max_fields = 1000}),
                    weir_bytes_in(WEIR_MEM_DEFAULT)};
  assert_true(p.e && p.d);
  return p;
}

static void free_pair(pair_of_ends *p) {
  weir_hpack_encoder_free(p->e);
  weir_hpack_decoder_free(p->d);
  weir_bytes_fini(&p->wire);
}

/* Encodes, decodes, compares; returns the length on the wire. */
static size_t round_trip(pair_of_ends *p, const weir_hpack_field *fields, size_t n) {
  weir_bytes_clear(&p->wire);
  assert_int_equal(weir_hpack_encode(p->e, fields, n, &p->wire), WEIR_EOK);
  weir_hpack_block b;
  assert_int_equal(weir_hpack_decode(p->d, weir_bytes_view(&p->wire), &b), WEIR_EOK);
  assert_false(b.over);
  assert_int_equal(b.n, n);
  for (size_t i = 0; i < n; i++) {
    assert_true(weir_str_eq(b.fields[i].name, fields[i].name));
    assert_true(weir_str_eq(b.fields[i].value, fields[i].value));
    assert_int_equal(b.fields[i].never_index, fields[i].never_index);
  }
  return weir_bytes_size(&p->wire);
}

/* Constants, while their entries come, go and come again. */
static void test_constants(void **state) {
  (void)state;
  pair_of_ends p = new_pair();
  weir_hpack_field list[] = {
      {.name = WEIR_STR(":status"), .value = WEIR_STR("200"), .constant = 1},
      {.name = WEIR_STR("content-type"), .value = WEIR_STR("application/grpc"), .constant = 2},
      {.name = WEIR_STR("grpc-status"), .value = WEIR_STR("0"), .constant = WEIR_HPACK_CONSTANTS},
  };
  assert_true(round_trip(&p, list, LEN(list)) > 3);
  for (int i = 0; i < 3; i++) assert_int_equal(round_trip(&p, list, LEN(list)), 3);
  for (unsigned i = 0; i < 400; i++) { /* washes them out, after more and more uses */
    char value[64];
    snprintf(value, sizeof value, "%050u", i);
    weir_hpack_field other = {.name = WEIR_STR("x"), .value = weir_str_of(value)};
    round_trip(&p, &other, 1);
    round_trip(&p, &other, 1);
    if (i % 7 == 0) round_trip(&p, list, 2);
    if (i % 150 == 0) round_trip(&p, list, LEN(list));
  }
  for (int i = 0; i < 3; i++) round_trip(&p, list, LEN(list));
  assert_int_equal(round_trip(&p, list, LEN(list)), 3);
  weir_hpack_encoder_set_max_table(p.e, 0);
  for (int i = 0; i < 2; i++) round_trip(&p, list, LEN(list));
  weir_hpack_encoder_set_max_table(p.e, 4096);
  for (int i = 0; i < 2; i++) round_trip(&p, list, LEN(list));
  assert_int_equal(round_trip(&p, list, LEN(list)), 3);
  free_pair(&p);
}

static void test_repeated_list_is_short(void **state) {
  (void)state;
  pair_of_ends p = new_pair();
  weir_hpack_field call[] = {
      F(":method", "POST"),
      F(":scheme", "http"),
      F(":path", "/helloworld.Greeter/SayHello"),
      F(":authority", "localhost:50051"),
      F("te", "trailers"),
      F("content-type", "application/grpc"),
      F("user-agent", "grpc-c-weir/0.1"),
  };
  assert_true(round_trip(&p, call, LEN(call)) > 40);
  for (int i = 0; i < 3; i++) assert_int_equal(round_trip(&p, call, LEN(call)), LEN(call));
  free_pair(&p);
}

static void test_kinds_of_literal(void **state) {
  (void)state;
  pair_of_ends p = new_pair();
  weir_hpack_field secret[] = {
      {.name = WEIR_STR("authorization"), .value = WEIR_STR("Bearer x"), .never_index = true}};
  weir_hpack_field timeout[] = {{.name = WEIR_STR("grpc-timeout"), .value = WEIR_STR("99m"), .no_index = true}};
  for (int i = 0; i < 3; i++) { /* neither ever gets into the table */
    round_trip(&p, secret, 1);
    assert_int_equal((uint8_t)weir_bytes_view(&p.wire).data[0] & 0xf0, 0x10);
    round_trip(&p, timeout, 1);
    assert_int_equal((uint8_t)weir_bytes_view(&p.wire).data[0] & 0xf0, 0x00);
  }
  weir_hpack_field pair[] = {F("key", "one")}, other[] = {F("key", "two")};
  round_trip(&p, pair, 1);
  assert_int_equal((uint8_t)weir_bytes_view(&p.wire).data[0], 0x40);
  round_trip(&p, other, 1);
  assert_int_equal((uint8_t)weir_bytes_view(&p.wire).data[0], 0x40 | 62); /* the name by index */
  free_pair(&p);
}

/* Values that never come again fill the free room and then stop pushing out the ones that do. */
static void test_unique_values_do_not_wash_out(void **state) {
  (void)state;
  pair_of_ends p = new_pair();
  for (int i = 0; i < 2000; i++) {
    char id[32];
    snprintf(id, sizeof id, "%d-%d", i, i * 7919);
    weir_hpack_field fields[] = {F("grpc-encoding", "identity"),
                                 {.name = WEIR_STR("request-id"), .value = weir_str_of(id)}};
    size_t len = round_trip(&p, fields, 2);
    if (i > 500) assert_true(len < 16);
  }
  weir_hpack_field late[] = {F("came-late", "but often")};
  round_trip(&p, late, 1);
  round_trip(&p, late, 1);
  assert_int_equal(round_trip(&p, late, 1), 1); /* indexed at second sight */
  free_pair(&p);
}

static void test_table_size_changes(void **state) {
  (void)state;
  pair_of_ends p = new_pair();
  weir_hpack_field f[] = {F("a", "b")};
  round_trip(&p, f, 1);
  weir_hpack_encoder_set_max_table(p.e, 0);
  weir_hpack_encoder_set_max_table(p.e, 1000);
  weir_hpack_decoder_set_max_table(p.d, 1000);
  round_trip(&p, f, 1); /* 0, then 1000, then a literal */
  assert_int_equal((uint8_t)weir_bytes_view(&p.wire).data[0], 0x20);
  assert_int_equal((uint8_t)weir_bytes_view(&p.wire).data[1], 0x3f);
  assert_int_equal(round_trip(&p, f, 1), 1);
  weir_hpack_encoder_set_max_table(p.e, 1u << 30); /* more than we use: 4096 */
  weir_hpack_decoder_set_max_table(p.d, 4096);
  round_trip(&p, f, 1);
  weir_hpack_encoder_set_max_table(p.e, 0);
  weir_hpack_decoder_set_max_table(p.d, 0);
  for (int i = 0; i < 3; i++) assert_true(round_trip(&p, f, 1) >= 5);
  free_pair(&p);
}

/* Random lists and random table sizes: the decoder always follows. */
static void test_random_lists(void **state) {
  (void)state;
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz-0123456789\x80\xff~ {";
  for (uint32_t seed = 1; seed <= 30; seed++) {
    uint32_t r = seed * 7777;
    pair_of_ends p = new_pair();
    for (int block = 0; block < 200; block++) {
      char text[64][80];
      weir_hpack_field fields[16] = {0};
      r = r * 1664525 + 1013904223;
      size_t n = (r >> 20) % 16;
      for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 2; k++) {
          r = r * 1664525 + 1013904223;
          size_t len = (r >> 24) % (k ? 60 : 12);
          for (size_t c = 0; c < len; c++) {
            if ((r >> 16) % 4) r = r * 1664525 + 1013904223;
            text[2 * i + (size_t)k][c] = letters[(r >> 12) % (sizeof letters - 1)];
          }
          weir_str s = {text[2 * i + (size_t)k], len};
          if (k)
            fields[i].value = s;
          else
            fields[i].name = s;
        }
        if (i && (r >> 8) % 3 == 0) fields[i] = fields[(r >> 10) % i];
        fields[i].never_index = (r >> 5) % 8 == 0;
        fields[i].no_index = (r >> 6) % 8 == 0;
      }
      if (r % 16 == 0) {
        uint32_t size = (r >> 7) % 5000;
        weir_hpack_encoder_set_max_table(p.e, size);
        weir_hpack_decoder_set_max_table(p.d, size);
      }
      round_trip(&p, fields, n);
    }
    free_pair(&p);
  }
}

/* Whichever allocation fails, both tables stay in step: the next block decodes. */
static void test_allocation_failures(void **state) {
  (void)state;
  for (size_t fail_at = 1;; fail_at++) {
    test_heap heap = {.fail_at = fail_at};
    weir_mem mem = {test_heap_fn, &heap};
    weir_hpack_encoder *e = weir_hpack_encoder_new(mem, 4096);
    if (e) {
      pair_of_ends p = new_pair();
      weir_hpack_encoder_free(p.e);
      p.e = e;
      p.wire.mem = mem;
      for (int i = 0; i < 40; i++) {
        char value[40];
        snprintf(value, sizeof value, "a somewhat long value %d", i / 2);
        weir_hpack_field f[] = {{.name = WEIR_STR("name"), .value = weir_str_of(value)}, F("same", "always")};
        weir_bytes_clear(&p.wire);
        weir_err err = weir_hpack_encode(e, f, 2, &p.wire);
        assert_true(err == WEIR_EOK || (err == WEIR_ENOMEM && heap.failed && weir_bytes_size(&p.wire) == 0));
        weir_hpack_block b;
        assert_int_equal(weir_hpack_decode(p.d, weir_bytes_view(&p.wire), &b), WEIR_EOK);
        if (err) continue;
        assert_int_equal(b.n, 2);
        assert_true(weir_str_eq(b.fields[0].value, weir_str_of(value)));
      }
      free_pair(&p);
    }
    assert_int_equal(heap.live, 0);
    if (!heap.failed) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_constants),           cmocka_unit_test(test_repeated_list_is_short),
      cmocka_unit_test(test_kinds_of_literal),    cmocka_unit_test(test_unique_values_do_not_wash_out),
      cmocka_unit_test(test_table_size_changes),  cmocka_unit_test(test_random_lists),
      cmocka_unit_test(test_allocation_failures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
