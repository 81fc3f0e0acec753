/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* declare.c - gives everything its full name, enters it in the symbol table, and checks what can be checked
 * without knowing what names mean. */
#include "schema/link.h"

#include "schema/text.h"

/* ---- names --------------------------------------------------------------------------------------------- */

static weir_str join(weir_schema *s, weir_str scope, weir_str name) {
  return scope.len ? weir_schema_printf(s, WEIR_FMT "." WEIR_FMT, WEIR_ARG(scope), WEIR_ARG(name)) : name;
}

static size_t last_dot(weir_str name) {
  size_t at = name.len;
  while (at && name.data[at - 1] != '.') at--;
  return at ? at - 1 : SIZE_MAX;
}

/* `option () = 1;` parses. */
static void check_options(weir_schema *s, const weir_def *d) {
  for (uint32_t i = 0; i < d->options.list.len; i++) {
    const weir_option *o = &d->options.list.data[i];
    for (uint32_t k = 0; k < o->name.len; k++) {
      if (o->name.data[k].name.len) continue;
      weir_schema_error(s, d->file, o->name_pos, "Uninterpreted option is missing name or value.");
      return;
    }
  }
}

/* False if the name is taken. */
static bool declare(weir_schema *s, weir_def *d) {
  const weir_def *other = weir_schema_symbol(s, d->full_name);
  if (!other) {
    weir_schema_put(s, &s->symbols, d->full_name, d);
    return true;
  }
  size_t dot = last_dot(d->full_name);
  weir_str name = d->full_name;
  if (other->file != d->file) {
    weir_schema_error(s, d->file, d->name_pos, "\"" WEIR_FMT "\" is already defined in file \"" WEIR_FMT "\".",
                      WEIR_ARG(name), WEIR_ARG(other->file->def.name));
  } else if (dot == SIZE_MAX) {
    weir_schema_error(s, d->file, d->name_pos, "\"" WEIR_FMT "\" is already defined.", WEIR_ARG(name));
  } else {
    weir_schema_error(s, d->file, d->name_pos, "\"" WEIR_FMT "\" is already defined in \"" WEIR_FMT "\".",
                      (int)(name.len - dot - 1), name.data + dot + 1, (int)dot, name.data);
  }
  if (other->name_pos.line >= 0)
    weir_schema_related(s, other->file, other->name_pos, "the other \"" WEIR_FMT "\" is here.",
                        WEIR_ARG(d->name));
  return false;
}

/* "a.b.c" declares a.b.c, a.b and a. */
static void declare_package(weir_schema *s, weir_def_file *file, weir_str name) {
  while (name.len) {
    const weir_def *other = weir_schema_symbol(s, name);
    if (other) {
      if (other->kind != WEIR_DEF_PACKAGE)
        weir_schema_error(s, file, file->package_pos,
                          "\"" WEIR_FMT
                          "\" is already defined (as something other than a package) in file \"" WEIR_FMT
                          "\".",
                          WEIR_ARG(name), WEIR_ARG(other->file->def.name));
      return;
    }
    weir_def *d = weir_schema_alloc(s, sizeof *d);
    *d = (weir_def){.kind = WEIR_DEF_PACKAGE, .name = name, .full_name = name, .file = file};
    weir_schema_put(s, &s->symbols, name, d);
    size_t dot = last_dot(name);
    name.len = dot == SIZE_MAX ? 0 : dot;
  }
}

/* ---- hints: numbers still free, told once per message ------------------------------------------------------ */

typedef struct hints {
  int wanted;
  weir_pos pos; /* of the first mistake */
} hints;

static void want_hint(hints *h, weir_pos pos, int count) {
  if (!h->wanted) h->pos = pos;
  h->wanted = count > 3 || h->wanted > 3 ? 3 : h->wanted + count;
}

typedef struct span {
  int64_t from, to; /* exclusive */
} span;

static int compare_spans(const void *a, const void *b) {
  const span *x = a, *y = b;
  return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : (x->to > y->to) - (x->to < y->to);
}

static span clamp(int64_t from, int64_t to) {
  int64_t most = WEIR_MAX_FIELD_NUMBER + 1;
  return (span){from < 0 ? 0 : from > most ? most : from, to < 0 ? 0 : to > most ? most : to};
}

static uint32_t used_spans(const weir_def_message *m, span *out) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < m->fields.len; i++)
    out[n++] = clamp(m->fields.data[i]->number, (int64_t)m->fields.data[i]->number + 1);
  for (uint32_t i = 0; i < m->extensions.len; i++)
    out[n++] = clamp(m->extensions.data[i]->number, (int64_t)m->extensions.data[i]->number + 1);
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++)
    out[n++] = clamp(m->reserved_ranges.data[i].start, m->reserved_ranges.data[i].end);
  for (uint32_t i = 0; i < m->extension_ranges.len; i++)
    out[n++] = clamp(m->extension_ranges.data[i].start, m->extension_ranges.data[i].end);
  out[n++] = (span){WEIR_MAX_FIELD_NUMBER, WEIR_MAX_FIELD_NUMBER + 1};
  out[n++] = (span){WEIR_FIRST_RESERVED_NUMBER, WEIR_LAST_RESERVED_NUMBER};
  qsort(out, n, sizeof *out, compare_spans);
  return n;
}

static void give_hints(weir_schema *s, const weir_def_message *m, const hints *h) {
  if (!h->wanted) return;
  int left = h->wanted < 3 ? h->wanted : 3;
  size_t most =
      (size_t)m->fields.len + m->extensions.len + m->reserved_ranges.len + m->extension_ranges.len + 2;
  span *used = weir_schema_alloc(s, most * sizeof *used);
  uint32_t n = used_spans(m, used);
  char list[64] = "";
  size_t len = 0;
  int64_t number = 1;
  for (uint32_t i = 0; i < n && left; i++) {
    for (; number < used[i].from && left; number++, left--)
      len += (size_t)snprintf(list + len, sizeof list - len, "%s%d", len ? ", " : "", (int)number);
    if (used[i].to > number) number = used[i].to;
  }
  weir_schema_error(s, m->def.file, h->pos, "Suggested field numbers for " WEIR_FMT ": %s",
                    WEIR_ARG(m->def.full_name), list);
}

/* ---- enums --------------------------------------------------------------------------------------------- */

static void declare_value(weir_schema *s, weir_def_enum *e, weir_def_value *v) {
  weir_str name = e->def.full_name; /* values are siblings of their enum */
  size_t dot = last_dot(name);
  name.len = dot == SIZE_MAX ? 0 : dot;
  v->def.full_name = join(s, name, v->def.name);
  check_options(s, &v->def);
  if (declare(s, &v->def)) return;
  for (uint32_t i = 0; e->values.data[i] != v; i++) /* twice in one enum needs no explanation */
    if (weir_str_eq(e->values.data[i]->def.name, v->def.name)) return;
  weir_str scope =
      name.len ? weir_schema_printf(s, "\"" WEIR_FMT "\"", WEIR_ARG(name)) : WEIR_STR("the global scope");
  weir_schema_error(
      s, v->def.file, v->def.name_pos,
      "Note that enum values use C++ scoping rules, meaning that enum values are siblings of their type, "
      "not children of it.  Therefore, \"" WEIR_FMT "\" must be unique within " WEIR_FMT
      ", not just within \"" WEIR_FMT "\".",
      WEIR_ARG(v->def.name), WEIR_ARG(scope), WEIR_ARG(e->def.name));
}

/* A name reserved twice is shown at the declaration, as protoc does. */
static void check_reserved_names(weir_schema *s, const weir_def *d, weir_map *names,
                                 const weir_reserved_name *list, uint32_t len, const char *what) {
  weir_map_init(names, s->mem, 0);
  for (uint32_t i = 0; i < len; i++) {
    if (weir_map_get(names, list[i].name))
      weir_schema_error(s, d->file, d->name_pos, "%s \"" WEIR_FMT "\" is reserved multiple times.", what,
                        WEIR_ARG(list[i].name));
    if (list[i].name.data) weir_schema_put(s, names, list[i].name, names);
  }
}

static void report_reserved_name(weir_schema *s, const weir_def *d, const char *what,
                                 const weir_reserved_name *list, uint32_t len) {
  weir_schema_error(s, d->file, d->name_pos, "%s \"" WEIR_FMT "\" is reserved.", what, WEIR_ARG(d->name));
  for (uint32_t i = 0; i < len; i++)
    if (weir_str_eq(list[i].name, d->name) && list[i].pos.line >= 0) {
      weir_schema_related(s, d->file, list[i].pos, "it is reserved here.");
      return;
    }
}

static void check_enum_reserved(weir_schema *s, weir_def_enum *e) {
  for (uint32_t i = 0; i < e->reserved_ranges.len; i++)
    for (uint32_t k = i + 1; k < e->reserved_ranges.len; k++) {
      const weir_range *a = &e->reserved_ranges.data[i], *b = &e->reserved_ranges.data[k];
      if (a->end >= b->start && b->end >= a->start)
        weir_schema_error(s, e->def.file, a->def.name_pos,
                          "Reserved range %d to %d overlaps with already-defined range %d to %d.",
                          (int)b->start, (int)b->end, (int)a->start, (int)a->end);
    }
  weir_map names;
  check_reserved_names(s, &e->def, &names, e->reserved_names.data, e->reserved_names.len, "Enum value");
  for (uint32_t i = 0; i < e->values.len; i++) {
    const weir_def_value *v = e->values.data[i];
    for (uint32_t k = 0; k < e->reserved_ranges.len; k++) {
      const weir_range *r = &e->reserved_ranges.data[k];
      if (r->start <= v->number && v->number <= r->end)
        weir_schema_error(s, e->def.file, r->def.name_pos,
                          "Enum value \"" WEIR_FMT "\" uses reserved number %d.", WEIR_ARG(v->def.name),
                          (int)v->number);
      else
        continue;
      weir_schema_related(s, e->def.file, v->number_pos, "the value is here.");
    }
    if (weir_map_get(&names, v->def.name))
      report_reserved_name(s, &v->def, "Enum value", e->reserved_names.data, e->reserved_names.len);
  }
}

static void declare_enum(weir_schema *s, weir_str scope, weir_def_enum *e) {
  e->def.full_name = join(s, scope, e->def.name);
  if (!e->values.len)
    weir_schema_error(s, e->def.file, e->def.name_pos, "Enums must contain at least one value.");
  for (uint32_t i = 0; i < e->values.len; i++) declare_value(s, e, e->values.data[i]);
  for (uint32_t i = 0; i < e->reserved_ranges.len; i++)
    if (e->reserved_ranges.data[i].start > e->reserved_ranges.data[i].end)
      weir_schema_error(s, e->def.file, e->reserved_ranges.data[i].def.name_pos,
                        "Reserved range end number must be greater than start number.");
  check_options(s, &e->def);
  declare(s, &e->def);
  check_enum_reserved(s, e);
}

/* ---- fields -------------------------------------------------------------------------------------------- */

static void declare_field(weir_schema *s, weir_str scope, weir_def_field *f, hints *h) {
  f->def.full_name = join(s, scope, f->def.name);
  if (!f->has_json_name) f->json_name = weir_text_json_name(s, f->def.name);
  bool is_extension = f->extendee_name.data != NULL;
  if (f->label == WEIR_LABEL_REQUIRED && is_extension)
    weir_schema_error(s, f->def.file, f->type_pos, "The extension " WEIR_FMT " cannot be required.",
                      WEIR_ARG(f->def.full_name));
  if (f->has_default && f->label == WEIR_LABEL_REPEATED)
    weir_schema_error(s, f->def.file, f->default_pos, "Repeated fields can't have default values.");
  if (f->number <= 0) {
    if (h) want_hint(h, f->number_pos, 1);
    weir_schema_error(s, f->def.file, f->number_pos, "Field numbers must be positive integers.");
  } else if (!is_extension && f->number > WEIR_MAX_FIELD_NUMBER) {
    want_hint(h, f->number_pos, 1);
    weir_schema_error(s, f->def.file, f->number_pos, "Field numbers cannot be greater than %d.",
                      WEIR_MAX_FIELD_NUMBER);
  }
  check_options(s, &f->def);
  declare(s, &f->def);
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static void check_range(weir_schema *s, const weir_def_message *m, const weir_range *r, const char *what,
                        hints *h) {
  if (r->start <= 0) {
    want_hint(h, r->def.name_pos, r->end > r->start ? r->end - r->start : 1);
    weir_schema_error(s, m->def.file, r->def.name_pos, "%s numbers must be positive integers.", what);
  }
  if (r->start >= r->end)
    weir_schema_error(s, m->def.file, r->def.name_pos,
                      "%s range end number must be greater than start number.", what);
  check_options(s, &r->def);
}

static bool overlap(const weir_range *a, const weir_range *b) {
  return a->end > b->start && b->end > a->start;
}

static void report_overlap(weir_schema *s, const weir_range *at, const char *what, const weir_range *first,
                           const char *with, const weir_range *second) {
  weir_schema_error(s, at->def.file, at->def.name_pos, "%s range %d to %d overlaps with %s range %d to %d.",
                    what, (int)first->start, (int)first->end - 1, with, (int)second->start,
                    (int)second->end - 1);
}

static void check_field_numbers(weir_schema *s, const weir_def_message *m, const weir_def_field *f, hints *h) {
  for (uint32_t k = 0; k < m->extension_ranges.len; k++) {
    const weir_range *r = &m->extension_ranges.data[k];
    if (f->number < r->start || f->number >= r->end) continue;
    want_hint(h, r->def.name_pos, 1);
    weir_schema_error(s, m->def.file, r->def.name_pos,
                      "Extension range %d to %d includes field \"" WEIR_FMT "\" (%d).", (int)r->start,
                      (int)r->end - 1, WEIR_ARG(f->def.name), (int)f->number);
    weir_schema_related(s, m->def.file, f->number_pos, "the field is here.");
  }
  for (uint32_t k = 0; k < m->reserved_ranges.len; k++) {
    const weir_range *r = &m->reserved_ranges.data[k];
    if (f->number < r->start || f->number >= r->end) continue;
    want_hint(h, r->def.name_pos, 1);
    weir_schema_error(s, m->def.file, r->def.name_pos, "Field \"" WEIR_FMT "\" uses reserved number %d.",
                      WEIR_ARG(f->def.name), (int)f->number);
    weir_schema_related(s, m->def.file, f->number_pos, "the field is here.");
  }
}

static void check_extension_overlaps(weir_schema *s, const weir_def_message *m) {
  for (uint32_t i = 0; i < m->extension_ranges.len; i++) {
    const weir_range *r = &m->extension_ranges.data[i];
    for (uint32_t k = 0; k < m->reserved_ranges.len; k++)
      if (overlap(r, &m->reserved_ranges.data[k]))
        report_overlap(s, r, "Extension", r, "reserved", &m->reserved_ranges.data[k]);
    for (uint32_t k = i + 1; k < m->extension_ranges.len; k++)
      if (overlap(r, &m->extension_ranges.data[k]))
        report_overlap(s, r, "Extension", &m->extension_ranges.data[k], "already-defined", r);
  }
}

#define MAX_FIELDS 65535 /* of a message: what the other implementations can index */

static void check_ranges(weir_schema *s, const weir_def_message *m, hints *h) {
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++)
    for (uint32_t k = i + 1; k < m->reserved_ranges.len; k++)
      if (overlap(&m->reserved_ranges.data[i], &m->reserved_ranges.data[k]))
        report_overlap(s, &m->reserved_ranges.data[i], "Reserved", &m->reserved_ranges.data[k],
                       "already-defined", &m->reserved_ranges.data[i]);
  weir_map names;
  check_reserved_names(s, &m->def, &names, m->reserved_names.data, m->reserved_names.len, "Field name");
  if (m->fields.len > MAX_FIELDS)
    weir_schema_error(s, m->def.file, m->def.name_pos, "%u fields in " WEIR_FMT " exceeds the limit of %d",
                      (unsigned)m->fields.len, WEIR_ARG(m->def.full_name), MAX_FIELDS);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    check_field_numbers(s, m, f, h);
    if (weir_map_get(&names, f->def.name))
      report_reserved_name(s, &f->def, "Field name", m->reserved_names.data, m->reserved_names.len);
  }
  check_extension_overlaps(s, m);
}

static void declare_message(weir_schema *s, weir_str scope, weir_def_message *m) {
  hints h = {0};
  m->def.full_name = join(s, scope, m->def.name);
  weir_str name = m->def.full_name;
  for (uint32_t i = 0; i < m->oneofs.len; i++) {
    m->oneofs.data[i]->def.full_name = join(s, name, m->oneofs.data[i]->def.name);
    check_options(s, &m->oneofs.data[i]->def);
    declare(s, &m->oneofs.data[i]->def);
  }
  for (uint32_t i = 0; i < m->fields.len; i++) declare_field(s, name, m->fields.data[i], &h);
  for (uint32_t i = 0; i < m->enums.len; i++) declare_enum(s, name, m->enums.data[i]);
  for (uint32_t i = 0; i < m->extension_ranges.len; i++)
    check_range(s, m, &m->extension_ranges.data[i], "Extension", &h);
  for (uint32_t i = 0; i < m->extensions.len; i++) declare_field(s, name, m->extensions.data[i], &h);
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++)
    check_range(s, m, &m->reserved_ranges.data[i], "Reserved", &h);
  check_options(s, &m->def);
  for (uint32_t i = 0; i < m->messages.len; i++) declare_message(s, name, m->messages.data[i]);
  declare(s, &m->def);
  check_ranges(s, m, &h);
  m->hint_count = h.wanted;
  m->hint_pos = h.pos;
}

static void declare_service(weir_schema *s, weir_str scope, weir_def_service *service) {
  service->def.full_name = join(s, scope, service->def.name);
  for (uint32_t i = 0; i < service->methods.len; i++) {
    weir_def_method *m = service->methods.data[i];
    m->def.full_name = join(s, service->def.full_name, m->def.name);
    check_options(s, &m->def);
    declare(s, &m->def);
  }
  check_options(s, &service->def);
  declare(s, &service->def);
}

#define MAX_PACKAGE       511
#define MAX_PACKAGE_DEPTH 100

static bool check_package(weir_schema *s, const weir_def_file *file) {
  size_t dots = 0;
  for (size_t i = 0; i < file->package.len; i++) dots += file->package.data[i] == '.';
  if (file->package.len > MAX_PACKAGE)
    weir_schema_error(s, file, file->package_pos, "Package name is too long");
  else if (dots > MAX_PACKAGE_DEPTH)
    weir_schema_error(s, file, file->package_pos, "Exceeds Maximum Package Depth");
  else
    return true;
  return false;
}

bool weir_link_declare(weir_schema *s, weir_def_file *file) {
  weir_str scope = file->package;
  if (!check_package(s, file)) return false;
  declare_package(s, file, scope);
  for (uint32_t i = 0; i < file->messages.len; i++) declare_message(s, scope, file->messages.data[i]);
  for (uint32_t i = 0; i < file->enums.len; i++) declare_enum(s, scope, file->enums.data[i]);
  for (uint32_t i = 0; i < file->services.len; i++) declare_service(s, scope, file->services.data[i]);
  for (uint32_t i = 0; i < file->extensions.len; i++) declare_field(s, scope, file->extensions.data[i], NULL);
  check_options(s, &file->def);
  return true;
}

void weir_link_hints(weir_schema *s, weir_def_file *file) {
  for (uint32_t i = 0; i < file->messages.len; i++) {
    const weir_def_message *m = file->messages.data[i];
    give_hints(s, m, &(hints){m->hint_count, m->hint_pos});
  }
}
