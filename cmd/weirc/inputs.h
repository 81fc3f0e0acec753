/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* inputs.h - what flags forbid or ask about the files on the command line, once they are linked. */
#ifndef WEIRC_INPUTS_H
#define WEIRC_INPUTS_H

#include "args.h"

/** --disallow_services, --direct_dependencies, --option_dependencies. False after a message. */
bool weirc_input_allowed(const weirc_args *args, const weir_def_file *file);

/** --print_free_field_numbers: a line for each message, those within it first. */
void weirc_print_free_numbers(weirc_args *args, const weir_def_file *file);

#endif
