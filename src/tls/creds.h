/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* creds.h - inside a weir_creds. Knows nothing of OpenSSL, so that a build without it shares creds.c. */
#ifndef WEIR_TLS_CREDS_H
#define WEIR_TLS_CREDS_H

#include "tls/tls.h"

typedef struct weir_tls_context weir_tls_context;

/** Takes ctx over, also on failure. NULL when out of memory. */
weir_creds *weir_creds_take(weir_tls_context *ctx, weir_error *e);
/** NULL for weir_creds_insecure. Borrowed. */
weir_tls_context *weir_creds_context(const weir_creds *c);
void weir_tls_context_free(weir_tls_context *ctx);

#endif
