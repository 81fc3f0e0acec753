/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* status.h - the one place where HTTP statuses, HTTP/2 error codes and local failures become gRPC codes
 * (grpc doc/statuscodes.md, doc/http-grpc-status-mapping.md), and where grpc-status and grpc-message take the form
 * they travel in. The tables are never used in reverse. */
#ifndef WEIR_RPC_STATUS_H
#define WEIR_RPC_STATUS_H

#include "base/err.h"

#include <weir/base.h>

/** The code of a grpc-status value; UNKNOWN for what is not a decimal 0..16 without leading zeros. */
weir_code weir_status_parse(weir_str value);
/** The grpc-status value for code, static; codes outside 0..16 travel as UNKNOWN. */
weir_str weir_status_format(weir_code code);

/** For a response that ended without grpc-status. */
weir_code weir_status_of_http(uint32_t http_status);
/** For a stream that ended by RST_STREAM, in either direction. */
weir_code weir_status_of_h2(uint32_t h2_code);
/** For a call that a local failure ended. */
weir_code weir_status_of_err(weir_err err);

/** Bytes that weir_status_encode_text writes for text. */
size_t weir_status_encoded_len(weir_str text);
/** Percent-encodes a status message: all but 0x20-0x7E without '%' becomes %XX, and so does a space at either end,
 * which RFC 9113 8.2.1 allows in no field value. Returns the bytes written to out. */
size_t weir_status_encode_text(weir_str text, char *out);
/** Decodes into out (text.len bytes are enough); escapes that are none stay as they are: a message is never an error
 * and never lost. */
weir_str weir_status_decode_text(weir_str text, char *out);

#endif
