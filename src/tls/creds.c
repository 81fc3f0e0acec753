/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "tls/creds.h"

#include <stdatomic.h>

struct weir_creds {
  weir_tls_context *tls; /* NULL: plaintext; the base's if there is one */
  atomic_uint refs;      /* not counted for plaintext */
  /* weir_creds_with_call */
  weir_creds *base;
  weir_fn *add_metadata; /* NULL: channel credentials alone */
  void *arg;
  void (*release)(void *arg);
  size_t n_calls;  /* functions, the base's too */
  bool is_channel; /* there are channel credentials at the bottom */
};

static weir_creds insecure = {.is_channel = true}; /* never written to */

weir_creds *weir_creds_insecure(void) { return &insecure; }

static weir_creds *creds_new(void) {
  weir_creds *c = calloc(1, sizeof *c);
  if (c) atomic_init(&c->refs, 1);
  return c;
}

weir_creds *weir_creds_take(weir_tls_context *ctx, weir_error *e) {
  weir_creds *c = creds_new();
  if (!c) {
    weir_tls_context_free(ctx);
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
    return NULL;
  }
  c->tls = ctx;
  c->is_channel = true;
  return c;
}

weir_creds *weir_creds_with_call(weir_creds *base, weir_fn *add_metadata, void *arg, void (*release)(void *)) {
  weir_creds *c = creds_new();
  if (!c) return NULL;
  if (base) {
    c->base = weir_creds_ref(base);
    c->tls = base->tls;
    c->is_channel = base->is_channel;
  }
  c->n_calls = 1 + (base ? base->n_calls : 0);
  c->add_metadata = add_metadata;
  c->arg = arg;
  c->release = release;
  return c;
}

weir_tls_context *weir_creds_context(const weir_creds *c) { return c->tls; }
bool weir_creds_is_tls(const weir_creds *c) { return c->tls != NULL; }
bool weir_creds_is_channel(const weir_creds *c) { return c->is_channel; }
weir_creds *weir_creds_of_channel(weir_creds *c) {
  while (c->base) c = c->base;
  return c;
}
size_t weir_creds_n_calls(const weir_creds *c) { return c->n_calls; }

void weir_creds_call(const weir_creds *c, size_t i, weir_call *call) {
  while (c->n_calls > i + 1) c = c->base;
  c->add_metadata(c->arg, call, WEIR_OK);
}

weir_creds *weir_creds_ref(weir_creds *c) {
  if (c != &insecure) atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
  return c;
}

/* Not by recursion: a chain may be long. */
void weir_creds_unref(weir_creds *c) {
  while (c && c != &insecure && atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) == 1) {
    weir_creds *base = c->base;
    if (c->release) c->release(c->arg);
    if (!c->add_metadata) weir_tls_context_free(c->tls);
    free(c);
    c = base;
  }
}
