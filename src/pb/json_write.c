/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* json_write.c - messages to JSON. */
#include "base/opts.h"
#include "pb/field.h"
#include "pb/names.h"
#include "pb/num.h"
#include "pb/out.h"
#include "pb/times.h"
#include "pb/wkt.h"

#include <weir/json.h>

#include <math.h>

#define MAX_INDENT 10u

typedef struct writer {
  pb_out out;
  weir_arena *arena;
  pb_name_cache names;
  uint32_t flags, indent;
  const weir_pb_pool *pool;
  uint32_t depth, messages; /* brackets, messages that are open */
  weir_error *error;
  weir_code code;
  const weir_pb_type *type; /* whose field is being written, for messages to people */
  uint32_t number;
} writer;

static void write_message(writer *w, const weir_pb_type *t, const char *msg);
static void write_body(writer *w, const weir_pb_type *t, const char *msg, bool *first);

/* Notes what cannot be written; the text is thrown away. */
static void json_fail(writer *w, weir_code code, const char *why) {
  if (w->code) return;
  weir_str name = pb_field_name(w->type, w->number);
  w->code = weir_error_set(w->error, code, 0, "%s%s" WEIR_FMT ": %s", w->type->full_name, name.len ? "." : "",
                           WEIR_ARG(name), why);
}

/* ---- layout -------------------------------------------------------------------------------------------- */

static void new_line(writer *w) {
  if (!w->indent) return;
  pb_out_char(&w->out, '\n');
  pb_out_fill(&w->out, ' ', (size_t)w->depth * w->indent);
}

/* False: nested too deep. */
static bool open_level(writer *w, char bracket) {
  pb_out_char(&w->out, bracket);
  if (w->depth++ < 2 * WEIR_PB_MAX_DEPTH) return true;
  json_fail(w, WEIR_RESOURCE_EXHAUSTED, "nested too deep");
  return false;
}

static void close_level(writer *w, char bracket, bool is_empty) {
  w->depth--;
  if (!is_empty) new_line(w);
  pb_out_char(&w->out, bracket);
}

/* In front of an element or a key. */
static void next_item(writer *w, bool *first) {
  if (!*first) pb_out_char(&w->out, ',');
  *first = false;
  new_line(w);
}

static void write_colon(writer *w) {
  pb_out_char(&w->out, ':');
  if (w->indent) pb_out_char(&w->out, ' ');
}

/* ---- scalars ------------------------------------------------------------------------------------------- */

/* True if none of the eight bytes needs an escape: no control character, quote or backslash. */
WEIR_INLINE bool all_plain(uint64_t v) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
  return !(((v - ones * 0x20) | (quote - ones) | (slash - ones)) & ~v & WIRE_HIGH_BITS);
}

static char *put_escape(char *p, char c) {
  static const char hex[] = "0123456789abcdef";
  static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
  const char *at = c ? strchr(from, c) : NULL;
  *p++ = '\\';
  if (at) {
    *p++ = to[at - from];
    return p;
  }
  memcpy(p, "u00", 3);
  p[3] = hex[(unsigned char)c >> 4];
  p[4] = hex[c & 15];
  return p + 5;
}

static void write_str(writer *w, weir_str s) {
  if (s.len && !wire_utf8((const uint8_t *)s.data, s.len)) {
    json_fail(w, WEIR_INVALID_ARGUMENT, "invalid UTF-8");
    return;
  }
  if (!pb_out_room(&w->out, s.len + s.len / 8 + 16)) return;
  char *p = w->out.p;
  *p++ = '"';
  for (size_t i = 0; i < s.len;) {
    uint64_t v;
    if (s.len - i >= 8 && (memcpy(&v, s.data + i, 8), all_plain(v))) {
      memcpy(p, &v, 8);
      p += 8;
      i += 8;
      continue;
    }
    char c = s.data[i++];
    if ((unsigned char)c >= 0x20 && c != '"' && c != '\\') {
      *p++ = c;
      continue;
    }
    /* Room for the rest was reckoned without this escape. */
    w->out.p = p;
    if (!pb_out_room(&w->out, s.len - i + 16)) return;
    p = put_escape(w->out.p, c);
  }
  w->out.p = p;
  pb_out_char(&w->out, '"');
}

static void write_base64(writer *w, weir_str s) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (!pb_out_room(&w->out, s.len / 3 * 4 + 6)) return;
  const uint8_t *at = (const uint8_t *)s.data;
  size_t left = s.len;
  char *p = w->out.p;
  *p++ = '"';
  for (; left >= 3; left -= 3, at += 3) {
    *p++ = digits[at[0] >> 2];
    *p++ = digits[(at[0] & 3) << 4 | at[1] >> 4];
    *p++ = digits[(at[1] & 15) << 2 | at[2] >> 6];
    *p++ = digits[at[2] & 63];
  }
  if (left) {
    uint8_t second = left == 2 ? at[1] : 0;
    *p++ = digits[at[0] >> 2];
    *p++ = digits[(at[0] & 3) << 4 | second >> 4];
    *p++ = left == 2 ? digits[(second & 15) << 2] : '=';
    *p++ = '=';
  }
  *p++ = '"';
  w->out.p = p;
}

static void write_real(writer *w, double v, bool is_float) {
  if (isnan(v)) {
    PB_OUT_LIT(&w->out, "\"NaN\"");
  } else if (isinf(v)) {
    pb_out_str(&w->out, v < 0 ? WEIR_STR("\"-Infinity\"") : WEIR_STR("\"Infinity\""));
  } else if (pb_out_room(&w->out, PB_NUM_MAX)) {
    w->out.p = is_float ? pb_put_float(w->out.p, (float)v) : pb_put_double(w->out.p, v);
  }
}

/* Numbers of 64 bits are strings, and all keys of maps. */
static void write_integer(writer *w, int64_t v, bool is_signed, bool quoted) {
  if (!pb_out_room(&w->out, PB_NUM_MAX)) return;
  char *p = w->out.p;
  if (quoted) *p++ = '"';
  p = is_signed ? pb_put_i64(p, v) : pb_put_u64(p, (uint64_t)v);
  if (quoted) *p++ = '"';
  w->out.p = p;
}

static void write_enum(writer *w, const weir_pb_enum *e, int32_t number) {
  if (!strcmp(e->full_name, "google.protobuf.NullValue")) {
    PB_OUT_LIT(&w->out, "null");
    return;
  }
  weir_str name = w->flags & WEIR_PB_JSON_ENUM_NUMBERS ? (weir_str){NULL, 0} : pb_enum_name(e, number);
  if (!name.data) {
    write_integer(w, number, true, false);
    return;
  }
  pb_out_char(&w->out, '"');
  pb_out_str(&w->out, name);
  pb_out_char(&w->out, '"');
}

static void write_scalar(writer *w, const weir_pb_type *t, const weir_pb_field *row, const char *at,
                         bool is_key) {
  double d;
  float f;
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_DOUBLE:
    memcpy(&d, at, sizeof d);
    write_real(w, d, false);
    break;
  case WEIR_PB_FLOAT:
    memcpy(&f, at, sizeof f);
    write_real(w, (double)f, true);
    break;
  case WEIR_PB_STRING: write_str(w, pb_load_str(at)); break;
  case WEIR_PB_BYTES: write_base64(w, pb_load_str(at)); break;
  case WEIR_PB_BOOL:
    if (is_key)
      pb_out_str(&w->out, *at ? WEIR_STR("\"true\"") : WEIR_STR("\"false\""));
    else
      pb_out_str(&w->out, *at ? WEIR_STR("true") : WEIR_STR("false"));
    break;
  case WEIR_PB_ENUM: write_enum(w, t->subs[row->sub].enum_, (int32_t)pb_load32(at)); break;
  case WEIR_PB_UINT32:
  case WEIR_PB_FIXED32: write_integer(w, pb_load32(at), false, is_key); break;
  case WEIR_PB_UINT64:
  case WEIR_PB_FIXED64: write_integer(w, (int64_t)pb_load64(at), false, true); break;
  case WEIR_PB_INT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_SFIXED32: write_integer(w, (int32_t)pb_load32(at), true, is_key); break;
  default: write_integer(w, (int64_t)pb_load64(at), true, true); break;
  }
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static void write_value(writer *w, const weir_pb_type *t, const weir_pb_field *row, const char *at) {
  if (!pb_is_message(row)) {
    write_scalar(w, t, row, at, false);
    return;
  }
  const weir_pb_type *sub = t->subs[row->sub].type, *up = w->type;
  uint32_t number = w->number;
  const char *msg = (const char *)pb_load_ptr(at);
  if (!msg) msg = pb_new(sub, w->arena); /* where NULL is the empty message */
  if (msg)
    write_message(w, sub, msg);
  else
    w->out.failed = true;
  w->type = up;
  w->number = number;
}

static void write_list(writer *w, const weir_pb_type *t, const weir_pb_field *row, const pb_vec *v) {
  size_t size = pb_kind_size(row->kind);
  bool first = true;
  if (open_level(w, '[')) {
    for (uint32_t i = 0; i < v->len && !w->out.failed && !w->code; i++) {
      next_item(w, &first);
      write_value(w, t, row, v->data + i * size);
    }
  }
  close_level(w, ']', first);
}

static void write_map(writer *w, const weir_pb_type *entry, const pb_map *m) {
  const weir_pb_field *key = &entry->fields[0], *value = &entry->fields[1];
  bool first = true;
  if (open_level(w, '{')) {
    for (uint32_t i = 0; i < m->len && !w->out.failed && !w->code; i++) {
      const char *at = m->data + (size_t)i * entry->size;
      next_item(w, &first);
      write_scalar(w, entry, key, at + key->offset, true);
      write_colon(w);
      write_value(w, entry, value, at + value->offset);
    }
  }
  close_level(w, '}', first);
}

static void write_field_value(writer *w, const weir_pb_type *t, const weir_pb_field *row, const char *msg) {
  const void *at = msg + row->offset;
  switch (row->kind & WEIR_PB_MODE) {
  case WEIR_PB_REPEATED: write_list(w, t, row, (const pb_vec *)at); break;
  case WEIR_PB_MAP: write_map(w, t->subs[row->sub].type, (const pb_map *)at); break;
  default: write_value(w, t, row, (const char *)at); break;
  }
}

static void write_key(writer *w, const pb_names *names, uint32_t index) {
  const pb_name *name = &names->fields[index];
  if (w->flags & WEIR_PB_JSON_ORIGINAL_NAMES) {
    pb_out_char(&w->out, '"');
    pb_out_str(&w->out, name->text);
    PB_OUT_LIT(&w->out, "\":");
  } else {
    pb_out_str(&w->out, name->key);
  }
  if (w->indent) pb_out_char(&w->out, ' ');
}

static bool row_is_written(const writer *w, const weir_pb_field *row, const char *msg) {
  uint32_t mode = row->kind & WEIR_PB_MODE;
  bool many = mode == WEIR_PB_REPEATED || mode == WEIR_PB_MAP;
  if (many ? ((const pb_vec *)(const void *)(msg + row->offset))->len != 0 : pb_field_set(row, msg))
    return true;
  return w->flags & WEIR_PB_JSON_DEFAULTS && (many || (mode == 0 && !pb_is_message(row)));
}

static void write_extensions(writer *w, const char *msg, bool *first) {
  const pb_exts *exts = pb_exts_of(msg);
  for (uint32_t i = 0; i < exts->len && !w->code; i++) {
    const weir_pb_type *holder = exts->data[i].ext->holder;
    pb_walk walk = pb_walk_of(holder, exts->data[i].holder);
    pb_walk_field f;
    if (!pb_walk_next(&walk, &f)) continue;
    next_item(w, first);
    PB_OUT_LIT(&w->out, "\"[");
    pb_out_str(&w->out, weir_str_of(holder->full_name));
    PB_OUT_LIT(&w->out, "]\"");
    write_colon(w);
    write_field_value(w, holder, f.row, f.msg);
  }
}

/* The members of an object. */
static void write_body(writer *w, const weir_pb_type *t, const char *msg, bool *first) {
  const pb_names *names = pb_names_of(&w->names, t);
  if (!names) {
    w->out.failed = true;
    return;
  }
  w->type = t;
  for (uint32_t i = 0; i < t->n_fields && !w->out.failed && !w->code; i++) {
    const weir_pb_field *row = &t->fields[i];
    if (!row_is_written(w, row, msg)) continue;
    w->number = row->number;
    next_item(w, first);
    write_key(w, names, i);
    write_field_value(w, t, row, msg);
  }
  if (t->flags & WEIR_PB_EXTENDABLE) write_extensions(w, msg, first);
}

/* ---- well-known types ---------------------------------------------------------------------------------- */

static pb_time time_of(const weir_pb_type *t, const char *msg) {
  return (pb_time){(int64_t)pb_load64(msg + t->fields[0].offset),
                   (int32_t)pb_load32(msg + t->fields[1].offset)};
}

static void write_time(writer *w, pb_wkt wkt, pb_time t) {
  bool is_duration = wkt == PB_WKT_DURATION;
  if (is_duration ? !pb_duration_valid(t) : !pb_timestamp_valid(t)) {
    json_fail(w, WEIR_INVALID_ARGUMENT, is_duration ? "not a valid Duration" : "not a valid Timestamp");
    return;
  }
  if (!pb_out_room(&w->out, PB_TIME_MAX + 2)) return;
  char *p = w->out.p;
  *p++ = '"';
  p = is_duration ? pb_put_duration(p, t) : pb_put_timestamp(p, t);
  *p++ = '"';
  w->out.p = p;
}

static void write_mask(writer *w, const pb_vec *paths) {
  pb_out_char(&w->out, '"');
  for (uint32_t i = 0; i < paths->len; i++) {
    weir_str path = pb_load_str(paths->data + i * sizeof path);
    if (i) pb_out_char(&w->out, ',');
    if (!pb_out_room(&w->out, path.len)) return;
    size_t n = pb_path_to_json(path, w->out.p);
    if (n == SIZE_MAX || !wire_utf8((const uint8_t *)path.data, path.len)) {
      json_fail(w, WEIR_INVALID_ARGUMENT, "a path of the mask has no JSON form");
      return;
    }
    w->out.p += n;
  }
  pb_out_char(&w->out, '"');
}

static void write_value_message(writer *w, const weir_pb_type *t, const char *msg) {
  for (uint32_t i = 0; i < t->n_fields; i++) {
    const weir_pb_field *row = &t->fields[i];
    double number;
    if (!pb_field_set(row, msg)) continue;
    memcpy(&number, msg + row->offset, sizeof number);
    if ((row->kind & WEIR_PB_KIND) == WEIR_PB_DOUBLE && !isfinite(number)) break;
    write_value(w, t, row, msg + row->offset);
    return;
  }
  json_fail(w, WEIR_INVALID_ARGUMENT, "a google.protobuf.Value must have a finite value");
}

static void write_any(writer *w, const weir_pb_type *t, const char *msg) {
  weir_str url = pb_load_str(msg + t->fields[0].offset), wire = pb_load_str(msg + t->fields[1].offset);
  bool first = true;
  if (!url.len && !wire.len) {
    PB_OUT_LIT(&w->out, "{}");
    return;
  }
  const weir_pb_type *inner = pb_any_type(w->pool, url);
  if (!inner) {
    json_fail(w, WEIR_INVALID_ARGUMENT, "the type of the Any is not in the pool");
    return;
  }
  char *held = pb_new(inner, w->arena);
  weir_pb_decode_opts opts = {.size = sizeof opts, .flags = WEIR_PB_PARTIAL | WEIR_PB_ALIAS, .pool = w->pool};
  if (!held || weir_pb_decode_with(inner, held, wire, w->arena, &opts, NULL)) {
    json_fail(w, WEIR_INVALID_ARGUMENT, "the value of the Any is not of its type");
    return;
  }
  if (!open_level(w, '{')) return;
  next_item(w, &first);
  PB_OUT_LIT(&w->out, "\"@type\"");
  write_colon(w);
  write_str(w, url);
  if (pb_wkt_of(inner) == PB_WKT_NONE) {
    write_body(w, inner, held, &first);
  } else {
    next_item(w, &first);
    PB_OUT_LIT(&w->out, "\"value\"");
    write_colon(w);
    write_message(w, inner, held);
  }
  close_level(w, '}', first);
}

/* Recursion is bounded by depth. */
static void write_message(writer *w, const weir_pb_type *t, const char *msg) {
  bool first = true;
  pb_wkt wkt = pb_wkt_of(t);
  if (w->code || w->out.failed) return;
  switch (wkt) {
  case PB_WKT_NONE:
    if (w->messages > WEIR_PB_MAX_DEPTH) {
      json_fail(w, WEIR_RESOURCE_EXHAUSTED, "nested too deep");
      break;
    }
    w->messages++;
    if (open_level(w, '{')) write_body(w, t, msg, &first);
    close_level(w, '}', first);
    w->messages--;
    break;
  case PB_WKT_ANY: write_any(w, t, msg); break;
  case PB_WKT_DURATION:
  case PB_WKT_TIMESTAMP: write_time(w, wkt, time_of(t, msg)); break;
  case PB_WKT_FIELD_MASK: write_mask(w, (const pb_vec *)(const void *)(msg + t->fields[0].offset)); break;
  case PB_WKT_VALUE: write_value_message(w, t, msg); break;
  default: write_field_value(w, t, &t->fields[0], msg); break; /* Struct, ListValue, wrappers */
  }
}

weir_code weir_pb_to_json(const weir_pb_type *t, const void *msg, weir_arena *a,
                          const weir_pb_json_opts *given, weir_str *json, weir_error *e) {
  weir_pb_json_opts opts = {.size = sizeof opts};
  weir_opts_read(&opts, sizeof opts, given);
  if (opts.indent > MAX_INDENT) opts.indent = MAX_INDENT;
  writer w = {.arena = a,
              .names.arena = a,
              .flags = opts.flags,
              .indent = opts.indent,
              .pool = opts.pool,
              .error = e,
              .type = t};
  pb_out_init(&w.out, a);
  write_message(&w, t, (const char *)msg);
  if (w.code) return w.code;
  if (pb_out_finish(&w.out, json)) return WEIR_OK;
  return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "%s: out of memory, or longer than 2 GiB",
                        t->full_name);
}
