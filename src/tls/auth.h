/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* auth.h - what a handshake told of the peer: one object for each connection, which its calls refer to. */
#ifndef WEIR_TLS_AUTH_H
#define WEIR_TLS_AUTH_H

#include "tls/tls.h"

typedef struct weir_auth weir_auth;

/** Of a connected t. NULL when out of memory. */
weir_auth *weir_tls_auth(weir_tls *t);
/** Any thread; NULL is fine, and gives NULL. */
weir_auth *weir_auth_ref(weir_auth *a);
void weir_auth_unref(weir_auth *a);
/** As weir_call_peer_auth. a NULL: none. Valid as long as a. */
const weir_kv *weir_auth_properties(const weir_auth *a, size_t *n);

#endif
