/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* credentials.h - PEM files to credentials. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <weir/channel.h>

/** TLS with this certificate (and chain) and key; plaintext if neither is given. NULL with *e: a file cannot be read, or
 * does not hold what it should. */
weir_creds *server_credentials(const char *cert_file, const char *key_file, weir_error *e);

#endif
