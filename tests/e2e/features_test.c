/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* features_test.c - what surrounds calls: TLS, interceptors, parents, reconnection, foreign loops, completion queues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "echo.h"

#ifdef WEIR_HAVE_TLS
#include "tls/test_certs.h"
#endif

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static echo_stats stats;
static const echo_impl on_loop = {true, &stats};

static weir_server *server_up(const weir_server_opts *o, weir_creds *creds, uint16_t *port) {
  weir_error e;
  char addr[64];
  weir_server *s = weir_server_new(o, &e);
  if (!s) fail_msg("%s", e.msg);
  assert_int_equal(weir_server_add(s, &echo_service, &on_loop, NULL, WEIR_ON_LOOP), WEIR_OK);
  snprintf(addr, sizeof addr, "127.0.0.1:%u", *port);
  int tries = 100; /* a port that was free for a moment may be another test's client's */
  while (weir_server_listen(s, addr, creds, port, &e))
    if (!*port || e.code != WEIR_UNAVAILABLE || --tries == 0 || usleep(50000)) fail_msg("%s", e.msg);
  if (weir_server_start(s, &e)) fail_msg("%s", e.msg);
  return s;
}

static weir_channel *channel_to(const char *host, uint16_t port, weir_creds *creds,
                                const weir_channel_opts *o) {
  weir_error e;
  char target[80];
  snprintf(target, sizeof target, "%s:%u", host, port);
  weir_channel *ch = weir_channel_new(target, creds, o, &e);
  if (!ch) fail_msg("%s", e.msg);
  return ch;
}

static weir_code echo(weir_channel *ch, const char *text, const weir_call_opts *o, weir_error *e) {
  weir_buf *req = echo_msg(text);
  void *rep = NULL;
  weir_code code = weir_unary(ch, &echo_unary, req, &rep, NULL, o, e);
  weir_buf_unref(req);
  if (!code) assert_true(echo_is(rep, text));
  return code;
}

static weir_loop *loop_of(uint32_t threads) {
  weir_error e;
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = threads), &e);
  if (!l) fail_msg("%s", e.msg);
  return l;
}

/* ---- TLS -------------------------------------------------------------------------------------------------------------- */

#ifdef WEIR_HAVE_TLS
static weir_creds *tls(const weir_tls_opts *o) {
  weir_error e;
  weir_creds *c = weir_creds_tls(o, &e);
  if (!c) fail_msg("%s", e.msg);
  return c;
}

static const char *property(weir_call *c, const char *key, char *to, size_t cap) {
  size_t n;
  weir_str val = WEIR_STR("(none)");
  const weir_kv *kvs = weir_call_peer_auth(c, &n);
  weir_kv_get(kvs, n, key, &val);
  snprintf(to, cap, WEIR_FMT, WEIR_ARG(val));
  return to;
}

static weir_code tell_peer(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  const char *key = impl;
  char text[4096];
  (void)ctx, (void)req;
  *(weir_buf **)rep = echo_msg(property(c, key, text, sizeof text));
  return WEIR_OK;
}

static void who_the_peer_is(void **state) {
  static const weir_method *const methods[] = {&echo_unary};
  static weir_handler *const handlers[] = {tell_peer};
  static const weir_service service = {sizeof service, 1, "test.Echo", methods, handlers};
  static const char *const rows[][3] = {
      /* what a server sees, with and without a certificate of the client's */
      {"transport_security_type", "ssl", "ssl"},
      {"security_level", "TSI_PRIVACY_AND_INTEGRITY", "TSI_PRIVACY_AND_INTEGRITY"},
      {"ssl_session_reused", "false", "false"},
      {"x509_common_name", "client", "(none)"},
      {"x509_subject_alternative_name", "client.test", "(none)"},
      {"peer_dns", "client.test", "(none)"},
      {"peer_ip", "10.1.2.3", "(none)"},
      {"peer_uri", "spiffe://a/b", "(none)"},
      {"peer_spiffe_id", "spiffe://a/b", "(none)"},
      {"peer_email", "me@client.test", "(none)"},
  };
  test_cert ca = test_cert_make("ca", NULL, NULL, TEST_CA),
            cert = test_cert_make("s", "DNS:localhost", &ca, 0);
  test_cert mine =
      test_cert_make("client", "DNS:client.test,IP:10.1.2.3,URI:spiffe://a/b,email:me@client.test", &ca, 0);
  weir_creds *server =
      tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert), .cert_pem = test_pem(cert.cert),
                    .key_pem = test_pem(cert.key), .need_client_cert = WEIR_CLIENT_CERT_OPTIONAL));
  weir_creds *with = tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert),
                                   .cert_pem = test_pem(mine.cert), .key_pem = test_pem(mine.key)));
  weir_creds *without = tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert)));
  (void)state;
  for (size_t i = 0; i <= sizeof rows / sizeof *rows; i++) {
    bool whole = i == sizeof rows / sizeof *rows; /* the certificate itself */
    for (int k = 0; k < 2; k++) {
      weir_error e;
      uint16_t port = 0;
      void *rep = NULL;
      char seen[4096];
      weir_server *s = weir_server_new(NULL, &e);
      assert_int_equal(weir_server_add(s, &service, whole ? "x509_pem_cert" : rows[i][0], NULL, WEIR_ON_LOOP),
                       WEIR_OK);
      assert_int_equal(weir_server_listen(s, "127.0.0.1:0", server, &port, &e), WEIR_OK);
      assert_int_equal(weir_server_start(s, &e), WEIR_OK);
      weir_channel *ch = channel_to("localhost", port, k ? without : with, NULL);
      weir_buf *req = echo_msg("");
      weir_call *c = weir_call_start(ch, &echo_unary, NULL);
      assert_int_equal(weir_send(c, req), WEIR_OK);
      assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
      weir_buf_unref(req);
      assert_true(echo_is(rep, whole ? (k ? "(none)" : mine.cert) : rows[i][1 + k]));
      assert_string_equal(property(c, "x509_common_name", seen, sizeof seen), "s");
      assert_string_equal(property(c, "x509_pem_cert", seen, sizeof seen), cert.cert);
      weir_call_unref(c);
      weir_channel_unref(ch);
      weir_server_unref(s);
    }
  }
  weir_creds *all[] = {server, with, without};
  for (size_t i = 0; i < 3; i++) weir_creds_unref(all[i]);
  test_cert *certs[] = {&ca, &cert, &mine};
  for (size_t i = 0; i < 3; i++) test_cert_free(certs[i]);
}

static void tls_both_ways(void **state) {
  test_cert ca = test_cert_make("ca", NULL, NULL, TEST_CA),
            cert = test_cert_make("s", "DNS:localhost", &ca, 0),
            mine = test_cert_make("c", "DNS:client", &ca, 0), other = test_cert_make("x", NULL, NULL, TEST_CA);
  weir_creds *server =
      tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert), .cert_pem = test_pem(cert.cert),
                    .key_pem = test_pem(cert.key), .need_client_cert = WEIR_CLIENT_CERT_REQUIRED));
  weir_creds *client = tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert),
                                     .cert_pem = test_pem(mine.cert), .key_pem = test_pem(mine.key)));
  weir_creds *without = tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert)));
  weir_creds *wrong_ca = tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(other.cert)));
  weir_loop *l = loop_of(1);
  uint16_t port = 0;
  weir_error e;
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), server, &port);
  weir_channel *ch = channel_to("localhost", port, client, NULL);
  for (int i = 0; i < 20; i++)
    if (echo(ch, "over TLS", NULL, &e)) fail_msg("%s", e.msg);
  size_t n = 2 * 1024 * 1024;
  char *big = malloc(n + 1);
  memset(big, 'b', n);
  big[n] = 0;
  if (echo(ch, big, NULL, &e)) fail_msg("%s", e.msg);
  free(big);
  weir_channel_unref(ch);

  ch = channel_to("localhost", port, wrong_ca, NULL);
  assert_int_equal(echo(ch, "x", NULL, &e), WEIR_UNAVAILABLE);
  assert_non_null(strstr(e.msg, "certificate verify failed"));
  weir_channel_unref(ch);
  ch = channel_to("127.0.0.1", port, client, NULL);
  assert_int_equal(echo(ch, "x", NULL, &e), WEIR_UNAVAILABLE);
  assert_non_null(strstr(e.msg, "127.0.0.1"));
  weir_channel_unref(ch);
  ch = channel_to("localhost", port, without, NULL);
  assert_int_equal(echo(ch, "x", NULL, &e), WEIR_UNAVAILABLE);
  assert_non_null(strstr(e.msg, "the server requires a client certificate: pass cert_pem and key_pem"));
  weir_channel_unref(ch);
  ch = channel_to("localhost", port, weir_creds_insecure(), NULL);
  assert_int_equal(echo(ch, "x", NULL, &e), WEIR_UNAVAILABLE);
  weir_channel_unref(ch);

  weir_server_unref(s);
  weir_loop_unref(l);
  weir_creds *all[] = {server, client, without, wrong_ca};
  for (size_t i = 0; i < 4; i++) weir_creds_unref(all[i]);
  test_cert *certs[] = {&ca, &cert, &mine, &other};
  for (size_t i = 0; i < 4; i++) test_cert_free(certs[i]);
}
#endif

/* ---- call credentials ---------------------------------------------------------------------------------------------------- */

/* What a function of weir_creds_with_call answers, and when. */
typedef struct giver {
  const char *key, *val;
  weir_code code;
  bool later;
  atomic_int asked, released;
  weir_call *call;
  char authority[40];
} giver;

static void giver_answer(void *arg, weir_call *none, weir_code code) {
  giver *g = arg;
  weir_kv kv = {weir_str_of(g->key), weir_str_of(g->val)};
  (void)none, (void)code;
  weir_call_authorize(g->call, g->code, g->code ? g->val : NULL, &kv, 1);
}

static void *giver_thread(void *arg) {
  usleep(2000);
  giver_answer(arg, NULL, WEIR_OK);
  return NULL;
}

static void giver_asked(void *arg, weir_call *c, weir_code code) {
  giver *g = arg;
  pthread_t t;
  assert_int_equal(code, WEIR_OK);
  assert_string_equal(weir_call_method(c), "/test.Echo/Unary");
  snprintf(g->authority, sizeof g->authority, "%s", weir_call_authority(c));
  g->call = c;
  atomic_fetch_add(&g->asked, 1);
  if (!g->later) {
    giver_answer(g, NULL, WEIR_OK);
  } else {
    assert_int_equal(pthread_create(&t, NULL, giver_thread, g), 0);
    pthread_detach(t);
  }
}

static void giver_release(void *arg) { atomic_fetch_add(&((giver *)arg)->released, 1); }

static void call_creds_never_in_plaintext(void **state) {
  uint16_t port = 0;
  giver g = {.key = "authorization", .val = "Bearer x"};
  weir_error e = {0};
  (void)state;
  weir_server *s = server_up(NULL, weir_creds_insecure(), &port);
  weir_creds *creds = weir_creds_with_call(NULL, giver_asked, &g, giver_release);
  weir_creds *both = weir_creds_with_call(weir_creds_insecure(), giver_asked, &g, giver_release);
  assert_null(weir_channel_new("127.0.0.1:1", creds, NULL, &e));
  assert_int_equal(e.code, WEIR_INVALID_ARGUMENT);
  assert_int_equal(weir_server_listen(s, "127.0.0.1:0", creds, NULL, &e), WEIR_INVALID_ARGUMENT);
  for (int i = 0; i < 2; i++) {
    weir_channel *ch = channel_to("127.0.0.1", port, i ? both : weir_creds_insecure(), NULL);
    weir_call_opts o = {.size = sizeof o, .creds = i ? NULL : creds};
    assert_int_equal(echo(ch, "x", &o, &e), WEIR_UNAUTHENTICATED);
    assert_string_equal(
        e.msg, "Established channel does not have a sufficient security level to transfer call credential.");
    weir_channel_unref(ch);
  }
  weir_creds_unref(both);
  weir_creds_unref(creds);
  assert_int_equal(g.asked, 0);
  assert_int_equal(g.released, 2);
  weir_server_unref(s);
}

#ifdef WEIR_HAVE_TLS
static void ask(weir_channel *ch, giver *g, weir_code want, const char *text) {
  weir_error e = {.msg = ""};
  weir_creds *creds = weir_creds_with_call(NULL, giver_asked, g, giver_release);
  weir_call_opts o = {.size = sizeof o, .creds = creds};
  int released = g->released, asked = g->asked;
  assert_int_equal(echo(ch, "x", &o, &e), want);
  assert_string_equal(e.msg, text);
  weir_creds_unref(creds);
  while (g->released == released) usleep(100); /* the call's reference goes on the loop */
  assert_int_equal(g->asked, asked + 1);
}

static void call_creds_over_tls(void **state) {
  test_cert ca = test_cert_make("ca", NULL, NULL, TEST_CA),
            cert = test_cert_make("s", "DNS:localhost", &ca, 0);
  weir_creds *server =
      tls(WEIR_OPTS(weir_tls_opts, .cert_pem = test_pem(cert.cert), .key_pem = test_pem(cert.key)));
  weir_creds *client = tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert)));
  giver of_channel = {.key = "x-first", .val = "1"}, of_call = {.key = "x-echo", .val = "token"};
  weir_creds *both = weir_creds_with_call(client, giver_asked, &of_channel, giver_release);
  uint16_t port = 0;
  weir_server *s = server_up(NULL, server, &port);
  weir_error e;
  (void)state;
  for (int later = 0; later < 4; later++) {
    of_channel.later = later & 1;
    of_call.later = later & 2;
    weir_channel *ch = channel_to("localhost", port, both, NULL);
    weir_creds *creds = weir_creds_with_call(NULL, giver_asked, &of_call, NULL);
    weir_kv own = {WEIR_STR("x-own"), WEIR_STR("o")};
    weir_call *c = weir_call_start(
        ch, &echo_unary, WEIR_OPTS(weir_call_opts, .creds = creds, .metadata = &own, .n_metadata = 1));
    weir_creds_unref(creds);
    weir_buf *req = echo_msg("meta");
    assert_int_equal(weir_send(c, req), WEIR_OK);
    weir_buf_unref(req);
    if (weir_finish(c, &e)) fail_msg("%s", e.msg);
    size_t n;
    weir_str val = WEIR_STR("none");
    const weir_kv *kvs = weir_headers(c, &n);
    weir_kv_get(kvs, n, "x-echo", &val);
    assert_true(weir_str_eq(val, WEIR_STR("token")));
    weir_call_unref(c);
    weir_channel_unref(ch);
  }
  assert_int_equal(of_channel.asked, 4);
  assert_int_equal(of_call.asked, 4);
  assert_non_null(strstr(of_call.authority, "localhost:"));

  weir_channel *ch = channel_to("localhost", port, client, NULL);
  for (int later = 0; later < 2; later++) {
    giver g = {.key = "Bad", .val = "x", .later = later};
    ask(ch, &g, WEIR_UNAVAILABLE, "Illegal metadata");
    g = (giver){.key = "", .val = "no token", .code = WEIR_UNAUTHENTICATED, .later = later};
    ask(ch, &g, WEIR_UNAUTHENTICATED, "no token");
    g = (giver){.key = "", .val = "nobody", .code = WEIR_NOT_FOUND, .later = later};
    ask(ch, &g, WEIR_INTERNAL,
        "Illegal status code from call credentials; original status: NOT_FOUND: nobody");
  }
  weir_channel_unref(ch);
  weir_creds_unref(both);
  assert_int_equal(of_channel.released, 1);
  weir_creds_unref(client);
  weir_creds_unref(server);
  weir_server_unref(s);
  test_cert_free(&ca);
  test_cert_free(&cert);
}

static void keep_asked(void *arg, weir_call *c, weir_code code) {
  (void)code;
  *(weir_call **)arg = c;
}

/* The call ends while its credentials are asked; the answer comes all the same, and does nothing. */
static void call_creds_that_come_too_late(void **state) {
  test_cert ca = test_cert_make("ca", NULL, NULL, TEST_CA),
            cert = test_cert_make("s", "DNS:localhost", &ca, 0);
  weir_creds *server =
      tls(WEIR_OPTS(weir_tls_opts, .cert_pem = test_pem(cert.cert), .key_pem = test_pem(cert.key)));
  weir_creds *client = tls(WEIR_OPTS(weir_tls_opts, .ca_pem = test_pem(ca.cert)));
  weir_call *asked = NULL;
  weir_creds *creds = weir_creds_with_call(NULL, keep_asked, &asked, NULL);
  weir_loop *l = loop_of(0);
  uint16_t port = 0;
  weir_error e = {0};
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), server, &port);
  weir_channel *ch = channel_to("localhost", port, client, WEIR_OPTS(weir_channel_opts, .loop = l));
  for (int i = 0; i < 3; i++) {
    weir_call_opts o = {.size = sizeof o, .creds = creds, .timeout_ns = i == 1 ? WEIR_MS(2000) : 0};
    asked = NULL;
    weir_call *c = weir_call_start(ch, &echo_unary, &o);
    while (!asked) weir_loop_run(l, WEIR_MS(10));
    if (i == 0) weir_cancel(c);
    if (i == 1) {
      assert_int_equal(weir_finish(c, &e), WEIR_DEADLINE_EXCEEDED);
      assert_string_equal(e.msg, "Deadline Exceeded while waiting for call credentials");
    }
    if (i == 2) weir_channel_unref(ch);
    assert_int_equal(weir_finish(c, &e), i == 1 ? WEIR_DEADLINE_EXCEEDED : WEIR_CANCELLED);
    weir_call_unref(c);
    weir_call_authorize(asked, WEIR_OK, NULL, NULL, 0);
  }
  weir_creds_unref(creds);
  weir_creds_unref(client);
  weir_creds_unref(server);
  weir_server_unref(s);
  weir_loop_unref(l);
  test_cert_free(&ca);
  test_cert_free(&cert);
}
#endif

/* ---- interceptors -------------------------------------------------------------------------------------------------------- */

typedef struct spy {
  atomic_int starts, sent, received, ends, refuse;
  weir_kv add;
} spy;

static weir_code spy_start(void *ctx, weir_call *c, weir_call_info *io) {
  spy *s = ctx;
  (void)c;
  atomic_fetch_add(&s->starts, 1);
  if (s->add.key.len) {
    io->metadata = &s->add;
    io->n_metadata = 1;
  }
  return atomic_load(&s->refuse);
}
static weir_code spy_message(void *ctx, weir_call *c, bool sent, weir_str raw) {
  spy *s = ctx;
  (void)c;
  (void)raw;
  atomic_fetch_add(sent ? &s->sent : &s->received, 1);
  return WEIR_OK;
}
static void spy_end(void *ctx, weir_call *c, weir_code code) {
  spy *s = ctx;
  (void)c;
  (void)code;
  atomic_fetch_add(&s->ends, 1);
}

static void wait_for(atomic_int *n, int want) {
  for (int i = 0; i < 5000 && atomic_load(n) != want; i++) usleep(1000);
  assert_int_equal(atomic_load(n), want);
}

static void interceptors_on_both_sides(void **state) {
  spy there = {0}, here = {.add = {WEIR_STR("x-echo"), WEIR_STR("added")}};
  const weir_interceptor si = {sizeof si, &there, spy_start, spy_message, spy_end};
  const weir_interceptor ci = {sizeof ci, &here, spy_start, spy_message, spy_end};
  const weir_interceptor *sis[] = {&si}, *cis[] = {&ci};
  weir_loop *l = loop_of(1);
  uint16_t port = 0;
  weir_error e;
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l, .interceptors = sis, .n_interceptors = 1),
                             weir_creds_insecure(), &port);
  weir_channel *ch = channel_to("127.0.0.1", port, weir_creds_insecure(),
                                WEIR_OPTS(weir_channel_opts, .interceptors = cis, .n_interceptors = 1));
  weir_call *c = weir_call_start(ch, &echo_unary, NULL);
  weir_buf *req = echo_msg("meta");
  void *rep;
  size_t n;
  weir_str val;
  assert_int_equal(weir_send(c, req), WEIR_OK);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_OK);
  assert_true(echo_is(rep, "meta"));
  const weir_kv *headers = weir_headers(c, &n);
  assert_true(weir_kv_get(headers, n, "x-echo", &val)); /* what the client's interceptor added came back */
  assert_true(weir_str_eq(val, WEIR_STR("added")));
  assert_int_equal(weir_finish(c, &e), WEIR_OK);
  weir_call_unref(c);
  wait_for(&here.ends, 1);
  wait_for(&there.ends, 1);
  assert_int_equal(here.starts + here.sent + here.received, 3);
  assert_int_equal(there.starts + there.sent + there.received, 3);
  atomic_store(&there.refuse, WEIR_PERMISSION_DENIED);
  assert_int_equal(weir_unary(ch, &echo_unary, req, &rep, NULL, NULL, &e), WEIR_PERMISSION_DENIED);
  atomic_store(&here.refuse, WEIR_UNAUTHENTICATED);
  assert_int_equal(weir_unary(ch, &echo_unary, req, &rep, NULL, NULL, &e), WEIR_UNAUTHENTICATED);
  weir_buf_unref(req);
  wait_for(&here.ends, 3);
  wait_for(&there.ends, 2);
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(l);
}

/* ---- cardinality ----------------------------------------------------------------------------------------------------------- */

static void wrong_number_of_messages(void **state) {
  const weir_method as_bidi = {sizeof as_bidi, WEIR_BIDI, "/test.Echo/Unary", NULL, NULL};
  const weir_method as_unary = {sizeof as_unary, WEIR_UNARY, "/test.Echo/Chat", NULL, NULL};
  const weir_method many = {sizeof many, WEIR_UNARY, "/test.Echo/Count", NULL, NULL};
  weir_loop *l = loop_of(1);
  uint16_t port = 0;
  weir_error e;
  void *rep;
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), weir_creds_insecure(), &port);
  weir_channel *ch = channel_to("127.0.0.1", port, weir_creds_insecure(), NULL);
  weir_call *c = weir_call_start(ch, &as_bidi, NULL);
  weir_buf *b = echo_msg("3");
  assert_int_equal(weir_send(c, b), WEIR_OK);
  assert_int_equal(weir_send(c, b), WEIR_OK);
  weir_half_close(c);
  assert_int_equal(weir_finish(c, &e), WEIR_UNIMPLEMENTED); /* two requests */
  assert_non_null(strstr(e.msg, "more than one request"));
  weir_call_unref(c);
  c = weir_call_start(ch, &as_bidi, NULL);
  weir_half_close(c);
  assert_int_equal(weir_finish(c, &e), WEIR_UNIMPLEMENTED); /* none */
  assert_non_null(strstr(e.msg, "no request"));
  weir_call_unref(c);
  assert_int_equal(weir_unary(ch, &many, b, &rep, NULL, NULL, &e), WEIR_UNIMPLEMENTED); /* three replies */
  assert_non_null(strstr(e.msg, "more than one reply"));
  weir_buf *none = echo_msg("0");
  assert_int_equal(weir_unary(ch, &many, none, &rep, NULL, NULL, &e), WEIR_UNIMPLEMENTED); /* no reply */
  assert_non_null(strstr(e.msg, "no reply"));
  weir_buf_unref(none);
  assert_int_equal(weir_unary(ch, &as_unary, b, &rep, NULL, NULL, &e), WEIR_OK);
  assert_true(echo_is(rep, "3"));
  weir_buf_unref(b);
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(l);
}

/* ---- reconnection ------------------------------------------------------------------------------------------------------------ */

static void reconnects_to_a_new_server(void **state) {
  weir_loop *l = loop_of(1);
  uint16_t port = 0;
  weir_error e;
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), weir_creds_insecure(), &port);
  weir_channel *ch = channel_to("127.0.0.1", port, weir_creds_insecure(),
                                WEIR_OPTS(weir_channel_opts, .min_backoff_ns = WEIR_MS(10)));
  assert_int_equal(echo(ch, "one", NULL, &e), WEIR_OK);
  weir_server_unref(s);
  assert_int_equal(echo(ch, "two", NULL, &e), WEIR_UNAVAILABLE);
  s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), weir_creds_insecure(), &port);
  weir_code code =
      echo(ch, "three",
           WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_SECONDS(10), .flags = WEIR_WAIT_FOR_READY), &e);
  if (code) fail_msg("%s", e.msg);
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(l);
}

/* A server that drains while calls keep coming: each lands on the old or on the new one, none is lost. */
static void draining_loses_no_call(void **state) {
  weir_loop *l = loop_of(2);
  uint16_t port = 0;
  weir_error e;
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), weir_creds_insecure(), &port);
  weir_channel *ch = channel_to("127.0.0.1", port, weir_creds_insecure(),
                                WEIR_OPTS(weir_channel_opts, .min_backoff_ns = WEIR_MS(1)));
  for (int round = 0; round < 5; round++) {
    for (int i = 0; i < 50; i++) {
      weir_code code =
          echo(ch, "x",
               WEIR_OPTS(weir_call_opts, .timeout_ns = WEIR_SECONDS(10), .flags = WEIR_WAIT_FOR_READY), &e);
      if (code) fail_msg("round %d, call %d: %s: %s", round, i, weir_code_name(code), e.msg);
      if (i != 25) continue;
      weir_server *old = s;
      weir_server_shutdown(old, -1, NULL, NULL);
      weir_server_unref(old);
      s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), weir_creds_insecure(), &port);
    }
  }
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(l);
}

/* ---- parents -------------------------------------------------------------------------------------------------------------------- */

typedef struct relay {
  weir_channel *ch;
  atomic_int child_code;
  atomic_llong left;
} relay;

static void relay_done(void *arg, weir_call *child, weir_code code) {
  relay *r = arg;
  atomic_store(&r->child_code, code);
  weir_call_unref(child);
}

/* Starts a child that would sleep for ever; is itself never completed before it is cancelled. */
static void relay_cancelled(void *arg, weir_call *c, weir_code code) {
  (void)arg;
  (void)code;
  weir_complete(c, WEIR_CANCELLED);
}
static weir_code relay_handler(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  relay *r = ctx;
  weir_buf *sleep = echo_msg("sleep");
  (void)impl;
  (void)req;
  (void)rep;
  weir_on_cancel(c, relay_cancelled, NULL);
  atomic_store(&r->left, weir_time_left(c));
  weir_unary_async(r->ch, &echo_unary, sleep, WEIR_OPTS(weir_call_opts, .parent = c), relay_done, r);
  weir_buf_unref(sleep);
  return WEIR_PENDING;
}

static const weir_method relay_method = {sizeof relay_method, WEIR_UNARY, "/test.Relay/Go", NULL, NULL};
static const weir_method *const relay_methods[] = {&relay_method};
static weir_handler *const relay_handlers[] = {relay_handler};
static const weir_service relay_service = {sizeof relay_service, 1, "test.Relay", relay_methods,
                                           relay_handlers};

/* False: the deadline passed before there was a child. */
static bool relay_run(int64_t timeout_ns, bool cancel) {
  weir_loop *l = loop_of(2);
  uint16_t port = 0, relay_port = 0;
  weir_error e;
  relay r = {.child_code = -99, .left = INT64_MIN};
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), weir_creds_insecure(), &port);
  r.ch = channel_to("127.0.0.1", port, weir_creds_insecure(), WEIR_OPTS(weir_channel_opts, .loop = l));
  weir_server *rs = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = l), &e);
  assert_int_equal(weir_server_add(rs, &relay_service, NULL, &r, WEIR_ON_LOOP), WEIR_OK);
  assert_int_equal(weir_server_listen(rs, "127.0.0.1:0", weir_creds_insecure(), &relay_port, &e), WEIR_OK);
  assert_int_equal(weir_server_start(rs, &e), WEIR_OK);
  weir_channel *ch = channel_to("127.0.0.1", relay_port, weir_creds_insecure(), NULL);
  weir_call *c = weir_call_start(ch, &relay_method, WEIR_OPTS(weir_call_opts, .timeout_ns = timeout_ns));
  weir_buf *req = echo_msg("go");
  assert_int_equal(weir_send(c, req), WEIR_OK);
  weir_buf_unref(req);
  int slept = atomic_load(&stats.started);
  for (int i = 0; i < 5000 && cancel && atomic_load(&stats.started) == slept; i++) usleep(1000);
  if (cancel) weir_cancel(c);
  assert_int_equal(weir_finish(c, NULL), cancel ? WEIR_CANCELLED : WEIR_DEADLINE_EXCEEDED);
  weir_server_shutdown(rs, -1, NULL, NULL); /* the handler, if it was called, is done */
  bool begun = atomic_load(&r.left) != INT64_MIN;
  while (begun && atomic_load(&r.child_code) == -99) usleep(1000);
  int code = atomic_load(&r.child_code);
  assert_true(!begun || code == WEIR_CANCELLED || (!cancel && code == WEIR_DEADLINE_EXCEEDED));
  if (!cancel) assert_true(atomic_load(&r.left) <= timeout_ns);
  weir_call_unref(c);
  weir_channel_unref(ch);
  weir_channel_unref(r.ch);
  weir_server_unref(rs);
  weir_server_unref(s);
  weir_loop_unref(l);
  return begun;
}

static void a_parents_cancellation_is_inherited(void **state) {
  (void)state;
  assert_true(relay_run(0, true));
}
static void a_parents_deadline_is_inherited(void **state) {
  (void)state;
  for (int ms = 50; !relay_run(WEIR_MS(ms), false); ms *= 2) {}
}

/* ---- deferred completion ------------------------------------------------------------------------------------------------------------ */

static void *complete_later(void *arg) {
  usleep(2000);
  weir_complete(arg, WEIR_OK);
  return NULL;
}
static weir_code deferred_handler(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  pthread_t t;
  (void)impl;
  (void)ctx;
  *(weir_buf **)rep = weir_buf_ref((weir_buf *)(uintptr_t)req);
  if (pthread_create(&t, NULL, complete_later, c)) return WEIR_RESOURCE_EXHAUSTED;
  pthread_detach(t);
  return WEIR_PENDING;
}

static void completion_from_another_thread(void **state) {
  static weir_handler *const handlers[] = {deferred_handler, NULL, NULL, NULL};
  weir_service svc = echo_service;
  svc.handlers = handlers;
  weir_loop *l = loop_of(1);
  uint16_t port = 0;
  weir_error e;
  (void)state;
  weir_server *s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = l), &e);
  assert_int_equal(weir_server_add(s, &svc, NULL, NULL, WEIR_ON_LOOP), WEIR_OK);
  assert_int_equal(weir_server_add(s, &svc, NULL, NULL, WEIR_ON_LOOP), WEIR_ALREADY_EXISTS);
  assert_int_equal(weir_server_listen(s, "127.0.0.1:0", weir_creds_insecure(), &port, &e), WEIR_OK);
  assert_int_equal(weir_server_start(s, &e), WEIR_OK);
  weir_channel *ch = channel_to("127.0.0.1", port, weir_creds_insecure(), NULL);
  for (int i = 0; i < 10; i++) assert_int_equal(echo(ch, "later", NULL, &e), WEIR_OK);
  weir_call *c = weir_call_start(ch, &echo_sum, NULL); /* a NULL slot */
  assert_int_equal(weir_finish(c, &e), WEIR_UNIMPLEMENTED);
  weir_call_unref(c);
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(l);
}

/* ---- one thread drives everything --------------------------------------------------------------------------------------------------- */

typedef struct guest {
  weir_loop *loop;
  int left, ok;
} guest;

static void guest_done(void *arg, weir_call *c, weir_code code) {
  guest *g = arg;
  g->ok += code == WEIR_OK && echo_is(weir_reply_msg(c), "guest");
  g->left--;
  weir_call_unref(c);
}

/* Client and server as guests of a foreign poll loop, on one thread. */
static void guests_in_a_foreign_loop(void **state) {
  guest g = {loop_of(0), 100, 0};
  uint16_t port = 0;
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = g.loop), weir_creds_insecure(), &port);
  weir_channel *ch =
      channel_to("127.0.0.1", port, weir_creds_insecure(), WEIR_OPTS(weir_channel_opts, .loop = g.loop));
  weir_buf *req = echo_msg("guest");
  for (int i = 0; i < 100; i++) assert_non_null(weir_unary_async(ch, &echo_unary, req, NULL, guest_done, &g));
  weir_buf_unref(req);
  struct pollfd p = {.fd = weir_loop_fd(g.loop), .events = POLLIN};
  for (int turns = 0; g.left && turns < 10000; turns++) {
    assert_int_equal(poll(&p, 1, 5000), 1);
    weir_loop_run(g.loop, 0);
  }
  assert_int_equal(g.left, 0);
  assert_int_equal(g.ok, 100);
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(g.loop);
}

static void completion_queue(void **state) {
  weir_loop *l = loop_of(1);
  uint16_t port = 0;
  weir_error e;
  (void)state;
  weir_server *s = server_up(WEIR_OPTS(weir_server_opts, .loop = l), weir_creds_insecure(), &port);
  weir_channel *ch =
      channel_to("127.0.0.1", port, weir_creds_insecure(), WEIR_OPTS(weir_channel_opts, .loop = l));
  weir_queue *q = weir_queue_new(l, &e);
  assert_non_null(q);
  weir_buf *req = echo_msg("queued");
  int tags[50];
  for (int i = 0; i < 50; i++) {
    tags[i] = 0;
    assert_non_null(weir_unary_async(ch, &echo_unary, req, NULL, weir_queue_push, weir_queue_tag(q, &tags[i])));
  }
  weir_buf_unref(req);
  for (size_t got = 0; got < 50;) {
    weir_event ev[16];
    size_t n = weir_queue_poll(q, ev, 16, WEIR_SECONDS(10));
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
      assert_int_equal(ev[i].code, WEIR_OK);
      assert_true(echo_is(weir_reply_msg(ev[i].call), "queued"));
      weir_call_unref(ev[i].call);
      ++*(int *)ev[i].tag;
    }
    got += n;
  }
  for (int i = 0; i < 50; i++) assert_int_equal(tags[i], 1);
  weir_queue_free(q);
  weir_channel_unref(ch);
  weir_server_unref(s);
  weir_loop_unref(l);
}

/* ---- methods that nobody added ---------------------------------------------------------------------------------------- */

static weir_code echo_whatever(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  void *msg = NULL;
  weir_code code;
  assert_ptr_equal(impl, &stats);
  assert_true(!ctx && !req && !rep);
  if (strcmp(weir_call_method(c), echo_unary.path) != 0) return weir_fail(c, WEIR_NOT_FOUND, "none");
  while ((code = weir_recv(c, weir_call_arena(c), &msg)) == WEIR_OK) {
    assert_int_equal(weir_send(c, msg), WEIR_OK);
    weir_buf_unref(msg);
  }
  return code == WEIR_EOF ? WEIR_OK : code;
}

static void unknown_methods(void **state) {
  static const weir_method other = {sizeof other, WEIR_UNARY, "/x.Other/Method", NULL, NULL};
  (void)state;
  uint16_t port = 0;
  weir_error e;
  weir_server *s = weir_server_new(NULL, &e);
  assert_int_equal(weir_server_on_unknown(s, echo_whatever, &stats, NULL, WEIR_ON_POOL), WEIR_OK);
  assert_int_equal(weir_server_listen(s, "127.0.0.1:0", weir_creds_insecure(), &port, &e), WEIR_OK);
  assert_int_equal(weir_server_start(s, &e), WEIR_OK);
  assert_int_equal(weir_server_on_unknown(s, echo_whatever, &stats, NULL, WEIR_ON_POOL),
                   WEIR_FAILED_PRECONDITION);
  weir_channel *ch = channel_to("127.0.0.1", port, weir_creds_insecure(), NULL);
  assert_int_equal(echo(ch, "hello", NULL, &e), WEIR_OK);
  weir_buf *req = echo_msg("x");
  void *rep = NULL;
  assert_int_equal(weir_unary(ch, &other, req, &rep, NULL, NULL, &e), WEIR_NOT_FOUND);
  weir_buf_unref(req);
  weir_channel_unref(ch);
  weir_server_unref(s);
}

static void servers_share_a_port(void **state) {
  (void)state;
  const weir_server_opts *shared = WEIR_OPTS(weir_server_opts, .flags = WEIR_REUSE_PORT);
  uint16_t port = 0;
  weir_error e;
  char addr[64];
  weir_server *one = server_up(shared, weir_creds_insecure(), &port);
  weir_server *two = server_up(shared, weir_creds_insecure(), &port);
  weir_server *alone = weir_server_new(NULL, &e);
  snprintf(addr, sizeof addr, "127.0.0.1:%u", port);
  assert_int_equal(weir_server_listen(alone, addr, weir_creds_insecure(), NULL, &e), WEIR_UNAVAILABLE);
  weir_server_unref(alone);
  weir_server_unref(one);
  weir_channel *ch = channel_to("127.0.0.1", port, weir_creds_insecure(), NULL);
  assert_int_equal(echo(ch, "hello", NULL, &e), WEIR_OK);
  weir_channel_unref(ch);
  weir_server_unref(two);
}

static void refused_options(void **state) {
  weir_error e;
  (void)state;
  assert_null(weir_channel_new("http://x", weir_creds_insecure(), NULL, &e));
  assert_int_equal(e.code, WEIR_INVALID_ARGUMENT);
  assert_null(weir_channel_new("x:1", NULL, NULL, &e));
  assert_non_null(strstr(e.msg, "weir_creds_insecure"));
  weir_server *s = weir_server_new(NULL, &e);
  assert_int_equal(weir_server_listen(s, "nonsense", weir_creds_insecure(), NULL, &e), WEIR_INVALID_ARGUMENT);
  assert_int_equal(weir_server_listen(s, "203.0.113.77:1", weir_creds_insecure(), NULL, &e), WEIR_UNAVAILABLE);
  assert_true(e.sys != 0);
  weir_server_unref(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(call_creds_never_in_plaintext),
#ifdef WEIR_HAVE_TLS
      cmocka_unit_test(tls_both_ways),
      cmocka_unit_test(who_the_peer_is),
      cmocka_unit_test(call_creds_over_tls),
      cmocka_unit_test(call_creds_that_come_too_late),
#endif
      cmocka_unit_test(interceptors_on_both_sides),
      cmocka_unit_test(wrong_number_of_messages),
      cmocka_unit_test(reconnects_to_a_new_server),
      cmocka_unit_test(draining_loses_no_call),
      cmocka_unit_test(a_parents_cancellation_is_inherited),
      cmocka_unit_test(a_parents_deadline_is_inherited),
      cmocka_unit_test(completion_from_another_thread),
      cmocka_unit_test(guests_in_a_foreign_loop),
      cmocka_unit_test(completion_queue),
      cmocka_unit_test(unknown_methods),
      cmocka_unit_test(servers_share_a_port),
      cmocka_unit_test(refused_options),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
