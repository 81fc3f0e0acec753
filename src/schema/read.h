/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* read.h - declarations out of the messages of descriptor.proto, as a compiler hands them to a plugin. */
#ifndef WEIR_SCHEMA_READ_H
#define WEIR_SCHEMA_READ_H

#include "schema/schema.h"

/** Reads protobuf's wire format. `bad` is sticky. */
typedef struct weir_wire_reader {
  const uint8_t *at, *end;
  bool bad;
  uint32_t field, type; /* of the field at hand: number, and wire type */
  uint64_t number;      /* its value: of types 0, 1 and 5 */
  weir_str text;        /* of type 2, and of groups (3): what is within */
} weir_wire_reader;

weir_wire_reader weir_wire_reader_of(weir_str bytes);
/** Steps to the next field. False at the end, or with `bad` set. */
bool weir_wire_read(weir_wire_reader *r);
/** One number of a packed field whose numbers have this wire type. False at the end. */
bool weir_wire_read_packed(weir_wire_reader *r, uint32_t type);

/** Fills in a file, as weir_parse_file does, from file->source: a FileDescriptorProto. False with a report if it is
 * none, or has names that no source could have. */
bool weir_read_file(weir_schema *s, weir_def_file *file);
/** Decodes an options message into v; what v's type does not know is left out. */
void weir_read_options(weir_schema *s, weir_str bytes, weir_value *v);

#endif
