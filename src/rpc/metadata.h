/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* metadata.h - header fields <-> metadata (grpc doc/PROTOCOL-HTTP2.md "Custom-Metadata"): which names are the
 * protocol's own, what may be sent, base64 (RFC 4648 section 4) of "-bin" values. */
#ifndef WEIR_RPC_METADATA_H
#define WEIR_RPC_METADATA_H

#include "h2/h2.h"

/** Fields that are no metadata. */
typedef enum weir_field_id {
  WEIR_FIELD_CUSTOM, /* metadata */
  WEIR_FIELD_METHOD,
  WEIR_FIELD_SCHEME,
  WEIR_FIELD_PATH,
  WEIR_FIELD_AUTHORITY,
  WEIR_FIELD_STATUS,
  WEIR_FIELD_HOST,
  WEIR_FIELD_TE,
  WEIR_FIELD_CONTENT_TYPE,
  WEIR_FIELD_CONTENT_LENGTH,
  WEIR_FIELD_GRPC_STATUS,
  WEIR_FIELD_GRPC_MESSAGE,
  WEIR_FIELD_GRPC_TIMEOUT,
  WEIR_FIELD_GRPC_ENCODING,
  WEIR_FIELD_GRPC_ACCEPT_ENCODING,
  WEIR_FIELD_GRPC_MESSAGE_TYPE,
  WEIR_FIELD_N
} weir_field_id;

weir_field_id weir_field_identify(weir_str name);

/** Pairs in one block: fields are limited by h2 (limits.h), but "-bin" values split at commas are not, and an empty one
 * costs its sender a byte. */
#define WEIR_METADATA_MAX_PAIRS 512

/** What a header block says: the protocol's own fields by id, the rest as metadata. */
typedef struct weir_metadata {
  weir_str known[WEIR_FIELD_N]; /* the first of its name; data NULL: absent. grpc-message is decoded */
  weir_kv *kvs;                 /* in order, "-bin" values decoded and split at commas */
  size_t n, cap;
  char *bin; /* what "-bin" values and grpc-message were decoded to */
  size_t bin_len, bin_cap;
} weir_metadata;

/** Reads the n fields of a block into *m, whose memory is used again. Views point into the fields and into *m.
 * WEIR_EINVALID: a "-bin" value is not base64 (*bad_key names it; the rest was read); WEIR_ELIMIT: too
 * many pairs; WEIR_ENOMEM. */
weir_err weir_metadata_read(weir_metadata *m, weir_mem mem, const weir_hpack_field *fields, size_t n,
                            weir_str *bad_key);
void weir_metadata_fini(weir_metadata *m, weir_mem mem);

/** A header block to be sent. */
typedef struct weir_field_list {
  weir_hpack_field *data;
  size_t len, cap;
  char *text; /* base64 and percent-encoded values */
  size_t text_len, text_cap;
} weir_field_list;

/** Empties the list and makes room for n_own fields with text_len bytes of own text, and for the metadata.
 * WEIR_EINVALID: a key or value may not be sent (rpc.h says which); WEIR_ENOMEM. After success the functions below
 * cannot fail. */
weir_err weir_fields_begin(weir_field_list *l, weir_mem mem, size_t n_own, size_t text_len,
                           const weir_kv *kvs, size_t n);
static inline void weir_fields_add(weir_field_list *l, weir_hpack_field f) { l->data[l->len++] = f; }
/** Takes n bytes of the text room. */
static inline char *weir_fields_text(weir_field_list *l, size_t n) {
  char *p = l->text + l->text_len;
  l->text_len += n;
  return p;
}
/** Appends the metadata that begin was told of. */
void weir_fields_add_metadata(weir_field_list *l, const weir_kv *kvs, size_t n);
void weir_fields_fini(weir_field_list *l, weir_mem mem);

/** True if the pair may be sent. */
bool weir_metadata_is_legal(const weir_kv *kv);
static inline bool weir_metadata_is_bin(weir_str key) {
  return key.len >= 4 && key.data[key.len - 4] == '-' && key.data[key.len - 3] == 'b' &&
         key.data[key.len - 2] == 'i' && key.data[key.len - 1] == 'n';
}

/** Length of n bytes in unpadded base64. */
static inline size_t weir_base64_len(size_t n) { return n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0); }
/** Encodes unpadded; returns weir_base64_len(in.len). */
size_t weir_base64_encode(weir_str in, char *out);
/** Decodes, padded or not; out needs in.len / 4 * 3 + 2 bytes. False if it is not base64. */
bool weir_base64_decode(weir_str in, char *out, size_t *out_len);

#endif
