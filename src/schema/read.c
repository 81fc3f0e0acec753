/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* read.c - the other way round than descriptor.c. Field numbers are descriptor.proto's. Everything comes from outside:
 * numbers and names are checked here, the rest by the linker, as for sources. */
#include "schema/read.h"

#include "schema/parse.h"
#include "schema/text.h"
#include "schema/value.h"

/* ---- the wire format ----------------------------------------------------------------------------------- */

weir_wire_reader weir_wire_reader_of(weir_str bytes) {
  const uint8_t *p = (const uint8_t *)bytes.data;
  return (weir_wire_reader){.at = p, .end = p ? p + bytes.len : p};
}

static uint64_t fail(weir_wire_reader *r) {
  r->bad = true;
  r->at = r->end;
  return 0;
}

static uint64_t read_varint(weir_wire_reader *r) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && r->at < r->end; shift += 7) {
    uint8_t byte = *r->at++;
    value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return fail(r);
}

static uint64_t read_fixed(weir_wire_reader *r, unsigned n) {
  uint64_t value = 0;
  if ((size_t)(r->end - r->at) < n) return fail(r);
  for (unsigned i = 0; i < n; i++) value |= (uint64_t)*r->at++ << (8 * i);
  return value;
}

static weir_str read_text(weir_wire_reader *r) {
  uint64_t len = read_varint(r);
  if (r->bad || len > (size_t)(r->end - r->at)) {
    fail(r);
    return WEIR_STR("");
  }
  weir_str text = {(const char *)r->at, (size_t)len};
  r->at += len;
  return text;
}

/* Up to the end of the group that has begun; groups within groups are counted, not entered. */
static weir_str read_group(weir_wire_reader *r) {
  const uint8_t *start = r->at;
  for (size_t depth = 1;;) {
    const uint8_t *tag_at = r->at;
    uint64_t tag = r->at < r->end ? read_varint(r) : fail(r);
    if (r->bad) return WEIR_STR("");
    switch (tag & 7) {
    case 0: read_varint(r); break;
    case 1: read_fixed(r, 8); break;
    case 2: read_text(r); break;
    case 3: depth++; break;
    case 4:
      if (--depth == 0) return (weir_str){(const char *)start, (size_t)(tag_at - start)};
      break;
    case 5: read_fixed(r, 4); break;
    default: fail(r); break;
    }
  }
}

bool weir_wire_read(weir_wire_reader *r) {
  if (r->at == r->end) return false;
  uint64_t tag = read_varint(r);
  if (tag >> 3 == 0 || tag >> 3 > 536870911) return fail(r), false;
  r->field = (uint32_t)(tag >> 3);
  r->type = (uint32_t)(tag & 7);
  switch (r->type) {
  case 0: r->number = read_varint(r); break;
  case 1: r->number = read_fixed(r, 8); break;
  case 2: r->text = read_text(r); break;
  case 3: r->text = read_group(r); break;
  case 5: r->number = read_fixed(r, 4); break;
  default: fail(r); break;
  }
  return !r->bad;
}

bool weir_wire_read_packed(weir_wire_reader *r, uint32_t type) {
  if (r->at == r->end) return false;
  r->number = type == 0 ? read_varint(r) : read_fixed(r, type == 1 ? 8 : 4);
  return !r->bad;
}

/* ---- options ------------------------------------------------------------------------------------------- */

static weir_def_field *field_by_number(weir_schema *s, const weir_def_message *type, uint32_t number) {
  for (uint32_t i = 0; i < type->fields.len; i++)
    if (type->fields.data[i]->number == (int32_t)number) return type->fields.data[i];
  return weir_schema_extension(s, type, (int32_t)number);
}

static uint32_t wire_type_of(const weir_def_field *f) {
  switch (f->type) {
  case WEIR_TYPE_DOUBLE:
  case WEIR_TYPE_FIXED64:
  case WEIR_TYPE_SFIXED64: return 1;
  case WEIR_TYPE_FLOAT:
  case WEIR_TYPE_FIXED32:
  case WEIR_TYPE_SFIXED32: return 5;
  case WEIR_TYPE_STRING:
  case WEIR_TYPE_BYTES:
  case WEIR_TYPE_MESSAGE: return 2;
  case WEIR_TYPE_GROUP: return 3;
  default: return 0;
  }
}

static weir_value_entry *entry_for(weir_schema *s, weir_value *v, weir_def_field *f) {
  weir_value_entry *e = f->label == WEIR_LABEL_REPEATED ? NULL : weir_value_find(v, f);
  if (e) return e;
  weir_value_choose(v, f);
  return weir_value_add(s, v, f);
}

static void set_number(weir_schema *s, weir_value *v, weir_def_field *f, uint64_t number) {
  bool zigzag = f->type == WEIR_TYPE_SINT32 || f->type == WEIR_TYPE_SINT64;
  entry_for(s, v, f)->bits = zigzag ? number >> 1 ^ (0 - (number & 1)) : number;
}

static void read_value(weir_schema *s, weir_str bytes, weir_value *v, int depth);

/* False if the field is unknown to v's type, or its wire type is another. */
static bool read_value_field(weir_schema *s, const weir_wire_reader *r, weir_value *v, int depth) {
  weir_def_field *f = field_by_number(s, v->type, r->field);
  if (!f) return false;
  uint32_t type = wire_type_of(f);
  if (r->type == 2 && type != 2 && type != 3) {
    weir_wire_reader packed = weir_wire_reader_of(r->text);
    while (weir_wire_read_packed(&packed, type)) set_number(s, v, f, packed.number);
    return true;
  }
  if (r->type != type) return false;
  if (f->message) {
    weir_value_entry *e = entry_for(s, v, f);
    weir_value *inner = e->message ? e->message : weir_value_new(s, f->message);
    e->message = inner;
    read_value(s, r->text, inner, depth + 1);
  } else if (type == 2) {
    entry_for(s, v, f)->text = r->text;
  } else {
    set_number(s, v, f, r->number);
  }
  return true;
}

static void read_value(weir_schema *s, weir_str bytes, weir_value *v, int depth) {
  weir_wire_reader r = weir_wire_reader_of(bytes);
  for (const uint8_t *start = r.at; depth < 100 && weir_wire_read(&r); start = r.at) {
    if (read_value_field(s, &r, v, depth)) continue;
    if (!v->unknown.data) v->unknown = weir_bytes_in(s->mem);
    weir_bytes_append(&v->unknown, (const char *)start, (size_t)(r.at - start));
    weir_schema_check(s, weir_bytes_view(&v->unknown));
  }
}

void weir_read_options(weir_schema *s, weir_str bytes, weir_value *v) { read_value(s, bytes, v, 0); }

/* ---- declarations -------------------------------------------------------------------------------------- */

typedef struct reader {
  weir_schema *schema;
  weir_def_file *file;
} reader;

static bool complain(reader *d, const char *what) {
  weir_schema_error(d->schema, d->file, WEIR_NO_POS, "%s", what);
  return false;
}

/* Generated code is made of names: what could not stand in a source must not get into it. */
static bool is_name(weir_str name, bool dots) {
  for (size_t i = 0; i < name.len; i++) {
    char c = name.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool first = i == 0 || name.data[i - 1] == '.';
    if (!letter && (first || !(c >= '0' && c <= '9')) && !(dots && c == '.')) return false;
    if (c == '.' && (i + 1 == name.len || (first && i > 0))) return false;
  }
  return name.len > 0;
}

static weir_def def_of(reader *d, weir_def_kind kind, weir_def *parent) {
  (void)d;
  return (weir_def){.kind = kind, .parent = parent, .file = d->file, .name_pos = WEIR_NO_POS};
}

/* The parts that all declarations have: 1 is the name, and `options` the number of its options. */
static bool read_common(reader *d, const weir_wire_reader *r, weir_def *def, uint32_t options) {
  if (r->type != 2) return true;
  if (r->field == 1) {
    def->name = r->text;
    return is_name(r->text, false) || complain(d, "A name in the descriptor is not one.");
  }
  if (r->field != options) return true;
  def->options.raw = r->text;
  def->options.is_block = r->text.len == 0;
  return true;
}

static bool finish(reader *d, const weir_wire_reader *r, const weir_def *def) {
  if (r->bad) return complain(d, "The descriptor is malformed.");
  return def->name.len > 0 || complain(d, "A name is missing in the descriptor.");
}

static weir_def_field *read_field(reader *d, weir_str bytes, weir_def_message *scope) {
  weir_def_field *f = weir_schema_alloc(d->schema, sizeof *f);
  f->def = def_of(d, WEIR_DEF_FIELD, scope ? &scope->def : NULL);
  f->type_pos = f->number_pos = f->default_pos = f->json_pos = f->extendee_pos = WEIR_NO_POS;
  int64_t oneof = -1;
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (!read_common(d, &r, &f->def, 8)) return NULL;
    switch (r.field << 3 | r.type) {
    case 2 << 3 | 2: f->extendee_name = r.text; break;
    case 3 << 3 | 0: f->number = (int32_t)r.number; break;
    case 4 << 3 | 0:
      f->label = r.number >= 1 && r.number <= 3 ? (weir_label)r.number : WEIR_LABEL_NONE;
      break;
    case 5 << 3 | 0: f->type = r.number <= 18 ? (weir_type)r.number : WEIR_TYPE_UNRESOLVED; break;
    case 6 << 3 | 2: f->type_name = r.text; break;
    case 7 << 3 | 2: f->default_text = r.text, f->has_default = true; break;
    case 9 << 3 | 0: oneof = r.number < UINT32_MAX ? (int64_t)r.number : INT64_MAX; break;
    case 10 << 3 | 2: f->json_name = r.text; break;
    case 17 << 3 | 0: f->is_proto3_optional = r.number != 0; break;
    }
  }
  if (!finish(d, &r, &f->def)) return NULL;
  static const weir_label labels[] = {WEIR_LABEL_OPTIONAL, WEIR_LABEL_OPTIONAL, WEIR_LABEL_REQUIRED,
                                      WEIR_LABEL_REPEATED};
  f->label = labels[f->label];
  bool named = f->type == WEIR_TYPE_MESSAGE || f->type == WEIR_TYPE_ENUM || f->type == WEIR_TYPE_GROUP;
  if (named != (f->type_name.len > 0) && f->type) return complain(d, "A field's type is malformed."), NULL;
  if (!named && !f->type_name.len) named = f->type == WEIR_TYPE_UNRESOLVED;
  if (named && !is_name(f->type_name, true)) return complain(d, "A field's type is malformed."), NULL;
  if (f->type != WEIR_TYPE_GROUP && named) f->type = WEIR_TYPE_UNRESOLVED;
  if (!f->type_name.len) f->type_name = (weir_str){NULL, 0};
  if (f->extendee_name.data && !is_name(f->extendee_name, true))
    return complain(d, "An extendee is malformed."), NULL;
  f->has_json_name =
      f->json_name.data && !weir_str_eq(f->json_name, weir_text_json_name(d->schema, f->def.name));
  if (oneof < 0) return f;
  if (!scope || oneof >= (int64_t)scope->oneofs.len)
    return complain(d, "A field's oneof is not there."), NULL;
  f->oneof = scope->oneofs.data[oneof];
  f->oneof->is_synthetic = f->is_proto3_optional;
  weir_schema_push(d->schema, &f->oneof->fields, f);
  return f;
}

/* A field of m, or an extension declared in it; m NULL: in the file. */
static weir_def_field *read_member(reader *d, weir_str bytes, weir_def_message *m, bool is_extension) {
  weir_def_field *f = read_field(d, bytes, m);
  if (!f || is_extension == (f->extendee_name.data != NULL)) return f;
  complain(d, is_extension ? "An extension does not say what it extends."
                           : "A field that is no extension has an extendee.");
  return NULL;
}

static bool read_range(reader *d, weir_str bytes, weir_range *out) {
  *out = (weir_range){.def = def_of(d, WEIR_DEF_RANGE, NULL)};
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (r.field == 1 && r.type == 0) out->start = (int32_t)r.number;
    if (r.field == 2 && r.type == 0) out->end = (int32_t)r.number;
    if (r.field == 3 && r.type == 2) out->def.options.raw = r.text;
  }
  return !r.bad || complain(d, "The descriptor is malformed.");
}

static weir_def_enum *read_enum(reader *d, weir_str bytes, weir_def *parent) {
  weir_def_enum *e = weir_schema_alloc(d->schema, sizeof *e);
  e->def = def_of(d, WEIR_DEF_ENUM, parent);
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (!read_common(d, &r, &e->def, 3)) return NULL;
    if (r.field == 2 && r.type == 2) {
      weir_def_value *v = weir_schema_alloc(d->schema, sizeof *v);
      v->def = def_of(d, WEIR_DEF_VALUE, &e->def);
      v->number_pos = WEIR_NO_POS;
      weir_wire_reader inner = weir_wire_reader_of(r.text);
      while (weir_wire_read(&inner)) {
        if (!read_common(d, &inner, &v->def, 3)) return NULL;
        if (inner.field == 2 && inner.type == 0) v->number = (int32_t)inner.number;
      }
      if (!finish(d, &inner, &v->def)) return NULL;
      weir_schema_push(d->schema, &e->values, v);
    } else if (r.field == 4 && r.type == 2) {
      weir_range range;
      if (!read_range(d, r.text, &range)) return NULL;
      weir_schema_push(d->schema, &e->reserved_ranges, range);
    } else if (r.field == 5 && r.type == 2) {
      weir_schema_push(d->schema, &e->reserved_names, (weir_reserved_name){r.text, WEIR_NO_POS});
    } else if (r.field == 6 && r.type == 0) {
      e->visibility = (weir_visibility)(r.number & 3);
    }
  }
  return finish(d, &r, &e->def) ? e : NULL;
}

static weir_def_message *read_message(reader *d, weir_str bytes, weir_def_message *parent, int depth);

/* The oneofs first: fields point at them, and come before them. */
static bool read_oneofs(reader *d, weir_str bytes, weir_def_message *m) {
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (r.field != 8 || r.type != 2) continue;
    weir_def_oneof *o = weir_schema_alloc(d->schema, sizeof *o);
    o->def = def_of(d, WEIR_DEF_ONEOF, &m->def);
    o->index = m->oneofs.len;
    weir_wire_reader inner = weir_wire_reader_of(r.text);
    while (weir_wire_read(&inner))
      if (!read_common(d, &inner, &o->def, 2)) return false;
    if (!finish(d, &inner, &o->def)) return false;
    weir_schema_push(d->schema, &m->oneofs, o);
  }
  return true;
}

static bool read_message_part(reader *d, const weir_wire_reader *r, weir_def_message *m, int depth) {
  weir_schema *s = d->schema;
  weir_range range;
  switch (r->field) {
  case 2: {
    weir_def_field *f = read_member(d, r->text, m, false);
    if (f) weir_schema_push(s, &m->fields, f);
    return f != NULL;
  }
  case 3: return read_message(d, r->text, m, depth + 1) != NULL;
  case 4: {
    weir_def_enum *e = read_enum(d, r->text, &m->def);
    if (e) weir_schema_push(s, &m->enums, e);
    return e != NULL;
  }
  case 5:
    if (!read_range(d, r->text, &range)) return false;
    range.def.parent = &m->def;
    weir_schema_push(s, &m->extension_ranges, range);
    return true;
  case 6: {
    weir_def_field *f = read_member(d, r->text, m, true);
    if (f) weir_schema_push(s, &m->extensions, f);
    return f != NULL;
  }
  case 9:
    if (!read_range(d, r->text, &range)) return false;
    weir_schema_push(s, &m->reserved_ranges, range);
    return true;
  case 10: weir_schema_push(s, &m->reserved_names, (weir_reserved_name){r->text, WEIR_NO_POS}); return true;
  default: return true;
  }
}

static bool says_map_entry(weir_str options) {
  bool is_entry = false;
  weir_wire_reader r = weir_wire_reader_of(options);
  while (weir_wire_read(&r))
    if (r.field == 7 && r.type == 0) is_entry = r.number != 0;
  return is_entry;
}

/* ".package.Outer.Message" with room behind it; the package stands before all messages, or maps are not found. */
static weir_str absolute_name(reader *d, const weir_def *def) {
  weir_str scope = def->parent ? absolute_name(d, def->parent)
                   : d->file->package.len
                       ? weir_schema_printf(d->schema, "." WEIR_FMT, WEIR_ARG(d->file->package))
                       : WEIR_STR("");
  return weir_schema_printf(d->schema, WEIR_FMT "." WEIR_FMT, WEIR_ARG(scope), WEIR_ARG(def->name));
}

/* Fields whose type is an entry of a map, or a group, among the messages within this one. */
static void find_maps(reader *d, weir_def_message *m) {
  for (uint32_t k = 0; k < m->messages.len; k++) {
    weir_def_message *inner = m->messages.data[k];
    weir_str name = absolute_name(d, &inner->def);
    for (uint32_t i = 0; i < m->fields.len; i++) {
      weir_def_field *f = m->fields.data[i];
      if (!weir_str_eq(f->type_name, name)) continue;
      if (f->type == WEIR_TYPE_GROUP) inner->is_group = true;
      if (f->type == WEIR_TYPE_UNRESOLVED && f->label == WEIR_LABEL_REPEATED) f->is_map = inner->is_map_entry;
    }
  }
}

/* A map entry is key = 1 and value = 2, or the generators would look for what is not there. */
static bool is_whole_entry(const weir_def_message *m) {
  return m->fields.len == 2 && m->fields.data[0]->number == 1 && m->fields.data[1]->number == 2 &&
         !m->fields.data[0]->type_name.data;
}

static weir_def_message *read_message(reader *d, weir_str bytes, weir_def_message *parent, int depth) {
  if (depth >= WEIR_SCHEMA_MAX_NESTING) return complain(d, "Messages are nested too deep."), NULL;
  weir_def_message *m = weir_schema_alloc(d->schema, sizeof *m);
  m->def = def_of(d, WEIR_DEF_MESSAGE, parent ? &parent->def : NULL);
  if (!read_oneofs(d, bytes, m)) return NULL;
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (!read_common(d, &r, &m->def, 7) || (r.type == 2 && !read_message_part(d, &r, m, depth))) return NULL;
    if (r.field == 11 && r.type == 0) m->visibility = (weir_visibility)(r.number & 3);
  }
  if (!finish(d, &r, &m->def)) return NULL;
  m->is_map_entry = says_map_entry(m->def.options.raw);
  if (m->is_map_entry) {
    m->def.options.raw = (weir_str){NULL, 0}; /* nothing but that */
    if (!is_whole_entry(m)) return complain(d, "A map's entry is malformed."), NULL;
  }
  find_maps(d, m);
  if (parent)
    weir_schema_push(d->schema, &parent->messages, m);
  else
    weir_schema_push(d->schema, &d->file->messages, m);
  return m;
}

static bool read_method(reader *d, weir_str bytes, weir_def_service *service) {
  weir_def_method *m = weir_schema_alloc(d->schema, sizeof *m);
  m->def = def_of(d, WEIR_DEF_METHOD, &service->def);
  m->input_pos = m->output_pos = WEIR_NO_POS;
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (!read_common(d, &r, &m->def, 4)) return false;
    switch (r.field << 3 | r.type) {
    case 2 << 3 | 2: m->input_name = r.text; break;
    case 3 << 3 | 2: m->output_name = r.text; break;
    case 5 << 3 | 0: m->client_streaming = r.number != 0; break;
    case 6 << 3 | 0: m->server_streaming = r.number != 0; break;
    }
  }
  if (!finish(d, &r, &m->def)) return false;
  if (!is_name(m->input_name, true) || !is_name(m->output_name, true))
    return complain(d, "A method is malformed.");
  weir_schema_push(d->schema, &service->methods, m);
  return true;
}

static bool read_service(reader *d, weir_str bytes) {
  weir_def_service *service = weir_schema_alloc(d->schema, sizeof *service);
  service->def = def_of(d, WEIR_DEF_SERVICE, NULL);
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (!read_common(d, &r, &service->def, 3)) return false;
    if (r.field == 2 && r.type == 2 && !read_method(d, r.text, service)) return false;
  }
  if (!finish(d, &r, &service->def)) return false;
  weir_schema_push(d->schema, &d->file->services, service);
  return true;
}

/* ---- comments ------------------------------------------------------------------------------------------ */

#define MAX_PATH 64

/* One step from a declaration to another within it; NULL if it goes elsewhere. */
static weir_def *step(weir_def *from, uint64_t field, uint64_t index) {
#define PICK(list) (index < (list).len ? &(list).data[index]->def : NULL)
  switch (from->kind) {
  case WEIR_DEF_FILE: {
    weir_def_file *file = from->file;
    return field == 4   ? PICK(file->messages)
           : field == 5 ? PICK(file->enums)
           : field == 6 ? PICK(file->services)
           : field == 7 ? PICK(file->extensions)
                        : NULL;
  }
  case WEIR_DEF_MESSAGE: {
    weir_def_message *m = (weir_def_message *)(void *)from;
    return field == 2   ? PICK(m->fields)
           : field == 3 ? PICK(m->messages)
           : field == 4 ? PICK(m->enums)
           : field == 6 ? PICK(m->extensions)
           : field == 8 ? PICK(m->oneofs)
                        : NULL;
  }
  case WEIR_DEF_ENUM: return field == 2 ? PICK(((weir_def_enum *)(void *)from)->values) : NULL;
  case WEIR_DEF_SERVICE: return field == 2 ? PICK(((weir_def_service *)(void *)from)->methods) : NULL;
  default: return NULL;
  }
#undef PICK
}

static weir_def *find_by_path(reader *d, weir_str path) {
  weir_def *at = &d->file->def;
  weir_wire_reader r = weir_wire_reader_of(path);
  while (at && weir_wire_read_packed(&r, 0)) {
    uint64_t field = r.number;
    at = weir_wire_read_packed(&r, 0) ? step(at, field, r.number) : NULL;
  }
  return r.bad || at == &d->file->def ? NULL : at;
}

static uint32_t read_numbers(reader *d, weir_str packed, int32_t **out) {
  uint32_t n = 0;
  *out = weir_schema_alloc(d->schema, (packed.len + 2) * sizeof **out);
  weir_wire_reader r = weir_wire_reader_of(packed);
  while (weir_wire_read_packed(&r, 0)) (*out)[n++] = (int32_t)r.number;
  return n;
}

static void read_location(reader *d, weir_str bytes) {
  weir_doc *doc = weir_schema_alloc(d->schema, sizeof *doc);
  weir_str path = {NULL, 0}, span = {NULL, 0};
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (r.type != 2) continue;
    if (r.field == 1) path = r.text;
    if (r.field == 2) span = r.text;
    if (r.field == 3) doc->leading = r.text;
    if (r.field == 4) doc->trailing = r.text;
    if (r.field == 6) weir_schema_push(d->schema, &doc->detached, r.text);
  }
  weir_def *def = find_by_path(d, path);
  if (def) def->doc = *doc;
  if (!d->schema->keep_source_info) return;
  int32_t *at;
  weir_location l = {.doc = doc};
  l.path_len = read_numbers(d, path, &l.path);
  uint32_t n = read_numbers(d, span, &at);
  if (n < 3) return;
  l.start = (weir_pos){at[0], at[1]};
  l.end = n > 3 ? (weir_pos){at[2], at[3]} : (weir_pos){at[0], at[2]};
  weir_schema_push(d->schema, &d->file->locations, l);
  if (def) def->loc = d->file->locations.len - 1;
}

static void read_comments(reader *d, weir_str source_info) {
  weir_wire_reader locations = weir_wire_reader_of(source_info);
  while (weir_wire_read(&locations))
    if (locations.field == 1 && locations.type == 2) read_location(d, locations.text);
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static bool read_syntax(reader *d, weir_str syntax) {
  if (weir_str_eq(syntax, WEIR_STR("proto3"))) {
    d->file->syntax = WEIR_PROTO3;
    d->file->edition = WEIR_EDITION_PROTO3;
  } else if (weir_str_eq(syntax, WEIR_STR("editions"))) {
    d->file->syntax = WEIR_EDITIONS;
  } else if (syntax.len && !weir_str_eq(syntax, WEIR_STR("proto2"))) {
    weir_schema_error(d->schema, d->file, WEIR_NO_POS, "Unrecognized syntax: " WEIR_FMT, WEIR_ARG(syntax));
    return false;
  }
  return true;
}

static bool read_package(reader *d, weir_str package) {
  d->file->package = package;
  d->file->has_package = true;
  return is_name(package, true) || complain(d, "A name in the descriptor is not one.");
}

static bool read_file_part(reader *d, const weir_wire_reader *r) {
  weir_def_file *file = d->file;
  switch (r->field) {
  case 2: return read_package(d, r->text);
  case 3:
    weir_schema_push(d->schema, &file->imports, (weir_import){.name = r->text, .pos = WEIR_NO_POS});
    return true;
  case 4: return read_message(d, r->text, NULL, 0) != NULL;
  case 5: {
    weir_def_enum *e = read_enum(d, r->text, NULL);
    if (e) weir_schema_push(d->schema, &file->enums, e);
    return e != NULL;
  }
  case 6: return read_service(d, r->text);
  case 7: {
    weir_def_field *f = read_member(d, r->text, NULL, true);
    if (f) weir_schema_push(d->schema, &file->extensions, f);
    return f != NULL;
  }
  case 8: file->def.options.raw = r->text; return true;
  case 9: return true;
  case 12: return read_syntax(d, r->text);
  case 15:
    weir_schema_push(d->schema, &file->imports,
                     (weir_import){.name = r->text, .pos = WEIR_NO_POS, .is_option = true});
    return true;
  default: return true;
  }
}

/* public_dependency (10) and weak_dependency (11) are indexes into what stands before them. */
static bool read_dependency(reader *d, const weir_wire_reader *r) {
  if (r->field == 14) {
    d->file->syntax = WEIR_EDITIONS;
    d->file->edition = (int32_t)r->number;
  }
  if (r->field != 10 && r->field != 11) return true;
  if (r->number >= d->file->imports.len) return complain(d, "An import is not there.");
  weir_import *import = &d->file->imports.data[r->number];
  if (r->field == 10) import->is_public = true;
  if (r->field == 11) import->is_weak = true;
  return true;
}

bool weir_read_file(weir_schema *s, weir_def_file *file) {
  reader d = {s, file};
  weir_str source_info = {NULL, 0};
  weir_wire_reader r = weir_wire_reader_of(file->source);
  file->package_pos = file->syntax_pos = WEIR_NO_POS;
  file->edition = WEIR_EDITION_PROTO2;
  while (weir_wire_read(&r)) {
    if (r.type == 2 && !read_file_part(&d, &r)) return false;
    if (r.type == 0 && !read_dependency(&d, &r)) return false;
    if (r.type == 2 && r.field == 9) source_info = r.text;
  }
  if (r.bad) return complain(&d, "The descriptor is malformed.");
  read_comments(&d, source_info);
  return true;
}
