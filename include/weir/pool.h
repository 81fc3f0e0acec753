/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pool.h - message types, enums and extensions by name: those that weirc generated, and those made at run time from
 * descriptors. A type from descriptors is as good as a generated one: the same layout of messages, the same codec.
 *
 * A pool is what JSON and text look up google.protobuf.Any and extensions in, and what decoding knows extensions by. */
#ifndef WEIR_POOL_H
#define WEIR_POOL_H

#include <weir/pb.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An empty pool. It and all types made in it live in the arena, which must take nothing else meanwhile from another
 * thread. NULL when out of memory.
 * Thread   one while things are added; then any number that only read.
 */
WEIR_API weir_pb_pool *weir_pb_pool_new(weir_arena *a);

/**
 * Adds what a generated file declares, and the files it imports: weir_pb_pool_add(pool, &demo_note_file, &e).
 * What the pool has already is left as it is.
 *
 * Errors   WEIR_ALREADY_EXISTS: another file has declared the same name; WEIR_RESOURCE_EXHAUSTED: out of memory.
 */
WEIR_API weir_code weir_pb_pool_add(weir_pb_pool *pool, const weir_pb_file *file, weir_error *e);

/**
 * Makes the types of an encoded google.protobuf.FileDescriptorSet (weirc --descriptor_set_out --include_imports). Files
 * may come in any order; those whose name the pool has are taken from there.
 *
 * Errors   WEIR_INVALID_ARGUMENT: malformed, or the descriptors contradict themselves or each other: "a.proto:
 *          a.M.x: type .a.N is not defined"; WEIR_ALREADY_EXISTS as above; WEIR_RESOURCE_EXHAUSTED: out of memory.
 *          The pool then holds nothing of the set.
 */
WEIR_API weir_code weir_pb_pool_add_descriptors(weir_pb_pool *pool, weir_str set, weir_error *e);

/** By full name, as "demo.Note" (no dot in front); NULL if there is none. */
WEIR_API const weir_pb_type *weir_pb_pool_type(const weir_pb_pool *pool, weir_str name);
WEIR_API const weir_pb_enum *weir_pb_pool_enum(const weir_pb_pool *pool, weir_str name);
WEIR_API const weir_pb_ext *weir_pb_pool_ext(const weir_pb_pool *pool, weir_str name);
/** The extension of a type that has this number; NULL if there is none. */
WEIR_API const weir_pb_ext *weir_pb_pool_ext_of(const weir_pb_pool *pool, const weir_pb_type *extendee,
                                                uint32_t number);

#ifdef __cplusplus
}
#endif
#endif
