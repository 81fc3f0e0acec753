/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/internal.h"

#include <string.h>
#include <strings.h>

static const char http_grpc_type[] = "application/grpc";

/* grpc doc/PROTOCOL-HTTP2.md "Content-Type": "application/grpc" [("+proto" / "+json" / {custom})]; parameters are
 * harmless. application/grpc-web is another protocol. */
bool weir_http_is_grpc(weir_str content_type) {
  size_t n = sizeof http_grpc_type - 1;
  if (content_type.len < n || strncasecmp(content_type.data, http_grpc_type, n) != 0) return false;
  return content_type.len == n || content_type.data[n] == '+' || content_type.data[n] == ';';
}

uint32_t weir_http_status_parse(weir_str value) {
  uint32_t status = 0;
  if (value.len != 3) return 0;
  for (size_t i = 0; i < 3; i++) {
    if (value.data[i] < '0' || value.data[i] > '9') return 0;
    status = status * 10 + (uint32_t)(value.data[i] - '0');
  }
  return status;
}

weir_rpc_call *weir_http_begin(weir_rpc *r, const weir_h2_event *h) {
  weir_rpc_call *c = weir_rpc_call_new(r);
  if (!c) {
    weir_http_refuse(r, h->stream, h->end_stream, 503);
    return NULL;
  }
  c->is_http = true;
  c->is_head = weir_str_eq(r->in.known[WEIR_FIELD_METHOD], WEIR_STR("HEAD"));
  c->stream = h->stream;
  c->recv = HALF_OPEN;
  weir_h2_set_user(r->h2, h->stream, c);
  return c;
}

static weir_hpack_field http_field(const char *name, weir_str value) {
  return (weir_hpack_field){.name = weir_str_of(name), .value = value};
}

static weir_err http_headers(weir_rpc *r, uint32_t stream, uint32_t status, weir_str type, size_t body_len,
                             bool end_stream) {
  char code[16], length[24];
  snprintf(code, sizeof code, "%03u", (unsigned)status);
  snprintf(length, sizeof length, "%zu", body_len);
  weir_hpack_field fields[3];
  size_t n = 0;
  fields[n++] = http_field(":status", weir_str_of(code));
  if (type.len) fields[n++] = http_field("content-type", type);
  fields[n++] = http_field("content-length", weir_str_of(length));
  weir_err err = weir_h2_send_headers(r->h2, stream, fields, n, end_stream);
  if (err == WEIR_ENOMEM) r->out_of_memory = true;
  return err;
}

weir_err weir_rpc_http_reply(weir_rpc_call *c, uint32_t status, weir_str content_type, weir_str body) {
  weir_rpc *r = c->rpc;
  if (c->phase != CALL_LIVE || !c->is_http || c->send != HALF_IDLE) return WEIR_ECLOSED;
  if (status < 200 || status > 599) return WEIR_EINVALID;
  bool bare = c->is_head || !body.len;
  weir_err err = http_headers(r, c->stream, status, content_type, body.len, bare);
  if (!err && !bare) {
    c->send = HALF_OPEN;
    err = weir_h2_send_bytes(r->h2, c->stream, (weir_str){0}, body, true);
  }
  if (err) {
    weir_rpc_call_starve(c);
    return err;
  }
  c->send = HALF_CLOSED;
  weir_rpc_call_leave(c);
  return WEIR_EOK;
}

void weir_http_refuse(weir_rpc *r, uint32_t stream, bool end_stream, uint32_t status) {
  weir_err err = http_headers(r, stream, status, (weir_str){0}, 0, true);
  if (err)
    weir_h2_reset(r->h2, stream, WEIR_H2_ENHANCE_YOUR_CALM);
  else if (!end_stream)
    weir_h2_reset(r->h2, stream, WEIR_H2_NO_ERROR);
}
