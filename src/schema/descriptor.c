/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* descriptor.c - linked files as google.protobuf.FileDescriptorSet. Field numbers are descriptor.proto's; fields are
 * written in the order of their numbers, as protoc's serializer does. */
#include "schema/descriptor.h"

#include "schema/value.h"
#include "schema/wire.h"

typedef struct encoder {
  weir_schema *schema;
  weir_bytes out;
  unsigned flags; /* WEIR_ENCODE_... */
} encoder;

static void put_type_name(encoder *e, uint32_t field, const weir_def *d) {
  weir_wire_str(&e->out, field, weir_schema_printf(e->schema, "." WEIR_FMT, WEIR_ARG(d->full_name)));
}

/* ---- options ------------------------------------------------------------------------------------------- */

static void encode_uninterpreted(encoder *e, const weir_option *o) {
  weir_bytes *out = &e->out;
  size_t opened = weir_wire_open(out, 999);
  for (uint32_t i = 0; i < o->name.len; i++) {
    size_t part = weir_wire_open(out, 2);
    weir_wire_str(out, 1, o->name.data[i].name);
    weir_wire_int(out, 2, o->name.data[i].is_extension);
    weir_wire_close(out, part);
  }
  uint64_t bits;
  memcpy(&bits, &o->number, sizeof bits);
  switch (o->kind) {
  case WEIR_OPTION_IDENT: weir_wire_str(out, 3, o->text); break;
  case WEIR_OPTION_POSITIVE: weir_wire_int(out, 4, (int64_t)o->integer); break;
  case WEIR_OPTION_NEGATIVE: weir_wire_int(out, 5, (int64_t)o->integer); break;
  case WEIR_OPTION_DOUBLE: weir_wire_fixed64(out, 6, bits); break;
  case WEIR_OPTION_STRING: weir_wire_str(out, 7, o->text); break;
  case WEIR_OPTION_AGGREGATE: weir_wire_str(out, 8, o->text); break;
  }
  weir_wire_close(out, opened);
}

static void options_body(encoder *e, const weir_options *options) {
  weir_value_encode(e->schema, options->value, &e->out);
  for (uint32_t i = 0; i < options->list.len; i++)
    if (!options->list.data[i].interpreted) encode_uninterpreted(e, &options->list.data[i]);
}

static void encode_options(encoder *e, uint32_t field, const weir_options *options) {
  bool any = options->is_block || !weir_value_is_empty(options->value);
  for (uint32_t i = 0; i < options->list.len; i++) any = any || !options->list.data[i].interpreted;
  if (!any) return;
  size_t opened = weir_wire_open(&e->out, field);
  options_body(e, options);
  weir_wire_close(&e->out, opened);
}

/* ---- declarations -------------------------------------------------------------------------------------- */

static void encode_range(encoder *e, uint32_t field, const weir_range *r) {
  size_t opened = weir_wire_open(&e->out, field);
  weir_wire_int(&e->out, 1, r->start);
  weir_wire_int(&e->out, 2, r->end);
  encode_options(e, 3, &r->def.options);
  weir_wire_close(&e->out, opened);
}

static void encode_field(encoder *e, uint32_t field, const weir_def_field *f) {
  static const int labels[] = {[WEIR_LABEL_OPTIONAL] = 1, [WEIR_LABEL_REQUIRED] = 2, [WEIR_LABEL_REPEATED] = 3};
  weir_bytes *out = &e->out;
  size_t opened = weir_wire_open(out, field);
  weir_wire_str(out, 1, f->def.name);
  if (f->extendee) put_type_name(e, 2, &f->extendee->def);
  weir_wire_int(out, 3, f->number);
  weir_wire_int(out, 4, labels[f->label]);
  weir_wire_int(out, 5, f->type);
  if (f->message) put_type_name(e, 6, &f->message->def);
  if (f->enumeration) put_type_name(e, 6, &f->enumeration->def);
  if (f->has_default) weir_wire_str(out, 7, f->default_text);
  encode_options(e, 8, &f->def.options);
  if (f->oneof) weir_wire_int(out, 9, f->oneof->index);
  if (f->has_json_name || !(e->flags & WEIR_ENCODE_GIVEN_JSON_NAMES)) weir_wire_str(out, 10, f->json_name);
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
    encode_options(e, 3, &v->def.options);
    weir_wire_close(out, value);
  }
  encode_options(e, 3, &d->def.options);
  for (uint32_t i = 0; i < d->reserved_ranges.len; i++) encode_range(e, 4, &d->reserved_ranges.data[i]);
  for (uint32_t i = 0; i < d->reserved_names.len; i++) weir_wire_str(out, 5, d->reserved_names.data[i].name);
}

static void encode_enum(encoder *e, uint32_t field, const weir_def_enum *d) {
  size_t opened = weir_wire_open(&e->out, field);
  enum_body(e, d);
  weir_wire_close(&e->out, opened);
}

static void encode_oneof(encoder *e, const weir_def_oneof *o) {
  size_t opened = weir_wire_open(&e->out, 8);
  weir_wire_str(&e->out, 1, o->def.name);
  encode_options(e, 2, &o->def.options);
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
  encode_options(e, 7, &m->def.options);
  for (uint32_t i = 0; i < m->oneofs.len; i++) encode_oneof(e, m->oneofs.data[i]);
  for (uint32_t i = 0; i < m->reserved_ranges.len; i++) encode_range(e, 9, &m->reserved_ranges.data[i]);
  for (uint32_t i = 0; i < m->reserved_names.len; i++) weir_wire_str(out, 10, m->reserved_names.data[i].name);
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
    encode_options(e, 4, &m->def.options);
    if (m->client_streaming) weir_wire_int(out, 5, 1);
    if (m->server_streaming) weir_wire_int(out, 6, 1);
    weir_wire_close(out, method);
  }
  encode_options(e, 3, &service->def.options);
}

static void encode_service(encoder *e, const weir_def_service *service) {
  size_t opened = weir_wire_open(&e->out, 6);
  service_body(e, service);
  weir_wire_close(&e->out, opened);
}

static void file_body(encoder *e, const weir_def_file *file) {
  weir_bytes *out = &e->out;
  weir_wire_str(out, 1, file->def.name);
  if (file->package.len) weir_wire_str(out, 2, file->package);
  for (uint32_t i = 0; i < file->imports.len; i++) weir_wire_str(out, 3, file->imports.data[i].name);
  for (uint32_t i = 0; i < file->messages.len; i++) encode_message(e, 4, file->messages.data[i]);
  for (uint32_t i = 0; i < file->enums.len; i++) encode_enum(e, 5, file->enums.data[i]);
  for (uint32_t i = 0; i < file->services.len; i++) encode_service(e, file->services.data[i]);
  for (uint32_t i = 0; i < file->extensions.len; i++) encode_field(e, 7, file->extensions.data[i]);
  encode_options(e, 8, &file->def.options);
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (file->imports.data[i].is_public) weir_wire_int(out, 10, i);
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (file->imports.data[i].is_weak) weir_wire_int(out, 11, i);
  if (file->syntax == WEIR_PROTO3) weir_wire_str(out, 12, WEIR_STR("proto3"));
}

static void encode_file(encoder *e, uint32_t field, const weir_def_file *file) {
  size_t opened = weir_wire_open(&e->out, field);
  file_body(e, file);
  weir_wire_close(&e->out, opened);
}

weir_err weir_schema_encode_file(weir_schema *s, const weir_def_file *file, uint32_t field, unsigned flags,
                                 weir_bytes *out) {
  jmp_buf out_of_memory;
  s->out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) return WEIR_ENOMEM;
  encoder e = {.schema = s, .out = weir_bytes_in(s->mem), .flags = flags};
  encode_file(&e, field, file);
  if (e.out.failed) return WEIR_ENOMEM;
  weir_bytes_append_str(out, weir_bytes_view(&e.out));
  return out->failed ? WEIR_ENOMEM : WEIR_EOK;
}

weir_err weir_schema_encode(weir_schema *s, const weir_file_list *files, unsigned flags, weir_str *out) {
  jmp_buf out_of_memory;
  s->out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) return WEIR_ENOMEM;
  encoder e = {.schema = s, .out = weir_bytes_in(s->mem), .flags = flags};
  for (uint32_t i = 0; i < files->len; i++) encode_file(&e, 1, files->data[i]);
  if (e.out.failed) return WEIR_ENOMEM;
  *out = e.out.len ? weir_bytes_view(&e.out) : WEIR_STR("");
  return WEIR_EOK;
}

/* ---- one declaration ----------------------------------------------------------------------------------- */

static weir_str finish(encoder *e) {
  if (e->out.failed) weir_schema_check(e->schema, (weir_str){NULL, 0});
  return e->out.len ? weir_bytes_view(&e->out) : WEIR_STR("");
}

weir_str weir_descriptor_encode(weir_schema *s, const weir_def *d) {
  encoder e = {.schema = s, .out = weir_bytes_in(s->mem), .flags = WEIR_ENCODE_GIVEN_JSON_NAMES};
  switch (d->kind) {
  case WEIR_DEF_FILE: file_body(&e, (const weir_def_file *)(const void *)d); break;
  case WEIR_DEF_MESSAGE: message_body(&e, (const weir_def_message *)(const void *)d); break;
  case WEIR_DEF_ENUM: enum_body(&e, (const weir_def_enum *)(const void *)d); break;
  case WEIR_DEF_SERVICE: service_body(&e, (const weir_def_service *)(const void *)d); break;
  default: WEIR_CHECK(false); /* not asked for by itself */
  }
  return finish(&e);
}

weir_str weir_descriptor_encode_options(weir_schema *s, const weir_def *d) {
  encoder e = {.schema = s, .out = weir_bytes_in(s->mem)};
  bool is_entry = d->kind == WEIR_DEF_MESSAGE && ((const weir_def_message *)(const void *)d)->is_map_entry;
  if (is_entry) weir_wire_int(&e.out, 7, 1); /* map_entry */
  options_body(&e, &d->options);
  return finish(&e);
}
