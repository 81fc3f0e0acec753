/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* hpack_test.h - what tests of hpack and h2 share: hex, text of header lists, and the http2jp test vectors (JSON in
 * a tar file outside the tree; tests skip where it is absent). */
#ifndef WEIR_HPACK_TEST_H
#define WEIR_HPACK_TEST_H

#include "base/bytes.h"
#include "base/test.h"
#include "hpack/hpack.h"

#include <stdio.h>

/* ---- bytes ----------------------------------------------------------------------------------------------- */

static inline int test_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/** Hex digits, with white space between bytes ignored, and (text) taken as it is. */
static inline void test_append_hex(weir_bytes *out, const char *hex, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (hex[i] == ' ' || hex[i] == '\n') continue;
    if (hex[i] == '(') {
      for (i++; i < len && hex[i] != ')'; i++) weir_bytes_append(out, &hex[i], 1);
      continue;
    }
    int high = test_hex_digit(hex[i]), low = i + 1 < len ? test_hex_digit(hex[i + 1]) : -1;
    if (high < 0 || low < 0) fail_msg("not hex: %.*s", (int)len, hex);
    char byte = (char)(high << 4 | low);
    weir_bytes_append(out, &byte, 1);
    i++;
  }
}

static inline weir_bytes test_hex(const char *hex) {
  weir_bytes b = weir_bytes_in(WEIR_MEM_DEFAULT);
  test_append_hex(&b, hex, strlen(hex));
  return b;
}

/** name=value name=value ... */
static inline void test_append_fields(weir_bytes *out, const weir_hpack_field *fields, size_t n) {
  for (size_t i = 0; i < n; i++)
    weir_bytes_printf(out, "%s" WEIR_FMT "=" WEIR_FMT "%s", i ? " " : "", WEIR_ARG(fields[i].name),
                      WEIR_ARG(fields[i].value), fields[i].never_index ? "!" : "");
}

/* ---- an allocator that fails at the n-th request ---------------------------------------------------------- */

typedef struct test_heap {
  size_t fail_at, n; /* fail_at 0: never */
  size_t live;       /* bytes */
  bool failed;
} test_heap;

static inline void *test_heap_fn(void *ctx, void *p, size_t old_size, size_t new_size) {
  test_heap *h = ctx;
  if (new_size == 0) {
    free(p);
    h->live -= old_size;
    return NULL;
  }
  if (++h->n == h->fail_at) {
    h->failed = true;
    return NULL;
  }
  void *to = malloc(new_size); /* moves always, so that stale pointers show */
  if (!to) abort();
  if (p) memcpy(to, p, old_size < new_size ? old_size : new_size);
  free(p);
  h->live += new_size - old_size;
  return to;
}

/* ---- JSON, as much as the vectors need ------------------------------------------------------------------- */

typedef struct test_json {
  const char *at, *end;
} test_json;

static inline char json_peek(test_json *j) {
  while (j->at < j->end && strchr(" \t\r\n,:", *j->at)) j->at++;
  return (char)(j->at < j->end ? *j->at : 0);
}

static inline void json_expect(test_json *j, char c) {
  if (json_peek(j) != c) fail_msg("JSON: no %c at %.20s", c, j->at);
  j->at++;
}

static inline void json_append_utf8(weir_bytes *out, unsigned c) {
  if (c < 0x80)
    weir_bytes_printf(out, "%c", c);
  else if (c < 0x800)
    weir_bytes_printf(out, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
  else
    weir_bytes_printf(out, "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 0x3f), 0x80 | (c & 0x3f));
}

/** Appends the next string to out and returns its length. */
static inline size_t json_string(test_json *j, weir_bytes *out) {
  size_t before = weir_bytes_size(out);
  json_expect(j, '"');
  for (; j->at < j->end && *j->at != '"'; j->at++) {
    if (*j->at != '\\') {
      weir_bytes_append(out, j->at, 1);
      continue;
    }
    const char *plain = "\"\\/bfnrt", *means = "\"\\/\b\f\n\r\t", *found = strchr(plain, *++j->at);
    if (found) {
      weir_bytes_append(out, &means[found - plain], 1);
    } else {
      unsigned c = 0;
      for (int i = 0; i < 4; i++) c = c << 4 | (unsigned)test_hex_digit(*++j->at);
      json_append_utf8(out, c);
    }
  }
  json_expect(j, '"');
  return weir_bytes_size(out) - before;
}

static inline long json_number(test_json *j) {
  json_peek(j);
  char *end;
  long v = strtol(j->at, &end, 10);
  j->at = end;
  return v;
}

static inline void json_skip(test_json *j) {
  int depth = 0;
  weir_bytes ignored = weir_bytes_in(WEIR_MEM_DEFAULT);
  do {
    char c = json_peek(j);
    if (c == '"') {
      json_string(j, &ignored);
      continue;
    }
    if (c == '{' || c == '[') depth++;
    if (c == '}' || c == ']') depth--;
    if (c && strchr("{}[]", c))
      j->at++;
    else
      while (j->at < j->end && !strchr(",]} \n", *j->at)) j->at++;
  } while (depth && j->at < j->end);
  weir_bytes_fini(&ignored);
}

/** In an object: the next key, or false behind its closing brace. */
static inline bool json_key(test_json *j, char key[64]) {
  if (json_peek(j) == '}') return j->at++, false;
  weir_bytes b = weir_bytes_in(WEIR_MEM_DEFAULT);
  size_t len = json_string(j, &b);
  if (len > 63) len = 63;
  if (len) memcpy(key, weir_bytes_view(&b).data, len);
  key[len] = 0;
  weir_bytes_fini(&b);
  return true;
}

static inline weir_bytes test_read_file(const char *path) {
  weir_bytes b = weir_bytes_in(WEIR_MEM_DEFAULT);
  FILE *f = fopen(path, "rb");
  if (!f) fail_msg("cannot open %s", path);
  for (;;) {
    char *to = weir_bytes_reserve(&b, 65536);
    size_t n = fread(to, 1, 65536, f);
    b.len += n;
    if (n == 0) break;
  }
  fclose(f);
  return b;
}

/** Unpacks the vectors into a new folder, whose name is put into dir; false, with a line saying so, if they are not
 * there. */
static inline bool test_unpack_vectors(char dir[64]) {
  const char *shared = getenv("WEIR_SHARED");
  char archive[512], command[1024];
  snprintf(archive, sizeof archive, "%s/data/http2-vectors.tar.xz", shared ? shared : "../shared");
  FILE *f = fopen(archive, "rb");
  if (!f) {
    printf("skipped: no %s (set WEIR_SHARED)\n", archive);
    return false;
  }
  fclose(f);
  strcpy(dir, "/tmp/weir-vectors-XXXXXX");
  assert_non_null(mkdtemp(dir));
  snprintf(command, sizeof command, "tar -xJf '%s' -C '%s'", archive, dir);
  assert_int_equal(system(command), 0);
  return true;
}

static inline void test_remove_vectors(const char *dir) {
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", dir);
  assert_int_equal(system(command), 0);
}

#endif
