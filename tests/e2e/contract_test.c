/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* contract_test.c - what the headers promise where it breaks most easily: callbacks that race with the end of a call,
 * blocking forms in callbacks, several threads at one call, interceptors that refuse, shutdown from handlers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "echo.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static echo_stats stats;
static const echo_impl on_loop = {true, &stats}, on_pool = {false, &stats};

/* One loop that the test drives, a server and a channel on it. */
typedef struct rig {
  weir_loop *loop;
  weir_server *server;
  weir_channel *ch;
  uint16_t port;
} rig;

static void rig_channel(rig *r, weir_channel_opts o) {
  char target[40];
  o.size = sizeof o;
  o.loop = r->loop;
  snprintf(target, sizeof target, "127.0.0.1:%u", r->port);
  r->ch = weir_channel_new(target, weir_creds_insecure(), &o, NULL);
  assert_non_null(r->ch);
}

static rig rig_up(const weir_service *svc, const void *impl, uint32_t threads, uint32_t run_on,
                  weir_server_opts so, weir_channel_opts co) {
  rig r = {0};
  r.loop = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = threads), NULL);
  assert_non_null(r.loop);
  so.loop = r.loop; /* size stays 0: as good as right */
  r.server = weir_server_new(&so, NULL);
  assert_int_equal(weir_server_add(r.server, svc, impl, &r, run_on), WEIR_OK);
  assert_int_equal(weir_server_listen(r.server, "127.0.0.1:0", weir_creds_insecure(), &r.port, NULL), WEIR_OK);
  assert_int_equal(weir_server_start(r.server, NULL), WEIR_OK);
  rig_channel(&r, co);
  return r;
}

static void rig_down(rig *r) {
  weir_channel_unref(r->ch);
  weir_server_unref(r->server);
  weir_loop_unref(r->loop);
}

#define NO_SERVER_OPTS  ((weir_server_opts){0})
#define NO_CHANNEL_OPTS ((weir_channel_opts){0})

typedef struct outcome {
  int ends;
  weir_code code;
} outcome;

static void over(void *arg, weir_call *c, weir_code code) {
  outcome *o = arg;
  weir_buf_unref(weir_reply_msg(c));
  o->ends++;
  o->code = code;
}

static weir_call *unary(weir_channel *ch, const char *text, outcome *o) {
  weir_buf *req = echo_msg(text);
  *o = (outcome){.code = -99};
  weir_call *c = weir_unary_async(ch, &echo_unary, req, NULL, over, o);
  weir_buf_unref(req);
  assert_non_null(c);
  return c;
}

static void drive(rig *r, const volatile int *until) {
  for (int i = 0; i < 500 && !*until; i++) weir_loop_run(r->loop, WEIR_MS(10));
  assert_true(*until);
}

/* ---- the end of a call and its callbacks ------------------------------------------------------------------------- */

static weir_call *kept;
static volatile int kept_set, cancel_fn_ran;

static weir_code keep_call(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)impl;
  (void)ctx;
  (void)req;
  (void)rep;
  kept = weir_call_ref(c);
  kept_set = 1;
  return WEIR_PENDING;
}
static const weir_method *const one_method[] = {&echo_unary};
static weir_handler *const keep_handlers[] = {keep_call};
static const weir_service keep_service = {sizeof keep_service, 1, "test.Echo", one_method, keep_handlers};

static void cancel_ran(void *arg, weir_call *c, weir_code code) {
  (void)arg;
  (void)c;
  (void)code;
  cancel_fn_ran = 1;
}

/* The callback is due when the handler completes: it must not run any more. And completing twice frees once. */
static void on_cancel_does_not_run_after_complete(void **state) {
  rig r = rig_up(&keep_service, NULL, 0, WEIR_ON_LOOP, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
  outcome o;
  (void)state;
  weir_call *c = unary(r.ch, "x", &o);
  kept_set = cancel_fn_ran = 0;
  drive(&r, &kept_set);
  weir_cancel(c);
  drive(&r, &o.ends);
  for (int i = 0; i < 500 && !weir_is_cancelled(kept); i++) weir_loop_run(r.loop, WEIR_MS(10));
  assert_true(weir_is_cancelled(kept));
  assert_true(weir_time_left(kept) < 0);
  weir_on_cancel(kept, cancel_ran, NULL);
  weir_complete(kept, WEIR_OK);
  weir_complete(kept, WEIR_OK);
  for (int i = 0; i < 5; i++) weir_loop_run(r.loop, WEIR_MS(5));
  assert_int_equal(cancel_fn_ran, 0);
  weir_call_unref(kept);
  weir_call_unref(c);
  rig_down(&r);
}

static void *finish_call(void *call) {
  weir_error e;
  return (void *)(intptr_t)weir_finish(call, &e);
}

static void several_threads_may_wait_for_one_call(void **state) {
  rig r = rig_up(&echo_service, &on_loop, 1, WEIR_ON_LOOP, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
  pthread_t threads[3];
  (void)state;
  weir_call *c = weir_call_start(r.ch, &echo_chat, NULL);
  for (int i = 0; i < 3; i++) assert_int_equal(pthread_create(&threads[i], NULL, finish_call, c), 0);
  usleep(20000);
  assert_int_equal(weir_half_close(c), WEIR_OK);
  for (int i = 0; i < 3; i++) {
    void *code;
    pthread_join(threads[i], &code);
    assert_int_equal((intptr_t)code, WEIR_OK);
  }
  weir_call_unref(c);
  rig_down(&r);
}

/* weir_finish beside the callback of weir_unary_async: both are told, the reply is the callback's. */
static void finish_of_an_asynchronous_unary_call(void **state) {
  rig r = rig_up(&echo_service, &on_loop, 0, WEIR_ON_LOOP, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
  outcome o;
  void *msg;
  (void)state;
  weir_call *c = unary(r.ch, "x", &o);
  assert_int_equal(weir_recv(c, NULL, &msg), WEIR_FAILED_PRECONDITION);
  assert_int_equal(weir_finish_async(c, over, &o), WEIR_FAILED_PRECONDITION);
  assert_int_equal(weir_finish(c, NULL), WEIR_OK);
  drive(&r, &o.ends);
  assert_int_equal(o.code, WEIR_OK);
  weir_call_unref(c);
  rig_down(&r);
}

/* ---- blocking forms where nobody may block ------------------------------------------------------------------------ */

typedef struct blocked {
  rig *r;
  weir_call *stream;
  volatile int ran;
} blocked;

static void try_to_block(void *arg, weir_call *none, weir_code code) {
  blocked *b = arg;
  weir_buf *req = echo_msg("x");
  void *rep = NULL;
  weir_error e = {.msg = ""};
  int started = atomic_load(&stats.started);
  (void)none;
  (void)code;
  assert_int_equal(weir_unary(b->r->ch, &echo_unary, req, &rep, NULL, NULL, &e), WEIR_FAILED_PRECONDITION);
  assert_non_null(strstr(e.msg, "weir_unary_async"));
  assert_int_equal(weir_finish(b->stream, &e), WEIR_FAILED_PRECONDITION);
  assert_non_null(strstr(e.msg, "weir_finish_async"));
  assert_int_equal(weir_server_shutdown(b->r->server, -1, NULL, NULL), WEIR_FAILED_PRECONDITION);
  weir_buf_unref(req);
  assert_int_equal(atomic_load(&stats.started), started);
  b->ran = 1;
}

/* Nothing was sent for a weir_unary that could not wait, and weir_finish dropped no message. */
static void blocking_in_a_callback_does_nothing(void **state) {
  rig r = rig_up(&echo_service, &on_loop, 0, WEIR_ON_LOOP, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
  blocked b = {.r = &r};
  (void)state;
  b.stream = weir_call_start(r.ch, &echo_chat, NULL);
  weir_buf *hi = echo_msg("hi");
  assert_int_equal(weir_send(b.stream, hi), WEIR_OK);
  weir_buf_unref(hi);
  size_t n;
  (void)weir_headers(b.stream, &n);
  int started = atomic_load(&stats.started);
  assert_int_equal(weir_loop_post(r.loop, 0, try_to_block, &b), WEIR_OK);
  drive(&r, &b.ran);
  void *msg = NULL;
  assert_int_equal(weir_recv(b.stream, NULL, &msg), WEIR_OK);
  assert_true(echo_is(msg, "hi"));
  assert_int_equal(atomic_load(&stats.started), started);
  weir_call_unref(b.stream);
  rig_down(&r);
}

/* ---- sending ----------------------------------------------------------------------------------------------------------- */

/* The engine tells of room below 32 KiB only; a smaller buffer must not wait for what never comes. */
static void small_send_buffers_do_not_hang(void **state) {
  rig r = rig_up(&echo_service, &on_pool, 2, WEIR_ON_POOL, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
  static const uint32_t sizes[] = {1, 1000, 40000, 65536};
  (void)state;
  char *big = test_malloc(30000);
  memset(big, 'x', 30000);
  weir_buf *m = weir_buf_copy(big, 30000);
  test_free(big);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    weir_call *c = weir_call_start(
        r.ch, &echo_sum, WEIR_OPTS(weir_call_opts, .send_buffer = sizes[i], .timeout_ns = WEIR_SECONDS(20)));
    void *rep;
    for (int k = 0; k < 100; k++) assert_int_equal(weir_send(c, m), WEIR_OK);
    assert_int_equal(weir_half_close(c), WEIR_OK);
    assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
    assert_true(echo_is(rep, "3000000"));
    assert_int_equal(weir_finish(c, NULL), WEIR_OK);
    weir_call_unref(c);
  }
  weir_buf_unref(m);
  rig_down(&r);
}

/* Before there is a connection as after: the message is refused, the call goes on. */
static void too_large_a_message_does_not_end_the_call(void **state) {
  rig r = rig_up(&echo_service, &on_loop, 0, WEIR_ON_LOOP, NO_SERVER_OPTS,
                 (weir_channel_opts){.max_send_bytes = 10});
  weir_buf *large = echo_msg("more than ten bytes"), *small = echo_msg("small");
  weir_error e;
  void *rep;
  (void)state;
  weir_call *c = weir_call_start(r.ch, &echo_chat, NULL);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(weir_send(c, large), WEIR_RESOURCE_EXHAUSTED);
    assert_int_equal(weir_send(c, small), WEIR_OK);
    assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
    assert_true(echo_is(rep, "small"));
  }
  weir_half_close(c);
  assert_int_equal(weir_finish(c, &e), WEIR_OK);
  weir_call_unref(c);
  assert_int_equal(weir_unary(r.ch, &echo_unary, large, &rep, NULL, NULL, &e), WEIR_RESOURCE_EXHAUSTED);
  assert_string_equal(e.msg, "the request has 19 bytes, more than the channel's max_send_bytes (10)");
  weir_buf_unref(large);
  weir_buf_unref(small);
  rig_down(&r);
}

/* ---- interceptors --------------------------------------------------------------------------------------------------------- */

typedef struct guard {
  bool refuse_start, refuse_sent, refuse_received;
  atomic_int starts, ends;
} guard;

static weir_code guard_start(void *ctx, weir_call *c, weir_call_info *io) {
  guard *g = ctx;
  (void)c;
  (void)io;
  atomic_fetch_add(&g->starts, 1);
  return g->refuse_start ? WEIR_PERMISSION_DENIED : WEIR_OK;
}
static weir_code guard_message(void *ctx, weir_call *c, bool sent, weir_str raw) {
  guard *g = ctx;
  (void)c;
  (void)raw;
  return (sent ? g->refuse_sent : g->refuse_received) ? WEIR_DATA_LOSS : WEIR_OK;
}
static void guard_end(void *ctx, weir_call *c, weir_code code) {
  guard *g = ctx;
  (void)c;
  (void)code;
  atomic_fetch_add(&g->ends, 1);
}

static weir_code one_chat(rig *r) {
  weir_call *c = weir_call_start(r->ch, &echo_chat, WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_SECONDS(10)));
  weir_buf *m = echo_msg("hi");
  void *rep = NULL;
  if (!weir_send(c, m) && !weir_recv(c, NULL, &rep)) weir_buf_unref(rep);
  weir_half_close(c);
  weir_code code = weir_finish(c, NULL);
  weir_buf_unref(m);
  weir_call_unref(c);
  return code;
}

/* Which refusal, on which side; the client's view of it. A server tells its client the code. */
static void refusals_end_calls(void **state) {
  (void)state;
  for (int side = 0; side < 2; side++)
    for (int kind = 0; kind < 4; kind++)
      for (uint32_t run_on = 0; run_on < 2; run_on++) {
        guard g = {.refuse_start = kind == 1, .refuse_sent = kind == 2, .refuse_received = kind == 3};
        weir_interceptor in = {sizeof in, &g, guard_start, guard_message, guard_end};
        const weir_interceptor *ins[] = {&in};
        rig r = rig_up(&echo_service, run_on == WEIR_ON_LOOP ? &on_loop : &on_pool, 1, run_on,
                       side ? (weir_server_opts){.interceptors = ins, .n_interceptors = 1} : NO_SERVER_OPTS,
                       side ? NO_CHANNEL_OPTS : (weir_channel_opts){.interceptors = ins, .n_interceptors = 1});
        weir_code want = kind == 0 ? WEIR_OK : kind == 1 ? WEIR_PERMISSION_DENIED : WEIR_DATA_LOSS;
        assert_int_equal(one_chat(&r), want);
        weir_buf *req = echo_msg("hi");
        void *rep = NULL;
        assert_int_equal(weir_unary(r.ch, &echo_unary, req, &rep, NULL, NULL, NULL), want);
        if (!want) weir_buf_unref(rep);
        weir_buf_unref(req);
        for (int i = 0; i < 500 && atomic_load(&g.ends) < 2; i++) usleep(10000);
        assert_int_equal(atomic_load(&g.starts), 2);
        assert_int_equal(atomic_load(&g.ends), 2);
        rig_down(&r);
      }
}

/* ---- a connection that breaks while we write ------------------------------------------------------------------------ */

static size_t put_frame(uint8_t *to, uint8_t type, uint8_t flags, const void *payload, size_t len) {
  const uint8_t head[9] = {0, 0, (uint8_t)len, type, flags, 0, 0, 0, type == 4 ? 0 : 1};
  memcpy(to, head, 9);
  if (len) memcpy(to + 9, payload, len);
  return 9 + len;
}

/* A whole answer on stream 1; RFC 7541: :status 200 is entry 8, the others are literals. */
static size_t whole_answer(uint8_t *to) {
  static const char headers[] = "\x88\x00\x0c"
                                "content-type\x10"
                                "application/grpc";
  static const char trailers[] = "\x00\x0b"
                                 "grpc-status\x01"
                                 "0";
  size_t n = put_frame(to, 1, 4, headers, sizeof headers - 1);
  n += put_frame(to + n, 0, 0, "\0\0\0\0\2hi", 7);
  return n + put_frame(to + n, 1, 5, trailers, sizeof trailers - 1);
}

static int raw_listen(uint16_t *port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t len = sizeof a;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  assert_true(fd >= 0 && !bind(fd, (struct sockaddr *)&a, len) && !listen(fd, 1));
  assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
  *port = ntohs(a.sin_port);
  return fd;
}

/* The server answered and closed; we write before we read. What it said counts. */
static void an_answer_counts_though_writing_failed(void **state) {
  rig r = {.loop = weir_loop_new(NULL, NULL)};
  uint8_t bytes[4096];
  outcome o;
  (void)state;
  int listener = raw_listen(&r.port);
  rig_channel(&r, NO_CHANNEL_OPTS);
  weir_call *c = unary(r.ch, "x", &o), *others[3];
  for (int i = 0; i < 5; i++) weir_loop_run(r.loop, WEIR_MS(5));
  int fd = accept(listener, NULL, NULL);
  assert_true(send(fd, bytes, put_frame(bytes, 4, 0, NULL, 0), 0) == 9);
  for (int i = 0; i < 10; i++) weir_loop_run(r.loop, WEIR_MS(5));
  assert_true(recv(fd, bytes, sizeof bytes, 0) > 24);
  assert_true(send(fd, bytes, whole_answer(bytes), 0) > 0);
  close(fd);
  close(listener);
  for (int i = 0; i < 3; i++) { /* the loop is not driven: each writes by itself */
    others[i] = weir_call_start(r.ch, &echo_chat, NULL);
    usleep(10000);
  }
  drive(&r, &o.ends);
  assert_int_equal(o.code, WEIR_OK);
  for (int i = 0; i < 3; i++) weir_call_unref(others[i]);
  weir_call_unref(c);
  rig_down(&r);
}

static volatile int slow_allocs;

static void *slow_alloc(void *ctx, void *p, size_t old_size, size_t new_size) {
  (void)ctx;
  (void)old_size;
  if (slow_allocs && new_size) usleep(150000);
  if (new_size) return realloc(p, new_size);
  free(p);
  return NULL;
}

/* The reset comes after the deadline, in a turn that began before it: the metadata ahead of it took so long to keep. */
static void a_cancel_after_the_deadline_is_no_cancel(void **state) {
  weir_hooks hooks = {.size = sizeof hooks, .alloc = slow_alloc};
  rig r = {.loop = weir_loop_new(WEIR_OPTS(weir_loop_opts, .hooks = &hooks), NULL)};
  uint8_t bytes[4096];
  (void)state;
  int listener = raw_listen(&r.port);
  rig_channel(&r, NO_CHANNEL_OPTS);
  weir_call *c = weir_call_start(r.ch, &echo_chat, WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_MS(100)));
  while (weir_channel_state(r.ch, true) == WEIR_IDLE) weir_loop_run(r.loop, WEIR_MS(1));
  weir_loop_run(r.loop, WEIR_MS(1));
  int fd = accept(listener, NULL, NULL);
  size_t n = put_frame(bytes, 4, 0, NULL, 0);
  assert_true(send(fd, bytes, n, 0) == (ssize_t)n);
  while (weir_channel_state(r.ch, false) != WEIR_READY) weir_loop_run(r.loop, WEIR_MS(1));
  n = put_frame(bytes, 1, 4,
                "\x88\x00\x0c"
                "content-type\x10"
                "application/grpc\x00\1a\1b",
                37);
  n += put_frame(bytes + n, 3, 0, "\0\0\0\10", 4);
  assert_true(send(fd, bytes, n, 0) == (ssize_t)n);
  slow_allocs = 1;
  weir_error e = {0};
  assert_int_equal(weir_finish(c, &e), WEIR_DEADLINE_EXCEEDED);
  slow_allocs = 0;
  assert_string_equal(e.msg, "Deadline Exceeded");
  weir_call_unref(c);
  close(fd);
  close(listener);
  rig_down(&r);
}

/* ---- servers ----------------------------------------------------------------------------------------------------------------- */

static weir_code stop_server(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  weir_server *s = *(weir_server *const *)impl;
  (void)c;
  (void)ctx;
  *(weir_buf **)rep = weir_buf_ref((weir_buf *)(uintptr_t)req);
  return weir_server_shutdown(s, -1, NULL, NULL) == WEIR_FAILED_PRECONDITION ? WEIR_OK : WEIR_INTERNAL;
}
static weir_handler *const stop_handlers[] = {stop_server};
static const weir_service stop_service = {sizeof stop_service, 1, "test.Echo", one_method, stop_handlers};

/* It cannot wait for itself; the server stops all the same, after this call. */
static void shutdown_from_a_handler(void **state) {
  (void)state;
  for (uint32_t run_on = 0; run_on < 2; run_on++) {
    weir_server *server = NULL;
    rig r = rig_up(&stop_service, &server, 1, run_on, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
    server = r.server;
    weir_buf *req = echo_msg("x");
    void *rep = NULL;
    assert_int_equal(weir_unary(r.ch, &echo_unary, req, &rep, NULL, NULL, NULL), WEIR_OK);
    weir_buf_unref(rep);
    weir_buf_unref(req);
    assert_int_equal(weir_server_shutdown(r.server, -1, NULL, NULL), WEIR_OK);
    rig_down(&r);
  }
}

static weir_code drop_server(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)c;
  (void)ctx;
  *(weir_buf **)rep = weir_buf_ref((weir_buf *)(uintptr_t)req);
  weir_server_unref(*(weir_server *const *)impl);
  return WEIR_OK;
}
static weir_handler *const drop_handlers[] = {drop_server};
static const weir_service drop_service = {sizeof drop_service, 1, "test.Echo", one_method, drop_handlers};

static void the_last_unref_in_a_handler(void **state) {
  (void)state;
  for (uint32_t run_on = 0; run_on < 2; run_on++) {
    weir_server *server = NULL;
    rig r = rig_up(&drop_service, &server, 1, run_on, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
    server = r.server;
    r.server = NULL;
    weir_buf *req = echo_msg("x");
    void *rep = NULL;
    weir_code code = weir_unary(r.ch, &echo_unary, req, &rep, NULL, NULL, NULL);
    assert_int_equal(code, WEIR_UNAVAILABLE); /* shut down without grace */
    weir_buf_unref(req);
    rig_down(&r);
  }
}

static void a_reply_nobody_wants(void **state) {
  rig r = rig_up(&echo_service, &on_loop, 0, WEIR_ON_LOOP, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
  weir_buf *req = echo_msg("x");
  (void)state;
  assert_int_equal(weir_unary(r.ch, &echo_unary, req, NULL, NULL, NULL, NULL), WEIR_OK);
  weir_buf_unref(req);
  rig_down(&r);
}

/* What a newcomer meets first says what to do about it. */
static void first_mistakes_are_named(void **state) {
  static const weir_method no_slash = {sizeof no_slash, WEIR_UNARY, "test.Echo/Unary", NULL, NULL};
  static const weir_kv upper = {{"Upper", 5}, {"v", 1}};
  static const struct {
    const char *target; /* NULL: the server */
    const weir_method *method;
    const weir_kv *metadata;
    weir_code code;
    const char *says;
  } mistakes[] = {
      {"127.0.0.1:1", &echo_unary, NULL, WEIR_UNAVAILABLE, "nothing listens there"},
      {"unix:/nowhere/none.sock", &echo_unary, NULL, WEIR_UNAVAILABLE, "no server has made this socket"},
      {"http://localhost:1", NULL, NULL, WEIR_INVALID_ARGUMENT, "the credentials' choice"},
      {NULL, &echo_missing, NULL, WEIR_UNIMPLEMENTED, "/test.Echo/Missing"},
      {NULL, &no_slash, NULL, WEIR_INTERNAL, "a path is \"/package.Service/Method\""},
      {NULL, &echo_unary, &upper, WEIR_INTERNAL, "\"Upper\" is not legal: keys are of a-z"},
  };
  rig r = rig_up(&echo_service, &on_loop, 0, WEIR_ON_LOOP, NO_SERVER_OPTS, NO_CHANNEL_OPTS);
  weir_buf *req = echo_msg("x");
  (void)state;
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
    weir_error e = {.msg = ""};
    void *rep;
    weir_channel *ch = mistakes[i].target
                           ? weir_channel_new(mistakes[i].target, weir_creds_insecure(), NULL, &e)
                           : weir_channel_ref(r.ch);
    if (ch)
      (void)weir_unary(ch, mistakes[i].method, req, &rep, NULL,
                       WEIR_OPTS(weir_call_opts, .metadata = mistakes[i].metadata,
                                 .n_metadata = mistakes[i].metadata != NULL),
                       &e);
    assert_int_equal(e.code, mistakes[i].code);
    if (!strstr(e.msg, mistakes[i].says)) fail_msg("'%s' does not say: %s", e.msg, mistakes[i].says);
    weir_channel_unref(ch);
  }
  weir_buf_unref(req);
  rig_down(&r);
}

static void a_server_without_address_says_so(void **state) {
  weir_error e;
  (void)state;
  weir_server *s = weir_server_new(NULL, &e);
  assert_int_equal(weir_server_run(s, &e), WEIR_FAILED_PRECONDITION);
  assert_non_null(strstr(e.msg, "weir_server_listen"));
  weir_server_unref(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(on_cancel_does_not_run_after_complete),
      cmocka_unit_test(several_threads_may_wait_for_one_call),
      cmocka_unit_test(finish_of_an_asynchronous_unary_call),
      cmocka_unit_test(blocking_in_a_callback_does_nothing),
      cmocka_unit_test(small_send_buffers_do_not_hang),
      cmocka_unit_test(too_large_a_message_does_not_end_the_call),
      cmocka_unit_test(refusals_end_calls),
      cmocka_unit_test(an_answer_counts_though_writing_failed),
      cmocka_unit_test(a_cancel_after_the_deadline_is_no_cancel),
      cmocka_unit_test(shutdown_from_a_handler),
      cmocka_unit_test(the_last_unref_in_a_handler),
      cmocka_unit_test(a_reply_nobody_wants),
      cmocka_unit_test(first_mistakes_are_named),
      cmocka_unit_test(a_server_without_address_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
