/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* cases_unary.c - one request, one response. */
#include "client.h"

bool empty_unary(run *r) {
  weir_error e = {0};
  grpc_testing_Empty *rep;
  weir_code code =
      grpc_testing_TestService_EmptyCall(r->ch, &(grpc_testing_Empty){0}, &rep, r->a, &call_opts, &e);
  return check_code("EmptyCall", code, e.msg, WEIR_OK) &&
         check_int("bytes in the response", (int64_t)weir_pb_size(&grpc_testing_Empty_type, rep), 0);
}

bool large_call(weir_channel *ch, weir_arena *a, int64_t request_size, int64_t response_size) {
  weir_error e = {0};
  grpc_testing_Payload payload = payload_of((size_t)request_size);
  grpc_testing_SimpleRequest req = {.response_size = (int32_t)response_size, .payload = &payload};
  grpc_testing_SimpleResponse *rep;
  weir_code code = grpc_testing_TestService_UnaryCall(ch, &req, &rep, a, &call_opts, &e);
  return check_code("UnaryCall", code, e.msg, WEIR_OK) && check_payload(rep->payload, (size_t)response_size);
}

bool large_unary(run *r) { return large_call(r->ch, r->a, LARGE_REQUEST, LARGE_RESPONSE); }

/* The server must end the call with the status that is asked for. */
static bool unary_status(run *r, weir_str text) {
  weir_error e = {0};
  grpc_testing_EchoStatus status = {.code = WEIR_UNKNOWN, .message = text};
  grpc_testing_SimpleRequest req = {.response_status = &status};
  grpc_testing_SimpleResponse *rep;
  weir_code code = grpc_testing_TestService_UnaryCall(r->ch, &req, &rep, r->a, &call_opts, &e);
  return check_code("UnaryCall", code, e.msg, WEIR_UNKNOWN) &&
         check_str("status message", weir_str_of(e.msg), text);
}

bool status_code_and_message(run *r) {
  weir_str text = WEIR_STR("test status message");
  return unary_status(r, text) && full_duplex_status(r, text);
}

bool special_status_message(run *r) {
  return unary_status(r, WEIR_STR("\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP "
                                  "\xf0\x9f\x98\x88\t\n"));
}

static bool unary_metadata(run *r) {
  grpc_testing_Payload payload = payload_of(LARGE_REQUEST);
  grpc_testing_SimpleRequest req = {.response_size = LARGE_RESPONSE, .payload = &payload};
  void *rep = NULL;
  weir_call_opts opts = call_opts;
  opts.metadata = echo_metadata;
  opts.n_metadata = 2;
  /* Step by step, because weir_unary shows no metadata. */
  weir_call *c = weir_call_start(r->ch, &grpc_testing_TestService_UnaryCall_m, &opts);
  if (!c) return fails("out of memory");
  weir_send(c, &req);
  weir_half_close(c);
  weir_code code = weir_recv(c, r->a, &rep);
  bool ok = check_finish(c, WEIR_OK, NULL) && check_code("response", code, "", WEIR_OK) &&
            check_payload(((grpc_testing_SimpleResponse *)rep)->payload, LARGE_RESPONSE) && check_echo(c);
  weir_call_unref(c);
  return ok;
}

bool custom_metadata(run *r) { return unary_metadata(r) && full_duplex_metadata(r); }

bool unimplemented_method(run *r) {
  weir_error e = {0};
  grpc_testing_Empty *rep;
  weir_code code =
      grpc_testing_TestService_UnimplementedCall(r->ch, &(grpc_testing_Empty){0}, &rep, r->a, &call_opts, &e);
  return check_code("UnimplementedCall", code, e.msg, WEIR_UNIMPLEMENTED);
}

bool unimplemented_service(run *r) {
  weir_error e = {0};
  grpc_testing_Empty *rep;
  weir_code code = grpc_testing_UnimplementedService_UnimplementedCall(r->ch, &(grpc_testing_Empty){0}, &rep,
                                                                       r->a, &call_opts, &e);
  return check_code("UnimplementedService", code, e.msg, WEIR_UNIMPLEMENTED);
}

/* All calls of a channel reach the same server. */
bool pick_first_unary(run *r) {
  weir_str first = {"", 0};
  grpc_testing_Payload payload = payload_of(1);
  grpc_testing_SimpleRequest req = {.response_size = 1, .payload = &payload, .fill_server_id = true};
  for (int i = 0; i < 100; i++) {
    weir_error e = {0};
    grpc_testing_SimpleResponse *rep;
    weir_code code = grpc_testing_TestService_UnaryCall(r->ch, &req, &rep, r->a, &call_opts, &e);
    if (!check_code("UnaryCall", code, e.msg, WEIR_OK)) return false;
    if (!rep->server_id.len) return fails("server_id: got none, want the same one each time");
    if (!first.len) first = rep->server_id;
    if (!check_str("server_id", rep->server_id, first)) return false;
  }
  return true;
}
