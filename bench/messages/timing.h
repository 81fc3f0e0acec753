/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* timing.h - what the C and C++ programs of this folder share. Each is called as `program DIR SECONDS [OP]`, decodes and
 * encodes every DIR/<data set>.bin and prints one line for each measurement: implementation, data set, operation,
 * nanoseconds of CPU time. SECONDS 0 counts instead: allocations and the most bytes from the heap at one time, which
 * alloc.c (preloaded) observes. run.py calls them all and makes the table. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* alloc.c's, where it is preloaded. */
void bench_alloc_begin(void) __attribute__((weak));
void bench_alloc_end(uint64_t *allocations, uint64_t *peak) __attribute__((weak));

static double bench_seconds = 0.1;
static const char *bench_dir, *bench_only;

static inline void bench_fail(const char *what) {
  fprintf(stderr, "bench: %s\n", what);
  exit(1);
}

static inline void bench_args(int argc, char **argv) {
  if (argc < 3) bench_fail("usage: program DIR SECONDS [DATA_SET]");
  bench_dir = argv[1];
  bench_seconds = atof(argv[2]);
  bench_only = argc > 3 ? argv[3] : NULL;
}

/* True when only allocations are counted: arenas then start without a block of their own. */
static inline int bench_counting(void) { return bench_seconds == 0; }
static inline int bench_wanted(const char *set) { return !bench_only || !strcmp(bench_only, set); }

static inline char *bench_read(const char *set, size_t *len) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.bin", bench_dir, set);
  FILE *f = fopen(path, "rb");
  if (!f) bench_fail(path);
  fseek(f, 0, SEEK_END);
  *len = (size_t)ftell(f);
  rewind(f);
  char *bytes = (char *)malloc(*len + 1);
  if (!bytes || fread(bytes, 1, *len, f) != *len) bench_fail(path);
  fclose(f);
  return bytes;
}

static inline double bench_cpu_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Runs `run(arg)` for about bench_seconds, after a tenth of that for warming up, and prints the time of one. */
static inline void bench_measure(const char *name, const char *set, const char *op, void (*run)(void *arg),
                                 void *arg) {
  if (bench_counting()) {
    uint64_t allocations = 0, peak = 0;
    run(arg); /* what is made once is not counted */
    if (bench_alloc_begin) bench_alloc_begin();
    run(arg);
    if (bench_alloc_end) bench_alloc_end(&allocations, &peak);
    printf("%s %s %s %llu %llu\n", name, set, op, (unsigned long long)allocations, (unsigned long long)peak);
    return;
  }
  double took = 0;
  uint64_t n = 1;
  for (;; n *= 2) {
    double start = bench_cpu_s();
    for (uint64_t i = 0; i < n; i++) run(arg);
    took = bench_cpu_s() - start;
    if (took >= bench_seconds / 10) break;
  }
  n = (uint64_t)((double)n * bench_seconds / took) + 1;
  double start = bench_cpu_s();
  for (uint64_t i = 0; i < n; i++) run(arg);
  printf("%s %s %s %.2f\n", name, set, op, (bench_cpu_s() - start) / (double)n * 1e9);
  fflush(stdout);
}

#ifdef __cplusplus
}
#endif
#endif
