/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* path_test.c - a long fat path, simulated: 50 ms there and back, 1 Gbit/s. A stream fills it, a hundred share it, one
 * that is not read stops nobody and holds no more than its window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "io/io.h"
#include <weir/weir.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE        125000000 /* bytes a second */
#define LATENCY_US  25000     /* each way */
#define MESSAGE     65536
#define WARM_NS     WEIR_SECONDS(1) /* windows grow */
#define MEASURED_NS WEIR_SECONDS(1)
#define MAX_FLOWS   100
#define MAX_WINDOW  (16u << 20)

static char zeros[8 << 20];

/* One stream, in either direction: both ends are asynchronous and on the one thread there is. */
typedef struct flow {
  weir_call *call;
  void *got;
  size_t sent, received;
  bool stopped; /* is not read any more */
} flow;

static flow flows[MAX_FLOWS];
static size_t n_handlers, message_len;

/* ---- the sender: never waits for more than the call takes ----------------------------------------------------------- */

static void push(void *arg, weir_call *c, weir_code code) {
  flow *f = arg;
  while (code == WEIR_OK) {
    weir_buf *b = weir_buf_wrap(zeros, message_len, NULL, NULL);
    f->sent += message_len;
    code = weir_send_async(c, b, push, f);
    weir_buf_unref(b);
  }
  if (code != WEIR_PENDING && !f->call) weir_complete(c, WEIR_OK); /* a handler; the client has gone */
}

/* ---- the receiver ----------------------------------------------------------------------------------------------------- */

static void pull(void *arg, weir_call *c, weir_code code) {
  flow *f = arg;
  while (code == WEIR_OK) {
    f->received += weir_buf_view(f->got).len;
    weir_buf_unref(f->got);
    if (f->stopped) return;
    code = weir_recv_async(c, NULL, &f->got, pull, f);
  }
  if (code != WEIR_PENDING && !f->call) weir_complete(c, WEIR_OK);
}

static void pull_first(flow *f, weir_call *c) {
  weir_code code = weir_recv_async(c, NULL, &f->got, pull, f);
  if (code != WEIR_PENDING) pull(f, c, code);
}

/* ---- both ends ---------------------------------------------------------------------------------------------------------- */

static flow server_flows[MAX_FLOWS];

static weir_code download(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)impl, (void)ctx, (void)req, (void)rep;
  push(&server_flows[n_handlers++], c, WEIR_OK);
  return WEIR_PENDING;
}

static weir_code upload(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)impl, (void)ctx, (void)req, (void)rep;
  pull_first(&server_flows[n_handlers++], c);
  return WEIR_PENDING;
}

static const weir_method down = {sizeof down, WEIR_BIDI, "/test.Path/Down", NULL, NULL},
                         up = {sizeof up, WEIR_BIDI, "/test.Path/Up", NULL, NULL};
static const weir_method *const methods[] = {&down, &up};
static weir_handler *const handlers[] = {download, upload};
static const weir_service service = {sizeof service, 2, "test.Path", methods, handlers};

typedef struct path {
  weir_loop *loop;
  weir_server *server;
  weir_channel *ch;
} path;

static void path_open(path *p) {
  weir_error e;
  weir_sim_opts net = {
      .seed = 1, .max_delay_us = 1, .latency_us = LATENCY_US, .bytes_per_s = RATE, .buffer = 48u << 20};
  memset(flows, 0, sizeof flows);
  memset(server_flows, 0, sizeof server_flows);
  n_handlers = 0;
  message_len = MESSAGE;
  p->loop = weir_loop_new_sim(&net, NULL);
  p->server = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = p->loop, .max_recv_bytes = UINT32_MAX), &e);
  assert_int_equal(weir_server_add(p->server, &service, NULL, NULL, WEIR_ON_LOOP), WEIR_OK);
  assert_int_equal(weir_server_listen(p->server, "127.0.0.1:7000", weir_creds_insecure(), NULL, &e), WEIR_OK);
  assert_int_equal(weir_server_start(p->server, &e), WEIR_OK);
  p->ch = weir_channel_new("127.0.0.1:7000", weir_creds_insecure(),
                           WEIR_OPTS(weir_channel_opts, .loop = p->loop, .max_recv_bytes = UINT32_MAX), &e);
  assert_non_null(p->ch);
}

static void tick(void *arg, weir_call *c, weir_code code) {
  (void)c, (void)code;
  *(bool *)arg = true;
}

static void path_run(path *p, int64_t ns) {
  bool over = false;
  assert_int_equal(weir_loop_post(p->loop, ns, tick, &over), WEIR_OK);
  while (!over) weir_loop_run(p->loop, WEIR_SECONDS(1));
}

static void path_close(path *p, size_t n) {
  for (size_t i = 0; i < n; i++) weir_call_unref(flows[i].call); /* cancels */
  path_run(p, WEIR_SECONDS(1));
  weir_channel_unref(p->ch);
  weir_server_shutdown(p->server, 0, NULL, NULL);
  weir_server_unref(p->server);
  path_run(p, WEIR_SECONDS(2));
  assert_int_equal(weir_sim_open_sockets(p->loop), 0);
  weir_loop_unref(p->loop);
}

/* Starts n streams and lets them run; received[] is what each took within MEASURED_NS. */
static void measure(path *p, const weir_method *m, size_t n, size_t received[]) {
  flow *to = m == &down ? flows : server_flows;
  for (size_t i = 0; i < n; i++) {
    flows[i].call = weir_call_start(p->ch, m, NULL);
    assert_non_null(flows[i].call);
    if (m == &down)
      pull_first(&flows[i], flows[i].call);
    else
      push(&flows[i], flows[i].call, WEIR_OK);
  }
  path_run(p, WARM_NS);
  for (size_t i = 0; i < n; i++) received[i] = to[i].received;
  path_run(p, MEASURED_NS);
  for (size_t i = 0; i < n; i++) received[i] = to[i].received - received[i];
}

static size_t sum(const size_t *v, size_t n) {
  size_t s = 0;
  for (size_t i = 0; i < n; i++) s += v[i];
  return s;
}

static void one_stream_fills_the_link(void **state) {
  const weir_method *const ways[] = {&down, &up};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    path p;
    size_t got;
    path_open(&p);
    measure(&p, ways[i], 1, &got);
    print_message("%s: %.1f %% of the link\n", ways[i]->path, 100.0 * (double)got / RATE);
    assert_true(got >= RATE / 10 * 9);
    path_close(&p, 1);
  }
}

static void a_hundred_share_it(void **state) {
  const weir_method *const ways[] = {&down, &up};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    path p;
    size_t got[MAX_FLOWS], least = SIZE_MAX, most = 0;
    path_open(&p);
    measure(&p, ways[i], MAX_FLOWS, got);
    for (size_t k = 0; k < MAX_FLOWS; k++) {
      if (got[k] < least) least = got[k];
      if (got[k] > most) most = got[k];
    }
    print_message("%s: %.1f %% of the link; the least %.2f, the most %.2f of an equal share\n", ways[i]->path,
                  100.0 * (double)sum(got, MAX_FLOWS) / RATE, (double)least * MAX_FLOWS / RATE,
                  (double)most * MAX_FLOWS / RATE);
    assert_true(sum(got, MAX_FLOWS) >= RATE / 10 * 9);
    assert_true(least * 10 >= most * 8);
    path_close(&p, MAX_FLOWS);
  }
}

static void one_that_is_not_read_stops_nobody(void **state) {
  path p;
  size_t got[2];
  (void)state;
  path_open(&p);
  flows[0].stopped = true;
  measure(&p, &down, 2, got);
  print_message("beside one that is not read: %.1f %% of the link; that one holds %zu bytes\n",
                100.0 * (double)got[1] / RATE, server_flows[0].sent - flows[0].received);
  assert_int_equal(got[0], 0);
  assert_true(got[1] >= RATE / 10 * 9);
  assert_true(server_flows[0].sent - flows[0].received <= 2 * MAX_WINDOW);
  path_close(&p, 2);
}

/* Windows grew, then the reader stops: what it holds is bounded all the same. */
static void one_that_stops_later(void **state) {
  path p;
  size_t got[2];
  (void)state;
  path_open(&p);
  measure(&p, &down, 2, got);
  assert_true(sum(got, 2) >= RATE / 10 * 9);
  flows[0].stopped = true;
  path_run(&p, WEIR_SECONDS(1));
  size_t before[2] = {flows[0].received, flows[1].received};
  path_run(&p, MEASURED_NS);
  assert_int_equal(flows[0].received, before[0]);
  assert_true(flows[1].received - before[1] >= RATE / 10 * 9);
  assert_true(server_flows[0].sent - flows[0].received <= MAX_WINDOW + (1u << 20));
  path_close(&p, 2);
}

/* One message of 8 MiB, the first thing on its stream: its window opens as soon as its length is known. */
static void a_large_message_does_not_wait_for_windows(void **state) {
  path p;
  (void)state;
  path_open(&p);
  message_len = sizeof zeros;
  flows[0].call = weir_call_start(p.ch, &up, NULL);
  weir_buf *b = weir_buf_wrap(zeros, message_len, NULL, NULL);
  assert_int_equal(weir_send_async(flows[0].call, b, tick, &(bool){false}), WEIR_PENDING);
  weir_buf_unref(b);
  int ms = 0;
  for (; !server_flows[0].received && ms < 2000; ms++) path_run(&p, WEIR_MS(1));
  print_message("8 MiB took %d ms: connecting 75, the first byte 25, the window 50, the line 67\n", ms);
  assert_in_range(ms, 150, 280);
  path_close(&p, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_stream_fills_the_link),
      cmocka_unit_test(a_hundred_share_it),
      cmocka_unit_test(one_that_is_not_read_stops_nobody),
      cmocka_unit_test(one_that_stops_later),
      cmocka_unit_test(a_large_message_does_not_wait_for_windows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
