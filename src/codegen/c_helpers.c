/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* c_helpers.c - the inline functions of a message. */
#include "codegen/c.h"

static void emit_map(weir_emitter *e, const weir_def_field *f) {
  weir_emit_set(e, "key", weir_field_c_declare(e->schema, weir_map_key(f), "key"));
  weir_emit_set(e, "value", weir_field_c_declare(e->schema, weir_map_value(f), "value"));
  weir_emit(e,
            "static inline bool $M$_put_$x$($M$ *m, weir_arena *a, $key$, $value$) {\n"
            "  $M$_$x$_entry *e = ($M$_$x$_entry *)weir_pb_map_put(&m->$x$, &$M$_$x$_entry_type, &key, a);\n"
            "  if (e) e->value = value;\n"
            "  return e != NULL;\n"
            "}\n"
            "static inline $M$_$x$_entry *$M$_find_$x$(const $M$ *m, $key$) {\n"
            "  return ($M$_$x$_entry *)weir_pb_map_find(&m->$x$, &$M$_$x$_entry_type, &key);\n"
            "}\n"
            "static inline bool $M$_remove_$x$($M$ *m, $key$) {\n"
            "  return weir_pb_map_remove(&m->$x$, &$M$_$x$_entry_type, &key);\n"
            "}\n");
}

static void emit_repeated(weir_emitter *e, const weir_def_field *f) {
  if (f->message)
    weir_emit(e, "static inline $T$$M$_add_$x$($M$ *m, weir_arena *a) {\n"
                 "  $T$value = $new$(a);\n"
                 "  $T$*p = value ? ($T$*)weir_pb_grow(&m->$x$, sizeof *p, 1, a) : NULL;\n"
                 "  if (!p) return NULL;\n"
                 "  return *p = value;\n"
                 "}\n");
  else
    weir_emit(e, "static inline bool $M$_add_$x$($M$ *m, weir_arena *a, $T$value) {\n"
                 "  $T$*p = ($T$*)weir_pb_grow(&m->$x$, sizeof *p, 1, a);\n"
                 "  if (p) *p = value;\n"
                 "  return p != NULL;\n"
                 "}\n");
}

static void emit_flagged(weir_emitter *e) {
  weir_emit(e, "static inline $T$$M$_get_$x$(const $M$ *m) {\n"
               "  return m->has_$x$ ? m->$x$ : $default$;\n"
               "}\n"
               "static inline void $M$_set_$x$($M$ *m, $T$value) {\n"
               "  m->$x$ = value;\n"
               "  m->has_$x$ = true;\n"
               "}\n");
}

static void emit_oneof_member(weir_emitter *e, const weir_def_field *f) {
  weir_emit(e, "static inline $T$$M$_get_$x$(const $M$ *m) {\n"
               "  return m->$o$_case == $M$_$o$_$x$ ? m->$o$.$x$ : $default$;\n"
               "}\n"
               "static inline void $M$_set_$x$($M$ *m, $T$value) {\n"
               "  m->$o$.$x$ = value;\n"
               "  m->$o$_case = $M$_$o$_$x$;\n"
               "}\n");
  if (f->message)
    weir_emit(e, "static inline $T$$M$_mut_$x$($M$ *m, weir_arena *a) {\n"
                 "  if (m->$o$_case != $M$_$o$_$x$ || !m->$o$.$x$) {\n"
                 "    $T$p = $new$(a);\n"
                 "    if (!p) return NULL;\n"
                 "    $M$_set_$x$(m, p);\n"
                 "  }\n"
                 "  return m->$o$.$x$;\n"
                 "}\n");
}

static void emit_submessage(weir_emitter *e) {
  weir_emit(e, "static inline $T$$M$_mut_$x$($M$ *m, weir_arena *a) {\n"
               "  if (!m->$x$) m->$x$ = $new$(a);\n"
               "  return m->$x$;\n"
               "}\n");
}

static void emit_field(weir_emitter *e, const weir_def_field *f) {
  weir_schema *s = e->schema;
  weir_emit_set(e, "x", weir_name_of_field(s, f));
  if (f->is_map) {
    emit_map(e, f);
    return;
  }
  weir_emit_set(e, "T", weir_field_c_declare(s, f, ""));
  if (f->message)
    weir_emit_set(e, "new",
                  weir_schema_printf(s, WEIR_FMT "_new", WEIR_ARG(weir_name_of(s, &f->message->def))));
  if (f->label == WEIR_LABEL_REPEATED) {
    emit_repeated(e, f);
    return;
  }
  weir_emit_set(e, "default", weir_field_c_default(s, f));
  const weir_def_oneof *o = weir_field_oneof(f);
  if (o) {
    weir_emit_set(e, "o", weir_name_of_oneof(s, o));
    emit_oneof_member(e, f);
  } else if (f->message) {
    emit_submessage(e);
  } else if (weir_field_has_flag(f)) {
    emit_flagged(e);
  }
}

void weir_c_helpers(weir_emitter *e, const weir_def_message *m) {
  weir_emit_set(e, "M", weir_name_of(e->schema, &m->def));
  weir_emit(e, "static inline weir_code $M$_decode(weir_str wire, weir_arena *a, $M$ **m) {\n"
               "  void *p = NULL;\n"
               "  weir_code code = weir_pb_parse(&$M$_type, wire, a, &p);\n"
               "  if (!code) *m = ($M$ *)p;\n"
               "  return code;\n"
               "}\n"
               "static inline weir_code $M$_encode(const $M$ *m, weir_arena *a, weir_str *wire) {\n"
               "  return weir_pb_encode(&$M$_type, m, a, wire);\n"
               "}\n");
  for (uint32_t i = 0; i < m->fields.len; i++) emit_field(e, m->fields.data[i]);
  weir_emit(e, "\n");
}

void weir_c_extension_helpers(weir_emitter *e, const weir_def_message *holder, const weir_def_field *x) {
  weir_emit_set(e, "M", weir_name_of(e->schema, &holder->def));
  weir_emit_set(e, "Extendee", weir_name_of(e->schema, &x->extendee->def));
  weir_emit(e, "static inline $M$ *$M$_of($Extendee$ *m, weir_arena *a) {\n"
               "  return ($M$ *)weir_pb_ext_find(m, &$M$_ext, a);\n"
               "}\n"
               "static inline $M$ *$M$_in($Extendee$ *m, weir_arena *a) {\n"
               "  return ($M$ *)weir_pb_ext_put(m, &$M$_ext, a);\n"
               "}\n");
  emit_field(e, holder->fields.data[0]);
  weir_emit(e, "\n");
}
