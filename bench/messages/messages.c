/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* messages.c - how fast weir's messages are decoded, encoded and sized, and memcpy of the same bytes.
 * usage: messages DIR SECONDS [DATA_SET]           see timing.h
 *        messages --write DIR DESCRIPTOR_SET       writes the data sets that the line above reads */
#include "datasets.h"

#ifndef BENCH_NAME
#define BENCH_NAME "weir"
#endif

static char block[8 << 20], copy[1 << 20];

typedef struct job {
  const weir_pb_type *type;
  const void *msg;
  weir_str wire;
} job;

static void check(weir_code code, const weir_error *e) {
  if (code) bench_fail(e->msg);
}

static weir_arena *arena(void) {
  return bench_counting() ? weir_arena_new(NULL, 0) : weir_arena_new(block, sizeof block);
}

static void do_decode(const job *j, uint32_t flags) {
  weir_arena *a = arena();
  weir_error e;
  check(weir_pb_decode_err(j->type, weir_pb_new(j->type, a), j->wire, a, flags, &e), &e);
  weir_arena_free(a);
}
static void run_decode(void *j) { do_decode((const job *)j, 0); }
static void run_alias(void *j) { do_decode((const job *)j, WEIR_PB_ALIAS); }

static void run_encode(void *arg) {
  const job *j = (const job *)arg;
  weir_arena *a = arena();
  weir_str out;
  weir_error e;
  check(weir_pb_encode_err(j->type, j->msg, a, 0, &out, &e), &e);
  if (out.len != j->wire.len) bench_fail("encoded to another length");
  weir_arena_free(a);
}
static void run_size(void *arg) {
  const job *j = (const job *)arg;
  if (weir_pb_size(j->type, j->msg) != j->wire.len) bench_fail("sized to another length");
}
static void run_memcpy(void *arg) {
  const job *j = (const job *)arg;
  memcpy(copy, j->wire.data, j->wire.len);
  __asm__ volatile("" ::"r"(copy) : "memory");
}

static void measure(const char *name, const weir_pb_type *type) {
  if (!bench_wanted(name)) return;
  weir_arena *a = weir_arena_new(NULL, 0);
  job j = {type, NULL, {NULL, 0}};
  char *wire = bench_read(name, &j.wire.len);
  j.wire.data = wire;
  void *msg = weir_pb_new(type, a);
  weir_error e;
  check(weir_pb_decode_err(type, msg, j.wire, a, 0, &e), &e);
  j.msg = msg;
  bench_measure(BENCH_NAME, name, "decode", run_decode, &j);
  bench_measure(BENCH_NAME, name, "decode-alias", run_alias, &j);
  bench_measure(BENCH_NAME, name, "encode", run_encode, &j);
  bench_measure(BENCH_NAME, name, "size", run_size, &j);
  bench_measure("memcpy", name, "decode", run_memcpy, &j);
  weir_arena_free(a);
  free(wire);
}

static void write_all(const char *dir, const char *descriptor_set) {
  dataset sets[N_DATASETS];
  weir_arena *a = weir_arena_new(NULL, 0);
  datasets_make(a, descriptor_set, sets);
  for (int i = 0; i < N_DATASETS; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.bin", dir, sets[i].name);
    weir_str wire;
    weir_error e;
    check(weir_pb_encode_err(sets[i].type, sets[i].msg, a, 0, &wire, &e), &e);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(wire.data, 1, wire.len, f) != wire.len || fclose(f)) bench_fail(path);
  }
  weir_arena_free(a);
}

int main(int argc, char **argv) {
  if (argc == 4 && !strcmp(argv[1], "--write")) return write_all(argv[2], argv[3]), 0;
  bench_args(argc, argv);
  measure("greeting", &bench_Hello_type);
  measure("descriptor", &google_protobuf_FileDescriptorProto_type);
  measure("telemetry", &bench_Batch_type);
  measure("strings", &bench_Strings_type);
  measure("packed", &bench_Packed_type);
  measure("nested", &bench_Chains_type);
  measure("maps", &bench_Maps_type);
  return 0;
}
