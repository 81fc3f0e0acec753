/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* testee.c - weir-conformance, what protobuf's conformance runner talks to: on stdin a little-endian length and a
 * ConformanceRequest, on stdout the same with a ConformanceResponse, until stdin ends (conformance.proto). */
#include <google/protobuf/test_messages_edition2023.weir.h>
#include <google/protobuf/test_messages_proto2.weir.h>
#include <google/protobuf/test_messages_proto2_editions.weir.h>
#include <google/protobuf/test_messages_proto3.weir.h>
#include <google/protobuf/test_messages_proto3_editions.weir.h>

#include "conformance/conformance.weir.h"

#include <weir/json.h>
#include <weir/pool.h>
#include <weir/text.h>

#include <stdio.h>
#include <stdlib.h>

typedef conformance_ConformanceRequest request;
typedef conformance_ConformanceResponse response;

static const weir_pb_file *const files[] = {
    &google_protobuf_test_messages_edition2023_file, &google_protobuf_test_messages_proto2_editions_file,
    &google_protobuf_test_messages_proto2_file,      &google_protobuf_test_messages_proto3_editions_file,
    &google_protobuf_test_messages_proto3_file,
};

static weir_pb_pool *pool;

/* ---- one case ------------------------------------------------------------------------------------------ */

static weir_str text_of(const weir_error *e, weir_arena *a) { return weir_dup(a, weir_str_of(e->msg)); }

static uint32_t json_flags(const request *req) {
  bool ignore = req->test_category == conformance_TestCategory_JSON_IGNORE_UNKNOWN_PARSING_TEST;
  return ignore ? WEIR_PB_JSON_IGNORE_UNKNOWN : 0;
}

static bool parse(const request *req, const weir_pb_type *t, void *msg, weir_arena *a, response *rep) {
  weir_error e;
  weir_code code;
  switch (req->payload_case) {
  case conformance_ConformanceRequest_payload_protobuf_payload:
    code = weir_pb_decode_with(t, msg, req->payload.protobuf_payload, a,
                               WEIR_OPTS(weir_pb_decode_opts, .pool = pool), &e);
    break;
  case conformance_ConformanceRequest_payload_text_payload:
    code = weir_pb_from_text(t, msg, req->payload.text_payload, a, WEIR_OPTS(weir_pb_text_opts, .pool = pool),
                             &e);
    break;
  case conformance_ConformanceRequest_payload_json_payload:
    code = weir_pb_from_json(t, msg, req->payload.json_payload, a,
                             WEIR_OPTS(weir_pb_json_opts, .pool = pool, .flags = json_flags(req)), &e);
    break;
  default: conformance_ConformanceResponse_set_skipped(rep, WEIR_STR("input format")); return false;
  }
  if (code) conformance_ConformanceResponse_set_parse_error(rep, text_of(&e, a));
  return !code;
}

static void serialize(const request *req, const weir_pb_type *t, const void *msg, weir_arena *a,
                      response *rep) {
  weir_error e;
  weir_code code;
  weir_str out;
  switch (req->requested_output_format) {
  case conformance_WireFormat_PROTOBUF:
    code = weir_pb_encode_err(t, msg, a, 0, &out, &e);
    if (!code) conformance_ConformanceResponse_set_protobuf_payload(rep, out);
    break;
  case conformance_WireFormat_TEXT_FORMAT:
    code = weir_pb_to_text(t, msg, a,
                           WEIR_OPTS(weir_pb_text_opts, .pool = pool,
                                     .flags = req->print_unknown_fields ? WEIR_PB_TEXT_UNKNOWN : 0),
                           &out, &e);
    if (!code) conformance_ConformanceResponse_set_text_payload(rep, out);
    break;
  case conformance_WireFormat_JSON:
    code = weir_pb_to_json(t, msg, a, WEIR_OPTS(weir_pb_json_opts, .pool = pool), &out, &e);
    if (!code) conformance_ConformanceResponse_set_json_payload(rep, out);
    break;
  default: conformance_ConformanceResponse_set_skipped(rep, WEIR_STR("output format")); return;
  }
  if (code) conformance_ConformanceResponse_set_serialize_error(rep, text_of(&e, a));
}

static void answer(const request *req, weir_arena *a, response *rep) {
  const weir_pb_type *t = weir_pb_pool_type(pool, req->message_type);
  void *msg = t ? weir_pb_new(t, a) : NULL;
  if (!t)
    conformance_ConformanceResponse_set_skipped(rep, WEIR_STR("message type"));
  else if (!msg)
    conformance_ConformanceResponse_set_runtime_error(rep, WEIR_STR("out of memory"));
  else if (parse(req, t, msg, a, rep))
    serialize(req, t, msg, a, rep);
}

/* ---- the pipe ------------------------------------------------------------------------------------------ */

/* Ends the program, with a word to people, when the runner is gone or talks nonsense. */
static void fail(const char *why) {
  fprintf(stderr, "weir-conformance: %s\n", why);
  exit(1);
}

static bool read_request(weir_arena *a, request **req) {
  uint8_t head[4];
  size_t n = fread(head, 1, sizeof head, stdin);
  if (n == 0) return false;
  if (n < sizeof head) fail("half a length on stdin");
  size_t len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
  char *wire = weir_alloc(a, len);
  if (!wire) fail("out of memory");
  if (fread(wire, 1, len, stdin) < len) fail("half a request on stdin");
  if (conformance_ConformanceRequest_decode((weir_str){wire, len}, a, req))
    fail("malformed request on stdin");
  return true;
}

static void write_response(weir_arena *a, const response *rep) {
  weir_str wire;
  if (conformance_ConformanceResponse_encode(rep, a, &wire)) fail("the response cannot be encoded");
  const uint8_t head[4] = {(uint8_t)wire.len, (uint8_t)(wire.len >> 8), (uint8_t)(wire.len >> 16),
                           (uint8_t)(wire.len >> 24)};
  fwrite(head, 1, sizeof head, stdout);
  fwrite(wire.data, 1, wire.len, stdout);
  if (fflush(stdout)) fail("stdout is closed");
}

int main(void) {
  weir_arena *a = weir_arena_new(NULL, 0), *types = weir_arena_new(NULL, 0);
  if (!a || !types || !(pool = weir_pb_pool_new(types))) fail("out of memory");
  weir_error e;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    if (weir_pb_pool_add(pool, files[i], &e)) fail(e.msg);
  for (request *req; read_request(a, &req); weir_arena_reset(a)) {
    response rep = {0};
    answer(req, a, &rep);
    write_response(a, &rep);
  }
  weir_arena_free(a);
  weir_arena_free(types);
  return 0;
}
