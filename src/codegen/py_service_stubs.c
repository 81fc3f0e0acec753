/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* py_service_stubs.c - x_pb2_grpc.pyi: the types of what py_services.c writes, which is called, and served, by the
 * synchronous interface and by asyncio's. A stub's type follows its channel's; a servicer's methods may be functions or
 * coroutines, so each kind of argument is typed as both are, and a method of either kind may override one. */
#include "codegen/py.h"

static const char *const arities[2][2] = {{"UnaryUnary", "UnaryStream"}, {"StreamUnary", "StreamStream"}};

static weir_str type_name(weir_py *py, const weir_def *d) {
  weir_schema *s = py->e.schema;
  if (weir_py_is_nameless(d) || !weir_py_is_importable(weir_py_module(s, d->file->def.name)))
    return WEIR_STR("_typing.Any");
  weir_str path = d->name;
  for (const weir_def *outer = d->parent; outer; outer = outer->parent)
    path = weir_schema_printf(s, WEIR_FMT "." WEIR_FMT, WEIR_ARG(outer->name), WEIR_ARG(path));
  return weir_schema_printf(s, WEIR_FMT "." WEIR_FMT, WEIR_ARG(weir_py_alias(s, d->file->def.name)),
                            WEIR_ARG(path));
}

typedef struct by_arity {
  const char *template[2][2]; /* by client_streaming, server_streaming */
} by_arity;

/* Emits a template for each method that can be named; false if there is none. */
static bool emit_methods(weir_py *py, const weir_def_service *service, by_arity form) {
  weir_emitter *e = &py->e;
  bool any = false;
  for (uint32_t i = 0; i < service->methods.len; i++) {
    const weir_def_method *m = service->methods.data[i];
    if (weir_py_is_keyword(m->def.name)) continue;
    any = true;
    weir_emit_set(e, "Method", m->def.name);
    weir_emit_set(e, "Arity", weir_str_of(arities[m->client_streaming][m->server_streaming]));
    weir_emit_set(e, "Request", type_name(py, &m->input->def));
    weir_emit_set(e, "Response", type_name(py, &m->output->def));
    weir_emit(e, form.template[m->client_streaming][m->server_streaming]);
  }
  return any;
}

#define FOR_ALL(text)              \
  {                                \
    {                              \
      {text, text}, { text, text } \
    }                              \
  }

static void emit_head(weir_py *py) {
  weir_emit(
      &py->e,
      "import abc as _abc\n"
      "import typing as _typing\n"
      "from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable\n"
      "from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence\n"
      "\n"
      "import grpc as _grpc\n"
      "import grpc.aio as _aio\n"
      "\n");
  weir_py_service_imports(py);
  weir_emit(&py->e, "\n"
                    "_T = _typing.TypeVar(\"_T\")\n"
                    "\n"
                    "class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...\n"
                    "\n"
                    "class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):"
                    "  # type: ignore\n"
                    "    ...\n");
}

static void emit_stub(weir_py *py, const weir_def_service *service) {
  static const by_arity sync = FOR_ALL("    $Method$: _grpc.$Arity$MultiCallable[$Request$, $Response$]\n");
  static const by_arity async = FOR_ALL("    $Method$: _aio.$Arity$MultiCallable[$Request$, $Response$]"
                                        "  # type: ignore[assignment]\n");
  weir_emitter *e = &py->e;
  weir_emit(e, "\n"
               "class $Service$Stub:\n"
               "    @_typing.overload\n"
               "    def __new__(cls, channel: _grpc.Channel) -> $Service$Stub: ...\n"
               "    @_typing.overload\n"
               "    def __new__(cls, channel: _aio.Channel) -> $Service$AsyncStub: ...\n");
  (void)emit_methods(py, service, sync);
  weir_emit(e, "\n"
               "@_typing.type_check_only\n"
               "class $Service$AsyncStub($Service$Stub):\n");
  if (!emit_methods(py, service, async)) weir_emit(e, "    ...\n");
}

static void emit_servicer(weir_py *py, const weir_def_service *service) {
  static const by_arity form = {{
      {"    def $Method$(self, request: $Request$, context: _Context)"
       " -> _typing.Union[$Response$, _Awaitable[$Response$]]: ...\n",
       "    def $Method$(self, request: $Request$, context: _Context)"
       " -> _typing.Union[_Iterator[$Response$], _AsyncIterator[$Response$]]: ...\n"},
      {"    def $Method$(self, request_iterator: _Requests[$Request$], context: _Context)"
       " -> _typing.Union[$Response$, _Awaitable[$Response$]]: ...\n",
       "    def $Method$(self, request_iterator: _Requests[$Request$], context: _Context)"
       " -> _typing.Union[_Iterator[$Response$], _AsyncIterator[$Response$]]: ...\n"},
  }};
  weir_emitter *e = &py->e;
  weir_emit(e, "\nclass $Service$Servicer:\n");
  if (!emit_methods(py, service, form)) weir_emit(e, "    ...\n");
  weir_emit(e,
            "\n"
            "def add_$Service$Servicer_to_server("
            "servicer: $Service$Servicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...\n");
}

/* The calls without a stub. */
static void emit_stubless(weir_py *py, const weir_def_service *service) {
#define METHOD(request, response)                                                                 \
  "    @staticmethod\n"                                                                           \
  "    def $Method$(\n"                                                                           \
  "        " request ",\n"                                                                        \
  "        target: str,\n"                                                                        \
  "        options: _Sequence[tuple[str, _typing.Any]] = ...,\n"                                  \
  "        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,\n"              \
  "        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,\n"                    \
  "        insecure: bool = ...,\n"                                                               \
  "        compression: _typing.Optional[_grpc.Compression] = ...,\n"                             \
  "        wait_for_ready: _typing.Optional[bool] = ...,\n"                                       \
  "        timeout: _typing.Optional[float] = ...,\n"                                             \
  "        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,\n" \
  "    ) -> " response ": ...\n"
  static const by_arity form = {{
      {METHOD("request: $Request$", "$Response$"),
       METHOD("request: $Request$", "_grpc._CallIterator[$Response$]")},
      {METHOD("request_iterator: _Iterable[$Request$]", "$Response$"),
       METHOD("request_iterator: _Iterable[$Request$]", "_grpc._CallIterator[$Response$]")},
  }};
#undef METHOD
  weir_emitter *e = &py->e;
  if (weir_py_is_keyword(service->def.name)) return;
  weir_emit(e, "\nclass $Service$:\n");
  if (!emit_methods(py, service, form)) weir_emit(e, "    ...\n");
}

weir_str weir_py_service_stubs(weir_py *py) {
  weir_emitter *e = &py->e;
  if (!py->file->services.len) return WEIR_STR("");
  emit_head(py);
  for (uint32_t i = 0; i < py->file->services.len; i++) {
    const weir_def_service *service = py->file->services.data[i];
    weir_emit_set(e, "Service", service->def.name);
    emit_stub(py, service);
    emit_servicer(py, service);
    emit_stubless(py, service);
  }
  return weir_schema_check(e->schema, weir_bytes_view(&e->out));
}
