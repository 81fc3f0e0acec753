// SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
// cpp.cc - Google's protobuf for C++ with generated code: messages on the heap and in an arena.
#include "../timing.h"
#include "shapes.pb.h"
#include "telemetry.pb.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <string>

static char block[8 << 20], out[8 << 20];

template <class M> struct job {
  M msg;
  std::string wire, json;
};

template <class M> static void heap(void *arg) {
  auto *j = static_cast<job<M> *>(arg);
  auto m = std::make_unique<M>();
  if (!m->ParseFromArray(j->wire.data(), static_cast<int>(j->wire.size()))) bench_fail("c++: decode");
}
template <class M> static void in_arena(void *arg) {
  auto *j = static_cast<job<M> *>(arg);
  google::protobuf::ArenaOptions options;
  if (!bench_counting()) {
    options.initial_block = block;
    options.initial_block_size = sizeof block;
  }
  google::protobuf::Arena arena(options);
  M *m = google::protobuf::Arena::CreateMessage<M>(&arena);
  if (!m->ParseFromArray(j->wire.data(), static_cast<int>(j->wire.size()))) bench_fail("c++: decode");
}
template <class M> static void encode(void *arg) {
  auto *j = static_cast<job<M> *>(arg);
  if (!j->msg.SerializeToArray(out, sizeof out)) bench_fail("c++: encode");
  asm volatile("" ::"r"(out) : "memory");
}
template <class M> static void size(void *arg) {
  if (static_cast<job<M> *>(arg)->msg.ByteSizeLong() != static_cast<job<M> *>(arg)->wire.size())
    bench_fail("c++: size");
}
template <class M> static void to_json(void *arg) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(static_cast<job<M> *>(arg)->msg, &text).ok())
    bench_fail("c++: to JSON");
}
template <class M> static void from_json(void *arg) {
  M m;
  if (!google::protobuf::util::JsonStringToMessage(static_cast<job<M> *>(arg)->json, &m).ok())
    bench_fail("c++: from JSON");
}

template <class M> static void run(const char *set) {
  if (!bench_wanted(set)) return;
  size_t len;
  char *bytes = bench_read(set, &len);
  job<M> j;
  j.wire.assign(bytes, len);
  free(bytes);
  if (!j.msg.ParseFromString(j.wire)) bench_fail("c++: decode");
  if (!google::protobuf::util::MessageToJsonString(j.msg, &j.json).ok()) bench_fail("c++: to JSON");
  bench_measure("c++-heap", set, "decode", heap<M>, &j);
  bench_measure("c++-arena", set, "decode", in_arena<M>, &j);
  bench_measure("c++", set, "encode", encode<M>, &j);
  bench_measure("c++", set, "size", size<M>, &j);
  bench_measure("c++", set, "to-json", to_json<M>, &j);
  bench_measure("c++", set, "from-json", from_json<M>, &j);
}

int main(int argc, char **argv) {
  bench_args(argc, argv);
  run<bench::Hello>("greeting");
  run<google::protobuf::FileDescriptorProto>("descriptor");
  run<bench::Batch>("telemetry");
  run<bench::Strings>("strings");
  run<bench::Packed>("packed");
  run<bench::Chains>("nested");
  run<bench::Maps>("maps");
}
