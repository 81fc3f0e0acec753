/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/internal.h"
#include "rpc/status.h"

#include <string.h>

#define FIELD_OF(n, v) ((weir_hpack_field){.name = {n, sizeof(n) - 1}, .value = (v)})
/* The value never changes on this connection. */
#define CONSTANT(k, n, v) ((weir_hpack_field){.name = {n, sizeof(n) - 1}, .value = (v), .constant = SEND_##k})
#define MAX_OWN_FIELDS    10

enum {
  SEND_METHOD = 1,
  SEND_SCHEME,
  SEND_AUTHORITY,
  SEND_TE,
  SEND_CONTENT_TYPE,
  SEND_USER_AGENT,
  SEND_STATUS,
  SEND_GRPC_OK,
  SEND_ACCEPT_ENCODING,
  SEND_ENCODING /* + the encoding */
};

static void send_encoding_field(weir_rpc *r, uint8_t encoding) {
  if (encoding == WEIR_IDENTITY) return;
  weir_hpack_field f = FIELD_OF("grpc-encoding", weir_str_of(weir_encoding_name(encoding)));
  f.constant = (uint8_t)(SEND_ENCODING + encoding);
  weir_fields_add(&r->out, f);
}

/* Every header block goes through here. */
static weir_err send_fields(weir_rpc_call *c, bool end_stream) {
  weir_rpc *r = c->rpc;
  weir_err err = weir_h2_send_headers(r->h2, c->stream, r->out.data, r->out.len, end_stream);
  if (err == WEIR_ENOMEM) r->out_of_memory = true;
  if (!err) c->send = end_stream ? HALF_CLOSED : HALF_OPEN;
  return err;
}

/* ---- client -------------------------------------------------------------------------------------------------- */

static bool send_is_visible(weir_str s) {
  for (size_t i = 0; i < s.len; i++)
    if (s.data[i] <= 0x20 || s.data[i] > 0x7e) return false;
  return true;
}

/* The order is the protocol's (grpc doc/PROTOCOL-HTTP2.md "Requests"); the timeout comes as early as it may. */
static void send_request_fields(weir_rpc *r, const weir_rpc_start_opts *o,
                                char timeout[WEIR_TIMEOUT_MAX_TEXT]) {
  weir_field_list *l = &r->out;
  weir_fields_add(l, CONSTANT(METHOD, ":method", WEIR_STR("POST")));
  weir_fields_add(l, CONSTANT(SCHEME, ":scheme", r->scheme));
  weir_fields_add(l, FIELD_OF(":path", o->path));
  weir_fields_add(l, o->authority.len ? FIELD_OF(":authority", o->authority)
                                      : CONSTANT(AUTHORITY, ":authority", r->authority));
  if (o->deadline != WEIR_NEVER) {
    weir_hpack_field f = FIELD_OF("grpc-timeout", weir_timeout_format(o->deadline - r->now, timeout));
    f.no_index = true;
    weir_fields_add(l, f);
  }
  weir_fields_add(l, CONSTANT(TE, "te", WEIR_STR("trailers")));
  weir_fields_add(l, CONSTANT(CONTENT_TYPE, "content-type", WEIR_STR("application/grpc")));
  send_encoding_field(r, o->encoding);
  if (weir_encodings_built() != WEIR_ENCODING_BIT(WEIR_IDENTITY))
    weir_fields_add(l, CONSTANT(ACCEPT_ENCODING, "grpc-accept-encoding", weir_encodings_text()));
  if (r->user_agent.len) weir_fields_add(l, CONSTANT(USER_AGENT, "user-agent", r->user_agent));
  weir_fields_add_metadata(l, o->metadata, o->n_metadata);
}

bool weir_rpc_can_start(const weir_rpc *r) {
  return r->is_client && r->state == RPC_OPEN && !r->out_of_memory && weir_h2_can_open(r->h2);
}

static weir_err send_request(weir_rpc_call *c, const weir_rpc_start_opts *o) {
  weir_rpc *r = c->rpc;
  char timeout[WEIR_TIMEOUT_MAX_TEXT];
  send_request_fields(r, o, timeout);
  weir_err err = weir_h2_open(r->h2, r->out.data, r->out.len, false, c, &c->stream);
  if (err == WEIR_ENOMEM) r->out_of_memory = true;
  return err;
}

weir_err weir_rpc_start(weir_rpc *r, const weir_rpc_start_opts *o, weir_rpc_call **call) {
  if (!weir_rpc_can_start(r)) return WEIR_ELIMIT;
  if (!o->path.len || o->path.data[0] != '/' || !send_is_visible(o->path) || !send_is_visible(o->authority))
    return WEIR_EINVALID;
  weir_err err = weir_fields_begin(&r->out, r->mem, MAX_OWN_FIELDS, 0, o->metadata, o->n_metadata);
  if (err) return err;
  weir_rpc_call *c = weir_rpc_call_new(r);
  if (!c) return WEIR_ENOMEM;
  c->user = o->user;
  c->encoding = o->encoding;
  if (o->deadline <= r->now) { /* too late to bother the server */
    c->unprocessed = true;
    weir_rpc_call_end(c, WEIR_DEADLINE_EXCEEDED, WEIR_STR("Deadline Exceeded"));
  } else if ((err = send_request(c, o)) != WEIR_EOK) {
    c->stream = 0;
    weir_rpc_call_abandon(c);
    return err;
  } else {
    c->send = HALF_OPEN;
    weir_rpc_call_set_deadline(c, o->deadline);
  }
  *call = c;
  return WEIR_EOK;
}

weir_err weir_rpc_half_close(weir_rpc_call *c) {
  if (c->phase != CALL_LIVE || c->send != HALF_OPEN) return WEIR_ECLOSED;
  weir_err err = weir_h2_send_bytes(c->rpc->h2, c->stream, (weir_str){0}, (weir_str){0}, true);
  if (!err) c->send = HALF_CLOSED;
  return err;
}

/* ---- server -------------------------------------------------------------------------------------------------- */

static void send_response_fields(weir_rpc *r) {
  weir_fields_add(&r->out, CONSTANT(STATUS, ":status", WEIR_STR("200")));
  weir_fields_add(&r->out, CONSTANT(CONTENT_TYPE, "content-type", WEIR_STR("application/grpc")));
}

weir_err weir_rpc_set_encoding(weir_rpc_call *c, uint8_t encoding) {
  if (c->phase != CALL_LIVE || c->is_http || c->send != HALF_IDLE) return WEIR_ECLOSED;
  c->encoding = encoding;
  return WEIR_EOK;
}

weir_err weir_rpc_send_headers(weir_rpc_call *c, const weir_kv *metadata, size_t n) {
  weir_rpc *r = c->rpc;
  if (c->phase != CALL_LIVE || c->is_http || c->send != HALF_IDLE) return WEIR_ECLOSED;
  weir_err err = weir_fields_begin(&r->out, r->mem, MAX_OWN_FIELDS, 0, metadata, n);
  if (err) return err;
  send_response_fields(r);
  send_encoding_field(r, c->encoding);
  weir_fields_add_metadata(&r->out, metadata, n);
  return send_fields(c, false);
}

static void send_status_fields(weir_rpc *r, weir_code code, weir_str text, size_t text_len) {
  weir_fields_add(&r->out, code == WEIR_OK ? CONSTANT(GRPC_OK, "grpc-status", WEIR_STR("0"))
                                           : FIELD_OF("grpc-status", weir_status_format(code)));
  if (!text_len) return;
  char *p = weir_fields_text(&r->out, text_len);
  weir_status_encode_text(text, p);
  weir_hpack_field f = FIELD_OF("grpc-message", ((weir_str){p, text_len}));
  f.no_index = true;
  weir_fields_add(&r->out, f);
}

weir_err weir_rpc_send_status(weir_rpc_call *c, weir_code code, weir_str text, const weir_kv *trailers,
                              size_t n) {
  weir_rpc *r = c->rpc;
  size_t text_len = weir_status_encoded_len(text);
  weir_err err = weir_fields_begin(&r->out, r->mem, MAX_OWN_FIELDS, text_len, trailers, n);
  if (err) return err;
  if (c->send == HALF_IDLE) send_response_fields(r); /* Trailers-Only */
  send_status_fields(r, code, text, text_len);
  weir_fields_add_metadata(&r->out, trailers, n);
  return send_fields(c, true);
}

weir_err weir_rpc_finish(weir_rpc_call *c, weir_code code, weir_str text, const weir_kv *trailers, size_t n) {
  if (c->phase != CALL_LIVE || c->is_http || c->send == HALF_CLOSED) return WEIR_ECLOSED;
  weir_err err = weir_rpc_send_status(c, code, text, trailers, n);
  if (!err) weir_rpc_call_leave(c);
  if (err == WEIR_ENOMEM) weir_rpc_call_starve(c);
  return err;
}

void weir_rpc_call_leave(weir_rpc_call *c) {
  if (c->recv != HALF_CLOSED && !weir_list_linked(&c->in_leaving))
    weir_list_push(&c->rpc->leaving, &c->in_leaving);
}

void weir_rpc_refuse(weir_rpc *r, uint32_t stream, bool end_stream, weir_code code, weir_str text,
                     bool tell_encodings) {
  size_t text_len = weir_status_encoded_len(text);
  weir_err err = weir_fields_begin(&r->out, r->mem, MAX_OWN_FIELDS, text_len, NULL, 0);
  if (!err) {
    send_response_fields(r);
    if (tell_encodings) weir_fields_add(&r->out, FIELD_OF("grpc-accept-encoding", weir_encodings_text()));
    send_status_fields(r, code, text, text_len);
    err = weir_h2_send_headers(r->h2, stream, r->out.data, r->out.len, true);
    if (err == WEIR_ENOMEM) r->out_of_memory = true;
  }
  if (err)
    weir_h2_reset(r->h2, stream, WEIR_H2_ENHANCE_YOUR_CALM); /* RESOURCE_EXHAUSTED */
  else if (!end_stream)
    weir_h2_reset(r->h2, stream, WEIR_H2_NO_ERROR);
}

/* ---- both ---------------------------------------------------------------------------------------------------- */

weir_err weir_rpc_send(weir_rpc_call *c, weir_str bytes, weir_buf *body, unsigned flags) {
  weir_rpc *r = c->rpc;
  if (c->phase != CALL_LIVE || c->is_http || c->send == HALF_CLOSED) return WEIR_ECLOSED;
  WEIR_ASSERT(!body || !bytes.len);
  WEIR_ASSERT(!(flags & WEIR_RPC_COMPRESSED) || c->encoding != WEIR_IDENTITY);
  size_t len = body ? weir_buf_view(body).len : bytes.len;
  if (len > r->max_send) return WEIR_ELIMIT;
  weir_err err = c->send == HALF_IDLE ? weir_rpc_send_headers(c, NULL, 0) : WEIR_EOK;
  if (err) return err;
  uint8_t prefix[WEIR_MESSAGE_PREFIX];
  weir_message_prefix(prefix, flags & WEIR_RPC_COMPRESSED, (uint32_t)len);
  weir_str head = {(const char *)prefix, sizeof prefix};
  bool last = flags & WEIR_RPC_LAST && r->is_client; /* a server's last frame is its trailers */
  err = body ? weir_h2_send_data(r->h2, c->stream, head, body, last)
             : weir_h2_send_bytes(r->h2, c->stream, head, bytes, last);
  if (!err && last) c->send = HALF_CLOSED;
  return err;
}
