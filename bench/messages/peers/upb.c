/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* upb.c - Google's upb, by mini tables made from descriptors at start (upb has no code of its own for a message: a
 * generated .upb.c is such a table too). BENCH_NAME: what the row is called. */
#include "../timing.h"

#ifdef BENCH_UPB_TREE
#include "google/protobuf/descriptor.upb.h"
#include "upb/mem/arena.h"
#include "upb/reflection/def.h"
#include "upb/wire/decode.h"
#include "upb/wire/encode.h"
#else
#include "upb/upb.h"
#endif

static char block[8 << 20];

typedef struct job {
  const upb_MiniTable *table;
  upb_Message *msg;
  const char *wire;
  size_t len;
} job;

static upb_Arena *arena(void) {
  return bench_counting() ? upb_Arena_New() : upb_Arena_Init(block, sizeof block, &upb_alloc_global);
}

static void do_decode(job *j, int options) {
  upb_Arena *a = arena();
  upb_Message *m = upb_Message_New(j->table, a);
  if (upb_Decode(j->wire, j->len, m, j->table, NULL, options, a) != kUpb_DecodeStatus_Ok)
    bench_fail("upb: decode");
  upb_Arena_Free(a);
}
static void decode(void *j) { do_decode((job *)j, 0); }
static void decode_alias(void *j) { do_decode((job *)j, kUpb_DecodeOption_AliasString); }
static void encode(void *arg) {
  job *j = (job *)arg;
  upb_Arena *a = arena();
  char *out;
  size_t len;
  if (upb_Encode(j->msg, j->table, 0, a, &out, &len) != kUpb_EncodeStatus_Ok || len != j->len)
    bench_fail("upb: encode");
  upb_Arena_Free(a);
}

static void load(upb_DefPool *pool, const char *set) {
  size_t len;
  char *bytes = bench_read(set, &len);
  upb_Arena *a = upb_Arena_New();
  google_protobuf_FileDescriptorSet *files = google_protobuf_FileDescriptorSet_parse(bytes, len, a);
  if (!files) bench_fail("upb: descriptor set");
  size_t n;
  const google_protobuf_FileDescriptorProto *const *file = google_protobuf_FileDescriptorSet_file(files, &n);
  upb_Status status;
  upb_Status_Clear(&status);
  for (size_t i = 0; i < n; i++)
    if (!upb_DefPool_AddFile(pool, file[i], &status)) bench_fail(upb_Status_ErrorMessage(&status));
  upb_Arena_Free(a);
  free(bytes);
}

static void run(upb_DefPool *pool, const char *set, const char *type) {
  if (!bench_wanted(set)) return;
  size_t len;
  char *bytes = bench_read(set, &len);
  const upb_MessageDef *def = upb_DefPool_FindMessageByName(pool, type);
  if (!def) bench_fail(type);
  upb_Arena *a = upb_Arena_New();
  job j = {upb_MessageDef_MiniTable(def), NULL, bytes, len};
  j.msg = upb_Message_New(j.table, a);
  if (upb_Decode(bytes, len, j.msg, j.table, NULL, 0, a) != kUpb_DecodeStatus_Ok) bench_fail("upb: decode");
  bench_measure(BENCH_NAME, set, "decode", decode, &j);
  bench_measure(BENCH_NAME, set, "decode-alias", decode_alias, &j);
  bench_measure(BENCH_NAME, set, "encode", encode, &j);
  upb_Arena_Free(a);
  free(bytes);
}

int main(int argc, char **argv) {
  bench_args(argc, argv);
  upb_DefPool *pool = upb_DefPool_New();
  load(pool, "schema");
  run(pool, "greeting", "bench.Hello");
  run(pool, "descriptor", "google.protobuf.FileDescriptorProto");
  run(pool, "telemetry", "bench.Batch");
  run(pool, "strings", "bench.Strings");
  run(pool, "packed", "bench.Packed");
  run(pool, "nested", "bench.Chains");
  run(pool, "maps", "bench.Maps");
  upb_DefPool_Free(pool);
  return 0;
}
