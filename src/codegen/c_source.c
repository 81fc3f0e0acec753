/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* c_source.c - x.weir.c: the constant tables, one row per field. */
#include "codegen/c.h"

/* ---- enums --------------------------------------------------------------------------------------------- */

typedef struct placed_value {
  const weir_def_value *value;
  uint32_t at;
} placed_value;

static int compare_values(const void *a, const void *b) {
  const placed_value *x = a, *y = b;
  if (x->value->number != y->value->number) return (x->value->number > y->value->number) ? 1 : -1;
  return (x->at > y->at) - (x->at < y->at);
}

/* By number, aliases in the order of the .proto. */
static placed_value *sorted_values(weir_schema *s, const weir_def_enum *d) {
  placed_value *values = weir_schema_alloc(s, (d->values.len + 1) * sizeof *values);
  for (uint32_t i = 0; i < d->values.len; i++) values[i] = (placed_value){d->values.data[i], i};
  qsort(values, d->values.len, sizeof *values, compare_values);
  return values;
}

/* One name of a \0-joined list, its line behind `start` if it is the first. */
static void emit_name(weir_emitter *e, weir_str name, uint32_t i, uint32_t n) {
  weir_emit_set(e, "name", name);
  weir_emit(e, i ? "             \"$name$" : "    .names = \"$name$");
  weir_emit(e, i + 1 < n ? "\\0\"\n" : "\",\n");
}

static void emit_enum(weir_emitter *e, const weir_def_enum *d) {
  const placed_value *values = sorted_values(e->schema, d);
  weir_emit_set(e, "E", weir_name_of(e->schema, &d->def));
  weir_emit_set(e, "full_name", d->def.full_name);
  weir_emit_set_int(e, "count", d->values.len);
  weir_emit(e, "static const int32_t $E$_values[] = {\n");
  for (uint32_t i = 0; i < d->values.len; i++) {
    weir_emit_set(e, "value", weir_name_of_value(e->schema, values[i].value));
    weir_emit(e, "    $value$,\n");
  }
  weir_emit(e, "};\n"
               "const weir_pb_enum $E$_enum = {\n"
               "    .version = WEIR_PB_VERSION,\n"
               "    .n_values = $count$,\n"
               "    .values = $E$_values,\n");
  for (uint32_t i = 0; i < d->values.len; i++) emit_name(e, values[i].value->def.name, i, d->values.len);
  weir_emit(e, "    .full_name = \"$full_name$\",\n};\n\n");
}

/* ---- messages ------------------------------------------------------------------------------------------ */

/* What is known of a message while its tables are written. */
typedef struct table {
  const weir_def_message *message;
  weir_def_field **rows; /* by number */
  uint32_t n_rows;
  weir_str *subs; /* "{.type = &demo_Note_type}", each once */
  uint32_t n_subs, n_defaults;
  weir_map sub_places; /* sub -> its place in subs */
} table;

static int compare_fields(const void *a, const void *b) {
  const weir_def_field *x = *(weir_def_field *const *)a, *y = *(weir_def_field *const *)b;
  return (x->number > y->number) - (x->number < y->number);
}

static weir_str sub_of(weir_emitter *e, const weir_def_field *f) {
  weir_schema *s = e->schema;
  if (f->is_map) {
    const weir_def *parent = f->def.parent;
    return weir_schema_printf(s, ".type = &" WEIR_FMT "_" WEIR_FMT "_entry_type",
                              WEIR_ARG(weir_name_of(s, parent)), WEIR_ARG(weir_name_of_field(s, f)));
  }
  if (f->message)
    return weir_schema_printf(s, ".type = &" WEIR_FMT "_type", WEIR_ARG(weir_name_of(s, &f->message->def)));
  if (f->enumeration)
    return weir_schema_printf(s, ".enum_ = &" WEIR_FMT "_enum",
                              WEIR_ARG(weir_name_of(s, &f->enumeration->def)));
  return (weir_str){NULL, 0};
}

/* Index + 1 of a field's sub, 0 if it has none. */
static uint32_t sub_index(weir_emitter *e, table *t, const weir_def_field *f) {
  weir_str sub = sub_of(e, f);
  if (!sub.len) return 0;
  weir_str *known = weir_map_get(&t->sub_places, sub);
  if (!known) {
    known = &t->subs[t->n_subs++];
    *known = sub;
    weir_schema_put(e->schema, &t->sub_places, sub, known);
  }
  return (uint32_t)(known - t->subs) + 1;
}

static bool has_default_row(const weir_def_field *f) {
  if (f->label == WEIR_LABEL_REPEATED || f->message || !(f->has_default || f->enumeration)) return false;
  if (f->def.file->syntax == WEIR_PROTO3) return false;
  if (f->type == WEIR_TYPE_STRING || f->type == WEIR_TYPE_BYTES) return f->default_text.len > 0;
  return weir_field_default_bits(f) != 0;
}

static table table_of(weir_emitter *e, const weir_def_message *m) {
  table t = {.message = m, .n_rows = m->fields.len};
  t.rows = weir_schema_alloc(e->schema, (m->fields.len + 1) * sizeof *t.rows);
  t.subs = weir_schema_alloc(e->schema, (m->fields.len + 1) * sizeof *t.subs);
  weir_map_init(&t.sub_places, e->schema->mem, 0);
  if (m->fields.len) memcpy(t.rows, m->fields.data, m->fields.len * sizeof *t.rows);
  qsort(t.rows, t.n_rows, sizeof *t.rows, compare_fields);
  for (uint32_t i = 0; i < t.n_rows; i++) {
    sub_index(e, &t, t.rows[i]);
    t.n_defaults += has_default_row(t.rows[i]);
  }
  return t;
}

static void emit_subs(weir_emitter *e, const table *t) {
  if (!t->n_subs) return;
  weir_emit(e, "static const weir_pb_sub $M$_subs[] = {\n");
  for (uint32_t i = 0; i < t->n_subs; i++) {
    weir_emit_set(e, "sub", t->subs[i]);
    weir_emit(e, "    {$sub$},\n");
  }
  weir_emit(e, "};\n");
}

static const char *mode_of(const weir_def_field *f) {
  if (f->is_map) return " | WEIR_PB_MAP";
  if (f->label == WEIR_LABEL_REPEATED) return " | WEIR_PB_REPEATED";
  if (weir_field_oneof(f)) return " | WEIR_PB_ONEOF";
  return weir_field_has_flag(f) ? " | WEIR_PB_HAS" : "";
}

static weir_str flags_of(weir_emitter *e, const weir_def_field *f) {
  const char *const names[] = {
      weir_field_is_packed(f) ? "WEIR_PB_PACKED" : NULL,
      weir_field_is_utf8(f) ? "WEIR_PB_UTF8" : NULL,
      f->enumeration && f->enumeration->def.file->syntax == WEIR_PROTO2 ? "WEIR_PB_CLOSED" : NULL,
      f->label == WEIR_LABEL_REQUIRED ? "WEIR_PB_REQUIRED" : NULL,
  };
  weir_str flags = WEIR_STR("");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i])
      flags =
          weir_schema_printf(e->schema, WEIR_FMT "%s%s", WEIR_ARG(flags), flags.len ? " | " : "", names[i]);
  return flags.len ? flags : WEIR_STR("0");
}

static weir_str presence_of(weir_emitter *e, const weir_def_field *f, weir_str x) {
  const weir_def_oneof *o = weir_field_oneof(f);
  weir_str m = weir_name_of(e->schema, f->def.parent);
  if (o)
    return weir_schema_printf(e->schema, "offsetof(" WEIR_FMT ", " WEIR_FMT "_case)", WEIR_ARG(m),
                              WEIR_ARG(weir_name_of_oneof(e->schema, o)));
  if (weir_field_has_flag(f))
    return weir_schema_printf(e->schema, "offsetof(" WEIR_FMT ", has_" WEIR_FMT ")", WEIR_ARG(m), WEIR_ARG(x));
  return WEIR_STR("0");
}

static void emit_row(weir_emitter *e, table *t, const weir_def_field *f) {
  weir_schema *s = e->schema;
  weir_str x = weir_name_of_field(s, f);
  const weir_def_oneof *o = weir_field_oneof(f);
  uint32_t sub = sub_index(e, t, f);
  weir_emit_set_int(e, "number", f->number);
  weir_emit_set(e, "presence", presence_of(e, f, x));
  weir_emit_set(
      e, "x",
      o ? weir_schema_printf(s, WEIR_FMT "." WEIR_FMT, WEIR_ARG(weir_name_of_oneof(s, o)), WEIR_ARG(x)) : x);
  weir_emit_set_int(e, "sub", sub ? sub - 1 : 0);
  weir_emit_set(e, "kind", weir_str_of(weir_field_kind(f)));
  weir_emit_set(e, "mode", weir_str_of(mode_of(f)));
  weir_emit_set(e, "flags", flags_of(e, f));
  weir_emit(e, "    {$number$, offsetof($M$, $x$), $presence$, $sub$, $kind$$mode$, $flags$},\n");
}

static void emit_rows(weir_emitter *e, table *t) {
  if (!t->n_rows) return;
  weir_emit(e, "static const weir_pb_field $M$_fields[] = {\n"
               "    /* number, offset, presence, sub, kind, flags */\n");
  for (uint32_t i = 0; i < t->n_rows; i++) emit_row(e, t, t->rows[i]);
  weir_emit(e, "};\n");
}

static void emit_default(weir_emitter *e, const weir_def_field *f) {
  weir_emit_set_int(e, "number", f->number);
  if (f->type == WEIR_TYPE_STRING || f->type == WEIR_TYPE_BYTES) {
    weir_str bytes = weir_field_default_bytes(e->schema, f);
    weir_emit_set_int(e, "len", (int64_t)bytes.len);
    weir_emit_set(e, "data", weir_c_literal(e->schema, bytes));
    weir_emit(e, "    {.number = $number$, .len = $len$, .data = \"$data$\"},\n");
    return;
  }
  weir_emit_set(e, "bits",
                weir_schema_printf(e->schema, "0x%llx", (unsigned long long)weir_field_default_bits(f)));
  weir_emit(e, "    {.number = $number$, .bits = UINT64_C($bits$)},\n");
}

static void emit_defaults(weir_emitter *e, const table *t) {
  if (!t->n_defaults) return;
  weir_emit(e, "static const weir_pb_default $M$_defaults[] = {\n");
  for (uint32_t i = 0; i < t->n_rows; i++)
    if (has_default_row(t->rows[i])) emit_default(e, t->rows[i]);
  weir_emit(e, "};\n");
}

static const char *type_flags(const table *t) {
  if (t->message->is_map_entry) return "    .flags = WEIR_PB_MAP_ENTRY,\n";
  for (uint32_t i = 0; i < t->n_rows; i++)
    if (t->rows[i]->label == WEIR_LABEL_REQUIRED) return "    .flags = WEIR_PB_HAS_REQUIRED,\n";
  return "";
}

static void emit_type(weir_emitter *e, const table *t) {
  uint32_t dense = 0;
  while (dense < t->n_rows && (uint32_t)t->rows[dense]->number == dense + 1) dense++;
  weir_emit_set(e, "full_name", t->message->def.full_name);
  weir_emit_set_int(e, "n_fields", t->n_rows);
  weir_emit_set_int(e, "dense", dense);
  weir_emit_set_int(e, "n_subs", t->n_subs);
  weir_emit_set_int(e, "n_defaults", t->n_defaults);
  weir_emit(e, "const weir_pb_type $M$_type = {\n"
               "    .version = WEIR_PB_VERSION,\n"
               "    .size = sizeof($M$),\n");
  weir_emit(e, type_flags(t));
  if (t->n_rows) weir_emit(e, "    .n_fields = $n_fields$,\n");
  if (dense) weir_emit(e, "    .dense_below = $dense$,\n");
  if (t->n_subs) weir_emit(e, "    .n_subs = $n_subs$,\n");
  if (t->n_rows) weir_emit(e, "    .fields = $M$_fields,\n");
  if (t->n_subs) weir_emit(e, "    .subs = $M$_subs,\n");
  weir_emit(e, "    .full_name = \"$full_name$\",\n");
  for (uint32_t i = 0; i < t->n_rows; i++) emit_name(e, t->rows[i]->def.name, i, t->n_rows);
  if (t->n_defaults) weir_emit(e, "    .defaults = $M$_defaults,\n    .n_defaults = $n_defaults$,\n");
  weir_emit(e, "};\n\n");
}

static void emit_table(weir_emitter *e, const weir_def_message *m, weir_str name) {
  table t = table_of(e, m);
  weir_emit_set(e, "M", name);
  emit_subs(e, &t);
  emit_rows(e, &t);
  emit_defaults(e, &t);
  emit_type(e, &t);
}

static void emit_message(weir_emitter *e, const weir_def_message *m) {
  weir_schema *s = e->schema;
  weir_str name = weir_name_of(s, &m->def);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    if (f->is_map)
      emit_table(e, f->message,
                 weir_schema_printf(s, WEIR_FMT "_" WEIR_FMT "_entry", WEIR_ARG(name),
                                    WEIR_ARG(weir_name_of_field(s, f))));
  }
  emit_table(e, m, name);
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static bool enum_is_long(const weir_def_enum *d) {
  size_t len = 0;
  for (uint32_t i = 0; i < d->values.len; i++) len += d->values.data[i]->def.name.len + 1;
  return len > WEIR_C_MAX_LITERAL;
}

static bool message_is_long(const weir_def_message *m) {
  size_t len = 0;
  for (uint32_t i = 0; i < m->fields.len; i++) {
    len += m->fields.data[i]->def.name.len + 1;
    if (m->fields.data[i]->default_text.len > WEIR_C_MAX_LITERAL) return true;
  }
  bool is_long = len > WEIR_C_MAX_LITERAL;
  for (uint32_t i = 0; i < m->enums.len; i++) is_long = is_long || enum_is_long(m->enums.data[i]);
  for (uint32_t i = 0; i < m->messages.len; i++) is_long = is_long || message_is_long(m->messages.data[i]);
  return is_long;
}

static bool file_is_long(const weir_def_file *file) {
  bool is_long = false;
  for (uint32_t i = 0; i < file->enums.len; i++) is_long = is_long || enum_is_long(file->enums.data[i]);
  for (uint32_t i = 0; i < file->messages.len; i++)
    is_long = is_long || message_is_long(file->messages.data[i]);
  return is_long;
}

weir_str weir_c_source(weir_schema *s, weir_def_file *file) {
  weir_emitter e = weir_emitter_in(s);
  weir_c_begin(&e, file);
  if (file_is_long(file))
    weir_emit(&e, "#ifdef __GNUC__\n#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n");
  weir_emit_set(&e, "header", weir_name_of_output(s, file, ".weir.h"));
  weir_emit(&e, "#include \"$header$\"\n\n");
  weir_c_each_enum(&e, file, emit_enum);
  weir_c_each_message(&e, file, true, emit_message);
  return weir_c_finish(&e);
}
