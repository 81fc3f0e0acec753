/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* why.h - OpenSSL's reasons in words that name the remedy. */
#ifndef WEIR_TLS_WHY_H
#define WEIR_TLS_WHY_H

#include <openssl/ssl.h>

#include <stdbool.h>
#include <stddef.h>

/** Room for the longest text; what is longer is cut. It fits into a weir_error. */
#define WEIR_TLS_WHY_CAP 240

/** Explains an error of OpenSSL's queue, which may be an alert that the peer sent. */
void weir_tls_explain(char why[WEIR_TLS_WHY_CAP], unsigned long error, bool is_client);
/** Explains what is wrong with the peer's certificate, from inside OpenSSL's verify callback. `name`: the host a
 * client asked for, else NULL. */
void weir_tls_explain_cert(char why[WEIR_TLS_WHY_CAP], X509_STORE_CTX *store, const char *name);

#endif
