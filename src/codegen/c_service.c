/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* c_service.c - x_grpc.weir.h and .c: for each service, tables, typed calls for clients, and the struct of
 * handlers that a server fills in. */
#include "codegen/c.h"

static bool is_unary(const weir_def_method *m) { return !m->client_streaming && !m->server_streaming; }

static void set_method(weir_emitter *e, const weir_def_method *m) {
  static const char *const kinds[2][2] = {{"WEIR_UNARY", "WEIR_SERVER_STREAM"},
                                          {"WEIR_CLIENT_STREAM", "WEIR_BIDI"}};
  weir_schema *s = e->schema;
  weir_emit_set(e, "X", weir_name_of(s, &m->def));
  weir_emit_set(e, "slot", weir_name_of_method(s, m->def.name));
  weir_emit_set(e, "method", m->def.name);
  weir_emit_set(e, "Req", weir_name_of(s, &m->input->def));
  weir_emit_set(e, "Rep", weir_name_of(s, &m->output->def));
  weir_emit_set(e, "kind", weir_str_of(kinds[m->client_streaming][m->server_streaming]));
}

static void set_service(weir_emitter *e, const weir_def_service *service) {
  weir_emit_set(e, "S", weir_name_of(e->schema, &service->def));
  weir_emit_set(e, "service", service->def.full_name);
  weir_emit_set_int(e, "count", service->methods.len);
}

/* ---- header: client ------------------------------------------------------------------------------------ */

static void emit_unary(weir_emitter *e) {
  weir_emit(
      e,
      "static inline weir_code $X$(\n"
      "    weir_channel *ch, const $Req$ *req, $Rep$ **rep, weir_arena *a,\n"
      "    const weir_call_opts *o, weir_error *e) {\n"
      "  void *p = NULL;\n"
      "  weir_code code = weir_unary(ch, &$X$_m, req, &p, a, o, e);\n"
      "  *rep = ($Rep$ *)p;\n"
      "  return code;\n"
      "}\n"
      "static inline weir_call *$X$_async(\n"
      "    weir_channel *ch, const $Req$ *req, const weir_call_opts *o, weir_fn *fn, void *arg) {\n"
      "  return weir_unary_async(ch, &$X$_m, req, o, fn, arg);\n"
      "}\n"
      "/** The reply of a call made by $method$_async, in weir_call_arena; NULL unless it ended with OK. */\n"
      "static inline $Rep$ *$X$_reply(weir_call *c) {\n"
      "  return ($Rep$ *)weir_reply_msg(c);\n"
      "}\n");
}

static void emit_start(weir_emitter *e, const weir_def_method *m) {
  if (m->client_streaming)
    weir_emit(e, "static inline weir_call *$X$(weir_channel *ch, const weir_call_opts *o) {\n"
                 "  return weir_call_start(ch, &$X$_m, o);\n"
                 "}\n");
  else
    weir_emit(e, "/* Sends the request and half-closes; a request that cannot be sent cancels the call. */\n"
                 "static inline weir_call *$X$(\n"
                 "    weir_channel *ch, const $Req$ *req, const weir_call_opts *o) {\n"
                 "  weir_call *c = weir_call_start(ch, &$X$_m, o);\n"
                 "  if (!c) return NULL;\n"
                 "  if (weir_send(c, req))\n"
                 "    weir_cancel(c);\n"
                 "  else\n"
                 "    weir_half_close(c);\n"
                 "  return c;\n"
                 "}\n");
}

/* $side$ is "" for the client, "_server" for handlers; $T$ is the type that goes over. */
static void emit_send(weir_emitter *e) {
  weir_emit(e, "static inline weir_code $X$$side$_send(weir_call *c, const $T$ *msg) {\n"
               "  return weir_send(c, msg);\n"
               "}\n"
               "static inline weir_code $X$$side$_send_async(\n"
               "    weir_call *c, const $T$ *msg, weir_fn *fn, void *arg) {\n"
               "  return weir_send_async(c, msg, fn, arg);\n"
               "}\n");
}

static void emit_recv(weir_emitter *e) {
  weir_emit(e, "static inline weir_code $X$$side$_recv(\n"
               "    weir_call *c, weir_arena *a, $T$ **msg) {\n"
               "  void *p = NULL;\n"
               "  weir_code code = weir_recv(c, a, &p);\n"
               "  *msg = ($T$ *)p;\n"
               "  return code;\n"
               "}\n"
               "static inline weir_code $X$$side$_recv_async(\n"
               "    weir_call *c, weir_arena *a, $T$ **msg, weir_fn *fn, void *arg) {\n"
               "  return weir_recv_async(c, a, (void **)(void *)msg, fn, arg);\n"
               "}\n");
}

static void emit_stream(weir_emitter *e, const weir_def_method *m) {
  weir_str req = weir_name_of(e->schema, &m->input->def), rep = weir_name_of(e->schema, &m->output->def);
  emit_start(e, m);
  weir_emit_set(e, "side", (weir_str){"", 0});
  weir_emit_set(e, "T", req);
  if (m->client_streaming) emit_send(e);
  weir_emit_set(e, "T", rep);
  emit_recv(e);
  weir_emit(e, "/* For handlers. */\n");
  weir_emit_set(e, "side", WEIR_STR("_server"));
  if (m->server_streaming) emit_send(e);
  weir_emit_set(e, "T", req);
  if (m->client_streaming) emit_recv(e);
}

/* ---- header: server ------------------------------------------------------------------------------------ */

static void emit_slot(weir_emitter *e, const weir_def_method *m) {
  set_method(e, m);
  weir_c_doc(e, &m->def.doc, "  ");
  weir_emit(e, "  weir_code (*$slot$)(weir_call *c, void *ctx");
  if (!m->client_streaming) weir_emit(e, ", const $Req$ *req");
  if (!m->server_streaming) weir_emit(e, ", $Rep$ *rep");
  weir_emit(e, ");\n");
}

static void emit_service(weir_emitter *e, const weir_def_service *service) {
  set_service(e, service);
  for (uint32_t i = 0; i < service->methods.len; i++) {
    set_method(e, service->methods.data[i]);
    weir_emit(e, "extern const weir_method $X$_m;\n");
  }
  weir_emit(e, "extern const weir_service $S$_service;\n\n");
  weir_emit(e,
            "/* Handlers: fill in with .size = sizeof($S$), then\n"
            " * weir_server_add(server, &$S$_service, &handlers, ctx, WEIR_ON_POOL).\n"
            " * One that is NULL, or behind the end, answers UNIMPLEMENTED; new methods are appended. */\n");
  weir_c_doc(e, &service->def.doc, "");
  weir_emit(e, "typedef struct $S$ {\n"
               "  uint32_t size;\n");
  for (uint32_t i = 0; i < service->methods.len; i++) emit_slot(e, service->methods.data[i]);
  weir_emit(e, "} $S$;\n\n");
  for (uint32_t i = 0; i < service->methods.len; i++) {
    const weir_def_method *m = service->methods.data[i];
    set_method(e, m);
    weir_c_doc(e, &m->def.doc, "");
    if (is_unary(m))
      emit_unary(e);
    else
      emit_stream(e, m);
    weir_emit(e, "\n");
  }
}

weir_str weir_c_service_header(weir_schema *s, weir_def_file *file) {
  weir_emitter e = weir_emitter_in(s);
  weir_c_begin(&e, file);
  weir_emit_set(&e, "guard", weir_name_of_guard(s, weir_name_of_output(s, file, "_grpc.weir.h")));
  weir_emit_set(&e, "messages", weir_name_of_output(s, file, ".weir.h"));
  weir_emit(&e, "#ifndef $guard$\n#define $guard$\n\n"
                "#include <weir/weir.h>\n\n"
                "#include \"$messages$\"\n\n"
                "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
  for (uint32_t i = 0; i < file->services.len; i++) emit_service(&e, file->services.data[i]);
  weir_emit(&e, "#ifdef __cplusplus\n}\n#endif\n#endif\n");
  return weir_c_finish(&e);
}

/* ---- source -------------------------------------------------------------------------------------------- */

/* Calls go through functions of the one handler type: a call through a pointer of another type is undefined. */
static void emit_thunk(weir_emitter *e, const weir_def_method *m) {
  weir_emit(e, "const weir_method $X$_m = {\n"
               "    .size = sizeof(weir_method),\n"
               "    .kind = $kind$,\n"
               "    .path = \"/$service$/$method$\",\n"
               "    .req = &$Req$_type,\n"
               "    .rep = &$Rep$_type,\n"
               "};\n"
               "static weir_code $X$_handler(weir_call *c, const void *impl, void *ctx, const void *req, "
               "void *rep) {\n"
               "  const $S$ *s = (const $S$ *)impl;\n"
               "  if (s->size < offsetof($S$, $slot$) + sizeof s->$slot$ || !s->$slot$)\n"
               "    return weir_fail(c, WEIR_UNIMPLEMENTED, \"Method not implemented!\");\n");
  if (m->client_streaming) weir_emit(e, "  (void)req;\n");
  if (m->server_streaming) weir_emit(e, "  (void)rep;\n");
  weir_emit(e, "  return s->$slot$(c, ctx");
  if (!m->client_streaming) weir_emit(e, ", (const $Req$ *)req");
  if (!m->server_streaming) weir_emit(e, ", ($Rep$ *)rep");
  weir_emit(e, ");\n}\n\n");
}

static void emit_tables(weir_emitter *e, const weir_def_service *service) {
  if (service->methods.len) {
    weir_emit(e, "static const weir_method *const $S$_methods[] = {\n");
    for (uint32_t i = 0; i < service->methods.len; i++) {
      set_method(e, service->methods.data[i]);
      weir_emit(e, "    &$X$_m,\n");
    }
    weir_emit(e, "};\nstatic weir_handler *const $S$_handlers[] = {\n");
    for (uint32_t i = 0; i < service->methods.len; i++) {
      set_method(e, service->methods.data[i]);
      weir_emit(e, "    $X$_handler,\n");
    }
    weir_emit(e, "};\n");
  }
  weir_emit(e, "const weir_service $S$_service = {\n"
               "    .size = sizeof(weir_service),\n"
               "    .n_methods = $count$,\n"
               "    .name = \"$service$\",\n");
  if (service->methods.len) weir_emit(e, "    .methods = $S$_methods,\n    .handlers = $S$_handlers,\n");
  weir_emit(e, "};\n\n");
}

weir_str weir_c_service_source(weir_schema *s, weir_def_file *file) {
  weir_emitter e = weir_emitter_in(s);
  weir_c_begin(&e, file);
  weir_emit_set(&e, "header", weir_name_of_output(s, file, "_grpc.weir.h"));
  weir_emit(&e, "#include \"$header$\"\n\n");
  for (uint32_t i = 0; i < file->services.len; i++) {
    const weir_def_service *service = file->services.data[i];
    set_service(&e, service);
    for (uint32_t k = 0; k < service->methods.len; k++) {
      set_method(&e, service->methods.data[k]);
      emit_thunk(&e, service->methods.data[k]);
    }
    emit_tables(&e, service);
  }
  return weir_c_finish(&e);
}
