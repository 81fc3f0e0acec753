/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* posix.c - TCP and unix sockets of the kernel, watched edge-triggered by whichever backend the shard has. */
#include "io/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define WATCH_ALL      (WEIR_WATCH_IN | WEIR_WATCH_OUT | WEIR_WATCH_EDGE)
#define LISTEN_BACKLOG 4096      /* the kernel cuts it to somaxconn */
#define PAUSE_NS       100000000 /* of a listener without descriptors */
#define MAX_SLICES     64

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE is set instead */
#endif

typedef struct posix_listener {
  weir_sock sock;
  weir_timer pause;
  char path[sizeof(struct sockaddr_un)]; /* of the socket file; empty if there is none */
  dev_t dev;
  ino_t ino;
} posix_listener;

static posix_listener *listener_of(weir_sock *s) { return (posix_listener *)s; }

/* ---- descriptors --------------------------------------------------------------------------------------------- */

static bool fd_prepare(int fd) {
#if !defined(SOCK_CLOEXEC)
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) return false;
#endif
#if defined(SO_NOSIGPIPE)
  if (setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int)) < 0) return false;
#endif
  (void)fd;
  return true;
}

static int fd_open(int family) {
#if defined(SOCK_CLOEXEC)
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
#else
  int fd = socket(family, SOCK_STREAM, 0);
#endif
  if (fd < 0 || fd_prepare(fd)) return fd;
  int err = errno;
  close(fd);
  errno = err;
  return -1;
}

static int fd_accept(int listener) {
#if defined(SOCK_CLOEXEC)
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
  int fd = accept(listener, NULL, NULL);
#endif
  if (fd < 0 || fd_prepare(fd)) return fd;
  close(fd);
  errno = ECONNABORTED;
  return -1;
}

static void fd_no_delay(int fd, int family) {
  if (family == AF_INET || family == AF_INET6)
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

/* ---- events ---------------------------------------------------------------------------------------------------- */

static void sock_settle_connect(weir_sock *s, unsigned events) {
  if (s->connected != 0 || !(events & (WEIR_WATCH_OUT | WEIR_WATCH_HUP))) return;
  int err = 0;
  if (getsockopt(s->watch.fd, SOL_SOCKET, SO_ERROR, &err, &(socklen_t){sizeof err}) < 0) err = errno;
  s->err = err;
  s->connected = err ? -1 : 1;
}

/* A short read ends the owner's reading, but what follows the bytes (EOF, reset) may have come in the same edge:
 * `has_hup` makes weir_posix_recv ask for another go then. */
static void sock_on_event(weir_watch *w, unsigned events) {
  weir_sock *s = (weir_sock *)w;
  sock_settle_connect(s, events);
  if (events & WEIR_WATCH_HUP) s->has_hup = true;
  weir_sock_fire(s);
}

/* Takes fd over, or closes it. */
static weir_sock *sock_new(weir_shard *s, int fd, size_t size, int *err) {
  weir_sock *sock = weir_sock_alloc(s, size);
  if (!sock) {
    close(fd);
    *err = ENOMEM;
    return NULL;
  }
  sock->watch.fd = fd;
  sock->watch.fn = sock_on_event;
  weir_err e = s->ops->watch(s, &sock->watch, WATCH_ALL);
  if (!e) return sock;
  *err = e == WEIR_ENOMEM ? ENOMEM : errno;
  weir_sock_close(sock);
  return NULL;
}

static void *sock_error(weir_error *e, int err, const char *what, const weir_addr *a) {
  char text[160];
  weir_addr_format(a, text, sizeof text);
  bool no_room = err == ENOMEM || err == EMFILE || err == ENFILE || err == ENOBUFS;
  weir_error_set(e, no_room ? WEIR_RESOURCE_EXHAUSTED : WEIR_UNAVAILABLE, err, "%s %s: %s", what, text,
                 strerror(err));
  return NULL;
}

/* ---- connect ----------------------------------------------------------------------------------------------------- */

weir_sock *weir_posix_connect(weir_shard *s, const weir_addr *a, weir_error *e) {
  int fd = fd_open(a->sa.ss_family), err = errno;
  if (fd < 0) return sock_error(e, err, "connect to", a);
  fd_no_delay(fd, a->sa.ss_family);
  bool at_once = connect(fd, (const struct sockaddr *)&a->sa, a->len) == 0;
  err = errno;
  if (!at_once && err != EINPROGRESS && err != EINTR) {
    close(fd);
    return sock_error(e, err, "connect to", a);
  }
  weir_sock *sock =
      sock_new(s, fd, sizeof *sock, &err); /* watched only now: an unconnected socket is "hung up" */
  if (!sock) return sock_error(e, err, "connect to", a);
  sock->connected = at_once;
  return sock;
}

/* ---- listen -------------------------------------------------------------------------------------------------------- */

static const char *unix_path(const weir_addr *a) {
  const char *path = ((const struct sockaddr_un *)&a->sa)->sun_path;
  return a->sa.ss_family == AF_UNIX && path[0] ? path : "";
}

/* True if the file is a socket that nobody listens on any more, and is gone now. */
static bool unix_remove_stale(const weir_addr *a) {
  struct stat st;
  if (!*unix_path(a) || stat(unix_path(a), &st) < 0 || !S_ISSOCK(st.st_mode)) return false;
  int fd = fd_open(AF_UNIX);
  if (fd < 0) return false;
  bool stale = connect(fd, (const struct sockaddr *)&a->sa, a->len) < 0 && errno == ECONNREFUSED;
  close(fd);
  return stale && unlink(unix_path(a)) == 0;
}

static int fd_bind(int fd, const weir_addr *a, bool reuse_port) {
  if (a->sa.ss_family != AF_UNIX) {
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int)) < 0) return errno;
  }
  if (a->sa.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
  fd_no_delay(fd, a->sa.ss_family); /* Linux hands it on to accepted sockets */
  if (bind(fd, (const struct sockaddr *)&a->sa, a->len) == 0) return 0;
  int err = errno;
  if (err != EADDRINUSE || !unix_remove_stale(a)) return err;
  return bind(fd, (const struct sockaddr *)&a->sa, a->len) == 0 ? 0 : errno;
}

/* [::] means every address; on a machine without IPv6 that is 0.0.0.0. */
static bool addr_without_ipv6(const weir_addr *a, weir_addr *v4) {
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->sa;
  if (a->sa.ss_family != AF_INET6 || !IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr)) return false;
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = in6->sin6_port};
  *v4 = (weir_addr){.len = sizeof in};
  memcpy(&v4->sa, &in, sizeof in);
  return true;
}

static int fd_listen(const weir_addr *a, bool reuse_port, int *err) {
  int fd = fd_open(a->sa.ss_family);
  *err = fd < 0 ? errno : fd_bind(fd, a, reuse_port);
  if (!*err && listen(fd, LISTEN_BACKLOG) < 0) *err = errno;
  if (!*err) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

static void listener_resume(void *arg) {
  weir_sock *s = arg;
  weir_sock_fire(s);
}

weir_sock *weir_posix_listen(weir_shard *s, const weir_addr *a, bool reuse_port, weir_error *e) {
  weir_addr v4;
  int err, fd = fd_listen(a, reuse_port, &err);
  if (fd < 0 && (err == EAFNOSUPPORT || err == EADDRNOTAVAIL) && addr_without_ipv6(a, &v4))
    fd = fd_listen(&v4, reuse_port, &err);
  if (fd < 0) return sock_error(e, err, "listen on", a);
  weir_sock *sock = sock_new(s, fd, sizeof(posix_listener), &err);
  if (!sock) {
    if (*unix_path(a)) unlink(unix_path(a));
    return sock_error(e, err, "listen on", a);
  }
  posix_listener *l = listener_of(sock);
  sock->is_listener = true;
  l->pause.fn = listener_resume;
  l->pause.arg = sock;
  struct stat st;
  if (*unix_path(a) && stat(unix_path(a), &st) == 0) {
    memcpy(l->path, unix_path(a), strlen(unix_path(a)));
    l->dev = st.st_dev;
    l->ino = st.st_ino;
  }
  return sock;
}

/* No edge tells when descriptors are to be had again. */
static weir_io listener_pause(weir_sock *s, int err) {
  posix_listener *l = listener_of(s);
  s->err = err;
  if (weir_timer_set(s->shard, &l->pause, weir_shard_now(s->shard) + PAUSE_NS)) weir_sock_again(s);
  return WEIR_IO_ERROR;
}

static bool accept_is_transient(int err) {
  return err == EINTR || err == ECONNABORTED || err == EPROTO || err == ENETDOWN || err == EHOSTUNREACH ||
         err == ENETUNREACH || err == EHOSTDOWN || err == EPERM;
}

weir_io weir_posix_accept(weir_sock *listener, weir_shard *on, weir_sock **out) {
  if (listener_of(listener)->pause.slot) return WEIR_IO_AGAIN;
  int fd;
  do fd = fd_accept(listener->watch.fd);
  while (fd < 0 && accept_is_transient(errno));
  if (fd < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK ? WEIR_IO_AGAIN : listener_pause(listener, errno);
#if !defined(__linux__)
  fd_no_delay(fd, AF_INET);
#endif
  int err = 0;
  weir_sock *s = sock_new(on, fd, sizeof *s, &err);
  if (!s) return listener_pause(listener, err);
  s->connected = 1;
  *out = s;
  return WEIR_IO_OK;
}

/* ---- bytes ----------------------------------------------------------------------------------------------------------- */

static weir_io sock_failed(weir_sock *s) {
  if (errno == EAGAIN || errno == EWOULDBLOCK) return WEIR_IO_AGAIN;
  s->err = errno;
  return WEIR_IO_ERROR;
}

weir_io weir_posix_recv(weir_sock *s, void *buf, size_t cap, size_t *n) {
  ssize_t got;
  do got = recv(s->watch.fd, buf, cap, 0);
  while (got < 0 && errno == EINTR);
  if (got < 0) return sock_failed(s);
  if (got == 0) return WEIR_IO_EOF;
  *n = (size_t)got;
  if (s->has_hup && *n < cap) weir_sock_again(s);
  return WEIR_IO_OK;
}

static ssize_t sock_send_many(weir_sock *s, const weir_str *v, size_t n_v) {
  struct iovec iov[MAX_SLICES];
  if (n_v > MAX_SLICES) n_v = MAX_SLICES;
  for (size_t i = 0; i < n_v; i++) iov[i] = (struct iovec){(void *)(uintptr_t)v[i].data, v[i].len};
  struct msghdr msg = {.msg_iov = iov};
  msg.msg_iovlen = (__typeof__(msg.msg_iovlen))n_v;
  return sendmsg(s->watch.fd, &msg, MSG_NOSIGNAL);
}

weir_io weir_posix_sendv(weir_sock *s, const weir_str *v, size_t n_v, size_t *n) {
  ssize_t sent;
  do sent = n_v == 1 ? send(s->watch.fd, v->data, v->len, MSG_NOSIGNAL) : sock_send_many(s, v, n_v);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) return sock_failed(s);
  *n = (size_t)sent;
  return WEIR_IO_OK;
}

void weir_posix_shutdown(weir_sock *s) { shutdown(s->watch.fd, SHUT_WR); }

bool weir_posix_local_addr(weir_sock *s, weir_addr *a) {
  *a = (weir_addr){.len = sizeof a->sa};
  return getsockname(s->watch.fd, (struct sockaddr *)&a->sa, &a->len) == 0;
}

bool weir_posix_peer_addr(weir_sock *s, weir_addr *a) {
  *a = (weir_addr){.len = sizeof a->sa};
  return getpeername(s->watch.fd, (struct sockaddr *)&a->sa, &a->len) == 0;
}

static void listener_close(weir_sock *s) {
  posix_listener *l = listener_of(s);
  weir_timer_stop(s->shard, &l->pause);
  struct stat st;
  if (l->path[0] && stat(l->path, &st) == 0 && st.st_dev == l->dev && st.st_ino == l->ino) unlink(l->path);
}

void weir_posix_close(weir_sock *s) {
  if (s->is_listener) listener_close(s);
  s->shard->ops->unwatch(s->shard, &s->watch);
  close(s->watch.fd);
  s->watch.fd = -1;
}
