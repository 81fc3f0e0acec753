/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* codec.c - the filter that differential.py drives. A line `<type> <hex>` is decoded and answered by
 * `ok <hex of the deterministic encoding> <every field, read from the struct by its C name>` or `error <text>`. */
#include "kinds2.weir.h"
#include "kinds3.weir.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- values, as differential.py prints them */

static void print_i(int64_t v) { printf("%" PRId64, v); }
static void print_u(uint64_t v) { printf("%" PRIu64, v); }
static void print_f32(float v) {
  uint32_t bits;
  memcpy(&bits, &v, sizeof bits);
  if (v != v)
    printf("nan"); /* Python's floats do not keep the bits of all of them */
  else
    printf("%08" PRIx32, bits);
}
static void print_f64(double v) {
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  if (v != v)
    printf("nan");
  else
    printf("%016" PRIx64, bits);
}
static void print_s(weir_str s) {
  putchar('x');
  for (size_t i = 0; i < s.len; i++) printf("%02x", (unsigned char)s.data[i]);
}

static void print_all2(const kinds2_All *m);
static void print_all3(const kinds3_All *m);
static void print_pair(const kinds2_All_Pair *m) {
  putchar('{');
  if (m->has_left) printf("left="), print_i(m->left), putchar(' ');
  if (m->has_right) printf("right="), print_i(m->right), putchar(' ');
  putchar('}');
}
static void print_pairs(const kinds2_All_Pairs *m) {
  putchar('{');
  if (m->has_left) printf("left="), print_i(m->left), putchar(' ');
  putchar('}');
}
static void print_one(const kinds2_All_OnePair *m) {
  putchar('{');
  if (m->has_left) printf("left="), print_i(m->left), putchar(' ');
  putchar('}');
}
static void print_strict(const kinds2_Strict *m) {
  putchar('{');
  if (m->has_id) printf("id="), print_i(m->id), putchar(' ');
  if (m->has_name) printf("name="), print_s(m->name), putchar(' ');
  if (m->inner) {
    printf("inner={");
    if (m->inner->has_x) printf("x="), print_i(m->inner->x), putchar(' ');
    printf("} ");
  }
  putchar('}');
}

/* ---- fields, by how they are present */

#define VALUE(f, print) printf(#f "="), print_##print(m->f), putchar(' ')
#define HAS(f, print) \
  if (m->has_##f) VALUE(f, print)
#define SUB(f, print) \
  if (m->f) VALUE(f, print)
#define LIST(f, print)                                                                 \
  do {                                                                                 \
    printf(#f "=[");                                                                   \
    for (uint32_t i = 0; i < m->f.len; i++) print_##print(m->f.data[i]), putchar(' '); \
    printf("] ");                                                                      \
  } while (0)
#define MAP(f, key_print, print)                                                                          \
  do {                                                                                                    \
    printf(#f "=(");                                                                                      \
    for (uint32_t i = 0; i < m->f.len; i++)                                                               \
      print_##key_print(m->f.data[i].key), putchar(':'), print_##print(m->f.data[i].value), putchar(' '); \
    printf(") ");                                                                                         \
  } while (0)
#define ONE(type, f, print)                                 \
  case type##_pick_##f:                                     \
    printf(#f "="), print_##print(m->pick.f), putchar(' '); \
    break

#define SCALARS(X)  \
  X(f_double, f64); \
  X(f_float, f32);  \
  X(f_int64, i);    \
  X(f_uint64, u);   \
  X(f_int32, i);    \
  X(f_fixed64, u);  \
  X(f_fixed32, u);  \
  X(f_bool, u);     \
  X(f_string, s)
#define MORE_SCALARS(X) \
  X(f_bytes, s);        \
  X(f_uint32, u);       \
  X(f_enum, i);         \
  X(f_sfixed32, i);     \
  X(f_sfixed64, i);     \
  X(f_sint32, i);       \
  X(f_sint64, i)
#define LISTS(X)    \
  X(r_double, f64); \
  X(r_float, f32);  \
  X(r_int64, i);    \
  X(r_uint64, u);   \
  X(r_int32, i);    \
  X(r_fixed64, u);  \
  X(r_fixed32, u);  \
  X(r_bool, u);     \
  X(r_string, s)
#define MORE_LISTS(X) \
  X(r_bytes, s);      \
  X(r_uint32, u);     \
  X(r_enum, i);       \
  X(r_sfixed32, i);   \
  X(r_sfixed64, i);   \
  X(r_sint32, i);     \
  X(r_sint64, i)

static void print_all2(const kinds2_All *m) {
  putchar('{');
  SCALARS(HAS);
  SUB(pair, pair);
  SUB(f_message, all2);
  MORE_SCALARS(HAS);
  LISTS(LIST);
  LIST(pairs, pairs);
  LIST(r_message, all2);
  MORE_LISTS(LIST);
  LIST(p_enum, i);
  switch (m->pick_case) {
    ONE(kinds2_All, o_double, f64);
    ONE(kinds2_All, o_float, f32);
    ONE(kinds2_All, o_int64, i);
    ONE(kinds2_All, o_bool, u);
    ONE(kinds2_All, o_string, s);
    ONE(kinds2_All, onepair, one);
    ONE(kinds2_All, o_message, all2);
    ONE(kinds2_All, o_bytes, s);
    ONE(kinds2_All, o_enum, i);
  }
  MAP(m_enum, s, i);
  MAP(m_strict, i, strict);
  SUB(strict, strict);
  if (m->has_class_) printf("class="), print_i(m->class_), putchar(' ');
  putchar('}');
}

static void print_all3(const kinds3_All *m) {
  putchar('{');
  SCALARS(VALUE);
  SUB(f_message, all3);
  MORE_SCALARS(VALUE);
  LISTS(LIST);
  LIST(r_message, all3);
  MORE_LISTS(LIST);
  LIST(u_int32, i);
  HAS(x_int32, i);
  HAS(x_string, s);
  HAS(x_enum, i);
  HAS(x_bool, u);
  MAP(m_int32, i, i);
  MAP(m_int64, i, i);
  MAP(m_uint32, u, u);
  MAP(m_uint64, u, u);
  MAP(m_sint32, i, i);
  MAP(m_sint64, i, i);
  MAP(m_fixed32, u, u);
  MAP(m_fixed64, u, u);
  MAP(m_sfixed32, i, i);
  MAP(m_sfixed64, i, i);
  MAP(m_bool, u, u);
  MAP(m_string, s, s);
  MAP(m_bytes, s, s);
  MAP(m_enum, s, i);
  MAP(m_message, s, all3);
  MAP(m_double, i, f64);
  MAP(m_float, i, f32);
  switch (m->pick_case) {
    ONE(kinds3_All, o_int32, i);
    ONE(kinds3_All, o_string, s);
    ONE(kinds3_All, o_message, all3);
    ONE(kinds3_All, o_enum, i);
  }
  putchar('}');
}

/* ---- the filter */

static unsigned nibble(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

static size_t unhex(const char *hex, char *out) {
  size_t n = 0;
  for (; *hex && *hex != '\n'; hex += 2) out[n++] = (char)(nibble(hex[0]) << 4 | nibble(hex[1]));
  return n;
}

/* Decodes twice: `again`, from what the first one encodes to, has its maps in the order of their keys. */
static weir_code recode(const weir_pb_type *t, weir_str wire, weir_arena *a, void *again, weir_str *out,
                        weir_error *e) {
  void *m = weir_pb_new(t, a);
  weir_code code = weir_pb_decode_err(t, m, wire, a, WEIR_PB_PARTIAL, e);
  if (!code) code = weir_pb_encode_err(t, m, a, WEIR_PB_PARTIAL | WEIR_PB_DETERMINISTIC, out, e);
  if (!code && weir_pb_size(t, m) != out->len)
    return weir_error_set(e, WEIR_INTERNAL, 0, "weir_pb_size is wrong");
  return code ? code : weir_pb_decode_err(t, again, *out, a, WEIR_PB_PARTIAL | WEIR_PB_ALIAS, e);
}

static void answer(const char *type, weir_str wire, weir_arena *a) {
  bool two = !strcmp(type, "kinds2.All");
  const weir_pb_type *t = two ? &kinds2_All_type : &kinds3_All_type;
  void *m = weir_pb_new(t, a);
  weir_str out = {0};
  weir_error e;
  if (recode(t, wire, a, m, &out, &e)) {
    printf("error %s\n", e.msg);
    return;
  }
  printf("ok ");
  print_s(out);
  putchar(' ');
  if (two)
    print_all2(m);
  else
    print_all3(m);
  putchar('\n');
}

int main(void) {
  static char line[1 << 20], wire[1 << 19];
  weir_arena *a = weir_arena_new(NULL, 0);
  while (fgets(line, sizeof line, stdin)) {
    char *hex = strchr(line, ' ');
    if (!hex) return 2;
    *hex++ = 0;
    answer(line, (weir_str){wire, unhex(hex, wire)}, a);
    fflush(stdout);
    weir_arena_reset(a);
  }
  weir_arena_free(a);
  return 0;
}
