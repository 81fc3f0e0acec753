/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/parse.h"

static const struct {
  const char *name;
  weir_type type;
} scalar_types[] = {
    {"double", WEIR_TYPE_DOUBLE},     {"float", WEIR_TYPE_FLOAT},       {"int64", WEIR_TYPE_INT64},
    {"uint64", WEIR_TYPE_UINT64},     {"int32", WEIR_TYPE_INT32},       {"fixed64", WEIR_TYPE_FIXED64},
    {"fixed32", WEIR_TYPE_FIXED32},   {"bool", WEIR_TYPE_BOOL},         {"string", WEIR_TYPE_STRING},
    {"group", WEIR_TYPE_GROUP},       {"bytes", WEIR_TYPE_BYTES},       {"uint32", WEIR_TYPE_UINT32},
    {"sfixed32", WEIR_TYPE_SFIXED32}, {"sfixed64", WEIR_TYPE_SFIXED64}, {"sint32", WEIR_TYPE_SINT32},
    {"sint64", WEIR_TYPE_SINT64}};

static weir_type find_scalar(weir_str text) {
  for (size_t i = 0; i < sizeof scalar_types / sizeof *scalar_types; i++)
    if (weir_str_eq(text, weir_str_of(scalar_types[i].name))) return scalar_types[i].type;
  return WEIR_TYPE_UNRESOLVED;
}

bool weir_parse_type_name(weir_parser *p, weir_str *name) {
  const weir_token *t = &p->lexer.token;
  if (find_scalar(t->text) != WEIR_TYPE_UNRESOLVED) {
    weir_parse_error(p, "Expected message type.");
    *name = t->text; /* goes on as if it were one */
    weir_lexer_next(&p->lexer);
    return true;
  }
  weir_bytes text = weir_bytes_in(p->schema->mem);
  weir_str part;
  if (weir_parse_take(p, ".")) weir_bytes_append_cstr(&text, ".");
  if (!weir_parse_ident(p, &part, "Expected type name.")) return false;
  weir_bytes_append_str(&text, part);
  while (weir_parse_take(p, ".")) {
    weir_bytes_append_cstr(&text, ".");
    if (!weir_parse_ident(p, &part, "Expected identifier.")) return false;
    weir_bytes_append_str(&text, part);
  }
  *name = weir_schema_check(p->schema, weir_bytes_view(&text));
  return true;
}

bool weir_parse_type(weir_parser *p, weir_type *type, weir_str *name) {
  *type = find_scalar(p->lexer.token.text);
  *name = (weir_str){NULL, 0};
  if (*type == WEIR_TYPE_UNRESOLVED) return weir_parse_type_name(p, name);
  if (*type == WEIR_TYPE_GROUP && p->file->syntax == WEIR_EDITIONS)
    weir_parse_error(p,
                     "Group syntax is no longer supported in editions. To get group behavior you can specify "
                     "features.message_encoding = DELIMITED on a message field.");
  weir_lexer_next(&p->lexer);
  return true;
}
