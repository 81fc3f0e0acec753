/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* cares.c - look-ups by c-ares, whose descriptors and timeouts the shard drives. Everything here runs with the
 * shard's lock held. */
#include "io/lookup.h"

#if WEIR_HAVE_CARES
#include <ares.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

typedef struct cares {
  weir_shard *shard;
  ares_channel channel;
  weir_timer timer;
  size_t n_running;
  weir_list watches; /* cares_watch */
} cares;

typedef struct cares_watch {
  weir_watch watch;
  weir_list node;
  cares *owner;
} cares_watch;

/* ---- descriptors and time -------------------------------------------------------------------------------------- */

static void cares_arm(cares *c) {
  struct timeval tv, *t = ares_timeout(c->channel, NULL, &tv);
  weir_io_nanos at = WEIR_IO_NEVER;
  if (t)
    at = weir_shard_now(c->shard) + (weir_io_nanos)t->tv_sec * 1000000000 + (weir_io_nanos)t->tv_usec * 1000 +
         1000000;
  weir_timer_set(c->shard, &c->timer, at); /* without memory the answer itself must come */
}

static void cares_timer(void *arg) {
  cares *c = arg;
  ares_process_fd(c->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  cares_arm(c);
}

static void cares_on_event(weir_watch *w, unsigned events) {
  cares *c = ((cares_watch *)w)->owner;
  bool in = events & (WEIR_WATCH_IN | WEIR_WATCH_HUP), out = events & WEIR_WATCH_OUT;
  ares_process_fd(c->channel, in ? w->fd : ARES_SOCKET_BAD, out ? w->fd : ARES_SOCKET_BAD);
  cares_arm(c);
}

static cares_watch *cares_find(cares *c, int fd) {
  for (weir_list *n = c->watches.next; n != &c->watches; n = n->next)
    if (WEIR_LIST_OF(n, cares_watch, node)->watch.fd == fd) return WEIR_LIST_OF(n, cares_watch, node);
  return NULL;
}

static void cares_drop(cares *c, cares_watch *w) {
  c->shard->ops->unwatch(c->shard, &w->watch);
  weir_list_remove(&w->node);
  w->watch.fn = NULL;
  weir_shard_bury(c->shard, &w->watch.grave, sizeof *w);
}

/* A descriptor that cannot be watched makes its query time out. */
static void cares_watch_new(cares *c, int fd, unsigned events) {
  cares_watch *w = weir_mem_zalloc(c->shard->loop->mem, sizeof *w);
  if (!w) return;
  w->watch.fd = fd;
  w->watch.fn = cares_on_event;
  w->owner = c;
  weir_list_push(&c->watches, &w->node);
  if (c->shard->ops->watch(c->shard, &w->watch, events)) cares_drop(c, w);
}

static void cares_on_state(void *data, ares_socket_t fd, int readable, int writable) {
  cares *c = data;
  cares_watch *w = cares_find(c, fd);
  unsigned events = (readable ? WEIR_WATCH_IN : 0u) | (writable ? WEIR_WATCH_OUT : 0u);
  if (w && events)
    c->shard->ops->rewatch(c->shard, &w->watch, events);
  else if (w)
    cares_drop(c, w);
  else if (events)
    cares_watch_new(c, fd, events);
}

/* ---- its sockets: as it makes them itself, but no SIGPIPE ---------------------------------------------------------- */

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static ares_socket_t cares_socket(int family, int type, int protocol, void *data) {
  (void)data;
  int fd = socket(family, type, protocol);
  if (fd < 0) return ARES_SOCKET_BAD;
  bool ok = fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
#if defined(SO_NOSIGPIPE)
  ok = ok && setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int)) == 0;
#endif
  if (ok) return fd;
  close(fd);
  return ARES_SOCKET_BAD;
}

static int cares_close(ares_socket_t fd, void *data) {
  (void)data;
  return close(fd);
}

static int cares_connect(ares_socket_t fd, const struct sockaddr *sa, ares_socklen_t len, void *data) {
  (void)data;
  return connect(fd, sa, len);
}

static ares_ssize_t cares_recvfrom(ares_socket_t fd, void *buf, size_t cap, int flags, struct sockaddr *from,
                                   ares_socklen_t *from_len, void *data) {
  (void)data;
  return recvfrom(fd, buf, cap, flags, from, from_len);
}

static ares_ssize_t cares_sendv(ares_socket_t fd, const struct iovec *iov, int n, void *data) {
  (void)data;
  struct msghdr msg = {.msg_iov = (struct iovec *)(uintptr_t)iov};
  msg.msg_iovlen = (__typeof__(msg.msg_iovlen))n;
  return sendmsg(fd, &msg, MSG_NOSIGNAL);
}

static const struct ares_socket_functions cares_sockets = {cares_socket, cares_close, cares_connect,
                                                           cares_recvfrom, cares_sendv};

/* ---- life ------------------------------------------------------------------------------------------------------------ */

static void cares_free(cares *c) {
  weir_timer_stop(c->shard, &c->timer);
  while (!weir_list_empty(&c->watches)) cares_drop(c, WEIR_LIST_OF(c->watches.next, cares_watch, node));
  weir_mem_free(c->shard->loop->mem, c, sizeof *c);
}

static cares *cares_of(weir_shard *s) {
  if (s->resolver) return s->resolver;
  cares *c = weir_mem_zalloc(s->loop->mem, sizeof *c);
  if (!c) return NULL;
  c->shard = s;
  c->timer = (weir_timer){.fn = cares_timer, .arg = c};
  weir_list_init(&c->watches);
  struct ares_options o = {.sock_state_cb = cares_on_state, .sock_state_cb_data = c};
  if (ares_init_options(&c->channel, &o, ARES_OPT_SOCK_STATE_CB) != ARES_SUCCESS) {
    cares_free(c);
    return NULL;
  }
  ares_set_socket_functions(c->channel, &cares_sockets, c);
  return s->resolver = c;
}

void weir_cares_idle(weir_shard *s) {
  cares *c = s->resolver;
  if (c && !c->n_running) weir_cares_fini(s);
}

/* Running look-ups get ARES_EDESTRUCTION. */
void weir_cares_fini(weir_shard *s) {
  cares *c = s->resolver;
  if (!c) return;
  ares_destroy(c->channel);
  cares_free(c);
  s->resolver = NULL;
}

/* ---- answers ----------------------------------------------------------------------------------------------------------- */

static void cares_answer(void *arg, int status, int timeouts, struct ares_addrinfo *res) {
  weir_lookup *l = arg;
  cares *c = l->shard->resolver;
  (void)timeouts;
  c->n_running--;
  if (status == ARES_EDESTRUCTION) return; /* the shard ends, and frees the look-up */
  for (struct ares_addrinfo_node *n = res ? res->nodes : NULL; n; n = n->ai_next)
    weir_lookup_add(l, n->ai_addr);
  if (res) ares_freeaddrinfo(res);
  if (!l->n)
    weir_error_set(&l->why, status == ARES_ENOMEM ? WEIR_RESOURCE_EXHAUSTED : WEIR_UNAVAILABLE, 0,
                   "name \"%.100s\": %s", l->host,
                   ares_strerror(status == ARES_SUCCESS ? ARES_ENODATA : status));
  weir_lookup_finish(l);
}

weir_err weir_lookup_by_cares(weir_lookup *l) {
  cares *c = cares_of(l->shard);
  if (!c) return weir_lookup_by_pool(l);
  struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  c->n_running++;
  ares_getaddrinfo(c->channel, l->host, NULL, &hints, cares_answer, l);
  cares_arm(c);
  return WEIR_EOK;
}

#else

weir_err weir_lookup_by_cares(weir_lookup *l) { return weir_lookup_by_pool(l); }
void weir_cares_idle(weir_shard *s) { (void)s; }
void weir_cares_fini(weir_shard *s) { (void)s; }

#endif
