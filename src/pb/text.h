/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* text.h - what printing and parsing text share. */
#ifndef WEIR_PB_TEXT_FORMAT_H
#define WEIR_PB_TEXT_FORMAT_H

#include "pb/table.h"

/* True for a group whose field is called as its type, in lower case, and whose type stands in the same scope: text calls
 * it by its type's name. So it does with fields of editions that look like that. */
bool pb_is_group_like(const weir_pb_type *t, const weir_pb_field *row, weir_str name, const char *scope);

#endif
