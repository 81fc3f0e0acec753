/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* lifetime.c - options and features exist from one edition to another: feature_support, an option of their own fields. */
#include "schema/check.h"
#include "schema/feature.h"
#include "schema/value.h"
#include "schema/walk.h"

typedef struct support {
  const weir_value *given; /* NULL: none */
  int32_t introduced, deprecated, removed;
  const weir_value_entry *warning, *removal;
  bool is_deprecated, is_removed;
} support;

static void support_add(support *out, const weir_value *v) {
  const weir_value_entry *e;
  if ((e = weir_value_get(v, "edition_introduced"))) out->introduced = (int32_t)e->bits;
  if ((e = weir_value_get(v, "edition_deprecated")))
    out->deprecated = (int32_t)e->bits, out->is_deprecated = true;
  if ((e = weir_value_get(v, "edition_removed"))) out->removed = (int32_t)e->bits, out->is_removed = true;
  if ((e = weir_value_get(v, "deprecation_warning"))) out->warning = e;
  if ((e = weir_value_get(v, "removal_error"))) out->removal = e;
}

static support support_of(const weir_def *d) {
  const weir_value_entry *e = weir_value_get(d->options.value, "feature_support");
  support out = {.given = e ? e->message : NULL};
  support_add(&out, out.given);
  return out;
}

/* ---- is it well-formed? -------------------------------------------------------------------------------- */

static const char *support_fault(const support *x) {
  if (x->is_deprecated && x->deprecated < x->introduced) return "was deprecated before it was introduced.";
  if (x->is_deprecated && !x->warning) return "is deprecated but does not specify a deprecation warning.";
  if (!x->is_deprecated && x->warning)
    return "specifies a deprecation warning but is not marked deprecated in any edition.";
  if (!x->is_removed)
    return x->removal ? "specifies a removal error but is not marked removed in any edition." : NULL;
  if (x->deprecated >= x->removed) return "was deprecated after it was removed.";
  if (x->removed < x->introduced) return "was removed before it was introduced.";
  if (x->introduced != x->removed && !x->removal)
    return "has been removed but does not specify a removal error.";
  return NULL;
}

static bool report_fault(weir_schema *s, const weir_def *at, const weir_def *of, const support *x) {
  const char *fault = support_fault(x);
  if (fault) weir_schema_error(s, at->file, at->name_pos, WEIR_FMT " %s", WEIR_ARG(of->full_name), fault);
  return fault != NULL;
}

/* A value may live shorter than the field that takes it. */
static bool report_value(weir_schema *s, const weir_def_field *f, const support *field, const weir_def *value) {
  support own = support_of(value);
  if (!own.given || !field->given) return false;
  support merged = *field;
  support_add(&merged, own.given);
  if (report_fault(s, &f->def, value, &merged)) return true;
  const char *fault = merged.introduced < field->introduced                  ? "was introduced before"
                      : field->is_removed && merged.removed > field->removed ? "was removed after"
                      : field->is_deprecated && merged.deprecated > field->deprecated ? "was deprecated after"
                                                                                      : NULL;
  if (fault)
    weir_schema_error(s, f->def.file, f->def.name_pos, "value " WEIR_FMT " %s " WEIR_FMT " was.",
                      WEIR_ARG(value->full_name), fault, WEIR_ARG(f->def.full_name));
  return fault != NULL;
}

void weir_check_feature_support(weir_schema *s, const weir_def *d) {
  support x = support_of(d);
  if (report_fault(s, d, d, &x) || d->kind != WEIR_DEF_FIELD) return;
  const weir_def_field *f = (const weir_def_field *)(const void *)d;
  for (uint32_t i = 0; x.given && f->enumeration && i < f->enumeration->values.len; i++)
    if (report_value(s, f, &x, &f->enumeration->values.data[i]->def)) return;
}

/* ---- is it used in its time? --------------------------------------------------------------------------- */

typedef struct lifetimes {
  weir_schema *schema;
  const weir_def *owner;
  bool warnings; /* or errors: those of an element come first */
} lifetimes;

static weir_str text_of(const weir_value_entry *e) { return e ? e->text : WEIR_STR(""); }

static weir_pos place_of(const weir_def *d) {
  return d->kind == WEIR_DEF_FILE && d->file->has_package ? d->file->package_pos : d->name_pos;
}

static void check_support(lifetimes *t, const weir_def *d) {
  weir_schema *s = t->schema;
  const weir_def_file *file = t->owner->file;
  support x = support_of(d);
  if (!x.given) return;
  bool removed = x.is_removed && file->edition >= x.removed;
  if (!t->warnings && file->edition < x.introduced)
    weir_schema_error(s, file, place_of(t->owner),
                      WEIR_FMT " wasn't introduced until edition " WEIR_FMT
                               " and can't be used in edition " WEIR_FMT,
                      WEIR_ARG(d->full_name), WEIR_ARG(weir_edition_name(s, x.introduced)),
                      WEIR_ARG(weir_edition_name(s, file->edition)));
  if (!t->warnings && removed)
    weir_schema_error(s, file, place_of(t->owner),
                      WEIR_FMT " has been removed in edition " WEIR_FMT "%s" WEIR_FMT, WEIR_ARG(d->full_name),
                      WEIR_ARG(weir_edition_name(s, x.removed)), x.removal ? ": " : "",
                      WEIR_ARG(text_of(x.removal)));
  if (t->warnings && !removed && x.is_deprecated && file->edition >= x.deprecated)
    weir_schema_warning(
        s, file, place_of(t->owner), WEIR_FMT " has been deprecated in edition " WEIR_FMT ": " WEIR_FMT,
        WEIR_ARG(d->full_name), WEIR_ARG(weir_edition_name(s, x.deprecated)), WEIR_ARG(text_of(x.warning)));
}

static int compare_numbers(const void *a, const void *b) {
  const weir_value_entry *x = *(const weir_value_entry *const *)a, *y = *(const weir_value_entry *const *)b;
  if (x->field->number != y->field->number) return x->field->number < y->field->number ? -1 : 1;
  return (x > y) - (x < y);
}

static const weir_def *named_value(const weir_value_entry *e) {
  for (uint32_t i = 0; i < e->field->enumeration->values.len; i++)
    if (e->field->enumeration->values.data[i]->number == (int32_t)e->bits)
      return &e->field->enumeration->values.data[i]->def;
  return NULL;
}

/* Fields by their numbers: what they hold, then the field itself. */
static void check_value(lifetimes *t, const weir_value *v, bool skip_features) {
  const weir_value_entry **order = weir_schema_alloc(t->schema, (v->entries.len + 1) * sizeof *order);
  for (uint32_t i = 0; i < v->entries.len; i++) order[i] = &v->entries.data[i];
  qsort(order, v->entries.len, sizeof *order, compare_numbers);
  for (uint32_t i = 0; i < v->entries.len; i++) {
    const weir_value_entry *e = order[i];
    bool is_features = !e->field->extendee && weir_str_eq(e->field->def.name, WEIR_STR("features"));
    bool is_ctype = !e->field->extendee && weir_str_eq(e->field->def.name, WEIR_STR("ctype"));
    if (skip_features && (is_features || is_ctype)) continue;
    if (e->message) check_value(t, e->message, false);
    const weir_def *value = e->field->enumeration ? named_value(e) : NULL;
    if (value) check_support(t, value);
    if (i + 1 < v->entries.len && order[i + 1]->field == e->field) continue; /* once, behind its last value */
    check_support(t, &e->field->def);
  }
}

static void check_values(lifetimes *t, const weir_value *v, bool skip_features) {
  t->warnings = false;
  check_value(t, v, skip_features);
  t->warnings = true;
  if (weir_map_get(&t->schema->inputs, t->owner->file->def.name)) check_value(t, v, skip_features);
}

static void check_def(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  if (!d->options.value) return;
  lifetimes t = {.schema = s, .owner = d};
  const weir_value_entry *features = weir_value_get(d->options.value, "features");
  if (features) check_values(&t, features->message, false);
  check_values(&t, d->options.value, true);
}

void weir_link_lifetimes(weir_schema *s, weir_def_file *file) { weir_walk(s, file, check_def, NULL); }
