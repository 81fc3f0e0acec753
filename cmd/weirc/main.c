/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* main.c - weirc by its own name; by the name protoc-gen-X, a plugin that answers on stdout what it is asked on stdin. */
#include "weirc.h"

#include "codegen/plugin.h"

#include <string.h>

static bool read_all(FILE *in, weir_bytes *out) {
  for (;;) {
    char *room = weir_bytes_reserve(out, 65536);
    if (!room) return false;
    size_t n = fread(room, 1, 65536, in);
    out->len += n;
    if (!n) return !ferror(in);
  }
}

static int complain(const char *name, const char *text) {
  fprintf(stderr, "%s: %s\n", name, text);
  return 1;
}

static int be_plugin(const char *name, weir_codegen_fn *generate) {
  weir_bytes request = weir_bytes_in(WEIR_MEM_DEFAULT), response = weir_bytes_in(WEIR_MEM_DEFAULT);
  const char *wrong = NULL;
  if (!read_all(stdin, &request)) wrong = "the request cannot be read";
  weir_err err =
      wrong ? WEIR_EOK : weir_plugin_answer(WEIR_MEM_DEFAULT, generate, weir_bytes_view(&request), &response);
  if (err) wrong = err == WEIR_ENOMEM ? "out of memory" : "the request is malformed";
  size_t size = weir_bytes_size(&response);
  if (!wrong && size && fwrite(weir_bytes_view(&response).data, 1, size, stdout) != size)
    wrong = "the answer cannot be written";
  if (!wrong && fflush(stdout) != 0) wrong = "the answer cannot be written";
  weir_bytes_fini(&request);
  weir_bytes_fini(&response);
  return wrong ? complain(name, wrong) : 0;
}

int main(int argc, char **argv) {
  static const char prefix[] = "protoc-gen-";
  const char *slash = argc ? strrchr(argv[0], '/') : NULL, *name = slash ? slash + 1 : argc ? argv[0] : "";
  if (strncmp(name, prefix, sizeof prefix - 1) != 0) return weirc_main(argc, argv, stdout, stderr);
  weir_codegen_fn *generate = weir_codegen_by_name(name + sizeof prefix - 1);
  return generate ? be_plugin(name, generate) : complain(name, "there is no such generator in weirc");
}
