/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/option.h"

/* Built-in options that are single values can be read as they were written; the linker has checked them. */
static const weir_option *options_find(const weir_options *options, const char *name) {
  for (uint32_t i = 0; i < options->list.len; i++) {
    const weir_option *o = &options->list.data[i];
    if (o->name.len == 1 && !o->name.data[0].is_extension &&
        weir_str_eq(o->name.data[0].name, weir_str_of(name)))
      return o;
  }
  return NULL;
}

bool weir_options_bool(const weir_options *options, const char *name, bool otherwise) {
  const weir_option *o = options_find(options, name);
  return o ? weir_str_eq(o->text, WEIR_STR("true")) : otherwise;
}

weir_str weir_options_ident(const weir_options *options, const char *name) {
  const weir_option *o = options_find(options, name);
  return o && o->kind == WEIR_OPTION_IDENT ? o->text : WEIR_STR("");
}
