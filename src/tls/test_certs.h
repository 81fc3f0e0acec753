/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* test_certs.h - certificates made while a test runs: nothing in the repository can expire. */
#ifndef WEIR_TLS_TEST_CERTS_H
#define WEIR_TLS_TEST_CERTS_H

#include <weir/base.h>

typedef struct test_cert {
  char *cert, *key; /* PEM, NUL-terminated */
} test_cert;

enum { TEST_CA = 1, TEST_EXPIRED = 2, TEST_NOT_YET = 4, TEST_ONLY_SERVER = 8, TEST_ONLY_CLIENT = 16 };

/** A certificate with the subject `name`; san as OpenSSL's configuration has it ("DNS:a,IP:127.0.0.1"), or NULL.
 * issuer NULL: self-signed. Aborts when OpenSSL fails. */
test_cert test_cert_make(const char *name, const char *san, const test_cert *issuer, int flags);
void test_cert_free(test_cert *c);
static inline weir_str test_pem(const char *pem) { return weir_str_of(pem); }

#endif
