/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* lookup.h - a look-up, between lookup.c and those who answer it: cares.c, gai.c, sim.c. */
#ifndef WEIR_IO_LOOKUP_H
#define WEIR_IO_LOOKUP_H

#include "io/shard.h"

#define WEIR_LOOKUP_MAX_ADDRS 32  /* more addresses of a name are dropped */
#define WEIR_LOOKUP_MAX_HOST  253 /* RFC 1035 2.3.4, as text */

struct weir_lookup {
  weir_list node; /* shard->lookups */
  weir_shard *shard;
  weir_lookup_fn *fn; /* NULL: cancelled */
  void *arg;
  weir_task deliver; /* step 2: tells the owner, and frees this */
  weir_task work;    /* on the pool */
  weir_timer timer;  /* simulated */
  uint16_t port;
  char host[WEIR_LOOKUP_MAX_HOST + 1];
  weir_error why; /* used if n is 0 */
  size_t n;
  weir_addr addrs[WEIR_LOOKUP_MAX_ADDRS];
};

/** Adds an address with the look-up's port; other families than IPv4 and IPv6 are passed over. */
void weir_lookup_add(weir_lookup *l, const struct sockaddr *sa);
/** The answer is complete: has it delivered. Lock held or not. */
void weir_lookup_finish(weir_lookup *l);

/** Begin to answer; lock held. WEIR_ENOMEM, WEIR_ESYS: cannot. */
weir_err weir_lookup_by_pool(weir_lookup *l);
weir_err weir_lookup_by_cares(weir_lookup *l);
/** c-ares is let go when no look-up needs it, so that the next one reads the system's configuration afresh. */
void weir_cares_idle(weir_shard *s);
void weir_cares_fini(weir_shard *s);

#endif
