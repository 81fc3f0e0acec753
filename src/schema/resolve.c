/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* resolve.c - finds what names mean. */
#include "schema/advise.h"
#include "schema/feature.h"
#include "schema/link.h"
#include "schema/token.h"

/* ---- look-up ------------------------------------------------------------------------------------------- */

static bool in_package(const weir_def_file *file, weir_str package) {
  return file->package.len >= package.len && memcmp(file->package.data, package.data, package.len) == 0 &&
         (file->package.len == package.len || file->package.data[package.len] == '.');
}

/* A package is seen if this file or one it sees lies in it, whichever file declared it first. */
static bool sees_package(const weir_def_file *file, weir_str package) {
  if (in_package(file, package)) return true;
  for (uint32_t i = 0; i < file->visible.len; i++)
    if (in_package(file->visible.data[i], package)) return true;
  return false;
}

void weir_link_touch(weir_schema *s, const weir_def *d) {
  if (d && d->kind != WEIR_DEF_PACKAGE && (d->file->mark == s->mark || d->file->option_mark == s->mark))
    d->file->used = true;
}

weir_def *weir_link_find(weir_schema *s, weir_def_file *file, weir_str full_name, weir_lookup *l) {
  weir_def *d = weir_schema_symbol(s, full_name);
  if (!d) return NULL;
  weir_link_touch(s, d);
  if (d->file->mark == s->mark || (d->file->option_mark == s->mark && d->kind == WEIR_DEF_FIELD)) return d;
  if (d->kind == WEIR_DEF_PACKAGE && sees_package(file, full_name)) return d;
  l->undeclared = d;
  l->undeclared_name = weir_schema_dup(s, full_name);
  return NULL;
}

static bool holds_names(const weir_def *d) {
  return d->kind == WEIR_DEF_PACKAGE || d->kind == WEIR_DEF_MESSAGE || d->kind == WEIR_DEF_ENUM ||
         d->kind == WEIR_DEF_SERVICE;
}

static size_t last_dot(const char *text, size_t len) {
  while (len && text[len - 1] != '.') len--;
  return len ? len - 1 : SIZE_MAX;
}

/* One scope: true if it decides, with *l filled in. `path` has room for scope, dot and name. */
static bool lookup_in(weir_schema *s, weir_def_file *file, weir_lookup *l, char *path, size_t scope_len,
                      weir_str name, size_t first_len, bool types_only) {
  path[scope_len] = '.';
  memcpy(path + scope_len + 1, name.data, name.len);
  weir_def *d = weir_link_find(s, file, (weir_str){path, scope_len + 1 + first_len}, l);
  if (!d) return false;
  if (first_len == name.len) {
    l->found = d;
    return !types_only || weir_def_is_type(d);
  }
  if (!holds_names(d)) return false;
  weir_str whole = {path, scope_len + 1 + name.len};
  l->found = weir_link_find(s, file, whole, l);
  if (!l->found) l->shadowed = weir_schema_dup(s, whole);
  return true;
}

weir_lookup weir_link_lookup(weir_schema *s, weir_def_file *file, weir_str name, weir_str scope,
                             bool types_only) {
  weir_lookup l = {0};
  if (name.len && name.data[0] == '.') {
    l.found = weir_link_find(s, file, (weir_str){name.data + 1, name.len - 1}, &l);
    return l;
  }
  size_t first_len = 0;
  while (first_len < name.len && name.data[first_len] != '.') first_len++;
  char *path = weir_schema_alloc(s, scope.len + name.len + 2);
  memcpy(path, scope.data, scope.len);
  for (size_t len = last_dot(path, scope.len); len != SIZE_MAX; len = last_dot(scope.data, len)) {
    if (lookup_in(s, file, &l, path, len, name, first_len, types_only)) return l;
    l.found = NULL;
  }
  l.found = weir_link_find(s, file, name, &l);
  return l;
}

void weir_link_not_defined(weir_schema *s, weir_def_file *file, weir_pos pos, weir_str name,
                           const weir_lookup *l) {
  if (!l->undeclared && !l->shadowed.len) {
    weir_schema_error(s, file, pos, "\"" WEIR_FMT "\" is not defined.", WEIR_ARG(name));
    weir_advise_type(s, file, name);
  }
  if (l->undeclared) {
    weir_schema_error(
        s, file, pos,
        "\"" WEIR_FMT "\" seems to be defined in \"" WEIR_FMT "\", which is not imported by \"" WEIR_FMT
        "\".  To use it here, please add the necessary import.",
        WEIR_ARG(l->undeclared_name), WEIR_ARG(l->undeclared->file->def.name), WEIR_ARG(file->def.name));
    weir_schema_advise(s, "add: import \"" WEIR_FMT "\";", WEIR_ARG(l->undeclared->file->def.name));
  }
  if (l->shadowed.len)
    weir_schema_error(
        s, file, pos,
        "\"" WEIR_FMT "\" is resolved to \"" WEIR_FMT
        "\", which is not defined. The innermost scope is searched first in name resolution. Consider "
        "using a leading '.'(i.e., \"." WEIR_FMT "\") to start from the outermost scope.",
        WEIR_ARG(name), WEIR_ARG(l->shadowed), WEIR_ARG(name));
}

/* ---- visibility: types that are local to another file (edition 2024) ------------------------------------------- */

static bool is_exported(const weir_def *d) {
  weir_visibility given = d->kind == WEIR_DEF_ENUM ? ((const weir_def_enum *)(const void *)d)->visibility
                                                   : ((const weir_def_message *)(const void *)d)->visibility;
  if (given != WEIR_VISIBILITY_UNSET) return given == WEIR_VISIBILITY_EXPORT;
  switch (d->features->value[WEIR_DEFAULT_SYMBOL_VISIBILITY]) {
  case WEIR_VISIBILITY_EXPORT_TOP_LEVEL: return !d->parent;
  case WEIR_VISIBILITY_LOCAL_ALL:
  case WEIR_VISIBILITY_STRICT: return false;
  default: return true;
  }
}

static bool sees(weir_schema *s, const weir_def_file *file, weir_pos pos, const weir_def *d,
                 const char *usage) {
  if (!weir_def_is_type(d) || d->file == file || is_exported(d)) return true;
  bool explicit = (d->kind == WEIR_DEF_ENUM
                       ? ((const weir_def_enum *)(const void *)d)->visibility
                       : ((const weir_def_message *)(const void *)d)->visibility) == WEIR_VISIBILITY_LOCAL;
  weir_str reason =
      explicit
          ? WEIR_STR("It is explicitly marked 'local'")
          : weir_schema_printf(
                s, "It defaulted to local from file-level 'option features.default_symbol_visibility = '%s';",
                weir_visibility_name(d->features->value[WEIR_DEFAULT_SYMBOL_VISIBILITY]));
  weir_schema_error(s, file, pos,
                    "Symbol \"" WEIR_FMT "\", defined in \"" WEIR_FMT "\" %s is not visible from \"" WEIR_FMT
                    "\". " WEIR_FMT " and cannot be accessed outside its own file",
                    WEIR_ARG(d->full_name), WEIR_ARG(d->file->def.name), usage, WEIR_ARG(file->def.name),
                    WEIR_ARG(reason));
  return false;
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static bool number_in(const weir_def_message *m, int32_t number) {
  for (uint32_t i = 0; i < m->extension_ranges.len; i++)
    if (number >= m->extension_ranges.data[i].start && number < m->extension_ranges.data[i].end) return true;
  return false;
}

static void resolve_extendee(weir_schema *s, weir_def_field *f) {
  weir_lookup l = weir_link_lookup(s, f->def.file, f->extendee_name, f->def.full_name, false);
  if (!l.found) {
    weir_link_not_defined(s, f->def.file, f->extendee_pos, f->extendee_name, &l);
  } else if (l.found->kind != WEIR_DEF_MESSAGE) {
    weir_schema_error(s, f->def.file, f->extendee_pos, "\"" WEIR_FMT "\" is not a message type.",
                      WEIR_ARG(f->extendee_name));
  } else if (sees(s, f->def.file, f->extendee_pos, l.found, "target of extend")) {
    f->extendee = (weir_def_message *)(void *)l.found;
    if (!number_in(f->extendee, f->number))
      weir_schema_error(s, f->def.file, f->number_pos,
                        "\"" WEIR_FMT "\" does not declare %d as an extension number.",
                        WEIR_ARG(f->extendee->def.full_name), (int)f->number);
  }
}

static weir_def_value *find_value(const weir_def_enum *e, weir_str name) {
  for (uint32_t i = 0; i < e->values.len; i++)
    if (weir_str_eq(e->values.data[i]->def.name, name)) return e->values.data[i];
  return NULL;
}

static void resolve_enum_default(weir_schema *s, weir_def_field *f) {
  if (!weir_is_identifier(f->default_text)) {
    weir_schema_error(s, f->def.file, f->default_pos,
                      "Default value for an enum field must be an identifier.");
    return;
  }
  f->default_value = find_value(f->enumeration, f->default_text);
  if (f->default_value) return;
  weir_schema_error(s, f->def.file, f->default_pos,
                    "Enum type \"" WEIR_FMT "\" has no value named \"" WEIR_FMT "\".",
                    WEIR_ARG(f->enumeration->def.full_name), WEIR_ARG(f->default_text));
  weir_advise_value(s, f->enumeration, f->default_text);
}

/* False if the name means no type: then nothing more is said about the field. */
static bool resolve_type(weir_schema *s, weir_def_field *f) {
  weir_lookup l = weir_link_lookup(s, f->def.file, f->type_name, f->def.full_name, true);
  if (!l.found) {
    weir_link_not_defined(s, f->def.file, f->type_pos, f->type_name, &l);
    return false;
  }
  if (!sees(s, f->def.file, f->type_pos, l.found, "")) return false;
  if (l.found->kind == WEIR_DEF_MESSAGE) {
    if (f->type == WEIR_TYPE_UNRESOLVED) f->type = WEIR_TYPE_MESSAGE;
    f->message = (weir_def_message *)(void *)l.found;
    if (f->has_default)
      weir_schema_error(s, f->def.file, f->default_pos, "Messages can't have default values.");
  } else if (l.found->kind == WEIR_DEF_ENUM) {
    f->type = WEIR_TYPE_ENUM;
    f->enumeration = (weir_def_enum *)(void *)l.found;
    if (f->has_default) resolve_enum_default(s, f);
  } else {
    weir_schema_error(s, f->def.file, f->type_pos, "\"" WEIR_FMT "\" is not a type.", WEIR_ARG(f->type_name));
    return false;
  }
  return true;
}

/* Extensions of one message have numbers of their own; in one file that is an error, between files a warning. */
static void claim_extension_number(weir_schema *s, weir_def_field *f) {
  weir_str key = weir_schema_printf(s, WEIR_FMT " %d", WEIR_ARG(f->extendee->def.full_name), (int)f->number);
  const weir_def_field *other = weir_schema_extension(s, f->extendee, f->number);
  if (!other) {
    weir_schema_put(s, &s->extensions, key, f);
    return;
  }
  weir_str text = weir_schema_printf(
      s, "Extension number %d has already been used in \"" WEIR_FMT "\" by extension \"" WEIR_FMT "\"",
      (int)f->number, WEIR_ARG(f->extendee->def.full_name), WEIR_ARG(other->def.full_name));
  if (other->def.file == f->def.file)
    weir_schema_error(s, f->def.file, f->number_pos, WEIR_FMT ".", WEIR_ARG(text));
  else
    weir_schema_warning(s, f->def.file, f->number_pos, WEIR_FMT " defined in " WEIR_FMT ".", WEIR_ARG(text),
                        WEIR_ARG(other->def.file->def.name));
  if (other->number_pos.line >= 0)
    weir_schema_related(s, other->def.file, other->number_pos, "the other extension is here.");
}

static int compare_ranges(const void *a, const void *b) {
  const int64_t *x = a, *y = b;
  return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

/* The lowest number that no field, extension range or reserved range holds. */
static int64_t free_number(weir_schema *s, const weir_def_message *m) {
  uint32_t n = 0;
  int64_t(*used)[2] = weir_schema_alloc(
      s, (m->fields.len + m->extension_ranges.len + m->reserved_ranges.len + 1) * sizeof *used);
  for (uint32_t i = 0; i < m->fields.len; i++, n++) used[n][0] = used[n][1] = m->fields.data[i]->number;
  for (uint32_t i = 0; i < m->extension_ranges.len; i++, n++) {
    used[n][0] = m->extension_ranges.data[i].start;
    used[n][1] = (int64_t)m->extension_ranges.data[i].end - 1;
  }
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++, n++) {
    used[n][0] = m->reserved_ranges.data[i].start;
    used[n][1] = (int64_t)m->reserved_ranges.data[i].end - 1;
  }
  qsort(used, n, sizeof *used, compare_ranges);
  int64_t number = 1;
  for (uint32_t i = 0; i < n; i++)
    if (used[i][0] <= number && number <= used[i][1]) number = used[i][1] + 1;
  return number;
}

static bool resolve_field(weir_schema *s, weir_def_field *f) {
  if (f->extendee_name.data) {
    resolve_extendee(s, f);
    if (!f->extendee) return false;
  }
  if (f->type_name.data && !resolve_type(s, f)) return false;
  if (!f->type_name.data && f->type == WEIR_TYPE_GROUP) /* map<int32, group> parses */
    weir_schema_error(s, f->def.file, f->type_pos, "Field with message or enum type missing type_name.");
  if (f->extendee) claim_extension_number(s, f);
  return true;
}

static void report_number_taken(weir_schema *s, const weir_def_message *m, const weir_def_field *f,
                                const weir_def_field *other) {
  int64_t number = free_number(s, m);
  weir_str hint = number <= WEIR_MAX_FIELD_NUMBER
                      ? weir_schema_printf(s, "Next available field number is %d", (int)number)
                      : WEIR_STR("There are no available field numbers");
  weir_schema_error(s, f->def.file, f->number_pos,
                    "Field number %d has already been used in \"" WEIR_FMT "\" by field \"" WEIR_FMT
                    "\". " WEIR_FMT ".",
                    (int)f->number, WEIR_ARG(m->def.full_name), WEIR_ARG(other->def.name), WEIR_ARG(hint));
  if (other->number_pos.line >= 0)
    weir_schema_related(s, other->def.file, other->number_pos, "\"" WEIR_FMT "\" has it here.",
                        WEIR_ARG(other->def.name));
}

static void resolve_fields(weir_schema *s, weir_def_message *m) {
  weir_map numbers;
  weir_map_init(&numbers, s->mem, 0);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    weir_def_field *f = m->fields.data[i];
    if (!resolve_field(s, f)) continue;
    weir_str key = {(const char *)&f->number, sizeof f->number};
    const weir_def_field *other = weir_map_get(&numbers, key);
    if (other)
      report_number_taken(s, m, f, other);
    else
      weir_schema_put(s, &numbers, key, f);
  }
}

/* ---- the rest ------------------------------------------------------------------------------------------ */

/* Members of a oneof stand together. */
static void check_oneofs(weir_schema *s, weir_def_message *m) {
  for (uint32_t i = 1; i < m->fields.len; i++) {
    const weir_def_oneof *o = m->fields.data[i]->oneof;
    const weir_def_field *before = m->fields.data[i - 1];
    if (!o || before->oneof == o || o->fields.data[0] == m->fields.data[i]) continue;
    weir_schema_error(s, m->def.file, before->type_pos,
                      "Fields in the same oneof must be defined consecutively. \"" WEIR_FMT
                      "\" cannot be defined before the completion of the \"" WEIR_FMT "\" oneof definition.",
                      WEIR_ARG(before->def.name), WEIR_ARG(o->def.name));
  }
  for (uint32_t i = 0; i < m->oneofs.len; i++)
    if (!m->oneofs.data[i]->fields.len)
      weir_schema_error(s, m->def.file, m->oneofs.data[i]->def.name_pos,
                        "Oneof must have at least one field.");
}

static void resolve_message(weir_schema *s, weir_def_message *m) {
  for (uint32_t i = 0; i < m->messages.len; i++) resolve_message(s, m->messages.data[i]);
  resolve_fields(s, m);
  for (uint32_t i = 0; i < m->extensions.len; i++) resolve_field(s, m->extensions.data[i]);
  check_oneofs(s, m);
}

static weir_def_message *resolve_argument(weir_schema *s, weir_def_method *m, weir_str name, weir_pos pos) {
  weir_lookup l = weir_link_lookup(s, m->def.file, name, m->def.full_name, false);
  if (!l.found) {
    weir_link_not_defined(s, m->def.file, pos, name, &l);
  } else if (l.found->kind != WEIR_DEF_MESSAGE) {
    weir_schema_error(s, m->def.file, pos, "\"" WEIR_FMT "\" is not a message type.", WEIR_ARG(name));
  } else if (sees(s, m->def.file, pos, l.found, "")) {
    return (weir_def_message *)(void *)l.found;
  }
  return NULL;
}

void weir_link_resolve(weir_schema *s, weir_def_file *file) {
  for (uint32_t i = 0; i < file->messages.len; i++) resolve_message(s, file->messages.data[i]);
  for (uint32_t i = 0; i < file->extensions.len; i++) resolve_field(s, file->extensions.data[i]);
  for (uint32_t i = 0; i < file->services.len; i++) {
    weir_def_service *service = file->services.data[i];
    for (uint32_t k = 0; k < service->methods.len; k++) {
      weir_def_method *m = service->methods.data[k];
      m->input = resolve_argument(s, m, m->input_name, m->input_pos);
      m->output = resolve_argument(s, m, m->output_name, m->output_pos);
    }
  }
}

static bool has_public_imports(const weir_def_file *file) {
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (file->imports.data[i].is_public) return true;
  return false;
}

void weir_link_unused_imports(weir_schema *s, weir_def_file *file) {
  if (!weir_map_get(&s->inputs, file->def.name)) return;
  for (uint32_t i = 0; i < file->imports.len; i++) {
    const weir_import *import = &file->imports.data[i];
    if (import->is_public || import->file->used || has_public_imports(import->file)) continue;
    weir_schema_warning(s, file, import->pos, "Import " WEIR_FMT " is unused.", WEIR_ARG(import->name));
    weir_schema_advise(s, "nothing of it is named here: the line can go.");
  }
}
