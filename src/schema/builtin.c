/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/builtin.h"

#include "schema/schema.h"

bool weir_schema_builtin(weir_str name, weir_str *text) {
  for (size_t i = 0; i < weir_builtin_count; i++) {
    if (!weir_str_eq(name, weir_str_of(weir_builtin_files[i].name))) continue;
    *text = (weir_str){(const char *)weir_builtin_files[i].data, weir_builtin_files[i].len};
    return true;
  }
  return false;
}
