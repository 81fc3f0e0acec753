/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* walk.h - every declaration of a file, in the order in which protoc visits them when it checks: what holds others first;
 * enums, oneofs, fields, nested messages, extensions, ranges. */
#ifndef WEIR_SCHEMA_WALK_H
#define WEIR_SCHEMA_WALK_H

#include "schema/schema.h"

typedef void weir_walk_fn(weir_schema *s, weir_def *d, void *ctx);
void weir_walk(weir_schema *s, weir_def_file *file, weir_walk_fn *fn, void *ctx);

#endif
