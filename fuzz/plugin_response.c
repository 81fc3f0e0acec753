/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* plugin_response.c - any bytes as what a plugin answers: they are refused, or give files. */
#include "codegen/response.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  weir_response r;
  if (!weir_response_read((weir_str){(const char *)data, size}, &r)) return 0;
  weir_def_file file = {.def = {.name = {"x.proto", 7}}, .syntax = WEIR_EDITIONS, .edition = 1000};
  weir_def_file *files[] = {&file};
  weir_bytes report = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_outtree tree;
  weir_outtree_init(&tree, WEIR_MEM_DEFAULT);
  weir_response_place(&r, &tree, &report);
  weir_response_supports(&r, "protoc-gen-x", files, 1, true, &report);
  weir_outtree_sort(&tree);
  for (size_t i = 1; i < tree.len; i++)
    WEIR_CHECK(!weir_str_eq(tree.files[i - 1]->name, tree.files[i]->name));
  WEIR_CHECK(!tree.failed);
  weir_outtree_fini(&tree);
  weir_bytes_fini(&report);
  return 0;
}
