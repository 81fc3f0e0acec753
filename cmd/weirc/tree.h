/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* tree.h - .proto files on disk, found through --proto_path, and those that come as descriptors. */
#ifndef WEIRC_TREE_H
#define WEIRC_TREE_H

#include "args.h"
#include "protos/sets.h"

typedef struct weirc_tree {
  weirc_args *args;
  weir_sets sets; /* of --descriptor_set_in */
} weirc_tree;

/** Reads the sets of --descriptor_set_in. False after a message. The tree lives in the arena of args. */
bool weirc_tree_init(weirc_tree *t, weirc_args *args);

/** Reads sources for a schema. */
weir_loader weirc_tree_loader(weirc_tree *t);

/** The name under which importers know an input given on the command line. False after a message. */
bool weirc_tree_name(weirc_tree *t, weir_str input, weir_str *name);

#endif
