/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* weirc_descriptor.c - any bytes as an encoded FileDescriptorProto: refused with a report, or written again, in every form. */
#include "codegen/codegen.h"

static bool open_descriptor(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  (void)why;
  if (!weir_str_eq(name, WEIR_STR("x.proto"))) return false;
  *out = (weir_source){.text = *(const weir_str *)ctx, .path = name, .is_descriptor = true};
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  weir_str text = {(const char *)data, size}, bytes;
  weir_schema *s = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){open_descriptor, &text});
  if (!s) return 0;
  s->keep_source_info = true;
  weir_def_file *file;
  weir_err err = weir_schema_load(s, WEIR_STR("x.proto"), &file);
  WEIR_CHECK((err == WEIR_EINVALID) == (s->report.errors > 0));
  if (err == WEIR_EOK) {
    weir_file_list files = {&file, 1, 1};
    weir_outputs out = {0};
    for (unsigned flags = 0; flags < 8; flags++)
      WEIR_CHECK(weir_schema_encode(s, &files, flags, &bytes) == WEIR_EOK);
    weir_codegen_c(s, file, &out);
  }
  weir_schema_free(s);
  return 0;
}
