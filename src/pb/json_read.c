/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* json_read.c - JSON to messages: a recursive descent over the text, straight into the struct. json_lex.c has the
 * tokens, json_known.c the well-known types. */
#include "pb/json.h"

#include "base/opts.h"

#include <math.h>

/* ---- scalars ------------------------------------------------------------------------------------------- */

/* A number, or a string that is one, as pb_read_decimal takes it apart. */
static bool take_decimal(json_reader *r, pb_decimal *d) {
  if (!json_at(r, '"')) return json_number(r, d);
  weir_str s;
  const char *at = r->p;
  if (!json_string(r, &s)) return false;
  if (pb_read_decimal(s.data, s.data + s.len, true, d) != s.data + s.len)
    return json_fail_at(r, at, "malformed number");
  return true;
}

static bool take_signed(json_reader *r, int64_t low, int64_t high, int64_t *v) {
  const char *at = r->p;
  pb_decimal d;
  if (!take_decimal(r, &d)) return false;
  return pb_decimal_i64(&d, low, high, v) || json_fail_at(r, at, "not a whole number, or out of range");
}

static bool take_unsigned(json_reader *r, uint64_t high, uint64_t *v) {
  const char *at = r->p;
  pb_decimal d;
  if (!take_decimal(r, &d)) return false;
  return pb_decimal_u64(&d, high, v) || json_fail_at(r, at, "not a whole number, or out of range");
}

static bool take_real(json_reader *r, double *v) {
  static const char *const names[] = {"NaN", "Infinity", "-Infinity"};
  const double values[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  const char *at = r->p;
  pb_decimal d;
  weir_str s;
  if (!json_at(r, '"')) {
    if (!json_number(r, &d)) return false;
  } else {
    if (!json_string(r, &s)) return false;
    for (size_t i = 0; i < 3; i++)
      if (weir_str_eq(s, weir_str_of(names[i]))) return *v = values[i], true;
    if (pb_read_decimal(s.data, s.data + s.len, true, &d) != s.data + s.len)
      return json_fail_at(r, at, "malformed number");
  }
  *v = pb_decimal_double(&d);
  return isfinite(*v) || json_fail_at(r, at, "number out of range");
}

static bool take_float(json_reader *r, float *v) {
  const char *at = r->p;
  double d;
  if (!take_real(r, &d)) return false;
  *v = pb_float_of(d);
  return !isinf(*v) || isinf(d) || json_fail_at(r, at, "number out of range");
}

static bool take_bool(json_reader *r, bool *v) {
  if (json_word(r, "true")) return *v = true, true;
  if (json_word(r, "false")) return *v = false, true;
  return json_expected(r, "true or false");
}

/* *skipped: the name is not known, and that is to be no error. */
static bool take_enum(json_reader *r, const weir_pb_enum *e, bool closed, int32_t *v, bool *skipped) {
  const char *at = r->p;
  bool lenient = r->flags & WEIR_PB_JSON_IGNORE_UNKNOWN;
  int64_t number;
  weir_str name;
  if (json_is_null_value(e) && json_word(r, "null")) return *v = 0, true;
  if (!json_at(r, '"')) {
    if (!take_signed(r, INT32_MIN, INT32_MAX, &number)) return false;
    *v = (int32_t)number;
    if (!closed || pb_enum_has(e, *v)) return true;
    *skipped = lenient;
    return lenient || json_fail_at(r, at, "%s has no value %d", e->full_name, (int)*v);
  }
  if (!json_string(r, &name)) return false;
  if (pb_enum_number(e, name, v)) return true;
  *skipped = lenient;
  return lenient || json_fail_at(r, at, "%s has no value \"" WEIR_FMT "\"", e->full_name, WEIR_ARG(name));
}

static int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Either alphabet, with padding or without (RFC 4648 4, 5). The bytes take the place of the text. */
static bool take_bytes(json_reader *r, weir_str *out) {
  const char *at = r->p;
  weir_str s;
  if (!json_own_string(r, &s)) return false;
  size_t n = s.len, pad = 0;
  while (pad < 2 && n && s.data[n - 1] == '=') pad++, n--;
  if (n % 4 == 1 || (pad && (n + pad) % 4)) return json_fail_at(r, at, "malformed base64");
  char *to = (char *)(uintptr_t)s.data;
  uint32_t bits = 0;
  size_t len = 0;
  for (size_t i = 0; i < n; i++) {
    int digit = base64_digit(s.data[i]);
    if (digit < 0) return json_fail_at(r, at, "malformed base64");
    bits = bits << 6 | (uint32_t)digit;
    if (i % 4 != 0) to[len++] = (char)(bits >> (6 - 2 * (i % 4)));
  }
  *out = (weir_str){to, len};
  return true;
}

static bool take_scalar(json_reader *r, const weir_pb_type *t, const weir_pb_field *row, pb_value *v,
                        bool *skipped) {
  int64_t i = 0;
  uint64_t u = 0;
  bool ok;
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_DOUBLE: return take_real(r, &v->f64);
  case WEIR_PB_FLOAT: return take_float(r, &v->f32);
  case WEIR_PB_STRING: return json_own_string(r, &v->str);
  case WEIR_PB_BYTES: return take_bytes(r, &v->str);
  case WEIR_PB_BOOL: return take_bool(r, &v->b);
  case WEIR_PB_ENUM:
    return take_enum(r, t->subs[row->sub].enum_, row->flags & WEIR_PB_CLOSED, &v->i32, skipped);
  case WEIR_PB_UINT32:
  case WEIR_PB_FIXED32:
    ok = take_unsigned(r, UINT32_MAX, &u);
    v->u32 = (uint32_t)u;
    return ok;
  case WEIR_PB_UINT64:
  case WEIR_PB_FIXED64: return take_unsigned(r, UINT64_MAX, &v->u64);
  case WEIR_PB_INT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_SFIXED32:
    ok = take_signed(r, INT32_MIN, INT32_MAX, &i);
    v->i32 = (int32_t)i;
    return ok;
  default: return take_signed(r, INT64_MIN, INT64_MAX, &v->i64);
  }
}

/* ---- fields -------------------------------------------------------------------------------------------- */

/* null is a value of Value and of NullValue; elsewhere it says that there is none. */
static bool null_is_value(const weir_pb_type *t, const weir_pb_field *row) {
  if (pb_is_message(row)) return pb_wkt_of(t->subs[row->sub].type) == PB_WKT_VALUE;
  return (row->kind & WEIR_PB_KIND) == WEIR_PB_ENUM && json_is_null_value(t->subs[row->sub].enum_);
}

/* A value, or an element of a list. */
static bool take_one(json_reader *r, const weir_pb_type *t, const weir_pb_field *row, char *msg) {
  if (pb_is_message(row)) {
    const weir_pb_type *sub = t->subs[row->sub].type;
    char *into = pb_field_open(msg, t, row, r->arena);
    return into ? json_message(r, sub, into) : json_no_memory(r);
  }
  pb_value v = {0};
  bool skipped = false;
  if (!take_scalar(r, t, row, &v, &skipped)) return false;
  return skipped || pb_field_put(msg, row, &v, r->arena) || json_no_memory(r);
}

static bool take_list(json_reader *r, const weir_pb_type *t, const weir_pb_field *row, char *msg) {
  if (!json_open(r, '[')) return false;
  if (json_close(r, ']')) return true;
  do {
    if (!null_is_value(t, row) && json_at(r, 'n'))
      return json_fail_at(r, r->p, "null is no element of a list");
    if (!take_one(r, t, row, msg)) return false;
  } while (json_comma(r));
  return json_close(r, ']') || json_expected(r, ", or ]");
}

/* A key is a string whatever its type. */
static bool take_key(json_reader *r, const weir_pb_field *row, pb_value *v) {
  const char *at = r->p;
  weir_str s;
  pb_decimal d;
  int64_t i = 0;
  uint64_t u = 0;
  bool ok;
  if (!json_own_string(r, &s)) return false;
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_STRING: v->str = s; return true;
  case WEIR_PB_BOOL:
    v->b = weir_str_eq(s, WEIR_STR("true"));
    ok = v->b || weir_str_eq(s, WEIR_STR("false"));
    return ok || json_fail_at(r, at, "the key is neither \"true\" nor \"false\"");
  default: break;
  }
  ok = pb_read_decimal(s.data, s.data + s.len, true, &d) == s.data + s.len && d.integral;
  switch (ok ? row->kind & WEIR_PB_KIND : 0) {
  case 0: break;
  case WEIR_PB_UINT32:
  case WEIR_PB_FIXED32:
    ok = pb_decimal_u64(&d, UINT32_MAX, &u);
    v->u32 = (uint32_t)u;
    break;
  case WEIR_PB_UINT64:
  case WEIR_PB_FIXED64: ok = pb_decimal_u64(&d, UINT64_MAX, &v->u64); break;
  case WEIR_PB_INT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_SFIXED32:
    ok = pb_decimal_i64(&d, INT32_MIN, INT32_MAX, &i);
    v->i32 = (int32_t)i;
    break;
  default: ok = pb_decimal_i64(&d, INT64_MIN, INT64_MAX, &v->i64); break;
  }
  return ok || json_fail_at(r, at, "the key is not a whole number, or out of range");
}

static bool take_entry(json_reader *r, const weir_pb_type *entry, pb_map *m) {
  const weir_pb_field *key = &entry->fields[0], *value = &entry->fields[1];
  pb_value k = {0}, v = {0};
  bool skipped = false;
  char *sub = NULL;
  if (!take_key(r, key, &k) || !json_colon(r)) return false;
  if (json_at(r, 'n') && !null_is_value(entry, value))
    return json_fail_at(r, r->p, "null is no value of a map");
  if (pb_is_message(value)) {
    const weir_pb_type *t = entry->subs[value->sub].type;
    sub = pb_new(t, r->arena);
    if (!sub) return json_no_memory(r);
    if (!json_message(r, t, sub)) return false;
    v.msg = sub;
  } else if (!take_scalar(r, entry, value, &v, &skipped)) {
    return false;
  }
  if (skipped) return true;
  char *at = pb_map_open(m, entry, r->arena);
  if (!at || !pb_field_put(at, key, &k, r->arena) || !pb_field_put(at, value, &v, r->arena) ||
      !pb_map_commit(m, entry, r->arena))
    return json_no_memory(r);
  return true;
}

static bool take_map(json_reader *r, const weir_pb_type *t, const weir_pb_field *row, char *msg) {
  if (!json_open(r, '{')) return false;
  if (json_close(r, '}')) return true;
  do {
    if (!take_entry(r, t->subs[row->sub].type, (pb_map *)(void *)(msg + row->offset))) return false;
  } while (json_comma(r));
  return json_close(r, '}') || json_expected(r, ", or }");
}

bool json_field(json_reader *r, const weir_pb_type *t, const weir_pb_field *row, char *msg) {
  r->type = t;
  r->number = row->number;
  switch (row->kind & WEIR_PB_MODE) {
  case WEIR_PB_REPEATED: return json_word(r, "null") || take_list(r, t, row, msg);
  case WEIR_PB_MAP: return json_word(r, "null") || take_map(r, t, row, msg);
  default: break;
  }
  if (!null_is_value(t, row) && json_word(r, "null")) return true;
  uint32_t set = pb_oneof_case(msg, row);
  if (set && set != row->number) {
    weir_str other = pb_field_name(t, set);
    return json_fail_at(r, r->p, "it is in a oneof with \"" WEIR_FMT "\", which is set already",
                        WEIR_ARG(other));
  }
  return take_one(r, t, row, msg);
}

/* ---- objects ------------------------------------------------------------------------------------------- */

/* Which fields an object has had. */
typedef struct seen_set {
  uint32_t few;
  uint32_t *bits; /* NULL: `few` is enough */
} seen_set;

static bool seen_init(json_reader *r, seen_set *s, uint32_t n) {
  *s = (seen_set){0};
  if (n <= 32) return true;
  s->bits = (uint32_t *)weir_alloc(r->arena, (n + 31) / 32 * sizeof *s->bits);
  return s->bits || json_no_memory(r);
}

static bool seen_add(seen_set *s, uint32_t i) {
  uint32_t *word = s->bits ? &s->bits[i / 32] : &s->few, bit = 1u << i % 32;
  bool is_new = !(*word & bit);
  *word |= bit;
  return is_new;
}

static bool take_extension(json_reader *r, const weir_pb_type *t, char *msg, weir_str key, const char *at) {
  weir_str name = {key.data + 1, key.len - 2};
  const weir_pb_ext *x = weir_pb_pool_ext(r->pool, name);
  if (!x || x->extendee != t) {
    if (r->flags & WEIR_PB_JSON_IGNORE_UNKNOWN) return json_skip(r);
    return json_fail_at(r, at, "%s has no extension \"" WEIR_FMT "\"%s", t->full_name, WEIR_ARG(name),
                        r->pool ? "" : " (no pool was given)");
  }
  if (pb_ext_holder(msg, x)) return json_fail_at(r, at, "\"" WEIR_FMT "\" is there twice", WEIR_ARG(key));
  char *holder = pb_ext_add(msg, x, r->arena);
  return holder ? json_field(r, x->holder, pb_ext_row(x), holder) : json_no_memory(r);
}

bool json_members(json_reader *r, const weir_pb_type *t, char *msg, bool in_any) {
  const pb_names *names = pb_names_of(&r->names, t);
  seen_set seen;
  uint32_t hint = 0;
  if (!names) return json_no_memory(r);
  if (!seen_init(r, &seen, t->n_fields)) return false;
  do {
    const char *at = r->p;
    weir_str key;
    r->type = t;
    r->number = 0;
    if (!json_string(r, &key) || !json_colon(r)) return false;
    const weir_pb_field *row = pb_names_find(names, key, true, hint);
    if (row) {
      hint = (uint32_t)(row - t->fields) + 1;
      if (!seen_add(&seen, hint - 1))
        return json_fail_at(r, at, "\"" WEIR_FMT "\" is there twice", WEIR_ARG(key));
      if (!json_field(r, t, row, msg)) return false;
      continue;
    }
    bool ok;
    if (in_any && weir_str_eq(key, WEIR_STR("@type")))
      ok = json_skip(r);
    else if (key.len > 2 && key.data[0] == '[' && key.data[key.len - 1] == ']' && t->flags & WEIR_PB_EXTENDABLE)
      ok = take_extension(r, t, msg, key, at);
    else if (r->flags & WEIR_PB_JSON_IGNORE_UNKNOWN)
      ok = json_skip(r);
    else
      ok = json_fail_at(r, at, "it has no field \"" WEIR_FMT "\"", WEIR_ARG(key));
    if (!ok) return false;
  } while (json_comma(r));
  return json_close(r, '}') || json_expected(r, ", or }");
}

/* Recursion is bounded by json_open. */
bool json_message(json_reader *r, const weir_pb_type *t, char *msg) {
  pb_wkt wkt = pb_wkt_of(t);
  if (wkt != PB_WKT_NONE) return json_known(r, wkt, t, msg);
  const weir_pb_type *up = r->type;
  uint32_t number = r->number;
  if (!r->messages) return json_too_deep(r);
  r->messages--;
  if (!json_open(r, '{')) return false;
  if (!json_close(r, '}') && !json_members(r, t, msg, false)) return false;
  r->messages++;
  r->type = up;
  r->number = number;
  return true;
}

weir_code weir_pb_from_json(const weir_pb_type *t, void *msg, weir_str json, weir_arena *a,
                            const weir_pb_json_opts *given, weir_error *e) {
  weir_pb_json_opts opts = {.size = sizeof opts};
  weir_opts_read(&opts, sizeof opts, given);
  if (!json.len) json.data = "";
  json_reader r = {.start = json.data,
                   .p = json.data,
                   .end = json.data + json.len,
                   .arena = a,
                   .names.arena = a,
                   .pool = opts.pool,
                   .flags = opts.flags,
                   .depth = 2 * WEIR_PB_MAX_DEPTH,
                   .messages = WEIR_PB_MAX_DEPTH + 1,
                   .error = e,
                   .type = t};
  pb_missing missing;
  json_space(&r);
  if (!json_message(&r, t, (char *)msg)) return r.code;
  if (r.p < r.end) return json_expected(&r, "the end"), r.code;
  if (opts.flags & WEIR_PB_JSON_PARTIAL ||
      pb_check_required(t, (const char *)msg, WEIR_PB_MAX_DEPTH, &missing))
    return WEIR_OK;
  weir_str name = pb_field_name(missing.type, missing.number);
  return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s." WEIR_FMT ": required field is missing",
                        missing.type->full_name, WEIR_ARG(name));
}
