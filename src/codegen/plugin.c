/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "codegen/plugin.h"

#include "schema/read.h"
#include "schema/wire.h"

/* ---- generators ---------------------------------------------------------------------------------------- */

static weir_err generate_c(weir_schema *s, weir_def_file *file, weir_str parameter, weir_outputs *out,
                           weir_str *error) {
  if (!parameter.len) return weir_codegen_c(s, file, out);
  *error = WEIR_STR("The C generator has no options.");
  return WEIR_EINVALID;
}

weir_codegen_fn *weir_codegen_by_name(const char *name) {
  static const struct {
    const char *name;
    weir_codegen_fn *fn;
  } generators[] = {{"weir", generate_c},
                    {"python", weir_codegen_python},
                    {"pyi", weir_codegen_pyi},
                    {"grpc_python", weir_codegen_grpc_python}};
  for (size_t i = 0; i < sizeof generators / sizeof *generators; i++)
    if (strcmp(generators[i].name, name) == 0) return generators[i].fn;
  return NULL;
}

/* ---- the request: field numbers are plugin.proto's -------------------------------------------------------- */

static weir_str name_of_file(weir_str descriptor) {
  weir_wire_reader r = weir_wire_reader_of(descriptor);
  while (weir_wire_read(&r))
    if (r.field == 1 && r.type == 2) return r.text;
  return WEIR_STR("");
}

/* ctx is the request. */
static bool open_descriptor(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  (void)why;
  const weir_str *request = ctx;
  weir_wire_reader r = weir_wire_reader_of(*request);
  while (weir_wire_read(&r)) {
    if (r.field != 15 || r.type != 2 || !weir_str_eq(name_of_file(r.text), name)) continue;
    *out = (weir_source){.text = r.text, .path = name, .is_descriptor = true};
    return true;
  }
  return false;
}

static weir_str parameter_of(weir_str request) {
  weir_str parameter = {"", 0};
  weir_wire_reader r = weir_wire_reader_of(request);
  while (weir_wire_read(&r))
    if (r.field == 2 && r.type == 2) parameter = r.text;
  return parameter;
}

/* What names of files may hold: they are written into code. */
static bool is_file_name(weir_str name) {
  for (size_t i = 0; i < name.len; i++) {
    unsigned char c = (unsigned char)name.data[i];
    if (c < 0x20 || c == 0x7F || strchr("\"'\\", c)) return false;
  }
  return name.len > 0;
}

/* All that the code may name: the request's fields 1, the descriptors' names, and what these import. */
static bool is_well_formed(weir_str request) {
  weir_wire_reader r = weir_wire_reader_of(request);
  while (weir_wire_read(&r)) {
    if (r.type != 2) continue;
    if (r.field == 1 && !is_file_name(r.text)) return false;
    if (r.field != 15) continue;
    weir_wire_reader file = weir_wire_reader_of(r.text);
    while (weir_wire_read(&file))
      if ((file.field == 1 || file.field == 3) && (file.type != 2 || !is_file_name(file.text))) return false;
  }
  return !r.bad;
}

/* ---- the answer ---------------------------------------------------------------------------------------- */

#define FEATURE_PROTO3_OPTIONAL 1

static void append_report(const weir_report *report, weir_bytes *out) {
  for (uint32_t i = 0; i < report->len; i++)
    if (report->data[i].severity == WEIR_SEVERITY_ERROR) weir_diagnostic_print(&report->data[i], out);
}

static weir_err generate_one(weir_schema *s, weir_codegen_fn *generate, weir_str name, weir_str parameter,
                             weir_outputs *out, weir_bytes *error) {
  weir_def_file *file;
  weir_str wrong = {NULL, 0};
  weir_err err = weir_schema_load(s, name, &file);
  if (!err) err = generate(s, file, parameter, out, &wrong);
  if (err != WEIR_EINVALID) return err;
  if (wrong.len)
    weir_bytes_printf(error, WEIR_FMT ": " WEIR_FMT, WEIR_ARG(name), WEIR_ARG(wrong));
  else
    append_report(&s->report, error);
  return err;
}

static weir_err generate_all(weir_schema *s, weir_codegen_fn *generate, weir_str request, weir_outputs *out,
                             weir_bytes *error) {
  weir_str parameter = parameter_of(request);
  weir_wire_reader r = weir_wire_reader_of(request);
  while (weir_wire_read(&r)) {
    if (r.field != 1 || r.type != 2) continue;
    weir_err err = generate_one(s, generate, r.text, parameter, out, error);
    if (err) return err;
  }
  return WEIR_EOK;
}

static void encode_answer(const weir_outputs *out, weir_str error, weir_bytes *response) {
  if (error.len) weir_wire_str(response, 1, error);
  weir_wire_int(response, 2, FEATURE_PROTO3_OPTIONAL);
  for (uint32_t i = 0; !error.len && i < out->len; i++) {
    size_t opened = weir_wire_open(response, 15);
    weir_wire_str(response, 1, out->data[i].name);
    weir_wire_str(response, 15, out->data[i].text);
    weir_wire_close(response, opened);
  }
}

weir_err weir_plugin_answer(weir_mem mem, weir_codegen_fn *generate, weir_str request, weir_bytes *response) {
  if (!is_well_formed(request)) return WEIR_EINVALID;
  weir_schema *s = weir_schema_new(mem, (weir_loader){open_descriptor, &request});
  if (!s) return WEIR_ENOMEM;
  weir_outputs out = {0};
  weir_bytes error = weir_bytes_in(s->mem);
  weir_err err = generate_all(s, generate, request, &out, &error);
  bool failed = err == WEIR_ENOMEM || error.failed;
  if (!failed) encode_answer(&out, weir_bytes_view(&error), response);
  weir_schema_free(s);
  return failed || response->failed ? WEIR_ENOMEM : WEIR_EOK;
}
