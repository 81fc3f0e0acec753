/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* bytes_test.c - growing buffers, vectors, lists, cursors. */
#include "base/test.h"

#include "base/bytes.h"
#include "base/cursor.h"
#include "base/list.h"
#include "base/vec.h"

static void test_append_and_consume(void **state) {
  (void)state;
  test_mem t = {.fail_at = SIZE_MAX};
  weir_bytes b = weir_bytes_in(test_mem_of(&t));
  assert_int_equal(weir_bytes_view(&b).len, 0);
  size_t in = 0, out = 0;
  for (int i = 0; i < 3000; i++) { /* a queue that is longer and shorter by turns */
    for (int k = 0; k < (i / 500 % 2 ? 3 : 9); k++, in++) weir_bytes_append(&b, &(char){(char)(in % 251)}, 1);
    for (int k = 0; k < 6 && out < in; k++, out++) {
      assert_int_equal((unsigned char)weir_bytes_view(&b).data[0], out % 251);
      weir_bytes_consume(&b, 1);
    }
    assert_int_equal(weir_bytes_size(&b), in - out);
  }
  assert_false(b.failed);
  assert_true(t.n_calls < 20);
  weir_bytes_fini(&b);
  assert_int_equal(t.live, 0);
}

static void test_reserve_then_add(void **state) {
  (void)state;
  weir_bytes b = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_bytes_append_cstr(&b, "ab");
  weir_bytes_append_str(&b, WEIR_STR("cd"));
  char *p = weir_bytes_reserve(&b, 500);
  memset(p, 'x', 500);
  b.len += 500;
  weir_bytes_printf(&b, "%d-%s", 42, "end");
  assert_int_equal(weir_bytes_size(&b), 510);
  assert_memory_equal(weir_bytes_view(&b).data, "abcdx", 5);
  assert_memory_equal(weir_bytes_view(&b).data + 503, "x42-end", 7);
  weir_bytes_clear(&b);
  assert_int_equal(weir_bytes_size(&b), 0);
  weir_bytes_fini(&b);
  weir_bytes_fini(&b);
}

static void test_bytes_failure_latches(void **state) {
  (void)state;
  test_mem t = {.fail_at = 1};
  weir_bytes b = weir_bytes_in(test_mem_of(&t));
  weir_bytes_append_cstr(&b, "kept");
  for (int i = 0; i < 100; i++) weir_bytes_append_cstr(&b, "0123456789");
  assert_true(b.failed);
  assert_memory_equal(weir_bytes_view(&b).data, "kept", 4);
  assert_null(weir_bytes_reserve(&b, SIZE_MAX - 2));
  weir_bytes_printf(&b, "%1000d", 1);
  assert_true(b.failed);
  weir_bytes_clear(&b);
  assert_false(b.failed);
  weir_bytes_fini(&b);
  assert_int_equal(t.live, 0);
}

static void test_vec(void **state) {
  (void)state;
  test_mem t = {.fail_at = SIZE_MAX};
  struct {
    int *data;
    size_t len, cap;
  } v = {0};
  for (int i = 0; i < 1000; i++) {
    assert_true(WEIR_VEC_RESERVE(test_mem_of(&t), &v, 1));
    v.data[v.len++] = i;
  }
  for (int i = 0; i < 1000; i++) assert_int_equal(v.data[i], i);
  assert_false(WEIR_VEC_RESERVE(test_mem_of(&t), &v, SIZE_MAX / 4));
  t.fail_at = 0;
  assert_false(WEIR_VEC_RESERVE(test_mem_of(&t), &v, 5000));
  assert_int_equal(v.data[999], 999);
  WEIR_VEC_FREE(test_mem_of(&t), &v);
  assert_int_equal(t.live, 0);
}

typedef struct item {
  int id;
  weir_list node;
} item;

static void test_list(void **state) {
  (void)state;
  weir_list head, other;
  item items[4] = {{.id = 0}, {.id = 1}, {.id = 2}, {.id = 3}};
  weir_list_init(&head);
  assert_true(weir_list_empty(&head));
  assert_null(weir_list_pop(&head));
  for (int i = 0; i < 4; i++) weir_list_push(&head, &items[i].node);
  weir_list_remove(&items[1].node);
  weir_list_remove(&items[1].node);
  assert_false(weir_list_linked(&items[1].node));
  weir_list_insert(&items[0].node, &items[1].node); /* in front of it */
  weir_list_take_all(&other, &head);
  assert_true(weir_list_empty(&head));
  static const int order[] = {1, 0, 2, 3};
  for (int i = 0; i < 4; i++) assert_int_equal(WEIR_LIST_OF(weir_list_pop(&other), item, node)->id, order[i]);
  assert_true(weir_list_empty(&other));
  weir_list_take_all(&other, &head);
  assert_true(weir_list_empty(&other));
}

static void test_cursor(void **state) {
  (void)state;
  weir_cursor c = weir_cursor_of((weir_str){"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a", 10});
  assert_int_equal(weir_cursor_u8(&c), 1);
  assert_int_equal(weir_cursor_be16(&c), 0x0203);
  assert_int_equal(weir_cursor_be24(&c), 0x040506);
  assert_int_equal(weir_cursor_left(&c), 4);
  assert_int_equal(weir_cursor_be32(&c), 0x0708090a);
  assert_false(c.bad);
  assert_int_equal(weir_cursor_u8(&c), 0);
  assert_true(c.bad);
  c = weir_cursor_of((weir_str){"\x01\x02", 2});
  assert_int_equal(weir_cursor_be32(&c), 0);
  assert_true(c.bad); /* and nothing is left to read by mistake */
  assert_int_equal(weir_cursor_left(&c), 0);
  c = weir_cursor_of((weir_str){NULL, 0});
  assert_int_equal(weir_cursor_left(&c), 0);
}

static void test_stores(void **state) {
  (void)state;
  uint8_t out[9] = {0};
  weir_store_be16(out, 0x1234);
  weir_store_be24(out + 2, 0x56789a);
  weir_store_be32(out + 5, 0xbcdef012);
  assert_memory_equal(out, "\x12\x34\x56\x78\x9a\xbc\xde\xf0\x12", 9);
  assert_true(weir_load_be16(out) == 0x1234 && weir_load_be24(out + 2) == 0x56789a &&
              weir_load_be32(out + 5) == 0xbcdef012);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_append_and_consume),
      cmocka_unit_test(test_reserve_then_add),
      cmocka_unit_test(test_bytes_failure_latches),
      cmocka_unit_test(test_vec),
      cmocka_unit_test(test_list),
      cmocka_unit_test(test_cursor),
      cmocka_unit_test(test_stores),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
