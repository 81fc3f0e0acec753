/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* messages.c - how fast messages are decoded, encoded and sized: CPU time of this process, the median of several runs.
 * usage: messages DESCRIPTOR_SET [SECONDS]     (the set's first file is one of the messages) */
#include "telemetry.weir.h"

#include <weir/google/protobuf/descriptor.weir.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_RUNS 7

static char arena_block[8 << 20], copy_block[1 << 20];
static double run_s = 0.1;

static void fail(const char *what) {
  fprintf(stderr, "messages: %s\n", what);
  exit(1);
}

static void check(weir_code code, const weir_error *e) {
  if (code) fail(e->msg);
}

/* ---- the messages */

static uint32_t random_state = 7;
static uint32_t random_below(uint32_t n) {
  random_state = random_state * 1664525 + 1013904223;
  return (uint32_t)((uint64_t)random_state * n >> 32);
}

static const char *const keys[] = {"service.name", "host.id", "http.method", "http.status_code",
                                   "net.peer.ip",  "region",  "zone",        "pod",
                                   "retry"};
static const uint32_t bucket_counts[] = {0, 1, 3, 17, 130, 900, 20000};

static weir_str random_key(void) { return weir_str_of(keys[random_below(9)]); }

static void fill_point(bench_Point *p, weir_arena *a, uint32_t kind, uint32_t i) {
  bench_Attr *attr = bench_Point_add_attrs(p, a);
  attr->key = random_key();
  bench_Attr_set_str(attr, i % 2 ? WEIR_STR("eu-west-1") : weir_printf(a, "10.0.%u.%u", kind, i));
  attr = bench_Point_add_attrs(p, a);
  attr->key = WEIR_STR("http.status_code");
  bench_Attr_set_num(attr, 200 + random_below(300));
  p->start_ns = UINT64_C(1700000000000000000);
  p->time_ns = p->start_ns + random_below(1000000000);
  p->value = random_below(10000) / 7.0;
  p->count = 1 + random_below(1u << (1 + random_below(29)));
  if (i == 0) p->flags = (int32_t)random_below(3) - 1;
  for (int k = 0; k < 16 && kind == bench_Kind_HISTOGRAM; k++)
    bench_Point_add_buckets(p, a, bucket_counts[random_below(7)]);
  if (i % 4 == 0) p->trace_id = weir_dup(a, WEIR_STR("\001\377 16 bytes \200 \003"));
}

static bench_Batch *make_batch(weir_arena *a) {
  bench_Batch *batch = bench_Batch_new(a);
  for (uint32_t r = 0; r < 4; r++) {
    bench_Resource *res = bench_Batch_add_resources(batch, a);
    res->schema = WEIR_STR("https://example.org/schemas/1.21");
    for (int k = 0; k < 9; k++) {
      bench_Attr *attr = bench_Resource_add_attrs(res, a);
      attr->key = weir_str_of(keys[k]);
      bench_Attr_set_str(attr, weir_printf(a, "value-%u", random_below(1000)));
    }
    for (uint32_t m = 0; m < 12; m++) {
      bench_Metric *metric = bench_Resource_add_metrics(res, a);
      metric->name = weir_printf(a, "system.metric.cpu.%u", m);
      metric->unit = WEIR_STR("ms");
      metric->kind = (int32_t)(1 + m % 3);
      for (uint32_t p = 0; p < 22; p++) fill_point(bench_Metric_add_points(metric, a), a, 1 + m % 3, p);
    }
  }
  return batch;
}

static google_protobuf_FileDescriptorProto *read_descriptor(const char *path, weir_arena *a) {
  FILE *f = fopen(path, "rb");
  static char bytes[1 << 20];
  size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
  if (f) fclose(f);
  google_protobuf_FileDescriptorSet *set = NULL;
  if (!n || google_protobuf_FileDescriptorSet_decode((weir_str){bytes, n}, a, &set) || !set->file.len)
    fail("no descriptor set there");
  return set->file.data[0];
}

/* ---- measuring */

static double cpu_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

typedef struct job {
  const weir_pb_type *type;
  const void *msg;
  weir_str wire;
} job;

static void do_decode(const job *j, uint32_t flags) {
  weir_arena *a = weir_arena_new(arena_block, sizeof arena_block);
  weir_error e;
  check(weir_pb_decode_err(j->type, weir_pb_new(j->type, a), j->wire, a, flags, &e), &e);
  weir_arena_free(a);
}

static void run_decode(const job *j) { do_decode(j, 0); }
static void run_alias(const job *j) { do_decode(j, WEIR_PB_ALIAS); }
static void run_encode(const job *j) {
  weir_arena *a = weir_arena_new(arena_block, sizeof arena_block);
  weir_str out;
  weir_error e;
  check(weir_pb_encode_err(j->type, j->msg, a, 0, &out, &e), &e);
  if (out.len != j->wire.len) fail("encoded to another length");
  weir_arena_free(a);
}
static void run_size(const job *j) {
  if (weir_pb_size(j->type, j->msg) != j->wire.len) fail("sized to another length");
}
static void run_memcpy(const job *j) {
  memcpy(copy_block, j->wire.data, j->wire.len);
  __asm__ volatile("" ::"r"(copy_block) : "memory");
}

static int compare(const void *x, const void *y) {
  double a = *(const double *)x, b = *(const double *)y;
  return (a > b) - (a < b);
}

static void measure(const char *name, const char *what, const job *j, void (*run)(const job *j)) {
  double best[N_RUNS];
  uint64_t n = 1;
  for (double t = 0; t < run_s / 4; n *= 2) {
    t = cpu_s();
    for (uint64_t i = 0; i < n; i++) run(j);
    t = cpu_s() - t;
  }
  for (int k = 0; k < N_RUNS; k++) {
    double t = cpu_s();
    for (uint64_t i = 0; i < n; i++) run(j);
    best[k] = (cpu_s() - t) / (double)n;
  }
  qsort(best, N_RUNS, sizeof *best, compare);
  double s = best[N_RUNS / 2];
  printf("%-12s %7zu  %-13s %10.1f ns %8.0f MB/s   ±%.0f %%\n", name, j->wire.len, what, s * 1e9,
         (double)j->wire.len / s / 1e6, (best[N_RUNS - 1] - best[0]) / s * 50);
}

static void measure_all(const char *name, const weir_pb_type *type, const void *msg, weir_arena *a) {
  job j = {type, msg, {NULL, 0}};
  weir_error e;
  check(weir_pb_encode_err(type, msg, a, 0, &j.wire, &e), &e);
  measure(name, "decode", &j, run_decode);
  measure(name, "decode, alias", &j, run_alias);
  measure(name, "encode", &j, run_encode);
  measure(name, "size", &j, run_size);
  measure(name, "memcpy", &j, run_memcpy);
}

int main(int argc, char **argv) {
  if (argc < 2) fail("usage: messages DESCRIPTOR_SET [SECONDS]");
  if (argc > 2) run_s = atof(argv[2]);
  weir_arena *a = weir_arena_new(NULL, 0);
  bench_Hello hello = {.name = WEIR_STR("world")};
  printf("%-12s %7s  %-13s %13s %13s\n", "message", "bytes", "", "each", "");
  measure_all("greeting", &bench_Hello_type, &hello, a);
  measure_all("descriptor", &google_protobuf_FileDescriptorProto_type, read_descriptor(argv[1], a), a);
  measure_all("telemetry", &bench_Batch_type, make_batch(a), a);
  weir_arena_free(a);
  return 0;
}
