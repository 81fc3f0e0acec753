/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "base/test.h"

#include "base/buf.h"

/* Remembers the largest output that was ever held. */
static size_t largest;
static weir_buf *counted_resize(weir_buf *b, size_t len) {
  if (len > largest) largest = len;
  return weir_buf_resize(b, len);
}
#define weir_buf_resize counted_resize
#include "codec.c"
#undef weir_buf_resize

#define HELLO "hello hello hello hello hello"
/* As Python's gzip and zlib write it. */
static const char hello_gzip[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\xc0\x4e\x02\x00\xf6\xd2\x53\x38\x1d"
    "\x00\x00\x00";
static const char hello_deflate[] = "\x78\x9c\xcb\x48\xcd\xc9\xc9\x57\xc8\xc0\x4e\x02\x00\xa3\x10\x0a\xe5";

typedef struct kit {
  test_mem mem;
  weir_codec *in, *out;
} kit;

static void kit_make(kit *k, uint32_t e) {
  *k = (kit){.mem = {.fail_at = SIZE_MAX}};
  k->in = weir_codec_new(test_mem_of(&k->mem), e, false);
  k->out = weir_codec_new(test_mem_of(&k->mem), e, true);
  assert_true(k->in && k->out);
}

static void kit_free(kit *k) {
  weir_codec_free(k->in);
  weir_codec_free(k->out);
  assert_int_equal(k->mem.live, 0);
}

/* Compression must work; returns the compressed bytes. */
static weir_buf *pack(kit *k, const void *data, size_t len) {
  weir_buf *b = NULL;
  assert_int_equal(weir_codec_compress(k->out, (weir_str){data, len}, &b), WEIR_EOK);
  assert_true(weir_buf_view(b).len < len);
  return b;
}

static void expect(kit *k, weir_str in, uint32_t max, weir_err want, weir_str text) {
  weir_buf *b = NULL;
  assert_int_equal(weir_codec_decompress(k->in, in, max, &b), want);
  assert_int_equal(b != NULL, want == WEIR_EOK);
  if (b) assert_true(weir_str_eq(weir_buf_view(b), text));
  weir_buf_unref(b);
}

static char *text_of(size_t len) {
  char *p = malloc(len ? len : 1);
  for (size_t i = 0; i < len; i++) p[i] = (char)('a' + i * i % 17 + i / 1000 % 5);
  return p;
}

#define FOR_EACH_ENCODING(e)                    \
  for (uint32_t e = 1; e < WEIR_ENCODINGS; e++) \
    if (weir_encoding_is_built(e))

static void there_and_back(void **state) {
  static const size_t lens[] = {40, 511, 512, 513, 5000, 65536, 1000000, 5000000};
  (void)state;
  FOR_EACH_ENCODING(e) {
    kit k;
    kit_make(&k, e);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
      char *data = text_of(lens[i]);
      if (lens[i] == 40) memset(data, 'x', 40);
      weir_buf *b = pack(&k, data, lens[i]);
      weir_str packed = weir_buf_view(b), text = {data, lens[i]};
      expect(&k, packed, UINT32_MAX, WEIR_EOK, text);
      expect(&k, packed, (uint32_t)lens[i], WEIR_EOK, text);
      expect(&k, packed, (uint32_t)lens[i] - 1, WEIR_ELIMIT, text);
      expect(&k, packed, 0, WEIR_ELIMIT, text);
      weir_buf_unref(b);
      free(data);
    }
    kit_free(&k);
  }
}

static void what_would_not_be_shorter(void **state) {
  unsigned char noise[4096];
  uint32_t r = 1;
  for (size_t i = 0; i < sizeof noise; i++) noise[i] = (unsigned char)((r = r * 1664525 + 1013904223) >> 24);
  (void)state;
  FOR_EACH_ENCODING(e) {
    kit k;
    weir_buf *b = NULL;
    kit_make(&k, e);
    for (size_t len = 0; len <= sizeof noise; len += 1 + len)
      assert_int_equal(weir_codec_compress(k.out, (weir_str){(char *)noise, len}, &b), WEIR_ELIMIT);
    weir_buf_unref(pack(&k, HELLO HELLO HELLO, 3 * strlen(HELLO))); /* and the codec is as good as ever */
    kit_free(&k);
  }
}

/* 64 MiB in 64 KiB or less: refused at the limit, holding no more than that. */
static void bombs(void **state) {
  size_t len = 64u << 20;
  char *zeros = calloc(1, len);
  (void)state;
  FOR_EACH_ENCODING(e) {
    kit k;
    kit_make(&k, e);
    weir_buf *b = pack(&k, zeros, len);
    assert_true(weir_buf_view(b).len < len / 500);
    for (uint32_t max = 1; max < 8u << 20; max = max * 5 + 1) {
      largest = 0;
      expect(&k, weir_buf_view(b), max, WEIR_ELIMIT, WEIR_STR(""));
      assert_true(largest <= (size_t)max + 1);
    }
    weir_buf_unref(b);
    kit_free(&k);
  }
  free(zeros);
}

static void cut_and_broken(void **state) {
  (void)state;
  FOR_EACH_ENCODING(e) {
    kit k;
    kit_make(&k, e);
    char *data = text_of(3000);
    weir_buf *b = pack(&k, data, 3000);
    weir_str packed = weir_buf_view(b);
    for (size_t n = 1; n < packed.len; n++)
      expect(&k, (weir_str){packed.data, n}, 5000, WEIR_EINVALID, packed);
    char *broken = malloc(packed.len + 1);
    memcpy(broken, packed.data, packed.len);
    broken[packed.len] = 'x';
    expect(&k, (weir_str){broken, packed.len + 1}, 5000, WEIR_EINVALID, packed); /* something follows */
    for (size_t i = 0; i < packed.len; i++)
      for (int bit = 0; bit < 8; bit++) { /* any outcome but a crash or too much */
        broken[i] = (char)(packed.data[i] ^ 1 << bit);
        weir_buf *out = NULL;
        weir_err err = weir_codec_decompress(k.in, (weir_str){broken, packed.len}, 5000, &out);
        assert_true(err ? !out : weir_buf_view(out).len <= 5000);
        weir_buf_unref(out);
        broken[i] = packed.data[i];
      }
    expect(&k, packed, 5000, WEIR_EOK, (weir_str){data, 3000});
    free(broken);
    free(data);
    weir_buf_unref(b);
    kit_free(&k);
  }
}

/* A flag on nothing means nothing. */
static void nothing(void **state) {
  (void)state;
  FOR_EACH_ENCODING(e) {
    kit k;
    kit_make(&k, e);
    expect(&k, (weir_str){NULL, 0}, 100, WEIR_EOK, WEIR_STR(""));
    kit_free(&k);
  }
}

static void written_by_others(void **state) {
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  kit k;
  kit_make(&k, WEIR_GZIP);
  weir_str hello = {hello_gzip, 29};
  expect(&k, hello, 100, WEIR_EOK, WEIR_STR(HELLO));
  char twice[58];
  memcpy(twice, hello_gzip, 29);
  memcpy(twice + 29, hello_gzip, 29);
  expect(&k, (weir_str){twice, 58}, 100, WEIR_EOK, WEIR_STR(HELLO HELLO));
  expect(&k, (weir_str){twice, 58}, 57, WEIR_ELIMIT, WEIR_STR(""));
  expect(&k, (weir_str){hello_deflate, 17}, 100, WEIR_EINVALID, WEIR_STR(""));
  kit_free(&k);
  kit_make(&k, WEIR_DEFLATE);
  expect(&k, (weir_str){hello_deflate, 17}, 100, WEIR_EOK, WEIR_STR(HELLO));
  expect(&k, hello, 100, WEIR_EINVALID, WEIR_STR(""));
  kit_free(&k);
}

static void every_allocation_fails(void **state) {
  (void)state;
  FOR_EACH_ENCODING(e)
  for (size_t i = 0; i < 20; i++)
    for (int way = 0; way < 2; way++) {
      test_mem mem = {.fail_at = i};
      weir_codec *c = weir_codec_new(test_mem_of(&mem), e, way);
      weir_buf *b = NULL;
      assert_true(c || mem.n_failed);
      /* zlib allocates its window when it is needed first. */
      if (c && !way && e == WEIR_GZIP) {
        weir_err err = weir_codec_decompress(c, (weir_str){hello_gzip, 29}, 100, &b);
        assert_true(!err || err == WEIR_ENOMEM);
      }
      weir_buf_unref(b);
      weir_codec_free(c);
      assert_int_equal(mem.live, 0);
    }
}

static void a_pool_keeps_a_few(void **state) {
  weir_codecs pool = {0};
  weir_codec *some[CODECS_KEEP + 1];
  test_mem mem = {.fail_at = SIZE_MAX};
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  assert_null(weir_codecs_take(&pool, WEIR_GZIP, true));
  for (size_t i = 0; i <= CODECS_KEEP; i++) some[i] = weir_codec_new(test_mem_of(&mem), WEIR_GZIP, true);
  for (size_t i = 0; i < CODECS_KEEP; i++) assert_true(weir_codecs_give(&pool, some[i]));
  assert_false(weir_codecs_give(&pool, some[CODECS_KEEP]));
  weir_codec_free(some[CODECS_KEEP]);
  assert_null(weir_codecs_take(&pool, WEIR_GZIP, false));
  assert_null(weir_codecs_take(&pool, WEIR_DEFLATE, true));
  weir_codec *c = weir_codecs_take(&pool, WEIR_GZIP, true);
  assert_non_null(c);
  assert_true(weir_codecs_give(&pool, c));
  weir_codecs_fini(&pool);
  assert_int_equal(mem.live, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(there_and_back),
      cmocka_unit_test(what_would_not_be_shorter),
      cmocka_unit_test(bombs),
      cmocka_unit_test(cut_and_broken),
      cmocka_unit_test(nothing),
      cmocka_unit_test(written_by_others),
      cmocka_unit_test(every_allocation_fails),
      cmocka_unit_test(a_pool_keeps_a_few),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
