/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* tls.h - TLS as an engine over memory: ciphertext in, plaintext out, and back. No socket, no clock. OpenSSL is
 * seen by this folder only. Also the credentials objects of weir/channel.h. */
#ifndef WEIR_TLS_H
#define WEIR_TLS_H

#include "base/err.h"
#include "base/mem.h"
#include <weir/channel.h>

/** False for weir_creds_insecure. */
bool weir_creds_is_tls(const weir_creds *c);
/** False for call credentials alone: weir_creds_with_call(NULL, ...). */
bool weir_creds_is_channel(const weir_creds *c);
/** What is below the functions of weir_creds_with_call, if it is channel credentials. Borrowed. Connections refer to
 * that alone: they end under locks, where no `release` may run. */
weir_creds *weir_creds_of_channel(weir_creds *c);
/** How many functions of weir_creds_with_call there are; and calls the i-th, in the order of their making. */
size_t weir_creds_n_calls(const weir_creds *c);
void weir_creds_call(const weir_creds *c, size_t i, weir_call *call);

typedef struct weir_tls weir_tls;

/** One connection. server_name: the host to verify and to send as SNI (client; the creds' own server_name wins; an IP
 * literal is verified as such and not sent). NULL with *e: FAILED_PRECONDITION (a server without certificate),
 * RESOURCE_EXHAUSTED. */
weir_tls *weir_tls_new(weir_creds *c, bool is_client, const char *server_name, weir_error *e);
void weir_tls_free(weir_tls *t);

/** Feeds ciphertext; all of *in is taken (kept inside if need be). WEIR_EPROTO: handshake or record failure, see
 * weir_tls_why; an alert may wait in peek. WEIR_ENOMEM. */
weir_err weir_tls_recv(weir_tls *t, weir_str *in);
/** Decrypted bytes into buf: returns how many; 0: none now (or *eof: the peer closed in good order). Call until 0
 * after each weir_tls_recv. WEIR_EPROTO by *err. */
size_t weir_tls_read(weir_tls *t, void *buf, size_t cap, bool *eof, weir_err *err);
/** Encrypts all of the slices. Only once connected. WEIR_EPROTO, WEIR_ENOMEM. */
weir_err weir_tls_write(weir_tls *t, const weir_str *v, size_t n);
/** Ciphertext to send; empty if there is none. Valid until the next call on t. */
weir_str weir_tls_peek(weir_tls *t);
void weir_tls_wrote(weir_tls *t, size_t len);
/** True once the handshake is over, the peer verified and ALPN settled on h2. */
bool weir_tls_connected(const weir_tls *t);
/** Queues close_notify. */
void weir_tls_shutdown(weir_tls *t);
/** What failed, in words that name the remedy ("certificate verify failed: self-signed certificate (18); pass its CA
 * as ca_pem", "the peer did not agree on ALPN h2"). Valid until free; empty if nothing did. */
const char *weir_tls_why(const weir_tls *t);

#endif
