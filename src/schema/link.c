/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/link.h"

#include "schema/feature.h"

/* protoc looks for them only where there are options, and fails later where there are none. */
static void check_option_imports(weir_schema *s, weir_def_file *file) {
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (file->imports.data[i].is_option && !file->imports.data[i].file)
      weir_schema_error(s, file, file->imports.data[i].pos,
                        "Import \"" WEIR_FMT "\" was not found or had errors.",
                        WEIR_ARG(file->imports.data[i].name));
}

static void check_edition(weir_schema *s, const weir_def_file *file) {
  bool early = file->edition < WEIR_EDITION_PROTO2;
  if (!early && (file->edition <= WEIR_EDITION_2026 || file->edition == WEIR_EDITION_UNSTABLE)) return;
  weir_str name = weir_edition_name(s, file->edition);
  weir_schema_error(s, file, file->syntax_pos, "Edition " WEIR_FMT " is %s", WEIR_ARG(name),
                    early ? "earlier than the minimum supported edition PROTO2"
                          : "later than the maximum supported edition 2026");
}

bool weir_link_file(weir_schema *s, weir_def_file *file, bool complete) {
  uint32_t before = s->errors_before = s->report.errors;
  check_edition(s, file);
  if (weir_link_declare(s, file)) {
    weir_link_resolve(s, file);
    weir_link_hints(s, file);
    check_option_imports(s, file);
    /* What follows takes for granted that every name means something. */
    if (complete && s->report.errors == before) weir_link_options(s, file);
    if (complete && s->report.errors == before) weir_link_features(s, file);
    if (complete && s->report.errors == before) weir_link_custom_options(s, file);
    if (complete && s->report.errors == before) weir_link_check(s, file);
    if (!complete || s->report.errors != before) weir_link_map_names(s, file);
    if (complete && s->report.errors == before) weir_link_unused_imports(s, file);
    if (complete && s->report.errors == before) weir_link_style(s, file);
  }
  return complete && s->report.errors == before;
}
