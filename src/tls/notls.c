/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* notls.c - a build without OpenSSL: credentials cannot be made, so no connection is ever asked for. */
#include "tls/auth.h"
#include "tls/creds.h"

struct weir_tls {
  int none;
};

static weir_code notls_fail(weir_error *e) {
  return weir_error_set(e, WEIR_UNIMPLEMENTED, 0,
                        "this build of weir has no TLS: install OpenSSL 3 (libssl-dev) and build weir again");
}

weir_creds *weir_creds_tls(const weir_tls_opts *o, weir_error *e) {
  (void)o;
  notls_fail(e);
  return NULL;
}

void weir_tls_context_free(weir_tls_context *ctx) { (void)ctx; }

weir_tls *weir_tls_new(weir_creds *c, bool is_client, const char *server_name, weir_error *e) {
  (void)c, (void)is_client, (void)server_name;
  notls_fail(e);
  return NULL;
}

void weir_tls_free(weir_tls *t) { (void)t; }

weir_err weir_tls_recv(weir_tls *t, weir_str *in) {
  (void)t, (void)in;
  return WEIR_EINVALID;
}

size_t weir_tls_read(weir_tls *t, void *buf, size_t cap, bool *eof, weir_err *err) {
  (void)t, (void)buf, (void)cap, (void)eof;
  *err = WEIR_EINVALID;
  return 0;
}

weir_err weir_tls_write(weir_tls *t, const weir_str *v, size_t n) {
  (void)t, (void)v, (void)n;
  return WEIR_EINVALID;
}

weir_str weir_tls_peek(weir_tls *t) {
  (void)t;
  return (weir_str){NULL, 0};
}

void weir_tls_wrote(weir_tls *t, size_t len) { (void)t, (void)len; }

bool weir_tls_connected(const weir_tls *t) {
  (void)t;
  return false;
}

void weir_tls_shutdown(weir_tls *t) { (void)t; }

const char *weir_tls_why(const weir_tls *t) {
  (void)t;
  return "";
}

weir_auth *weir_tls_auth(weir_tls *t) {
  (void)t;
  return NULL;
}
weir_auth *weir_auth_ref(weir_auth *a) { return a; }
void weir_auth_unref(weir_auth *a) { (void)a; }
const weir_kv *weir_auth_properties(const weir_auth *a, size_t *n) {
  (void)a;
  *n = 0;
  return NULL;
}
