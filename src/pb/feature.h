/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* feature.h - the features of a descriptor that decide how fields are held and encoded: what its edition says, and what
 * it and those around it override (protobuf.dev, "Feature Settings for Editions"). */
#ifndef WEIR_PB_FEATURE_H
#define WEIR_PB_FEATURE_H

#include "pb/weir_pb_desc.weir.h"

/* The values of descriptor.proto's FeatureSet. */
enum { PB_EXPLICIT = 1, PB_IMPLICIT = 2, PB_REQUIRED = 3 };
enum { PB_ENUM_OPEN = 1, PB_ENUM_CLOSED = 2 };
enum { PB_PACKED = 1, PB_EXPANDED = 2 };
enum { PB_UTF8_VERIFY = 2, PB_UTF8_NONE = 3 };
enum { PB_LENGTH_PREFIXED = 1, PB_DELIMITED = 2 };

typedef struct pb_features {
  int32_t field_presence, enum_type, repeated_encoding, utf8_validation, message_encoding;
} pb_features;

/* Those of a file; false if its syntax or edition is none that is known. */
bool pb_features_of_file(const weir_pb_desc_File *file, pb_features *f);
/* `outer` with what is given (NULL: nothing) in place of it. */
pb_features pb_features_with(const pb_features *outer, const weir_pb_desc_Features *given);

#endif
