/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* merge_test.c - whole messages: merged, copied, compared. */
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

static void *parse(const weir_pb_type *t, weir_str wire, weir_arena *a) {
  void *m = NULL;
  assert_int_equal(weir_pb_parse(t, wire, a, &m), WEIR_OK);
  return m;
}

static weir_str wire_of(const golden *g) { return (weir_str){(const char *)g->data, g->len}; }

static void test_copies_stand_alone(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOLDENS; i++) {
    const golden *g = &goldens[i];
    weir_arena *a = weir_arena_new(NULL, 0);
    char *wire = malloc(g->len);
    memcpy(wire, g->data, g->len);
    void *m = weir_pb_new(g->type, a);
    assert_int_equal(weir_pb_decode(g->type, m, (weir_str){wire, g->len}, a, WEIR_PB_ALIAS), WEIR_OK);
    assert_int_equal(weir_pb_add_unknown(m, LIT("\xc0\xf0\x04\x01"), a), WEIR_OK);
    void *copy = weir_pb_copy(g->type, m, arena);
    assert_true(weir_pb_equal(g->type, m, copy));
    free(wire); /* nothing of the first one is left */
    weir_arena_free(a);
    weir_str out;
    assert_int_equal(weir_pb_encode(g->type, copy, arena, &out), WEIR_OK);
    assert_int_equal(out.len, g->len + 4);
    assert_memory_equal(out.data, g->data, g->len);
  }
}

/* Merging messages is what decoding one's bytes behind the other's is. */
static void test_merge_is_decoding_both(void **state) {
  (void)state;
  for (size_t i = 0; i < N_GOLDENS; i++) {
    for (size_t k = 0; k < N_GOLDENS; k++) {
      const golden *g = &goldens[i], *h = &goldens[k];
      if (g->type != h->type) continue;
      char *both = weir_alloc(arena, g->len + h->len);
      memcpy(both, g->data, g->len);
      memcpy(both + g->len, h->data, h->len);
      void *want = parse(g->type, (weir_str){both, g->len + h->len}, arena);
      void *got = parse(g->type, wire_of(g), arena);
      assert_int_equal(weir_pb_merge(g->type, got, parse(h->type, wire_of(h), arena), arena), WEIR_OK);
      assert_true(weir_pb_equal(g->type, got, want));
      weir_str x, y;
      assert_int_equal(weir_pb_encode(g->type, got, arena, &x), WEIR_OK);
      assert_int_equal(weir_pb_encode(g->type, want, arena, &y), WEIR_OK);
      assert_true(weir_str_eq(x, y));
    }
  }
}

/* A message equals another one just when both encode alike. */
static void test_equal_agrees_with_bytes(void **state) {
  (void)state;
  static const unsigned char flips[] = {0x01, 0x10, 0x80};
  for (size_t i = 0; i < N_GOLDENS; i++) {
    const golden *g = &goldens[i];
    char *wire = malloc(g->len);
    for (size_t at = 0; at < g->len * sizeof flips; at++) {
      memcpy(wire, g->data, g->len);
      wire[at / sizeof flips] ^= (char)flips[at % sizeof flips];
      void *m = parse(g->type, wire_of(g), arena), *other = weir_pb_new(g->type, arena);
      if (!weir_pb_decode(g->type, other, (weir_str){wire, g->len}, arena, 0)) {
        weir_str out;
        assert_int_equal(weir_pb_encode_err(g->type, other, arena, WEIR_PB_DETERMINISTIC, &out, NULL),
                         WEIR_OK);
        bool same = out.len == g->len && !memcmp(out.data, g->data, g->len);
        assert_true(weir_pb_equal(g->type, m, other) == same && weir_pb_equal(g->type, other, m) == same);
      }
      weir_arena_reset(arena);
    }
    free(wire);
  }
}

static void test_maps_are_equal_in_any_order(void **state) {
  (void)state;
  demo_Note x = {0}, y = {0};
  for (int i = 0; i < 40; i++) {
    assert_true(demo_Note_put_votes(&x, arena, weir_printf(arena, "%d", i), i));
    assert_true(demo_Note_put_votes(&y, arena, weir_printf(arena, "%d", 39 - i), 39 - i));
  }
  assert_true(weir_pb_equal(&demo_Note_type, &x, &y));
  demo_Note_find_votes(&y, WEIR_STR("7"))->value++;
  assert_false(weir_pb_equal(&demo_Note_type, &x, &y));
  demo_Note_find_votes(&x, WEIR_STR("7"))->value++;
  assert_true(demo_Note_remove_votes(&y, WEIR_STR("8")));
  assert_false(weir_pb_equal(&demo_Note_type, &x, &y));
}

static void test_null_is_the_empty_message(void **state) {
  (void)state;
  kinds3_All empty = {0}, one = {.f_int32 = 1};
  kinds3_All x = {.pick_case = kinds3_All_pick_o_message}, y = {.pick_case = kinds3_All_pick_o_message};
  assert_true(weir_pb_equal(&kinds3_All_type, &x, &y));
  y.pick.o_message = &empty;
  assert_true(weir_pb_equal(&kinds3_All_type, &x, &y));
  y.pick.o_message = &one;
  assert_false(weir_pb_equal(&kinds3_All_type, &x, &y));
  assert_int_equal(weir_pb_merge(&kinds3_All_type, &x, &y, arena), WEIR_OK);
  assert_true(weir_pb_equal(&kinds3_All_type, &x, &y));
  assert_ptr_not_equal(x.pick.o_message, &one);
  weir_pb_clear(&kinds3_All_type, &x);
  assert_int_equal(weir_pb_size(&kinds3_All_type, &x), 0);
  assert_int_equal(x.pick_case, 0);
}

static void test_cycles_and_memory_end(void **state) {
  (void)state;
  demo_Note loop = {.text = {"x", 1}}, same = loop;
  loop.quoted = &loop;
  same.quoted = &same;
  assert_null(weir_pb_copy(&demo_Note_type, &loop, arena));
  assert_false(weir_pb_equal(&demo_Note_type, &loop, &same));
  for (size_t i = 0; i < N_GOLDENS; i++) {
    void *m = parse(goldens[i].type, wire_of(&goldens[i]), arena);
    for (size_t fail_at = 1;; fail_at++) {
      test_mem t = {.fail_at = fail_at};
      weir_arena *a = weir_arena_new_in(test_mem_of(&t), NULL, 0);
      void *copy = weir_pb_copy(goldens[i].type, m, a);
      assert_true((copy == NULL) == (t.n_failed != 0));
      weir_arena_free(a);
      assert_int_equal(t.live, 0);
      if (copy) break;
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      T(test_copies_stand_alone),          T(test_merge_is_decoding_both),    T(test_equal_agrees_with_bytes),
      T(test_maps_are_equal_in_any_order), T(test_null_is_the_empty_message), T(test_cycles_and_memory_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
