/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* context.c - options to OpenSSL's context: RFC 9113 9.2 is settled here, once for all connections. */
#include "tls/context.h"

#include "base/opts.h"
#include "tls/pem.h"

#include <openssl/err.h>

/* RFC 9113 9.2.2 forbids TLS 1.2 suites without forward secrecy or AEAD; this list has nothing else, and holds
 * TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, which is mandatory. TLS 1.3 has no others. */
#define CONTEXT_TLS12_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"
#define CONTEXT_ROOTS_ENV     "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"

void weir_tls_context_free(weir_tls_context *ctx) {
  if (!ctx) return;
  SSL_CTX_free(ctx->ssl);
  BIO_meth_free(ctx->bio);
  free(ctx->server_name);
  pthread_mutex_destroy(&ctx->mu);
  free(ctx);
}

/* RFC 9113 9.2: TLS 1.2 or later, no compression (9.2.1), no renegotiation (9.2.1), ALPN h2 (3.3). */
static bool context_configure(SSL_CTX *ssl) {
  static const unsigned char h2[] = {2, 'h', '2'};
  SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  /* An idle connection then holds no 32 KiB of record buffers. */
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
  /* Sessions live in tickets, at the client's; a client certificate needs the context's name beside it. */
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_client_hello_cb(ssl, weir_tls_on_hello, NULL);
  SSL_CTX_set_alpn_select_cb(ssl, weir_tls_on_alpn, NULL);
  return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) && SSL_CTX_set_max_proto_version(ssl, 0) &&
         SSL_CTX_set_cipher_list(ssl, CONTEXT_TLS12_CIPHERS) && SSL_CTX_set_num_tickets(ssl, 1) &&
         SSL_CTX_set_session_id_context(ssl, (const unsigned char *)"weir", 4) &&
         SSL_CTX_set_alpn_protos(ssl, h2, sizeof h2) == 0; /* 0 is success, of this one function */
}

static weir_tls_context *context_new(weir_error *e) {
  weir_tls_context *ctx = calloc(1, sizeof *ctx);
  if (!ctx) goto nomem;
  if (pthread_mutex_init(&ctx->mu, NULL)) {
    free(ctx);
    goto nomem;
  }
  ERR_clear_error();
  ctx->bio = weir_tls_bio_method();
  ctx->ssl = SSL_CTX_new(TLS_method());
  if (ctx->ssl && ctx->bio && context_configure(ctx->ssl)) return ctx;
  weir_pem_fail(e, WEIR_RESOURCE_EXHAUSTED, "OpenSSL cannot be set up");
  weir_tls_context_free(ctx);
  return NULL;
nomem:
  weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  return NULL;
}

static weir_code context_load_ca(weir_tls_context *ctx, weir_str pem, weir_error *e) {
  STACK_OF(X509) *certs = weir_pem_certs(pem, "ca_pem", e);
  if (!certs) return WEIR_INVALID_ARGUMENT;
  X509_STORE *store = SSL_CTX_get_cert_store(ctx->ssl);
  bool ok = true;
  for (int i = 0; ok && i < sk_X509_num(certs); i++) {
    X509 *ca = sk_X509_value(certs, i);
    /* A server names its CAs to clients, so that they pick the right certificate (RFC 8446 4.2.4). */
    ok = X509_STORE_add_cert(store, ca) && SSL_CTX_add_client_CA(ctx->ssl, ca);
  }
  sk_X509_pop_free(certs, X509_free);
  /* What the caller names is trusted, also an intermediate CA or a server's own certificate: as in other gRPCs. */
  ok = ok && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
  if (!ok) return weir_pem_fail(e, WEIR_INVALID_ARGUMENT, "ca_pem");
  ctx->has_roots = true;
  return WEIR_OK;
}

/* The first certificate is our own, those behind it lead to its root. */
static weir_code context_set_chain(weir_tls_context *ctx, STACK_OF(X509) * certs, weir_error *e) {
  X509 *own = sk_X509_shift(certs);
  bool ok = SSL_CTX_use_certificate(ctx->ssl, own) && SSL_CTX_set1_chain(ctx->ssl, certs);
  X509_free(own);
  return ok ? WEIR_OK : weir_pem_fail(e, WEIR_INVALID_ARGUMENT, "cert_pem cannot be used");
}

static weir_code context_load_cert(weir_tls_context *ctx, const weir_tls_opts *o, weir_error *e) {
  EVP_PKEY *key = NULL;
  weir_code code = WEIR_INVALID_ARGUMENT;
  STACK_OF(X509) *certs = weir_pem_certs(o->cert_pem, "cert_pem", e);
  if (!certs || !(key = weir_pem_key(o->key_pem, "key_pem", e))) goto out;
  code = context_set_chain(ctx, certs, e);
  if (code != WEIR_OK) goto out;
  if (!SSL_CTX_use_PrivateKey(ctx->ssl, key) || !SSL_CTX_check_private_key(ctx->ssl))
    code = weir_pem_fail(e, WEIR_INVALID_ARGUMENT,
                         "key_pem is not the key of the first certificate in cert_pem");
  ctx->has_cert = code == WEIR_OK;
out:
  EVP_PKEY_free(key);
  sk_X509_pop_free(certs, X509_free);
  return code;
}

static const char *context_roots_file(void) {
#ifdef __linux__
  const char *file = secure_getenv(CONTEXT_ROOTS_ENV);
#else
  const char *file = getenv(CONTEXT_ROOTS_ENV);
#endif
  return file && *file ? file : NULL;
}

weir_code weir_tls_context_roots(weir_tls_context *ctx, weir_error *e) {
  weir_code code = WEIR_OK;
  pthread_mutex_lock(&ctx->mu);
  if (!ctx->has_roots) {
    const char *file = context_roots_file();
    ERR_clear_error();
    if (file && !SSL_CTX_load_verify_file(ctx->ssl, file))
      code = weir_pem_fail(e, WEIR_INVALID_ARGUMENT, CONTEXT_ROOTS_ENV "=%s cannot be used", file);
    else if (!file &&
             !SSL_CTX_set_default_verify_paths(ctx->ssl)) /* SSL_CERT_FILE, SSL_CERT_DIR, the system's */
      code = weir_pem_fail(e, WEIR_RESOURCE_EXHAUSTED, "the system's roots cannot be loaded");
    ERR_clear_error();
    ctx->has_roots = code == WEIR_OK;
  }
  pthread_mutex_unlock(&ctx->mu);
  return code;
}

static weir_code context_check_opts(const weir_tls_opts *o, weir_error *e) {
  if (o->key_pem.len && !o->cert_pem.len)
    return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                          "key_pem without cert_pem: pass the key's certificate too");
  if (o->need_client_cert > WEIR_CLIENT_CERT_REQUIRED)
    return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                          "need_client_cert is %u: expected a WEIR_CLIENT_CERT_ constant",
                          o->need_client_cert);
  if (o->need_client_cert && !o->ca_pem.len)
    return weir_error_set(
        e, WEIR_INVALID_ARGUMENT, 0,
        "need_client_cert without ca_pem: pass the CA that signs the clients' certificates");
  return WEIR_OK;
}

static weir_code context_fill(weir_tls_context *ctx, const weir_tls_opts *o, weir_error *e) {
  weir_code code = context_check_opts(o, e);
  ctx->need_client_cert = o->need_client_cert;
  if (code == WEIR_OK && o->server_name && !(ctx->server_name = strdup(o->server_name)))
    code = weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  if (code == WEIR_OK && o->ca_pem.len) code = context_load_ca(ctx, o->ca_pem, e);
  if (code == WEIR_OK && o->cert_pem.len) code = context_load_cert(ctx, o, e);
  /* No certificate: surely a client. Better to fail, and to read files, here than on the loop later. */
  if (code == WEIR_OK && !o->cert_pem.len) code = weir_tls_context_roots(ctx, e);
  return code;
}

weir_creds *weir_creds_tls(const weir_tls_opts *o, weir_error *e) {
  weir_tls_opts opts = {0};
  if (o && !o->size) {
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "weir_tls_opts.size is 0: use WEIR_OPTS(weir_tls_opts, ...)");
    return NULL;
  }
  weir_opts_read(&opts, sizeof opts, o);
  weir_tls_context *ctx = context_new(e);
  if (!ctx) return NULL;
  if (context_fill(ctx, &opts, e) != WEIR_OK) {
    weir_tls_context_free(ctx);
    return NULL;
  }
  return weir_creds_take(ctx, e);
}
