/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* option.h - reading options. */
#ifndef WEIR_SCHEMA_OPTION_H
#define WEIR_SCHEMA_OPTION_H

#include "schema/schema.h"

/** The value of a built-in bool option; `otherwise` if it is not set. */
bool weir_options_bool(const weir_options *options, const char *name, bool otherwise);
/** The identifier that a built-in enum option was set to; the empty view if it is not set. */
weir_str weir_options_ident(const weir_options *options, const char *name);

#endif
