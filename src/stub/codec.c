/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "stub/codec.h"

weir_code weir_encode_message(weir_encoded *x, const weir_pb_type *type, const void *msg, weir_error *e) {
  x->bytes = (weir_str){"", 0};
  x->body = NULL;
  x->packed = NULL;
  x->arena = NULL;
  if (!type) {
    x->body = (weir_buf *)(uintptr_t)msg;
    return WEIR_OK;
  }
  x->arena = weir_arena_new(x->scratch, sizeof x->scratch);
  weir_code code = weir_pb_encode_err(type, msg, x->arena, 0, &x->bytes, e);
  if (!x->bytes.data) x->bytes.data = "";
  return code == WEIR_OK || code == WEIR_RESOURCE_EXHAUSTED ? code : WEIR_INTERNAL;
}

void weir_encoded_fini(weir_encoded *x) {
  weir_buf_unref(x->packed);
  weir_arena_free(x->arena);
}

void weir_encoded_pack(weir_encoded *x, weir_call *c) { x->packed = weir_call_pack(c, weir_encoded_view(x)); }

weir_code weir_encoded_put(const weir_encoded *x, weir_call *c, bool last) {
  unsigned flags = last ? WEIR_RPC_LAST : 0;
  if (x->packed) return weir_call_put(c, (weir_str){NULL, 0}, x->packed, flags | WEIR_RPC_COMPRESSED);
  return weir_call_put(c, x->bytes, x->body, flags);
}

weir_str weir_encoded_view(const weir_encoded *x) { return x->body ? weir_buf_view(x->body) : x->bytes; }

weir_code weir_decode_message(weir_buf *buf, const weir_pb_type *type, weir_arena *a, weir_buf **keep,
                              void **msg, weir_error *e) {
  if (!type) {
    *msg = buf;
    return WEIR_OK;
  }
  void *m = weir_pb_new(type, a);
  weir_code code = m ? weir_pb_decode_err(type, m, weir_buf_view(buf), a, keep ? WEIR_PB_ALIAS : 0, e)
                     : weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a message");
  if (keep && !code)
    *keep = buf;
  else
    weir_buf_unref(buf);
  if (!code) *msg = m;
  return code == WEIR_OK || code == WEIR_RESOURCE_EXHAUSTED ? code : WEIR_INTERNAL;
}
