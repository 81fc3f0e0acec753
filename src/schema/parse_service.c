/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* parse_service.c - services and their methods. */
#include "schema/locate.h"

/* Numbers of FileDescriptorProto, ServiceDescriptorProto and MethodDescriptorProto. */
enum { FILE_SERVICE = 6, SERVICE_NAME = 1, SERVICE_METHOD = 2, SERVICE_OPTIONS = 3 };
enum {
  METHOD_NAME = 1,
  METHOD_INPUT = 2,
  METHOD_OUTPUT = 3,
  METHOD_CLIENT_STREAMS = 5,
  METHOD_SERVER_STREAMS = 6
};

static bool parse_argument(weir_parser *p, weir_loc method, bool is_input, bool *streaming, weir_str *name,
                           weir_pos *pos) {
  if (!weir_parse_want(p, "(")) return false;
  *streaming = weir_parse_at(p, "stream");
  if (*streaming) {
    weir_loc loc = weir_loc_field(p, method, is_input ? METHOD_CLIENT_STREAMS : METHOD_SERVER_STREAMS);
    weir_lexer_next(&p->lexer);
    weir_loc_close(p, loc);
  }
  *pos = p->lexer.token.pos;
  weir_loc loc = weir_loc_field(p, method, is_input ? METHOD_INPUT : METHOD_OUTPUT);
  if (!weir_parse_type_name(p, name)) return false;
  weir_loc_close(p, loc);
  return weir_parse_want(p, ")");
}

static bool parse_method(weir_parser *p, weir_def_service *service) {
  weir_def_method *m = weir_schema_alloc(p->schema, sizeof *m);
  m->def = (weir_def){.kind = WEIR_DEF_METHOD, .parent = &service->def, .file = p->file};
  m->def.loc = weir_loc_item(p, service->def.loc, SERVICE_METHOD, service->methods.len);
  weir_schema_push(p->schema, &service->methods, m);
  if (!weir_parse_want(p, "rpc")) return false;
  m->def.name_pos = p->lexer.token.pos;
  weir_loc loc = weir_loc_field(p, m->def.loc, METHOD_NAME);
  if (!weir_parse_ident(p, &m->def.name, "Expected method name.")) return false;
  weir_loc_close(p, loc);
  if (!parse_argument(p, m->def.loc, true, &m->client_streaming, &m->input_name, &m->input_pos) ||
      !weir_parse_want(p, "returns") ||
      !parse_argument(p, m->def.loc, false, &m->server_streaming, &m->output_name, &m->output_pos))
    return false;
  return weir_parse_at(p, "{") ? weir_parse_method_options(p, &m->def) : weir_parse_finish(p, &m->def);
}

static bool parse_statement(weir_parser *p, weir_def_service *service) {
  if (weir_parse_take_end(p, ";", NULL)) return true;
  if (weir_parse_at(p, "option")) return weir_parse_option_statement(p, &service->def, SERVICE_OPTIONS);
  return parse_method(p, service);
}

bool weir_parse_service(weir_parser *p) {
  weir_def_service *service = weir_schema_alloc(p->schema, sizeof *service);
  service->def = (weir_def){.kind = WEIR_DEF_SERVICE, .file = p->file};
  service->def.loc = weir_loc_item(p, p->file->def.loc, FILE_SERVICE, p->file->services.len);
  weir_schema_push(p->schema, &p->file->services, service);
  weir_lexer_next(&p->lexer);
  service->def.name_pos = p->lexer.token.pos;
  weir_loc loc = weir_loc_field(p, service->def.loc, SERVICE_NAME);
  if (!weir_parse_ident(p, &service->def.name, "Expected service name.")) return false;
  weir_loc_close(p, loc);
  if (!weir_parse_open(p, &service->def)) return false;
  while (!weir_parse_take_end(p, "}", NULL)) {
    if (p->lexer.token.kind == WEIR_TOKEN_END) {
      weir_parse_error(p, "Reached end of input in service definition (missing '}').");
      return false;
    }
    if (!parse_statement(p, service)) weir_parse_skip_statement(p);
  }
  weir_loc_close(p, service->def.loc);
  return true;
}
