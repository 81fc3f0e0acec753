/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* codec.h - compression of messages: each is one stream of its own (grpc doc/PROTOCOL-HTTP2.md: no context between
 * messages); zlib's "deflate" and gzip (RFC 1950, 1952), Zstandard (RFC 8878). Bytes in, bytes out.
 *
 * A codec is the state of one direction of one encoding: 260 KiB (zlib, compressing), 40 KiB (zlib), so it is used
 * again for the next message. The threads of a shard share a pool, from which each takes one for as long as it needs. */
#ifndef WEIR_RPC_CODEC_H
#define WEIR_RPC_CODEC_H

#include "base/err.h"
#include "base/mem.h"
#include "rpc/encoding.h"

typedef struct weir_codec weir_codec;

/** NULL when out of memory, or if this build has not that encoding. zstd's own state comes from the C library. */
weir_codec *weir_codec_new(weir_mem mem, uint32_t encoding, bool compresses);
void weir_codec_free(weir_codec *c);
/** *out: in, compressed, and shorter than in. WEIR_ELIMIT: it would not be shorter; WEIR_ENOMEM. */
weir_err weir_codec_compress(weir_codec *c, weir_str in, weir_buf **out);
/** *out: what was compressed. WEIR_ELIMIT: more than max bytes (no more than that was ever held); WEIR_EINVALID: not
 * of this encoding, cut off, or something follows; WEIR_ENOMEM. */
weir_err weir_codec_decompress(weir_codec *c, weir_str in, uint32_t max, weir_buf **out);

/** Codecs that wait to be used; start it zeroed. Whoever takes and gives sees to it that one does at a time. */
typedef struct weir_codecs {
  weir_codec *idle[2][WEIR_ENCODINGS];
} weir_codecs;

/** One that waits, or NULL: make one. */
weir_codec *weir_codecs_take(weir_codecs *pool, uint32_t encoding, bool compresses);
/** Gives c back; false if enough wait already: free it. */
bool weir_codecs_give(weir_codecs *pool, weir_codec *c);
void weir_codecs_fini(weir_codecs *pool);

#endif
