/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* py_stubs.c - x_pb2.pyi: what type checkers and editors read, for the classes that the runtime builds. */
#include "codegen/py.h"
#include "schema/value.h"

static bool is_before(const weir_py *py, int32_t major, int32_t minor) {
  return weir_py_before(py->options->protobuf, major, minor);
}

/* Upstream's form, with what type checkers complain about in it. */
static bool is_exact(const weir_py *py) { return py->options->protobuf.major != 0; }

static bool is_named(const weir_def_message *m, const char *full_name) {
  return m && weir_str_eq(m->def.full_name, weir_str_of(full_name));
}

static bool is_timestamp(const weir_def_message *m) { return is_named(m, "google.protobuf.Timestamp"); }
static bool is_duration(const weir_def_message *m) { return is_named(m, "google.protobuf.Duration"); }

/* Its class has methods of its own. */
static bool is_well_known(const weir_def_message *m) {
  static const char *const names[] = {"google.protobuf.Any",       "google.protobuf.Duration",
                                      "google.protobuf.FieldMask", "google.protobuf.ListValue",
                                      "google.protobuf.Struct",    "google.protobuf.Timestamp"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (is_named(m, names[i])) return true;
  return false;
}

/* Whether the class's body has the name. In it, what is outside by that name is out of reach. */
static bool declares(const weir_def_message *m, weir_str name) {
  for (uint32_t i = 0; i < m->fields.len; i++)
    if (weir_str_eq(m->fields.data[i]->def.name, name)) return true;
  for (uint32_t i = 0; i < m->extensions.len; i++)
    if (weir_str_eq(m->extensions.data[i]->def.name, name)) return true;
  for (uint32_t i = 0; i < m->messages.len; i++)
    if (weir_str_eq(m->messages.data[i]->def.name, name)) return true;
  for (uint32_t i = 0; i < m->enums.len; i++) {
    const weir_def_enum *d = m->enums.data[i];
    if (weir_str_eq(d->def.name, name)) return true;
    for (uint32_t k = 0; k < d->values.len; k++)
      if (weir_str_eq(d->values.data[k]->def.name, name)) return true;
  }
  return false;
}

static const char *const builtin_types[] = {"int", "float", "bool", "str", "bytes"};

/* A built-in type, as it is called in m's body. */
static weir_str builtin(const weir_py *py, const char *name, const weir_def_message *m) {
  bool hidden = !is_exact(py) && declares(m, weir_str_of(name));
  return hidden ? weir_schema_printf(py->e.schema, "_builtins.%s", name) : weir_str_of(name);
}

static const weir_def_field *map_value(const weir_def_field *f) { return f->message->fields.data[1]; }

/* ---- imports ------------------------------------------------------------------------------------------- */

/* What the file needs. */
typedef struct needs {
  bool builtins, containers, iterable, enums, extensions, mapping, optional, unions, well_known, datetime;
} needs;

static void needs_of_value(const weir_def_field *f, needs *n) {
  if (f->message || f->enumeration) n->unions = true;
  if (is_timestamp(f->message) || is_duration(f->message)) n->datetime = true;
}

static void needs_of_message(const weir_def_message *m, needs *n) {
  for (size_t i = 0; i < sizeof builtin_types / sizeof *builtin_types; i++)
    if (declares(m, weir_str_of(builtin_types[i]))) n->builtins = true;
  if (m->extension_ranges.len) n->extensions = true;
  if (m->enums.len) n->enums = true;
  if (is_well_known(m)) n->well_known = true;
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    if (weir_py_is_keyword(f->def.name)) continue;
    n->optional = true;
    if (f->label == WEIR_LABEL_REPEATED) n->containers = true;
    if (f->label == WEIR_LABEL_REPEATED && !f->is_map) n->iterable = true;
    if (f->message) n->mapping = true;
    needs_of_value(f->is_map ? map_value(f) : f, n);
  }
  for (uint32_t i = 0; i < m->messages.len; i++) needs_of_message(m->messages.data[i], n);
}

static void emit_module(weir_py *py, weir_map *taken, weir_str file_name) {
  weir_schema *s = py->e.schema;
  weir_str module = weir_py_module(s, file_name);
  const char *dot = memrchr(module.data, '.', module.len);
  weir_str last = dot ? (weir_str){dot + 1, (size_t)(module.data + module.len - dot - 1)} : module;
  weir_str *alias = weir_schema_alloc(s, sizeof *alias);
  *alias = weir_schema_printf(s, "_" WEIR_FMT, WEIR_ARG(last));
  while (weir_map_get(taken, *alias)) *alias = weir_schema_printf(s, WEIR_FMT "_1", WEIR_ARG(*alias));
  bool counts = weir_py_import(py, file_name, *alias) || !is_exact(py);
  if (!counts) return; /* upstream forgets what it imports by importlib */
  weir_schema_put(s, &py->aliases, file_name, alias);
  weir_schema_put(s, taken, *alias, alias);
}

static void emit_modules(weir_py *py) {
  weir_map taken;
  weir_map_init(&taken, py->e.schema->mem, 0);
  for (uint32_t i = 0; i < py->file->imports.len; i++) {
    const weir_def_file *file = py->file->imports.data[i].file;
    emit_module(py, &taken, file->def.name);
    for (uint32_t k = 0; k < file->imports.len; k++)
      if (file->imports.data[k].is_public) emit_module(py, &taken, file->imports.data[k].name);
  }
}

static bool has_generic_services(const weir_def_file *file) {
  const weir_value_entry *e = weir_value_get(file->def.options.value, "py_generic_services");
  return file->services.len && e && e->bits;
}

static void emit_typing(weir_py *py, const needs *n) {
  weir_emitter *e = &py->e;
  bool old = is_before(py, 30, 0);
  if (!old && (n->iterable || n->mapping)) {
    weir_emit(e, "from collections.abc import");
    if (n->iterable) weir_emit(e, n->mapping ? " Iterable as _Iterable," : " Iterable as _Iterable");
    if (n->mapping) weir_emit(e, " Mapping as _Mapping");
    weir_emit(e, "\n");
  }
  weir_emit(e, is_exact(py) ? "from typing import ClassVar as _ClassVar"
                            : "from typing import Any as _Any, ClassVar as _ClassVar");
  if (old && n->iterable) weir_emit(e, ", Iterable as _Iterable");
  if (old && n->mapping) weir_emit(e, ", Mapping as _Mapping");
  if (n->optional) weir_emit(e, ", Optional as _Optional");
  if (n->unions) weir_emit(e, ", Union as _Union");
  weir_emit(e, "\n");
}

static void emit_reexports(weir_py *py) {
  weir_emitter *e = &py->e;
  for (uint32_t i = 0; i < py->file->imports.len; i++) {
    const weir_import *import = &py->file->imports.data[i];
    if (!import->is_public) continue;
    weir_emit_set(e, "module", weir_py_import_name(py, import->name));
    for (uint32_t k = 0; k < import->file->messages.len; k++) {
      weir_emit_set(e, "name", import->file->messages.data[k]->def.name);
      weir_emit(e, "from $module$ import $name$ as $name$\n");
    }
    for (uint32_t k = 0; k < import->file->enums.len; k++) {
      weir_emit_set(e, "name", import->file->enums.data[k]->def.name);
      weir_emit(e, "from $module$ import $name$ as $name$\n");
    }
  }
}

static void emit_imports(weir_py *py) {
  weir_emitter *e = &py->e;
  const weir_def_file *file = py->file;
  needs n = {.enums = file->enums.len != 0};
  for (uint32_t i = 0; i < file->messages.len; i++) needs_of_message(file->messages.data[i], &n);
  if (n.datetime && !is_before(py, 31, 1)) weir_emit(e, "import datetime\n\n");
  if (n.builtins && !is_exact(py)) weir_emit(e, "import builtins as _builtins\n");
  emit_modules(py);
  if (n.containers) weir_emit(e, "from google.protobuf.internal import containers as _containers\n");
  if (n.enums) weir_emit(e, "from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper\n");
  if (n.extensions && is_exact(py))
    weir_emit(e, "from google.protobuf.internal import python_message as _python_message\n");
  if (n.well_known)
    weir_emit(e, "from google.protobuf.internal import well_known_types as _well_known_types\n");
  weir_emit(e, "from google.protobuf import descriptor as _descriptor\n");
  if (file->messages.len) weir_emit(e, "from google.protobuf import message as _message\n");
  if (has_generic_services(file) && is_exact(py))
    weir_emit(e, "from google.protobuf import service as _service\n");
  emit_typing(py, &n);
  emit_reexports(py);
  weir_emit(e, "\n");
}

/* ---- types --------------------------------------------------------------------------------------------- */

static bool is_nameless(weir_py *py, const weir_def *d) {
  if (weir_py_is_nameless(d)) return true;
  return d->file != py->file && !weir_py_is_importable(weir_py_module(py->e.schema, d->file->def.name));
}

/* What is at the top of the module under a name that the body of a class has taken goes by another, which stands at
 * the end of the file. */
static weir_str top_name(weir_py *py, weir_str name) {
  weir_schema *s = py->e.schema;
  const char *dot = memchr(name.data, '.', name.len);
  weir_str first = {name.data, dot ? (size_t)(dot - name.data) : name.len};
  bool known = false;
  for (uint32_t i = 0; i < py->tops.len; i++) known = known || weir_str_eq(py->tops.data[i], first);
  if (!known) weir_schema_push(s, &py->tops, first);
  return weir_schema_printf(s, "_top_" WEIR_FMT, WEIR_ARG(name));
}

static bool is_hidden(const weir_py *py, weir_str name, const weir_def_message *m) {
  const char *dot = memchr(name.data, '.', name.len);
  return !is_exact(py) && m && declares(m, (weir_str){name.data, dot ? (size_t)(dot - name.data) : name.len});
}

/* The type's name, as it is called in the body of m, or at the top of the module (NULL). */
static weir_str type_name(weir_py *py, const weir_def *d, const weir_def_message *m) {
  weir_schema *s = py->e.schema;
  if (!is_exact(py) && is_nameless(py, d)) return WEIR_STR("_Any");
  weir_str name = weir_py_type(s, d);
  if (d->file == py->file) return is_hidden(py, name, m) ? top_name(py, name) : name;
  const weir_str *known = weir_map_get(&py->aliases, d->file->def.name);
  weir_str alias;
  if (known) {
    alias = *known;
  } else {
    weir_str module = weir_py_module(s, d->file->def.name);
    const char *dot = memrchr(module.data, '.', module.len);
    weir_str last = dot ? (weir_str){dot + 1, (size_t)(module.data + module.len - dot - 1)} : module;
    alias = weir_schema_printf(s, "_" WEIR_FMT, WEIR_ARG(last));
  }
  return weir_schema_printf(s, WEIR_FMT "." WEIR_FMT, WEIR_ARG(alias), WEIR_ARG(name));
}

/* The type of one value, as seen in message m. */
static weir_str value_type(weir_py *py, const weir_def_field *f, const weir_def_message *m) {
  switch (f->type) {
  case WEIR_TYPE_DOUBLE:
  case WEIR_TYPE_FLOAT: return builtin(py, "float", m);
  case WEIR_TYPE_BOOL: return builtin(py, "bool", m);
  case WEIR_TYPE_STRING: return builtin(py, "str", m);
  case WEIR_TYPE_BYTES: return builtin(py, "bytes", m);
  case WEIR_TYPE_ENUM: return type_name(py, &f->enumeration->def, m);
  case WEIR_TYPE_MESSAGE:
  case WEIR_TYPE_GROUP: break;
  default: return builtin(py, "int", m);
  }
  weir_str name = type_name(py, &f->message->def, m);
  if (!is_exact(py) || !m->def.parent || !weir_str_eq(name, m->def.name)) return name;
  /* Within a nested class of the same name, the outer one goes by its module. */
  weir_str module = weir_py_module(py->e.schema, f->def.file->def.name);
  return weir_schema_printf(py->e.schema, WEIR_FMT "." WEIR_FMT, WEIR_ARG(module), WEIR_ARG(name));
}

static weir_str field_type(weir_py *py, const weir_def_field *f, const weir_def_message *m) {
  weir_schema *s = py->e.schema;
  if (f->is_map) {
    const char *container = map_value(f)->message ? "MessageMap" : "ScalarMap";
    return weir_schema_printf(s, "_containers.%s[" WEIR_FMT ", " WEIR_FMT "]", container,
                              WEIR_ARG(value_type(py, f->message->fields.data[0], m)),
                              WEIR_ARG(value_type(py, map_value(f), m)));
  }
  weir_str type = value_type(py, f, m);
  if (f->label != WEIR_LABEL_REPEATED) return type;
  const char *container = f->message ? "RepeatedCompositeFieldContainer" : "RepeatedScalarFieldContainer";
  return weir_schema_printf(s, "_containers.%s[" WEIR_FMT "]", container, WEIR_ARG(type));
}

/* What the constructor takes for a field. */
static weir_str argument_type(weir_py *py, const weir_def_field *f, const weir_def_message *m) {
  weir_schema *s = py->e.schema;
  if (f->is_map)
    return weir_schema_printf(s, "_Mapping[" WEIR_FMT ", " WEIR_FMT "]",
                              WEIR_ARG(value_type(py, f->message->fields.data[0], m)),
                              WEIR_ARG(value_type(py, map_value(f), m)));
  weir_str type = value_type(py, f, m), text = builtin(py, "str", m);
  const char *extra = is_before(py, 31, 0)       ? ""
                      : is_timestamp(f->message) ? "datetime.datetime, "
                      : is_duration(f->message)  ? "datetime.timedelta, "
                                                 : "";
  weir_str mapping = WEIR_STR("_Mapping");
  if (!is_exact(py)) mapping = weir_schema_printf(s, "_Mapping[" WEIR_FMT ", _Any]", WEIR_ARG(text));
  if (f->message)
    type = weir_schema_printf(s, "_Union[%s" WEIR_FMT ", " WEIR_FMT "]", extra, WEIR_ARG(type),
                              WEIR_ARG(mapping));
  if (f->enumeration)
    type = weir_schema_printf(s, "_Union[" WEIR_FMT ", " WEIR_FMT "]", WEIR_ARG(type), WEIR_ARG(text));
  if (f->label == WEIR_LABEL_REPEATED)
    type = weir_schema_printf(s, "_Iterable[" WEIR_FMT "]", WEIR_ARG(type));
  return type;
}

/* ---- enums and extensions ------------------------------------------------------------------------------- */

/* A name that is a keyword is no name of a class or of a variable: only getattr finds it. Upstream writes it all the
 * same, and the file cannot be read. */
static bool is_writable(const weir_py *py, weir_str name) {
  return is_exact(py) || !weir_py_is_keyword(name);
}

/* m: the message in whose body they are, NULL at the top. */
static void emit_values(weir_py *py, const weir_def_enum *d, const weir_def_message *m, const char *indent,
                        const char *template) {
  weir_emitter *e = &py->e;
  weir_emit_set(e, "type", type_name(py, &d->def, m));
  for (uint32_t i = 0; i < d->values.len; i++) {
    if (!is_writable(py, d->values.data[i]->def.name)) continue;
    weir_emit_set(e, "name", d->values.data[i]->def.name);
    weir_emit(e, indent);
    weir_emit(e, template);
  }
}

static const char *deeper(weir_py *py, const char *indent) {
  return weir_schema_printf(py->e.schema, "%s    ", indent).data;
}

static void emit_enum(weir_py *py, const weir_def_enum *d, const char *indent) {
  weir_emitter *e = &py->e;
  if (!is_writable(py, d->def.name)) return;
  weir_emit_set(e, "indent", weir_str_of(indent));
  weir_emit_set(e, "name", d->def.name);
  weir_emit(e, "$indent$class $name$(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):\n"
               "$indent$    __slots__ = ()\n");
  emit_values(py, d, NULL, deeper(py, indent), "$name$: _ClassVar[$type$]\n");
}

static void emit_extension(weir_py *py, const weir_def_field *f, const weir_def_message *m,
                           const char *indent) {
  weir_emitter *e = &py->e;
  weir_emit_set(e, "indent", weir_str_of(indent));
  weir_emit_set(e, "name", f->def.name);
  weir_emit_set(e, "NAME", weir_py_upper(e->schema, f->def.name));
  bool plain = !is_exact(py) && !*indent; /* class variables stand in classes */
  weir_emit_set(e, "int", m ? builtin(py, "int", m) : WEIR_STR("int"));
  weir_emit(e, plain ? "$NAME$_FIELD_NUMBER: int\n" : "$indent$$NAME$_FIELD_NUMBER: _ClassVar[$int$]\n");
  if (is_writable(py, f->def.name)) weir_emit(e, "$indent$$name$: _descriptor.FieldDescriptor\n");
}

/* ---- messages ------------------------------------------------------------------------------------------ */

static void emit_slots(weir_py *py, const weir_def_message *m) {
  uint32_t n = 0;
  weir_emitter *e = &py->e;
  weir_emit(e, "$indent$    __slots__ = (");
  for (uint32_t i = 0; i < m->fields.len; i++) {
    if (weir_py_is_keyword(m->fields.data[i]->def.name)) continue;
    weir_emit_set(e, "name", m->fields.data[i]->def.name);
    weir_emit(e, n++ ? ", \"$name$\"" : "\"$name$\"");
  }
  weir_emit(e, n == 1 ? ",)\n" : ")\n");
}

static void emit_constructor(weir_py *py, const weir_def_message *m) {
  weir_emitter *e = &py->e;
  weir_str self = WEIR_STR("self");
  while (!is_before(py, 30, 0) && weir_message_field(m, self))
    self = weir_schema_printf(e->schema, WEIR_FMT "_", WEIR_ARG(self));
  weir_emit_set(e, "self", self);
  weir_emit(e, "$indent$    def __init__($self$");
  bool has_keywords = false, old_bool = is_before(py, 32, 0);
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    bool skipped = weir_py_is_keyword(f->def.name);
    has_keywords = has_keywords || skipped;
    if (skipped) continue;
    weir_emit_set(e, "name", f->def.name);
    weir_emit_set(e, "type", argument_type(py, f, m));
    bool is_plain = old_bool && f->type == WEIR_TYPE_BOOL && f->label != WEIR_LABEL_REPEATED;
    weir_emit(e, is_plain ? ", $name$: $type$ = ..." : ", $name$: _Optional[$type$] = ...");
  }
  if (has_keywords) weir_emit(e, is_exact(py) ? ", **kwargs" : ", **kwargs: _Any");
  weir_emit(e, ") -> None: ...\n");
}

static void emit_fields(weir_py *py, const weir_def_message *m) {
  weir_emitter *e = &py->e;
  for (uint32_t i = 0; i < m->fields.len; i++) {
    weir_emit_set(e, "NAME", weir_py_upper(e->schema, m->fields.data[i]->def.name));
    weir_emit_set(e, "int", builtin(py, "int", m));
    weir_emit(e, "$indent$    $NAME$_FIELD_NUMBER: _ClassVar[$int$]\n");
  }
  for (uint32_t i = 0; i < m->fields.len; i++) {
    const weir_def_field *f = m->fields.data[i];
    if (weir_py_is_keyword(f->def.name)) continue;
    weir_emit_set(e, "name", f->def.name);
    weir_emit_set(e, "type", field_type(py, f, m));
    weir_emit(e, "$indent$    $name$: $type$\n");
  }
}

static void emit_message(weir_py *py, const weir_def_message *m, const char *indent) {
  weir_emitter *e = &py->e;
  if (!is_writable(py, m->def.name)) return;
  const char *inner = deeper(py, indent);
  weir_emit_set(e, "indent", weir_str_of(indent));
  weir_emit_set(e, "name", m->def.name);
  weir_emit(e, *indent ? "" : "\n");
  weir_emit(e, is_well_known(m) ? "$indent$class $name$(_message.Message, _well_known_types.$name$):\n"
                                : "$indent$class $name$(_message.Message):\n");
  emit_slots(py, m);
  if (m->extension_ranges.len)
    weir_emit(e, is_exact(py) ? "$indent$    Extensions: _python_message._ExtensionDict\n"
                              : "$indent$    Extensions: _Any\n");
  for (uint32_t i = 0; i < m->enums.len; i++) {
    emit_enum(py, m->enums.data[i], inner);
    emit_values(py, m->enums.data[i], m, inner, "$name$: $type$\n");
  }
  for (uint32_t i = 0; i < m->messages.len; i++) emit_message(py, m->messages.data[i], inner);
  for (uint32_t i = 0; i < m->extensions.len; i++) emit_extension(py, m->extensions.data[i], m, inner);
  weir_emit_set(e, "indent", weir_str_of(indent));
  emit_fields(py, m);
  emit_constructor(py, m);
}

static void emit_generic_services(weir_py *py) {
  weir_emitter *e = &py->e;
  for (uint32_t i = 0; i < py->file->services.len; i++) {
    weir_emit_set(e, "name", py->file->services.data[i]->def.name);
    weir_emit(e, is_exact(py) ? "\n"
                                "class $name$(_service.service): ...\n"
                              : "\n" /* the newest protobufs have no services */
                                "class $name$:\n"
                                "    def __getattr__(self, name: str) -> _Any: ...\n");
    weir_emit(e, "\n"
                 "class $name$_Stub($name$): ...\n");
  }
}

/* Of a file that this one imports publicly. */
static void emit_public_names(weir_py *py, const weir_def_file *file) {
  for (uint32_t i = 0; i < file->extensions.len; i++) emit_extension(py, file->extensions.data[i], NULL, "");
  for (uint32_t i = 0; i < file->enums.len; i++)
    emit_values(py, file->enums.data[i], NULL, "", "$name$: $type$\n");
}

weir_str weir_py_message_stubs(weir_py *py) {
  weir_emitter *e = &py->e;
  const weir_def_file *file = py->file;
  weir_map_init(&py->aliases, e->schema->mem, 0);
  emit_imports(py);
  weir_emit(e, "DESCRIPTOR: _descriptor.FileDescriptor\n");
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (file->imports.data[i].is_public) emit_public_names(py, file->imports.data[i].file);
  for (uint32_t i = 0; i < file->enums.len; i++) {
    weir_emit(e, "\n");
    emit_enum(py, file->enums.data[i], "");
  }
  for (uint32_t i = 0; i < file->enums.len; i++)
    emit_values(py, file->enums.data[i], NULL, "", "$name$: $type$\n");
  for (uint32_t i = 0; i < file->extensions.len; i++) emit_extension(py, file->extensions.data[i], NULL, "");
  for (uint32_t i = 0; i < file->messages.len; i++) emit_message(py, file->messages.data[i], "");
  if (has_generic_services(file)) emit_generic_services(py);
  for (uint32_t i = 0; i < py->tops.len; i++) {
    weir_emit_set(e, "name", py->tops.data[i]);
    weir_emit(e, i ? "_top_$name$ = $name$\n" : "\n_top_$name$ = $name$\n");
  }
  return weir_schema_check(e->schema, weir_bytes_view(&e->out));
}
