/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* response.h - what a plugin answers: google.protobuf.compiler.CodeGeneratorResponse. No I/O. */
#ifndef WEIR_CODEGEN_RESPONSE_H
#define WEIR_CODEGEN_RESPONSE_H

#include "codegen/outtree.h"
#include "schema/def.h"

/** CodeGeneratorResponse.Feature */
#define WEIR_FEATURE_PROTO3_OPTIONAL 1u
#define WEIR_FEATURE_EDITIONS        2u

typedef struct weir_response {
  weir_str bytes; /* the whole; the views below point into it */
  weir_str error;
  uint64_t features;
  int32_t minimum_edition, maximum_edition; /* numbers of descriptor.proto's Edition */
} weir_response;

/** Reads all but the files. False if the bytes are no such message. */
bool weir_response_read(weir_str bytes, weir_response *out);

/**
 * Puts the files into the tree. What cannot be placed is said in `report`, and the tree is marked.
 *
 * False if the first of them has no name, and is no insertion: nothing behind it is placed.
 */
bool weir_response_place(const weir_response *r, weir_outtree *tree, weir_bytes *report);

/**
 * Whether a generator with these features may be given these files: proto3's `optional`, and the edition. What is wrong
 * is said in `report`, in protoc's words.
 *
 * generator   how the text names it: "protoc-gen-go"
 * editions    false: the edition does not matter (--experimental_editions)
 */
bool weir_response_supports(const weir_response *r, const char *generator, weir_def_file *const *files,
                            size_t n, bool editions, weir_bytes *report);

#endif
