/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_message.c - messages, their fields, oneofs and number ranges; extend blocks. */
#include "schema/locate.h"

/* Numbers of FileDescriptorProto, DescriptorProto, FieldDescriptorProto and OneofDescriptorProto. */
enum { FILE_MESSAGE = 4, FILE_EXTENSION = 7 };
enum {
  MESSAGE_NAME = 1,
  MESSAGE_FIELD = 2,
  MESSAGE_NESTED = 3,
  MESSAGE_EXTENSION = 6,
  MESSAGE_OPTIONS = 7,
  MESSAGE_ONEOF = 8
};
enum {
  FIELD_NAME = 1,
  FIELD_EXTENDEE = 2,
  FIELD_NUMBER = 3,
  FIELD_LABEL = 4,
  FIELD_TYPE = 5,
  FIELD_TYPE_NAME = 6
};
enum { ONEOF_NAME = 1, ONEOF_OPTIONS = 2 };

static bool message_block(weir_parser *p, weir_def_message *m);

/* ---- fields -------------------------------------------------------------------------------------------- */

/* What a field stands in: a message or the file, maybe an extend block or a oneof within it. */
typedef struct field_place {
  weir_def_message *scope; /* NULL: the file */
  weir_str extendee;       /* data NULL: no extension */
  weir_pos extendee_pos;
  weir_token extendee_first, extendee_last;
  weir_loc loc; /* of an extend block */
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

static weir_loc locate_message(weir_parser *p, const weir_def_message *parent) {
  return parent ? weir_loc_item(p, parent->def.loc, MESSAGE_NESTED, parent->messages.len)
                : weir_loc_item(p, p->file->def.loc, FILE_MESSAGE, p->file->messages.len);
}

static void parse_label(weir_parser *p, weir_def_field *f) {
  f->label = weir_parse_at(p, "optional")   ? WEIR_LABEL_OPTIONAL
             : weir_parse_at(p, "required") ? WEIR_LABEL_REQUIRED
             : weir_parse_at(p, "repeated") ? WEIR_LABEL_REPEATED
                                            : WEIR_LABEL_NONE;
  if (f->label == WEIR_LABEL_NONE) return;
  bool editions = p->file->syntax == WEIR_EDITIONS;
  if (editions && f->label == WEIR_LABEL_OPTIONAL)
    weir_parse_error(p,
                     "Label \"optional\" is not supported in editions. By default, all singular fields have "
                     "presence unless features.field_presence is set.");
  if (editions && f->label == WEIR_LABEL_REQUIRED)
    weir_parse_error(p, "Label \"required\" is not supported in editions, use features.field_presence = "
                        "LEGACY_REQUIRED.");
  f->is_proto3_optional = p->file->syntax == WEIR_PROTO3 && f->label == WEIR_LABEL_OPTIONAL;
  weir_loc loc = weir_loc_field(p, f->def.loc, FIELD_LABEL);
  weir_lexer_next(&p->lexer);
  weir_loc_close(p, loc);
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
static bool field_type(weir_parser *p, weir_def_field *f, map_types *map) {
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

static bool parse_field_type(weir_parser *p, weir_def_field *f, map_types *map) {
  f->type_pos = p->lexer.token.pos;
  weir_loc loc = weir_loc_same(p, f->def.loc);
  if (!field_type(p, f, map)) return false;
  weir_loc_add(p, loc, f->is_map || f->type_name.data ? FIELD_TYPE_NAME : FIELD_TYPE);
  weir_loc_close(p, loc);
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

/* Features of the field, and enforce_utf8, hold for what its entries are made of. */
static void entry_options(weir_parser *p, const weir_def_field *map, weir_def_field *f) {
  for (uint32_t i = 0; i < map->def.options.list.len; i++) {
    const weir_option *o = &map->def.options.list.data[i];
    if (o->name.data[0].is_extension) continue;
    bool utf8 = o->name.len == 1 && weir_str_eq(o->name.data[0].name, WEIR_STR("enforce_utf8")) &&
                f->type == WEIR_TYPE_STRING;
    if (!utf8 && !weir_str_eq(o->name.data[0].name, WEIR_STR("features"))) continue;
    weir_option copy = *o;
    copy.loc = WEIR_NO_LOC;
    weir_schema_push(p->schema, &f->def.options.list, copy);
  }
}

static void add_entry_field(weir_parser *p, weir_def_message *entry, const weir_def_field *map,
                            const char *name, weir_type type, weir_str type_name, weir_pos pos) {
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
  entry_options(p, map, f);
  weir_schema_push(p->schema, &entry->fields, f);
}

static void add_map_entry(weir_parser *p, weir_def_message *scope, weir_def_field *f, const map_types *map) {
  f->type_name = map_entry_name(p, f->def.name);
  weir_def_message *entry = message_new(p, scope, f->type_name, f->def.name_pos);
  entry->is_map_entry = true;
  add_entry_field(p, entry, f, "key", map->key, map->key_name, map->key_pos);
  add_entry_field(p, entry, f, "value", map->value, map->value_name, map->value_pos);
}

/* Both have the name's place. */
static weir_loc locate_group(weir_parser *p, weir_def_message *scope, const weir_def_field *f,
                             const weir_token *name) {
  weir_loc loc = locate_message(p, scope);
  if (p->schema->keep_source_info) weir_loc_start_at(p, loc, p->file->locations.data[f->def.loc].start);
  weir_loc_span(p, weir_loc_field(p, loc, MESSAGE_NAME), name, name);
  weir_loc_span(p, weir_loc_field(p, f->def.loc, FIELD_TYPE_NAME), name, name);
  return loc;
}

/* A group is a message and a field at once: the message keeps the name, the field gets it in lower case. */
static bool parse_group(weir_parser *p, weir_def_message *scope, weir_def_field *f, const weir_token *token) {
  weir_str name = f->def.name;
  weir_loc loc = locate_group(p, scope, f, token);
  weir_def_message *group = message_new(p, scope, name, f->def.name_pos);
  group->def.loc = loc;
  group->is_group = true;
  if (name.data[0] < 'A' || name.data[0] > 'Z')
    weir_schema_error(p->schema, p->file, f->def.name_pos, "Group names must start with a capital letter.");
  char *lower = weir_schema_alloc(p->schema, name.len + 1);
  for (size_t i = 0; i < name.len; i++)
    lower[i] = name.data[i] >= 'A' && name.data[i] <= 'Z' ? (char)(name.data[i] - 'A' + 'a') : name.data[i];
  f->def.name = (weir_str){lower, name.len};
  f->type_name = name;
  if (!weir_parse_at(p, "{")) {
    weir_parse_error(p, "Missing group body.");
    return false;
  }
  if (!message_block(p, group)) return false;
  weir_loc_close(p, f->def.loc);
  return true;
}

static bool field_number(weir_parser *p, weir_def_field *f) {
  f->number_pos = p->lexer.token.pos;
  weir_loc loc = weir_loc_field(p, f->def.loc, FIELD_NUMBER);
  if (!weir_parse_int32(p, &f->number, "Expected field number.")) return false;
  weir_loc_close(p, loc);
  return true;
}

static bool field_rest(weir_parser *p, weir_def_field *f, weir_def_message *scope) {
  map_types map = {0};
  if (!parse_field_type(p, f, &map)) return false;
  weir_token name = p->lexer.token;
  f->def.name_pos = name.pos;
  weir_loc loc = weir_loc_field(p, f->def.loc, FIELD_NAME);
  if (!weir_parse_ident(p, &f->def.name, "Expected field name.")) return false;
  weir_loc_close(p, loc);
  if (!weir_parse_want_or(p, "=", "Missing field number.")) {
    weir_schema_advise(p->schema, "a field has a number: \"" WEIR_FMT " = 1;\".", WEIR_ARG(f->def.name));
    return false;
  }
  if (!field_number(p, f) || !weir_parse_field_options(p, f)) return false;
  if (f->type == WEIR_TYPE_GROUP) return parse_group(p, scope, f, &name);
  if (!weir_parse_finish(p, &f->def)) return false;
  if (f->is_map) add_map_entry(p, scope, f, &map);
  return true;
}

static weir_loc locate_field(weir_parser *p, const field_place *place) {
  const weir_def_message *m = place->scope;
  if (!place->extendee.data) return weir_loc_item(p, m->def.loc, MESSAGE_FIELD, m->fields.len);
  weir_loc loc = weir_loc_same(p, place->loc);
  weir_loc_add(p, loc, (int32_t)(m ? m->extensions.len : p->file->extensions.len));
  weir_loc_span(p, weir_loc_field(p, loc, FIELD_EXTENDEE), &place->extendee_first, &place->extendee_last);
  return loc;
}

/* The field joins its list before it is parsed, as groups within it come after it. */
static bool parse_field(weir_parser *p, const field_place *place) {
  weir_def_field *f = weir_schema_alloc(p->schema, sizeof *f);
  weir_def_message *scope = place->scope;
  f->def = (weir_def){
      .kind = WEIR_DEF_FIELD, .parent = scope ? &scope->def : NULL, .file = p->file, .name_pos = WEIR_NO_POS};
  f->def.loc = locate_field(p, place);
  f->default_pos = f->json_pos = WEIR_NO_POS;
  f->extendee_name = place->extendee;
  f->extendee_pos = place->extendee_pos;
  f->oneof = place->oneof;
  if (place->oneof) {
    f->label = WEIR_LABEL_OPTIONAL;
    weir_schema_push(p->schema, &place->oneof->fields, f);
  } else {
    parse_label(p, f);
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
  field_place place = {.scope = scope};
  place.loc = scope ? weir_loc_field(p, scope->def.loc, MESSAGE_EXTENSION)
                    : weir_loc_field(p, p->file->def.loc, FILE_EXTENSION);
  weir_lexer_next(&p->lexer);
  place.extendee_first = p->lexer.token;
  place.extendee_pos = p->lexer.token.pos;
  if (!weir_parse_type_name(p, &place.extendee)) return false;
  place.extendee_last = p->lexer.previous;
  if (!weir_parse_end(p, "{", place.loc)) return false;
  do {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in extend definition (missing '}').");
      return false;
    }
    if (!parse_field(p, &place)) weir_parse_skip_statement(p);
  } while (!weir_parse_take_end(p, "}", NULL));
  weir_loc_close(p, place.loc);
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

static bool oneof_statement(weir_parser *p, const field_place *place) {
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &place->oneof->def, ONEOF_OPTIONS);
  if (weir_parse_at(p, "required") || weir_parse_at(p, "optional") || weir_parse_at(p, "repeated")) {
    weir_parse_error(p, "Fields in oneofs must not have labels (required / optional / repeated).");
    weir_lexer_next(&p->lexer);
  }
  if (!parse_field(p, place)) weir_parse_skip_statement(p);
  return true;
}

static bool parse_oneof(weir_parser *p, weir_def_message *m) {
  weir_loc loc = weir_loc_item(p, m->def.loc, MESSAGE_ONEOF, m->oneofs.len);
  weir_lexer_next(&p->lexer);
  field_place place = {.scope = m, .extendee_pos = WEIR_NO_POS, .oneof = oneof_new(p, m, p->lexer.token.pos)};
  weir_def *def = &place.oneof->def;
  def->loc = loc;
  loc = weir_loc_field(p, def->loc, ONEOF_NAME);
  if (!weir_parse_ident(p, &def->name, "Expected oneof name.")) return false;
  weir_loc_close(p, loc);
  if (!weir_parse_open(p, def)) return false;
  do {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in oneof definition (missing '}').");
      return false;
    }
    if (!oneof_statement(p, &place)) return false;
  } while (!weir_parse_take_end(p, "}", NULL));
  weir_loc_close(p, def->loc);
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

/* ---- messages ------------------------------------------------------------------------------------------ */

static bool parse_statement(weir_parser *p, weir_def_message *m) {
  weir_visibility visibility;
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (!weir_parse_visibility(p, &visibility)) return false;
  if (weir_parse_at(p, "message")) return weir_parse_message(p, m, visibility);
  if (weir_parse_at(p, "enum")) return weir_parse_enum(p, m, visibility);
  if (weir_parse_at(p, "extensions")) return weir_parse_extensions(p, m);
  if (weir_parse_at(p, "reserved")) return weir_parse_reserved(p, &m->def);
  if (weir_parse_at(p, "extend")) return weir_parse_extend(p, m);
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &m->def, MESSAGE_OPTIONS);
  if (weir_parse_at(p, "oneof")) return parse_oneof(p, m);
  return parse_field(p, &(field_place){.scope = m, .extendee_pos = WEIR_NO_POS});
}

/* map_entry is set for maps alone, by us. */
static bool check_map_entry(weir_parser *p, const weir_def_message *m) {
  for (uint32_t i = 0; i < m->def.options.list.len; i++) {
    const weir_option *o = &m->def.options.list.data[i];
    if (o->name.data[0].is_extension || !weir_str_eq(o->name.data[0].name, WEIR_STR("map_entry"))) continue;
    weir_schema_error(p->schema, p->file, o->name_pos,
                      "map_entry should not be set explicitly. Use map<KeyType, ValueType> instead.");
    return false;
  }
  return true;
}

static bool block_statements(weir_parser *p, weir_def_message *m) {
  if (!weir_parse_open(p, &m->def)) return false;
  while (!weir_parse_take_end(p, "}", NULL)) {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in message definition (missing '}').");
      return false;
    }
    if (!parse_statement(p, m)) weir_parse_skip_statement(p);
  }
  weir_loc_close(p, m->def.loc);
  weir_parse_settle_max(m);
  return check_map_entry(p, m);
}

static bool too_deep(weir_parser *p) {
  if (p->depth + 1 < WEIR_SCHEMA_MAX_NESTING) return false;
  weir_parse_error(p, "Reached maximum recursion limit for nested messages.");
  return true;
}

static bool message_block(weir_parser *p, weir_def_message *m) {
  if (too_deep(p)) return false;
  p->depth++;
  bool ok = block_statements(p, m);
  p->depth--;
  return ok;
}

bool weir_parse_message(weir_parser *p, weir_def_message *parent, weir_visibility visibility) {
  if (too_deep(p)) return false;
  weir_loc loc = locate_message(p, parent);
  weir_lexer_next(&p->lexer);
  weir_pos pos = p->lexer.token.pos;
  weir_loc name_loc = weir_loc_field(p, loc, MESSAGE_NAME);
  weir_str name;
  if (!weir_parse_ident(p, &name, "Expected message name.")) return false;
  weir_loc_close(p, name_loc);
  weir_def_message *m = message_new(p, parent, name, pos);
  m->def.loc = loc;
  if (!message_block(p, m)) return false;
  if (p->file->syntax == WEIR_PROTO3) add_synthetic_oneofs(p, m);
  m->visibility = visibility;
  return true;
}
