/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse.h - .proto text to declarations, by recursive descent. A statement that does not parse is reported
 * and skipped up to its `;` or behind its block; the next one is parsed as if nothing had happened. */
#ifndef WEIR_SCHEMA_PARSE_H
#define WEIR_SCHEMA_PARSE_H

#include "schema/token.h"

/** Parses file->source into file. False if anything was reported as an error. */
bool weir_parse_file(weir_schema *s, weir_def_file *file);

/* ---- between the files of the parser -------------------------------------------------------------------
 * Functions that return bool have reported why when they return false; the caller skips the statement. */

typedef struct weir_parser {
  weir_schema *schema;
  weir_def_file *file;
  weir_lexer lexer;
  weir_doc upcoming; /* comments that belong to the next declaration: leading and detached */
  weir_doc ignored;
  int depth;                                             /* of nested messages */
  uint32_t public_imports, weak_imports, option_imports; /* so far */
} weir_parser;

bool weir_parse_at(const weir_parser *p, const char *text); /* the token at hand is `text` */
bool weir_parse_take(weir_parser *p, const char *text);     /* and goes past it if it is */
bool weir_parse_want(weir_parser *p, const char *text);     /* reports `Expected "text".` if it is not */
bool weir_parse_want_or(weir_parser *p, const char *text, const char *error);
bool weir_parse_ident(weir_parser *p, weir_str *out, const char *error);
bool weir_parse_int32(weir_parser *p, int32_t *out, const char *error);
bool weir_parse_signed32(weir_parser *p, int32_t *out, const char *error);
bool weir_parse_uint64(weir_parser *p, uint64_t max, uint64_t *out, const char *error);
bool weir_parse_number(weir_parser *p, double *out, const char *error);
bool weir_parse_string(weir_parser *p, weir_str *out, const char *error);
void weir_parse_error(weir_parser *p, const char *fmt, ...) WEIR_PRINTF(2, 3);
void weir_parse_skip_statement(weir_parser *p);

/* The `;`, `{` or `}` behind which the comments of `doc` (NULL: of nothing) are complete. */
bool weir_parse_take_end(weir_parser *p, const char *text, weir_doc *doc);
bool weir_parse_want_end(weir_parser *p, const char *text, weir_doc *doc);

/* The same, reported if missing, for a location that ends with it; and for a declaration's `{` and `;`. */
bool weir_parse_end(weir_parser *p, const char *text, weir_loc loc);
bool weir_parse_open(weir_parser *p, weir_def *def);
bool weir_parse_finish(weir_parser *p, weir_def *def);

/* parse_file.c */
/* `export` or `local`, from edition 2024 on. */
bool weir_parse_visibility(weir_parser *p, weir_visibility *out);

/* parse_type.c */
bool weir_parse_type(weir_parser *p, weir_type *type, weir_str *name);
bool weir_parse_type_name(weir_parser *p, weir_str *name);

/* parse_option.c */
/* `field` is the number of the options in the descriptor of `def`. */
bool weir_parse_option_statement(weir_parser *p, weir_def *def, int32_t field);
bool weir_parse_option_list(weir_parser *p, weir_def *def, int32_t field); /* [a = b, ...] if there is one */
bool weir_parse_field_options(weir_parser *p, weir_def_field *field);      /* also default and json_name */
bool weir_parse_method_options(weir_parser *p, weir_def *method);          /* { option ...; } */
bool weir_parse_range_options(weir_parser *p, weir_def_message *m, uint32_t first, weir_loc block);

/* parse_message.c */
bool weir_parse_message(weir_parser *p, weir_def_message *parent, weir_visibility visibility);
bool weir_parse_extend(weir_parser *p, weir_def_message *scope); /* scope NULL: the file */

/* parse_enum.c */
bool weir_parse_enum(weir_parser *p, weir_def_message *parent, weir_visibility visibility);

/* parse_reserved.c */
bool weir_parse_reserved(weir_parser *p, weir_def *owner); /* of a message or an enum */
bool weir_parse_extensions(weir_parser *p, weir_def_message *m);
void weir_parse_settle_max(weir_def_message *m); /* what `max` means, once the options are read */

/* parse_service.c */
bool weir_parse_service(weir_parser *p);

#endif
