/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* tree.h - .proto files on disk, found through --proto_path. */
#ifndef WEIRC_TREE_H
#define WEIRC_TREE_H

#include "args.h"
#include "schema/schema.h"

/** Reads sources for a schema; ctx is the weirc_args. */
weir_loader weirc_tree_loader(weirc_args *args);

/** The name under which importers know an input given on the command line. False after a message. */
bool weirc_tree_name(weirc_args *args, weir_str input, weir_str *name);

#endif
