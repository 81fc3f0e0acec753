/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* dynamic_test.c - types made from weirc's descriptors are those that weirc generates: the same rows, the same layout,
 * the same bytes. Broken descriptors are refused and leave the pool as it was. usage: pb_dynamic DESCRIPTOR_SET */
#include "base/test.h"

#include "pb/testdata/demo.weir.h"
#include "pb/testdata/ext2.weir.h"
#include "pb/testdata/golden.h"
#include "pb/testdata/kinds2.weir.h"
#include "pb/testdata/kinds3.weir.h"
#include "pb/weir_pb_desc.weir.h"

#include <weir/pool.h>

#include <stdio.h>

static weir_arena *arena;
static weir_str set;
static const weir_pb_file *const files[] = {&demo_file, &ext2_file, &kinds2_file, &kinds3_file,
                                            &weir_pb_desc_file};

static weir_pb_pool *pool_of(weir_str wire) {
  weir_error e;
  weir_pb_pool *pool = weir_pb_pool_new(arena);
  assert_non_null(pool);
  if (weir_pb_pool_add_descriptors(pool, wire, &e)) fail_msg("%s", e.msg);
  return pool;
}

static void same_enum(const weir_pb_enum *x, const weir_pb_enum *y) {
  assert_string_equal(x->full_name, y->full_name);
  assert_int_equal(x->n_values, y->n_values);
  assert_memory_equal(x->values, y->values, x->n_values * sizeof *x->values);
  assert_string_equal(x->names, y->names);
  assert_int_equal(x->flags, y->flags);
  assert_int_equal(x->first, y->first);
}

/* Lists of n strings, each with its NUL. */
static void same_names(const char *x, const char *y, uint32_t n) {
  for (uint32_t i = 0; i < n; i++, x += strlen(x) + 1, y += strlen(y) + 1) assert_string_equal(x, y);
}

static void same_type(const weir_pb_type *x, const weir_pb_type *y) {
  assert_string_equal(x->full_name, y->full_name);
  assert_int_equal(x->size, y->size);
  assert_int_equal(x->flags, y->flags);
  assert_int_equal(x->n_fields, y->n_fields);
  assert_int_equal(x->dense_below, y->dense_below);
  assert_int_equal(x->n_defaults, y->n_defaults);
  same_names(x->names, y->names, x->n_fields);
  assert_int_equal(!x->oneofs, !y->oneofs);
  if (x->oneofs) assert_string_equal(x->oneofs, y->oneofs);
  assert_int_equal(!x->reserved, !y->reserved);
  if (x->reserved) assert_string_equal(x->reserved, y->reserved);
  for (uint32_t i = 0; i < x->n_fields; i++) {
    const weir_pb_field *f = &x->fields[i], *g = &y->fields[i];
    assert_int_equal(f->number, g->number);
    assert_int_equal(f->kind, g->kind);
    assert_int_equal(f->flags, g->flags);
    assert_int_equal(f->offset, g->offset);
    assert_int_equal(f->presence, g->presence);
    uint32_t kind = f->kind & WEIR_PB_KIND;
    if (kind == WEIR_PB_ENUM) same_enum(x->subs[f->sub].enum_, y->subs[g->sub].enum_);
    if ((f->kind & WEIR_PB_MODE) == WEIR_PB_MAP)
      same_type(x->subs[f->sub].type, y->subs[g->sub].type);
    else if (kind == WEIR_PB_MESSAGE || kind == WEIR_PB_GROUP)
      assert_string_equal(x->subs[f->sub].type->full_name, y->subs[g->sub].type->full_name);
  }
  for (uint32_t i = 0; i < x->n_defaults; i++) {
    const weir_pb_default *d = &x->defaults[i], *o = &y->defaults[i];
    assert_int_equal(d->number, o->number);
    assert_int_equal(d->bits, o->bits);
    assert_int_equal(d->len, o->len);
    if (d->len) assert_memory_equal(d->data, o->data, d->len);
  }
}

static void test_types_are_the_generated_ones(void **state) {
  (void)state;
  weir_pb_pool *pool = pool_of(set);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    const weir_pb_file *f = files[i];
    for (uint32_t k = 0; k < f->n_types; k++) {
      const weir_pb_type *t = weir_pb_pool_type(pool, weir_str_of(f->types[k]->full_name));
      assert_non_null(t);
      assert_ptr_not_equal(t, f->types[k]);
      same_type(f->types[k], t);
    }
    for (uint32_t k = 0; k < f->n_enums; k++)
      same_enum(f->enums[k], weir_pb_pool_enum(pool, weir_str_of(f->enums[k]->full_name)));
    for (uint32_t k = 0; k < f->n_exts; k++) {
      const weir_pb_ext *x = f->exts[k], *y = weir_pb_pool_ext(pool, weir_str_of(x->holder->full_name));
      assert_non_null(y);
      same_type(x->holder, y->holder);
      assert_string_equal(x->extendee->full_name, y->extendee->full_name);
      assert_ptr_equal(weir_pb_pool_ext_of(pool, y->extendee, y->holder->fields[0].number), y);
    }
  }
  assert_null(weir_pb_pool_type(pool, WEIR_STR("demo.Note.VotesEntry")));
  assert_null(weir_pb_pool_type(pool, WEIR_STR("demo.Color")));
  assert_null(weir_pb_pool_type(pool, WEIR_STR("")));
}

static void test_messages_fit_both(void **state) {
  (void)state;
  static const struct {
    const weir_pb_type *type;
    const unsigned char *data;
    size_t len;
  } goldens[] = {
      {&kinds2_All_type, kinds2_singular, sizeof kinds2_singular},
      {&kinds2_All_type, kinds2_maps, sizeof kinds2_maps},
      {&kinds2_All_type, kinds2_oneof_group, sizeof kinds2_oneof_group},
      {&kinds3_All_type, kinds3_repeated, sizeof kinds3_repeated},
      {&kinds3_All_type, kinds3_oneof, sizeof kinds3_oneof},
      {&demo_Note_type, demo_note, sizeof demo_note},
  };
  weir_pb_pool *pool = pool_of(set);
  for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
    const weir_pb_type *own = goldens[i].type, *t = weir_pb_pool_type(pool, weir_str_of(own->full_name));
    weir_str wire = {(const char *)goldens[i].data, goldens[i].len}, out;
    void *m = NULL, *n = NULL;
    assert_int_equal(weir_pb_parse(t, wire, arena, &m), WEIR_OK);
    assert_int_equal(weir_pb_parse(own, wire, arena, &n), WEIR_OK);
    assert_true(weir_pb_equal(own, m, n));
    assert_int_equal(weir_pb_encode(t, m, arena, &out), WEIR_OK);
    assert_int_equal(out.len, wire.len);
    assert_memory_equal(out.data, wire.data, wire.len);
  }
}

static void test_generated_files_come_first(void **state) {
  (void)state;
  weir_error e;
  weir_pb_pool *pool = weir_pb_pool_new(arena);
  assert_int_equal(weir_pb_pool_add(pool, &demo_file, &e), WEIR_OK);
  assert_int_equal(weir_pb_pool_add(pool, &demo_file, &e), WEIR_OK);
  if (weir_pb_pool_add_descriptors(pool, set, &e)) fail_msg("%s", e.msg);
  assert_ptr_equal(weir_pb_pool_type(pool, WEIR_STR("demo.Note")), &demo_Note_type);
  assert_non_null(weir_pb_pool_type(pool, WEIR_STR("kinds2.All")));
}

/* ---- descriptors that contradict themselves, each changed in one place */

static weir_pb_desc_FileSet *read_set(void) {
  void *m = NULL;
  assert_int_equal(weir_pb_parse(&weir_pb_desc_FileSet_type, set, arena, &m), WEIR_OK);
  return m;
}

static weir_pb_desc_Message *message(weir_pb_desc_FileSet *s, const char *name) {
  for (uint32_t i = 0; i < s->file.len; i++)
    for (uint32_t k = 0; k < s->file.data[i]->message_type.len; k++)
      if (weir_str_eq(s->file.data[i]->message_type.data[k]->name, weir_str_of(name)))
        return s->file.data[i]->message_type.data[k];
  fail();
  return NULL;
}

static void refused(weir_pb_desc_FileSet *s, const char *why) {
  weir_error e;
  weir_str wire;
  weir_pb_pool *pool = weir_pb_pool_new(arena);
  assert_int_equal(weir_pb_encode(&weir_pb_desc_FileSet_type, s, arena, &wire), WEIR_OK);
  weir_code code = weir_pb_pool_add_descriptors(pool, wire, &e);
  assert_true(code == WEIR_INVALID_ARGUMENT || code == WEIR_ALREADY_EXISTS);
  assert_string_equal(e.msg, why);
  assert_null(weir_pb_pool_type(pool, WEIR_STR("demo.Note")));
  assert_int_equal(weir_pb_pool_add_descriptors(pool, set, &e), WEIR_OK); /* nothing of it was left */
}

static void test_contradictions(void **state) {
  (void)state;
  weir_pb_desc_FileSet *s = read_set();
  message(s, "Note")->field.data[0]->number = 0;
  refused(s, "demo.proto: demo.Note.text: its number is not from 1 to 536870911");
  s = read_set();
  message(s, "Note")->field.data[1]->number = 1;
  refused(s, "demo.proto: demo.Note.age: another field has its number");
  s = read_set();
  message(s, "Note")->field.data[0]->type = 19;
  refused(s, "demo.proto: demo.Note.text: unknown type");
  s = read_set();
  message(s, "Note")->field.data[0]->name = WEIR_STR("a=b");
  refused(s, "demo.proto: demo.Note: has a field without a proper name");
  s = read_set();
  message(s, "Note")->name = WEIR_STR("1");
  refused(s, "demo.proto: demo: holds something without a proper name");
  s = read_set();
  message(s, "Note")->field.data[3]->oneof_index = 7;
  refused(s, "demo.proto: demo.Note.user: its oneof does not exist");
  s = read_set();
  for (uint32_t i = 0; i < message(s, "Note")->field.len; i++)
    if (message(s, "Note")->field.data[i]->type_name.len)
      message(s, "Note")->field.data[i]->type_name = WEIR_STR(".demo.Nothing");
  refused(s, "demo.proto: demo.Note.place: type .demo.Nothing is not defined");
  s = read_set();
  message(s, "Note")->nested_type.data[1]->field.data[0]->type = WEIR_PB_BYTES;
  refused(s, "demo.proto: demo.Note.VotesEntry: is not what a map's entry looks like");
  s = read_set();
  s->file.data[1] = s->file.data[0];
  weir_pb_desc_File copy = *s->file.data[0];
  copy.name = WEIR_STR("other.proto");
  s->file.data[1] = &copy;
  refused(s, "other.proto: demo.Color is in the pool already");
}

/* Every byte of the set, in turn, is another: an error or a pool, and under the sanitizers nothing else. */
static void test_damaged_sets(void **state) {
  (void)state;
  char *wire = malloc(set.len);
  for (size_t i = 0; i < set.len; i += 3) {
    weir_arena *a = weir_arena_new(NULL, 0);
    memcpy(wire, set.data, set.len);
    wire[i] = (char)(wire[i] ^ (1 << i % 8));
    weir_error e;
    weir_pb_pool *pool = weir_pb_pool_new(a);
    const weir_pb_type *t = weir_pb_pool_add_descriptors(pool, (weir_str){wire, set.len}, &e)
                                ? NULL
                                : weir_pb_pool_type(pool, WEIR_STR("kinds2.All"));
    void *m;
    if (t) weir_pb_parse(t, (weir_str){(const char *)kinds2_singular, sizeof kinds2_singular}, a, &m);
    weir_arena_free(a);
  }
  free(wire);
}

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

int main(int argc, char **argv) {
  static char bytes[1 << 20];
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (!f) return fprintf(stderr, "usage: pb_dynamic DESCRIPTOR_SET\n"), 2;
  set = (weir_str){bytes, fread(bytes, 1, sizeof bytes, f)};
  fclose(f);
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types_are_the_generated_ones),
      cmocka_unit_test(test_messages_fit_both),
      cmocka_unit_test(test_generated_files_come_first),
      cmocka_unit_test(test_contradictions),
      cmocka_unit_test(test_damaged_sets),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
