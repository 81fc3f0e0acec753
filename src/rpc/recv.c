/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/internal.h"
#include "rpc/status.h"

#include <inttypes.h>

#define TEXT_OVER_LIMIT    "received metadata is larger than the limit"
#define TEXT_OUT_OF_MEMORY "out of memory"

/* False: its messages are compressed in a way that this build has not. */
static bool recv_encodings(weir_rpc *r) {
  weir_str accepts = r->in.known[WEIR_FIELD_GRPC_ACCEPT_ENCODING];
  r->in_accepts = accepts.data ? weir_encodings_parse(accepts) : 0;
  return weir_encoding_parse(r->in.known[WEIR_FIELD_GRPC_ENCODING], &r->in_encoding);
}

/* The peer will send no more; so nothing but our own END_STREAM keeps the stream. */
static void recv_set_closed(weir_rpc_call *c) {
  c->recv = HALF_CLOSED;
  weir_list_remove(&c->in_leaving);
}

/* A server that has given its status takes nothing more. */
static bool recv_is_wanted(const weir_rpc_call *c) {
  return c->phase == CALL_LIVE && !c->is_http && !c->not_grpc && (c->rpc->is_client || c->send != HALF_CLOSED);
}

static void recv_half_close(weir_rpc_call *c) {
  recv_set_closed(c);
  if (c->is_http ? c->phase != CALL_LIVE || c->send != HALF_IDLE : !recv_is_wanted(c)) return;
  if (weir_message_partial(&c->reader))
    weir_rpc_call_fail(c, WEIR_INTERNAL, "the request ended within a message");
  else
    weir_rpc_call_due(c, DUE_HALF_CLOSE);
}

/* ---- server: requests ------------------------------------------------------------------------------------------ */

static void recv_fill_request(weir_rpc *r, weir_rpc_event *ev) {
  const weir_str *known = r->in.known;
  ev->path = known[WEIR_FIELD_PATH];
  ev->authority = known[WEIR_FIELD_AUTHORITY].data ? known[WEIR_FIELD_AUTHORITY] : known[WEIR_FIELD_HOST];
  ev->http_method = known[WEIR_FIELD_METHOD];
  ev->content_type = known[WEIR_FIELD_CONTENT_TYPE];
  ev->metadata = r->in.kvs;
  ev->n_metadata = r->in.n;
  ev->timeout_ns = WEIR_RPC_NO_TIMEOUT;
}

/* A request that breaks a rule is answered here; its owner never hears of it. */
static bool recv_refuse(weir_rpc *r, const weir_h2_event *h, weir_code code, const char *why, weir_str about) {
  char text[256];
  int len = about.len > 128 ? 128 : (int)about.len;
  snprintf(text, sizeof text, "%s%s%.*s", why, len ? ": " : "", len, len ? about.data : "");
  weir_rpc_refuse(r, h->stream, h->end_stream, code, weir_str_of(text), code == WEIR_UNIMPLEMENTED);
  return false;
}

static bool recv_call(weir_rpc *r, const weir_h2_event *h, weir_rpc_event *ev) {
  weir_str timeout = r->in.known[WEIR_FIELD_GRPC_TIMEOUT];
  int64_t timeout_ns = WEIR_RPC_NO_TIMEOUT;
  if (timeout.data && !weir_timeout_parse(timeout, &timeout_ns))
    return recv_refuse(r, h, WEIR_INTERNAL, "grpc-timeout is malformed", timeout);
  weir_rpc_call *c = weir_rpc_call_new(r);
  if (!c) return recv_refuse(r, h, WEIR_RESOURCE_EXHAUSTED, TEXT_OUT_OF_MEMORY, (weir_str){0});
  c->stream = h->stream;
  c->recv = HALF_OPEN;
  c->in_encoding = r->in_encoding;
  weir_h2_set_user(r->h2, h->stream, c);
  weir_rpc_call_set_deadline(c, timeout.data ? weir_timeout_deadline(r->now, timeout_ns) : WEIR_NEVER);
  if (h->end_stream) recv_half_close(c);
  recv_fill_request(r, ev);
  ev->kind = WEIR_RPC_EV_CALL;
  ev->call = c;
  ev->encoding = r->in_encoding;
  ev->accepts = r->in_accepts;
  ev->timeout_ns = timeout_ns;
  return true;
}

static bool recv_http(weir_rpc *r, const weir_h2_event *h, weir_rpc_event *ev) {
  weir_rpc_call *c = weir_http_begin(r, h);
  if (!c) return false;
  recv_fill_request(r, ev);
  ev->kind = WEIR_RPC_EV_HTTP;
  ev->call = c;
  if (h->end_stream) recv_half_close(c);
  return true;
}

static bool recv_request(weir_rpc *r, const weir_h2_event *h, weir_rpc_event *ev) {
  if (h->block == r->call_block) return recv_call(r, h, ev);
  r->call_block = 0;
  weir_str bad_key = {0};
  weir_err err = weir_metadata_read(&r->in, r->mem, h->fields, h->n_fields, &bad_key);
  const weir_str *known = r->in.known;
  if (err == WEIR_ENOMEM)
    return recv_refuse(r, h, WEIR_RESOURCE_EXHAUSTED, TEXT_OUT_OF_MEMORY, (weir_str){0});
  bool is_post = weir_str_eq(known[WEIR_FIELD_METHOD], WEIR_STR("POST"));
  if (h->over_limit || err == WEIR_ELIMIT) { /* a content-type may be among what was left out */
    if (is_post) return recv_refuse(r, h, WEIR_RESOURCE_EXHAUSTED, TEXT_OVER_LIMIT, (weir_str){0});
    weir_http_refuse(r, h->stream, h->end_stream, 431);
    return false;
  }
  if (!is_post || !weir_http_is_grpc(known[WEIR_FIELD_CONTENT_TYPE])) return recv_http(r, h, ev);
  if (err) return recv_refuse(r, h, WEIR_INTERNAL, "metadata is not base64", bad_key);
  if (!recv_encodings(r))
    return recv_refuse(r, h, WEIR_UNIMPLEMENTED, "grpc-encoding is not supported",
                       known[WEIR_FIELD_GRPC_ENCODING]);
  r->call_block = h->block;
  return recv_call(r, h, ev);
}

/* ---- client: responses ------------------------------------------------------------------------------------------ */

static bool recv_end_event(weir_rpc_call *c, weir_code code, weir_str text, weir_rpc_event *ev) {
  weir_rpc *r = c->rpc;
  ev->kind = WEIR_RPC_EV_END;
  ev->call = c;
  ev->code = code;
  ev->text = text;
  ev->accepts = r->in_accepts;
  ev->metadata = r->in.kvs;
  ev->n_metadata = r->in.n;
  weir_rpc_call_over(c);
  /* The answer is final: what was still to be sent is not wanted (RFC 9113 8.1). Else CLOSED follows. */
  if (c->send != HALF_CLOSED || weir_h2_queued(r->h2, c->stream)) weir_rpc_call_reset(c, WEIR_H2_NO_ERROR);
  return true;
}

/* The stream ended in good order without grpc-status (grpc doc/http-grpc-status-mapping.md). */
static bool recv_end_without_status(weir_rpc_call *c) {
  if (c->not_grpc)
    weir_rpc_call_end(c, c->code, weir_bytes_view(&c->text));
  else
    weir_rpc_call_endf(c, weir_status_of_http(c->http_status),
                       "the response ended without grpc-status (HTTP status %" PRIu32 ")", c->http_status);
  if (c->send != HALF_CLOSED || weir_rpc_queued(c)) weir_rpc_call_reset(c, WEIR_H2_NO_ERROR);
  return false;
}

static bool recv_trailers(weir_rpc_call *c, weir_rpc_event *ev) {
  const weir_str *known = c->rpc->in.known;
  if (c->recv == HALF_IDLE) c->http_status = weir_http_status_parse(known[WEIR_FIELD_STATUS]);
  recv_set_closed(c);
  (void)recv_encodings(c->rpc);
  if (!known[WEIR_FIELD_GRPC_STATUS].data) return recv_end_without_status(c);
  weir_code code = weir_status_parse(known[WEIR_FIELD_GRPC_STATUS]);
  if (code == WEIR_OK && weir_message_partial(&c->reader))
    return recv_end_event(c, WEIR_INTERNAL, WEIR_STR("the response ended within a message"), ev);
  return recv_end_event(c, code, known[WEIR_FIELD_GRPC_MESSAGE], ev);
}

/* Not an answer of a gRPC server: its body is not read. The stream's end may still bring a grpc-status. */
static bool recv_foreign_response(weir_rpc_call *c) {
  weir_str type = c->rpc->in.known[WEIR_FIELD_CONTENT_TYPE];
  c->not_grpc = true;
  c->code = weir_status_of_http(c->http_status);
  weir_bytes_clear(&c->text);
  weir_bytes_printf(&c->text, "not a gRPC response: HTTP status %" PRIu32, c->http_status);
  if (!type.data)
    weir_bytes_append_cstr(&c->text, ", no content-type");
  else if (!weir_http_is_grpc(type))
    weir_bytes_printf(&c->text, ", content-type " WEIR_FMT, type.len > 128 ? 128 : (int)type.len, type.data);
  return false;
}

static bool recv_response(weir_rpc_call *c, weir_rpc_event *ev) {
  const weir_str *known = c->rpc->in.known;
  weir_str encoding = known[WEIR_FIELD_GRPC_ENCODING];
  c->recv = HALF_OPEN;
  c->http_status = weir_http_status_parse(known[WEIR_FIELD_STATUS]);
  if (c->http_status != 200 || !weir_http_is_grpc(known[WEIR_FIELD_CONTENT_TYPE]))
    return recv_foreign_response(c);
  if (!recv_encodings(c->rpc)) {
    weir_rpc_call_fail(c, WEIR_INTERNAL, "grpc-encoding is not supported: " WEIR_FMT,
                       encoding.len > 128 ? 128 : (int)encoding.len, encoding.data);
    return false;
  }
  c->in_encoding = c->rpc->in_encoding;
  ev->kind = WEIR_RPC_EV_HEADERS;
  ev->call = c;
  ev->encoding = c->in_encoding;
  ev->accepts = c->rpc->in_accepts;
  ev->metadata = c->rpc->in.kvs;
  ev->n_metadata = c->rpc->in.n;
  return true;
}

static bool recv_client_headers(weir_rpc_call *c, const weir_h2_event *h, weir_rpc_event *ev) {
  weir_rpc *r = c->rpc;
  weir_str bad_key = {0};
  weir_err err = weir_metadata_read(&r->in, r->mem, h->fields, h->n_fields, &bad_key);
  if (h->over_limit || err == WEIR_ELIMIT)
    weir_rpc_call_fail(c, WEIR_RESOURCE_EXHAUSTED, TEXT_OVER_LIMIT);
  else if (err == WEIR_ENOMEM)
    weir_rpc_call_fail(c, WEIR_RESOURCE_EXHAUSTED, TEXT_OUT_OF_MEMORY);
  else if (err)
    weir_rpc_call_fail(c, WEIR_INTERNAL, "metadata is not base64: " WEIR_FMT,
                       bad_key.len > 128 ? 128 : (int)bad_key.len, bad_key.data);
  else
    return h->end_stream ? recv_trailers(c, ev) : recv_response(c, ev);
  return false;
}

/* ---- data -------------------------------------------------------------------------------------------------------- */

static void recv_data_end(weir_rpc_call *c) {
  if (!c->rpc->is_client) {
    recv_half_close(c);
  } else if (c->phase == CALL_LIVE) {
    recv_set_closed(c);
    recv_end_without_status(c);
  }
}

/* Between messages the owner sets the pace. Within one, the peer may go on if the owner has taken all before it: else
 * a message larger than the window would never be whole. */
static void recv_hold(weir_rpc_call *c) {
  if (c->delivered || !c->held) return;
  weir_h2_consume(c->rpc->h2, c->stream, c->held);
  c->held = 0;
}

static void recv_bad_message(weir_rpc_call *c, weir_message_result result) {
  switch (result) {
  case WEIR_MESSAGE_TOO_LARGE:
    weir_rpc_call_fail(c, WEIR_RESOURCE_EXHAUSTED,
                       "received message is larger than the limit (%" PRIu32 " vs. %" PRIu32 ")",
                       c->reader.len, c->rpc->max_recv);
    break;
  case WEIR_MESSAGE_COMPRESSED:
    weir_rpc_call_fail(c, WEIR_INTERNAL, "received a compressed message, but no grpc-encoding");
    break;
  case WEIR_MESSAGE_BAD_FLAG:
    weir_rpc_call_fail(c, WEIR_INTERNAL, "received a message with flag %d", c->reader.prefix[0]);
    break;
  default: weir_rpc_call_fail(c, WEIR_RESOURCE_EXHAUSTED, TEXT_OUT_OF_MEMORY); break;
  }
}

/* After the last message in r->data, or before it, when the call wants no more. */
static void recv_data_done(weir_rpc *r) {
  weir_rpc_call *c = r->data_call;
  r->data_call = NULL;
  c->held += r->data.len;
  recv_hold(c);
  if (!c->delivered && c->reader.prefix_len == WEIR_MESSAGE_PREFIX && c->phase == CALL_LIVE)
    weir_h2_await(r->h2, c->stream, c->reader.len - c->reader.got);
  if (r->data_end) recv_data_end(c);
}

bool weir_rpc_next_message(weir_rpc *r, weir_rpc_event *ev) {
  weir_rpc_call *c = r->data_call;
  weir_str message;
  size_t before = r->data.len;
  weir_message_result result = WEIR_MESSAGE_MORE;
  if (recv_is_wanted(c))
    result = weir_message_next(&c->reader, r->mem, r->max_recv, c->in_encoding != WEIR_IDENTITY, &r->data,
                               &message);
  c->held += before - r->data.len;
  if (result == WEIR_MESSAGE_MORE) {
    recv_data_done(r);
    return false;
  }
  if (result != WEIR_MESSAGE_WHOLE) {
    recv_bad_message(c, result);
    return false;
  }
  ev->kind = WEIR_RPC_EV_MESSAGE;
  ev->call = c;
  ev->message = message;
  ev->body = weir_message_buf(&c->reader, message);
  ev->compressed = weir_message_is_compressed(&c->reader);
  ev->flow = c->held;
  c->delivered += c->held;
  c->held = 0;
  if (!r->data.len && !r->data_end) r->data_call = NULL;
  return true;
}

static bool recv_data(weir_rpc *r, weir_rpc_call *c, const weir_h2_event *h, weir_rpc_event *ev) {
  bool wanted = c && recv_is_wanted(c);
  size_t unwanted = wanted ? h->flow - h->data.len : h->flow; /* padding is nobody's */
  if (unwanted) weir_h2_consume(r->h2, h->stream, unwanted);
  if (wanted) {
    r->data_call = c;
    r->data = h->data;
    r->data_end = h->end_stream;
    return weir_rpc_next_message(r, ev);
  }
  if (c && c->phase == CALL_LIVE && c->not_grpc && h->data.len) {
    weir_rpc_call_end(c, c->code, weir_bytes_view(&c->text));
    weir_rpc_call_reset(c, WEIR_H2_CANCEL);
  } else if (c && h->end_stream) {
    recv_data_end(c);
  }
  return false;
}

/* ---- the stream's end -------------------------------------------------------------------------------------------- */

static void recv_reset(weir_rpc_call *c, const weir_h2_event *h) {
  bool is_client = c->rpc->is_client;
  if (c->phase == CALL_LIVE) {
    c->unprocessed = is_client && h->code == WEIR_H2_REFUSED_STREAM;
    weir_rpc_call_endf(c, is_client ? weir_status_of_h2(h->code) : WEIR_CANCELLED, "%s (HTTP/2 %s)",
                       h->why ? h->why : "the stream was reset", weir_h2_code_name(h->code));
  }
  weir_rpc_call_drop(c);
}

/* Both halves ended and all was handed over: for a server the call's end. */
static void recv_closed(weir_rpc_call *c) {
  if (c->phase == CALL_LIVE) {
    WEIR_ASSERT(!c->rpc->is_client);
    weir_rpc_call_end(c, WEIR_OK, (weir_str){0});
  }
  weir_rpc_call_drop(c);
}

static bool recv_headers(weir_rpc *r, weir_rpc_call *c, const weir_h2_event *h, weir_rpc_event *ev) {
  if (!c) return !r->is_client && !h->is_trailers && recv_request(r, h, ev);
  if (r->is_client && c->phase == CALL_LIVE) return recv_client_headers(c, h, ev);
  if (h->end_stream) recv_data_end(c); /* a request's trailers say nothing else */
  return false;
}

bool weir_rpc_on_h2(weir_rpc *r, const weir_h2_event *h, weir_rpc_event *ev) {
  weir_rpc_call *c = h->user;
  switch (h->kind) {
  case WEIR_H2_EV_HEADERS: return recv_headers(r, c, h, ev);
  case WEIR_H2_EV_DATA: return recv_data(r, c, h, ev);
  case WEIR_H2_EV_RESET:
    if (c) recv_reset(c, h);
    return false;
  case WEIR_H2_EV_CLOSED:
    if (c) recv_closed(c);
    return false;
  case WEIR_H2_EV_WRITABLE:
    if (c && c->phase == CALL_LIVE && c->send != HALF_CLOSED) weir_rpc_call_due(c, DUE_WRITABLE);
    return false;
  default: return false;
  }
}
