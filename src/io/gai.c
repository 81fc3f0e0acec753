/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* gai.c - look-ups by getaddrinfo, which blocks: on a thread of the pool. */
#include "io/lookup.h"

#include <errno.h>
#include <netdb.h>

static weir_code gai_code(int err) { return err == EAI_MEMORY ? WEIR_RESOURCE_EXHAUSTED : WEIR_UNAVAILABLE; }

static void gai_run(void *arg) {
  weir_lookup *l = arg;
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM}, *list = NULL;
  int err = getaddrinfo(l->host, NULL, &hints, &list), sys = err == EAI_SYSTEM ? errno : 0;
  for (struct addrinfo *ai = err ? NULL : list; ai; ai = ai->ai_next) weir_lookup_add(l, ai->ai_addr);
  if (!err) freeaddrinfo(list);
  if (!l->n)
    weir_error_set(&l->why, gai_code(err), sys, "name \"%.100s\": %s", l->host,
                   gai_strerror(err ? err : EAI_NONAME));
  weir_lookup_finish(l);
}

weir_err weir_lookup_by_pool(weir_lookup *l) {
  l->work = (weir_task){.fn = gai_run, .arg = l};
  return weir_loop_pool_run(l->shard->loop, &l->work);
}
