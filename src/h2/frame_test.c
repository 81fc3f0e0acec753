/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The frame codec, and the 34 frames of http2jp/http2-frame-test-case. */
#include "h2/frame.h"

#include "h2/h2_test.h"

#include <dirent.h>

static void test_head_round_trip(void **state) {
  (void)state;
  char head[WEIR_H2_FRAME_HEAD];
  weir_h2_frame_write(head, 0xabcdef, 7, 0x25, 0x7fffffff);
  weir_h2_frame f = weir_h2_frame_read((const uint8_t *)head);
  assert_int_equal(f.len, 0xabcdef);
  assert_int_equal(f.type, 7);
  assert_int_equal(f.flags, 0x25);
  assert_int_equal(f.stream, 0x7fffffff);
}

static void test_names(void **state) {
  (void)state;
  assert_string_equal(weir_h2_code_name(WEIR_H2_NO_ERROR), "NO_ERROR");
  assert_string_equal(weir_h2_code_name(WEIR_H2_ENHANCE_YOUR_CALM), "ENHANCE_YOUR_CALM");
  assert_string_equal(weir_h2_code_name(WEIR_H2_HTTP_1_1_REQUIRED), "HTTP_1_1_REQUIRED");
  assert_string_equal(weir_h2_code_name(14), "UNKNOWN_ERROR");
}

/* What a vector says of its frame; -1 and "" where it says nothing. */
typedef struct vector {
  weir_bytes wire, fragment;
  bool has_frame, allows[16];
  long length, type, flags, stream, code, last, promised, increment, depends_on, weight, exclusive;
  size_t n_settings;
  long settings[8][2];
} vector;

static void vector_read_settings(test_json *j, vector *v) {
  json_expect(j, '[');
  while (json_peek(j) == '[') {
    json_expect(j, '[');
    for (int i = 0; i < 2; i++) v->settings[v->n_settings][i] = json_number(j);
    v->n_settings++;
    json_expect(j, ']');
  }
  json_expect(j, ']');
}

static void vector_read_object(test_json *j, vector *v) {
  static const char *const names[] = {"length",
                                      "type",
                                      "flags",
                                      "stream_identifier",
                                      "error_code",
                                      "last_stream_id",
                                      "promised_stream_id",
                                      "window_size_increment",
                                      "stream_dependency",
                                      "weight"};
  long *const places[] = {&v->length, &v->type,     &v->flags,     &v->stream,     &v->code,
                          &v->last,   &v->promised, &v->increment, &v->depends_on, &v->weight};
  char key[64];
  json_expect(j, '{');
  while (json_key(j, key)) {
    size_t i = 0;
    while (i < 10 && strcmp(key, names[i]) != 0) i++;
    char next = json_peek(j);
    if (next == '{')
      vector_read_object(j, v);
    else if (i < 10 && next != 'n')
      *places[i] = json_number(j);
    else if (!strcmp(key, "settings"))
      vector_read_settings(j, v);
    else if (!strcmp(key, "header_block_fragment") || !strcmp(key, "data") || !strcmp(key, "opaque_data") ||
             !strcmp(key, "additional_debug_data"))
      json_string(j, &v->fragment);
    else if (!strcmp(key, "exclusive") && next != 'n')
      v->exclusive = next == 't', json_skip(j);
    else
      json_skip(j);
  }
}

static void vector_read(test_json *j, vector *v) {
  weir_bytes hex = weir_bytes_in(WEIR_MEM_DEFAULT);
  char key[64];
  json_expect(j, '{');
  while (json_key(j, key)) {
    if (!strcmp(key, "wire")) {
      json_string(j, &hex);
      test_append_hex(&v->wire, weir_bytes_view(&hex).data, weir_bytes_size(&hex));
    } else if (!strcmp(key, "error") && json_peek(j) == '[') {
      json_expect(j, '[');
      while (json_peek(j) != ']') v->allows[json_number(j) & 15] = true;
      json_expect(j, ']');
    } else if (!strcmp(key, "frame") && json_peek(j) == '{') {
      v->has_frame = true;
      vector_read_object(j, v);
    } else {
      json_skip(j);
    }
  }
  weir_bytes_fini(&hex);
}

static void check_priority(const vector *v, const weir_h2_priority *p) {
  assert_int_equal(p->depends_on, v->depends_on);
  assert_int_equal(p->weight + 1, v->weight);
  assert_int_equal(p->exclusive, v->exclusive);
}

/* Decodes a payload and compares it with the vector, if that has a frame. */
static weir_h2_error decode_payload(const vector *v, const weir_h2_frame *f, weir_str payload) {
  weir_h2_error e = weir_h2_no_error();
  weir_str text = payload;
  weir_h2_headers_payload headers;
  weir_h2_push_payload push;
  weir_h2_priority priority;
  weir_h2_goaway_payload goaway;
  uint32_t increment;
  switch (f->type) {
  case WEIR_H2_DATA: e = weir_h2_read_data(f, payload, &text); break;
  case WEIR_H2_HEADERS:
    e = weir_h2_read_headers(f, payload, &headers);
    text = headers.fragment;
    if (v->has_frame && headers.has_priority) check_priority(v, &headers.priority);
    if (v->has_frame) assert_int_equal(headers.has_priority, v->weight >= 0);
    break;
  case WEIR_H2_PRIORITY:
    e = weir_h2_read_priority(f, payload, &priority);
    if (v->has_frame) check_priority(v, &priority);
    break;
  case WEIR_H2_RST_STREAM:
    if (v->has_frame) assert_int_equal(weir_h2_read_rst_stream(payload), v->code);
    break;
  case WEIR_H2_SETTINGS:
    for (size_t i = 0; i < v->n_settings; i++) {
      uint16_t id;
      uint32_t value;
      weir_h2_read_setting(payload, i, &id, &value);
      assert_int_equal(id, v->settings[i][0]);
      assert_int_equal(value, v->settings[i][1]);
    }
    break;
  case WEIR_H2_PUSH_PROMISE:
    e = weir_h2_read_push(f, payload, &push);
    if (v->has_frame) assert_int_equal(push.promised, v->promised);
    text = push.fragment;
    break;
  case WEIR_H2_GOAWAY:
    goaway = weir_h2_read_goaway(payload);
    if (v->has_frame) assert_int_equal(goaway.last_stream, v->last);
    if (v->has_frame) assert_int_equal(goaway.code, v->code);
    text = goaway.debug;
    break;
  case WEIR_H2_WINDOW_UPDATE:
    e = weir_h2_read_window_update(f, payload, &increment);
    if (v->has_frame) assert_int_equal(increment, v->increment);
    break;
  default: break;
  }
  if (v->has_frame && weir_bytes_size(&v->fragment))
    assert_true(weir_str_eq(text, weir_bytes_view(&v->fragment)));
  return e;
}

static void check_vector(const vector *v, const char *path) {
  weir_str wire = weir_bytes_view(&v->wire);
  weir_h2_frame f = weir_h2_frame_read((const uint8_t *)wire.data);
  weir_h2_error e = weir_h2_frame_check(&f, 16384);
  if (v->has_frame) {
    assert_int_equal(f.len, v->length);
    assert_int_equal(f.type, v->type);
    assert_int_equal(f.flags, v->flags);
    assert_int_equal(f.stream, v->stream);
  }
  if (!e.scope)
    e = decode_payload(v, &f, (weir_str){wire.data + WEIR_H2_FRAME_HEAD, wire.len - WEIR_H2_FRAME_HEAD});
  if (v->has_frame ? e.scope != WEIR_H2_SCOPE_NONE : e.scope == WEIR_H2_SCOPE_NONE || !v->allows[e.code & 15])
    fail_msg("%s: %s %s", path, weir_h2_code_name(e.code), e.why ? e.why : "no error");
}

static void run_vector(const char *path) {
  weir_bytes file = test_read_file(path);
  weir_str text = weir_bytes_view(&file);
  test_json j = {text.data, text.data + text.len};
  vector v = {
      .wire = weir_bytes_in(WEIR_MEM_DEFAULT), .fragment = weir_bytes_in(WEIR_MEM_DEFAULT), .weight = -1};
  vector_read(&j, &v);
  check_vector(&v, path);
  weir_bytes_fini(&v.wire);
  weir_bytes_fini(&v.fragment);
  weir_bytes_fini(&file);
}

static void test_vectors(void **state) {
  (void)state;
  char dir[64], path[1024];
  if (!test_unpack_vectors(dir)) skip();
  static const char *const folders[] = {"continuation", "data",     "error",        "goaway",
                                        "headers",      "ping",     "priority",     "push_promise",
                                        "rst_stream",   "settings", "window_update"};
  int n = 0;
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    snprintf(path, sizeof path, "%s/http2-frame-test-case/%s", dir, folders[i]);
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *file; (file = readdir(d));) {
      if (!strstr(file->d_name, ".json")) continue;
      snprintf(path, sizeof path, "%s/http2-frame-test-case/%s/%s", dir, folders[i], file->d_name);
      run_vector(path);
      n++;
    }
    closedir(d);
  }
  printf("%d frames\n", n);
  assert_int_equal(n, 34);
  test_remove_vectors(dir);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_head_round_trip),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_vectors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
