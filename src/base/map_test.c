/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/test.h"

#include "base/map.h"

#include <stdio.h>

enum { N = 2000 };
static char keys[N][16];
static int values[N];

static int make_keys(void **state) {
  (void)state;
  for (int i = 0; i < N; i++) snprintf(keys[i], sizeof keys[i], "key-%d", i);
  return 0;
}

static weir_str key(int i) { return weir_str_of(keys[i]); }

static void test_put_get_remove(void **state) {
  (void)state;
  test_mem t = {.fail_at = SIZE_MAX};
  weir_map m;
  weir_map_init(&m, test_mem_of(&t), 7);
  assert_null(weir_map_get(&m, key(0)));
  assert_null(weir_map_remove(&m, key(0)));
  for (int i = 0; i < N; i++) assert_true(weir_map_put(&m, key(i), &values[i]));
  assert_int_equal(m.len, N);
  for (int i = 0; i < N; i++) assert_ptr_equal(weir_map_get(&m, key(i)), &values[i]);
  for (int i = 0; i < N; i += 2) assert_ptr_equal(weir_map_remove(&m, key(i)), &values[i]);
  assert_int_equal(m.len, N / 2);
  for (int i = 0; i < N; i++) assert_ptr_equal(weir_map_get(&m, key(i)), i % 2 ? &values[i] : NULL);
  assert_true(weir_map_put(&m, key(1), &values[0])); /* replaced */
  assert_int_equal(m.len, N / 2);
  assert_ptr_equal(weir_map_get(&m, key(1)), &values[0]);
  weir_map_fini(&m);
  assert_int_equal(t.live, 0);
}

static void test_churn_stays_small(void **state) {
  (void)state;
  weir_map m;
  weir_map_init(&m, WEIR_MEM_DEFAULT, 1);
  for (int round = 0; round < 50; round++) {
    for (int i = 0; i < N; i++) {
      assert_true(weir_map_put(&m, key(i), &values[i]));
      if (i >= 5) assert_non_null(weir_map_remove(&m, key(i - 5)));
    }
    for (int i = N - 5; i < N; i++) assert_non_null(weir_map_remove(&m, key(i)));
  }
  assert_int_equal(m.len, 0);
  assert_true(m.cap <= 64);
  weir_map_fini(&m);
}

static void test_empty_key(void **state) {
  (void)state;
  weir_map m;
  weir_map_init(&m, WEIR_MEM_DEFAULT, 1);
  assert_true(weir_map_put(&m, (weir_str){NULL, 0}, &values[0]));
  assert_ptr_equal(weir_map_get(&m, (weir_str){"", 0}), &values[0]);
  assert_ptr_equal(weir_map_get(&m, (weir_str){NULL, 0}), &values[0]);
  assert_ptr_equal(weir_map_remove(&m, (weir_str){NULL, 0}), &values[0]);
  weir_map_fini(&m);
}

static void test_next_walks_each_once(void **state) {
  (void)state;
  weir_map m;
  weir_map_init(&m, WEIR_MEM_DEFAULT, 3);
  for (int i = 0; i < 100; i++) assert_true(weir_map_put(&m, key(i), &values[i]));
  for (int i = 0; i < 100; i += 10) weir_map_remove(&m, key(i));
  int seen[100] = {0};
  weir_str k;
  void *v;
  for (size_t at = 0; weir_map_next(&m, &at, &k, &v);) {
    int i = (int)((int *)v - values);
    assert_true(weir_str_eq(k, key(i)));
    seen[i]++;
  }
  for (int i = 0; i < 100; i++) assert_int_equal(seen[i], i % 10 != 0);
  weir_map_fini(&m);
}

static void test_every_allocation_failed(void **state) {
  (void)state;
  for (size_t fail_at = 0;; fail_at++) {
    test_mem t = {.fail_at = fail_at};
    weir_map m;
    weir_map_init(&m, test_mem_of(&t), 1);
    size_t n_in = 0;
    for (int i = 0; i < 200; i++) n_in += weir_map_put(&m, key(i), &values[i]);
    assert_int_equal(m.len, n_in);
    for (size_t i = 0; i < n_in; i++) assert_non_null(weir_map_get(&m, key((int)i)));
    weir_map_fini(&m);
    assert_int_equal(t.live, 0);
    if (!t.n_failed) break;
  }
}

static void test_hash_is_keyed(void **state) {
  (void)state;
  /* The same text hashes alike in any place; another seed or another length gives another hash. */
  char shifted[32];
  for (size_t len = 0; len < 24; len++) {
    memcpy(shifted + 3, "abcdefghijklmnopqrstuvwxyz", len);
    assert_int_equal(weir_hash("abcdefghijklmnopqrstuvwxyz", len, 5), weir_hash(shifted + 3, len, 5));
    assert_int_not_equal(weir_hash(shifted + 3, len, 5), weir_hash(shifted + 3, len, 6));
    assert_int_not_equal(weir_hash("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", len, 5),
                         weir_hash("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", len + 1, 5));
  }
  /* A pair of words whose top bits cancel out in a multiplying hash whatever the seed. */
  uint64_t x[2] = {0, 0}, y[2] = {UINT64_C(1) << 63, UINT64_C(1) << 63 | UINT64_C(1) << 34};
  assert_int_not_equal(weir_hash(x, sizeof x, 9), weir_hash(y, sizeof y, 9));
  /* 4,096 like keys fill 4,096 buckets about as chance does (63 % of them). */
  static bool used[4096];
  size_t n_used = 0;
  for (uint32_t i = 0; i < 4096; i++) {
    uint32_t h = weir_hash(&i, sizeof i, 1) & 4095;
    n_used += !used[h];
    used[h] = true;
  }
  assert_in_range(n_used, 2450, 2730);
  assert_int_equal(weir_hash_seed(), weir_hash_seed());
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_put_get_remove),
      cmocka_unit_test(test_churn_stays_small),
      cmocka_unit_test(test_empty_key),
      cmocka_unit_test(test_next_walks_each_once),
      cmocka_unit_test(test_every_allocation_failed),
      cmocka_unit_test(test_hash_is_keyed),
  };
  return cmocka_run_group_tests(tests, make_keys, NULL);
}
