/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* huffman.h - the static Huffman code of RFC 7541 appendix B, both ways. */
#ifndef WEIR_HPACK_HUFFMAN_H
#define WEIR_HPACK_HUFFMAN_H

#include <weir/base.h>

/** The most bytes that len coded bytes decode to: no code is shorter than 5 bits. */
#define WEIR_HUFFMAN_MAX_DECODED(len) ((len) / 5 * 8 + (len) % 5 * 8 / 5)

/** Length in bytes of the code for s, padding included. */
size_t weir_huffman_size(weir_str s);
/** Writes the code for s, weir_huffman_size(s) bytes, and returns the end of it. */
char *weir_huffman_encode(weir_str s, char *out);
/**
 * Decodes into out, which has room for WEIR_HUFFMAN_MAX_DECODED(in.len) bytes; *len is set to what it became.
 * False if in holds EOS, or padding that is longer than 7 bits or not the first bits of EOS (RFC 7541 5.2).
 */
bool weir_huffman_decode(weir_str in, char *out, size_t *len);

#endif
