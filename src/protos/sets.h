/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* sets.h - files that come as FileDescriptorSets. */
#ifndef WEIR_PROTOS_SETS_H
#define WEIR_PROTOS_SETS_H

#include "base/map.h"
#include "schema/schema.h"

/** The files of a set, by name: the first of each. */
typedef struct weir_sets {
  weir_arena *arena;
  weir_map files; /* name -> its FileDescriptorProto, a weir_str */
} weir_sets;

void weir_sets_init(weir_sets *s, weir_arena *arena);

/** Adds an encoded set, which must live as long. WEIR_EINVALID: it is malformed, nothing was added; WEIR_ENOMEM. */
weir_err weir_sets_add(weir_sets *s, weir_str set);

/** False if there is no such file. */
bool weir_sets_open(const weir_sets *s, weir_str name, weir_source *out);

#endif
