/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* encoding.h - names of message encodings (grpc doc/compression.md; IANA's content codings): what grpc-encoding and
 * grpc-accept-encoding say, and which of them this build can read and write. */
#ifndef WEIR_RPC_ENCODING_H
#define WEIR_RPC_ENCODING_H

#include <weir/call.h>

#define WEIR_ENCODINGS 4 /* WEIR_IDENTITY .. WEIR_ZSTD */

/** A set of encodings: 1 << WEIR_GZIP, and so on. */
typedef uint8_t weir_encodings;
#define WEIR_ENCODING_BIT(e) ((weir_encodings)(1u << (e)))

/** Those of this build: identity always. */
weir_encodings weir_encodings_built(void);
static inline bool weir_encoding_is_built(uint32_t e) {
  return e < WEIR_ENCODINGS && weir_encodings_built() & WEIR_ENCODING_BIT(e);
}
/** The value of grpc-accept-encoding for this build; "identity" if there is no other. */
weir_str weir_encodings_text(void);
/** "identity", "deflate", "gzip", "zstd"; NULL for what is none. */
const char *weir_encoding_name(uint32_t e);
/** The encoding of a grpc-encoding value ({NULL, 0}, the field is absent: identity). False if this build has not that. */
bool weir_encoding_parse(weir_str value, uint8_t *e);
/** The set that a grpc-accept-encoding value names, with identity; what is not known is passed over. */
weir_encodings weir_encodings_parse(weir_str value);
/** OK if a program may ask for e: INVALID_ARGUMENT (none), UNIMPLEMENTED (not in this build; e says what to install). */
weir_code weir_encoding_check(uint32_t e, weir_error *err);

#endif
