/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* advise.h - what a name that is not known may have meant: advice for the error just reported. Looking for one takes a
 * walk over all names, so it is done only so often as weir_schema.advice_left allows. */
#ifndef WEIR_SCHEMA_ADVISE_H
#define WEIR_SCHEMA_ADVISE_H

#include "schema/schema.h"

/** A type: messages and enums that the file sees, scalar types, and what other languages call those. */
void weir_advise_type(weir_schema *s, const weir_def_file *file, weir_str name);
/** A field of an options message. */
void weir_advise_option(weir_schema *s, const weir_def_message *type, weir_str name);
/** A value of an enum. */
void weir_advise_value(weir_schema *s, const weir_def_enum *e, weir_str name);
/** A word that begins a statement. */
void weir_advise_statement(weir_schema *s, weir_str word);
/** A file: those that are built in, and those loaded already. */
void weir_advise_import(weir_schema *s, weir_str name);

#endif
