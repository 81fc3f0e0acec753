/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* descriptor.h - declarations as the messages of descriptor.proto, for generators that write them into code. As in
 * everything that protoc generates for a runtime, json_name stands only where the source gives it. */
#ifndef WEIR_SCHEMA_DESCRIPTOR_H
#define WEIR_SCHEMA_DESCRIPTOR_H

#include "schema/schema.h"

/** A file, message, enum or service as its ...DescriptorProto. */
weir_str weir_descriptor_encode(weir_schema *s, const weir_def *d);
/** The options of a declaration, encoded; the empty view if it has none. */
weir_str weir_descriptor_encode_options(weir_schema *s, const weir_def *d);

#endif
