/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* py.c - options of the Python generators, and their entry. */
#include "codegen/py.h"

/* ---- options ------------------------------------------------------------------------------------------- */

bool weir_py_before(weir_py_version v, int32_t major, int32_t minor) {
  return v.major && (v.major < major || (v.major == major && v.minor < minor));
}

static bool take_number(weir_str *text, int32_t *out) {
  size_t n = 0;
  *out = 0;
  for (; n < text->len && n < 6 && text->data[n] >= '0' && text->data[n] <= '9'; n++)
    *out = *out * 10 + (text->data[n] - '0');
  *text = (weir_str){text->data + n, text->len - n};
  return n > 0;
}

static bool take_dot(weir_str *text) {
  if (!text->len || text->data[0] != '.') return false;
  *text = (weir_str){text->data + 1, text->len - 1};
  return true;
}

/* "35.1" or "1.85.1". */
static bool read_version(weir_str text, bool with_patch, weir_py_version *out) {
  bool ok = take_number(&text, &out->major) && take_dot(&text) && take_number(&text, &out->minor);
  if (with_patch) ok = ok && take_dot(&text) && take_number(&text, &out->patch);
  return ok && !text.len;
}

static bool read_protobuf_version(weir_schema *s, weir_str value, weir_py_options *out, weir_str *error) {
  if (read_version(value, false, &out->protobuf) && out->protobuf.major >= 25) return true;
  *error = weir_schema_printf(s, "protobuf=" WEIR_FMT ": a version of protoc is wanted, 25.0 or later.",
                              WEIR_ARG(value));
  return false;
}

static bool read_grpc_version(weir_schema *s, weir_str value, weir_py_options *out, weir_str *error) {
  weir_py_version *v = &out->grpc;
  if (read_version(value, true, v) && v->major == 1 && v->minor >= 60 && (v->minor <= 62 || v->minor >= 67))
    return true;
  *error = weir_schema_printf(
      s, "grpc=" WEIR_FMT ": a version of grpcio-tools is wanted, 1.60 to 1.62, or 1.67 or later.",
      WEIR_ARG(value));
  return false;
}

static weir_str take_option(weir_str *text) {
  const char *comma = memchr(text->data, ',', text->len);
  size_t len = comma ? (size_t)(comma - text->data) : text->len, gone = len + (comma != NULL);
  weir_str option = {text->data, len};
  *text = (weir_str){text->data + gone, text->len - gone};
  return option;
}

/* What upstream's generators know stands beside what is weir's. */
static bool set_option(weir_schema *s, weir_py_kind kind, weir_str name, weir_str value, weir_py_options *out,
                       weir_str *error) {
  const struct {
    const char *name;
    bool *flag;
  } flags[] = {{"relative_imports", &out->relative_imports},
               {"init_files", &out->init_files},
               {"py_typed", &out->py_typed},
               {kind == WEIR_PY_MESSAGES   ? "pyi_out"
                : kind == WEIR_PY_SERVICES ? "pyi"
                                           : "",
                &out->pyi}};
  for (size_t i = 0; name.len && i < sizeof flags / sizeof *flags; i++)
    if (weir_str_eq(name, weir_str_of(flags[i].name))) return *flags[i].flag = true;
  if (kind == WEIR_PY_SERVICES) {
    if (weir_str_eq(name, WEIR_STR("grpc_2_0"))) return true;
    if (weir_str_eq(name, WEIR_STR("grpc"))) return read_grpc_version(s, value, out, error);
    *error = weir_schema_printf(s, "Invalid grpc version '" WEIR_FMT "'.", WEIR_ARG(name));
    return false;
  }
  /* It leaves out what only other languages' features need: nothing here. */
  if (weir_str_eq(name, WEIR_STR("experimental_strip_nonfunctional_codegen"))) return true;
  if (weir_str_eq(name, WEIR_STR("protobuf"))) return read_protobuf_version(s, value, out, error);
  *error = weir_schema_printf(s, "Unknown generator option: " WEIR_FMT, WEIR_ARG(name));
  return false;
}

bool weir_py_options_parse(weir_schema *s, weir_py_kind kind, weir_str text, weir_py_options *out,
                           weir_str *error) {
  while (text.len) {
    weir_str name = take_option(&text), value = {"", 0};
    if (!name.len) continue;
    const char *equals = memchr(name.data, '=', name.len);
    if (equals) {
      value = (weir_str){equals + 1, (size_t)(name.data + name.len - equals - 1)};
      name.len = (size_t)(equals - name.data);
    }
    if (!set_option(s, kind, name, value, out, error)) return false;
  }
  return true;
}

/* ---- files --------------------------------------------------------------------------------------------- */

typedef weir_str write_fn(weir_py *py);

static void add_output(weir_schema *s, weir_outputs *out, weir_str name, weir_str text, bool keep) {
  for (uint32_t i = 0; keep && i < out->len; i++)
    if (weir_str_eq(out->data[i].name, name)) return;
  weir_schema_push(s, out, (weir_output){.name = name, .text = text, .keep = keep});
}

static void write_file(weir_schema *s, weir_def_file *file, const weir_py_options *options, write_fn *fn,
                       weir_str name, weir_outputs *out) {
  weir_py py = {.e = weir_emitter_in(s), .file = file, .options = options};
  add_output(s, out, name, fn(&py), false);
}

/* What makes a package of each folder on the way to a file. */
static void add_markers(weir_schema *s, const weir_py_options *options, weir_str path, weir_outputs *out) {
  bool is_first = true;
  for (size_t i = 0; i < path.len; i++) {
    if (path.data[i] != '/') continue;
    weir_str folder = {path.data, i + 1};
    if (options->init_files)
      add_output(s, out, weir_schema_printf(s, WEIR_FMT "__init__.py", WEIR_ARG(folder)), WEIR_STR(""), true);
    if (options->py_typed && is_first)
      add_output(s, out, weir_schema_printf(s, WEIR_FMT "py.typed", WEIR_ARG(folder)), WEIR_STR(""), true);
    is_first = false;
  }
}

/* Until 1.72, the dots of a file's name stayed in the name of what was made of it. */
static weir_str services_path(weir_schema *s, const weir_def_file *file, weir_py_version v,
                              const char *suffix) {
  if (!weir_py_before(v, 1, 73)) return weir_py_path(s, file->def.name, suffix);
  weir_str name = weir_py_replace(s, file->def.name, '-', "_");
  return weir_schema_printf(s, "%.*s_pb2%s", (int)(name.len - strlen(".proto")), name.data, suffix);
}

static bool check_name(weir_py_kind kind, const weir_def_file *file, weir_str *error) {
  weir_str name = file->def.name;
  bool ok = name.len > 6 && memcmp(name.data + name.len - 6, ".proto", 6) == 0;
  if (ok || kind != WEIR_PY_SERVICES) return true;
  *error = WEIR_STR("Invalid proto file name. Proto file must end with .proto");
  return false;
}

static weir_err generate(weir_schema *s, weir_def_file *file, weir_py_kind kind, weir_str parameter,
                         weir_outputs *out, weir_str *error) {
  weir_py_options options = {0};
  jmp_buf out_of_memory;
  s->out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) return WEIR_ENOMEM;
  if (!weir_py_options_parse(s, kind, parameter, &options, error) || !check_name(kind, file, error))
    return WEIR_EINVALID;
  weir_str name = file->def.name;
  switch (kind) {
  case WEIR_PY_MESSAGES:
    if (options.pyi) write_file(s, file, &options, weir_py_message_stubs, weir_py_path(s, name, ".pyi"), out);
    write_file(s, file, &options, weir_py_messages, weir_py_path(s, name, ".py"), out);
    break;
  case WEIR_PY_STUBS:
    write_file(s, file, &options, weir_py_message_stubs, weir_py_path(s, name, ".pyi"), out);
    break;
  case WEIR_PY_SERVICES:
    write_file(s, file, &options, weir_py_services, services_path(s, file, options.grpc, "_grpc.py"), out);
    if (options.pyi)
      write_file(s, file, &options, weir_py_service_stubs, services_path(s, file, options.grpc, "_grpc.pyi"),
                 out);
    break;
  }
  add_markers(s, &options, weir_py_path(s, name, ""), out);
  return WEIR_EOK;
}

weir_err weir_codegen_python(weir_schema *s, weir_def_file *file, weir_str parameter, weir_outputs *out,
                             weir_str *error) {
  return generate(s, file, WEIR_PY_MESSAGES, parameter, out, error);
}

weir_err weir_codegen_pyi(weir_schema *s, weir_def_file *file, weir_str parameter, weir_outputs *out,
                          weir_str *error) {
  return generate(s, file, WEIR_PY_STUBS, parameter, out, error);
}

weir_err weir_codegen_grpc_python(weir_schema *s, weir_def_file *file, weir_str parameter, weir_outputs *out,
                                  weir_str *error) {
  return generate(s, file, WEIR_PY_SERVICES, parameter, out, error);
}
