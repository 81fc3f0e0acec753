/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* descriptor.c - linked files as google.protobuf.FileDescriptorSet. Field numbers are descriptor.proto's; fields are
 * written in the order of their numbers, as protoc's serializer does. */
#include "schema/descriptor.h"

#include "schema/link.h"
#include "schema/read.h"
#include "schema/retention.h"
#include "schema/value.h"
#include "schema/wire.h"

typedef struct encoder {
  weir_schema *schema;
  weir_bytes out;
  bool strip; /* leaves out what options say for the source only */
  bool source_info;
  bool given_json_names; /* those that stand in the source only */
} encoder;

static void put_type_name(encoder *e, uint32_t field, const weir_def *d) {
  weir_wire_str(&e->out, field, weir_schema_printf(e->schema, "." WEIR_FMT, WEIR_ARG(d->full_name)));
}

/* ---- options ------------------------------------------------------------------------------------------- */

static bool needs_raw(const weir_options *options) {
  if (options->raw.len) return true;
  for (uint32_t i = 0; i < options->list.len; i++) {
    const weir_option_part *first = &options->list.data[i].name.data[0];
    if (first->is_extension || weir_str_eq(first->name, WEIR_STR("features"))) return true;
  }
  return false;
}

/* protoc knows custom options only where it takes them out again. Elsewhere they are fields unknown to its own
 * descriptor.proto: as they were set, one by one, behind all that it knows. */
static void raw_options(encoder *e, weir_def_kind kind, const weir_options *options) {
  if (!needs_raw(options)) {
    weir_value_encode(e->schema, options->value, false, &e->out);
    return;
  }
  weir_str bytes = options->raw.len ? options->raw : weir_bytes_view(&options->wire);
  weir_value *v = weir_value_new(e->schema, weir_options_own_type(e->schema, kind));
  weir_read_options(weir_schema_own(e->schema), bytes, v);
  weir_value_encode(e->schema, v, false, &e->out);
}

static void options_body(encoder *e, const weir_def *d) {
  if (e->strip)
    weir_value_encode(e->schema, d->options.value, true, &e->out);
  else
    raw_options(e, d->kind, &d->options);
}

/* A method's braces are an options message even when empty; but not if it is empty only now that it is stripped. */
static bool has_options(const encoder *e, const weir_options *options) {
  if (!weir_value_is_empty(options->value, e->strip)) return true;
  return options->is_block && weir_value_is_empty(options->value, false);
}

static void encode_options(encoder *e, uint32_t field, const weir_def *d) {
  if (!has_options(e, &d->options)) return;
  size_t opened = weir_wire_open(&e->out, field);
  options_body(e, d);
  weir_wire_close(&e->out, opened);
}

/* ---- declarations -------------------------------------------------------------------------------------- */

static void encode_range(encoder *e, uint32_t field, const weir_range *r) {
  size_t opened = weir_wire_open(&e->out, field);
  weir_wire_int(&e->out, 1, r->start);
  weir_wire_int(&e->out, 2, r->end);
  encode_options(e, 3, &r->def);
  weir_wire_close(&e->out, opened);
}

static void encode_field(encoder *e, uint32_t field, const weir_def_field *f) {
  static const int labels[] = {[WEIR_LABEL_OPTIONAL] = 1, [WEIR_LABEL_REQUIRED] = 2, [WEIR_LABEL_REPEATED] = 3};
  weir_bytes *out = &e->out;
  size_t opened = weir_wire_open(out, field);
  weir_wire_str(out, 1, f->def.name);
  if (f->extendee) put_type_name(e, 2, &f->extendee->def);
  weir_wire_int(out, 3, f->number);
  /* In editions, required and delimited are features, and the descriptor says neither. */
  bool editions = f->def.file->syntax == WEIR_EDITIONS;
  weir_wire_int(out, 4, labels[editions && f->label == WEIR_LABEL_REQUIRED ? WEIR_LABEL_OPTIONAL : f->label]);
  weir_wire_int(out, 5, editions && f->type == WEIR_TYPE_GROUP ? WEIR_TYPE_MESSAGE : f->type);
  if (f->message) put_type_name(e, 6, &f->message->def);
  if (f->enumeration) put_type_name(e, 6, &f->enumeration->def);
  if (f->has_default) weir_wire_str(out, 7, f->default_text);
  encode_options(e, 8, &f->def);
  if (f->oneof) weir_wire_int(out, 9, f->oneof->index);
  if (f->has_json_name || !e->given_json_names) weir_wire_str(out, 10, f->json_name);
  if (f->is_proto3_optional) weir_wire_int(out, 17, 1);
  weir_wire_close(out, opened);
}

static void enum_body(encoder *e, const weir_def_enum *d) {
  weir_bytes *out = &e->out;
  weir_wire_str(out, 1, d->def.name);
  for (uint32_t i = 0; i < d->values.len; i++) {
    const weir_def_value *v = d->values.data[i];
    size_t value = weir_wire_open(out, 2);
    weir_wire_str(out, 1, v->def.name);
    weir_wire_int(out, 2, v->number);
    encode_options(e, 3, &v->def);
    weir_wire_close(out, value);
  }
  encode_options(e, 3, &d->def);
  for (uint32_t i = 0; i < d->reserved_ranges.len; i++) encode_range(e, 4, &d->reserved_ranges.data[i]);
  for (uint32_t i = 0; i < d->reserved_names.len; i++) weir_wire_str(out, 5, d->reserved_names.data[i].name);
  if (d->visibility) weir_wire_int(out, 6, d->visibility);
}

static void encode_enum(encoder *e, uint32_t field, const weir_def_enum *d) {
  size_t opened = weir_wire_open(&e->out, field);
  enum_body(e, d);
  weir_wire_close(&e->out, opened);
}

static void encode_oneof(encoder *e, const weir_def_oneof *o) {
  size_t opened = weir_wire_open(&e->out, 8);
  weir_wire_str(&e->out, 1, o->def.name);
  encode_options(e, 2, &o->def);
  weir_wire_close(&e->out, opened);
}

static void encode_message(encoder *e, uint32_t field, const weir_def_message *m);

static void message_body(encoder *e, const weir_def_message *m) {
  weir_bytes *out = &e->out;
  weir_wire_str(out, 1, m->def.name);
  for (uint32_t i = 0; i < m->fields.len; i++) encode_field(e, 2, m->fields.data[i]);
  for (uint32_t i = 0; i < m->messages.len; i++) encode_message(e, 3, m->messages.data[i]);
  for (uint32_t i = 0; i < m->enums.len; i++) encode_enum(e, 4, m->enums.data[i]);
  for (uint32_t i = 0; i < m->extension_ranges.len; i++) encode_range(e, 5, &m->extension_ranges.data[i]);
  for (uint32_t i = 0; i < m->extensions.len; i++) encode_field(e, 6, m->extensions.data[i]);
  if (m->is_map_entry) {
    size_t options = weir_wire_open(out, 7);
    weir_wire_int(out, 7, 1); /* map_entry */
    weir_wire_close(out, options);
  }
  encode_options(e, 7, &m->def);
  for (uint32_t i = 0; i < m->oneofs.len; i++) encode_oneof(e, m->oneofs.data[i]);
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++) encode_range(e, 9, &m->reserved_ranges.data[i]);
  for (uint32_t i = 0; i < m->reserved_names.len; i++) weir_wire_str(out, 10, m->reserved_names.data[i].name);
  if (m->visibility) weir_wire_int(out, 11, m->visibility);
}

static void encode_message(encoder *e, uint32_t field, const weir_def_message *m) {
  size_t opened = weir_wire_open(&e->out, field);
  message_body(e, m);
  weir_wire_close(&e->out, opened);
}

static void service_body(encoder *e, const weir_def_service *service) {
  weir_bytes *out = &e->out;
  weir_wire_str(out, 1, service->def.name);
  for (uint32_t i = 0; i < service->methods.len; i++) {
    const weir_def_method *m = service->methods.data[i];
    size_t method = weir_wire_open(out, 2);
    weir_wire_str(out, 1, m->def.name);
    put_type_name(e, 2, &m->input->def);
    put_type_name(e, 3, &m->output->def);
    encode_options(e, 4, &m->def);
    if (m->client_streaming) weir_wire_int(out, 5, 1);
    if (m->server_streaming) weir_wire_int(out, 6, 1);
    weir_wire_close(out, method);
  }
  encode_options(e, 3, &service->def);
}

static void encode_service(encoder *e, const weir_def_service *service) {
  size_t opened = weir_wire_open(&e->out, 6);
  service_body(e, service);
  weir_wire_close(&e->out, opened);
}

/* ---- source info --------------------------------------------------------------------------------------- */

static void encode_location(encoder *e, const weir_location *l) {
  weir_bytes *out = &e->out;
  size_t opened = weir_wire_open(out, 1);
  if (l->path_len) {
    size_t path = weir_wire_open(out, 1);
    for (uint32_t i = 0; i < l->path_len; i++) weir_wire_varint(out, (uint64_t)(int64_t)l->path[i]);
    weir_wire_close(out, path);
  }
  size_t span = weir_wire_open(out, 2);
  weir_wire_varint(out, (uint64_t)l->start.line);
  weir_wire_varint(out, (uint64_t)l->start.col);
  if (l->end.line != l->start.line) weir_wire_varint(out, (uint64_t)l->end.line);
  weir_wire_varint(out, (uint64_t)l->end.col);
  weir_wire_close(out, span);
  if (l->doc) {
    if (l->doc->leading.len) weir_wire_str(out, 3, l->doc->leading);
    if (l->doc->trailing.len) weir_wire_str(out, 4, l->doc->trailing);
    for (uint32_t i = 0; i < l->doc->detached.len; i++) weir_wire_str(out, 6, l->doc->detached.data[i]);
  }
  weir_wire_close(out, opened);
}

static void encode_source_info(encoder *e, weir_def_file *file) {
  if (!e->source_info || !file->locations.len) return;
  weir_stripped stripped = {0};
  if (e->strip) weir_stripped_find(e->schema, file, &stripped);
  size_t opened = weir_wire_open(&e->out, 9);
  for (uint32_t i = 0; i < file->locations.len; i++)
    if (!weir_stripped_has(&stripped, &file->locations.data[i])) encode_location(e, &file->locations.data[i]);
  weir_wire_close(&e->out, opened);
}

/* ---- files --------------------------------------------------------------------------------------------- */

/* Indexes count the imports that are none for options only, and those come last. */
static void encode_imports(encoder *e, const weir_def_file *file, uint32_t field) {
  for (uint32_t i = 0; i < file->imports.len; i++) {
    const weir_import *import = &file->imports.data[i];
    if (field == 3 && !import->is_option) weir_wire_str(&e->out, 3, import->name);
    if (field == 10 && import->is_public) weir_wire_int(&e->out, 10, i);
    if (field == 11 && import->is_weak) weir_wire_int(&e->out, 11, i);
    if (field == 15 && import->is_option) weir_wire_str(&e->out, 15, import->name);
  }
}

static void file_body(encoder *e, weir_def_file *file) {
  weir_bytes *out = &e->out;
  weir_wire_str(out, 1, file->def.name);
  if (file->package.len) weir_wire_str(out, 2, file->package);
  encode_imports(e, file, 3);
  for (uint32_t i = 0; i < file->messages.len; i++) encode_message(e, 4, file->messages.data[i]);
  for (uint32_t i = 0; i < file->enums.len; i++) encode_enum(e, 5, file->enums.data[i]);
  for (uint32_t i = 0; i < file->services.len; i++) encode_service(e, file->services.data[i]);
  for (uint32_t i = 0; i < file->extensions.len; i++) encode_field(e, 7, file->extensions.data[i]);
  encode_options(e, 8, &file->def);
  encode_source_info(e, file);
  encode_imports(e, file, 10);
  encode_imports(e, file, 11);
  if (file->syntax == WEIR_PROTO3) weir_wire_str(out, 12, WEIR_STR("proto3"));
  if (file->syntax != WEIR_EDITIONS) return;
  weir_wire_str(out, 12, WEIR_STR("editions"));
  weir_wire_int(out, 14, file->edition);
  encode_imports(e, file, 15);
}

static void encode_file(encoder *e, uint32_t field, weir_def_file *file) {
  size_t opened = weir_wire_open(&e->out, field);
  file_body(e, file);
  weir_wire_close(&e->out, opened);
}

static encoder encoder_of(weir_schema *s, unsigned flags) {
  return (encoder){.schema = s,
                   .out = weir_bytes_in(s->mem),
                   .strip = !(flags & WEIR_ENCODE_RETAIN_OPTIONS),
                   .source_info = flags & WEIR_ENCODE_SOURCE_INFO,
                   .given_json_names = flags & WEIR_ENCODE_GIVEN_JSON_NAMES};
}

weir_err weir_schema_encode(weir_schema *s, const weir_file_list *files, unsigned flags, weir_str *out) {
  jmp_buf out_of_memory;
  s->out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) return WEIR_ENOMEM;
  encoder e = encoder_of(s, flags);
  for (uint32_t i = 0; i < files->len; i++) encode_file(&e, 1, files->data[i]);
  if (e.out.failed) return WEIR_ENOMEM;
  *out = e.out.len ? weir_bytes_view(&e.out) : WEIR_STR("");
  return WEIR_EOK;
}

weir_err weir_schema_encode_file(weir_schema *s, weir_def_file *file, uint32_t field, unsigned flags,
                                 weir_bytes *out) {
  jmp_buf out_of_memory;
  s->out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) return WEIR_ENOMEM;
  encoder e = encoder_of(s, flags);
  encode_file(&e, field, file);
  weir_bytes_append_str(out, weir_bytes_view(&e.out));
  return e.out.failed || out->failed ? WEIR_ENOMEM : WEIR_EOK;
}

/* ---- one declaration ----------------------------------------------------------------------------------- */

static weir_str finish(encoder *e) {
  if (e->out.failed) weir_schema_check(e->schema, (weir_str){NULL, 0});
  return e->out.len ? weir_bytes_view(&e->out) : WEIR_STR("");
}

weir_str weir_descriptor_encode(weir_schema *s, const weir_def *d) {
  encoder e = {.schema = s, .out = weir_bytes_in(s->mem), .strip = true, .given_json_names = true};
  switch (d->kind) {
  case WEIR_DEF_FILE: file_body(&e, d->file); break;
  case WEIR_DEF_MESSAGE: message_body(&e, (const weir_def_message *)(const void *)d); break;
  case WEIR_DEF_ENUM: enum_body(&e, (const weir_def_enum *)(const void *)d); break;
  case WEIR_DEF_SERVICE: service_body(&e, (const weir_def_service *)(const void *)d); break;
  default: WEIR_CHECK(false); /* not asked for by itself */
  }
  return finish(&e);
}

weir_str weir_descriptor_encode_options(weir_schema *s, const weir_def *d) {
  encoder e = {.schema = s, .out = weir_bytes_in(s->mem), .strip = true};
  bool is_entry = d->kind == WEIR_DEF_MESSAGE && ((const weir_def_message *)(const void *)d)->is_map_entry;
  if (is_entry) weir_wire_int(&e.out, 7, 1); /* map_entry */
  options_body(&e, d);
  return finish(&e);
}
