/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* names.h - what things are called in C. All names are made here, and here it is found out when two are the same. */
#ifndef WEIR_CODEGEN_NAMES_H
#define WEIR_CODEGEN_NAMES_H

#include "schema/schema.h"

/** "a.b.C" as "a_b_C". */
weir_str weir_name_of(weir_schema *s, const weir_def *d);
/** The global name of an enum's value: the enum's and its own. */
weir_str weir_name_of_value(weir_schema *s, const weir_def_value *v);
/** "dir/x.proto" with another suffix: "dir/x.weir.h". */
weir_str weir_name_of_output(weir_schema *s, const weir_def_file *file, const char *suffix);
/** What an #include line names a file's header by: "x.weir.h" in quotes, <weir/google/protobuf/x.weir.h> for files
 * that weir ships. */
weir_str weir_name_of_include(weir_schema *s, const weir_def_file *file, const char *suffix);
/** The table of what a file declares: "dir_x_file". */
weir_str weir_name_of_file(weir_schema *s, const weir_def_file *file);
/** The include guard of an output. */
weir_str weir_name_of_guard(weir_schema *s, weir_str output);
/** A name for a struct member: with `_` behind it if it is a keyword or a macro of C or C++. */
weir_str weir_name_of_method(weir_schema *s, weir_str name);

/** The member that holds a field or a oneof; unique in its struct. */
weir_str weir_name_of_field(weir_schema *s, const weir_def_field *f);
weir_str weir_name_of_oneof(weir_schema *s, const weir_def_oneof *o);

/** Reports the generated globals that collide, of the file and of all it sees, with each other and with what is in
 * *claimed, to which they are added. False if any do. */
bool weir_names_check(weir_schema *s, const weir_def_file *file, weir_map **claimed);

#endif
