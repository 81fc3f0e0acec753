/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* request.c - field numbers are plugin.proto's. */
#include "codegen/request.h"

#include "schema/wire.h"

/* To those that were built into protoc it sends the files to generate without json_name. */
static bool wants_json_names(const char *plugin) {
  static const char *const without[] = {"protoc-gen-cpp", "protoc-gen-java", "protoc-gen-mutable_java",
                                        "protoc-gen-python"};
  for (size_t i = 0; i < sizeof without / sizeof *without; i++)
    if (strcmp(plugin, without[i]) == 0) return false;
  return true;
}

/* protoc's own generators are built by themselves, with this among their options: then descriptors are bare. */
static bool is_bootstrap(weir_str parameter) {
  for (size_t at = 0; at < parameter.len;) {
    size_t end = at;
    while (end < parameter.len && parameter.data[end] != ',') end++;
    if (weir_str_eq((weir_str){parameter.data + at, end - at}, WEIR_STR("bootstrap"))) return true;
    at = end + 1;
  }
  return false;
}

static void put_version(weir_bytes *out) {
  size_t opened = weir_wire_open(out, 3);
  weir_wire_int(out, 1, 7);
  weir_wire_int(out, 2, WEIR_PROTOC_MAJOR);
  weir_wire_int(out, 3, WEIR_PROTOC_MINOR);
  weir_wire_str(out, 4, WEIR_STR(""));
  weir_wire_close(out, opened);
}

/* Appends the files that are to be generated (asked), or all. */
typedef struct request {
  weir_schema *schema;
  weir_file_list all;
  weir_map asked; /* by name */
  weir_bytes *out;
} request;

/* Files to generate come twice: first by `flags` and without the options that are for the source only, then, as all they
 * import, whole. */
static weir_err put_files(request *r, unsigned flags) {
  static const unsigned whole = WEIR_ENCODE_SOURCE_INFO | WEIR_ENCODE_RETAIN_OPTIONS;
  weir_err err = WEIR_EOK;
  for (uint32_t i = 0; !err && i < r->all.len; i++) {
    bool asked = weir_map_get(&r->asked, r->all.data[i]->def.name);
    err = weir_schema_encode_file(r->schema, r->all.data[i], 15, asked ? flags : whole, r->out);
  }
  for (uint32_t i = 0; !err && i < r->all.len; i++)
    if (weir_map_get(&r->asked, r->all.data[i]->def.name))
      err = weir_schema_encode_file(r->schema, r->all.data[i], 17, whole, r->out);
  return err;
}

weir_err weir_request_encode(weir_schema *s, const weir_file_list *files, const char *plugin,
                             weir_str parameter, weir_bytes *out) {
  unsigned flags = is_bootstrap(parameter) ? 0u : WEIR_ENCODE_SOURCE_INFO;
  if (is_bootstrap(parameter) || !wants_json_names(plugin)) flags |= WEIR_ENCODE_GIVEN_JSON_NAMES;
  request r = {.schema = s, .out = out};
  weir_map_init(&r.asked, s->mem, 0);
  for (uint32_t i = 0; i < files->len; i++) {
    weir_wire_str(out, 1, files->data[i]->def.name);
    if (!weir_map_put(&r.asked, files->data[i]->def.name, files->data[i])) return WEIR_ENOMEM;
  }
  if (parameter.len) weir_wire_str(out, 2, parameter);
  put_version(out);
  weir_err err = weir_schema_closure(s, files, true, &r.all);
  if (!err) err = put_files(&r, flags);
  return err ? err : out->failed ? WEIR_ENOMEM : WEIR_EOK;
}
