/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "credentials.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_PEM 65536

/* The whole file, in the arena; the empty view with *e if that fails. */
static weir_str read_file(const char *path, weir_arena *a, weir_error *e) {
  char *text = weir_alloc(a, MAX_PEM);
  FILE *f = fopen(path, "r");
  size_t len = f && text ? fread(text, 1, MAX_PEM, f) : 0;
  if (!f || ferror(f))
    weir_error_set(e, WEIR_NOT_FOUND, errno, "%s: %s", path, strerror(errno));
  else if (!len || len == MAX_PEM)
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s: expected PEM of less than %d bytes", path, MAX_PEM);
  if (f) fclose(f);
  return (weir_str){text, len < MAX_PEM ? len : 0};
}

weir_creds *server_credentials(const char *cert_file, const char *key_file, weir_error *e) {
  if (!cert_file && !key_file) return weir_creds_insecure();
  if (!cert_file || !key_file) {
    weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "TLS needs both a certificate and its key");
    return NULL;
  }
  weir_creds *creds = NULL;
  weir_arena *a = weir_arena_new(NULL, 0);
  if (!a) {
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
    return NULL;
  }
  weir_str cert = read_file(cert_file, a, e), key = read_file(key_file, a, e);
  if (cert.len && key.len)
    creds = weir_creds_tls(WEIR_OPTS(weir_tls_opts, .cert_pem = cert, .key_pem = key), e);
  weir_arena_free(a);
  return creds;
}
