/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "io/lookup.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void weir_lookup_add(weir_lookup *l, const struct sockaddr *sa) {
  if (l->n == WEIR_LOOKUP_MAX_ADDRS) return;
  weir_addr *a = &l->addrs[l->n];
  *a = (weir_addr){.len = 0};
  if (sa->sa_family == AF_INET) {
    struct sockaddr_in in;
    memcpy(&in, sa, sizeof in);
    in.sin_port = htons(l->port);
    memcpy(&a->sa, &in, a->len = sizeof in);
  } else if (sa->sa_family == AF_INET6) {
    struct sockaddr_in6 in6;
    memcpy(&in6, sa, sizeof in6);
    in6.sin6_port = htons(l->port);
    memcpy(&a->sa, &in6, a->len = sizeof in6);
  }
  if (a->len) l->n++;
}

void weir_lookup_finish(weir_lookup *l) { weir_shard_post(l->shard, &l->deliver); }

static void lookup_free(weir_lookup *l) {
  weir_list_remove(&l->node);
  weir_mem_free(l->shard->loop->mem, l, sizeof *l);
}

static void lookup_deliver(void *arg) {
  weir_lookup *l = arg;
  weir_shard *s = l->shard;
  weir_list_remove(&l->node); /* cancel is harmless from here on */
  if (l->fn) l->fn(l->arg, l->addrs, l->n, l->n ? NULL : &l->why);
  lookup_free(l);
  weir_cares_idle(s);
}

/* An address needs no look-up. */
static bool lookup_literal(weir_lookup *l) {
  char text[WEIR_LOOKUP_MAX_HOST + 8];
  weir_addr a;
  snprintf(text, sizeof text, strchr(l->host, ':') ? "[%s]:0" : "%s:0", l->host);
  if (weir_addr_parse(text, &a, NULL) != WEIR_OK) return false;
  weir_lookup_add(l, (const struct sockaddr *)&a.sa);
  weir_lookup_finish(l);
  return true;
}

/* Names under "invalid" do not exist, and need not be asked for (RFC 6761 6.4). */
static bool host_is_invalid(const char *host, size_t len) {
  if (len && host[len - 1] == '.') len--;
  return len >= 7 && strncasecmp(host + len - 7, "invalid", 7) == 0 && (len == 7 || host[len - 8] == '.');
}

static bool host_is_name(const char *host, weir_error *why) {
  size_t len = strlen(host);
  if (len >= 1 && len <= WEIR_LOOKUP_MAX_HOST) {
    if (!host_is_invalid(host, len)) return true;
    weir_error_set(why, WEIR_UNAVAILABLE, 0, "name \"%.100s\": no name under \"invalid\" exists (RFC 6761)",
                   host);
    return false;
  }
  weir_error_set(why, WEIR_INVALID_ARGUMENT, 0, "the name \"%.40s%s\" has %zu bytes; a host's has 1 to %d",
                 host, len > 40 ? "..." : "", len, WEIR_LOOKUP_MAX_HOST);
  return false;
}

weir_lookup *weir_lookup_start(weir_shard *s, const char *host, uint16_t port, weir_lookup_fn *fn, void *arg) {
  weir_shard_assert_held(s);
  weir_lookup *l = weir_mem_zalloc(s->loop->mem, sizeof *l);
  if (!l) return NULL;
  l->shard = s;
  l->fn = fn;
  l->arg = arg;
  l->port = port;
  l->deliver = (weir_task){.fn = lookup_deliver, .arg = l};
  weir_list_push(&s->lookups, &l->node);
  if (!host_is_name(host, &l->why)) {
    weir_lookup_finish(l);
    return l;
  }
  memcpy(l->host, host, strlen(host));
  if (lookup_literal(l) || !s->ops->lookup(l)) return l;
  lookup_free(l);
  return NULL;
}

void weir_lookup_cancel(weir_lookup *l) {
  if (!l) return;
  weir_shard_assert_held(l->shard);
  l->fn = NULL;
}

void weir_lookup_fini(weir_shard *s) {
  weir_cares_fini(s);
  for (weir_list *node; (node = weir_list_pop(&s->lookups));)
    lookup_free(WEIR_LIST_OF(node, weir_lookup, node));
}
