/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* weirc_source.c - any bytes as a .proto file: they are refused with a report, or give code and a descriptor. */
#include "codegen/codegen.h"

static bool open_source(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  (void)why;
  if (!weir_str_eq(name, WEIR_STR("x.proto"))) return false;
  *out = (weir_source){.text = *(const weir_str *)ctx, .path = name};
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  weir_str text = {(const char *)data, size}, bytes;
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){open_source, &text});
  if (!s) return 0;
  weir_def_file *file;
  weir_err err = weir_schema_load(s, WEIR_STR("x.proto"), &file);
  WEIR_CHECK((err == WEIR_EINVALID) == (s->report.errors > 0));
  if (err == WEIR_EOK) {
    weir_file_list files = {&file, 1, 1};
    weir_outputs out = {0};
    WEIR_CHECK(weir_schema_encode(s, &files, 0, &bytes) == WEIR_EOK);
    weir_codegen_c(s, file, &out);
  }
  weir_schema_free(s);
  return 0;
}
