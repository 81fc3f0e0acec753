/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* py.h - between the files of the Python generators. */
#ifndef WEIR_CODEGEN_PY_H
#define WEIR_CODEGEN_PY_H

#include "codegen/codegen.h"
#include "codegen/emit.h"

/** A version of protobuf (25.1, 35.1) or of grpcio-tools (1.85.1). */
typedef struct weir_py_version {
  int32_t major, minor, patch; /* patch -1: not given */
} weir_py_version;

typedef struct weir_py_options {
  /* Whose form the code has, byte for byte; major 0: weir's own, which works with every version. */
  weir_py_version protobuf, grpc;
  bool pyi;              /* stubs too */
  bool relative_imports; /* of all but google/... */
  bool init_files;       /* an __init__.py in each folder, where there is none */
  bool py_typed;         /* a py.typed in the outermost folder */
} weir_py_options;

typedef enum weir_py_kind { WEIR_PY_MESSAGES, WEIR_PY_STUBS, WEIR_PY_SERVICES } weir_py_kind;

/** One file while its Python is written. */
typedef struct weir_py {
  weir_emitter e;
  weir_def_file *file;
  const weir_py_options *options;
  WEIR_LIST(weir_str) tops; /* stubs: what needs another name at the top of the module */
  weir_map aliases;         /* stubs: file name -> weir_py_alias of its module, if it has one */
  bool has_importlib;       /* imported already */
} weir_py;

/** Reads a --..._opt. On failure false with *error. */
bool weir_py_options_parse(weir_schema *s, weir_py_kind kind, weir_str text, weir_py_options *out,
                           weir_str *error);
/** v is given and older than major.minor. */
bool weir_py_before(weir_py_version v, int32_t major, int32_t minor);

weir_str weir_py_messages(weir_py *py);
weir_str weir_py_message_stubs(weir_py *py);
weir_str weir_py_services(weir_py *py);
weir_str weir_py_service_stubs(weir_py *py);

/** Of the modules with the requests and responses of a file's services. */
void weir_py_service_imports(weir_py *py);

/* ---- names (py_names.c) --------------------------------------------------------------------------------- */

bool weir_py_is_keyword(weir_str name);
/** A class that is called by a keyword, or stands in such a one, cannot be named where a type is wanted. */
bool weir_py_is_nameless(const weir_def *d);
/** Nor can what is in a module with a keyword in its name: "a.class_pb2". */
bool weir_py_is_importable(weir_str module);
/** "a/b-c.proto" as "a.b_c_pb2". */
weir_str weir_py_module(weir_schema *s, weir_str file_name);
/** What the module is called in the code of its importers: "a_dot_b__c__pb2". */
weir_str weir_py_alias(weir_schema *s, weir_str file_name);
/** "a.b-c.proto" as "a/b_c" with "_pb2" and the suffix: ".py", "_grpc.py". */
weir_str weir_py_path(weir_schema *s, weir_str file_name, const char *suffix);
/** A type's name behind its module: "A.B", with getattr for keywords. */
weir_str weir_py_type(weir_schema *s, const weir_def *d);
/** A descriptor's variable: "_A_B". */
weir_str weir_py_variable(weir_schema *s, const weir_def *d);
/** "foo" as "FOO". */
weir_str weir_py_upper(weir_schema *s, weir_str name);
weir_str weir_py_replace(weir_schema *s, weir_str text, char from, const char *to);
/** Bytes within '...', with hexadecimal escapes. */
weir_str weir_py_bytes(weir_schema *s, weir_str bytes);
/** The module by which `file` imports another, dots in front if imports are relative. */
weir_str weir_py_import_name(const weir_py *py, weir_str file_name);
/** "import x as alias", "from a import x as alias", or by importlib where a keyword is in the way. True if it was an
 * import statement. */
bool weir_py_import(weir_py *py, weir_str file_name, weir_str alias);

#endif
