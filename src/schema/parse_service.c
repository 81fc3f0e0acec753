/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/parse.h"

static bool parse_argument(weir_parser *p, bool *streaming, weir_str *name, weir_pos *pos) {
  if (!weir_parse_want(p, "(")) return false;
  *streaming = weir_parse_take(p, "stream");
  *pos = p->lexer.token.pos;
  return weir_parse_type_name(p, name) && weir_parse_want(p, ")");
}

static bool parse_method(weir_parser *p, weir_def_service *service) {
  weir_def_method *m = weir_schema_alloc(p->schema, sizeof *m);
  weir_schema_push(p->schema, &service->methods, m);
  if (!weir_parse_want(p, "rpc")) return false;
  m->def = (weir_def){
      .kind = WEIR_DEF_METHOD, .name_pos = p->lexer.token.pos, .parent = &service->def, .file = p->file};
  if (!weir_parse_ident(p, &m->def.name, "Expected method name.")) return false;
  if (!parse_argument(p, &m->client_streaming, &m->input_name, &m->input_pos) ||
      !weir_parse_want(p, "returns") ||
      !parse_argument(p, &m->server_streaming, &m->output_name, &m->output_pos))
    return false;
  if (weir_parse_at(p, "{")) return weir_parse_option_block(p, &m->def.options, &m->def.doc);
  return weir_parse_want_end(p, ";", &m->def.doc);
}

static bool parse_statement(weir_parser *p, weir_def_service *service) {
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &service->def.options);
  return parse_method(p, service);
}

bool weir_parse_service(weir_parser *p) {
  weir_def_service *service = weir_schema_alloc(p->schema, sizeof *service);
  weir_lexer_next(&p->lexer);
  service->def = (weir_def){.kind = WEIR_DEF_SERVICE, .name_pos = p->lexer.token.pos, .file = p->file};
  if (!weir_parse_ident(p, &service->def.name, "Expected service name.")) return false;
  weir_schema_push(p->schema, &p->file->services, service);
  if (!weir_parse_want_end(p, "{", &service->def.doc)) return false;
  while (!weir_parse_take_end(p, "}", NULL)) {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in service definition (missing '}').");
      return false;
    }
    if (!parse_statement(p, service)) weir_parse_skip_statement(p);
  }
  return true;
}
