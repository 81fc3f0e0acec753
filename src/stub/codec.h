/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* codec.h - messages to bytes and back, at the edge of a call. type NULL: messages are weir_buf. */
#ifndef WEIR_STUB_CODEC_H
#define WEIR_STUB_CODEC_H

#include "net/call.h"
#include <weir/pb.h>

#define WEIR_STUB_SCRATCH 2048u /* messages up to about this size are encoded on the stack */

/** An encoded message; on the sender's stack. */
typedef struct weir_encoded {
  weir_str bytes;   /* if body is NULL; views the arena */
  weir_buf *body;   /* raw messages: borrowed from the caller */
  weir_buf *packed; /* what is to be sent instead of bytes or body, compressed; or NULL */
  weir_arena *arena;
  char scratch[WEIR_STUB_SCRATCH];
} weir_encoded;

/** WEIR_RESOURCE_EXHAUSTED, or WEIR_INTERNAL: the message cannot be encoded (a required field is missing, text that is
 * not UTF-8); *e (not NULL) says which. Always followed by weir_encoded_fini. */
weir_code weir_encode_message(weir_encoded *x, const weir_pb_type *type, const void *msg, weir_error *e);
void weir_encoded_fini(weir_encoded *x);
/** Compresses it, if that is what c's messages are and it makes it shorter. Lock not held. */
void weir_encoded_pack(weir_encoded *x, weir_call *c);
/** weir_call_put of it. Lock held. */
weir_code weir_encoded_put(const weir_encoded *x, weir_call *c, bool last);
/** The message's bytes, for interceptors. */
weir_str weir_encoded_view(const weir_encoded *x);

/** Takes over buf. Raw: *msg is buf itself. Else the message is decoded into a, copied out of buf, which is dropped;
 * or, with `keep`, it views buf, which *keep then holds. WEIR_INTERNAL (grpc doc/statuscodes.md: cannot be parsed),
 * WEIR_RESOURCE_EXHAUSTED; *e (not NULL) says why. */
weir_code weir_decode_message(weir_buf *buf, const weir_pb_type *type, weir_arena *a, weir_buf **keep,
                              void **msg, weir_error *e);

#endif
