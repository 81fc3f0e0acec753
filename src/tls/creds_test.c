/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Options that are not right, the roots of the machine, and memory that runs out. */
#include "tls/tls.h"

#include "test_certs.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static test_cert ca, server, other;

static int make_certs(void **state) {
  (void)state;
  ca = test_cert_make("ca", NULL, NULL, TEST_CA);
  server = test_cert_make("server", "DNS:localhost", &ca, 0);
  other = test_cert_make("other", "DNS:localhost", &ca, 0);
  return 0;
}

static int free_certs(void **state) {
  (void)state;
  test_cert_free(&ca);
  test_cert_free(&server);
  test_cert_free(&other);
  return 0;
}

static void refused(const weir_tls_opts *o, weir_code code, const char *words) {
  weir_error e = {0};
  assert_null(weir_creds_tls(o, &e));
  if (e.code != code || !strstr(e.msg, words))
    fail_msg("%s: \"%s\", wanted \"%s\"", weir_code_name(e.code), e.msg, words);
  assert_null(weir_creds_tls(o, NULL));
  assert_int_equal(ERR_peek_error(), 0);
}

#define OPTS(...) WEIR_OPTS(weir_tls_opts, __VA_ARGS__)

static void wrong_options_are_named(void **state) {
  (void)state;
  weir_str cert = weir_str_of(server.cert), key = weir_str_of(server.key), other_key = weir_str_of(other.key);
  refused(&(weir_tls_opts){0}, WEIR_INVALID_ARGUMENT, "size is 0");
  refused(OPTS(.ca_pem = WEIR_STR("nonsense")), WEIR_INVALID_ARGUMENT, "ca_pem holds no certificate");
  refused(OPTS(.ca_pem = key), WEIR_INVALID_ARGUMENT, "ca_pem holds no certificate");
  refused(OPTS(.cert_pem = cert), WEIR_INVALID_ARGUMENT, "key_pem is empty");
  refused(OPTS(.key_pem = key), WEIR_INVALID_ARGUMENT, "key_pem without cert_pem");
  refused(OPTS(.cert_pem = key, .key_pem = key), WEIR_INVALID_ARGUMENT, "cert_pem holds no certificate");
  refused(OPTS(.cert_pem = cert, .key_pem = cert), WEIR_INVALID_ARGUMENT, "key_pem holds no private key");
  refused(OPTS(.cert_pem = cert, .key_pem = other_key), WEIR_INVALID_ARGUMENT, "key_pem is not the key of");
  refused(OPTS(.cert_pem = cert, .key_pem = key, .need_client_cert = 2), WEIR_INVALID_ARGUMENT,
          "without ca_pem");
  refused(OPTS(.need_client_cert = 3), WEIR_INVALID_ARGUMENT, "need_client_cert is 3");
  refused(OPTS(.ca_pem = {"", (8u << 20) + 1}), WEIR_INVALID_ARGUMENT, "longer than");
}

static void damaged_pem_is_named(void **state) {
  (void)state;
  char text[8192];
  snprintf(text, sizeof text, "%s%s", ca.cert, server.cert);
  char *second = text + strlen(ca.cert) + 60;
  memset(second, '!', 8);
  refused(OPTS(.ca_pem = weir_str_of(text)), WEIR_INVALID_ARGUMENT, "ca_pem: certificate 2 is malformed: ");
}

static void encrypted_key_asks_for_no_password(void **state) {
  (void)state;
  static const char key[] = "-----BEGIN EC PRIVATE KEY-----\n"
                            "Proc-Type: 4,ENCRYPTED\n"
                            "DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n"
                            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                            "-----END EC PRIVATE KEY-----\n";
  refused(OPTS(.cert_pem = weir_str_of(server.cert), .key_pem = weir_str_of(key)), WEIR_INVALID_ARGUMENT,
          "key_pem is encrypted: decrypt it first");
}

static void insecure_is_one_static_object(void **state) {
  (void)state;
  weir_creds *c = weir_creds_insecure();
  assert_ptr_equal(c, weir_creds_insecure());
  assert_ptr_equal(c, weir_creds_ref(c));
  assert_false(weir_creds_is_tls(c));
  weir_creds_unref(c);
  weir_creds_unref(c);
  weir_creds_unref(NULL);
  assert_false(weir_creds_is_tls(weir_creds_insecure()));
}

static void connections_need_what_their_side_needs(void **state) {
  (void)state;
  weir_error e = {0};
  char long_name[300];
  weir_creds *c = weir_creds_tls(OPTS(.ca_pem = weir_str_of(ca.cert)), &e);
  assert_non_null(c);
  assert_true(weir_creds_is_tls(c));
  assert_null(weir_tls_new(c, false, NULL, &e));
  assert_int_equal(e.code, WEIR_FAILED_PRECONDITION);
  assert_non_null(strstr(e.msg, "pass cert_pem and key_pem"));
  memset(long_name, 'a', sizeof long_name);
  long_name[sizeof long_name - 1] = 0;
  const char *const names[] = {NULL, "", long_name};
  for (size_t i = 0; i < 3; i++) {
    assert_null(weir_tls_new(c, true, names[i], &e));
    assert_int_equal(e.code, WEIR_FAILED_PRECONDITION);
    assert_non_null(strstr(e.msg, "set server_name"));
  }
  weir_creds_unref(c);
}

/* ---- the machine's roots ------------------------------------------------------------------------------------------ */

/* Whether a client with the system's roots takes the server's certificate. */
static bool connects(void) {
  weir_creds *cc = weir_creds_tls(NULL, NULL);
  weir_creds *sc =
      weir_creds_tls(OPTS(.cert_pem = weir_str_of(server.cert), .key_pem = weir_str_of(server.key)), NULL);
  if (!cc || !sc) fail_msg("no credentials");
  weir_tls *c = weir_tls_new(cc, true, "localhost", NULL), *s = weir_tls_new(sc, false, NULL, NULL);
  for (int i = 0; i < 4; i++) {
    weir_str out = weir_tls_peek(c);
    size_t len = out.len;
    weir_tls_recv(s, &out);
    weir_tls_wrote(c, len);
    out = weir_tls_peek(s);
    len = out.len;
    weir_tls_recv(c, &out);
    weir_tls_wrote(s, len);
  }
  bool ok = weir_tls_connected(c) && weir_tls_connected(s);
  weir_tls_free(c);
  weir_tls_free(s);
  weir_creds_unref(cc);
  weir_creds_unref(sc);
  return ok;
}

static void roots_come_from_the_environment(void **state) {
  (void)state;
  static const char *const names[] = {"SSL_CERT_FILE", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"};
  char path[] = "/tmp/weir_roots_XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, ca.cert, strlen(ca.cert)), strlen(ca.cert));
  close(fd);
  assert_false(connects());
  for (size_t i = 0; i < 2; i++) {
    setenv(names[i], path, 1);
    assert_true(connects());
    unsetenv(names[i]);
    assert_false(connects());
  }
  unlink(path);
  setenv(names[1], path, 1);
  refused(NULL, WEIR_INVALID_ARGUMENT, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=/tmp/weir_roots_");
  unsetenv(names[1]);
}

/* ---- memory ---------------------------------------------------------------------------------------------------------- */

static size_t allocations, fail_at = SIZE_MAX, fail_every = SIZE_MAX;

static bool memory_fails(void) {
  size_t n = allocations++;
  return n >= fail_at && (n - fail_at) % fail_every == 0;
}

static void *memory_alloc(size_t size, const char *file, int line) {
  (void)file, (void)line;
  return memory_fails() ? NULL : malloc(size);
}

static void *memory_resize(void *p, size_t size, const char *file, int line) {
  (void)file, (void)line;
  return size && memory_fails() ? NULL : realloc(p, size);
}

static void memory_free(void *p, const char *file, int line) {
  (void)file, (void)line;
  free(p);
}

/* Credentials and a whole handshake; false if anything failed, which must leave no trace. */
static bool handshake_on_short_memory(void) {
  weir_error e = {0};
  bool ok = false;
  weir_tls *c = NULL, *s = NULL;
  weir_creds *cc = weir_creds_tls(OPTS(.ca_pem = weir_str_of(ca.cert)), &e);
  weir_creds *sc =
      weir_creds_tls(OPTS(.cert_pem = weir_str_of(server.cert), .key_pem = weir_str_of(server.key)), &e);
  if (cc) c = weir_tls_new(cc, true, "localhost", &e);
  if (sc) s = weir_tls_new(sc, false, NULL, &e);
  for (int i = 0; i < 4 && c && s; i++) {
    weir_str out = weir_tls_peek(c);
    size_t len = out.len;
    weir_tls_recv(s, &out);
    weir_tls_wrote(c, len);
    out = weir_tls_peek(s);
    len = out.len;
    weir_tls_recv(c, &out);
    weir_tls_wrote(s, len);
  }
  ok = c && s && weir_tls_connected(c) && weir_tls_connected(s);
  ok = ok && !weir_tls_write(c, &WEIR_STR("hello"), 1) && weir_tls_peek(c).len;
  weir_tls_free(c);
  weir_tls_free(s);
  weir_creds_unref(cc);
  weir_creds_unref(sc);
  assert_int_equal(ERR_peek_error(), 0);
  return ok;
}

/* OpenSSL's allocations fail one at a time, spread over the whole (each run has thousands). */
static void memory_runs_out(void **state) {
  (void)state;
  enum { RUNS = 200 };
  assert_true(handshake_on_short_memory());
  allocations = 0;
  assert_true(handshake_on_short_memory());
  size_t all = allocations, failures = 0;
  for (size_t i = 0; i < RUNS; i++) {
    allocations = 0;
    fail_at = all * i / RUNS;
    failures += !handshake_on_short_memory();
    fail_at = SIZE_MAX;
    assert_true(handshake_on_short_memory()); /* and all is well again */
  }
  assert_true(failures > RUNS / 10); /* many are optional: OpenSSL tries every cipher it knows of */
}

int main(void) {
  /* Before OpenSSL's first allocation, or it would refuse. */
  if (!CRYPTO_set_mem_functions(memory_alloc, memory_resize, memory_free)) return 1;
  unsetenv("SSL_CERT_FILE");
  unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(wrong_options_are_named),
      cmocka_unit_test(damaged_pem_is_named),
      cmocka_unit_test(encrypted_key_asks_for_no_password),
      cmocka_unit_test(insecure_is_one_static_object),
      cmocka_unit_test(connections_need_what_their_side_needs),
      cmocka_unit_test(roots_come_from_the_environment),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests_name("creds", tests, make_certs, free_certs);
}
