/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* tls.c - one connection. OpenSSL reads and writes through a BIO of our own, straight from `in` and into `out`. */
#include "tls/tls.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "tls/context.h"
#include "tls/why.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* The most plaintext in one record (RFC 8446 5.1). */
#define TLS_MAX_RECORD 16384
/* What a record adds, at most: header, explicit nonce or content type, tag. */
#define TLS_RECORD_EXTRA 32
/* A buffer that is empty and larger goes back to the heap: a connection that falls idle after a burst stays small. */
#define TLS_KEEP 4096
/* Longest host name (RFC 1035 2.3.4), with its NUL. */
#define TLS_HOST_CAP 256

/* HANDSHAKE -> OPEN    [tls_settle]         the peer is verified, ALPN is h2
 * OPEN      -> CLOSED  [weir_tls_shutdown]  our close_notify is queued; the peer's bytes are still read
 * any       -> FAILED  [tls_fail]           `failed` and `why` stand; nothing but peek, wrote and free is left */
typedef enum tls_state { TLS_HANDSHAKE, TLS_OPEN, TLS_CLOSED, TLS_FAILED } tls_state;

struct weir_tls {
  SSL *ssl;
  weir_creds *creds;
  weir_bytes in, out; /* ciphertext */
  bool is_client;
  bool eof; /* the peer's close_notify came */
  tls_state state;
  weir_err failed;
  char host[TLS_HOST_CAP]; /* client: the name that is verified */
  char why[WEIR_TLS_WHY_CAP];
};

static void tls_trim(weir_bytes *b) {
  if (!weir_bytes_size(b) && b->cap > TLS_KEEP) weir_bytes_fini(b);
}

/* ---- the BIO -------------------------------------------------------------------------------------------------- */

static int tls_bio_read(BIO *bio, char *buf, size_t cap, size_t *n) {
  weir_tls *t = BIO_get_data(bio);
  weir_str view = weir_bytes_view(&t->in);
  BIO_clear_retry_flags(bio);
  *n = view.len < cap ? view.len : cap;
  if (!*n) {
    BIO_set_retry_read(bio); /* more will come: not an end */
    return 0;
  }
  memcpy(buf, view.data, *n);
  weir_bytes_consume(&t->in, *n);
  return 1;
}

static int tls_bio_write(BIO *bio, const char *data, size_t len, size_t *n) {
  weir_tls *t = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  weir_bytes_append(&t->out, data, len);
  *n = t->out.failed ? 0 : len;
  return !t->out.failed;
}

static long tls_bio_ctrl(BIO *bio, int cmd, long num, void *ptr) {
  (void)bio, (void)num, (void)ptr;
  return cmd == BIO_CTRL_FLUSH;
}

static int tls_bio_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

BIO_METHOD *weir_tls_bio_method(void) {
  BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "weir");
  if (m && BIO_meth_set_read_ex(m, tls_bio_read) && BIO_meth_set_write_ex(m, tls_bio_write) &&
      BIO_meth_set_ctrl(m, tls_bio_ctrl) && BIO_meth_set_create(m, tls_bio_create))
    return m;
  BIO_meth_free(m);
  return NULL;
}

/* ---- callbacks ------------------------------------------------------------------------------------------------- */

int weir_tls_on_verify(int ok, X509_STORE_CTX *store) {
  SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  weir_tls *t = ssl ? SSL_get_app_data(ssl) : NULL;
  if (!ok && t) weir_tls_explain_cert(t->why, store, t->is_client ? t->host : NULL);
  return ok;
}

/* A client that offers no ALPN at all never reaches weir_tls_on_alpn; it is told by the same alert. */
int weir_tls_on_hello(SSL *ssl, int *alert, void *arg) {
  (void)arg;
  const unsigned char *ext;
  size_t len;
  weir_tls *t = SSL_get_app_data(ssl);
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &ext, &len))
    return SSL_CLIENT_HELLO_SUCCESS;
  snprintf(t->why, sizeof t->why, "the client did not offer ALPN h2: it offered no protocol at all");
  *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
  return SSL_CLIENT_HELLO_ERROR;
}

int weir_tls_on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                     unsigned in_len, void *arg) {
  (void)arg;
  weir_tls *t = SSL_get_app_data(ssl);
  for (unsigned at = 0; at < in_len && in[at] < in_len - at; at += in[at] + 1u) {
    if (in[at] != 2 || memcmp(in + at + 1, "h2", 2) != 0) continue;
    *out = in + at + 1;
    *out_len = 2;
    return SSL_TLSEXT_ERR_OK;
  }
  snprintf(t->why, sizeof t->why, "the client did not offer ALPN h2");
  return SSL_TLSEXT_ERR_ALERT_FATAL; /* no_application_protocol (RFC 7301 3.2) */
}

/* ---- failure --------------------------------------------------------------------------------------------------- */

static weir_err tls_fail(weir_tls *t, weir_err err, const char *why) {
  t->state = TLS_FAILED;
  t->failed = err;
  if (why) snprintf(t->why, sizeof t->why, "%s", why);
  weir_bytes_consume(&t->in, weir_bytes_size(&t->in));
  return err;
}

/* Empties the calling thread's error queue, which later calls of OpenSSL, the caller's too, must find clean. */
static weir_err tls_fail_queue(weir_tls *t) {
  unsigned long last = ERR_peek_last_error(), error;
  bool nomem = t->out.failed;
  while ((error = ERR_get_error()) != 0) nomem = nomem || ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE;
  if (nomem) return tls_fail(t, WEIR_ENOMEM, "out of memory");
  /* What a callback wrote says more than the error that follows from it. */
  if (!t->why[0]) weir_tls_explain(t->why, last, t->is_client);
  return tls_fail(t, WEIR_EPROTO, NULL);
}

/* After an operation of OpenSSL that did not succeed. */
static weir_err tls_result(weir_tls *t, int ret) {
  switch (SSL_get_error(t->ssl, ret)) {
  case SSL_ERROR_WANT_READ: return WEIR_EOK;
  case SSL_ERROR_ZERO_RETURN:
    if (t->state == TLS_HANDSHAKE)
      return tls_fail(t, WEIR_EPROTO, "the peer closed TLS in the middle of the handshake");
    t->eof = true;
    weir_bytes_consume(&t->in, weir_bytes_size(&t->in)); /* RFC 8446 6.1: what follows is ignored */
    return WEIR_EOK;
  default: return tls_fail_queue(t);
  }
}

/* ---- handshake ------------------------------------------------------------------------------------------------- */

/* A server that ignores ALPN answers without one: it does not speak HTTP/2 (RFC 9113 3.3). */
static weir_err tls_settle(weir_tls *t) {
  const unsigned char *protocol;
  unsigned len;
  SSL_get0_alpn_selected(t->ssl, &protocol, &len);
  t->state = TLS_OPEN;
  if (len == 2 && memcmp(protocol, "h2", 2) == 0) return WEIR_EOK;
  weir_tls_shutdown(t);
  return tls_fail(t, WEIR_EPROTO,
                  "the peer did not agree on ALPN h2: no gRPC server over TLS is on that port");
}

static weir_err tls_handshake(weir_tls *t) {
  ERR_clear_error();
  int ret = SSL_do_handshake(t->ssl);
  return ret == 1 ? tls_settle(t) : tls_result(t, ret);
}

/* Takes the brackets off an IPv6 literal and the final dot off a name: neither is part of what a certificate names. */
static bool tls_set_host(weir_tls *t, const char *name) {
  size_t len = strlen(name);
  if (len > 1 && name[0] == '[' && name[len - 1] == ']') {
    name++;
    len -= 2;
  }
  if (len > 1 && name[len - 1] == '.') len--;
  if (!len || len >= sizeof t->host) return false;
  memcpy(t->host, name, len);
  t->host[len] = 0;
  return true;
}

static bool tls_host_is_ip(const char *host) {
  unsigned char ip[16];
  return inet_pton(AF_INET, host, ip) == 1 || inet_pton(AF_INET6, host, ip) == 1;
}

/* RFC 9525: the name is looked for in subjectAltName only, never in the subject; RFC 6066 3: an address is not SNI. */
static bool tls_verify_host(weir_tls *t) {
  X509_VERIFY_PARAM *param = SSL_get0_param(t->ssl);
  X509_VERIFY_PARAM_set_hostflags(param,
                                  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (tls_host_is_ip(t->host)) return X509_VERIFY_PARAM_set1_ip_asc(param, t->host);
  return X509_VERIFY_PARAM_set1_host(param, t->host, 0) && SSL_set_tlsext_host_name(t->ssl, t->host);
}

static int tls_verify_mode(const weir_tls *t, const weir_tls_context *ctx) {
  if (t->is_client) return SSL_VERIFY_PEER;
  switch (ctx->need_client_cert) {
  case WEIR_CLIENT_CERT_OPTIONAL: return SSL_VERIFY_PEER;
  case WEIR_CLIENT_CERT_REQUIRED: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  default: return SSL_VERIFY_NONE;
  }
}

static bool tls_start(weir_tls *t, const weir_tls_context *ctx) {
  BIO *bio;
  ERR_clear_error();
  if (!(t->ssl = SSL_new(ctx->ssl)) || !(bio = BIO_new(ctx->bio))) return false;
  BIO_set_data(bio, t);
  SSL_set_bio(t->ssl, bio, bio);
  SSL_set_app_data(t->ssl, t);
  SSL_set_verify(t->ssl, tls_verify_mode(t, ctx), weir_tls_on_verify);
  if (!t->is_client) {
    SSL_set_accept_state(t->ssl);
    return true;
  }
  SSL_set_connect_state(t->ssl);
  return tls_verify_host(t) && tls_handshake(t) == WEIR_EOK; /* ClientHello waits in `out` now */
}

/* What must be right before a connection can be: a certificate for a server, a name and roots for a client. */
static weir_code tls_check(weir_tls *t, weir_tls_context *ctx, const char *name, weir_error *e) {
  if (!t->is_client && !ctx->has_cert)
    return weir_error_set(e, WEIR_FAILED_PRECONDITION, 0,
                          "a TLS server needs a certificate: pass cert_pem and key_pem to weir_creds_tls");
  if (!t->is_client) return WEIR_OK;
  if (ctx->server_name) name = ctx->server_name;
  if (!name || !tls_set_host(t, name))
    return weir_error_set(
        e, WEIR_FAILED_PRECONDITION, 0,
        "TLS needs the server's host name (up to %d bytes) to verify its certificate: set server_name",
        TLS_HOST_CAP - 1);
  return weir_tls_context_roots(ctx, e);
}

weir_tls *weir_tls_new(weir_creds *c, bool is_client, const char *server_name, weir_error *e) {
  weir_tls_context *ctx = weir_creds_context(c);
  WEIR_ASSERT(ctx);
  weir_tls *t = calloc(1, sizeof *t);
  if (!t) goto nomem;
  t->is_client = is_client;
  t->in = t->out = weir_bytes_in(WEIR_MEM_DEFAULT);
  t->creds = weir_creds_ref(weir_creds_of_channel(c));
  if (tls_check(t, ctx, server_name, e) != WEIR_OK) goto fail;
  if (tls_start(t, ctx)) return t;
  ERR_clear_error();
  if (t->failed == WEIR_EPROTO) { /* the machine's OpenSSL is set up to allow no TLS that HTTP/2 may use */
    weir_error_set(e, WEIR_FAILED_PRECONDITION, 0, "%s", t->why);
    goto fail;
  }
nomem:
  weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
fail:
  weir_tls_free(t);
  return NULL;
}

void weir_tls_free(weir_tls *t) {
  if (!t) return;
  SSL_free(t->ssl);
  weir_bytes_fini(&t->in);
  weir_bytes_fini(&t->out);
  weir_creds_unref(t->creds);
  free(t);
}

SSL *weir_tls_ssl(weir_tls *t) { return t->ssl; }
bool weir_tls_is_client(const weir_tls *t) { return t->is_client; }

/* ---- bytes ------------------------------------------------------------------------------------------------------ */

weir_err weir_tls_recv(weir_tls *t, weir_str *in) {
  weir_str taken = *in;
  if (in->len) *in = (weir_str){taken.data + taken.len, 0};
  if (t->state == TLS_FAILED) return t->failed;
  if (t->eof || !taken.len) return WEIR_EOK;
  weir_bytes_append_str(&t->in, taken);
  if (t->in.failed) return tls_fail(t, WEIR_ENOMEM, "out of memory");
  return t->state == TLS_HANDSHAKE ? tls_handshake(t) : WEIR_EOK;
}

size_t weir_tls_read(weir_tls *t, void *buf, size_t cap, bool *eof, weir_err *err) {
  size_t n = 0;
  *err = t->state == TLS_FAILED ? t->failed : WEIR_EOK;
  *eof = t->eof;
  if (*err || t->eof || t->state == TLS_HANDSHAKE || !cap) return 0;
  ERR_clear_error();
  int ret = SSL_read_ex(t->ssl, buf, cap, &n);
  if (ret == 1) return n;
  tls_trim(&t->in);
  *err = tls_result(t, ret);
  *eof = t->eof;
  return 0;
}

static weir_err tls_seal(weir_tls *t, const char *data, size_t len) {
  size_t n = 0;
  ERR_clear_error();
  if (SSL_write_ex(t->ssl, data, len, &n) == 1) return WEIR_EOK;
  /* The BIO takes everything, so there is no "want write"; and without renegotiation no "want read". */
  return tls_fail_queue(t);
}

/* Room for all records at once: growing step by step would copy what is there each time. */
static bool tls_make_room(weir_tls *t, const weir_str *v, size_t n) {
  size_t total = 0;
  for (size_t i = 0; i < n; i++) {
    if (v[i].len > SIZE_MAX / 2 - total) return false;
    total += v[i].len;
  }
  return !total || weir_bytes_reserve(&t->out, total + (total / TLS_MAX_RECORD + 1) * TLS_RECORD_EXTRA);
}

weir_err weir_tls_write(weir_tls *t, const weir_str *v, size_t n) {
  char gather[TLS_MAX_RECORD]; /* many short slices make one record: 22 bytes and one seal each would be dear */
  size_t held = 0;
  weir_err err = t->state == TLS_OPEN ? WEIR_EOK : t->state == TLS_FAILED ? t->failed : WEIR_ECLOSED;
  if (!err && !tls_make_room(t, v, n)) err = tls_fail(t, WEIR_ENOMEM, "out of memory");
  for (size_t i = 0; i < n && !err; i++) {
    weir_str left = v[i];
    while (left.len && !err) {
      bool direct = !held && left.len >= sizeof gather;
      size_t take = left.len < sizeof gather - held ? left.len : sizeof gather - held;
      if (!direct) memcpy(gather + held, left.data, take);
      if (direct || held + take == sizeof gather) {
        err = tls_seal(t, direct ? left.data : gather, sizeof gather);
        held = 0;
      } else {
        held += take;
      }
      left = (weir_str){left.data + take, left.len - take};
    }
  }
  return err || !held ? err : tls_seal(t, gather, held);
}

weir_str weir_tls_peek(weir_tls *t) { return weir_bytes_view(&t->out); }
void weir_tls_wrote(weir_tls *t, size_t len) {
  weir_bytes_consume(&t->out, len);
  tls_trim(&t->out);
}
bool weir_tls_connected(const weir_tls *t) { return t->state == TLS_OPEN || t->state == TLS_CLOSED; }
const char *weir_tls_why(const weir_tls *t) { return t->state == TLS_FAILED ? t->why : ""; }

void weir_tls_shutdown(weir_tls *t) {
  if (t->state != TLS_OPEN) return;
  ERR_clear_error();
  if (SSL_shutdown(t->ssl) < 0) tls_fail_queue(t);
  ERR_clear_error();
  if (t->state == TLS_OPEN) t->state = TLS_CLOSED;
}
