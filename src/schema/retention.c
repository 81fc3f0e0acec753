/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/retention.h"

#include "schema/value.h"
#include "schema/walk.h"

typedef struct stripping {
  weir_stripped *out;
  WEIR_LIST(int32_t) path;
} stripping;

static void strip_here(weir_schema *s, stripping *t) {
  int32_t *path = weir_schema_alloc(s, (t->path.len + 1) * sizeof *path);
  if (t->path.len) memcpy(path, t->path.data, t->path.len * sizeof *path);
  weir_schema_push(s, &t->out->paths, (weir_stripped_path){path, t->path.len});
}

static void strip_value(weir_schema *s, stripping *t, const weir_value *v);

static uint32_t index_of(const weir_value *v, uint32_t entry) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < entry; i++) n += v->entries.data[i].field == v->entries.data[entry].field;
  return n;
}

static void strip_entry(weir_schema *s, stripping *t, const weir_value *v, uint32_t i) {
  const weir_def_field *f = v->entries.data[i].field;
  uint32_t len = t->path.len;
  weir_schema_push(s, &t->path, f->number);
  if (weir_field_is_source_only(f)) {
    strip_here(s, t);
  } else if (f->type == WEIR_TYPE_MESSAGE) {
    if (f->label == WEIR_LABEL_REPEATED) weir_schema_push(s, &t->path, (int32_t)index_of(v, i));
    strip_value(s, t, v->entries.data[i].message);
  }
  t->path.len = len;
}

static void strip_value(weir_schema *s, stripping *t, const weir_value *v) {
  for (uint32_t i = 0; i < v->entries.len; i++) strip_entry(s, t, v, i);
}

/* The number of the options in the descriptor of each kind of declaration. */
static int32_t options_number(weir_def_kind kind) {
  switch (kind) {
  case WEIR_DEF_FILE: return 8;
  case WEIR_DEF_MESSAGE: return 7;
  case WEIR_DEF_FIELD: return 8;
  case WEIR_DEF_ONEOF: return 2;
  case WEIR_DEF_METHOD: return 4;
  default: return 3;
  }
}

static void strip_def(weir_schema *s, weir_def *d, void *ctx) {
  stripping *t = ctx;
  bool has_place = d->kind == WEIR_DEF_FILE || d->loc;
  if (!d->options.value || !has_place) return;
  const weir_location *l = &d->file->locations.data[d->loc];
  t->path.len = 0;
  for (uint32_t i = 0; i < l->path_len; i++) weir_schema_push(s, &t->path, l->path[i]);
  weir_schema_push(s, &t->path, options_number(d->kind));
  strip_value(s, t, d->options.value);
  if (weir_value_is_empty(d->options.value, true) && !weir_value_is_empty(d->options.value, false))
    strip_here(s, t);
}

static int compare_paths(const int32_t *a, uint32_t a_len, const int32_t *b, uint32_t b_len) {
  for (uint32_t i = 0; i < a_len && i < b_len; i++)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return (a_len > b_len) - (a_len < b_len);
}

static int compare_stripped(const void *a, const void *b) {
  const weir_stripped_path *x = a, *y = b;
  return compare_paths(x->path, x->len, y->path, y->len);
}

void weir_stripped_find(weir_schema *s, weir_def_file *file, weir_stripped *out) {
  stripping t = {.out = out};
  weir_walk(s, file, strip_def, &t);
  if (out->paths.len) qsort(out->paths.data, out->paths.len, sizeof *out->paths.data, compare_stripped);
}

static bool is_stripped(const weir_stripped *stripped, const int32_t *path, uint32_t len) {
  return bsearch(&(weir_stripped_path){path, len}, stripped->paths.data, stripped->paths.len,
                 sizeof *stripped->paths.data, compare_stripped) != NULL;
}

bool weir_stripped_has(const weir_stripped *stripped, const weir_location *l) {
  for (uint32_t len = 1; stripped->paths.len && len <= l->path_len; len++)
    if (is_stripped(stripped, l->path, len)) return true;
  return false;
}
