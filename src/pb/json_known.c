/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* json_known.c - what JSON has a form of its own for: google.protobuf.Any, Timestamp, Value and the others. wkt.c has
 * made sure that their rows are what is taken for granted here. */
#include "pb/json.h"
#include "pb/times.h"

static bool put(json_reader *r, char *msg, const weir_pb_field *row, pb_value v) {
  return pb_field_put(msg, row, &v, r->arena) || json_no_memory(r);
}

static bool take_time(json_reader *r, pb_wkt wkt, const weir_pb_type *t, char *msg) {
  const char *at = r->p;
  bool is_duration = wkt == PB_WKT_DURATION;
  weir_str s;
  pb_time v;
  if (!json_string(r, &s)) return false;
  if (is_duration ? !pb_read_duration(s, &v) : !pb_read_timestamp(s, &v))
    return json_fail_at(
        r, at, is_duration ? "not a duration like \"1.5s\"" : "not a time like \"2006-01-02T15:04:05Z\"");
  return put(r, msg, &t->fields[0], (pb_value){.i64 = v.seconds}) &&
         put(r, msg, &t->fields[1], (pb_value){.i32 = v.nanos});
}

static bool take_mask(json_reader *r, const weir_pb_type *t, char *msg) {
  const char *at = r->p;
  weir_str s;
  if (!json_string(r, &s)) return false;
  while (s.len) {
    const char *comma = (const char *)memchr(s.data, ',', s.len);
    weir_str path = {s.data, comma ? (size_t)(comma - s.data) : s.len};
    char *to = (char *)weir_arena_take(r->arena, path.len * 2);
    if (!to) return json_no_memory(r);
    size_t n = pb_path_from_json(path, to);
    if (n == SIZE_MAX) return json_fail_at(r, at, "a path of the mask is not in lowerCamelCase");
    if (!put(r, msg, &t->fields[0], (pb_value){.str = {to, n}})) return false;
    size_t taken = path.len + (comma != NULL);
    s = (weir_str){s.data + taken, s.len - taken};
  }
  return true;
}

/* Rows: null_value, number_value, string_value, bool_value, struct_value, list_value. */
static bool take_value(json_reader *r, const weir_pb_type *t, char *msg) {
  int row;
  if (json_word(r, "null")) return put(r, msg, &t->fields[0], (pb_value){.i32 = 0});
  switch (r->p < r->end ? *r->p : 0) {
  case '"': row = 2; break;
  case 't':
  case 'f': row = 3; break;
  case '{': row = 4; break;
  case '[': row = 5; break;
  default: row = 1; break;
  }
  return json_field(r, t, &t->fields[row], msg);
}

/* ---- Any ----------------------------------------------------------------------------------------------- */

/* The string under "@type" among the members from p on, which stays there; data NULL if there is none. */
static bool find_type(json_reader *r, weir_str *url) {
  const char *p = r->p;
  uint32_t depth = r->depth;
  *url = (weir_str){NULL, 0};
  do {
    const char *at = r->p;
    weir_str key;
    if (!json_string(r, &key) || !json_colon(r)) return false;
    if (!weir_str_eq(key, WEIR_STR("@type"))) {
      if (!json_skip(r)) return false;
      continue;
    }
    if (url->data) return json_fail_at(r, at, "\"@type\" is there twice");
    if (!json_own_string(r, url)) return false;
  } while (json_comma(r));
  if (!json_at(r, '}')) return json_expected(r, ", or }");
  r->p = p;
  r->depth = depth;
  return true;
}

/* The members "@type" and "value", in either order. */
static bool take_known_in_any(json_reader *r, pb_wkt wkt, const weir_pb_type *inner, char *held) {
  bool seen = false;
  do {
    const char *at = r->p;
    weir_str key;
    if (!json_string(r, &key) || !json_colon(r)) return false;
    bool ok;
    if (weir_str_eq(key, WEIR_STR("value"))) {
      if (seen) return json_fail_at(r, at, "\"value\" is there twice");
      seen = true;
      ok = json_known(r, wkt, inner, held);
    } else if (weir_str_eq(key, WEIR_STR("@type")) || r->flags & WEIR_PB_JSON_IGNORE_UNKNOWN) {
      ok = json_skip(r);
    } else {
      ok = json_fail_at(r, at, "an Any of %s has no member \"" WEIR_FMT "\"", inner->full_name, WEIR_ARG(key));
    }
    if (!ok) return false;
  } while (json_comma(r));
  return json_close(r, '}') || json_expected(r, ", or }");
}

static bool take_any(json_reader *r, const weir_pb_type *t, char *msg) {
  const char *at = r->p;
  weir_str url, wire;
  weir_error e;
  if (!json_open(r, '{')) return false;
  if (json_close(r, '}')) return true;
  if (!find_type(r, &url)) return false;
  if (!url.data) return json_fail_at(r, at, "an Any has a member \"@type\"");
  const weir_pb_type *inner = pb_any_type(r->pool, url);
  if (!inner) return json_fail_at(r, at, "type \"" WEIR_FMT "\" is not in the pool", WEIR_ARG(url));
  char *held = pb_new(inner, r->arena);
  if (!held) return json_no_memory(r);
  pb_wkt wkt = pb_wkt_of(inner);
  if (!(wkt ? take_known_in_any(r, wkt, inner, held) : json_members(r, inner, held, true))) return false;
  uint32_t flags = WEIR_PB_DETERMINISTIC | (r->flags & WEIR_PB_JSON_PARTIAL ? WEIR_PB_PARTIAL : 0);
  if (weir_pb_encode_err(inner, held, r->arena, flags, &wire, &e)) return json_fail_at(r, at, "%s", e.msg);
  return put(r, msg, &t->fields[0], (pb_value){.str = url}) &&
         put(r, msg, &t->fields[1], (pb_value){.str = wire});
}

bool json_known(json_reader *r, pb_wkt wkt, const weir_pb_type *t, char *msg) {
  const weir_pb_type *up = r->type;
  uint32_t number = r->number;
  bool ok;
  switch (wkt) {
  case PB_WKT_ANY: ok = take_any(r, t, msg); break;
  case PB_WKT_DURATION:
  case PB_WKT_TIMESTAMP: ok = take_time(r, wkt, t, msg); break;
  case PB_WKT_FIELD_MASK: ok = take_mask(r, t, msg); break;
  case PB_WKT_VALUE: ok = take_value(r, t, msg); break;
  default:
    /* Struct, ListValue and wrappers are what their one field is; null is nothing that it can be. */
    if (json_at(r, 'n')) return json_expected(r, "a value");
    ok = json_field(r, t, &t->fields[0], msg);
    break;
  }
  if (!ok) return false;
  r->type = up;
  r->number = number;
  return true;
}
