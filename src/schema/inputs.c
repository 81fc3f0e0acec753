/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* inputs.c - rules for the files that the user asked for, and not for what they import. */
#include "schema/feature.h"
#include "schema/link.h"
#include "schema/value.h"
#include "schema/walk.h"

/* ---- option imports ------------------------------------------------------------------------------------ */

static bool redacts(const weir_def *d) {
  const weir_value_entry *e = weir_value_get(d->options.value, "debug_redact");
  return e && e->bits;
}

static bool enum_redacts(const weir_def_enum *e) {
  for (uint32_t i = 0; i < e->values.len; i++)
    if (redacts(&e->values.data[i]->def)) return true;
  return false;
}

/* An enum with a value that redacts, in the field or in what it holds. */
static bool field_redacts(weir_schema *s, const weir_def_field *f, weir_map *seen) {
  if (f->enumeration && enum_redacts(f->enumeration)) return true;
  if (!f->message || weir_map_get(seen, f->message->def.full_name)) return false;
  weir_schema_put(s, seen, f->message->def.full_name, f->message);
  for (uint32_t i = 0; i < f->message->fields.len; i++)
    if (field_redacts(s, f->message->fields.data[i], seen)) return true;
  return false;
}

static void find_redacting(weir_schema *s, weir_def *d, void *ctx) {
  const weir_def_field *f = (const weir_def_field *)(const void *)d;
  const weir_def **found = ctx;
  weir_map seen;
  weir_map_init(&seen, s->mem, 0);
  if (d->kind == WEIR_DEF_FIELD && f->extendee && field_redacts(s, f, &seen)) *found = d;
}

static void check_option_imports(weir_schema *s, weir_def_file *file) {
  for (uint32_t i = 0; i < file->imports.len; i++) {
    const weir_import *import = &file->imports.data[i];
    const weir_def *found = NULL;
    if (!import->is_option || !import->file) continue;
    weir_walk(s, import->file, find_redacting, &found);
    if (!found) continue;
    weir_schema_error(
        s, file, import->pos,
        "Option dependency " WEIR_FMT " contains a custom option " WEIR_FMT
        " marked debug_redact, which is used to mark fields that need to be redacted in debug string "
        "APIs. Switch to a regular import or remove the debug_redact annotation to avoid potentially "
        "leaking sensitive data.",
        WEIR_ARG(import->name), WEIR_ARG(found->full_name));
    return;
  }
}

/* ---- options --------------------------------------------------------------------------------------------- */

static void warn_of_services(weir_schema *s, weir_def_file *file) {
  static const char *const names[] = {"cc_generic_services", "java_generic_services", "py_generic_services"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const weir_value_entry *e = weir_value_get(file->def.options.value, names[i]);
    if (!e || !e->bits) continue;
    weir_schema_warning(
        s, file, WEIR_NO_POS,
        "Generic services (cc_generic_services, java_generic_services, and py_generic_services) are "
        "deprecated in favor of using plugins that generate code specific to your particular RPC system. "
        "Additional code generator options may be required to enable generic services and total removal "
        "of these options is planned in future breaking releases.");
    return;
  }
}

static void check_number(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  const weir_def_field *f = (const weir_def_field *)(const void *)d;
  if (d->kind == WEIR_DEF_FIELD && f->number >= WEIR_FIRST_RESERVED_NUMBER &&
      f->number <= WEIR_LAST_RESERVED_NUMBER)
    weir_schema_error(
        s, d->file, f->number_pos,
        "Field numbers %d through %d are reserved for the protocol buffer library implementation.",
        WEIR_FIRST_RESERVED_NUMBER, WEIR_LAST_RESERVED_NUMBER);
}

/* ---- targets: what an option may be set on --------------------------------------------------------------------- */

typedef struct target {
  int number; /* descriptor.proto, FieldOptions.OptionTargetType */
  const char *name;
} target;

static target target_of(weir_def_kind kind) {
  switch (kind) {
  case WEIR_DEF_FILE: return (target){1, "file"};
  case WEIR_DEF_RANGE: return (target){2, "extension range"};
  case WEIR_DEF_MESSAGE: return (target){3, "message"};
  case WEIR_DEF_FIELD: return (target){4, "field"};
  case WEIR_DEF_ONEOF: return (target){5, "oneof"};
  case WEIR_DEF_ENUM: return (target){6, "enum"};
  case WEIR_DEF_VALUE: return (target){7, "enum entry"};
  case WEIR_DEF_SERVICE: return (target){8, "service"};
  default: return (target){9, "method"};
  }
}

static bool may_target(const weir_def_field *f, int number) {
  const weir_value *options = f->def.options.value;
  bool any = false;
  for (uint32_t i = 0; options && i < options->entries.len; i++) {
    const weir_value_entry *e = &options->entries.data[i];
    if (e->field->extendee || !weir_str_eq(e->field->def.name, WEIR_STR("targets"))) continue;
    if ((int)e->bits == number) return true;
    any = true;
  }
  return !any;
}

static int compare_entries(const void *a, const void *b) {
  const weir_value_entry *x = *(const weir_value_entry *const *)a, *y = *(const weir_value_entry *const *)b;
  if (x->field->number != y->field->number) return x->field->number < y->field->number ? -1 : 1;
  return (x > y) - (x < y);
}

static void check_targets(weir_schema *s, const weir_def *d, const weir_value *v) {
  target t = target_of(d->kind);
  const weir_value_entry **order = weir_schema_alloc(s, (v->entries.len + 1) * sizeof *order);
  for (uint32_t i = 0; i < v->entries.len; i++) order[i] = &v->entries.data[i];
  qsort(order, v->entries.len, sizeof *order, compare_entries);
  for (uint32_t i = 0; i < v->entries.len; i++) {
    const weir_def_field *f = order[i]->field;
    bool first = i == 0 || order[i - 1]->field != f;
    if (first && !may_target(f, t.number))
      weir_schema_error(s, d->file, d->kind == WEIR_DEF_FILE ? WEIR_NO_POS : d->name_pos,
                        "Option " WEIR_FMT " cannot be set on an entity of type `%s`.",
                        WEIR_ARG(f->def.full_name), t.name);
    if (f->type == WEIR_TYPE_MESSAGE) check_targets(s, d, order[i]->message);
  }
}

static void check_def_targets(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  if (d->options.value) check_targets(s, d, d->options.value);
}

static void check_edition(weir_schema *s, const weir_def_file *file) {
  if (file->edition > WEIR_EDITION_2026)
    weir_schema_error(s, file, file->syntax_pos,
                      "is a file using edition " WEIR_FMT
                      ", which is later than the protoc maximum supported edition 2026.",
                      WEIR_ARG(weir_edition_name(s, file->edition)));
}

bool weir_link_input(weir_schema *s, weir_def_file *file) {
  uint32_t before = s->report.errors;
  check_option_imports(s, file);
  warn_of_services(s, file);
  weir_walk(s, file, check_number, NULL);
  weir_walk(s, file, check_def_targets, NULL);
  if (s->report.errors == before) check_edition(s, file);
  return s->report.errors == before;
}
