/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* c_header.c - x.weir.h: types of enums and messages. */
#include "codegen/c.h"

static void emit_enum(weir_emitter *e, const weir_def_enum *d) {
  weir_schema *s = e->schema;
  weir_emit_set(e, "E", weir_name_of(s, &d->def));
  weir_c_doc(e, &d->def.doc, "");
  weir_emit(e, "typedef int32_t $E$;\nenum {\n");
  for (uint32_t i = 0; i < d->values.len; i++) {
    const weir_def_value *v = d->values.data[i];
    weir_c_doc(e, &v->def.doc, "  ");
    weir_emit_set(e, "value", weir_name_of_value(s, v));
    weir_emit_set(e, "number", weir_c_int32(s, v->number));
    weir_emit(e, i + 1 < d->values.len ? "  $value$ = $number$,\n" : "  $value$ = $number$\n");
  }
  weir_emit(e, "};\nextern const weir_pb_enum $E$_enum;\n\n");
}

static void emit_holder_typedef(weir_emitter *e, const weir_def_message *holder, const weir_def_field *x) {
  (void)x;
  weir_emit_set(e, "M", weir_name_of(e->schema, &holder->def));
  weir_emit(e, "typedef struct $M$ $M$;\n");
}

static void emit_typedef(weir_emitter *e, const weir_def_message *m) {
  weir_emit_set(e, "M", weir_name_of(e->schema, &m->def));
  weir_emit(e, "typedef struct $M$ $M$;\n");
}

static void emit_vec(weir_emitter *e, const weir_def_message *m) {
  weir_emit_set(e, "M", weir_name_of(e->schema, &m->def));
  weir_emit(e, "typedef struct $M$_vec {\n"
               "  $M$ **data;\n"
               "  uint32_t len, cap;\n"
               "} $M$_vec;\n");
}

/* ---- structs ------------------------------------------------------------------------------------------- */

static void emit_oneof_cases(weir_emitter *e, const weir_def_message *m) {
  for (uint32_t i = 0; i < m->oneofs.len; i++) {
    const weir_def_oneof *o = m->oneofs.data[i];
    if (o->is_synthetic) continue;
    weir_emit_set(e, "o", weir_name_of_oneof(e->schema, o));
    weir_emit(e, "/** Case of $M$.$o$ */\nenum {\n  $M$_$o$_NONE = 0");
    for (uint32_t k = 0; k < o->fields.len; k++) {
      weir_emit_set(e, "x", weir_name_of_field(e->schema, o->fields.data[k]));
      weir_emit_set_int(e, "number", o->fields.data[k]->number);
      weir_emit(e, ",\n  $M$_$o$_$x$ = $number$");
    }
    weir_emit(e, "\n};\n\n");
  }
}

static void emit_map_structs(weir_emitter *e, const weir_def_message *m) {
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    if (!f->is_map) continue;
    weir_emit_set(e, "x", weir_name_of_field(e->schema, f));
    weir_emit_set(e, "key", weir_field_c_declare(e->schema, weir_map_key(f), "key"));
    weir_emit_set(e, "value", weir_field_c_declare(e->schema, weir_map_value(f), "value"));
    weir_emit(e, "typedef struct $M$_$x$_entry {\n"
                 "  $key$;\n"
                 "  $value$;\n"
                 "} $M$_$x$_entry;\n"
                 "typedef struct $M$_$x$_map {\n"
                 "  $M$_$x$_entry *data;\n"
                 "  uint32_t len, cap;\n"
                 "  weir_pb_index *index;\n"
                 "} $M$_$x$_map;\n"
                 "extern const weir_pb_type $M$_$x$_entry_type;\n\n");
  }
}

/* Members of the struct in groups, so that padding stays small. */
typedef enum member_group { GROUP_BOOL, GROUP_WORD, GROUP_REST } member_group;

static member_group group_of(const weir_def_field *f) {
  if (f->label == WEIR_LABEL_REPEATED || f->message) return GROUP_REST;
  switch (f->type) {
  case WEIR_TYPE_BOOL: return GROUP_BOOL;
  case WEIR_TYPE_INT32:
  case WEIR_TYPE_SINT32:
  case WEIR_TYPE_SFIXED32:
  case WEIR_TYPE_UINT32:
  case WEIR_TYPE_FIXED32:
  case WEIR_TYPE_FLOAT:
  case WEIR_TYPE_ENUM: return GROUP_WORD;
  default: return GROUP_REST;
  }
}

static void emit_member(weir_emitter *e, const weir_def_field *f, const char *indent) {
  weir_schema *s = e->schema;
  weir_emit_set(e, "x", weir_name_of_field(s, f));
  weir_emit_set_int(e, "number", f->number);
  weir_emit_set(e, "indent", weir_str_of(indent));
  weir_c_doc(e, &f->def.doc, indent);
  if (f->is_map) {
    weir_emit(e, "$indent$$M$_$x$_map $x$; /* = $number$ */\n");
  } else if (f->label == WEIR_LABEL_REPEATED) {
    weir_emit_set(e, "T", weir_field_c_vec(s, f));
    weir_emit(e, "$indent$$T$ $x$; /* = $number$");
    if (f->enumeration) {
      weir_emit_set(e, "T", weir_field_c_type(s, f));
      weir_emit(e, "; $T$");
    }
    weir_emit(e, " */\n");
  } else {
    weir_emit_set(e, "T", weir_field_c_declare(s, f, ""));
    weir_emit(e, f->message && !weir_field_oneof(f) ? "$indent$$T$$x$; /* = $number$; NULL: absent */\n"
                                                    : "$indent$$T$$x$; /* = $number$ */\n");
  }
}

static void emit_union(weir_emitter *e, const weir_def_oneof *o) {
  weir_c_doc(e, &o->def.doc, "  ");
  weir_emit(e, "  union {\n");
  for (uint32_t i = 0; i < o->fields.len; i++) emit_member(e, o->fields.data[i], "    ");
  weir_emit_set(e, "o", weir_name_of_oneof(e->schema, o));
  weir_emit(e, "  } $o$;\n");
}

static void emit_group(weir_emitter *e, const weir_def_message *m, member_group group) {
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    const weir_def_oneof *o = weir_field_oneof(f);
    if (!o) {
      if (group_of(f) == group) emit_member(e, f, "  ");
    } else if (o->fields.data[0] == f && group == GROUP_WORD) {
      weir_emit_set(e, "o", weir_name_of_oneof(e->schema, o));
      weir_emit(e, "  int32_t $o$_case; /* oneof $o$: $M$_$o$_... */\n");
    } else if (o->fields.data[0] == f && group == GROUP_REST) {
      emit_union(e, o);
    }
  }
}

static void emit_struct(weir_emitter *e, const weir_def_message *m) {
  weir_emit_set(e, "M", weir_name_of(e->schema, &m->def));
  emit_oneof_cases(e, m);
  emit_map_structs(e, m);
  weir_c_doc(e, &m->def.doc, "");
  weir_emit(e, "struct $M$ {\n  weir_pb_hdr hdr_;\n");
  for (uint32_t i = 0; i < m->fields.len; i++) {
    if (!weir_field_has_flag(m->fields.data[i])) continue;
    weir_emit_set(e, "x", weir_name_of_field(e->schema, m->fields.data[i]));
    weir_emit(e, "  bool has_$x$;\n");
  }
  emit_group(e, m, GROUP_BOOL);
  emit_group(e, m, GROUP_WORD);
  emit_group(e, m, GROUP_REST);
  weir_emit(e, "};\nextern const weir_pb_type $M$_type;\n\n");
}

static void emit_holder(weir_emitter *e, const weir_def_message *holder, const weir_def_field *x) {
  emit_struct(e, holder);
  weir_emit_set(e, "full_name", x->def.full_name);
  weir_emit_set(e, "extendee", x->extendee->def.full_name);
  weir_emit(e, "/** Extension $full_name$ of $extendee$. */\n"
               "extern const weir_pb_ext $M$_ext;\n\n");
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static void emit_new(weir_emitter *e, const weir_def_message *m) {
  weir_emit_set(e, "M", weir_name_of(e->schema, &m->def));
  weir_emit(e, "static inline $M$ *$M$_new(weir_arena *a) {\n"
               "  return ($M$ *)weir_alloc(a, sizeof($M$));\n"
               "}\n");
}

/* A default that is infinite or not a number needs <math.h>. */
static bool message_needs_math(const weir_def_message *m) {
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    if (!f->has_default || (f->type != WEIR_TYPE_FLOAT && f->type != WEIR_TYPE_DOUBLE)) continue;
    char last = f->default_text.data[f->default_text.len - 1];
    if (last == 'f' || last == 'n') return true;
  }
  for (uint32_t i = 0; i < m->messages.len; i++)
    if (message_needs_math(m->messages.data[i])) return true;
  return false;
}

/* A literal longer than C11 5.2.4.1 promises that compilers take; those we know take it, but warn. */
static bool has_long_default(const weir_def_message *m) {
  for (uint32_t i = 0; i < m->fields.len; i++)
    if (m->fields.data[i]->default_text.len > WEIR_C_MAX_LITERAL) return true;
  for (uint32_t i = 0; i < m->messages.len; i++)
    if (has_long_default(m->messages.data[i])) return true;
  return false;
}

static void emit_includes(weir_emitter *e, const weir_def_file *file) {
  bool math = false;
  for (uint32_t i = 0; i < file->messages.len; i++) math = math || message_needs_math(file->messages.data[i]);
  weir_emit(e, "#include <weir/pb.h>\n");
  if (math) weir_emit(e, "\n#include <math.h>\n");
  for (uint32_t i = 0; i < file->imports.len; i++) {
    weir_emit_set(e, "include", weir_name_of_include(e->schema, file->imports.data[i].file, ".weir.h"));
    weir_emit(e, i ? "#include $include$\n" : "\n#include $include$\n");
  }
}

weir_str weir_c_header(weir_schema *s, weir_def_file *file) {
  weir_emitter e = weir_emitter_in(s);
  weir_c_begin(&e, file);
  weir_emit_set(&e, "guard", weir_name_of_guard(s, weir_name_of_output(s, file, ".weir.h")));
  weir_emit(&e, "#ifndef $guard$\n#define $guard$\n\n");
  emit_includes(&e, file);
  bool quiet = false;
  for (uint32_t i = 0; i < file->messages.len; i++) quiet = quiet || has_long_default(file->messages.data[i]);
  if (quiet)
    weir_emit(&e, "\n#ifdef __GNUC__\n"
                  "#pragma GCC diagnostic push\n"
                  "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
                  "#endif\n");
  weir_emit(&e, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
  weir_c_each_message(&e, file, false, emit_typedef);
  weir_emit(&e, file->messages.len ? "\n" : "");
  weir_c_each_message(&e, file, false, emit_vec);
  weir_emit(&e, file->messages.len ? "\n" : "");
  weir_c_each_enum(&e, file, emit_enum);
  weir_c_each_message(&e, file, true, emit_struct);
  weir_c_each_message(&e, file, true, emit_new); /* all of them first: other helpers call them */
  weir_emit(&e, file->messages.len ? "\n" : "");
  weir_c_each_message(&e, file, true, weir_c_helpers);
  weir_c_each_extension(&e, file, emit_holder_typedef);
  weir_c_each_extension(&e, file, emit_holder);
  weir_c_each_extension(&e, file, weir_c_extension_helpers);
  weir_emit_set(&e, "file", weir_name_of_file(s, file));
  weir_emit(&e, "extern const weir_pb_file $file$;\n\n");
  weir_emit(&e, "#ifdef __cplusplus\n}\n#endif\n");
  if (quiet) weir_emit(&e, "#ifdef __GNUC__\n#pragma GCC diagnostic pop\n#endif\n");
  weir_emit(&e, "#endif\n");
  return weir_c_finish(&e);
}
