/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* rpc_codec.c - what a peer says is compressed. The first byte chooses the encoding and whether the rest is decompressed
 * as it stands, or first compressed: then it must come back. */
#include "base/assert.h"
#include "rpc/codec.h"

#define LIMIT 100000u

static weir_codec *codecs[WEIR_ENCODINGS][2]; /* used again, as in a program */

static weir_codec *codec(uint32_t e, bool compresses) {
  if (!codecs[e][compresses]) codecs[e][compresses] = weir_codec_new(WEIR_MEM_DEFAULT, e, compresses);
  return codecs[e][compresses];
}

static void there_and_back(uint32_t e, weir_str in) {
  weir_buf *packed = NULL, *out = NULL;
  if (weir_codec_compress(codec(e, true), in, &packed)) return;
  WEIR_CHECK(weir_buf_view(packed).len < in.len);
  weir_err err = weir_codec_decompress(codec(e, false), weir_buf_view(packed), (uint32_t)in.len, &out);
  WEIR_CHECK(!err && weir_str_eq(weir_buf_view(out), in));
  weir_buf_unref(out);
  weir_buf_unref(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  if (!len) return 0;
  uint32_t e = data[0] % WEIR_ENCODINGS;
  weir_str in = {(const char *)data + 1, len - 1};
  if (!e || !codec(e, true) || !codec(e, false)) return 0;
  if (data[0] & 0x80) {
    there_and_back(e, in);
    return 0;
  }
  weir_buf *out = NULL;
  weir_err err = weir_codec_decompress(codec(e, false), in, LIMIT, &out);
  WEIR_CHECK(err ? !out : weir_buf_view(out).len <= LIMIT);
  weir_buf_unref(out);
  return 0;
}
