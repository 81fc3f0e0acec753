/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* lifetime_test.c - how long connections last, on the simulated clock: keepalive and who pings too often (gRFC A8), age and
 * idleness (A9), the handshake's time, how many there may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "echo.h"
#include "peer.h"

#include <stdio.h>
#include <string.h>

#define ADDR      "127.0.0.1:7000"
#define PEER_PING 6
#define PEER_ACK  1

static peer p, q; /* large */
static echo_stats stats;
static const echo_impl on_loop = {true, &stats};

static const char *const request[] = {
    ":method",    "POST", ":scheme", "http",     ":path",        "/test.Echo/Chat",
    ":authority", "x",    "te",      "trailers", "content-type", "application/grpc",
    NULL};

static weir_loop *sim_loop(void) {
  weir_loop *l = weir_loop_new_sim(&(weir_sim_opts){.seed = 7}, NULL);
  assert_non_null(l);
  return l;
}

static weir_server *server_on(weir_loop *l, weir_server_opts o) {
  o.size = sizeof o;
  o.loop = l;
  weir_server *s = weir_server_new(&o, NULL);
  assert_int_equal(weir_server_add(s, &echo_service, &on_loop, NULL, WEIR_ON_LOOP), WEIR_OK);
  assert_int_equal(weir_server_listen(s, ADDR, weir_creds_insecure(), NULL, NULL), WEIR_OK);
  assert_int_equal(weir_server_start(s, NULL), WEIR_OK);
  return s;
}

/* A client that has shaken hands. */
static void client(peer *c, weir_loop *l) {
  memset(c, 0, sizeof *c);
  c->loop = l;
  peer_connect(c, l, ADDR);
  peer_frame(c, PEER_SETTINGS, PEER_ACK, 0, NULL, 0);
  peer_run(c, WEIR_MS(100));
  assert_false(c->eof);
}

static void ping(peer *c) {
  peer_frame(c, PEER_PING, 0, 0, "\0\0\0\0\0\0\0\7", 8);
  peer_run(c, WEIR_MS(10));
}

static bool said(const peer *c, const char *text) {
  return memmem(c->in, c->n_in, text, strlen(text)) != NULL;
}

static void end_world(weir_loop *l, weir_server *s) {
  weir_server_unref(s);
  p.loop = l;
  peer_run(&p, WEIR_SECONDS(30));
  peer_free(&p);
  peer_run(&p, WEIR_SECONDS(1));
  assert_int_equal(weir_sim_open_sockets(l), 0);
  weir_loop_unref(l);
}

/* ---- our client's PINGs ------------------------------------------------------------------------------------------------ */

typedef struct outcome {
  weir_code code;
  char text[300];
} outcome;

static void call_over(void *arg, weir_call *c, weir_code code) {
  outcome *o = arg;
  o->code = code;
  snprintf(o->text, sizeof o->text, WEIR_FMT, WEIR_ARG(weir_status_text(c)));
}

static weir_channel *channel_on(weir_loop *l, uint32_t flags) {
  return weir_channel_new(ADDR, weir_creds_insecure(),
                          WEIR_OPTS(weir_channel_opts, .loop = l, .keepalive_ns = WEIR_SECONDS(1),
                                    .keepalive_timeout_ns = WEIR_SECONDS(5), .flags = flags),
                          NULL);
}

static weir_call *chat(weir_channel *ch, outcome *o) {
  *o = (outcome){.code = -99};
  weir_call *c = weir_call_start(ch, &echo_chat, NULL);
  assert_int_equal(weir_finish_async(c, call_over, o), WEIR_PENDING);
  return c;
}

static void a_server_that_says_nothing_is_given_up(void **state) {
  weir_loop *l = sim_loop();
  outcome o;
  (void)state;
  memset(&p, 0, sizeof p);
  peer_listen(&p, l, ADDR);
  weir_channel *ch = channel_on(l, 0);
  weir_call *c = chat(ch, &o);
  peer_run(&p, WEIR_MS(100));
  peer_settings(&p, 0, 0);
  peer_frame(&p, PEER_SETTINGS, PEER_ACK, 0, NULL, 0);
  peer_run(&p, WEIR_SECONDS(9));
  assert_int_equal(peer_count(&p, PEER_PING, 0), 0); /* 1 s counts as 10 */
  peer_run(&p, WEIR_SECONDS(2));
  assert_int_equal(peer_count(&p, PEER_PING, 0), 1);
  peer_settings(&p, 0, 0); /* any byte is a sign of life */
  peer_run(&p, WEIR_SECONDS(9));
  assert_int_equal(peer_count(&p, PEER_PING, 0), 1);
  assert_int_equal(o.code, -99);
  peer_run(&p, WEIR_SECONDS(7));
  assert_int_equal(peer_count(&p, PEER_PING, 0), 2);
  assert_int_equal(o.code, WEIR_UNAVAILABLE);
  assert_non_null(strstr(o.text, "keepalive watchdog timeout"));
  weir_call_unref(c);
  weir_channel_unref(ch);
  end_world(l, NULL);
}

static void no_pings_without_calls_unless_wanted(void **state) {
  (void)state;
  for (uint32_t wanted = 0; wanted < 2; wanted++) {
    weir_loop *l = sim_loop();
    outcome o; /* until the loop's end */
    memset(&p, 0, sizeof p);
    peer_listen(&p, l, ADDR);
    weir_channel *ch = channel_on(l, wanted ? WEIR_KEEPALIVE_WITHOUT_CALLS : 0);
    weir_channel_state(ch, true);
    peer_run(&p, WEIR_MS(100));
    peer_settings(&p, 0, 0);
    peer_frame(&p, PEER_SETTINGS, PEER_ACK, 0, NULL, 0);
    peer_run(&p, WEIR_SECONDS(12));
    assert_int_equal(peer_count(&p, PEER_PING, 0), wanted);
    if (!wanted) { /* a call after a long silence asks at once */
      peer_run(&p, WEIR_SECONDS(60));
      assert_int_equal(weir_channel_state(ch, false), WEIR_READY);
      weir_call *c = chat(ch, &o);
      peer_run(&p, WEIR_MS(100));
      assert_int_equal(peer_count(&p, PEER_PING, 0), 1);
      weir_call_unref(c);
    }
    weir_channel_unref(ch);
    end_world(l, NULL);
  }
}

static char logged[400];
static void keep_log(void *ctx, int level, const char *component, const char *text) {
  (void)ctx, (void)component;
  if (level == WEIR_LOG_ERROR) snprintf(logged, sizeof logged, "%s", text);
}

/* Ours against ours: the server finds it too often, the channel doubles its time. */
static void a_channel_learns_to_ping_less(void **state) {
  weir_hooks hooks = {.size = sizeof hooks, .log = keep_log};
  weir_loop *l = weir_loop_new_sim(&(weir_sim_opts){.seed = 7}, &hooks);
  weir_server *s = server_on(l, (weir_server_opts){0});
  weir_channel *ch = channel_on(l, 0);
  outcome o;
  int64_t times[3];
  (void)state;
  p.loop = l;
  for (int i = 0; i < 3; i++) {
    weir_call *c = chat(ch, &o);
    for (times[i] = 0; o.code == -99; times[i]++) peer_run(&p, WEIR_SECONDS(1));
    assert_int_equal(o.code, WEIR_UNAVAILABLE);
    assert_non_null(strstr(o.text, "too_many_pings"));
    weir_call_unref(c);
  }
  assert_non_null(strstr(logged, "keepalive_ns is too short; now it is 80 s"));
  assert_in_range(times[0], 40, 42); /* the first PING is free, then three strikes */
  assert_in_range(times[1], 80, 82);
  assert_in_range(times[2], 160, 162);
  weir_channel_unref(ch);
  weir_server_unref(s);
  peer_run(&p, WEIR_SECONDS(30));
  weir_loop_unref(l);
}

/* ---- our server ---------------------------------------------------------------------------------------------------------- */

static void a_client_that_says_nothing_is_given_up(void **state) {
  weir_loop *l = sim_loop();
  weir_server *s = server_on(
      l, (weir_server_opts){.keepalive_ns = WEIR_SECONDS(60), .keepalive_timeout_ns = WEIR_SECONDS(3)});
  (void)state;
  client(&p, l);
  peer_run(&p, WEIR_SECONDS(59));
  assert_int_equal(peer_count(&p, PEER_PING, 0), 0);
  peer_run(&p, WEIR_SECONDS(2));
  assert_int_equal(peer_count(&p, PEER_PING, 0), 1);
  assert_false(p.eof);
  peer_run(&p, WEIR_SECONDS(3));
  assert_true(p.eof);
  end_world(l, s);
}

static void who_pings_too_often_is_cut_off(void **state) {
  static const struct {
    weir_server_opts o;
    bool call;
    int64_t every_ns;
    int at; /* the PING that is too much; 0: none of 20 */
  } rows[] = {
      {{0}, true, WEIR_SECONDS(1), 4},
      {{0}, true, WEIR_SECONDS(301), 0},
      {{0}, false, WEIR_SECONDS(301), 4},
      {{.flags = WEIR_PINGS_WITHOUT_CALLS}, false, WEIR_SECONDS(301), 0},
      {{.min_ping_interval_ns = WEIR_SECONDS(2)}, true, WEIR_SECONDS(1), 4},
      {{.min_ping_interval_ns = WEIR_SECONDS(2)}, true, WEIR_SECONDS(3), 0},
      {{.max_ping_strikes = 5}, true, WEIR_SECONDS(1), 7},
      {{.max_ping_strikes = UINT32_MAX}, true, WEIR_SECONDS(1), 0},
      {{.min_ping_interval_ns = -1}, true, WEIR_SECONDS(1), 0},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    weir_loop *l = sim_loop();
    weir_server *s = server_on(l, rows[i].o);
    int n = 0;
    client(&p, l);
    if (rows[i].call) peer_headers(&p, 1, 0, request);
    while (n < 20 && !p.eof) {
      ping(&p);
      n++;
      if (!said(&p, "too_many_pings"))
        peer_run(&p, rows[i].every_ns);
      else
        peer_run(&p, WEIR_SECONDS(2));
    }
    if (n != (rows[i].at ? rows[i].at : 20)) fail_msg("row %zu: %d", i, n);
    assert_int_equal(said(&p, "too_many_pings"), rows[i].at != 0);
    end_world(l, s);
  }
}

/* Whoever gets messages may measure its round trip. */
static void pings_between_messages_are_no_strikes(void **state) {
  weir_loop *l = sim_loop();
  weir_server *s = server_on(l, (weir_server_opts){0});
  (void)state;
  client(&p, l);
  peer_headers(&p, 1, 0, request);
  for (int i = 0; i < 20; i++) {
    peer_message(&p, 1, 0, "x");
    peer_run(&p, WEIR_MS(10));
    ping(&p);
  }
  assert_false(said(&p, "too_many_pings"));
  assert_int_equal(peer_count(&p, PEER_DATA, 1), 20);
  end_world(l, s);
}

static void connections_grow_old(void **state) {
  (void)state;
  for (int with_call = 0; with_call < 2; with_call++) {
    weir_loop *l = sim_loop();
    weir_server *s = server_on(l, (weir_server_opts){.max_connection_age_ns = WEIR_SECONDS(100),
                                                     .max_connection_age_grace_ns = WEIR_SECONDS(10)});
    client(&p, l);
    if (with_call) peer_headers(&p, 1, 0, request);
    peer_run(&p, WEIR_SECONDS(89));
    assert_int_equal(peer_count(&p, PEER_GOAWAY, 0), 0);
    int64_t waited = 0;
    while (!peer_count(&p, PEER_GOAWAY, 0) && waited++ < 210) peer_run(&p, WEIR_MS(100));
    assert_in_range(waited, 1, 210);
    assert_true(said(&p, "\x7f\xff\xff\xff")); /* first all streams, then those that came */
    assert_true(said(&p, "max_age"));
    peer_run(&p, WEIR_SECONDS(2)); /* its PING is not answered */
    assert_int_equal(peer_count(&p, PEER_GOAWAY, 0), 2);
    assert_int_equal(p.eof, !with_call);
    peer_run(&p, WEIR_SECONDS(7));
    assert_int_equal(p.eof, !with_call);
    peer_run(&p, WEIR_SECONDS(3));
    assert_true(p.eof);
    end_world(l, s);
  }
}

static void idle_connections_leave(void **state) {
  weir_loop *l = sim_loop();
  weir_server *s = server_on(l, (weir_server_opts){.max_connection_idle_ns = WEIR_SECONDS(10)});
  (void)state;
  client(&p, l);
  peer_run(&p, WEIR_SECONDS(8));
  peer_headers(&p, 1, 0, request);
  peer_run(&p, WEIR_SECONDS(55)); /* a call: not idle, however quiet */
  assert_int_equal(peer_count(&p, PEER_GOAWAY, 0), 0);
  peer_rst(&p, 1, 8);
  peer_run(&p, WEIR_SECONDS(9));
  assert_int_equal(peer_count(&p, PEER_GOAWAY, 0), 0);
  peer_run(&p, WEIR_SECONDS(4));
  assert_true(said(&p, "max_idle"));
  assert_int_equal(peer_count(&p, PEER_GOAWAY, 0), 2);
  assert_true(p.eof);
  end_world(l, s);
}

static void one_connection_too_many_is_closed(void **state) {
  weir_loop *l = sim_loop();
  weir_server *s = server_on(l, (weir_server_opts){.max_connections = 1});
  (void)state;
  client(&p, l);
  peer_open(&q, l, ADDR);
  peer_run(&q, WEIR_MS(100));
  assert_true(q.eof);
  peer_free(&q);
  peer_headers(&p, 1, PEER_END_STREAM, request); /* the one that is there goes on */
  peer_run(&p, WEIR_MS(100));
  assert_int_equal(peer_count(&p, PEER_HEADERS, 1), 1);
  peer_close_connection(&p);
  peer_run(&q, WEIR_SECONDS(2));
  client(&q, l); /* and leaves room when it goes */
  peer_free(&q);
  end_world(l, s);
}

/* More than the 20 s that are the default. */
static void a_handshake_may_take_long(void **state) {
  weir_loop *l = sim_loop();
  weir_server *s = server_on(l, (weir_server_opts){.handshake_timeout_ns = WEIR_SECONDS(50)});
  (void)state;
  for (int late = 0; late < 2; late++) {
    memset(&p, 0, sizeof p);
    p.loop = l;
    peer_open(&p, l, ADDR);
    peer_run(&p, WEIR_SECONDS(late ? 51 : 49));
    assert_int_equal(p.eof, late);
    if (!late) {
      peer_preface(&p);
      peer_run(&p, WEIR_SECONDS(5));
      assert_false(p.eof);
      peer_close_connection(&p);
      peer_run(&p, WEIR_SECONDS(2));
    }
  }
  end_world(l, s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_server_that_says_nothing_is_given_up),
      cmocka_unit_test(no_pings_without_calls_unless_wanted),
      cmocka_unit_test(a_channel_learns_to_ping_less),
      cmocka_unit_test(a_client_that_says_nothing_is_given_up),
      cmocka_unit_test(who_pings_too_often_is_cut_off),
      cmocka_unit_test(pings_between_messages_are_no_strikes),
      cmocka_unit_test(connections_grow_old),
      cmocka_unit_test(idle_connections_leave),
      cmocka_unit_test(one_connection_too_many_is_closed),
      cmocka_unit_test(a_handshake_may_take_long),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
