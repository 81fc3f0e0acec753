/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rpc/message.h"

#include <stdlib.h>
#include <string.h>

/* Counts what is allocated, and the largest single block. */
static size_t live, largest;
static void *counting(void *ctx, void *p, size_t old_size, size_t new_size) {
  (void)ctx;
  live += new_size;
  live -= old_size;
  if (new_size > largest) largest = new_size;
  if (!new_size) return free(p), NULL;
  return realloc(p, new_size);
}
static const weir_mem mem = {counting, NULL};

/* Three messages: "hello", "", 300 times 'x'. */
static const size_t lens[] = {5, 0, 300};
static size_t three_messages(char *out) {
  char *p = out;
  for (size_t i = 0; i < 3; i++) {
    weir_message_prefix((uint8_t *)p, false, (uint32_t)lens[i]);
    p += WEIR_MESSAGE_PREFIX;
    if (i == 0) memcpy(p, "hello", 5);
    if (i == 2) memset(p, 'x', 300);
    p += lens[i];
  }
  return (size_t)(p - out);
}

typedef struct feeder {
  weir_message_reader reader;
  size_t n;
} feeder;

/* Each piece is a block of its own, so that a view kept too long is seen. */
static void feed(feeder *f, const char *data, size_t len) {
  char *copy = malloc(len ? len : 1);
  memcpy(copy, data, len);
  weir_str in = {copy, len}, out;
  weir_message_result r;
  while ((r = weir_message_next(&f->reader, mem, 1000, false, &in, &out)) == WEIR_MESSAGE_WHOLE) {
    assert_true(f->n < 3);
    assert_int_equal(out.len, lens[f->n]);
    for (size_t i = 0; i < out.len; i++) assert_int_equal(out.data[i], f->n ? 'x' : "hello"[i]);
    f->n++;
  }
  assert_int_equal(r, WEIR_MESSAGE_MORE);
  assert_int_equal(in.len, 0);
  free(copy);
}

static void reads_whole_and_in_place(void **state) {
  char data[400];
  size_t len = three_messages(data);
  weir_message_reader reader = {0};
  weir_str in = {data, len}, out;
  (void)state;
  assert_int_equal(weir_message_next(&reader, mem, 1000, false, &in, &out), WEIR_MESSAGE_WHOLE);
  assert_ptr_equal(out.data, data + 5);
  assert_int_equal(in.len, len - 10);
  assert_false(weir_message_partial(&reader));
  weir_message_reset(&reader, mem);
  assert_int_equal(live, 0);
}

static void reads_a_body_in_place_after_a_cut_prefix(void **state) {
  char data[400];
  weir_message_reader reader = {0};
  weir_str in = {data, 3}, out;
  (void)state;
  three_messages(data);
  assert_int_equal(weir_message_next(&reader, mem, 1000, false, &in, &out), WEIR_MESSAGE_MORE);
  assert_true(weir_message_partial(&reader));
  in = (weir_str){data + 3, 7};
  assert_int_equal(weir_message_next(&reader, mem, 1000, false, &in, &out), WEIR_MESSAGE_WHOLE);
  assert_ptr_equal(out.data, data + 5);
  weir_message_reset(&reader, mem);
}

static void reads_byte_by_byte(void **state) {
  char data[400];
  size_t len = three_messages(data);
  feeder f = {0};
  (void)state;
  for (size_t i = 0; i < len; i++) feed(&f, data + i, 1);
  assert_int_equal(f.n, 3);
  assert_false(weir_message_partial(&f.reader));
  weir_message_reset(&f.reader, mem);
  assert_int_equal(live, 0);
}

static void reads_cut_anywhere(void **state) {
  char data[400];
  size_t len = three_messages(data);
  (void)state;
  for (size_t cut = 0; cut <= len; cut++) {
    feeder f = {0};
    feed(&f, data, cut);
    feed(&f, data + cut, len - cut);
    assert_int_equal(f.n, 3);
    weir_message_reset(&f.reader, mem);
  }
  assert_int_equal(live, 0);
}

static weir_message_result first_result(const char *data, size_t len, uint32_t max) {
  weir_message_reader reader = {0};
  weir_str in = {data, len}, out;
  weir_message_result r = weir_message_next(&reader, mem, max, false, &in, &out);
  weir_message_reset(&reader, mem);
  return r;
}

static void refuses(void **state) {
  (void)state;
  largest = 0;
  assert_int_equal(first_result("\0\0\0\0\4abcd", 9, 4), WEIR_MESSAGE_WHOLE);
  assert_int_equal(first_result("\0\0\0\0\5", 5, 4), WEIR_MESSAGE_TOO_LARGE);
  assert_int_equal(first_result("\0\xff\xff\xff\xff", 5, UINT32_MAX - 1), WEIR_MESSAGE_TOO_LARGE);
  assert_int_equal(first_result("\1\0\0\0\0", 5, 4), WEIR_MESSAGE_COMPRESSED);
  assert_int_equal(first_result("\2\0\0\0\0", 5, 4), WEIR_MESSAGE_BAD_FLAG);
  assert_int_equal(largest, 0); /* nothing was allocated to find that out */
}

static void pays_for_what_came_only(void **state) {
  weir_message_reader reader = {0};
  char chunk[1000] = {0};
  weir_str in = {"\0\xff\xff\xff\xff", 5}, out;
  (void)state;
  largest = 0;
  assert_int_equal(weir_message_next(&reader, mem, UINT32_MAX, false, &in, &out), WEIR_MESSAGE_MORE);
  assert_int_equal(largest, 0);
  for (int i = 0; i < 100; i++) {
    in = (weir_str){chunk, sizeof chunk};
    assert_int_equal(weir_message_next(&reader, mem, UINT32_MAX, false, &in, &out), WEIR_MESSAGE_MORE);
  }
  assert_true(largest <= 2 * 100 * sizeof chunk && reader.cap <= 4 * 100 * sizeof chunk);
  weir_message_reset(&reader, mem);
  assert_int_equal(live, 0);
}

/* A large message is put together in a buffer that may be kept; the next one does not touch it. */
static void gives_large_bodies_away(void **state) {
  char chunk[1000];
  weir_str out;
  weir_buf *kept[3];
  (void)state;
  weir_message_reader reader = {0};
  memset(chunk, 'x', sizeof chunk);
  for (size_t n = 0; n < 3; n++) {
    uint8_t prefix[WEIR_MESSAGE_PREFIX];
    uint32_t len = 100000;
    weir_message_prefix(prefix, false, len);
    weir_str in = {(char *)prefix, sizeof prefix};
    chunk[0] = (char)('0' + n);
    while (weir_message_next(&reader, mem, 200000, false, &in, &out) == WEIR_MESSAGE_MORE)
      in = (weir_str){chunk, sizeof chunk};
    assert_int_equal(out.len, len);
    kept[n] = weir_buf_ref(weir_message_buf(&reader, out));
    assert_ptr_equal(weir_buf_view(kept[n]).data, out.data);
    assert_int_equal(weir_buf_view(kept[n]).len, len);
  }
  for (size_t n = 0; n < 3; n++) assert_int_equal(weir_buf_view(kept[n]).data[99000], '0' + n);
  weir_str in = {"\0\0\0\0\2ab", 7};
  assert_int_equal(weir_message_next(&reader, mem, 200000, false, &in, &out), WEIR_MESSAGE_WHOLE);
  assert_null(weir_message_buf(&reader, out)); /* it lies in the input */
  weir_message_reset(&reader, mem);
  for (size_t n = 0; n < 3; n++) weir_buf_unref(kept[n]);
  assert_int_equal(live, 0);
}

static void *no_memory(void *ctx, void *p, size_t old_size, size_t new_size) {
  (void)ctx, (void)p, (void)old_size, (void)new_size;
  return NULL;
}

static void tells_of_no_memory(void **state) {
  weir_message_reader reader = {0};
  weir_str in = {"\0\0\0\0\5abc", 8}, out;
  (void)state;
  assert_int_equal(weir_message_next(&reader, (weir_mem){no_memory, NULL}, 100, false, &in, &out),
                   WEIR_MESSAGE_NOMEM);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_whole_and_in_place),
      cmocka_unit_test(reads_a_body_in_place_after_a_cut_prefix),
      cmocka_unit_test(reads_byte_by_byte),
      cmocka_unit_test(reads_cut_anywhere),
      cmocka_unit_test(refuses),
      cmocka_unit_test(pays_for_what_came_only),
      cmocka_unit_test(gives_large_bodies_away),
      cmocka_unit_test(tells_of_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
