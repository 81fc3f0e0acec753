/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* c_source.c - x.weir.c: the constant tables, one row per field. */
#include "codegen/c.h"
#include "schema/value.h"

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
  weir_emit(e, "    .full_name = \"$full_name$\",\n");
  if (weir_enum_is_closed(d)) weir_emit(e, "    .flags = WEIR_PB_CLOSED,\n");
  weir_emit_set(e, "first", weir_name_of_value(e->schema, d->values.data[0]));
  if (d->values.data[0]->number) weir_emit(e, "    .first = $first$,\n");
  weir_emit(e, "};\n\n");
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
  if (!weir_field_has_presence(f)) return false;
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

/* The names that are not NULL as "A | B"; empty if there are none. */
static weir_str joined(weir_emitter *e, const char *const *names, size_t n) {
  weir_str all = WEIR_STR("");
  for (size_t i = 0; i < n; i++)
    if (names[i])
      all = weir_schema_printf(e->schema, WEIR_FMT "%s%s", WEIR_ARG(all), all.len ? " | " : "", names[i]);
  return all;
}

static weir_str flags_of(weir_emitter *e, const weir_def_field *f) {
  const char *const names[] = {
      weir_field_is_packed(f) ? "WEIR_PB_PACKED" : NULL,
      weir_field_checks_utf8(f) ? "WEIR_PB_UTF8" : NULL,
      f->enumeration && weir_enum_is_closed(f->enumeration) ? "WEIR_PB_CLOSED" : NULL,
      f->label == WEIR_LABEL_REQUIRED ? "WEIR_PB_REQUIRED" : NULL,
  };
  weir_str flags = joined(e, names, sizeof names / sizeof *names);
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

static bool has_required(const table *t) {
  for (uint32_t i = 0; i < t->n_rows; i++)
    if (t->rows[i]->label == WEIR_LABEL_REQUIRED) return true;
  return false;
}

static void emit_type_flags(weir_emitter *e, const table *t) {
  const weir_value_entry *set = weir_value_get(t->message->def.options.value, "message_set_wire_format");
  const char *const names[] = {
      t->message->is_map_entry ? "WEIR_PB_MAP_ENTRY" : NULL,
      has_required(t) ? "WEIR_PB_HAS_REQUIRED" : NULL,
      t->message->extension_ranges.len ? "WEIR_PB_EXTENDABLE" : NULL,
      set && set->bits ? "WEIR_PB_MESSAGE_SET" : NULL,
  };
  weir_str flags = joined(e, names, sizeof names / sizeof *names);
  weir_emit_set(e, "flags", flags);
  if (flags.len) weir_emit(e, "    .flags = $flags$,\n");
}

/* A field's name, with its JSON name behind it where that does not follow from the name. */
static weir_str name_in_table(weir_emitter *e, const weir_def_field *f) {
  weir_str json = weir_field_json_name(e->schema, f);
  if (!json.len) return f->def.name;
  return weir_schema_printf(e->schema, WEIR_FMT "=" WEIR_FMT, WEIR_ARG(f->def.name),
                            WEIR_ARG(weir_c_literal(e->schema, json)));
}

/* The oneofs come in the order in which their first members do, as in the struct. */
static void emit_oneof_names(weir_emitter *e, const table *t) {
  const weir_def_message *m = t->message;
  bool any = false;
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_oneof *o = weir_field_oneof(m->fields.data[i]);
    if (!o || o->fields.data[0] != m->fields.data[i]) continue;
    weir_emit_set(e, "name", o->def.name);
    weir_emit(e, any ? "\\0\"\n              \"$name$" : "    .oneofs = \"$name$");
    any = true;
  }
  if (any) weir_emit(e, "\",\n");
}

static void emit_reserved(weir_emitter *e, const weir_def_message *m) {
  for (uint32_t i = 0; i < m->reserved_names.len; i++) {
    weir_emit_set(e, "name", weir_c_literal(e->schema, m->reserved_names.data[i].name));
    weir_emit(e, i ? "                \"$name$\\0\"" : "    .reserved = \"$name$\\0\"");
    weir_emit(e, i + 1 < m->reserved_names.len ? "\n" : ",\n");
  }
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
  emit_type_flags(e, t);
  if (t->n_rows) weir_emit(e, "    .n_fields = $n_fields$,\n");
  if (dense) weir_emit(e, "    .dense_below = $dense$,\n");
  if (t->n_subs) weir_emit(e, "    .n_subs = $n_subs$,\n");
  if (t->n_rows) weir_emit(e, "    .fields = $M$_fields,\n");
  if (t->n_subs) weir_emit(e, "    .subs = $M$_subs,\n");
  weir_emit(e, "    .full_name = \"$full_name$\",\n");
  for (uint32_t i = 0; i < t->n_rows; i++) emit_name(e, name_in_table(e, t->rows[i]), i, t->n_rows);
  if (t->n_defaults) weir_emit(e, "    .defaults = $M$_defaults,\n    .n_defaults = $n_defaults$,\n");
  emit_oneof_names(e, t);
  emit_reserved(e, t->message);
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

static void emit_extension(weir_emitter *e, const weir_def_message *holder, const weir_def_field *x) {
  weir_str name = weir_name_of(e->schema, &holder->def);
  emit_table(e, holder, name);
  weir_emit_set(e, "M", name);
  weir_emit_set(e, "Extendee", weir_name_of(e->schema, &x->extendee->def));
  weir_emit(e, "const weir_pb_ext $M$_ext = {\n"
               "    .version = WEIR_PB_VERSION,\n"
               "    .extendee = &$Extendee$_type,\n"
               "    .holder = &$M$_type,\n"
               "};\n\n");
}

/* ---- the file table ------------------------------------------------------------------------------------ */

static void list_enum(weir_emitter *e, const weir_def_enum *d) {
  weir_emit_set(e, "E", weir_name_of(e->schema, &d->def));
  weir_emit(e, "    &$E$_enum,\n");
}
static void list_message(weir_emitter *e, const weir_def_message *m) {
  weir_emit_set(e, "M", weir_name_of(e->schema, &m->def));
  weir_emit(e, "    &$M$_type,\n");
}
static void list_extension(weir_emitter *e, const weir_def_message *holder, const weir_def_field *x) {
  (void)x;
  weir_emit_set(e, "M", weir_name_of(e->schema, &holder->def));
  weir_emit(e, "    &$M$_ext,\n");
}
static void list_deps(weir_emitter *e, const weir_def_file *file) {
  for (uint32_t i = 0; i < file->imports.len; i++) {
    weir_emit_set(e, "dep", weir_name_of_file(e->schema, file->imports.data[i].file));
    weir_emit(e, "    &$dep$,\n");
  }
}

/* "static const <type> *const <file>_<list>[] = {", lines, "};" and the number of lines; nothing if there are none. */
static int64_t list_begin(weir_emitter *e) { return (int64_t)e->out.len; }
static bool list_end(weir_emitter *e, int64_t start, const char *type, const char *list) {
  weir_str lines = weir_bytes_view(&e->out);
  lines = weir_schema_dup(e->schema, (weir_str){lines.data + start, lines.len - (size_t)start});
  e->out.len = (size_t)start;
  if (!lines.len) return false;
  weir_emit_set(e, "T", weir_str_of(type));
  weir_emit_set(e, "list", weir_str_of(list));
  weir_emit(e, "static const weir_pb_$T$ *const $file$_$list$[] = {\n");
  weir_emit_str(e, lines);
  weir_emit(e, "};\n");
  return true;
}

static void emit_file(weir_emitter *e, const weir_def_file *file) {
  weir_emit_set(e, "file", weir_name_of_file(e->schema, file));
  int64_t start = list_begin(e);
  list_deps(e, file);
  bool deps = list_end(e, start, "file", "deps");
  start = list_begin(e);
  weir_c_each_message(e, file, false, list_message);
  bool types = list_end(e, start, "type", "types");
  start = list_begin(e);
  weir_c_each_enum(e, file, list_enum);
  bool enums = list_end(e, start, "enum", "enums");
  start = list_begin(e);
  weir_c_each_extension(e, file, list_extension);
  bool exts = list_end(e, start, "ext", "exts");
  weir_emit_set(e, "name", weir_c_literal(e->schema, file->def.name));
  weir_emit(e, "const weir_pb_file $file$ = {\n"
               "    .version = WEIR_PB_VERSION,\n");
  if (deps) weir_emit(e, "    .n_deps = sizeof $file$_deps / sizeof *$file$_deps,\n");
  if (types) weir_emit(e, "    .n_types = sizeof $file$_types / sizeof *$file$_types,\n");
  if (enums) weir_emit(e, "    .n_enums = sizeof $file$_enums / sizeof *$file$_enums,\n");
  if (exts) weir_emit(e, "    .n_exts = sizeof $file$_exts / sizeof *$file$_exts,\n");
  weir_emit(e, "    .name = \"$name$\",\n");
  if (deps) weir_emit(e, "    .deps = $file$_deps,\n");
  if (types) weir_emit(e, "    .types = $file$_types,\n");
  if (enums) weir_emit(e, "    .enums = $file$_enums,\n");
  if (exts) weir_emit(e, "    .exts = $file$_exts,\n");
  weir_emit(e, "};\n");
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
  weir_c_each_extension(&e, file, emit_extension);
  emit_file(&e, file);
  return weir_c_finish(&e);
}
