/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* option.c - options: looked up in the messages of descriptor.proto and their extensions, checked by type, and stored
 * as a value of that message. */
#include "schema/advise.h"
#include "schema/link.h"
#include "schema/read.h"
#include "schema/value.h"
#include "schema/wire.h"

#include <math.h>

/* ---- the options messages ------------------------------------------------------------------------------ */

static const char *options_type_name(weir_def_kind kind) {
  switch (kind) {
  case WEIR_DEF_FILE: return "google.protobuf.FileOptions";
  case WEIR_DEF_MESSAGE: return "google.protobuf.MessageOptions";
  case WEIR_DEF_FIELD: return "google.protobuf.FieldOptions";
  case WEIR_DEF_ONEOF: return "google.protobuf.OneofOptions";
  case WEIR_DEF_ENUM: return "google.protobuf.EnumOptions";
  case WEIR_DEF_VALUE: return "google.protobuf.EnumValueOptions";
  case WEIR_DEF_SERVICE: return "google.protobuf.ServiceOptions";
  case WEIR_DEF_METHOD: return "google.protobuf.MethodOptions";
  case WEIR_DEF_RANGE: return "google.protobuf.ExtensionRangeOptions";
  case WEIR_DEF_PACKAGE: break;
  }
  WEIR_CHECK(false); /* a package has no options */
  return NULL;
}

/* The compilation's own descriptor.proto if it imports one, else ours, linked apart so that its names do not meet
 * the user's. */
static weir_def_message *options_type(weir_schema *s, weir_def_kind kind) {
  weir_str name = weir_str_of(options_type_name(kind));
  weir_def *d = weir_schema_symbol(s, name);
  if (!d || d->kind != WEIR_DEF_MESSAGE) d = weir_schema_symbol(weir_schema_own(s), name);
  weir_link_touch(s, d);
  return (weir_def_message *)(void *)d;
}

weir_def_message *weir_options_own_type(weir_schema *s, weir_def_kind kind) {
  weir_schema *own = weir_schema_own_linked(s);
  return (weir_def_message *)(void *)weir_schema_symbol(own, weir_str_of(options_type_name(kind)));
}

/* ---- values -------------------------------------------------------------------------------------------- */

/* One option while it is interpreted. */
typedef struct setting {
  weir_schema *schema;
  const weir_def *owner;
  weir_option *option;
  weir_str so_far; /* the name up to the part at hand, for messages */
} setting;

static const char unknown_option[] =
    " unknown. Ensure that your proto definition file imports the proto which defines "
    "the option (i.e. via import option after edition 2024).";

static bool fail_name(const setting *t, const char *before, const char *after) {
  weir_schema_error(t->schema, t->owner->file, t->option->name_pos, "%s\"" WEIR_FMT "\"%s", before,
                    WEIR_ARG(t->so_far), after);
  return false;
}

static bool fail_value(const setting *t, const char *text, const weir_def_field *f) {
  weir_schema_error(t->schema, t->owner->file, t->option->value_pos, "%s option \"" WEIR_FMT "\".", text,
                    WEIR_ARG(f->def.full_name));
  return false;
}

static bool set_integer(const setting *t, weir_value_entry *e, int64_t min, uint64_t max, const char *type) {
  const weir_option *o = t->option;
  bool is_negative = o->kind == WEIR_OPTION_NEGATIVE && min < 0;
  if (o->kind != WEIR_OPTION_POSITIVE && !is_negative) {
    weir_str text = weir_schema_printf(t->schema, "Value must be integer, from %lld to %llu, for %s",
                                       (long long)min, (unsigned long long)max, type);
    return fail_value(t, text.data, e->field);
  }
  bool fits = is_negative ? (int64_t)o->integer >= min : o->integer <= max;
  if (!fits) {
    weir_str text = weir_schema_printf(t->schema, "Value out of range, %lld to %llu, for %s", (long long)min,
                                       (unsigned long long)max, type);
    return fail_value(t, text.data, e->field);
  }
  e->bits = o->integer;
  return true;
}

static bool real_value(const weir_option *o, double *out) {
  switch (o->kind) {
  case WEIR_OPTION_DOUBLE: *out = o->number; return true;
  case WEIR_OPTION_POSITIVE: *out = (double)o->integer; return true;
  case WEIR_OPTION_NEGATIVE: *out = (double)(int64_t)o->integer; return true;
  case WEIR_OPTION_IDENT:
    *out = weir_str_eq(o->text, WEIR_STR("inf")) ? HUGE_VAL : NAN;
    return weir_str_eq(o->text, WEIR_STR("inf")) || weir_str_eq(o->text, WEIR_STR("nan"));
  case WEIR_OPTION_STRING:
  case WEIR_OPTION_AGGREGATE: break;
  }
  return false;
}

static bool set_real(const setting *t, weir_value_entry *e) {
  bool is_float = e->field->type == WEIR_TYPE_FLOAT;
  double value;
  if (!real_value(t->option, &value))
    return fail_value(t, is_float ? "Value must be number for float" : "Value must be number for double",
                      e->field);
  weir_value_set_real(e, is_float, value);
  return true;
}

static bool set_bool(const setting *t, weir_value_entry *e) {
  if (t->option->kind != WEIR_OPTION_IDENT)
    return fail_value(t, "Value must be identifier for boolean", e->field);
  e->bits = weir_str_eq(t->option->text, WEIR_STR("true"));
  if (!e->bits && !weir_str_eq(t->option->text, WEIR_STR("false")))
    return fail_value(t, "Value must be \"true\" or \"false\" for boolean", e->field);
  return true;
}

/* The value with this name in the scope of the enum: of the enum itself, or of a sibling. Of the built-in enums, which
 * are not part of the compilation, none but its own. */
static weir_def_value *find_enum_value(weir_schema *s, const weir_def_enum *e, weir_str name) {
  weir_str full = weir_schema_printf(s, WEIR_FMT WEIR_FMT, (int)(e->def.full_name.len - e->def.name.len),
                                     e->def.full_name.data, WEIR_ARG(name));
  weir_def *d = weir_schema_symbol(s, full);
  weir_link_touch(s, d);
  if (d && d->kind == WEIR_DEF_VALUE) return (weir_def_value *)(void *)d;
  for (uint32_t i = 0; i < e->values.len; i++)
    if (weir_str_eq(e->values.data[i]->def.name, name)) return e->values.data[i];
  return NULL;
}

static bool set_enum(const setting *t, weir_value_entry *e) {
  if (t->option->kind != WEIR_OPTION_IDENT)
    return fail_value(t, "Value must be identifier for enum-valued", e->field);
  const weir_def_enum *d = e->field->enumeration;
  const weir_def_value *v = find_enum_value(t->schema, d, t->option->text);
  if (v && v->def.parent == &d->def) {
    e->bits = (uint64_t)(int64_t)v->number;
    return true;
  }
  weir_schema_error(t->schema, t->owner->file, t->option->value_pos,
                    "Enum type \"" WEIR_FMT "\" has no value named \"" WEIR_FMT "\" for option \"" WEIR_FMT
                    "\".%s",
                    WEIR_ARG(d->def.full_name), WEIR_ARG(t->option->text), WEIR_ARG(e->field->def.full_name),
                    v ? " This appears to be a value from a sibling type." : "");
  return false;
}

static bool set_message(const setting *t, weir_value_entry *e) {
  weir_schema *s = t->schema;
  weir_str name = e->field->def.full_name, error;
  if (t->option->kind != WEIR_OPTION_AGGREGATE) {
    weir_schema_error(s, t->owner->file, t->option->value_pos,
                      "Option \"" WEIR_FMT
                      "\" is a message. To set the entire message, use syntax like \"" WEIR_FMT
                      " = { <proto text format> }\". To set fields within it, use syntax like \"" WEIR_FMT
                      ".foo = value\".",
                      WEIR_ARG(name), WEIR_ARG(e->field->def.name), WEIR_ARG(e->field->def.name));
    return false;
  }
  e->message = weir_value_new(s, e->field->message);
  if (weir_value_parse(s, t->owner->file, t->option->text, e->message, &error)) return true;
  weir_schema_error(s, t->owner->file, t->option->value_pos,
                    "Error while parsing option value for \"" WEIR_FMT "\": " WEIR_FMT,
                    WEIR_ARG(e->field->def.name), WEIR_ARG(error));
  return false;
}

static bool set_value(const setting *t, weir_value_entry *e) {
  switch (e->field->type) {
  case WEIR_TYPE_INT32:
  case WEIR_TYPE_SINT32:
  case WEIR_TYPE_SFIXED32: return set_integer(t, e, INT32_MIN, INT32_MAX, "int32");
  case WEIR_TYPE_INT64:
  case WEIR_TYPE_SINT64:
  case WEIR_TYPE_SFIXED64: return set_integer(t, e, INT64_MIN, INT64_MAX, "int64");
  case WEIR_TYPE_UINT32:
  case WEIR_TYPE_FIXED32: return set_integer(t, e, 0, UINT32_MAX, "uint32");
  case WEIR_TYPE_UINT64:
  case WEIR_TYPE_FIXED64: return set_integer(t, e, 0, UINT64_MAX, "uint64");
  case WEIR_TYPE_FLOAT:
  case WEIR_TYPE_DOUBLE: return set_real(t, e);
  case WEIR_TYPE_BOOL: return set_bool(t, e);
  case WEIR_TYPE_ENUM: return set_enum(t, e);
  case WEIR_TYPE_MESSAGE:
  case WEIR_TYPE_GROUP: return set_message(t, e);
  default: break;
  }
  e->text = t->option->text;
  return t->option->kind == WEIR_OPTION_STRING ||
         fail_value(t, "Value must be quoted string for string", e->field);
}

/* ---- names --------------------------------------------------------------------------------------------- */

static bool can_enter(setting *t, const weir_def_field *f) {
  if (!f->message) return fail_name(t, "Option ", " is an atomic type, not a message.");
  if (f->label != WEIR_LABEL_REPEATED) return true;
  return fail_name(
      t, "Option field ",
      " is a repeated message. Repeated message options must be initialized using an aggregate value.");
}

/* The value in which the next part of the name is a field: made where it is missing. */
static weir_value *enter(setting *t, weir_value *v, weir_def_field *f) {
  weir_value_entry *e = weir_value_find(v, f);
  if (!e) {
    weir_value_choose(v, f);
    e = weir_value_add(t->schema, v, f);
    e->message = weir_value_new(t->schema, f->message);
  }
  return e->message;
}

/* The extension that a part in parentheses names, as seen from the element; NULL if it was reported. */
static weir_def_field *find_extension(setting *t, weir_str name) {
  weir_schema *s = t->schema;
  const weir_def *d = t->owner;
  weir_str scope = d->full_name;
  if (d->kind == WEIR_DEF_FILE) scope = weir_schema_printf(s, WEIR_FMT ".", WEIR_ARG(d->file->package));
  if (d->kind == WEIR_DEF_RANGE) scope = d->parent->full_name;
  weir_lookup l = weir_link_lookup(s, d->file, name, scope, false);
  if (l.found && l.found->kind == WEIR_DEF_FIELD) return (weir_def_field *)(void *)l.found;
  if (!l.found && l.shadowed.len)
    weir_schema_error(
        s, d->file, t->option->name_pos,
        "Option \"" WEIR_FMT "\" is resolved to \"(" WEIR_FMT
        ")\", which is not defined. The innermost scope is searched first in name resolution. Consider "
        "using a leading '.'(i.e., \"(." WEIR_FMT "\") to start from the outermost scope.",
        WEIR_ARG(t->so_far), WEIR_ARG(l.shadowed), (int)(t->so_far.len - 1), t->so_far.data + 1);
  else
    fail_name(t, "Option ", unknown_option);
  return NULL;
}

static weir_def_field *find_part(setting *t, const weir_def_message *type, const weir_option_part *part) {
  weir_def_field *f;
  if (part->is_extension) {
    f = find_extension(t, part->name);
    if (!f) return NULL;
  } else {
    f = weir_message_field(type, part->name);
    if (f) return f;
    fail_name(t, "Option ", unknown_option);
    weir_advise_option(t->schema, type, part->name);
    return NULL;
  }
  if (f->extendee == type) return f;
  weir_schema_error(t->schema, t->owner->file, t->option->name_pos,
                    "Option field \"" WEIR_FMT "\" is not a field or extension of message \"" WEIR_FMT "\".",
                    WEIR_ARG(t->so_far), WEIR_ARG(type->def.name));
  return NULL;
}

/* The name as a path of fields, checked on the way; the last is the one to set. */
static weir_def_field **find_path(setting *t, const weir_def_message *type) {
  const weir_option *o = t->option;
  weir_def_field **path = weir_schema_alloc(t->schema, o->name.len * sizeof *path);
  bool is_features = !o->name.data[0].is_extension && weir_str_eq(o->name.data[0].name, WEIR_STR("features"));
  for (uint32_t i = 0; i < o->name.len; i++) {
    const weir_option_part *part = &o->name.data[i];
    t->so_far = weir_schema_printf(t->schema, WEIR_FMT "%s%s" WEIR_FMT "%s", WEIR_ARG(t->so_far),
                                   i ? "." : "", part->is_extension ? "(" : "", WEIR_ARG(part->name),
                                   part->is_extension ? ")" : "");
    path[i] = find_part(t, type, part);
    if (!path[i]) return NULL;
    if (is_features && path[i]->def.file == t->owner->file)
      return fail_name(t, "Feature ", " can't be used in the same file it's defined in."), NULL;
    if (i + 1 < o->name.len && !can_enter(t, path[i])) return NULL;
    type = path[i]->message;
  }
  return path;
}

/* The encoded field, within the messages that the path leads through. */
static void encode_path(weir_schema *s, weir_def_field **path, uint32_t left, const weir_value_entry *e,
                        weir_bytes *out) {
  if (left == 1) {
    weir_value_encode_entry(s, e, false, out);
  } else if ((*path)->type == WEIR_TYPE_GROUP) {
    weir_wire_tag(out, (uint32_t)(*path)->number, 3);
    encode_path(s, path + 1, left - 1, e, out);
    weir_wire_tag(out, (uint32_t)(*path)->number, 4);
  } else {
    size_t opened = weir_wire_open(out, (uint32_t)(*path)->number);
    encode_path(s, path + 1, left - 1, e, out);
    weir_wire_close(out, opened);
  }
}

static uint32_t count_entries(const weir_value *v, const weir_def_field *f) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < v->entries.len; i++) n += v->entries.data[i].field == f;
  return n;
}

/* The location's path goes on with the fields, and an index if the last is repeated. */
static void locate_option(setting *t, weir_def_field **path, const weir_value *v) {
  const weir_option *o = t->option;
  if (!t->owner->file->locations.len || o->loc == WEIR_NO_LOC) return;
  weir_location *l = &t->owner->file->locations.data[o->loc];
  int32_t *longer = weir_schema_alloc(t->schema, (l->path_len + o->name.len + 1) * sizeof *longer);
  memcpy(longer, l->path, l->path_len * sizeof *longer);
  l->path = longer;
  for (uint32_t i = 0; i < o->name.len; i++) l->path[l->path_len++] = path[i]->number;
  const weir_def_field *f = path[o->name.len - 1];
  if (f->label == WEIR_LABEL_REPEATED) l->path[l->path_len++] = (int32_t)count_entries(v, f);
}

static bool interpret(setting *t, weir_options *options) {
  weir_schema *s = t->schema;
  const weir_option *o = t->option;
  weir_value *v = options->value;
  weir_def_field **path = find_path(t, v->type);
  if (!path) return false;
  weir_def_field *f = path[o->name.len - 1];
  for (uint32_t i = 0; i + 1 < o->name.len; i++) v = enter(t, v, path[i]);
  if (f->label != WEIR_LABEL_REPEATED && weir_value_find(v, f))
    return fail_name(t, "Option ", " was already set.");
  weir_value_entry e = {.field = f};
  if (!set_value(t, &e)) return false;
  if (!options->wire.data) options->wire = weir_bytes_in(s->mem);
  encode_path(s, path, o->name.len, &e, &options->wire);
  weir_schema_check(s, weir_bytes_view(&options->wire));
  locate_option(t, path, v);
  weir_value_choose(v, f);
  *weir_value_add(s, v, f) = e;
  return true;
}

/* Those with a built-in name, or those in parentheses. The first mistake of an element is reported, as what follows it may
 * only follow from it. */
static void interpret_all(weir_schema *s, weir_def *d, bool custom) {
  for (uint32_t i = 0; i < d->options.list.len; i++) {
    setting t = {.schema = s, .owner = d, .option = &d->options.list.data[i], .so_far = {"", 0}};
    const weir_option_part *first = &t.option->name.data[0];
    if (weir_str_eq(first->name, WEIR_STR("uninterpreted_option"))) {
      if (!custom) continue;
      weir_schema_error(s, d->file, t.option->name_pos,
                        "Option must not use reserved name \"uninterpreted_option\".");
      return;
    }
    if (first->is_extension == custom && !interpret(&t, &d->options)) return;
  }
}

static void options_of(weir_schema *s, weir_def *d) {
  if (d->options.raw.len) {
    d->options.value = weir_value_new(s, options_type(s, d->kind));
    weir_read_options(s, d->options.raw, d->options.value);
  }
  if (!d->options.list.len) return;
  if (!d->options.value) d->options.value = weir_value_new(s, options_type(s, d->kind));
  interpret_all(s, d, false);
}

/* Custom options come last: the built-in ones of their declarations must be known. */
static void custom_options_of(weir_schema *s, weir_def *d) { interpret_all(s, d, true); }

/* ---- all of a file, in the order in which protoc reports them --------------------------------------------- */

typedef void options_fn(weir_schema *s, weir_def *d);

static void options_of_enum(weir_schema *s, weir_def_enum *e, options_fn *fn) {
  for (uint32_t i = 0; i < e->values.len; i++) fn(s, &e->values.data[i]->def);
  fn(s, &e->def);
}

static void options_of_message(weir_schema *s, weir_def_message *m, options_fn *fn) {
  for (uint32_t i = 0; i < m->oneofs.len; i++) fn(s, &m->oneofs.data[i]->def);
  for (uint32_t i = 0; i < m->fields.len; i++) fn(s, &m->fields.data[i]->def);
  for (uint32_t i = 0; i < m->enums.len; i++) options_of_enum(s, m->enums.data[i], fn);
  for (uint32_t i = 0; i < m->extension_ranges.len; i++) fn(s, &m->extension_ranges.data[i].def);
  for (uint32_t i = 0; i < m->extensions.len; i++) fn(s, &m->extensions.data[i]->def);
  fn(s, &m->def);
  for (uint32_t i = 0; i < m->messages.len; i++) options_of_message(s, m->messages.data[i], fn);
}

static void options_of_file(weir_schema *s, weir_def_file *file, options_fn *fn) {
  for (uint32_t i = 0; i < file->messages.len; i++) options_of_message(s, file->messages.data[i], fn);
  for (uint32_t i = 0; i < file->enums.len; i++) options_of_enum(s, file->enums.data[i], fn);
  for (uint32_t i = 0; i < file->services.len; i++) {
    weir_def_service *service = file->services.data[i];
    for (uint32_t k = 0; k < service->methods.len; k++) fn(s, &service->methods.data[k]->def);
    fn(s, &service->def);
  }
  for (uint32_t i = 0; i < file->extensions.len; i++) fn(s, &file->extensions.data[i]->def);
  fn(s, &file->def);
}

void weir_link_options(weir_schema *s, weir_def_file *file) { options_of_file(s, file, options_of); }
void weir_link_custom_options(weir_schema *s, weir_def_file *file) {
  options_of_file(s, file, custom_options_of);
}
