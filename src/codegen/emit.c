/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "codegen/emit.h"

weir_emitter weir_emitter_in(weir_schema *s) {
  return (weir_emitter){.schema = s, .out = weir_bytes_in(s->mem)};
}

void weir_emit_set(weir_emitter *e, const char *name, weir_str value) {
  int i = 0;
  while (i < e->n_vars && strcmp(e->vars[i].name, name) != 0) i++;
  WEIR_CHECK(i < WEIR_EMIT_MAX_VARS);
  e->vars[i] = (weir_emit_var){name, value};
  if (i == e->n_vars) e->n_vars++;
}

void weir_emit_set_int(weir_emitter *e, const char *name, int64_t value) {
  weir_emit_set(e, name, weir_schema_printf(e->schema, "%lld", (long long)value));
}

void weir_emit_str(weir_emitter *e, weir_str text) {
  weir_bytes_append_str(&e->out, text);
  if (e->out.failed) weir_schema_check(e->schema, (weir_str){NULL, 0});
}

static weir_str emitter_value(const weir_emitter *e, weir_str name) {
  for (int i = 0; i < e->n_vars; i++)
    if (weir_str_eq(name, weir_str_of(e->vars[i].name))) return e->vars[i].value;
  WEIR_CHECK(false); /* a hole without a value */
  return (weir_str){NULL, 0};
}

void weir_emit(weir_emitter *e, const char *template) {
  for (const char *p = template; *p;) {
    size_t plain = strcspn(p, "$");
    weir_emit_str(e, (weir_str){p, plain});
    p += plain;
    if (!*p) return;
    size_t len = strcspn(p + 1, "$");
    WEIR_CHECK(p[1 + len] == '$');
    weir_emit_str(e, len ? emitter_value(e, (weir_str){p + 1, len}) : WEIR_STR("$"));
    p += len + 2;
  }
}
