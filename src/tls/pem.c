/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tls/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdarg.h>
#include <stdio.h>

weir_code weir_pem_fail(weir_error *e, weir_code code, const char *fmt, ...) {
  char text[160];
  va_list ap;
  va_start(ap, fmt);
  vsnprintf(text, sizeof text, fmt, ap);
  va_end(ap);
  unsigned long last = ERR_peek_last_error();
  const char *why = last ? ERR_reason_error_string(last) : NULL;
  ERR_clear_error();
  if (ERR_GET_REASON(last) == ERR_R_MALLOC_FAILURE)
    return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  return weir_error_set(e, code, 0, why ? "%s: %s" : "%s", text, why);
}

/* OpenSSL would ask for a password on the terminal. */
static int pem_no_password(char *buf, int size, int writing, void *arg) {
  (void)buf, (void)size, (void)writing;
  *(bool *)arg = true;
  return -1;
}

static BIO *pem_open(weir_str pem, const char *what, const char *want, weir_error *e) {
  if (!pem.len) {
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s is empty: expected the PEM of a %s", what, want);
    return NULL;
  }
  if (pem.len > WEIR_TLS_MAX_PEM) {
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s is longer than %u bytes", what, WEIR_TLS_MAX_PEM);
    return NULL;
  }
  ERR_clear_error();
  BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
  if (!bio) weir_pem_fail(e, WEIR_RESOURCE_EXHAUSTED, "%s", what);
  return bio;
}

static bool pem_at_end(void) {
  unsigned long last = ERR_peek_last_error();
  return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

STACK_OF(X509) * weir_pem_certs(weir_str pem, const char *what, weir_error *e) {
  BIO *bio = pem_open(pem, what, "certificate", e);
  if (!bio) return NULL;
  bool encrypted = false, pushed = true;
  STACK_OF(X509) *certs = sk_X509_new_null();
  X509 *cert = NULL;
  while (certs && pushed && (cert = PEM_read_bio_X509(bio, NULL, pem_no_password, &encrypted)) != NULL) {
    pushed = sk_X509_push(certs, cert) > 0;
    if (!pushed) X509_free(cert);
  }
  BIO_free(bio);
  int n = certs ? sk_X509_num(certs) : 0;
  if (certs && pushed && n > 0 && pem_at_end()) {
    ERR_clear_error();
    return certs;
  }
  if (!certs || !pushed) {
    ERR_clear_error();
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  } else if (pem_at_end()) {
    ERR_clear_error();
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                   "%s holds no certificate: expected -----BEGIN CERTIFICATE-----", what);
  } else {
    weir_pem_fail(e, WEIR_INVALID_ARGUMENT, "%s: certificate %d is malformed", what, n + 1);
  }
  sk_X509_pop_free(certs, X509_free);
  return NULL;
}

EVP_PKEY *weir_pem_key(weir_str pem, const char *what, weir_error *e) {
  BIO *bio = pem_open(pem, what, "private key", e);
  if (!bio) return NULL;
  bool encrypted = false;
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, pem_no_password, &encrypted);
  BIO_free(bio);
  if (key) {
    ERR_clear_error();
    return key;
  }
  if (encrypted) {
    ERR_clear_error();
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0,
                   "%s is encrypted: decrypt it first, as with `openssl pkey -in key.pem -out plain.pem`",
                   what);
  } else {
    weir_pem_fail(e, WEIR_INVALID_ARGUMENT, "%s holds no private key that can be read", what);
  }
  return NULL;
}
