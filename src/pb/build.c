/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* build.c - types from descriptors. First every message, enum and extension of the set gets its name in the pool, then
 * fields are resolved and structs laid out. Descriptors may be anyone's: all of them is checked. */
#include "pb/feature.h"
#include "pb/layout.h"
#include "pb/names.h"
#include "pb/num.h"
#include "pb/pool.h"

#include <math.h>

typedef weir_pb_desc_Message message_desc;
typedef weir_pb_desc_Field field_desc;
typedef weir_pb_desc_Enum enum_desc;

/* Longest full name; it keeps what hostile descriptors take within bounds. */
#define MAX_NAME 1024u

/* A message whose type is to be filled in. */
typedef struct made {
  struct made *next;
  weir_str file;
  weir_pb_type *type;
  const message_desc *desc;
  pb_features features;
} made;

/* An extension that is to be. */
typedef struct made_ext {
  struct made_ext *next;
  weir_str file;
  const field_desc *desc;
  weir_str scope, full_name;
  pb_features features;
} made_ext;

/* A name to take back if the set fails. */
typedef struct added {
  struct added *next;
  weir_map *map;
  weir_str name;
} added;

typedef struct builder {
  weir_pb_pool *pool;
  weir_arena *arena;
  weir_error *error;
  weir_code code;
  weir_str file; /* being read, for messages to people */
  made *messages, **messages_end;
  made_ext *exts, **exts_end;
  added *added;
} builder;

static bool build_fail(builder *b, weir_str what, const char *why) {
  if (b->code) return false;
  b->code = weir_error_set(b->error, WEIR_INVALID_ARGUMENT, 0, WEIR_FMT ": " WEIR_FMT ": %s",
                           WEIR_ARG(b->file), WEIR_ARG(what), why);
  return false;
}

static bool build_no_memory(builder *b) {
  if (!b->code) b->code = pb_no_memory(b->error);
  return false;
}

static void *build_alloc(builder *b, size_t n, size_t size) {
  void *p = n > SIZE_MAX / 2 / size ? NULL : weir_alloc(b->arena, n * size);
  if (!p) build_no_memory(b);
  return p;
}

/* ---- names --------------------------------------------------------------------------------------------- */

static bool is_identifier(weir_str s) {
  for (size_t i = 0; i < s.len; i++) {
    char c = s.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(i && c >= '0' && c <= '9')) return false;
  }
  return s.len > 0;
}

/* "scope.name", with a NUL behind it; data NULL if that is no name, or out of memory. */
static weir_str scoped(builder *b, weir_str scope, weir_str name) {
  weir_str none = {NULL, 0};
  if (scope.len + name.len > MAX_NAME)
    return build_fail(b, WEIR_STR("a name"), "longer than 1024 bytes"), none;
  if (!is_identifier(name)) return build_fail(b, scope, "holds something without a proper name"), none;
  weir_str full = scope.len ? weir_printf(b->arena, WEIR_FMT "." WEIR_FMT, WEIR_ARG(scope), WEIR_ARG(name))
                            : weir_dup(b->arena, name);
  if (!full.data) build_no_memory(b);
  return full;
}

static bool note_added(builder *b, weir_map *map, weir_str name) {
  added *a = (added *)build_alloc(b, 1, sizeof *a);
  if (!a) return false;
  *a = (added){b->added, map, name};
  b->added = a;
  return true;
}

static bool add_symbol(builder *b, pb_symbol_kind kind, weir_str name, const void *what) {
  weir_error e;
  weir_code code = pb_pool_put(b->pool, kind, name, what, &e);
  if (!code) return note_added(b, &b->pool->symbols, name);
  if (!b->code) b->code = weir_error_set(b->error, code, 0, WEIR_FMT ": %s", WEIR_ARG(b->file), e.msg);
  return false;
}

/* The name as a type name means it within scope: ".a.B" as it is, "B" from the innermost scope outwards. */
static const pb_symbol *resolve(builder *b, weir_str scope, weir_str name) {
  char full[2 * MAX_NAME + 2];
  if (name.len && name.data[0] == '.') return pb_pool_get(b->pool, (weir_str){name.data + 1, name.len - 1});
  if (name.len > MAX_NAME || scope.len > MAX_NAME) return NULL;
  for (;;) {
    size_t at = 0;
    if (scope.len) memcpy(full, scope.data, at = scope.len);
    if (scope.len) full[at++] = '.';
    if (name.len) memcpy(full + at, name.data, name.len);
    const pb_symbol *s = pb_pool_get(b->pool, (weir_str){full, at + name.len});
    if (s || !scope.len) return s;
    while (scope.len && scope.data[scope.len - 1] != '.') scope.len--;
    if (scope.len) scope.len--;
  }
}

/* ---- first pass: names --------------------------------------------------------------------------------- */

typedef struct placed_value {
  const weir_pb_desc_Enum_Value *value;
  uint32_t at;
} placed_value;

static int compare_values(const void *a, const void *b) {
  const placed_value *x = (const placed_value *)a, *y = (const placed_value *)b;
  if (x->value->number != y->value->number) return x->value->number > y->value->number ? 1 : -1;
  return (x->at > y->at) - (x->at < y->at);
}

/* Numbers and names of an enum, sorted by number. */
static bool fill_enum(builder *b, weir_pb_enum *e, const enum_desc *d) {
  uint32_t n = d->value.len;
  size_t room = 0;
  placed_value *sorted = (placed_value *)build_alloc(b, n, sizeof *sorted);
  int32_t *numbers = (int32_t *)build_alloc(b, n, sizeof *numbers);
  if (!sorted || !numbers) return false;
  for (uint32_t i = 0; i < n; i++) {
    sorted[i] = (placed_value){d->value.data[i], i};
    if (!is_identifier(d->value.data[i]->name))
      return build_fail(b, weir_str_of(e->full_name), "has a value without a proper name");
    room += d->value.data[i]->name.len + 1;
  }
  qsort(sorted, n, sizeof *sorted, compare_values);
  char *names = (char *)build_alloc(b, room + 1, 1), *at = names;
  if (!names) return false;
  for (uint32_t i = 0; i < n; i++) {
    numbers[i] = sorted[i].value->number;
    memcpy(at, sorted[i].value->name.data, sorted[i].value->name.len);
    at += sorted[i].value->name.len + 1;
  }
  e->n_values = n;
  e->values = numbers;
  e->names = names;
  return true;
}

static bool declare_enum(builder *b, weir_str scope, const enum_desc *d, const pb_features *outer) {
  weir_str name = scoped(b, scope, d->name);
  weir_pb_enum *e = name.data ? (weir_pb_enum *)build_alloc(b, 1, sizeof *e) : NULL;
  if (!e) return false;
  if (!d->value.len) return build_fail(b, name, "an enum has at least one value");
  pb_features f = pb_features_with(outer, d->options ? d->options->features : NULL);
  *e = (weir_pb_enum){.version = WEIR_PB_VERSION, .full_name = name.data, .first = d->value.data[0]->number};
  if (f.enum_type == PB_ENUM_CLOSED) e->flags = WEIR_PB_CLOSED;
  if (!fill_enum(b, e, d)) return false;
  return add_symbol(b, PB_SYMBOL_ENUM, name, e);
}

static bool declare_ext(builder *b, weir_str scope, const field_desc *d, const pb_features *outer) {
  made_ext *x = (made_ext *)build_alloc(b, 1, sizeof *x);
  if (!x) return false;
  x->file = b->file;
  x->desc = d;
  x->scope = scope;
  x->full_name = scoped(b, scope, d->name);
  x->features = pb_features_with(outer, d->options ? d->options->features : NULL);
  *b->exts_end = x;
  b->exts_end = &x->next;
  return x->full_name.data != NULL;
}

/* Nesting is bounded by what the decoder takes. */
static bool declare_message(builder *b, weir_str scope, const message_desc *d, const pb_features *outer) {
  weir_str name = scoped(b, scope, d->name);
  made *m = name.data ? (made *)build_alloc(b, 1, sizeof *m) : NULL;
  weir_pb_type *t = m ? (weir_pb_type *)build_alloc(b, 1, sizeof *t) : NULL;
  if (!t) return false;
  bool is_entry = d->options && d->options->map_entry;
  *t = (weir_pb_type){.version = WEIR_PB_VERSION, .full_name = name.data};
  if (is_entry) t->flags |= WEIR_PB_MAP_ENTRY;
  if (d->extension_range.len) t->flags |= WEIR_PB_EXTENDABLE;
  if (d->options && d->options->message_set_wire_format) t->flags |= WEIR_PB_MESSAGE_SET;
  *m = (made){.file = b->file,
              .type = t,
              .desc = d,
              .features = pb_features_with(outer, d->options ? d->options->features : NULL)};
  *b->messages_end = m;
  b->messages_end = &m->next;
  bool ok = add_symbol(b, is_entry ? PB_SYMBOL_ENTRY : PB_SYMBOL_TYPE, name, t);
  for (uint32_t i = 0; ok && i < d->enum_type.len; i++)
    ok = declare_enum(b, name, d->enum_type.data[i], &m->features);
  for (uint32_t i = 0; ok && i < d->nested_type.len; i++)
    ok = declare_message(b, name, d->nested_type.data[i], &m->features);
  for (uint32_t i = 0; ok && i < d->extension.len; i++)
    ok = declare_ext(b, name, d->extension.data[i], &m->features);
  return ok;
}

static bool declare_file(builder *b, const weir_pb_desc_File *file) {
  b->file = file->name;
  if (weir_map_get(&b->pool->files, file->name)) return true;
  weir_str name = weir_dup(b->arena, file->name), scope = {"", 0};
  if (!name.data || !weir_map_put(&b->pool->files, name, b->pool)) return build_no_memory(b);
  if (!note_added(b, &b->pool->files, name)) return false;
  b->file = name;
  pb_features f;
  if (!pb_features_of_file(file, &f)) return build_fail(b, file->syntax, "unknown syntax or edition");
  bool ok = true;
  if (file->package.len) scope = file->package;
  for (uint32_t i = 0; ok && i < file->enum_type.len; i++)
    ok = declare_enum(b, scope, file->enum_type.data[i], &f);
  for (uint32_t i = 0; ok && i < file->message_type.len; i++)
    ok = declare_message(b, scope, file->message_type.data[i], &f);
  for (uint32_t i = 0; ok && i < file->extension.len; i++)
    ok = declare_ext(b, scope, file->extension.data[i], &f);
  return ok;
}

/* ---- second pass: fields ------------------------------------------------------------------------------- */

/* What a field's row is made from. */
typedef struct field_maker {
  builder *b;
  weir_pb_type *type;
  weir_str scope; /* for type names */
  weir_pb_field *rows;
  weir_pb_sub *subs;
  weir_pb_default *defaults;
  bool in_entry;
} field_maker;

static bool field_fail(const field_maker *k, const field_desc *d, const char *why) {
  weir_str what = weir_printf(k->b->arena, WEIR_FMT "." WEIR_FMT, WEIR_ARG(weir_str_of(k->type->full_name)),
                              WEIR_ARG(d->name));
  return build_fail(k->b, what, why);
}

/* The place of a sub in the type, added if it is new. Each is looked for among the last few only: a table may name one
 * twice. */
static bool sub_place(field_maker *k, const field_desc *d, weir_pb_sub sub, uint16_t *place) {
  uint32_t n = k->type->n_subs;
  for (uint32_t i = n; i > 0 && n - i < 16; i--)
    if (k->subs[i - 1].type == sub.type) return *place = (uint16_t)(i - 1), true;
  if (n > UINT16_MAX)
    return field_fail(k, d, "a message has at most 65,536 fields of message and enum types");
  k->subs[n] = sub;
  k->type->n_subs++;
  return *place = (uint16_t)n, true;
}

static bool is_repeated(const field_desc *d) { return d->label == 3; }

/* Kind of the field, and what its type name names. */
static bool field_type(field_maker *k, const field_desc *d, const pb_features *f, weir_pb_field *row) {
  if (!d->type_name.len) {
    if (d->type < WEIR_PB_DOUBLE || d->type > WEIR_PB_SINT64) return field_fail(k, d, "unknown type");
    if (d->type == WEIR_PB_GROUP || d->type == WEIR_PB_MESSAGE || d->type == WEIR_PB_ENUM)
      return field_fail(k, d, "its type has no name");
    row->kind = (uint8_t)d->type;
    return true;
  }
  const pb_symbol *s = resolve(k->b, k->scope, d->type_name);
  if (!s || s->kind == PB_SYMBOL_EXT) {
    weir_str why = weir_printf(k->b->arena, "type " WEIR_FMT " is not defined", WEIR_ARG(d->type_name));
    return field_fail(k, d, why.data ? why.data : "its type is not defined");
  }
  if (s->kind == PB_SYMBOL_ENUM) {
    const weir_pb_enum *e = (const weir_pb_enum *)s->what;
    if (d->has_type && d->type != WEIR_PB_ENUM) return field_fail(k, d, "its type is an enum");
    row->kind = WEIR_PB_ENUM;
    row->flags |= (uint8_t)(e->flags & WEIR_PB_CLOSED);
    return sub_place(k, d, (weir_pb_sub){.enum_ = e}, &row->sub);
  }
  if (d->has_type && d->type != WEIR_PB_MESSAGE && d->type != WEIR_PB_GROUP)
    return field_fail(k, d, "its type is a message");
  bool is_map = s->kind == PB_SYMBOL_ENTRY;
  if (is_map && (!is_repeated(d) || k->in_entry))
    return field_fail(k, d, "a map's entry is no type by itself");
  bool delimited = d->type == WEIR_PB_GROUP || f->message_encoding == PB_DELIMITED;
  row->kind = delimited && !is_map && !k->in_entry ? WEIR_PB_GROUP : WEIR_PB_MESSAGE;
  if (is_map) row->kind |= WEIR_PB_MAP;
  return sub_place(k, d, (weir_pb_sub){.type = (const weir_pb_type *)s->what}, &row->sub);
}

static bool is_packable(uint32_t kind) {
  return kind != WEIR_PB_STRING && kind != WEIR_PB_BYTES && kind != WEIR_PB_MESSAGE && kind != WEIR_PB_GROUP;
}

/* How the field is held, and its flags. */
static bool field_mode(field_maker *k, const field_desc *d, const pb_features *f, bool in_oneof,
                       weir_pb_field *row) {
  uint32_t kind = row->kind & WEIR_PB_KIND;
  bool required = d->label == 2 || f->field_presence == PB_REQUIRED;
  if (kind == WEIR_PB_STRING && f->utf8_validation == PB_UTF8_VERIFY) row->flags |= WEIR_PB_UTF8;
  if (is_repeated(d)) {
    if (in_oneof) return field_fail(k, d, "a repeated field in a oneof");
    if (row->kind & WEIR_PB_MODE) return true; /* a map */
    row->kind |= WEIR_PB_REPEATED;
    bool packed = f->repeated_encoding == PB_PACKED;
    if (d->options && d->options->has_packed) packed = d->options->packed;
    if (packed && is_packable(kind)) row->flags |= WEIR_PB_PACKED;
    return true;
  }
  if (k->in_entry) return true;
  if (in_oneof) {
    row->kind |= WEIR_PB_ONEOF;
    return true;
  }
  bool has_flag = required || f->field_presence == PB_EXPLICIT || d->proto3_optional || d->extendee.len;
  if (has_flag && kind != WEIR_PB_MESSAGE && kind != WEIR_PB_GROUP) row->kind |= WEIR_PB_HAS;
  if (required) {
    row->flags |= WEIR_PB_REQUIRED;
    k->type->flags |= WEIR_PB_HAS_REQUIRED;
  }
  return true;
}

/* ---- defaults */

static int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/* A default of bytes stands in descriptors with C escapes. */
static weir_str unescape(builder *b, weir_str s) {
  char *out = (char *)build_alloc(b, s.len + 1, 1), *to = out;
  for (size_t i = 0; out && i < s.len; i++) {
    char c = s.data[i];
    if (c != '\\' || i + 1 == s.len) {
      *to++ = c;
      continue;
    }
    c = s.data[++i];
    if (c >= '0' && c <= '7') {
      unsigned v = 0;
      for (int n = 0; n < 3 && i < s.len && s.data[i] >= '0' && s.data[i] <= '7'; n++)
        v = v * 8 + (unsigned)(s.data[i++] - '0');
      i--;
      *to++ = (char)v;
    } else if ((c == 'x' || c == 'X') && i + 1 < s.len && hex_digit(s.data[i + 1]) >= 0) {
      int v = hex_digit(s.data[++i]);
      if (i + 1 < s.len && hex_digit(s.data[i + 1]) >= 0) v = v * 16 + hex_digit(s.data[++i]);
      *to++ = (char)v;
    } else {
      static const char from[] = "abfnrtv", code[] = "\a\b\f\n\r\t\v";
      const char *at = strchr(from, c);
      *to++ = at && c ? code[at - from] : c;
    }
  }
  return (weir_str){out, out ? (size_t)(to - out) : 0};
}

static bool real_default(weir_str text, double *v) {
  pb_decimal d;
  if (weir_str_eq(text, WEIR_STR("inf"))) return *v = (double)INFINITY, true;
  if (weir_str_eq(text, WEIR_STR("-inf"))) return *v = -(double)INFINITY, true;
  if (weir_str_eq(text, WEIR_STR("nan"))) return *v = (double)NAN, true;
  if (pb_read_decimal(text.data, text.data + text.len, false, &d) != text.data + text.len) return false;
  return *v = pb_decimal_double(&d), true;
}

static bool integer_default(weir_str text, uint32_t kind, uint64_t *bits) {
  pb_decimal d;
  int64_t v;
  if (pb_read_decimal(text.data, text.data + text.len, false, &d) != text.data + text.len) return false;
  switch (kind) {
  case WEIR_PB_UINT32:
  case WEIR_PB_FIXED32: return pb_decimal_u64(&d, UINT32_MAX, bits);
  case WEIR_PB_UINT64:
  case WEIR_PB_FIXED64: return pb_decimal_u64(&d, UINT64_MAX, bits);
  case WEIR_PB_INT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_SFIXED32:
    if (!pb_decimal_i64(&d, INT32_MIN, INT32_MAX, &v)) return false;
    break;
  default:
    if (!pb_decimal_i64(&d, INT64_MIN, INT64_MAX, &v)) return false;
  }
  *bits = (uint64_t)v;
  return true;
}

static bool number_default(uint32_t kind, weir_str text, uint64_t *bits) {
  double v;
  if (kind == WEIR_PB_BOOL) {
    *bits = weir_str_eq(text, WEIR_STR("true"));
    return *bits || weir_str_eq(text, WEIR_STR("false"));
  }
  if (kind != WEIR_PB_DOUBLE && kind != WEIR_PB_FLOAT) return integer_default(text, kind, bits);
  if (!real_default(text, &v)) return false;
  if (kind == WEIR_PB_DOUBLE) {
    memcpy(bits, &v, sizeof v);
  } else {
    float r = (float)v;
    uint32_t low;
    memcpy(&low, &r, sizeof r);
    *bits = low;
  }
  return true;
}

/* The row's default, if it is not zero or empty. */
static bool field_default(field_maker *k, const field_desc *d, const weir_pb_field *row) {
  uint32_t kind = row->kind & WEIR_PB_KIND, mode = row->kind & WEIR_PB_MODE;
  weir_pb_default v = {.number = row->number};
  if (mode == WEIR_PB_REPEATED || mode == WEIR_PB_MAP || pb_is_message(row)) return true;
  if (kind == WEIR_PB_STRING || kind == WEIR_PB_BYTES) {
    weir_str s = d->default_value;
    if (s.len && kind == WEIR_PB_BYTES) s = unescape(k->b, s);
    if (s.len && !s.data) return false;
    v.len = (uint32_t)s.len;
    v.data = s.data;
    if (!s.len) return true;
  } else if (kind == WEIR_PB_ENUM) {
    const weir_pb_enum *e = k->subs[row->sub].enum_;
    int32_t number = e->first;
    if (d->has_default_value && !pb_enum_number(e, d->default_value, &number))
      return field_fail(k, d, "its enum has no such value as the default");
    v.bits = (uint64_t)(int64_t)number;
    if (!number) return true;
  } else {
    if (!d->has_default_value) return true;
    if (!number_default(kind, d->default_value, &v.bits))
      return field_fail(k, d, "its default is no value of its type");
    if (!v.bits) return true;
  }
  k->defaults[k->type->n_defaults++] = v;
  return true;
}

/* ---- a message */

static bool make_row(field_maker *k, const field_desc *d, const pb_features *outer, bool in_oneof,
                     weir_pb_field *row) {
  pb_features f = pb_features_with(outer, d->options ? d->options->features : NULL);
  if (!is_identifier(d->name))
    return build_fail(k->b, weir_str_of(k->type->full_name), "has a field without a proper name");
  if (d->number < 1 || d->number > 536870911)
    return field_fail(k, d, "its number is not from 1 to 536870911");
  row->number = (uint32_t)d->number;
  return field_type(k, d, &f, row) && field_mode(k, d, &f, in_oneof, row);
}

static bool make_rows(field_maker *k, uint32_t n) {
  k->rows = (weir_pb_field *)build_alloc(k->b, n, sizeof *k->rows);
  k->subs = (weir_pb_sub *)build_alloc(k->b, n, sizeof *k->subs);
  k->defaults = (weir_pb_default *)build_alloc(k->b, n, sizeof *k->defaults);
  k->type->fields = k->rows;
  k->type->subs = k->subs;
  k->type->defaults = k->defaults;
  return k->rows && k->subs && k->defaults;
}

/* A row with its field. */
typedef struct numbered {
  weir_pb_field row;
  const field_desc *desc;
} numbered;

static int compare_numbered(const void *a, const void *b) {
  const numbered *x = (const numbered *)a, *y = (const numbered *)b;
  return (x->row.number > y->row.number) - (x->row.number < y->row.number);
}

static bool table_name(builder *b, const field_desc *d, weir_str *name) {
  char *json = (char *)build_alloc(b, d->name.len + 1, 1);
  if (!json) return false;
  weir_str usual = {json, pb_json_name(d->name, json)};
  *name = d->name;
  if (!d->has_json_name || weir_str_eq(usual, d->json_name) || d->extendee.len) return true;
  *name = weir_printf(b->arena, WEIR_FMT "=" WEIR_FMT, WEIR_ARG(d->name), WEIR_ARG(d->json_name));
  return name->data || build_no_memory(b);
}

/* Sorts rows by number, checks that each has its own, and fills in names, defaults and dense_below. */
static bool sort_rows(field_maker *k, numbered *all, uint32_t n) {
  weir_pb_type *t = k->type;
  weir_str *names = (weir_str *)build_alloc(k->b, n, sizeof *names);
  size_t room = 1;
  if (!names) return false;
  qsort(all, n, sizeof *all, compare_numbered);
  for (uint32_t i = 0; i < n; i++) {
    if (i && all[i].row.number == all[i - 1].row.number)
      return field_fail(k, all[i].desc, "another field has its number");
    k->rows[i] = all[i].row;
    if (!field_default(k, all[i].desc, &k->rows[i]) || !table_name(k->b, all[i].desc, &names[i]))
      return false;
    room += names[i].len + 1;
  }
  char *blob = (char *)build_alloc(k->b, room, 1), *at = blob;
  if (!blob) return false;
  for (uint32_t i = 0; i < n; at += names[i++].len + 1) memcpy(at, names[i].data, names[i].len);
  while (t->dense_below < n && k->rows[t->dense_below].number == t->dense_below + 1) t->dense_below++;
  t->names = blob;
  t->n_fields = n;
  return true;
}

/* The index of the oneof that the field is in, -1 for none. */
static bool oneof_of(field_maker *k, const field_desc *d, uint32_t n_oneofs, int32_t *oneof) {
  *oneof = d->has_oneof_index && !d->proto3_optional ? d->oneof_index : -1;
  if (*oneof < -1 || (*oneof >= 0 && (uint32_t)*oneof >= n_oneofs))
    return field_fail(k, d, "its oneof does not exist");
  return true;
}

/* Their names in the order of their cases: of their first members. */
static bool oneof_names(field_maker *k, const message_desc *d, const pb_member *members, pb_oneof *oneofs) {
  size_t room = 1;
  for (uint32_t i = 0; i < d->oneof_decl.len; i++) room += d->oneof_decl.data[i]->name.len + 1;
  char *blob = (char *)build_alloc(k->b, room, 1), *at = blob;
  if (!blob) return false;
  for (uint32_t i = 0; i < d->field.len; i++) {
    if (members[i].oneof < 0 || !oneofs[members[i].oneof].case_at) continue;
    weir_str name = d->oneof_decl.data[members[i].oneof]->name;
    oneofs[members[i].oneof].case_at = 0; /* done */
    if (!is_identifier(name))
      return build_fail(k->b, weir_str_of(k->type->full_name), "has a oneof without a proper name");
    memcpy(at, name.data, name.len);
    at += name.len + 1;
  }
  if (at > blob) k->type->oneofs = blob;
  return true;
}

static bool reserved_names(builder *b, weir_pb_type *t, const message_desc *d) {
  size_t room = 1;
  for (uint32_t i = 0; i < d->reserved_name.len; i++) room += d->reserved_name.data[i].len + 1;
  char *blob = (char *)build_alloc(b, room, 1), *at = blob;
  if (!blob) return false;
  for (uint32_t i = 0; i < d->reserved_name.len; i++) {
    if (!is_identifier(d->reserved_name.data[i])) continue;
    memcpy(at, d->reserved_name.data[i].data, d->reserved_name.data[i].len);
    at += d->reserved_name.data[i].len + 1;
  }
  if (at > blob) t->reserved = blob;
  return true;
}

static bool check_entry(field_maker *k) {
  const weir_pb_type *t = k->type;
  bool ok = t->n_fields == 2 && t->dense_below == 2;
  for (uint32_t i = 0; ok && i < 2; i++) ok = !(t->fields[i].kind & WEIR_PB_MODE);
  if (ok) {
    uint32_t kind = t->fields[0].kind;
    ok = kind != WEIR_PB_DOUBLE && kind != WEIR_PB_FLOAT && kind != WEIR_PB_BYTES && kind != WEIR_PB_ENUM &&
         kind != WEIR_PB_MESSAGE && kind != WEIR_PB_GROUP && t->fields[1].kind != WEIR_PB_GROUP;
  }
  return ok || build_fail(k->b, weir_str_of(t->full_name), "is not what a map's entry looks like");
}

static bool make_message(builder *b, made *m) {
  const message_desc *d = m->desc;
  uint32_t n = d->field.len;
  b->file = m->file;
  field_maker k = {.b = b,
                   .type = m->type,
                   .scope = weir_str_of(m->type->full_name),
                   .in_entry = m->type->flags & WEIR_PB_MAP_ENTRY};
  numbered *all = (numbered *)build_alloc(b, n, sizeof *all);
  pb_member *members = (pb_member *)build_alloc(b, n, sizeof *members);
  pb_oneof *oneofs = (pb_oneof *)build_alloc(b, d->oneof_decl.len, sizeof *oneofs);
  if (!all || !members || !oneofs || !make_rows(&k, n)) return false;
  for (uint32_t i = 0; i < n; i++) {
    int32_t oneof;
    if (d->field.data[i]->extendee.len) return field_fail(&k, d->field.data[i], "a field extends nothing");
    if (!oneof_of(&k, d->field.data[i], d->oneof_decl.len, &oneof)) return false;
    all[i].desc = d->field.data[i];
    members[i] = (pb_member){&all[i].row, oneof};
    if (!make_row(&k, d->field.data[i], &m->features, oneof >= 0, &all[i].row)) return false;
  }
  if (k.in_entry) {
    if (!sort_rows(&k, all, n) || !check_entry(&k)) return false;
    pb_layout_entry(m->type, &k.rows[0], &k.rows[1]);
    return true;
  }
  if (!pb_layout(m->type, members, n, oneofs)) return build_fail(b, k.scope, "is too large");
  return oneof_names(&k, d, members, oneofs) && reserved_names(b, m->type, d) && sort_rows(&k, all, n);
}

static bool make_ext(builder *b, const made_ext *m) {
  weir_pb_type *holder = (weir_pb_type *)build_alloc(b, 1, sizeof *holder);
  weir_pb_ext *x = (weir_pb_ext *)build_alloc(b, 1, sizeof *x);
  numbered one = {.desc = m->desc};
  b->file = m->file;
  if (!holder || !x) return false;
  *holder = (weir_pb_type){.version = WEIR_PB_VERSION, .full_name = m->full_name.data};
  field_maker k = {.b = b, .type = holder, .scope = m->scope};
  const pb_symbol *s = resolve(b, m->scope, m->desc->extendee);
  if (!s || s->kind != PB_SYMBOL_TYPE || !(((const weir_pb_type *)s->what)->flags & WEIR_PB_EXTENDABLE))
    return build_fail(b, m->full_name, "what it extends is no message that can be extended");
  pb_member member = {&one.row, -1};
  if (!make_rows(&k, 1) || !make_row(&k, m->desc, &m->features, false, &one.row)) return false;
  if (one.row.kind & WEIR_PB_MODE && (one.row.kind & WEIR_PB_MODE) == WEIR_PB_MAP)
    return build_fail(b, m->full_name, "an extension cannot be a map");
  if (one.row.flags & WEIR_PB_REQUIRED) return build_fail(b, m->full_name, "an extension cannot be required");
  pb_layout(holder, &member, 1, NULL);
  if (!sort_rows(&k, &one, 1)) return false;
  holder->names = "value";
  *x = (weir_pb_ext){WEIR_PB_VERSION, (const weir_pb_type *)s->what, holder};
  weir_error e;
  weir_str key;
  weir_code code = pb_pool_put_ext(b->pool, x, &key, &e);
  if (code) {
    b->code = weir_error_set(b->error, code, 0, WEIR_FMT ": %s", WEIR_ARG(b->file), e.msg);
    return false;
  }
  return note_added(b, &b->pool->symbols, m->full_name) && note_added(b, &b->pool->exts, key);
}

/* ---- entry point --------------------------------------------------------------------------------------- */

static bool build_set(builder *b, const weir_pb_desc_FileSet *set) {
  for (uint32_t i = 0; i < set->file.len; i++)
    if (!declare_file(b, set->file.data[i])) return false;
  for (made *m = b->messages; m; m = m->next)
    if (!make_message(b, m)) return false;
  for (made_ext *x = b->exts; x; x = x->next)
    if (!make_ext(b, x)) return false;
  return true;
}

weir_code weir_pb_pool_add_descriptors(weir_pb_pool *pool, weir_str set, weir_error *e) {
  builder b = {.pool = pool, .arena = pool->arena, .error = e};
  weir_pb_desc_FileSet files = {0};
  b.messages_end = &b.messages;
  b.exts_end = &b.exts;
  weir_code code =
      weir_pb_decode_err(&weir_pb_desc_FileSet_type, &files, set, pool->arena, WEIR_PB_DROP_UNKNOWN, e);
  if (code) return code;
  if (build_set(&b, &files)) return WEIR_OK;
  for (const added *a = b.added; a; a = a->next) weir_map_remove(a->map, a->name);
  return b.code;
}
