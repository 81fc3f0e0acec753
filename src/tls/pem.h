/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pem.h - PEM text to OpenSSL's objects, with errors that say what is wrong with the text. */
#ifndef WEIR_TLS_PEM_H
#define WEIR_TLS_PEM_H

#include <weir/base.h>

#include <openssl/x509.h>

/** Longest PEM text taken: 30 times what all public CAs come to. */
#define WEIR_TLS_MAX_PEM (8u << 20)

/** All certificates in the text, at least one, in order. NULL with *e: INVALID_ARGUMENT, RESOURCE_EXHAUSTED. `what`
 * begins the message: the option's name. */
STACK_OF(X509) * weir_pem_certs(weir_str pem, const char *what, weir_error *e);
/** The first private key. Errors as above. */
EVP_PKEY *weir_pem_key(weir_str pem, const char *what, weir_error *e);
/** Sets *e from OpenSSL's error queue (out of memory: RESOURCE_EXHAUSTED; else `code`) as "text: OpenSSL's reason"
 * and clears the queue. */
weir_code weir_pem_fail(weir_error *e, weir_code code, const char *fmt, ...) WEIR_PRINTF(3, 4);

#endif
