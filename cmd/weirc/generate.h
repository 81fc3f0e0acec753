/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* generate.h - obeys --X_out: calls the generators that are part of weirc, runs plugins for all others, and gathers what
 * they make. */
#ifndef WEIRC_GENERATE_H
#define WEIRC_GENERATE_H

#include "args.h"
#include "codegen/outtree.h"
#include "schema/schema.h"
#include "write.h"

/** Where generators write to: a folder, with a slash at the end, or an archive. */
typedef struct weirc_location {
  weir_str path;
  weir_outtree tree;
  weir_bytes archive; /* its bytes, once weirc_locations_outputs was called */
} weirc_location;

typedef WEIR_LIST(weirc_location *) weirc_locations; /* in the order they were named */

/** Runs all generators. False after a message. In either case the caller runs weirc_locations_fini. */
bool weirc_generate(weirc_args *args, weir_schema *s, const weir_file_list *files, weirc_locations *out);
/** Some of them are not part of weirc. Plugins are told source info. */
bool weirc_runs_plugins(weirc_args *args);
void weirc_locations_fini(weirc_locations *l);

/** Checks the names of what was made, and appends files and archives to the outputs. False after a message. */
bool weirc_locations_outputs(weirc_args *args, weirc_locations *l, weirc_outputs *out);

#endif
