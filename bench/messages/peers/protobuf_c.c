/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* protobuf_c.c - protobuf-c with generated code. It checks no UTF-8 and has no maps (their entries are a repeated field).
 * Messages on the heap; with the -bump row, from a block by an allocator that never frees. */
#include "../timing.h"
#include "google/protobuf/descriptor.pb-c.h"
#include "shapes.pb-c.h"
#include "telemetry.pb-c.h"

static char block[8 << 20], out[8 << 20];
static size_t used;

static void *bump(void *unused, size_t n) {
  (void)unused;
  n = (n + 15) & ~(size_t)15;
  if (n > sizeof block - used) return NULL;
  used += n;
  return block + used - n;
}
static void keep(void *unused, void *p) { (void)unused, (void)p; }
static ProtobufCAllocator bump_allocator = {bump, keep, NULL};

typedef struct job {
  const ProtobufCMessageDescriptor *type;
  ProtobufCMessage *msg;
  const uint8_t *wire;
  size_t len;
} job;

static void heap(void *arg) {
  job *j = (job *)arg;
  ProtobufCMessage *m = protobuf_c_message_unpack(j->type, NULL, j->len, j->wire);
  if (!m) bench_fail("protobuf-c: decode");
  protobuf_c_message_free_unpacked(m, NULL);
}
static void in_block(void *arg) {
  job *j = (job *)arg;
  used = 0;
  if (!protobuf_c_message_unpack(j->type, &bump_allocator, j->len, j->wire)) bench_fail("protobuf-c: decode");
}
static void encode(void *arg) {
  job *j = (job *)arg;
  if (protobuf_c_message_get_packed_size(j->msg) > sizeof out) bench_fail("protobuf-c: size");
  protobuf_c_message_pack(j->msg, (uint8_t *)out);
}
static void size(void *arg) {
  if (!protobuf_c_message_get_packed_size(((job *)arg)->msg)) bench_fail("protobuf-c: size");
}

static void run(const char *set, const ProtobufCMessageDescriptor *type) {
  if (!bench_wanted(set)) return;
  job j = {type, NULL, NULL, 0};
  j.wire = (const uint8_t *)bench_read(set, &j.len);
  j.msg = protobuf_c_message_unpack(type, NULL, j.len, j.wire);
  if (!j.msg) bench_fail("protobuf-c: decode");
  bench_measure("protobuf-c", set, "decode", heap, &j);
  if (!bench_counting()) bench_measure("protobuf-c-bump", set, "decode", in_block, &j);
  bench_measure("protobuf-c", set, "encode", encode, &j);
  bench_measure("protobuf-c", set, "size", size, &j);
}

int main(int argc, char **argv) {
  bench_args(argc, argv);
  run("greeting", &bench__hello__descriptor);
  run("descriptor", &google__protobuf__file_descriptor_proto__descriptor);
  run("telemetry", &bench__batch__descriptor);
  run("strings", &bench__strings__descriptor);
  run("packed", &bench__packed__descriptor);
  run("nested", &bench__chains__descriptor);
  run("maps", &bench__maps__descriptor);
  return 0;
}
