/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* style.c - what later editions ask for beyond meaning: how names look (features.enforce_naming_style), how large things may
 * grow (features.enforce_proto_limits), and what may be exported (features.default_symbol_visibility). */
#include "schema/feature.h"
#include "schema/link.h"
#include "schema/walk.h"

/* ---- naming style -------------------------------------------------------------------------------------- */

#define OPT_OUT            " (features.enforce_naming_style = STYLE_LEGACY can be used to opt out of this check)"
#define OPT_OUT_COLLISIONS " (features.enforce_naming_style = STYLE2024 can be used to opt out of this check)"

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* An underscore stands between words, and a word begins with a letter. */
static bool has_bad_underscores(weir_str name) {
  if (name.data[0] == '_' || name.data[name.len - 1] == '_') return true;
  for (size_t i = 1; i < name.len; i++)
    if (name.data[i - 1] == '_' && !is_lower(name.data[i]) && !is_upper(name.data[i])) return true;
  return false;
}

static const char *title_case_fault(weir_str name) {
  for (size_t i = 0; i < name.len; i++)
    if (!is_lower(name.data[i]) && !is_upper(name.data[i]) && !is_digit(name.data[i]))
      return "should be TitleCase";
  return is_upper(name.data[0]) ? NULL : "should begin with a capital letter";
}

static const char *lower_snake_fault(weir_str name) {
  for (size_t i = 0; i < name.len; i++)
    if (!is_lower(name.data[i]) && !is_digit(name.data[i]) && name.data[i] != '_' && name.data[i] != '.')
      return "should be lower_snake_case";
  if (!is_lower(name.data[0])) return "should begin with a lower case letter";
  return has_bad_underscores(name) ? "contains style violating underscores" : NULL;
}

static const char *upper_snake_fault(weir_str name) {
  for (size_t i = 0; i < name.len; i++)
    if (!is_upper(name.data[i]) && !is_digit(name.data[i]) && name.data[i] != '_')
      return "should be UPPER_SNAKE_CASE";
  if (!is_upper(name.data[0])) return "should begin with an upper case letter";
  return has_bad_underscores(name) ? "contains style violating underscores" : NULL;
}

static void check_case(weir_schema *s, const weir_def *d, weir_str name, const char *what, const char *fault) {
  if (fault)
    weir_schema_error(s, d->file, d->kind == WEIR_DEF_FILE ? d->file->package_pos : d->name_pos,
                      "%s name " WEIR_FMT " %s" OPT_OUT, what, WEIR_ARG(name), fault);
}

/* The members of the message that was last asked for, by name. */
typedef struct members {
  const weir_def_message *of;
  weir_map names;
} members;

static bool has_member(weir_schema *s, members *known, const weir_def_message *m, weir_str name) {
  if (known->of != m) {
    known->of = m;
    weir_map_init(&known->names, s->mem, 0);
    for (uint32_t i = 0; i < m->fields.len; i++)
      weir_schema_put(s, &known->names, m->fields.data[i]->def.name, m->fields.data[i]);
    for (uint32_t i = 0; i < m->oneofs.len; i++)
      weir_schema_put(s, &known->names, m->oneofs.data[i]->def.name, m->oneofs.data[i]);
  }
  return weir_map_get(&known->names, name) != NULL;
}

/* Names that generated code gives to functions of another member. */
static void check_collisions(weir_schema *s, members *known, const weir_def *d, const weir_def_message *m,
                             const char *what) {
  static const char *const prefixes[] = {"clear_", "get_", "has_", "set_"};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    size_t len = strlen(prefixes[i]);
    if (d->name.len < len || memcmp(d->name.data, prefixes[i], len) != 0) continue;
    weir_str rest = {d->name.data + len, d->name.len - len};
    if (!has_member(s, known, m, rest)) continue;
    weir_schema_error(s, d->file, d->name_pos,
                      "%s name " WEIR_FMT " should not begin with %s if a field named " WEIR_FMT
                      " exists. This can cause collisions in generated code." OPT_OUT_COLLISIONS,
                      what, WEIR_ARG(d->name), prefixes[i], WEIR_ARG(rest));
    return;
  }
  weir_str rest = {d->name.data, d->name.len > 6 ? d->name.len - 6 : 0};
  if (rest.len && memcmp(d->name.data + rest.len, "_value", 6) == 0 && has_member(s, known, m, rest)) {
    weir_schema_error(s, d->file, d->name_pos,
                      "%s name " WEIR_FMT " should not end with _value if a field named " WEIR_FMT
                      " exists. This can cause collisions in generated code." OPT_OUT_COLLISIONS,
                      what, WEIR_ARG(d->name), WEIR_ARG(rest));
    return;
  }
  if (weir_str_eq(d->name, WEIR_STR("descriptor")))
    weir_schema_error(
        s, d->file, d->name_pos,
        "%s name descriptor should not be named descriptor. This can cause collisions in generated "
        "code." OPT_OUT_COLLISIONS,
        what);
}

static void check_style(weir_schema *s, weir_def *d, void *ctx) {
  members *known = ctx;
  int style = d->features->value[WEIR_ENFORCE_NAMING_STYLE];
  if (style == WEIR_STYLE_LEGACY) return;
  const weir_def_message *parent = NULL;
  switch (d->kind) {
  case WEIR_DEF_FILE:
    if (d->file->package.len)
      check_case(s, d, d->file->package, "Package", lower_snake_fault(d->file->package));
    return;
  case WEIR_DEF_MESSAGE: check_case(s, d, d->name, "Message", title_case_fault(d->name)); return;
  case WEIR_DEF_ENUM: check_case(s, d, d->name, "Enum", title_case_fault(d->name)); return;
  case WEIR_DEF_SERVICE: check_case(s, d, d->name, "Service", title_case_fault(d->name)); return;
  case WEIR_DEF_METHOD: check_case(s, d, d->name, "Method", title_case_fault(d->name)); return;
  case WEIR_DEF_VALUE: check_case(s, d, d->name, "Enum value", upper_snake_fault(d->name)); return;
  case WEIR_DEF_ONEOF:
    check_case(s, d, d->name, "Oneof", lower_snake_fault(d->name));
    parent = (const weir_def_message *)(const void *)d->parent;
    break;
  case WEIR_DEF_FIELD: {
    const weir_def_field *f = (const weir_def_field *)(const void *)d;
    check_case(s, d, d->name, "Field", lower_snake_fault(d->name));
    parent = f->extendee ? f->extendee : (const weir_def_message *)(const void *)d->parent;
    break;
  }
  default: return;
  }
  if (style == WEIR_STYLE_2026)
    check_collisions(s, known, d, parent, d->kind == WEIR_DEF_ONEOF ? "Oneof" : "Field");
}

/* ---- limits of edition 2026 ---------------------------------------------------------------------------- */

#define MAX_FIELDS       1500 /* of a message */
#define MAX_ONEOFS       1000
#define MAX_ONEOF_FIELDS 1200
#define MAX_VALUES       1700

static void check_limit(weir_schema *s, const weir_def *d, const char *what, uint32_t n, uint32_t max,
                        const char *of) {
  if (n > max)
    weir_schema_error(s, d->file, d->name_pos,
                      "%s name " WEIR_FMT
                      " should not contain more than %u %s (features.enforce_proto_limits = "
                      "LEGACY_NO_EXPLICIT_LIMITS can be used to opt out of this check)",
                      what, WEIR_ARG(d->name), (unsigned)max, of);
}

static void check_limits(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  if (d->features->value[WEIR_ENFORCE_PROTO_LIMITS] == WEIR_LIMITS_LEGACY) return;
  if (d->kind == WEIR_DEF_MESSAGE) {
    const weir_def_message *m = (const weir_def_message *)(const void *)d;
    check_limit(s, d, "Message", m->fields.len, MAX_FIELDS, "fields");
    check_limit(s, d, "Message", m->oneofs.len, MAX_ONEOFS, "oneofs");
  } else if (d->kind == WEIR_DEF_ONEOF) {
    check_limit(s, d, "Oneof", ((const weir_def_oneof *)(const void *)d)->fields.len, MAX_ONEOF_FIELDS,
                "fields");
  } else if (d->kind == WEIR_DEF_ENUM) {
    check_limit(s, d, "Enum", ((const weir_def_enum *)(const void *)d)->values.len, MAX_VALUES, "values");
  }
}

/* ---- visibility ---------------------------------------------------------------------------------------- */

static bool defaults_to_local(const weir_def_file *file) {
  int given = file->def.features->value[WEIR_DEFAULT_SYMBOL_VISIBILITY];
  return given == WEIR_VISIBILITY_STRICT || given == WEIR_VISIBILITY_LOCAL_ALL;
}

/* `local message M { export enum E {...} reserved 1 to max; }`: nothing but a namespace for enums. */
static bool is_namespace(const weir_def_message *m) {
  bool local = m->visibility == WEIR_VISIBILITY_LOCAL ||
               (m->visibility == WEIR_VISIBILITY_UNSET && defaults_to_local(m->def.file));
  return !m->def.parent && local && m->reserved_ranges.len == 1 && m->reserved_ranges.data[0].start == 1 &&
         m->reserved_ranges.data[0].end == WEIR_MAX_FIELD_NUMBER + 1;
}

static bool is_strict(const weir_def *d) {
  return d->features->value[WEIR_DEFAULT_SYMBOL_VISIBILITY] == WEIR_VISIBILITY_STRICT;
}

static void check_nested_message(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  if (d->kind != WEIR_DEF_MESSAGE || !d->parent || !is_strict(d)) return;
  if (((const weir_def_message *)(const void *)d)->visibility == WEIR_VISIBILITY_EXPORT)
    weir_schema_error(
        s, d->file, d->name_pos,
        "\"" WEIR_FMT "\" is a nested message and cannot be `export` with STRICT "
        "default_symbol_visibility. It must be moved to top-level, ideally in its own file in order to "
        "be `export`.",
        WEIR_ARG(d->full_name));
}

static void check_nested_enum(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  if (d->kind != WEIR_DEF_ENUM || !d->parent || !is_strict(d)) return;
  const weir_def_enum *e = (const weir_def_enum *)(const void *)d;
  if (e->visibility != WEIR_VISIBILITY_EXPORT ||
      is_namespace((const weir_def_message *)(const void *)d->parent))
    return;
  weir_schema_error(
      s, d->file, d->name_pos,
      "\"" WEIR_FMT "\" is a nested enum and cannot be marked `export` with STRICT "
      "default_symbol_visibility. It must be moved to top-level, ideally in its own file in order to be "
      "`export`. For C++ namespacing of enums in a messages use: `local message <OuterNamespace> { export "
      "enum " WEIR_FMT " {...} reserved 1 to max; }`",
      WEIR_ARG(d->full_name), WEIR_ARG(d->full_name));
}

/* ---- all ----------------------------------------------------------------------------------------------- */

void weir_link_style(weir_schema *s, weir_def_file *file) {
  uint32_t before = s->report.errors;
  members known = {0};
  weir_walk(s, file, check_style, &known);
  if (s->report.errors == before) weir_walk(s, file, check_limits, NULL);
  if (s->report.errors != before) return;
  weir_walk(s, file, check_nested_message, NULL);
  weir_walk(s, file, check_nested_enum, NULL);
}
