/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* request.h - what a plugin is asked: google.protobuf.compiler.CodeGeneratorRequest. No I/O. */
#ifndef WEIR_CODEGEN_REQUEST_H
#define WEIR_CODEGEN_REQUEST_H

#include "base/bytes.h"
#include "schema/schema.h"

/** The release of protoc that weirc stands for, to plugins and in --version. */
#define WEIR_PROTOC_MAJOR 36
#define WEIR_PROTOC_MINOR 2

/**
 * Appends a request to generate code for `files` (all of one schema), byte for byte as protoc does.
 *
 * plugin     "protoc-gen-go": to some, protoc sends no json_name
 * parameter  the options; may be empty
 * Errors     WEIR_ENOMEM: the schema may only be freed
 */
weir_err weir_request_encode(weir_schema *s, const weir_file_list *files, const char *plugin,
                             weir_str parameter, weir_bytes *out);

#endif
