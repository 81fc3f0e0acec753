/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* context.h - what all connections with the same credentials share: OpenSSL's context, both roles in one. */
#ifndef WEIR_TLS_CONTEXT_H
#define WEIR_TLS_CONTEXT_H

#include "tls/creds.h"

#include <openssl/ssl.h>

#include <pthread.h>

struct weir_tls_context {
  SSL_CTX *ssl;      /* shared by all connections; OpenSSL locks it */
  BIO_METHOD *bio;   /* of the connections' BIOs, see tls.c */
  char *server_name; /* NULL: the target's host */
  uint32_t need_client_cert;
  bool has_cert;
  pthread_mutex_t mu; /* guards has_roots and the loading */
  bool has_roots;     /* something to verify a server with is loaded */
};

/** Loads the system's roots if the credentials name none and that was not done yet: at the first client connection,
 * because a server needs none and they take milliseconds and memory. INVALID_ARGUMENT: a file named by
 * GRPC_DEFAULT_SSL_ROOTS_FILE_PATH cannot be used. */
weir_code weir_tls_context_roots(weir_tls_context *ctx, weir_error *e);

/** The callbacks of all connections; in tls.c, because they find their weir_tls as the SSL's app data. */
int weir_tls_on_verify(int ok, X509_STORE_CTX *store);
int weir_tls_on_hello(SSL *ssl, int *alert, void *arg);
int weir_tls_on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
                     unsigned in_len, void *arg);
/** OpenSSL's connection; borrowed. */
SSL *weir_tls_ssl(weir_tls *t);
bool weir_tls_is_client(const weir_tls *t);
/** Our BIO: reads and writes the buffers of the weir_tls that is its data. NULL when out of memory. */
BIO_METHOD *weir_tls_bio_method(void);

#endif
