/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tls/creds.h"

#include <stdatomic.h>

struct weir_creds {
  weir_tls_context *tls; /* NULL: plaintext */
  atomic_uint refs;      /* not counted for plaintext */
};

weir_creds *weir_creds_insecure(void) {
  static weir_creds insecure; /* all zero, and never written to */
  return &insecure;
}

weir_creds *weir_creds_take(weir_tls_context *ctx, weir_error *e) {
  weir_creds *c = malloc(sizeof *c);
  if (!c) {
    weir_tls_context_free(ctx);
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
    return NULL;
  }
  c->tls = ctx;
  atomic_init(&c->refs, 1);
  return c;
}

weir_tls_context *weir_creds_context(const weir_creds *c) { return c->tls; }
bool weir_creds_is_tls(const weir_creds *c) { return c->tls != NULL; }

weir_creds *weir_creds_ref(weir_creds *c) {
  if (c->tls) atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
  return c;
}

void weir_creds_unref(weir_creds *c) {
  if (!c || !c->tls || atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1) return;
  weir_tls_context_free(c->tls);
  free(c);
}
