/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* datasets.c - the messages that are measured, always the same. */
#include "datasets.h"

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

/* A hundred kilobytes as a metrics exporter sends them. */
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
    bench_fail("no descriptor set there");
  return set->file.data[0];
}

static uint64_t random_bits(uint32_t most) {
  uint32_t bits = 1 + random_below(most);
  uint64_t v = (uint64_t)random_below(UINT32_MAX) << 32 | random_below(UINT32_MAX);
  return v >> (64 - bits);
}

/* Text of `len` bytes: ASCII, or one in four letters from elsewhere. */
static weir_str make_text(weir_arena *a, size_t len, bool ascii) {
  static const char *const letters[] = {"\303\244", "\320\266", "\346\274\242", "\360\237\230\200"};
  char *text = (char *)weir_alloc(a, len), *p = text, *end = text + len;
  while (p < end) {
    uint32_t r = random_below(16);
    if (!ascii && r < 4 && strlen(letters[r]) <= (size_t)(end - p))
      p = (char *)memcpy(p, letters[r], strlen(letters[r])) + strlen(letters[r]);
    else
      *p++ = r == 5 ? ' ' : (char)('a' + random_below(26));
  }
  return (weir_str){text, len};
}

static bench_Strings *make_strings(weir_arena *a) {
  bench_Strings *m = bench_Strings_new(a);
  for (uint32_t i = 0; i < 24; i++)
    bench_Strings_add_texts(m, a, make_text(a, 500 + random_below(8000), i % 4 != 3));
  m->blob = make_text(a, 16000, true);
  return m;
}

static bench_Packed *make_packed(weir_arena *a) {
  bench_Packed *m = bench_Packed_new(a);
  for (uint32_t i = 0; i < 4000; i++) {
    bench_Packed_add_small(m, a, (int32_t)random_below(i % 8 ? 100 : 5000));
    bench_Packed_add_mixed(m, a, (int64_t)(random_bits(40)) * (i % 2 ? 1 : -1));
    bench_Packed_add_large(m, a, random_bits(64));
    bench_Packed_add_words(m, a, random_below(UINT32_MAX));
    bench_Packed_add_reals(m, a, random_below(1000000) / 8.0);
    bench_Packed_add_flags(m, a, random_below(2));
  }
  return m;
}

static bench_Chains *make_nested(weir_arena *a) {
  bench_Chains *m = bench_Chains_new(a);
  for (uint32_t i = 0; i < 100; i++) {
    bench_Link *link = bench_Chains_add_chains(m, a);
    for (link->depth = 1; link->depth < 60; link = link->next)
      bench_Link_mut_next(link, a)->depth = link->depth + 1;
  }
  return m;
}

static bench_Maps *make_maps(weir_arena *a) {
  bench_Maps *m = bench_Maps_new(a);
  for (uint32_t i = 0; i < 1000; i++) {
    bench_Maps_put_counters(m, a, weir_printf(a, "counter.%u.total", i), (int64_t)random_bits(50));
    bench_Maps_put_names(m, a, random_below(1000000), weir_printf(a, "name of %u", i));
    bench_Link *link = bench_Link_new(a);
    link->depth = i;
    bench_Maps_put_links(m, a, weir_printf(a, "link-%u", i), link);
  }
  return m;
}

void datasets_make(weir_arena *a, const char *descriptor_set, dataset sets[N_DATASETS]) {
  static const bench_Hello hello = {.name = {"world", 5}};
  const dataset all[N_DATASETS] = {
      {"greeting", &bench_Hello_type, &hello},
      {"descriptor", &google_protobuf_FileDescriptorProto_type, read_descriptor(descriptor_set, a)},
      {"telemetry", &bench_Batch_type, make_batch(a)},
      {"strings", &bench_Strings_type, make_strings(a)},
      {"packed", &bench_Packed_type, make_packed(a)},
      {"nested", &bench_Chains_type, make_nested(a)},
      {"maps", &bench_Maps_type, make_maps(a)},
  };
  memcpy(sets, all, sizeof all);
}
