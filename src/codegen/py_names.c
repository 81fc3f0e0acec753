/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* py_names.c - what files, modules and types are called in Python. */
#include "codegen/py.h"

static const char *const keywords[] = {
    "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
    "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
    "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
    "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",
};

bool weir_py_is_keyword(weir_str name) {
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    if (weir_str_eq(name, weir_str_of(keywords[i]))) return true;
  return false;
}

bool weir_py_is_nameless(const weir_def *d) {
  return weir_py_is_keyword(d->name) || (d->parent && weir_py_is_nameless(d->parent));
}

bool weir_py_is_importable(weir_str module) {
  for (size_t at = 0; at <= module.len;) {
    size_t end = at;
    while (end < module.len && module.data[end] != '.') end++;
    if (weir_py_is_keyword((weir_str){module.data + at, end - at})) return false;
    at = end + 1;
  }
  return true;
}

weir_str weir_py_replace(weir_schema *s, weir_str text, char from, const char *to) {
  weir_bytes out = weir_bytes_in(s->mem);
  for (size_t i = 0; i < text.len; i++) {
    if (text.data[i] == from)
      weir_bytes_append_cstr(&out, to);
    else
      weir_bytes_append(&out, text.data + i, 1);
  }
  weir_bytes_append(&out, "", 1);
  if (out.failed) weir_schema_check(s, (weir_str){NULL, 0});
  return (weir_str){out.data, out.len - 1};
}

static bool ends_with(weir_str text, const char *suffix) {
  size_t n = strlen(suffix);
  return text.len >= n && memcmp(text.data + text.len - n, suffix, n) == 0;
}

static weir_str without_suffix(weir_str name) {
  if (ends_with(name, ".protodevel")) return (weir_str){name.data, name.len - strlen(".protodevel")};
  if (ends_with(name, ".proto")) return (weir_str){name.data, name.len - strlen(".proto")};
  return name;
}

weir_str weir_py_module(weir_schema *s, weir_str file_name) {
  weir_str name = weir_py_replace(s, without_suffix(file_name), '-', "_");
  return weir_schema_printf(s, WEIR_FMT "_pb2", WEIR_ARG(weir_py_replace(s, name, '/', ".")));
}

weir_str weir_py_alias(weir_schema *s, weir_str file_name) {
  weir_str doubled = weir_py_replace(s, weir_py_module(s, file_name), '_', "__");
  return weir_py_replace(s, doubled, '.', "_dot_");
}

weir_str weir_py_path(weir_schema *s, weir_str file_name, const char *suffix) {
  weir_str path = weir_py_replace(s, weir_py_module(s, file_name), '.', "/");
  return weir_schema_printf(s, WEIR_FMT "%s", WEIR_ARG(path), suffix);
}

weir_str weir_py_type(weir_schema *s, const weir_def *d) {
  bool keyword = weir_py_is_keyword(d->name);
  if (!d->parent)
    return keyword ? weir_schema_printf(s, "globals()['" WEIR_FMT "']", WEIR_ARG(d->name)) : d->name;
  weir_str outer = weir_py_type(s, d->parent);
  return weir_schema_printf(s, keyword ? "getattr(" WEIR_FMT ", '" WEIR_FMT "')" : WEIR_FMT "." WEIR_FMT,
                            WEIR_ARG(outer), WEIR_ARG(d->name));
}

weir_str weir_py_upper(weir_schema *s, weir_str name) {
  char *out = weir_schema_alloc(s, name.len + 1);
  for (size_t i = 0; i < name.len; i++) {
    char c = name.data[i];
    out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
  }
  return (weir_str){out, name.len};
}

static weir_str nested_name(weir_schema *s, const weir_def *d) {
  if (!d->parent) return d->name;
  return weir_schema_printf(s, WEIR_FMT "_" WEIR_FMT, WEIR_ARG(nested_name(s, d->parent)), WEIR_ARG(d->name));
}

weir_str weir_py_variable(weir_schema *s, const weir_def *d) {
  return weir_schema_printf(s, "_" WEIR_FMT, WEIR_ARG(weir_py_upper(s, nested_name(s, d))));
}

static bool is_hex(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* A digit behind an escape of two digits would be read by some as its third: it is escaped too. */
weir_str weir_py_bytes(weir_schema *s, weir_str bytes) {
  static const char from[] = "\n\r\t\"'\\", to[] = "nrt\"'\\", hex[] = "0123456789abcdef";
  char *out = weir_schema_alloc(s, bytes.len * 4 + 1), *p = out;
  bool after_hex = false;
  for (size_t i = 0; i < bytes.len; i++) {
    unsigned char c = (unsigned char)bytes.data[i];
    const char *short_form = c ? strchr(from, c) : NULL;
    bool plain = c >= 0x20 && c < 0x7F && !(after_hex && is_hex(c));
    after_hex = !short_form && !plain;
    if (!plain || short_form) *p++ = '\\';
    if (short_form) {
      *p++ = to[short_form - from];
    } else if (plain) {
      *p++ = (char)c;
    } else {
      *p++ = 'x';
      *p++ = hex[c >> 4];
      *p++ = hex[c & 15];
    }
  }
  return (weir_str){out, (size_t)(p - out)};
}

/* ---- imports ------------------------------------------------------------------------------------------- */

static bool is_of_google(weir_str file_name) {
  return file_name.len > 7 && memcmp(file_name.data, "google/", 7) == 0;
}

weir_str weir_py_import_name(const weir_py *py, weir_str file_name) {
  weir_schema *s = py->e.schema;
  weir_str module = weir_py_module(s, file_name);
  if (!py->options->relative_imports || is_of_google(file_name)) return module;
  weir_str dots = WEIR_STR("."), own = weir_py_module(s, py->file->def.name);
  for (size_t i = 0; i < own.len; i++)
    if (own.data[i] == '.') dots = weir_schema_printf(s, WEIR_FMT ".", WEIR_ARG(dots));
  return weir_schema_printf(s, WEIR_FMT WEIR_FMT, WEIR_ARG(dots), WEIR_ARG(module));
}

bool weir_py_import(weir_py *py, weir_str file_name, weir_str alias) {
  weir_emitter *e = &py->e;
  weir_str module = weir_py_import_name(py, file_name);
  bool relative = module.data[0] == '.';
  weir_emit_set(e, "module", module);
  weir_emit_set(e, "alias", alias);
  if (!weir_py_is_importable(module)) {
    if (!py->has_importlib) weir_emit(e, "import importlib\n");
    py->has_importlib = true;
    weir_emit(e, relative ? "$alias$ = importlib.import_module('$module$', __package__)\n"
                          : "$alias$ = importlib.import_module('$module$')\n");
    return false;
  }
  const char *dot = memrchr(module.data, '.', module.len);
  if (!dot) {
    weir_emit(e, "import $module$ as $alias$\n");
    return true;
  }
  /* "from . import x": the dots in front belong to the package, all of them. */
  weir_str name = {dot + 1, (size_t)(module.data + module.len - dot - 1)};
  bool only_dots = dot == module.data || dot[-1] == '.';
  weir_str package = {module.data, (size_t)(dot - module.data) + only_dots};
  weir_emit_set(e, "package", package);
  weir_emit_set(e, "name", name);
  weir_emit(e, "from $package$ import $name$ as $alias$\n");
  return true;
}
