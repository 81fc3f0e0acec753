/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* peer_test.c - our client against a scripted server, our server against a scripted client: retries, limits that change,
 * connections that break at the wrong moment, addresses that swallow packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "echo.h"
#include "peer.h"

#include <stdio.h>
#include <string.h>

#define ADDR "127.0.0.1:7000"

static peer p; /* large */

typedef struct outcome {
  int ends;
  weir_code code;
  char text[300];
} outcome;

static void call_over(void *arg, weir_call *c, weir_code code) {
  outcome *o = arg;
  o->ends++;
  o->code = code;
  snprintf(o->text, sizeof o->text, WEIR_FMT, WEIR_ARG(weir_status_text(c)));
  weir_buf_unref(weir_reply_msg(c));
  weir_call_unref(c);
}

static weir_loop *sim_loop(void) {
  weir_loop *l = weir_loop_new_sim(&(weir_sim_opts){.seed = 7}, NULL);
  assert_non_null(l);
  return l;
}

static weir_channel *channel_on(weir_loop *l, const char *target) {
  weir_channel *ch =
      weir_channel_new(target, weir_creds_insecure(),
                       WEIR_OPTS(weir_channel_opts, .loop = l, .connect_timeout_ns = WEIR_SECONDS(2)), NULL);
  assert_non_null(ch);
  return ch;
}

static void unary(weir_channel *ch, outcome *o, int64_t timeout_ns, uint32_t flags) {
  weir_buf *req = echo_msg("hello");
  *o = (outcome){.code = -99};
  assert_non_null(weir_unary_async(ch, &echo_unary, req,
                                   WEIR_OPTS(weir_call_opts, .timeout_ns = timeout_ns, .flags = flags),
                                   call_over, o));
  weir_buf_unref(req);
}

static const char *const response[] = {":status", "200", "content-type", "application/grpc", NULL};
static const char *const trailers[] = {"grpc-status", "0", NULL};

static void peer_answer(uint32_t stream) {
  peer_headers(&p, stream, 0, response);
  peer_message(&p, stream, 0, "hello");
  peer_headers(&p, stream, PEER_END_STREAM, trailers);
}

static void world_end(weir_loop *l, weir_channel *ch) {
  weir_channel_unref(ch);
  peer_run(&p, WEIR_SECONDS(30));
  peer_free(&p);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(weir_sim_open_sockets(l), 0);
  weir_loop_unref(l);
}

/* ---- our client ----------------------------------------------------------------------------------------------- */

static void calls_go_on_when_the_limit_is_raised(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  peer_listen(&p, l, ADDR);
  weir_channel *ch = channel_on(l, ADDR);
  unary(ch, &o, WEIR_SECONDS(60), 0);
  peer_run(&p, WEIR_SECONDS(1));
  peer_settings(&p, 3, 0); /* MAX_CONCURRENT_STREAMS */
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(weir_channel_state(ch, false), WEIR_READY);
  assert_int_equal(peer_count(&p, PEER_HEADERS, 0), 0);
  peer_settings(&p, 3, 1);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(peer_count(&p, PEER_HEADERS, 1), 1);
  peer_answer(1);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(o.ends, 1);
  assert_int_equal(o.code, WEIR_OK);
  world_end(l, ch);
}

/* Refused once: tried again without a word, for streams too. Twice: the program hears of it (gRFC A6). */
static void a_refused_stream_is_tried_once_more(void **state) {
  (void)state;
  for (int refusals = 1; refusals <= 2; refusals++) {
    weir_loop *l = sim_loop();
    outcome o = {.code = -99};
    peer_listen(&p, l, ADDR);
    weir_channel *ch = channel_on(l, ADDR);
    weir_call *c = weir_call_start(ch, &echo_chat, NULL);
    weir_buf *m = echo_msg("one");
    assert_int_equal(weir_send_async(c, m, call_over, NULL), WEIR_OK);
    peer_run(&p, WEIR_SECONDS(1));
    peer_settings(&p, 0, 0);
    peer_run(&p, WEIR_SECONDS(1));
    assert_int_equal(weir_send_async(c, m, call_over, NULL), WEIR_OK);
    weir_buf_unref(m);
    assert_int_equal(weir_finish_async(c, call_over, &o), WEIR_PENDING);
    peer_run(&p, WEIR_SECONDS(1));
    assert_int_equal(peer_count(&p, PEER_DATA, 1), 2);
    peer_rst(&p, 1, 7);
    peer_run(&p, WEIR_SECONDS(1));
    assert_int_equal(o.ends, 0);
    assert_int_equal(peer_count(&p, PEER_HEADERS, 3), 1);
    assert_true(peer_count(&p, PEER_DATA, 3) >= 1); /* both messages, maybe in one frame */
    if (refusals == 2)
      peer_rst(&p, 3, 7);
    else
      peer_answer(3);
    peer_run(&p, WEIR_SECONDS(1));
    assert_int_equal(o.ends, 1);
    assert_int_equal(o.code, refusals == 2 ? WEIR_UNAVAILABLE : WEIR_OK);
    world_end(l, ch);
  }
}

static void a_call_beyond_goaway_goes_to_the_next_connection(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  peer_listen(&p, l, ADDR);
  weir_channel *ch = channel_on(l, ADDR);
  unary(ch, &o, WEIR_SECONDS(60), 0);
  peer_run(&p, WEIR_SECONDS(1));
  peer_settings(&p, 0, 0);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(peer_count(&p, PEER_HEADERS, 1), 1);
  peer_goaway(&p, 0);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(p.n_accepted, 2);
  peer_settings(&p, 0, 0);
  peer_run(&p, WEIR_SECONDS(1));
  peer_answer(1);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(o.ends, 1);
  assert_int_equal(o.code, WEIR_OK);
  world_end(l, ch);
}

/* The answer is here, unread; then our next write finds the connection closed. The answer counts. */
static void an_answer_before_the_close_counts(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  peer_listen(&p, l, ADDR);
  weir_channel *ch = channel_on(l, ADDR);
  unary(ch, &o, WEIR_SECONDS(60), 0);
  peer_run(&p, WEIR_SECONDS(1));
  peer_settings(&p, 0, 0);
  peer_run(&p, WEIR_SECONDS(1));
  peer_answer(1);
  peer_close_connection(&p);
  weir_call *other = weir_call_start(ch, &echo_chat, NULL); /* writes at once, before the loop reads */
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(o.ends, 1);
  assert_int_equal(o.code, WEIR_OK);
  weir_call_unref(other);
  world_end(l, ch);
}

static void what_is_no_grpc_server_is_named(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  peer_listen(&p, l, ADDR);
  weir_channel *ch = channel_on(l, ADDR);
  unary(ch, &o, WEIR_SECONDS(60), 0);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(o.ends, 0);
  peer_run(&p, WEIR_SECONDS(2));
  assert_int_equal(o.ends, 1);
  assert_int_equal(o.code, WEIR_UNAVAILABLE);
  assert_non_null(strstr(o.text, "is it a gRPC server?"));
  world_end(l, ch);
}

static void a_web_server_is_named(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  peer_listen(&p, l, ADDR);
  weir_channel *ch = channel_on(l, ADDR);
  unary(ch, &o, WEIR_SECONDS(60), 0);
  peer_run(&p, WEIR_SECONDS(1));
  peer_send(&p, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(o.code, WEIR_UNAVAILABLE);
  assert_non_null(strstr(o.text, "the peer speaks HTTP/1"));
  world_end(l, ch);
}

/* A call that waits for a connection till its deadline says what it waited for. */
static void a_deadline_without_a_connection_says_why(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  p.loop = l;
  weir_channel *ch = channel_on(l, ADDR);
  unary(ch, &o, WEIR_SECONDS(10), WEIR_WAIT_FOR_READY);
  peer_run(&p, WEIR_SECONDS(11));
  assert_int_equal(o.code, WEIR_DEADLINE_EXCEEDED);
  assert_non_null(strstr(o.text, "waiting for a connection"));
  peer_listen(&p, l, ADDR);
  world_end(l, ch);
}

/* grpc doc/connection-backoff.md: reset by SETTINGS only, not by a connection that is accepted. */
static void backoff_grows_until_settings_come(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  peer_listen(&p, l, ADDR);
  weir_channel *ch = channel_on(l, ADDR);
  unary(ch, &o, WEIR_SECONDS(300), WEIR_WAIT_FOR_READY);
  size_t attempts = 0;
  for (int i = 0; i < 200; i++) { /* 20 s: attempts begin at about 0, 1, 2.6, 5.2, 9.3, 15.8 */
    peer_run(&p, WEIR_MS(100));
    if (p.n_accepted > attempts) {
      attempts = p.n_accepted;
      peer_close_connection(&p);
    }
  }
  assert_in_range(attempts, 4, 8);
  for (int i = 0; i < 300 && p.n_accepted == attempts; i++) peer_run(&p, WEIR_MS(100));
  peer_settings(&p, 0, 0);
  peer_run(&p, WEIR_SECONDS(1));
  peer_answer(1);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(o.code, WEIR_OK);
  world_end(l, ch);
}

/* ---- several addresses: the look-up is replaced --------------------------------------------------------------- */

static struct {
  weir_task task;
  weir_lookup_fn *fn;
  void *arg;
} lookup;

weir_lookup *__wrap_weir_lookup_start(weir_shard *s, const char *host, uint16_t port, weir_lookup_fn *fn,
                                      void *arg);
void __wrap_weir_lookup_cancel(weir_lookup *l);

static void lookup_over(void *none) {
  weir_addr addrs[2];
  (void)none;
  assert_int_equal(weir_addr_parse("127.0.0.1:7001", &addrs[0], NULL), WEIR_OK);
  assert_int_equal(weir_addr_parse(ADDR, &addrs[1], NULL), WEIR_OK);
  lookup.fn(lookup.arg, addrs, 2, NULL);
}

weir_lookup *__wrap_weir_lookup_start(weir_shard *s, const char *host, uint16_t port, weir_lookup_fn *fn,
                                      void *arg) {
  (void)host;
  (void)port;
  lookup.fn = fn;
  lookup.arg = arg;
  lookup.task = (weir_task){.fn = lookup_over};
  weir_shard_post(s, &lookup.task);
  return (weir_lookup *)(void *)&lookup;
}

void __wrap_weir_lookup_cancel(weir_lookup *l) { (void)l; }

static weir_server *server_on(weir_loop *l, const echo_impl *impl) {
  weir_server *s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = l), NULL);
  assert_int_equal(weir_server_add(s, &echo_service, impl, NULL, WEIR_ON_LOOP), WEIR_OK);
  assert_int_equal(weir_server_listen(s, ADDR, weir_creds_insecure(), NULL, NULL), WEIR_OK);
  assert_int_equal(weir_server_start(s, NULL), WEIR_OK);
  return s;
}

static echo_stats stats;
static const echo_impl impl = {true, &stats};

/* The first address accepts and says nothing: the second has a whole connect timeout of its own. */
static void a_silent_address_does_not_hide_the_next(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  peer_listen(&p, l, "127.0.0.1:7001");
  weir_server *s = server_on(l, &impl);
  weir_channel *ch = channel_on(l, "some.host:7000");
  unary(ch, &o, WEIR_SECONDS(60), 0);
  peer_run(&p, WEIR_SECONDS(5));
  assert_int_equal(p.n_accepted, 1);
  assert_int_equal(o.ends, 1);
  assert_int_equal(o.code, WEIR_OK);
  weir_server_unref(s);
  world_end(l, ch);
}

/* ---- our server ------------------------------------------------------------------------------------------------- */

static int64_t time_left;

static weir_code tell_time(weir_call *c, const void *i, void *ctx, const void *req, void *rep) {
  (void)i;
  (void)ctx;
  time_left = weir_time_left(c);
  *(weir_buf **)rep = weir_buf_ref((weir_buf *)(uintptr_t)req);
  return WEIR_OK;
}

/* The longest grpc-timeout that fits in 64 bits, on a clock that has run for a while. */
static void a_deadline_beyond_the_clock_is_none(void **state) {
  static const weir_method *const methods[] = {&echo_unary};
  static weir_handler *const handlers[] = {tell_time};
  static const weir_service service = {sizeof service, 1, "test.Echo", methods, handlers};
  static const char *const request[] = {
      ":method",      "POST",     ":scheme", "http",     ":path",        "/test.Echo/Unary",
      ":authority",   "x",        "te",      "trailers", "content-type", "application/grpc",
      "grpc-timeout", "2562047H", NULL};
  weir_loop *l = sim_loop();
  (void)state;
  weir_server *s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = l), NULL);
  assert_int_equal(weir_server_add(s, &service, NULL, NULL, WEIR_ON_LOOP), WEIR_OK);
  assert_int_equal(weir_server_listen(s, ADDR, weir_creds_insecure(), NULL, NULL), WEIR_OK);
  assert_int_equal(weir_server_start(s, NULL), WEIR_OK);
  p.loop = l;
  peer_run(&p, WEIR_SECONDS(4000));
  peer_connect(&p, l, ADDR);
  peer_run(&p, WEIR_MS(100));
  peer_headers(&p, 1, 0, request);
  peer_message(&p, 1, PEER_END_STREAM, "hello");
  peer_run(&p, WEIR_SECONDS(1));
  assert_true(time_left == INT64_MAX);
  assert_int_equal(peer_count(&p, PEER_HEADERS, 1), 2);
  weir_server_unref(s);
  world_end(l, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(calls_go_on_when_the_limit_is_raised),
      cmocka_unit_test(a_refused_stream_is_tried_once_more),
      cmocka_unit_test(a_call_beyond_goaway_goes_to_the_next_connection),
      cmocka_unit_test(an_answer_before_the_close_counts),
      cmocka_unit_test(what_is_no_grpc_server_is_named),
      cmocka_unit_test(a_web_server_is_named),
      cmocka_unit_test(a_deadline_without_a_connection_says_why),
      cmocka_unit_test(backoff_grows_until_settings_come),
      cmocka_unit_test(a_silent_address_does_not_hide_the_next),
      cmocka_unit_test(a_deadline_beyond_the_clock_is_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
