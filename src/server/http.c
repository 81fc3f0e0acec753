/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* http.c - requests that are not gRPC: the program's hook answers, or we do as gRPC servers do. */
#include "server/server.h"

#include "base/arena.h"

/* Held in the call's arena while the hook runs. */
typedef struct http_exchange {
  weir_http_request req;
  weir_http_reply rep;
} http_exchange;

static void http_answer(weir_conn *conn, weir_rpc_call *rc, const weir_http_reply *rep) {
  weir_str type = rep->content_type.len ? rep->content_type : WEIR_STR("text/plain; charset=utf-8");
  if (weir_rpc_http_reply(rc, rep->status ? rep->status : 200, type, rep->body) == WEIR_ENOMEM)
    weir_rpc_cancel(rc, WEIR_RESOURCE_EXHAUSTED, WEIR_STR("out of memory"));
  weir_conn_kick(conn);
}

/* grpc doc/PROTOCOL-HTTP2.md: 415 for another content type; 405 for what is not POST. */
static void http_refuse(weir_conn *conn, weir_rpc_call *rc, weir_str method) {
  bool post = weir_str_eq(method, WEIR_STR("POST"));
  weir_http_reply rep = {
      .status = post ? 415 : 405,
      .body = post ? WEIR_STR("this is a gRPC server: the content-type must be application/grpc\n")
                   : WEIR_STR("this is a gRPC server: the method must be POST\n"),
  };
  http_answer(conn, rc, &rep);
}

static void http_run(void *arg, weir_call *c, weir_code code) {
  http_exchange *x = arg;
  weir_server *s = c->owner;
  (void)code;
  bool answered = s->http(s->http_ctx, &x->req, &x->rep, c->arena);
  weir_shard_enter(c->shard);
  if (c->state == WEIR_CALL_RUNNING) {
    if (answered)
      http_answer(c->conn, c->rpc, &x->rep);
    else
      http_refuse(c->conn, c->rpc, x->req.method);
  }
  (void)weir_server_claim_end(c);
  weir_shard_leave(c->shard);
  weir_call_unref(c);
}

void weir_http_request_event(server_conn *sc, const weir_rpc_event *ev) {
  weir_server *s = sc->home->server;
  weir_conn *conn = sc->conn;
  if (!s->http) {
    http_refuse(conn, ev->call, ev->http_method);
    return;
  }
  weir_call *c = weir_server_call_new(sc, ev);
  if (!c) {
    http_answer(conn, ev->call, &(weir_http_reply){.status = 503, .body = WEIR_STR("out of memory\n")});
    return;
  }
  http_exchange *x = weir_alloc(c->arena, sizeof *x);
  if (!x) {
    weir_call_cancel(c, WEIR_RESOURCE_EXHAUSTED, "out of memory");
    return;
  }
  x->req =
      (weir_http_request){sizeof x->req, weir_dup(c->arena, ev->http_method), weir_dup(c->arena, ev->path),
                          weir_dup(c->arena, ev->authority), weir_dup(c->arena, ev->content_type)};
  x->rep.size = sizeof x->rep;
  c->server.due = (weir_due){.fn = http_run, .arg = x, .call = c};
}

/* The hook is asked when the request is whole: until then it may turn out to be malformed (RFC 9113 8.1.1). */
void weir_http_event(weir_call *c, const weir_rpc_event *ev) {
  weir_call_event(c, ev);
  if (ev->kind != WEIR_RPC_EV_HALF_CLOSE || c->server.dispatched || !c->server.due.fn) return;
  c->server.dispatched = true;
  weir_shard_call_back(c->shard, &c->server.due);
}
