/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* hpack.h - header compression (RFC 7541): decoder and encoder, one of each per connection. No I/O.
 * Not here: what a header may mean or contain in HTTP (src/h2/headers.c). */
#ifndef WEIR_HPACK_H
#define WEIR_HPACK_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/mem.h"

enum {
  WEIR_HPACK_ENCODER_TABLE = 4096, /* bytes our encoder uses at most, whatever the peer would allow */
  WEIR_HPACK_CONSTANTS = 15,
  WEIR_HPACK_MAX_TABLE = 1024 * 1024,        /* bytes; a decoder's limit is cut to it */
  WEIR_HPACK_MAX_LIST = 16 * 1024 * 1024,    /* bytes; max_list_size is cut to it */
  WEIR_HPACK_MAX_STRING = 256 * 1024 * 1024, /* bytes of a name or value to be encoded */
};

/** One header field. Bytes only; names are lower case by HTTP's rule, not by ours. */
typedef struct weir_hpack_field {
  weir_str name, value;
  uint8_t name_index; /* decoded: static table index of the name (1..61), or 0; encoding: ignored */
  bool never_index;   /* RFC 7541 6.2.3: a secret; decoded so, or to be encoded so */
  bool no_index;      /* encoding only: changes every time, do not spend table room on it (6.2.2) */
  uint8_t constant; /* encoding only: 1..WEIR_HPACK_CONSTANTS stands for always the same pair on this encoder, which
                         is then not compared; 0: none */
} weir_hpack_field;

typedef struct weir_hpack_decoder weir_hpack_decoder;
typedef struct weir_hpack_encoder weir_hpack_encoder;

typedef struct weir_hpack_decoder_opts {
  weir_mem mem;
  uint32_t max_table_size; /* bytes, our SETTINGS_HEADER_TABLE_SIZE; RFC default 4096 */
  uint32_t max_list_size; /* bytes as RFC 9113 6.5.2 counts (name + value + 32); more is dropped, see `over` */
  uint32_t max_fields;    /* count limit, against tiny-field bombs */
} weir_hpack_decoder_opts;

typedef struct weir_hpack_block {
  const weir_hpack_field *fields;
  size_t n;
  bool over; /* a limit was passed: fields beyond it were decoded (the table stays in step) but not kept */
  uint64_t id; /* never 0; the same as the last block's if this one is the same, fields and their places included */
} weir_hpack_block;

/** NULL when out of memory. */
weir_hpack_decoder *weir_hpack_decoder_new(const weir_hpack_decoder_opts *o);
void weir_hpack_decoder_free(weir_hpack_decoder *d);

/**
 * Decodes one complete header block (HEADERS with its CONTINUATIONs joined).
 *
 * out     borrowed until the next call on `d`; its views point into block, into `d` or into static memory
 * Errors  WEIR_EPROTO: not a valid block; the connection must end with COMPRESSION_ERROR (RFC 9113 4.3).
 *         WEIR_ENOMEM: as WEIR_EPROTO for the connection, whose table is now out of step.
 * Rules   integers have at most 5 continuation bytes; at most 2 size updates, at the start only; a size update
 *         is due once our limit has become lower than the table is (RFC 7541 4.2, 5.1).
 */
weir_err weir_hpack_decode(weir_hpack_decoder *d, weir_str block, weir_hpack_block *out);

/** Our SETTINGS_HEADER_TABLE_SIZE was acknowledged: a smaller limit must now be signalled by the peer. */
void weir_hpack_decoder_set_max_table(weir_hpack_decoder *d, uint32_t max_table_size);

weir_hpack_encoder *weir_hpack_encoder_new(weir_mem mem, uint32_t max_table_size);
void weir_hpack_encoder_free(weir_hpack_encoder *e);

/** Appends the block for fields to out. WEIR_ENOMEM, WEIR_EINVALID (a name or value is longer than
 * WEIR_HPACK_MAX_STRING): nothing was appended and no table changed. Huffman coding is used where it is shorter;
 * a repeated pair is a byte or two from its second time on. */
weir_err weir_hpack_encode(weir_hpack_encoder *e, const weir_hpack_field *fields, size_t n, weir_bytes *out);

/** The peer's SETTINGS_HEADER_TABLE_SIZE; the next block starts with the size update(s) of RFC 7541 4.2. */
void weir_hpack_encoder_set_max_table(weir_hpack_encoder *e, uint32_t max_table_size);

#endif
