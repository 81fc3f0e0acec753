/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Two engines joined in memory, and one joined to an OpenSSL of the test's own that behaves as ours never would. */
#include "tls/tls.h"

#include "test_certs.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* ---- certificates ---------------------------------------------------------------------------------------------- */

static test_cert ca, other_ca, server, client, wrong_client, self_signed, expired, not_yet, client_only;

static int make_certs(void **state) {
  (void)state;
  ca = test_cert_make("ca", NULL, NULL, TEST_CA);
  other_ca = test_cert_make("other ca", NULL, NULL, TEST_CA);
  server = test_cert_make("server", "DNS:localhost,DNS:*.test.example,IP:127.0.0.1,IP:::1", &ca, 0);
  client = test_cert_make("client", "DNS:client", &ca, TEST_ONLY_CLIENT);
  wrong_client = test_cert_make("wrong client", "DNS:client", &other_ca, 0);
  self_signed = test_cert_make("self", "DNS:localhost", NULL, 0);
  expired = test_cert_make("expired", "DNS:localhost", &ca, TEST_EXPIRED);
  not_yet = test_cert_make("not yet", "DNS:localhost", &ca, TEST_NOT_YET);
  client_only = test_cert_make("client only", "DNS:localhost", &ca, TEST_ONLY_CLIENT);
  return 0;
}

static int free_certs(void **state) {
  (void)state;
  test_cert *all[] = {&ca,          &other_ca, &server,  &client,     &wrong_client,
                      &self_signed, &expired,  &not_yet, &client_only};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) test_cert_free(all[i]);
  return 0;
}

static weir_creds *creds_of(const test_cert *roots, const test_cert *own, uint32_t need) {
  weir_error e = {0};
  weir_creds *c =
      weir_creds_tls(WEIR_OPTS(weir_tls_opts, .ca_pem = weir_str_of(roots ? roots->cert : NULL),
                               .cert_pem = weir_str_of(own ? own->cert : NULL),
                               .key_pem = weir_str_of(own ? own->key : NULL), .need_client_cert = need),
                     &e);
  if (!c) fail_msg("%s", e.msg);
  return c;
}

/* ---- a pair ---------------------------------------------------------------------------------------------------- */

typedef struct pair {
  weir_tls *c, *s;
  weir_err c_err, s_err;
  size_t step; /* bytes handed over at a time */
} pair;

static pair pair_new(weir_creds *client_creds, weir_creds *server_creds, const char *name) {
  weir_error e = {0};
  pair p = {.step = SIZE_MAX};
  p.c = weir_tls_new(client_creds, true, name, &e);
  if (!p.c) fail_msg("%s", e.msg);
  p.s = weir_tls_new(server_creds, false, NULL, &e);
  if (!p.s) fail_msg("%s", e.msg);
  weir_creds_unref(client_creds); /* the engines hold their own reference */
  weir_creds_unref(server_creds);
  return p;
}

static void pair_free(pair *p) {
  weir_tls_free(p->c);
  weir_tls_free(p->s);
}

/* Hands over up to `most` bytes of what `from` has to send; the engine must take all of them. */
static bool move_some(weir_tls *from, weir_tls *to, size_t most, weir_err *err) {
  weir_str out = weir_tls_peek(from);
  if (!out.len) return false;
  size_t n = out.len < most ? out.len : most;
  char *exact = malloc(n); /* so that a read beyond what was given is seen by the sanitizer */
  assert_non_null(exact);
  memcpy(exact, out.data, n);
  weir_str in = {exact, n};
  *err = weir_tls_recv(to, &in);
  assert_int_equal(in.len, 0);
  free(exact);
  weir_tls_wrote(from, n);
  return true;
}

static void expect_no_plaintext(weir_tls *t) {
  char buf[64];
  bool eof;
  weir_err err;
  assert_int_equal(weir_tls_read(t, buf, sizeof buf, &eof, &err), 0);
}

static void pump(pair *p) {
  bool moved = true;
  while (moved) {
    moved = move_some(p->c, p->s, p->step, &p->s_err);
    moved |= move_some(p->s, p->c, p->step, &p->c_err);
    /* A client only hears of what a TLS 1.3 server thinks of its certificate when it reads. */
    if (weir_tls_connected(p->c) && !weir_tls_peek(p->s).len) expect_no_plaintext(p->c);
  }
}

static pair connected_pair(size_t step) {
  pair p = pair_new(creds_of(&ca, NULL, 0), creds_of(NULL, &server, 0), "localhost");
  p.step = step;
  pump(&p);
  assert_true(weir_tls_connected(p.c));
  assert_true(weir_tls_connected(p.s));
  assert_string_equal(weir_tls_why(p.c), "");
  return p;
}

/* Reads what has come, expecting exactly `want`. */
static void expect_read(weir_tls *t, const char *want, size_t len) {
  size_t at = 0;
  for (;;) {
    char buf[20000];
    bool eof;
    weir_err err;
    size_t n = weir_tls_read(t, buf, sizeof buf, &eof, &err);
    assert_int_equal(err, WEIR_EOK);
    assert_false(eof);
    if (!n) break;
    assert_true(n <= len - at);
    assert_memory_equal(buf, want + at, n);
    at += n;
  }
  assert_int_equal(at, len);
}

static void expect_failed(weir_tls *t, weir_err got, const char *words) {
  weir_str in = WEIR_STR("more");
  char buf[16];
  bool eof;
  weir_err err;
  if (got != WEIR_EPROTO)
    fail_msg("error %d (%s), wanted a failure with \"%s\"", got, weir_tls_why(t), words);
  if (!strstr(weir_tls_why(t), words)) fail_msg("\"%s\" does not hold \"%s\"", weir_tls_why(t), words);
  /* It stays so, whatever is tried. */
  assert_false(weir_tls_connected(t));
  assert_int_equal(weir_tls_recv(t, &in), WEIR_EPROTO);
  assert_int_equal(weir_tls_write(t, &(weir_str){"x", 1}, 1), WEIR_EPROTO);
  assert_int_equal(weir_tls_read(t, buf, sizeof buf, &eof, &err), 0);
  assert_int_equal(err, WEIR_EPROTO);
  assert_int_equal(ERR_peek_error(), 0); /* nothing is left for the next caller of OpenSSL on this thread */
}

/* ---- both sides well --------------------------------------------------------------------------------------------- */

static void echo_both_ways(pair *p) {
  weir_str slices[] = {WEIR_STR("hel"), WEIR_STR(""), WEIR_STR("lo")};
  assert_int_equal(weir_tls_write(p->c, slices, 3), WEIR_EOK);
  pump(p);
  expect_read(p->s, "hello", 5);
  assert_int_equal(weir_tls_write(p->s, &WEIR_STR("there"), 1), WEIR_EOK);
  while (move_some(p->s, p->c, p->step, &p->c_err)) continue;
  assert_int_equal(p->c_err, WEIR_EOK);
  expect_read(p->c, "there", 5);
}

static void talks_whole(void **state) {
  (void)state;
  pair p = connected_pair(SIZE_MAX);
  echo_both_ways(&p);
  pair_free(&p);
}

static void talks_byte_by_byte(void **state) {
  (void)state;
  pair p = connected_pair(1);
  echo_both_ways(&p);
  pair_free(&p);
}

/* The first n bytes of one flight, then the rest: every n. */
static void talks_cut_everywhere(void **state) {
  (void)state;
  weir_creds *cc = creds_of(&ca, NULL, 0), *sc = creds_of(NULL, &server, 0);
  bool more = true;
  for (size_t cut = 1; more; cut += 7) {
    pair p = pair_new(weir_creds_ref(cc), weir_creds_ref(sc), "localhost");
    more = false;
    for (bool moved = true; moved;) {
      more |= weir_tls_peek(p.c).len > cut || weir_tls_peek(p.s).len > cut;
      moved = move_some(p.c, p.s, cut, &p.s_err);
      moved |= move_some(p.c, p.s, SIZE_MAX, &p.s_err);
      moved |= move_some(p.s, p.c, cut, &p.c_err);
      moved |= move_some(p.s, p.c, SIZE_MAX, &p.c_err);
    }
    assert_true(weir_tls_connected(p.c) && weir_tls_connected(p.s));
    echo_both_ways(&p);
    pair_free(&p);
  }
  weir_creds_unref(cc);
  weir_creds_unref(sc);
}

static void transfers_a_mebibyte(void **state) {
  (void)state;
  enum { LEN = 1 << 20 };
  pair p = connected_pair(SIZE_MAX);
  char *data = malloc(LEN);
  assert_non_null(data);
  for (size_t i = 0; i < LEN; i++) data[i] = (char)(i * 2654435761u >> 13);
  weir_str slices[] = {{data, 1}, {data + 1, 40000}, {data + 40001, 16383}, {data + 56384, LEN - 56384}};
  assert_int_equal(weir_tls_write(p.c, slices, 4), WEIR_EOK);
  /* Full records: 22 bytes of overhead for each 16,384. */
  assert_true(weir_tls_peek(p.c).len <= LEN + 64 * 22 + 22);
  while (move_some(p.c, p.s, 100000, &p.s_err)) assert_int_equal(p.s_err, WEIR_EOK);
  expect_read(p.s, data, LEN);
  free(data);
  pair_free(&p);
}

static void closes_in_good_order(void **state) {
  (void)state;
  char buf[16];
  bool eof;
  weir_err err;
  pair p = connected_pair(SIZE_MAX);
  assert_int_equal(weir_tls_write(p.c, &WEIR_STR("bye"), 1), WEIR_EOK);
  weir_tls_shutdown(p.c);
  weir_tls_shutdown(p.c);
  assert_int_equal(weir_tls_write(p.c, &WEIR_STR("late"), 1), WEIR_ECLOSED);
  while (move_some(p.c, p.s, SIZE_MAX, &p.s_err)) continue;
  assert_int_equal(weir_tls_read(p.s, buf, sizeof buf, &eof, &err), 3);
  assert_int_equal(weir_tls_read(p.s, buf, sizeof buf, &eof, &err), 0);
  assert_true(eof);
  assert_int_equal(err, WEIR_EOK);
  /* The other direction is still open, and what follows a close_notify is ignored (RFC 8446 6.1). */
  assert_int_equal(weir_tls_recv(p.s, &WEIR_STR("garbage")), WEIR_EOK);
  assert_int_equal(weir_tls_write(p.s, &WEIR_STR("farewell"), 1), WEIR_EOK);
  while (move_some(p.s, p.c, SIZE_MAX, &p.c_err)) continue;
  expect_read(p.c, "farewell", 8);
  pair_free(&p);
}

static void truncation_is_no_eof(void **state) {
  (void)state;
  char buf[16];
  bool eof = true;
  weir_err err;
  pair p = connected_pair(SIZE_MAX);
  assert_int_equal(weir_tls_write(p.c, &WEIR_STR("cut off"), 1), WEIR_EOK);
  size_t len = weir_tls_peek(p.c).len;
  move_some(p.c, p.s, len - 1, &p.s_err);
  assert_int_equal(weir_tls_read(p.s, buf, sizeof buf, &eof, &err), 0);
  assert_false(eof);
  assert_int_equal(err, WEIR_EOK);
  pair_free(&p);
}

static void resumes_nothing_but_connects_again(void **state) {
  (void)state;
  weir_creds *cc = creds_of(&ca, &client, 0), *sc = creds_of(&ca, &server, WEIR_CLIENT_CERT_REQUIRED);
  for (int i = 0; i < 3; i++) {
    pair p = pair_new(weir_creds_ref(cc), weir_creds_ref(sc), "localhost");
    pump(&p);
    echo_both_ways(&p);
    pair_free(&p);
  }
  weir_creds_unref(cc);
  weir_creds_unref(sc);
}

/* ---- verification -------------------------------------------------------------------------------------------------- */

static void client_refuses(const test_cert *roots, const test_cert *cert, const char *name, const char *words) {
  pair p = pair_new(creds_of(roots, NULL, 0), creds_of(NULL, cert, 0), name);
  pump(&p);
  expect_failed(p.c, p.c_err, words);
  assert_false(weir_tls_connected(p.s));
  expect_failed(p.s, p.s_err, ""); /* the alert came */
  pair_free(&p);
}

static void client_accepts(const test_cert *roots, const test_cert *cert, const char *name) {
  pair p = pair_new(creds_of(roots, NULL, 0), creds_of(NULL, cert, 0), name);
  pump(&p);
  if (!weir_tls_connected(p.c)) fail_msg("%s: %s", name, weir_tls_why(p.c));
  pair_free(&p);
}

static void verifies_the_chain(void **state) {
  (void)state;
  client_refuses(&other_ca, &server, "localhost", "pass its CA as ca_pem");
  client_refuses(&ca, &self_signed, "localhost", "self-signed certificate (18); pass its CA as ca_pem");
  client_refuses(NULL, &self_signed, "localhost", "self-signed certificate (18)");
  client_refuses(&ca, &expired, "localhost", "expired");
  client_refuses(&ca, &not_yet, "localhost", "clock");
  client_refuses(&ca, &client_only, "localhost", "extendedKeyUsage");
}

static void intermediate_authorities(void **state) {
  (void)state;
  test_cert middle = test_cert_make("middle", NULL, &ca, TEST_CA);
  test_cert leaf = test_cert_make("leaf", "DNS:localhost", &middle, 0);
  char chain[8192];
  snprintf(chain, sizeof chain, "%s%s", leaf.cert, middle.cert);
  test_cert with_chain = {chain, leaf.key};
  client_accepts(&ca, &with_chain, "localhost");
  client_refuses(&ca, &leaf, "localhost", "unable to get local issuer certificate"); /* the chain is not sent */
  client_accepts(&middle, &leaf, "localhost");
  client_accepts(&leaf, &leaf, "localhost");
  client_accepts(&self_signed, &self_signed, "localhost");
  client_refuses(&other_ca, &with_chain, "localhost", "pass its CA as ca_pem");
  test_cert_free(&middle);
  test_cert_free(&leaf);
}

static void verifies_the_name(void **state) {
  (void)state;
  client_accepts(&ca, &server, "localhost");
  client_accepts(&ca, &server, "LOCALHOST");
  client_accepts(&ca, &server, "localhost.");
  client_accepts(&ca, &server, "a.test.example");
  client_accepts(&ca, &server, "127.0.0.1");
  client_accepts(&ca, &server, "::1");
  client_accepts(&ca, &server, "[::1]");
  client_refuses(&ca, &server, "evil.example",
                 "wanted evil.example (62); set server_name, or connect by a name it is for: localhost, "
                 "*.test.example, 127.0.0.1, 0:0:0:0:0:0:0:1");
  client_refuses(&ca, &server, "test.example", "wanted test.example");
  client_refuses(&ca, &server, "a.b.test.example", "wanted");
  client_refuses(&ca, &server, "127.0.0.2", "set server_name");
  client_refuses(&ca, &server, "server", "wanted server"); /* the subject's common name is not looked at */
}

static void server_name_overrides_the_target(void **state) {
  (void)state;
  weir_error e = {0};
  weir_creds *cc = weir_creds_tls(
      WEIR_OPTS(weir_tls_opts, .ca_pem = weir_str_of(ca.cert), .server_name = "foo.test.example"), &e);
  assert_non_null(cc);
  pair p = pair_new(cc, creds_of(NULL, &server, 0), "unrelated.example");
  pump(&p);
  assert_true(weir_tls_connected(p.c));
  pair_free(&p);
}

static pair pair_of_clients(const test_cert *cert, uint32_t need) {
  pair p = pair_new(creds_of(&ca, cert, 0), creds_of(need ? &ca : NULL, &server, need), "localhost");
  pump(&p);
  return p;
}

static void client_certificates(void **state) {
  (void)state;
  static const struct {
    const test_cert *cert;
    uint32_t need;
    const char *server_says, *client_says; /* NULL: all is well */
  } cases[] = {
      {NULL, WEIR_CLIENT_CERT_NONE, NULL, NULL},
      {&client, WEIR_CLIENT_CERT_NONE, NULL, NULL},
      {NULL, WEIR_CLIENT_CERT_OPTIONAL, NULL, NULL},
      {&client, WEIR_CLIENT_CERT_OPTIONAL, NULL, NULL},
      {&wrong_client, WEIR_CLIENT_CERT_OPTIONAL, "certificate verify failed", "does not know the CA"},
      {&client, WEIR_CLIENT_CERT_REQUIRED, NULL, NULL},
      {NULL, WEIR_CLIENT_CERT_REQUIRED, "sent no certificate", "requires a client certificate: pass cert_pem"},
      {&wrong_client, WEIR_CLIENT_CERT_REQUIRED, "pass its CA as ca_pem", "does not know the CA"},
      {&expired, WEIR_CLIENT_CERT_REQUIRED, "expired", "expired: renew cert_pem"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pair p = pair_of_clients(cases[i].cert, cases[i].need);
    if (cases[i].server_says) {
      char buf[8];
      bool eof;
      expect_failed(p.s, p.s_err, cases[i].server_says);
      weir_tls_read(p.c, buf, sizeof buf, &eof, &p.c_err); /* TLS 1.3: the client hears of it here */
      expect_failed(p.c, p.c_err, cases[i].client_says);
    } else {
      echo_both_ways(&p);
    }
    pair_free(&p);
  }
}

/* ---- strange peers --------------------------------------------------------------------------------------------------- */

/* A plain OpenSSL peer, over memory BIOs. */
typedef struct peer {
  SSL_CTX *ctx;
  SSL *ssl;
} peer;

static int peer_pick_other(SSL *ssl, const unsigned char **out, unsigned char *len, const unsigned char *in,
                           unsigned n, void *arg) {
  (void)ssl, (void)in, (void)n, (void)arg;
  *out = (const unsigned char *)"http/1.1";
  *len = 8;
  return SSL_TLSEXT_ERR_OK;
}

static void peer_use(SSL_CTX *ctx, const test_cert *own) {
  BIO *cert = BIO_new_mem_buf(own->cert, -1), *key = BIO_new_mem_buf(own->key, -1);
  X509 *x = PEM_read_bio_X509(cert, NULL, NULL, NULL);
  EVP_PKEY *k = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
  assert_true(SSL_CTX_use_certificate(ctx, x) && SSL_CTX_use_PrivateKey(ctx, k));
  X509_free(x);
  EVP_PKEY_free(k);
  BIO_free(cert);
  BIO_free(key);
}

static peer peer_new(bool is_client, const char *alpn, int max_version) {
  peer p = {.ctx = SSL_CTX_new(TLS_method())};
  SSL_CTX_set_security_level(p.ctx, 0);
  SSL_CTX_set_min_proto_version(p.ctx, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(p.ctx, max_version);
  if (!is_client) peer_use(p.ctx, &server);
  if (alpn && is_client)
    assert_int_equal(SSL_CTX_set_alpn_protos(p.ctx, (const unsigned char *)alpn, (unsigned)strlen(alpn)), 0);
  if (alpn && !is_client) SSL_CTX_set_alpn_select_cb(p.ctx, peer_pick_other, NULL);
  p.ssl = SSL_new(p.ctx);
  SSL_set_bio(p.ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  is_client ? SSL_set_connect_state(p.ssl) : SSL_set_accept_state(p.ssl);
  return p;
}

static void peer_free(peer *p) {
  SSL_free(p->ssl);
  SSL_CTX_free(p->ctx);
  ERR_clear_error();
}

/* Runs the handshake between our engine and the peer; the engine's last error. */
static weir_err peer_join(peer *p, weir_tls *t) {
  weir_err err = WEIR_EOK;
  for (int i = 0; i < 8; i++) {
    char buf[20000];
    weir_str out = weir_tls_peek(t);
    if (out.len) BIO_write(SSL_get_rbio(p->ssl), out.data, (int)out.len);
    weir_tls_wrote(t, out.len);
    SSL_do_handshake(p->ssl);
    ERR_clear_error();
    int n = BIO_read(SSL_get_wbio(p->ssl), buf, sizeof buf);
    weir_str in = {buf, n > 0 ? (size_t)n : 0};
    weir_err now = weir_tls_recv(t, &in);
    if (now) err = now;
  }
  return err;
}

static weir_tls *engine(bool is_client) {
  weir_creds *c = is_client ? creds_of(&ca, NULL, 0) : creds_of(NULL, &server, 0);
  weir_tls *t = weir_tls_new(c, is_client, "localhost", NULL);
  assert_non_null(t);
  weir_creds_unref(c);
  return t;
}

static void peer_refused(bool engine_is_client, const char *alpn, int max_version, const char *words) {
  peer p = peer_new(!engine_is_client, alpn, max_version);
  weir_tls *t = engine(engine_is_client);
  expect_failed(t, peer_join(&p, t), words);
  weir_tls_free(t);
  peer_free(&p);
}

static void alpn_is_a_must(void **state) {
  (void)state;
  for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION; version++) {
    peer_refused(false, NULL, version, "did not offer ALPN h2: it offered no protocol at all");
    peer_refused(false, "\x08http/1.1", version, "did not offer ALPN h2");
    peer_refused(false, "\x03h2c", version, "did not offer ALPN h2");
    peer_refused(true, NULL, version, "did not agree on ALPN h2");
    peer_refused(true, "\x08http/1.1", version, "");
  }
}

static void old_versions_are_refused(void **state) {
  (void)state;
  peer_refused(false, "\x02h2", TLS1_1_VERSION, "does not speak TLS 1.2");
  peer_refused(true, NULL, TLS1_1_VERSION, "TLS 1.2");
}

static void h2_among_others_is_found(void **state) {
  (void)state;
  peer p = peer_new(true, "\x08http/1.1\x02h2", TLS1_2_VERSION);
  weir_tls *t = engine(false);
  assert_int_equal(peer_join(&p, t), WEIR_EOK);
  assert_true(weir_tls_connected(t));
  const unsigned char *name;
  unsigned len;
  SSL_get0_alpn_selected(p.ssl, &name, &len);
  assert_memory_equal(name, "h2", 2);
  weir_tls_free(t);
  peer_free(&p);
}

static void weak_ciphers_are_refused(void **state) {
  (void)state;
  static const char *const suites[] = {"AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA"};
  for (size_t i = 0; i < 3; i++) {
    peer p = peer_new(true, "\x02h2", TLS1_2_VERSION);
    assert_true(SSL_set_cipher_list(p.ssl, suites[i]));
    weir_tls *t = engine(false);
    expect_failed(t, peer_join(&p, t), "RFC 9113 9.2.2");
    weir_tls_free(t);
    peer_free(&p);
  }
}

static void renegotiation_is_refused(void **state) {
  (void)state;
  char buf[4096];
  bool eof;
  weir_err err = WEIR_EOK;
  peer p = peer_new(true, "\x02h2", TLS1_2_VERSION);
  weir_tls *t = engine(false);
  assert_int_equal(peer_join(&p, t), WEIR_EOK);
  assert_true(SSL_renegotiate(p.ssl));
  SSL_do_handshake(p.ssl);
  int n = BIO_read(SSL_get_wbio(p.ssl), buf, sizeof buf);
  assert_true(n > 0);
  assert_int_equal(weir_tls_recv(t, &(weir_str){buf, (size_t)n}), WEIR_EOK);
  assert_int_equal(weir_tls_read(t, buf, sizeof buf, &eof, &err), 0);
  weir_str out = weir_tls_peek(t);
  assert_true(out.len > 0); /* the warning no_renegotiation */
  BIO_write(SSL_get_rbio(p.ssl), out.data, (int)out.len);
  assert_int_equal(SSL_do_handshake(p.ssl), -1);
  assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
  weir_tls_free(t);
  peer_free(&p);
}

static void plaintext_gets_a_clear_answer(void **state) {
  (void)state;
  static const struct {
    bool is_client;
    const char *bytes, *words;
  } cases[] = {
      {true, "HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak TLS on that port: is it plaintext"},
      {true, "\0\0\x12\x04\0\0\0\0\0\0\0\0\0\0\0\0", "does not speak TLS on that port: is it plaintext"},
      {false, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "the client does not speak TLS"},
      {false, "GET / HTTP/1.1\r\n\r\n", "plaintext HTTP"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    weir_tls *t = engine(cases[i].is_client);
    weir_str in = {cases[i].bytes, 16};
    expect_failed(t, weir_tls_recv(t, &in), cases[i].words);
    weir_tls_free(t);
  }
}

/* Each byte of the client's first flight flipped: an error or not, but never a crash nor a connection. */
static void damaged_hello_never_connects(void **state) {
  (void)state;
  weir_creds *cc = creds_of(&ca, NULL, 0), *sc = creds_of(NULL, &server, 0);
  weir_tls *c = weir_tls_new(cc, true, "localhost", NULL);
  weir_str hello = weir_tls_peek(c);
  char *bytes = malloc(hello.len);
  assert_non_null(bytes);
  for (size_t i = 0; i < hello.len; i++) {
    memcpy(bytes, hello.data, hello.len);
    bytes[i] = (char)(bytes[i] ^ 0xff);
    weir_tls *s = weir_tls_new(sc, false, NULL, NULL);
    weir_err err = weir_tls_recv(s, &(weir_str){bytes, hello.len});
    assert_false(weir_tls_connected(s));
    assert_int_equal(err != WEIR_EOK, weir_tls_why(s)[0] != 0);
    assert_int_equal(ERR_peek_error(), 0);
    weir_tls_free(s);
  }
  free(bytes);
  weir_tls_free(c);
  weir_creds_unref(cc);
  weir_creds_unref(sc);
}

static void damaged_record_ends_the_connection(void **state) {
  (void)state;
  char buf[64], bytes[256];
  bool eof;
  weir_err err;
  pair p = connected_pair(SIZE_MAX);
  assert_int_equal(weir_tls_write(p.c, &WEIR_STR("secret"), 1), WEIR_EOK);
  weir_str out = weir_tls_peek(p.c);
  memcpy(bytes, out.data, out.len);
  bytes[out.len - 1] = (char)(bytes[out.len - 1] ^ 1);
  assert_int_equal(weir_tls_recv(p.s, &(weir_str){bytes, out.len}), WEIR_EOK);
  assert_int_equal(weir_tls_read(p.s, buf, sizeof buf, &eof, &err), 0);
  expect_failed(p.s, err, "TLS failed: ");
  pair_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(talks_whole),
      cmocka_unit_test(talks_byte_by_byte),
      cmocka_unit_test(talks_cut_everywhere),
      cmocka_unit_test(transfers_a_mebibyte),
      cmocka_unit_test(closes_in_good_order),
      cmocka_unit_test(truncation_is_no_eof),
      cmocka_unit_test(resumes_nothing_but_connects_again),
      cmocka_unit_test(verifies_the_chain),
      cmocka_unit_test(intermediate_authorities),
      cmocka_unit_test(verifies_the_name),
      cmocka_unit_test(server_name_overrides_the_target),
      cmocka_unit_test(client_certificates),
      cmocka_unit_test(alpn_is_a_must),
      cmocka_unit_test(old_versions_are_refused),
      cmocka_unit_test(h2_among_others_is_found),
      cmocka_unit_test(weak_ciphers_are_refused),
      cmocka_unit_test(renegotiation_is_refused),
      cmocka_unit_test(plaintext_gets_a_clear_answer),
      cmocka_unit_test(damaged_hello_never_connects),
      cmocka_unit_test(damaged_record_ends_the_connection),
  };
  return cmocka_run_group_tests_name("tls", tests, make_certs, free_certs);
}
