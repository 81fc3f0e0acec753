/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* wire.h - writes the protobuf wire format, for descriptors. Failure latches in the buffer. */
#ifndef WEIR_SCHEMA_WIRE_H
#define WEIR_SCHEMA_WIRE_H

#include "base/bytes.h"

void weir_wire_varint(weir_bytes *out, uint64_t value);
void weir_wire_int(weir_bytes *out, uint32_t field, int64_t value); /* a varint field */
void weir_wire_str(weir_bytes *out, uint32_t field, weir_str text);
void weir_wire_fixed32(weir_bytes *out, uint32_t field, uint32_t bits);
void weir_wire_fixed64(weir_bytes *out, uint32_t field, uint64_t bits);
void weir_wire_put32(weir_bytes *out, uint32_t bits); /* without a tag */
void weir_wire_put64(weir_bytes *out, uint64_t bits);
void weir_wire_tag(weir_bytes *out, uint32_t field, uint32_t wire_type);

/** A submessage stands between open and close. */
size_t weir_wire_open(weir_bytes *out, uint32_t field);
void weir_wire_close(weir_bytes *out, size_t opened);

#endif
