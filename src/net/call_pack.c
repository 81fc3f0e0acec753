/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* call_pack.c - compression of a call's messages: on the thread that sends or receives, not under the shard's lock, and
 * one message at a time. What waits in the inbox stays compressed: so a window of it is all that a peer can make us
 * hold, and max_recv_bytes of what it grows to. */
#include "net/call.h"

/* From the pool, or new; NULL when out of memory. */
static weir_codec *codec_take(weir_call *c, uint32_t encoding, bool compresses) {
  weir_shard_enter(c->shard);
  weir_codec *codec = weir_codecs_take(c->codecs, encoding, compresses);
  weir_shard_leave(c->shard);
  return codec ? codec : weir_codec_new(weir_loop_mem(weir_shard_loop(c->shard)), encoding, compresses);
}

static void codec_give(weir_call *c, weir_codec *codec) {
  weir_shard_enter(c->shard);
  bool kept = weir_codecs_give(c->codecs, codec);
  weir_shard_leave(c->shard);
  if (!kept) weir_codec_free(codec);
}

weir_buf *weir_call_pack(weir_call *c, weir_str bytes) {
  bool plain = c->next_plain || c->out_encoding == WEIR_IDENTITY;
  c->next_plain = false;
  if (plain || bytes.len > c->max_send) return NULL;
  weir_buf *out = NULL;
  weir_codec *codec = codec_take(c, c->out_encoding, true);
  if (!codec) return NULL; /* better sent as it is than not at all */
  if (weir_codec_compress(codec, bytes, &out)) out = NULL;
  codec_give(c, codec);
  return out;
}

static weir_code unpack_error(const weir_call *c, weir_err err, weir_error *e) {
  switch (err) {
  case WEIR_EOK: return WEIR_OK;
  case WEIR_ELIMIT:
    return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0,
                          "received message is larger than the limit when decompressed (%u bytes)",
                          (unsigned)c->max_recv);
  case WEIR_EINVALID:
    return weir_error_set(e, WEIR_INTERNAL, 0, "received message is not %s as its grpc-encoding says",
                          weir_encoding_name(c->in_encoding));
  default: return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a message");
  }
}

weir_code weir_call_unpack(weir_call *c, weir_buf **buf, bool packed, weir_error *e) {
  c->was_packed = packed;
  if (!packed) return WEIR_OK;
  weir_buf *in = *buf;
  weir_codec *codec = codec_take(c, c->in_encoding, false);
  weir_err err = codec ? weir_codec_decompress(codec, weir_buf_view(in), c->max_recv, buf) : WEIR_ENOMEM;
  if (codec) codec_give(c, codec);
  if (err) *buf = NULL;
  weir_buf_unref(in);
  return unpack_error(c, err, e);
}

void weir_next_uncompressed(weir_call *c) { c->next_plain = true; }

bool weir_was_compressed(const weir_call *c) { return c->was_packed; }
