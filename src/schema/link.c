/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/link.h"

bool weir_link_file(weir_schema *s, weir_def_file *file, bool complete) {
  uint32_t before = s->report.errors;
  weir_link_declare(s, file);
  weir_link_resolve(s, file);
  weir_link_hints(s, file);
  /* What follows takes for granted that every name means something. */
  if (complete && s->report.errors == before) weir_link_options(s, file);
  if (complete && s->report.errors == before) weir_link_features(s, file);
  if (complete && s->report.errors == before) weir_link_custom_options(s, file);
  if (complete && s->report.errors == before) weir_link_check(s, file);
  if (!complete || s->report.errors != before) weir_link_map_names(s, file);
  if (complete && s->report.errors == before) weir_link_unused_imports(s, file);
  return complete && s->report.errors == before;
}
