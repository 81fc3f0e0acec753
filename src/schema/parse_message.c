/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_message.c - messages, their fields, oneofs and number ranges; extend blocks. */
#include "schema/parse.h"

#define MAX_FIELD_NUMBER 536870911 /* 2^29 - 1 */

static bool message_block(weir_parser *p, weir_def_message *m);

/* ---- fields -------------------------------------------------------------------------------------------- */

/* What a field stands in: a message or the file, maybe an extend block or a oneof within it. */
typedef struct field_place {
  weir_def_message *scope; /* NULL: the file */
  weir_str extendee;       /* data NULL: no extension */
  weir_pos extendee_pos;
  weir_def_oneof *oneof;
} field_place;

static weir_def_message *message_new(weir_parser *p, weir_def_message *parent, weir_str name, weir_pos pos) {
  weir_def_message *m = weir_schema_alloc(p->schema, sizeof *m);
  m->def = (weir_def){.kind = WEIR_DEF_MESSAGE,
                      .name = name,
                      .name_pos = pos,
                      .parent = parent ? &parent->def : NULL,
                      .file = p->file};
  if (parent)
    weir_schema_push(p->schema, &parent->messages, m);
  else
    weir_schema_push(p->schema, &p->file->messages, m);
  return m;
}

static bool parse_label(weir_parser *p, weir_label *label) {
  static const char *const names[] = {"optional", "required", "repeated"};
  for (int i = 0; i < 3; i++)
    if (weir_parse_take(p, names[i])) {
      *label = (weir_label)(WEIR_LABEL_OPTIONAL + i);
      return true;
    }
  return false;
}

typedef struct map_types {
  weir_type key, value;
  weir_str key_name, value_name;
  weir_pos key_pos, value_pos;
} map_types;

static bool parse_map_type(weir_parser *p, weir_def_field *f, map_types *map) {
  const char *error = f->oneof ? "Map fields are not allowed in oneofs."
                      : f->label != WEIR_LABEL_NONE
                          ? "Field labels (required/optional/repeated) are not allowed "
                            "on map fields."
                      : f->extendee_name.data ? "Map fields are not allowed to be extensions."
                                              : NULL;
  if (error) {
    weir_parse_error(p, "%s", error);
    return false;
  }
  f->is_map = true;
  f->label = WEIR_LABEL_REPEATED;
  if (!weir_parse_want(p, "<")) return false;
  map->key_pos = p->lexer.token.pos;
  if (!weir_parse_type(p, &map->key, &map->key_name) || !weir_parse_want(p, ",")) return false;
  map->value_pos = p->lexer.token.pos;
  return weir_parse_type(p, &map->value, &map->value_name) && weir_parse_want(p, ">");
}

/* A type that happens to be called "map" is no map. */
static bool parse_field_type(weir_parser *p, weir_def_field *f, map_types *map) {
  f->type_pos = p->lexer.token.pos;
  weir_str map_word = p->lexer.token.text;
  bool after_map = weir_parse_take(p, "map");
  if (after_map && weir_parse_at(p, "<")) return parse_map_type(p, f, map);
  if (f->label == WEIR_LABEL_NONE) {
    if (p->file->syntax == WEIR_PROTO2)
      weir_parse_error(p, "Expected \"required\", \"optional\", or \"repeated\".");
    f->label = WEIR_LABEL_OPTIONAL;
  }
  if (!after_map) return weir_parse_type(p, &f->type, &f->type_name);
  f->type_name = map_word;
  return true;
}

/* "foo_bar" has entries of type "FooBarEntry". */
static weir_str map_entry_name(weir_parser *p, weir_str field) {
  char *name = weir_schema_alloc(p->schema, field.len + sizeof "Entry");
  size_t len = 0;
  bool upper = true;
  for (size_t i = 0; i < field.len; i++) {
    char c = field.data[i];
    if (c == '_') {
      upper = true;
      continue;
    }
    name[len++] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    upper = false;
  }
  memcpy(name + len, "Entry", 5);
  return (weir_str){name, len + 5};
}

static void add_entry_field(weir_parser *p, weir_def_message *entry, const char *name, weir_type type,
                            weir_str type_name, weir_pos pos) {
  weir_def_field *f = weir_schema_alloc(p->schema, sizeof *f);
  f->def = (weir_def){.kind = WEIR_DEF_FIELD,
                      .name = weir_str_of(name),
                      .name_pos = pos,
                      .parent = &entry->def,
                      .file = p->file};
  f->label = WEIR_LABEL_OPTIONAL;
  f->type = type;
  f->type_name = type_name;
  f->type_pos = f->number_pos = f->default_pos = f->json_pos = f->extendee_pos = pos;
  f->number = entry->fields.len ? 2 : 1;
  weir_schema_push(p->schema, &entry->fields, f);
}

static void add_map_entry(weir_parser *p, weir_def_message *scope, weir_def_field *f, const map_types *map) {
  f->type_name = map_entry_name(p, f->def.name);
  weir_def_message *entry = message_new(p, scope, f->type_name, f->def.name_pos);
  entry->is_map_entry = true;
  add_entry_field(p, entry, "key", map->key, map->key_name, map->key_pos);
  add_entry_field(p, entry, "value", map->value, map->value_name, map->value_pos);
}

/* A group is a message and a field at once: the message keeps the name, the field gets it in lower case. */
static bool parse_group(weir_parser *p, weir_def_message *scope, weir_def_field *f) {
  weir_str name = f->def.name;
  weir_def_message *group = message_new(p, scope, name, f->def.name_pos);
  group->is_group = true;
  if (name.data[0] < 'A' || name.data[0] > 'Z')
    weir_schema_error(p->schema, p->file, f->def.name_pos, "Group names must start with a capital letter.");
  char *lower = weir_schema_alloc(p->schema, name.len + 1);
  for (size_t i = 0; i < name.len; i++)
    lower[i] = name.data[i] >= 'A' && name.data[i] <= 'Z' ? (char)(name.data[i] - 'A' + 'a') : name.data[i];
  f->def.name = (weir_str){lower, name.len};
  f->type_name = name;
  if (weir_parse_at(p, "{")) return message_block(p, group);
  weir_parse_error(p, "Missing group body.");
  return false;
}

static bool field_rest(weir_parser *p, weir_def_field *f, weir_def_message *scope) {
  map_types map = {0};
  if (!parse_field_type(p, f, &map)) return false;
  f->def.name_pos = p->lexer.token.pos;
  if (!weir_parse_ident(p, &f->def.name, "Expected field name.")) return false;
  if (!weir_parse_want_or(p, "=", "Missing field number.")) return false;
  f->number_pos = p->lexer.token.pos;
  if (!weir_parse_int32(p, &f->number, "Expected field number.")) return false;
  if (!weir_parse_field_options(p, f)) return false;
  if (f->type == WEIR_TYPE_GROUP) return parse_group(p, scope, f);
  if (!weir_parse_want_end(p, ";", &f->def.doc)) return false;
  if (f->is_map) add_map_entry(p, scope, f, &map);
  return true;
}

/* The field joins its list before it is parsed, as groups within it come after it. */
static bool parse_field(weir_parser *p, const field_place *place) {
  weir_def_field *f = weir_schema_alloc(p->schema, sizeof *f);
  weir_def_message *scope = place->scope;
  f->def = (weir_def){
      .kind = WEIR_DEF_FIELD, .parent = scope ? &scope->def : NULL, .file = p->file, .name_pos = WEIR_NO_POS};
  f->default_pos = f->json_pos = WEIR_NO_POS;
  f->extendee_name = place->extendee;
  f->extendee_pos = place->extendee_pos;
  f->oneof = place->oneof;
  if (place->oneof) {
    f->label = WEIR_LABEL_OPTIONAL;
    weir_schema_push(p->schema, &place->oneof->fields, f);
  } else if (parse_label(p, &f->label) && f->label == WEIR_LABEL_OPTIONAL) {
    f->is_proto3_optional = p->file->syntax == WEIR_PROTO3;
  }
  if (!place->extendee.data)
    weir_schema_push(p->schema, &scope->fields, f);
  else if (scope)
    weir_schema_push(p->schema, &scope->extensions, f);
  else
    weir_schema_push(p->schema, &p->file->extensions, f);
  return field_rest(p, f, scope);
}

bool weir_parse_extend(weir_parser *p, weir_def_message *scope) {
  weir_lexer_next(&p->lexer);
  field_place place = {.scope = scope, .extendee_pos = p->lexer.token.pos};
  if (!weir_parse_type_name(p, &place.extendee)) return false;
  weir_doc doc;
  if (!weir_parse_want_end(p, "{", &doc)) return false;
  do {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in extend definition (missing '}').");
      return false;
    }
    if (!parse_field(p, &place)) weir_parse_skip_statement(p);
  } while (!weir_parse_take_end(p, "}", NULL));
  return true;
}

/* ---- oneofs -------------------------------------------------------------------------------------------- */

static weir_def_oneof *oneof_new(weir_parser *p, weir_def_message *m, weir_pos pos) {
  weir_def_oneof *o = weir_schema_alloc(p->schema, sizeof *o);
  o->def = (weir_def){.kind = WEIR_DEF_ONEOF, .name_pos = pos, .parent = &m->def, .file = p->file};
  o->index = m->oneofs.len;
  weir_schema_push(p->schema, &m->oneofs, o);
  return o;
}

static bool parse_oneof(weir_parser *p, weir_def_message *m) {
  weir_lexer_next(&p->lexer);
  field_place place = {.scope = m, .extendee_pos = WEIR_NO_POS, .oneof = oneof_new(p, m, p->lexer.token.pos)};
  if (!weir_parse_ident(p, &place.oneof->def.name, "Expected oneof name.")) return false;
  if (!weir_parse_want_end(p, "{", &place.oneof->def.doc)) return false;
  do {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in oneof definition (missing '}').");
      return false;
    }
    if (weir_parse_at(p, "option")) {
      if (!weir_parse_option_statement(p, &place.oneof->def.options)) return false;
      continue;
    }
    if (weir_parse_at(p, "required") || weir_parse_at(p, "optional") || weir_parse_at(p, "repeated")) {
      weir_parse_error(p, "Fields in oneofs must not have labels (required / optional / repeated).");
      weir_lexer_next(&p->lexer);
    }
    if (!parse_field(p, &place)) weir_parse_skip_statement(p);
  } while (!weir_parse_take_end(p, "}", NULL));
  return true;
}

/* Presence of a proto3 optional field is told to descriptor's readers by a oneof of its own, "_name", with as
 * many X before it as make it unique. */
static void add_synthetic_oneofs(weir_parser *p, weir_def_message *m) {
  weir_map names;
  weir_map_init(&names, p->schema->mem, 0);
  bool any = false;
  for (uint32_t i = 0; i < m->fields.len; i++) any = any || m->fields.data[i]->is_proto3_optional;
  if (!any) return;
  for (uint32_t i = 0; i < m->fields.len; i++)
    if (m->fields.data[i]->def.name.data) weir_schema_put(p->schema, &names, m->fields.data[i]->def.name, m);
  for (uint32_t i = 0; i < m->oneofs.len; i++)
    if (m->oneofs.data[i]->def.name.data) weir_schema_put(p->schema, &names, m->oneofs.data[i]->def.name, m);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    weir_def_field *f = m->fields.data[i];
    if (!f->is_proto3_optional || !f->def.name.data) continue;
    weir_def_oneof *o = oneof_new(p, m, f->def.name_pos);
    o->is_synthetic = true;
    bool has_line = f->def.name.data[0] == '_';
    o->def.name = weir_schema_printf(p->schema, "%s" WEIR_FMT, has_line ? "" : "_", WEIR_ARG(f->def.name));
    while (weir_map_get(&names, o->def.name))
      o->def.name = weir_schema_printf(p->schema, "X" WEIR_FMT, WEIR_ARG(o->def.name));
    weir_schema_put(p->schema, &names, o->def.name, m);
    weir_schema_push(p->schema, &o->fields, f);
    f->oneof = o;
  }
}

/* ---- number ranges ------------------------------------------------------------------------------------- */

#define RANGE_MAX (-1) /* `max`, until the options of the message are known */

static bool range_number(weir_parser *p, int32_t *out, const char *error) {
  if (!weir_parse_int32(p, out, error)) return false;
  if (*out != INT32_MAX) return true;
  weir_parse_error(p, "Field number out of bounds.");
  return false;
}

/* n [to m|max]; the end becomes exclusive. */
static bool parse_range(weir_parser *p, weir_range *r, const char *error) {
  *r = (weir_range){.def = {.kind = WEIR_DEF_RANGE, .name_pos = p->lexer.token.pos, .file = p->file}};
  if (!range_number(p, &r->start, error)) return false;
  r->end = r->start + 1;
  if (!weir_parse_take(p, "to")) return true;
  if (weir_parse_take(p, "max")) {
    r->end = RANGE_MAX;
    return true;
  }
  if (!range_number(p, &r->end, "Expected integer.")) return false;
  r->end++;
  return true;
}

static bool parse_extensions(weir_parser *p, weir_def_message *m) {
  weir_lexer_next(&p->lexer);
  uint32_t first = m->extension_ranges.len;
  do {
    weir_range r;
    if (!parse_range(p, &r, "Expected field number range.")) return false;
    r.def.parent = &m->def;
    weir_schema_push(p->schema, &m->extension_ranges, r);
  } while (weir_parse_take(p, ","));
  weir_options options = {0};
  if (!weir_parse_option_list(p, &options)) return false;
  for (uint32_t i = first; i < m->extension_ranges.len; i++)
    m->extension_ranges.data[i].def.options = options;
  weir_doc doc;
  return weir_parse_want_end(p, ";", &doc);
}

static bool parse_reserved(weir_parser *p, weir_def_message *m) {
  weir_lexer_next(&p->lexer);
  if (p->lexer.token.kind == WEIR_TOKEN_STRING) return weir_parse_reserved_names(p, m, NULL);
  if (p->lexer.token.kind == WEIR_TOKEN_IDENT) {
    weir_parse_error(p, "Reserved names must be string literals. (Only editions supports identifiers.)");
    return false;
  }
  const char *error = "Expected field name or number range.";
  do {
    weir_range r;
    if (!parse_range(p, &r, error)) return false;
    weir_schema_push(p->schema, &m->reserved_ranges, r);
    error = "Expected field number range.";
  } while (weir_parse_take(p, ","));
  weir_doc doc;
  return weir_parse_want_end(p, ";", &doc);
}

static const weir_option *find_plain_option(const weir_options *options, const char *name) {
  for (uint32_t i = 0; i < options->list.len; i++) {
    const weir_option *o = &options->list.data[i];
    if (o->name.len && !o->name.data[0].is_extension && weir_str_eq(o->name.data[0].name, weir_str_of(name)))
      return o;
  }
  return NULL;
}

static void settle_max(weir_def_message *m) {
  const weir_option *o = find_plain_option(&m->def.options, "message_set_wire_format");
  bool is_set =
      o && o->name.len == 1 && o->kind == WEIR_OPTION_IDENT && weir_str_eq(o->text, WEIR_STR("true"));
  int32_t max = is_set ? INT32_MAX : MAX_FIELD_NUMBER + 1;
  for (uint32_t i = 0; i < m->extension_ranges.len; i++)
    if (m->extension_ranges.data[i].end == RANGE_MAX) m->extension_ranges.data[i].end = max;
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++)
    if (m->reserved_ranges.data[i].end == RANGE_MAX) m->reserved_ranges.data[i].end = max;
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static bool parse_statement(weir_parser *p, weir_def_message *m) {
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (weir_parse_at(p, "message")) return weir_parse_message(p, m);
  if (weir_parse_at(p, "enum")) return weir_parse_enum(p, m);
  if (weir_parse_at(p, "extensions")) return parse_extensions(p, m);
  if (weir_parse_at(p, "reserved")) return parse_reserved(p, m);
  if (weir_parse_at(p, "extend")) return weir_parse_extend(p, m);
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &m->def.options);
  if (weir_parse_at(p, "oneof")) return parse_oneof(p, m);
  return parse_field(p, &(field_place){.scope = m, .extendee_pos = WEIR_NO_POS});
}

static bool block_statements(weir_parser *p, weir_def_message *m) {
  if (!weir_parse_want_end(p, "{", &m->def.doc)) return false;
  while (!weir_parse_take_end(p, "}", NULL)) {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in message definition (missing '}').");
      return false;
    }
    if (!parse_statement(p, m)) weir_parse_skip_statement(p);
  }
  settle_max(m);
  const weir_option *entry = find_plain_option(&m->def.options, "map_entry");
  if (entry)
    weir_schema_error(p->schema, p->file, entry->name_pos,
                      "map_entry should not be set explicitly. Use map<KeyType, ValueType> instead.");
  return !entry;
}

static bool message_block(weir_parser *p, weir_def_message *m) {
  if (p->depth + 1 >= WEIR_SCHEMA_MAX_NESTING) {
    weir_parse_error(p, "Reached maximum recursion limit for nested messages.");
    return false;
  }
  p->depth++;
  bool ok = block_statements(p, m);
  p->depth--;
  return ok;
}

bool weir_parse_message(weir_parser *p, weir_def_message *parent) {
  if (p->depth + 1 >= WEIR_SCHEMA_MAX_NESTING) {
    weir_parse_error(p, "Reached maximum recursion limit for nested messages.");
    return false;
  }
  weir_lexer_next(&p->lexer);
  weir_pos pos = p->lexer.token.pos;
  weir_str name;
  if (!weir_parse_ident(p, &name, "Expected message name.")) return false;
  weir_def_message *m = message_new(p, parent, name, pos);
  if (!message_block(p, m)) return false;
  if (p->file->syntax == WEIR_PROTO3) add_synthetic_oneofs(p, m);
  return true;
}
