/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* cases_compressed.c - who compresses which message. The server says whether it got what it was told to expect; the
 * client looks for itself. */
#include "client.h"

static grpc_testing_BoolValue yes = {.value = true}, no = {.value = false};

/* ---- client_compressed: first a server that does not look must be found out --------------------------------------------- */

static bool unary_expecting(run *r, grpc_testing_BoolValue *expected, uint32_t compression, weir_code want) {
  weir_error e = {0};
  grpc_testing_Payload payload = payload_of(LARGE_REQUEST);
  grpc_testing_SimpleRequest req = {
      .response_size = LARGE_RESPONSE, .payload = &payload, .expect_compressed = expected};
  grpc_testing_SimpleResponse *rep;
  weir_call_opts opts = call_opts;
  opts.compression = compression;
  weir_code code = grpc_testing_TestService_UnaryCall(r->ch, &req, &rep, r->a, &opts, &e);
  return check_code(compression ? "compressed UnaryCall" : "uncompressed UnaryCall", code, e.msg, want) &&
         (want != WEIR_OK || check_payload(rep->payload, LARGE_RESPONSE));
}

bool client_compressed_unary(run *r) {
  return unary_expecting(r, &yes, WEIR_IDENTITY, WEIR_INVALID_ARGUMENT) &&
         unary_expecting(r, &yes, WEIR_GZIP, WEIR_OK) && unary_expecting(r, &no, WEIR_IDENTITY, WEIR_OK);
}

static weir_code send_input(weir_call *c, size_t size, grpc_testing_BoolValue *expected, bool compressed) {
  grpc_testing_Payload payload = payload_of(size);
  if (!compressed) weir_next_uncompressed(c);
  return grpc_testing_TestService_StreamingInputCall_send(
      c, &(grpc_testing_StreamingInputCallRequest){.payload = &payload, .expect_compressed = expected});
}

bool client_compressed_streaming(run *r) {
  grpc_testing_StreamingInputCallResponse *rep = NULL;
  weir_call_opts opts = call_opts;
  opts.compression = WEIR_GZIP;
  weir_call *c = grpc_testing_TestService_StreamingInputCall(r->ch, &opts);
  if (!c) return fails("out of memory");
  send_input(c, 27182, &yes, false);
  weir_half_close(c);
  bool ok = check_finish(c, WEIR_INVALID_ARGUMENT, NULL);
  weir_call_unref(c);
  if (!ok) return false;
  c = grpc_testing_TestService_StreamingInputCall(r->ch, &opts);
  if (!c) return fails("out of memory");
  send_input(c, 27182, &yes, true);
  send_input(c, 45904, &no, false);
  weir_half_close(c);
  weir_code code = grpc_testing_TestService_StreamingInputCall_recv(c, r->a, &rep);
  ok = check_finish(c, WEIR_OK, NULL) && check_code("response", code, "", WEIR_OK) &&
       check_int("aggregated_payload_size", rep->aggregated_payload_size, 73086);
  weir_call_unref(c);
  return ok;
}

/* Our own: for servers that read compressed requests, but do not look whether they are. */
bool compressed_requests(run *r) {
  return unary_expecting(r, NULL, WEIR_GZIP, WEIR_OK) && unary_expecting(r, NULL, WEIR_IDENTITY, WEIR_OK) &&
         unary_expecting(r, NULL, WEIR_GZIP, WEIR_OK);
}

/* ---- server_compressed --------------------------------------------------------------------------------------------------- */

static bool check_compressed(const weir_call *c, bool want) {
  return check_int("the response was compressed", weir_was_compressed(c), want);
}

static bool unary_response(run *r, grpc_testing_BoolValue *compressed) {
  grpc_testing_Payload payload = payload_of(LARGE_REQUEST);
  grpc_testing_SimpleRequest req = {
      .response_size = LARGE_RESPONSE, .payload = &payload, .response_compressed = compressed};
  void *rep = NULL;
  weir_call *c = weir_call_start(r->ch, &grpc_testing_TestService_UnaryCall_m, &call_opts);
  if (!c) return fails("out of memory");
  weir_send(c, &req);
  weir_half_close(c);
  weir_code code = weir_recv(c, r->a, &rep);
  bool ok = check_finish(c, WEIR_OK, NULL) && check_code("response", code, "", WEIR_OK) &&
            check_payload(((grpc_testing_SimpleResponse *)rep)->payload, LARGE_RESPONSE) &&
            check_compressed(c, compressed->value);
  weir_call_unref(c);
  return ok;
}

bool server_compressed_unary(run *r) { return unary_response(r, &yes) && unary_response(r, &no); }

bool server_compressed_streaming(run *r) {
  grpc_testing_ResponseParameters wanted[] = {{.size = 31415, .compressed = &yes},
                                              {.size = 92653, .compressed = &no}};
  grpc_testing_ResponseParameters *pointers[] = {&wanted[0], &wanted[1]};
  grpc_testing_StreamingOutputCallRequest req = {.response_parameters = {pointers, 2, 2}};
  grpc_testing_StreamingOutputCallResponse *rep;
  weir_call *c = grpc_testing_TestService_StreamingOutputCall(r->ch, &req, &call_opts);
  if (!c) return fails("out of memory");
  bool ok = true;
  for (int i = 0; ok && i < 2; i++) {
    weir_code code = grpc_testing_TestService_StreamingOutputCall_recv(c, r->a, &rep);
    ok = check_code("response", code, "", WEIR_OK) && check_payload(rep->payload, (size_t)wanted[i].size) &&
         check_compressed(c, wanted[i].compressed->value);
  }
  ok = check_finish(c, WEIR_OK, NULL) && ok;
  weir_call_unref(c);
  return ok;
}
