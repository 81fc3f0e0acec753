/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* cases_soak.c - many large calls: one after another, each on a new channel, or all at once. */
#include "client.h"

#include <time.h>

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool soak_once(run *r, weir_arena *a, bool new_channel) {
  const options *o = r->o;
  int64_t start = now_ms();
  weir_channel *ch = new_channel ? run_channel(r, NULL) : weir_channel_ref(r->ch);
  bool ok = ch && large_call(ch, a, o->soak_request_size, o->soak_response_size);
  weir_channel_unref(ch);
  int64_t took = now_ms() - start;
  if (ok && took > o->soak_latency_ms)
    return fails("latency: got %lld ms, want up to %lld ms", (long long)took, (long long)o->soak_latency_ms);
  return ok;
}

static bool soak(run *r, bool new_channel) {
  const options *o = r->o;
  if (o->soak_request_size > LARGE_REQUEST)
    return fails("soak_request_size: got %lld, want up to %d", (long long)o->soak_request_size, LARGE_REQUEST);
  int64_t end = now_ms() + o->soak_timeout_s * 1000, i = 0, failures = 0;
  weir_arena *a = weir_arena_new(NULL, 0);
  for (; a && i < o->soak_iterations && now_ms() < end; i++) {
    if (!soak_once(r, a, new_channel)) failures++;
    weir_arena_reset(a);
  }
  weir_arena_free(a);
  return check_int("iterations within soak_overall_timeout_seconds", i, o->soak_iterations) &&
         (failures <= o->soak_max_failures ||
          fails("failures: got %lld, want up to %lld", (long long)failures, (long long)o->soak_max_failures));
}

bool rpc_soak(run *r) { return soak(r, false); }
bool channel_soak(run *r) { return soak(r, true); }

typedef struct fan_out {
  weir_loop *loop;
  int left, failed;
} fan_out;

static void on_large_reply(void *arg, weir_call *c, weir_code code) {
  fan_out *f = arg;
  grpc_testing_SimpleResponse *rep = grpc_testing_TestService_UnaryCall_reply(c);
  if (!check_code("UnaryCall", code, weir_status_text(c).data, WEIR_OK) ||
      !check_payload(rep->payload, LARGE_RESPONSE))
    f->failed++;
  weir_call_unref(c);
  if (--f->left == 0) weir_loop_stop(f->loop);
}

static bool fan_out_run(weir_channel *ch, fan_out *f, int calls) {
  grpc_testing_Payload payload = payload_of(LARGE_REQUEST);
  grpc_testing_SimpleRequest req = {.response_size = LARGE_RESPONSE, .payload = &payload};
  for (int i = 0; i < calls; i++) {
    f->left++;
    if (grpc_testing_TestService_UnaryCall_async(ch, &req, &call_opts, on_large_reply, f)) continue;
    f->left--;
    f->failed++;
  }
  if (f->left) weir_loop_run(f->loop, -1);
  return check_int("calls that failed", f->failed, 0);
}

bool concurrent_calls(run *r, int calls) {
  weir_error e = {0};
  fan_out f = {.loop = weir_loop_new(NULL, &e)};
  weir_channel *ch = f.loop ? run_channel(r, f.loop) : NULL;
  bool ok = ch && fan_out_run(ch, &f, calls);
  weir_channel_unref(ch);
  weir_loop_unref(f.loop);
  return ok;
}

bool concurrent_large_unary(run *r) { return concurrent_calls(r, 100); }
