/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* text_print.c - messages to the text format, as Google's printer writes it. */
#include "base/opts.h"
#include "pb/field.h"
#include "pb/names.h"
#include "pb/num.h"
#include "pb/out.h"
#include "pb/text.h"
#include "pb/wkt.h"

#include <weir/text.h>

#include <math.h>
#include <stdio.h>

typedef struct printer {
  pb_out out;
  weir_arena *arena;
  pb_name_cache names;
  uint32_t flags;
  const weir_pb_pool *pool;
  int indent; /* levels */
  bool too_deep;
} printer;

static void print_message(printer *w, const weir_pb_type *t, const char *msg);

/* ---- lines --------------------------------------------------------------------------------------------- */

static void begin_line(printer *w) {
  if (!(w->flags & WEIR_PB_TEXT_SINGLE_LINE)) pb_out_fill(&w->out, ' ', (size_t)w->indent * 2);
}

static void end_line(printer *w) { pb_out_char(&w->out, w->flags & WEIR_PB_TEXT_SINGLE_LINE ? ' ' : '\n'); }

/* " {", and all up to the line of "}". False: nested too deep, and nothing is to be printed. */
static bool begin_block(printer *w) {
  PB_OUT_LIT(&w->out, " {");
  end_line(w);
  if (w->indent++ < WEIR_PB_MAX_DEPTH) return true;
  w->too_deep = true;
  return false;
}

static void end_block(printer *w) {
  w->indent--;
  begin_line(w);
  pb_out_char(&w->out, '}');
  end_line(w);
}

/* ---- values -------------------------------------------------------------------------------------------- */

static void print_quoted(printer *w, weir_str s, bool keep_utf8) {
  static const char from[] = "\n\r\t\"'\\", to[] = "nrt\"'\\";
  if (!pb_out_room(&w->out, s.len * 4 + 2)) return;
  char *p = w->out.p;
  *p++ = '"';
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    const char *at = c ? strchr(from, c) : NULL;
    if (at) {
      *p++ = '\\';
      *p++ = to[at - from];
    } else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !keep_utf8)) {
      *p++ = '\\';
      *p++ = (char)('0' + (c >> 6));
      *p++ = (char)('0' + (c >> 3 & 7));
      *p++ = (char)('0' + (c & 7));
    } else {
      *p++ = (char)c;
    }
  }
  *p++ = '"';
  w->out.p = p;
}

static void print_real(printer *w, double v, bool is_float) {
  if (isnan(v)) {
    PB_OUT_LIT(&w->out, "nan");
  } else if (isinf(v)) {
    pb_out_str(&w->out, v < 0 ? WEIR_STR("-inf") : WEIR_STR("inf"));
  } else if (pb_out_room(&w->out, PB_NUM_MAX)) {
    w->out.p = is_float ? pb_put_float(w->out.p, (float)v) : pb_put_double(w->out.p, v);
  }
}

static void print_i64(printer *w, int64_t v) {
  if (pb_out_room(&w->out, PB_NUM_MAX)) w->out.p = pb_put_i64(w->out.p, v);
}

static void print_u64(printer *w, uint64_t v) {
  if (pb_out_room(&w->out, PB_NUM_MAX)) w->out.p = pb_put_u64(w->out.p, v);
}

static void print_enum(printer *w, const weir_pb_enum *e, int32_t number) {
  weir_str name = pb_enum_name(e, number);
  if (name.data)
    pb_out_str(&w->out, name);
  else
    print_i64(w, number);
}

static void print_scalar(printer *w, const weir_pb_type *t, const weir_pb_field *row, const char *at) {
  double d;
  float f;
  switch (row->kind & WEIR_PB_KIND) {
  case WEIR_PB_DOUBLE:
    memcpy(&d, at, sizeof d);
    print_real(w, d, false);
    break;
  case WEIR_PB_FLOAT:
    memcpy(&f, at, sizeof f);
    print_real(w, (double)f, true);
    break;
  case WEIR_PB_STRING:
    print_quoted(w, pb_load_str(at),
                 w->flags & WEIR_PB_TEXT_UTF8 &&
                     wire_utf8((const uint8_t *)pb_load_str(at).data, pb_load_str(at).len));
    break;
  case WEIR_PB_BYTES: print_quoted(w, pb_load_str(at), false); break;
  case WEIR_PB_BOOL: pb_out_str(&w->out, *at ? WEIR_STR("true") : WEIR_STR("false")); break;
  case WEIR_PB_ENUM: print_enum(w, t->subs[row->sub].enum_, (int32_t)pb_load32(at)); break;
  case WEIR_PB_UINT32:
  case WEIR_PB_FIXED32: print_u64(w, pb_load32(at)); break;
  case WEIR_PB_UINT64:
  case WEIR_PB_FIXED64: print_u64(w, pb_load64(at)); break;
  case WEIR_PB_INT32:
  case WEIR_PB_SINT32:
  case WEIR_PB_SFIXED32: print_i64(w, (int32_t)pb_load32(at)); break;
  default: print_i64(w, (int64_t)pb_load64(at)); break;
  }
}

/* ---- fields -------------------------------------------------------------------------------------------- */

bool pb_is_group_like(const weir_pb_type *t, const weir_pb_field *row, weir_str name, const char *scope) {
  if ((row->kind & WEIR_PB_KIND) != WEIR_PB_GROUP) return false;
  const char *full = t->subs[row->sub].type->full_name, *own = pb_short_name(full);
  size_t scope_len = strlen(scope);
  if ((size_t)(own - full) != (scope_len ? scope_len + 1 : 0) || memcmp(full, scope, scope_len) != 0)
    return false;
  if (strlen(own) != name.len) return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = own[i];
    if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != name.data[i]) return false;
  }
  return true;
}

static void print_name(printer *w, const pb_walk_field *f) {
  if (f->ext) {
    pb_out_char(&w->out, '[');
    pb_out_str(&w->out, weir_str_of(f->ext->holder->full_name));
    pb_out_char(&w->out, ']');
    return;
  }
  const pb_names *names = pb_names_of(&w->names, f->type);
  if (!names) {
    w->out.failed = true;
    return;
  }
  weir_str name = names->fields[f->index].text;
  if (pb_is_group_like(f->type, f->row, name, f->type->full_name))
    name = weir_str_of(pb_short_name(f->type->subs[f->row->sub].type->full_name));
  pb_out_str(&w->out, name);
}

/* A value with its name. */
static void print_value(printer *w, const pb_walk_field *f, const char *at) {
  begin_line(w);
  print_name(w, f);
  if (!pb_is_message(f->row)) {
    PB_OUT_LIT(&w->out, ": ");
    print_scalar(w, f->type, f->row, at);
    end_line(w);
    return;
  }
  const char *sub = (const char *)pb_load_ptr(at);
  if (begin_block(w) && sub) print_message(w, f->type->subs[f->row->sub].type, sub);
  end_block(w);
}

static void print_map(printer *w, const pb_walk_field *f) {
  const weir_pb_type *entry = f->type->subs[f->row->sub].type;
  const pb_map *m = (const pb_map *)(const void *)(f->msg + f->row->offset);
  const char **sorted = pb_map_sorted(entry, m, w->arena);
  if (!sorted) {
    w->out.failed = true;
    return;
  }
  for (uint32_t i = 0; i < m->len && !w->out.failed; i++) {
    begin_line(w);
    print_name(w, f);
    if (begin_block(w)) print_message(w, entry, sorted[i]);
    end_block(w);
  }
}

static void print_field(printer *w, const pb_walk_field *f) {
  const char *at = f->msg + f->row->offset;
  switch (f->row->kind & WEIR_PB_MODE) {
  case WEIR_PB_MAP: print_map(w, f); break;
  case WEIR_PB_REPEATED: {
    const pb_vec *v = (const pb_vec *)(const void *)at;
    size_t size = pb_kind_size(f->row->kind);
    for (uint32_t i = 0; i < v->len && !w->out.failed; i++) print_value(w, f, v->data + i * size);
    break;
  }
  default: print_value(w, f, at); break;
  }
}

/* ---- unknown fields ------------------------------------------------------------------------------------ */

/* How deep bytes are taken for messages, if they look like one. */
#define GUESS_DEPTH 10

static void print_unknown(printer *w, weir_str wire, int guesses);

static bool looks_like_message(weir_str s) {
  const uint8_t *p = (const uint8_t *)s.data, *end = p + s.len;
  while (p && p < end) {
    uint32_t tag = 0;
    p = wire_tag(p, end, &tag);
    if (p && (!(tag >> 3) || (tag & 7) == WIRE_END)) return false;
    if (p) p = wire_skip(p, end, tag, WEIR_PB_MAX_DEPTH);
  }
  return p != NULL;
}

static void print_hex(printer *w, uint64_t v, int digits) {
  char text[24];
  int n = snprintf(text, sizeof text, "0x%0*llx", digits, (unsigned long long)v);
  pb_out_bytes(&w->out, text, (size_t)n);
}

static void print_unknown_block(printer *w, weir_str wire, int guesses) {
  if (begin_block(w)) print_unknown(w, wire, guesses);
  end_block(w);
}

static void print_unknown_bytes(printer *w, weir_str s, int guesses) {
  if (s.len && guesses > 0 && looks_like_message(s)) {
    print_unknown_block(w, s, guesses - 1);
    return;
  }
  PB_OUT_LIT(&w->out, ": ");
  print_quoted(w, s, false);
  end_line(w);
}

/* Well-formed fields (the decoder has seen them), up to the end tag of the group that they are in. */
static void print_unknown(printer *w, weir_str wire, int guesses) {
  const uint8_t *p = (const uint8_t *)wire.data, *end = p + wire.len, *next;
  for (; p < end && !w->out.failed; p = next) {
    uint32_t tag = 0;
    uint64_t v = 0;
    size_t len = 0;
    p = wire_tag(p, end, &tag);
    if ((tag & 7) == WIRE_END) return;
    next = wire_skip(p, end, tag, WEIR_PB_MAX_DEPTH);
    begin_line(w);
    print_u64(w, tag >> 3);
    switch (tag & 7) {
    case WIRE_START:
      print_unknown_block(w, (weir_str){(const char *)p, (size_t)(next - p)}, guesses);
      continue;
    case WIRE_BYTES:
      p = wire_len(p, end, &len);
      print_unknown_bytes(w, (weir_str){(const char *)p, len}, guesses);
      continue;
    case WIRE_VARINT:
      wire_varint(p, end, &v);
      PB_OUT_LIT(&w->out, ": ");
      print_u64(w, v);
      break;
    case WIRE_FIXED32:
      PB_OUT_LIT(&w->out, ": ");
      print_hex(w, wire_load32(p), 8);
      break;
    default:
      PB_OUT_LIT(&w->out, ": ");
      print_hex(w, wire_load64(p), 16);
      break;
    }
    end_line(w);
  }
}

/* ---- messages ------------------------------------------------------------------------------------------ */

/* An Any as the message it holds; false if that is not known, or its bytes are none of its type. */
static bool print_any(printer *w, const weir_pb_type *t, const char *msg) {
  weir_str url = pb_load_str(msg + t->fields[0].offset), wire = pb_load_str(msg + t->fields[1].offset);
  const weir_pb_type *inner = pb_any_type(w->pool, url);
  char *held = inner ? pb_new(inner, w->arena) : NULL;
  weir_pb_decode_opts opts = {.size = sizeof opts, .flags = WEIR_PB_PARTIAL | WEIR_PB_ALIAS, .pool = w->pool};
  if (!held || weir_pb_decode_with(inner, held, wire, w->arena, &opts, NULL)) return false;
  begin_line(w);
  pb_out_char(&w->out, '[');
  pb_out_str(&w->out, url);
  pb_out_char(&w->out, ']');
  if (begin_block(w)) print_message(w, inner, held);
  end_block(w);
  return true;
}

/* Recursion is bounded by the indent. */
static void print_message(printer *w, const weir_pb_type *t, const char *msg) {
  if (w->flags & WEIR_PB_TEXT_EXPAND_ANY && pb_wkt_of(t) == PB_WKT_ANY && print_any(w, t, msg)) return;
  pb_walk walk = pb_walk_of(t, msg);
  for (pb_walk_field f; !w->out.failed && pb_walk_next(&walk, &f);) print_field(w, &f);
  if (w->flags & WEIR_PB_TEXT_UNKNOWN && !(t->flags & WEIR_PB_MAP_ENTRY))
    print_unknown(w, weir_pb_unknown(msg), GUESS_DEPTH);
}

weir_code weir_pb_to_text(const weir_pb_type *t, const void *msg, weir_arena *a,
                          const weir_pb_text_opts *given, weir_str *text, weir_error *e) {
  weir_pb_text_opts opts = {.size = sizeof opts};
  weir_opts_read(&opts, sizeof opts, given);
  printer w = {.arena = a, .names.arena = a, .flags = opts.flags, .pool = opts.pool};
  pb_out_init(&w.out, a);
  print_message(&w, t, (const char *)msg);
  if (w.too_deep) return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "%s: nested too deep", t->full_name);
  if (w.flags & WEIR_PB_TEXT_SINGLE_LINE && w.out.p > w.out.begin) w.out.p--; /* the last space */
  if (pb_out_finish(&w.out, text)) return WEIR_OK;
  return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "%s: out of memory, or longer than 2 GiB",
                        t->full_name);
}
