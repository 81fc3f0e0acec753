/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* headers.h - what a header block may hold in HTTP/2 (RFC 9113 8.1 to 8.3). One deviation: white space around a
 * value is let through, because gRPC's percent-encoding of grpc-message leaves spaces as they are. */
#ifndef WEIR_H2_HEADERS_H
#define WEIR_H2_HEADERS_H

#include "h2/frame.h"

typedef enum weir_h2_block_kind { WEIR_H2_REQUEST, WEIR_H2_RESPONSE, WEIR_H2_TRAILERS } weir_h2_block_kind;

#define WEIR_H2_NO_LENGTH UINT64_MAX

/** What the engine itself needs of a block. */
typedef struct weir_h2_block_info {
  uint32_t status;         /* response: 100 to 999 */
  uint64_t content_length; /* WEIR_H2_NO_LENGTH: none was named */
  bool is_head;            /* request: the response has no body whatever it says */
} weir_h2_block_info;

/** Checks a block and fills *info; a stream error PROTOCOL_ERROR says why it is malformed. `over`: fields are
 * missing at the end, so that required ones are not asked for. */
weir_h2_error weir_h2_headers_check(const weir_hpack_field *fields, size_t n, weir_h2_block_kind kind,
                                    bool over, weir_h2_block_info *info);

#endif
