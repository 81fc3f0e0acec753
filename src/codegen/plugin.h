/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* plugin.h - the generators as plugins of protoc and buf: google/protobuf/compiler/plugin.proto. No I/O. */
#ifndef WEIR_CODEGEN_PLUGIN_H
#define WEIR_CODEGEN_PLUGIN_H

#include "base/bytes.h"
#include "codegen/codegen.h"

/** The generator with this name, "weir", "python", "pyi" or "grpc_python"; NULL if there is none. */
weir_codegen_fn *weir_codegen_by_name(const char *name);

/**
 * Answers a CodeGeneratorRequest. What is wrong with the .proto files or the options becomes the answer's error.
 *
 * response  appended to: a CodeGeneratorResponse
 * Errors    WEIR_EINVALID: the request is malformed; WEIR_ENOMEM
 */
weir_err weir_plugin_answer(weir_mem mem, weir_codegen_fn *generate, weir_str request, weir_bytes *response);

#endif
