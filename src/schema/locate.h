/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* locate.h - google.protobuf.SourceCodeInfo: which part of the source each part of a descriptor came from, recorded while
 * parsing. Nothing is recorded unless weir_schema.keep_source_info is set; then every function here does nothing.
 *
 * A location is begun where its first token stands and closed behind its last; the list is in the order of beginnings. A
 * file with errors is never encoded, so failed statements need not close theirs. */
#ifndef WEIR_SCHEMA_LOCATE_H
#define WEIR_SCHEMA_LOCATE_H

#include "schema/parse.h"

weir_loc weir_loc_root(weir_parser *p);
/** Begins at the token at hand; its path is the parent's, and one or two numbers more. */
weir_loc weir_loc_same(weir_parser *p, weir_loc parent);
weir_loc weir_loc_field(weir_parser *p, weir_loc parent, int32_t field);
weir_loc weir_loc_item(weir_parser *p, weir_loc parent, int32_t field, uint32_t index);
/** Ends with the token before the one at hand. */
void weir_loc_close(weir_parser *p, weir_loc loc);

void weir_loc_add(weir_parser *p, weir_loc loc, int32_t number); /* one more number for the path */
void weir_loc_start_at(weir_parser *p, weir_loc loc, weir_pos pos);
void weir_loc_span(weir_parser *p, weir_loc loc, const weir_token *from, const weir_token *to);
/** Comments of a declaration; they must live as long as the schema. */
void weir_loc_attach(weir_parser *p, weir_loc loc, const weir_doc *doc);
/** One more location, with the path of `to` and behind it what the path of `from` has behind its first `skip` numbers. */
weir_loc weir_loc_copy(weir_parser *p, weir_loc from, uint32_t skip, weir_loc to);

#endif
