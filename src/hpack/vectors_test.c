/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* The stories of http2jp/hpack-test-case: what 14 encoders wrote is decoded; what we write is decoded by us and, if
 * Python's hpack is there, by it. */
#include "hpack/hpack_test.h"

#include <dirent.h>

typedef struct story_case {
  bool sets_table_size;
  uint32_t table_size;
  weir_bytes wire, text; /* of all names and values, one behind the other */
  struct {
    size_t name, name_len, value_len; /* place in text */
  } fields[1024];
  size_t n;
} story_case;

static void case_read_headers(test_json *j, story_case *c) {
  json_expect(j, '[');
  while (json_peek(j) != ']') {
    json_expect(j, '{');
    while (json_peek(j) != '}') {
      assert_true(c->n < sizeof c->fields / sizeof c->fields[0]);
      c->fields[c->n].name = weir_bytes_size(&c->text);
      c->fields[c->n].name_len = json_string(j, &c->text);
      c->fields[c->n].value_len = json_string(j, &c->text);
      c->n++;
    }
    json_expect(j, '}');
  }
  json_expect(j, ']');
}

static void case_read(test_json *j, story_case *c) {
  weir_bytes_clear(&c->wire);
  weir_bytes_clear(&c->text);
  c->n = 0;
  c->sets_table_size = false;
  weir_bytes hex = weir_bytes_in(WEIR_MEM_DEFAULT);
  char key[64];
  json_expect(j, '{');
  while (json_key(j, key)) {
    if (!strcmp(key, "headers")) {
      case_read_headers(j, c);
    } else if (!strcmp(key, "wire")) {
      json_string(j, &hex);
      test_append_hex(&c->wire, weir_bytes_view(&hex).data, weir_bytes_size(&hex));
    } else if (!strcmp(key, "header_table_size") && json_peek(j) != 'n') { /* some say null */
      c->sets_table_size = true;
      c->table_size = (uint32_t)json_number(j);
    } else {
      json_skip(j);
    }
  }
  weir_bytes_fini(&hex);
}

static weir_str case_name(const story_case *c, size_t i) {
  return (weir_str){weir_bytes_view(&c->text).data + c->fields[i].name, c->fields[i].name_len};
}
static weir_str case_value(const story_case *c, size_t i) {
  weir_str name = case_name(c, i);
  return (weir_str){name.data + name.len, c->fields[i].value_len};
}

static void case_compare(const story_case *c, const weir_hpack_block *b, const char *path) {
  if (b->over || b->n != c->n) fail_msg("%s: %zu fields instead of %zu", path, b->n, c->n);
  for (size_t i = 0; i < c->n; i++)
    if (!weir_str_eq(b->fields[i].name, case_name(c, i)) || !weir_str_eq(b->fields[i].value, case_value(c, i)))
      fail_msg("%s: field " WEIR_FMT ": " WEIR_FMT " instead of " WEIR_FMT, path, WEIR_ARG(b->fields[i].name),
               WEIR_ARG(b->fields[i].value), WEIR_ARG(case_value(c, i)));
}

typedef struct tally {
  size_t stories, blocks, fields, plain, coded;
} tally;

static weir_hpack_decoder *new_decoder(uint32_t table_size) {
  weir_hpack_decoder *d = weir_hpack_decoder_new(
      &(weir_hpack_decoder_opts){.max_table_size = table_size, .max_list_size = 1 << 20, .max_fields = 10000});
  assert_non_null(d);
  return d;
}

/* Calls each(case) for every case of a story. */
static void story_walk(const char *path, void (*each)(const story_case *c, const char *path, void *arg),
                       void *arg) {
  weir_bytes file = test_read_file(path);
  weir_str text = weir_bytes_view(&file);
  test_json j = {text.data, text.data + text.len};
  static story_case c;
  c.wire = c.text = weir_bytes_in(WEIR_MEM_DEFAULT);
  char key[64];
  json_expect(&j, '{');
  while (json_key(&j, key)) {
    if (strcmp(key, "cases") != 0) {
      json_skip(&j);
      continue;
    }
    json_expect(&j, '[');
    while (json_peek(&j) != ']') {
      case_read(&j, &c);
      each(&c, path, arg);
    }
    json_expect(&j, ']');
  }
  weir_bytes_fini(&c.wire);
  weir_bytes_fini(&c.text);
  weir_bytes_fini(&file);
}

typedef struct decode_run {
  weir_hpack_decoder *d;
  tally *tally;
} decode_run;

static void decode_case(const story_case *c, const char *path, void *arg) {
  decode_run *run = arg;
  if (c->sets_table_size) weir_hpack_decoder_set_max_table(run->d, c->table_size);
  weir_hpack_block b;
  weir_err err = weir_hpack_decode(run->d, weir_bytes_view(&c->wire), &b);
  if (err) fail_msg("%s: block %zu: %s", path, run->tally->blocks, weir_err_text(err));
  case_compare(c, &b, path);
  run->tally->blocks++;
  run->tally->fields += c->n;
}

typedef struct encode_run {
  weir_hpack_encoder *e;
  weir_hpack_decoder *d;
  FILE *hex;
  tally *tally;
} encode_run;

static void encode_case(const story_case *c, const char *path, void *arg) {
  encode_run *run = arg;
  static weir_hpack_field fields[1024];
  for (size_t i = 0; i < c->n; i++) {
    fields[i] = (weir_hpack_field){.name = case_name(c, i), .value = case_value(c, i)};
    run->tally->plain += fields[i].name.len + fields[i].value.len;
  }
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  assert_int_equal(weir_hpack_encode(run->e, fields, c->n, &out), WEIR_EOK);
  weir_str wire = weir_bytes_view(&out);
  weir_hpack_block b;
  assert_int_equal(weir_hpack_decode(run->d, wire, &b), WEIR_EOK);
  case_compare(c, &b, path);
  for (size_t i = 0; i < wire.len; i++) fprintf(run->hex, "%02x", (unsigned)(uint8_t)wire.data[i]);
  fputc('\n', run->hex);
  run->tally->blocks++;
  run->tally->coded += wire.len;
  weir_bytes_fini(&out);
}

/* Calls each(path) for the stories of every folder whose name is `only`, or, if only is NULL, is not raw-data. */
static void stories_walk(const char *dir, const char *only, void (*each)(const char *path, void *arg),
                         void *arg) {
  char top[128], path[1024];
  snprintf(top, sizeof top, "%s/hpack-test-case", dir);
  DIR *folders = opendir(top);
  assert_non_null(folders);
  for (struct dirent *f; (f = readdir(folders));) {
    if (only ? strcmp(f->d_name, only) != 0 : !strcmp(f->d_name, "raw-data")) continue;
    snprintf(path, sizeof path, "%s/%s", top, f->d_name);
    DIR *stories = opendir(path);
    if (!stories) continue;
    for (struct dirent *s; (s = readdir(stories));) {
      if (strncmp(s->d_name, "story_", 6) != 0) continue;
      snprintf(path, sizeof path, "%s/%s/%s", top, f->d_name, s->d_name);
      each(path, arg);
    }
    closedir(stories);
  }
  closedir(folders);
}

static void decode_story(const char *path, void *arg) {
  /* One encoder used a table of 16384 bytes, and says so in its name only. */
  decode_run run = {new_decoder(strstr(path, "16384") ? 16384 : 4096), arg};
  story_walk(path, decode_case, &run);
  weir_hpack_decoder_free(run.d);
  run.tally->stories++;
}

static void encode_story(const char *path, void *arg) {
  char hex[1100];
  snprintf(hex, sizeof hex, "%s.hex", path);
  encode_run run = {weir_hpack_encoder_new(WEIR_MEM_DEFAULT, 4096), new_decoder(4096), fopen(hex, "w"), arg};
  assert_true(run.e && run.hex);
  story_walk(path, encode_case, &run);
  fclose(run.hex);
  weir_hpack_encoder_free(run.e);
  weir_hpack_decoder_free(run.d);
  run.tally->stories++;
}

static void test_stories(void **state) {
  (void)state;
  char dir[64], command[256];
  if (!test_unpack_vectors(dir)) skip();
  tally t = {0};
  stories_walk(dir, NULL, decode_story, &t);
  printf("decoded %zu stories, %zu blocks, %zu fields\n", t.stories, t.blocks, t.fields);
  assert_int_equal(t.stories, 446);
  assert_int_equal(t.blocks, 47142);

  t = (tally){0};
  stories_walk(dir, "raw-data", encode_story, &t);
  printf("encoded %zu stories, %zu blocks, to %.1f %%\n", t.stories, t.blocks,
         100.0 * (double)t.coded / (double)t.plain);
  assert_int_equal(t.stories, 32);
  assert_true(t.coded * 2 < t.plain);
  snprintf(command, sizeof command, "python3 src/hpack/peer_decode.py '%s/hpack-test-case/raw-data'", dir);
  fflush(stdout);
  int status = system(command);
  assert_true(status == 0 || status == 77 << 8); /* 77: Python has no hpack, and said so */
  test_remove_vectors(dir);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_stories)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
