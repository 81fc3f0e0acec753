/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* canned.c - the least an HTTP/2 server can do and still satisfy a gRPC client: frames are split, SETTINGS and PING
 * acknowledged, the connection window topped up, and every stream that ends gets the same answer, all answers of one
 * read in one write. No HPACK decoding, no streams, no protobuf: the floor for a server's CPU per call.
 * usage: canned PORT */
#include "wire.h"

enum { IN_CAP = 64 * 1024, OUT_CAP = 1024 * 1024, OUT_SLACK = 4096, WINDOW_STEP = 16000 };

typedef struct conn {
  int fd;
  int is_open;   /* the client's preface has come */
  int is_primed; /* content-type and grpc-status are in the client's dynamic table */
  size_t in_len, out_len;
  uint32_t eaten; /* DATA bytes not given back as window yet */
  unsigned char in[IN_CAP], out[OUT_CAP];
} conn;

static unsigned char *answer_headers(unsigned char *p, uint32_t id, int is_primed) {
  unsigned char *q = p + FRAME_HEAD;
  *q++ = 0x88; /* :status 200 */
  if (is_primed) {
    *q++ = 0x80 | 63;
  } else {
    *q++ = 0x40 | 31; /* content-type */
    q = wire_put_str(q, "application/grpc");
  }
  wire_put_head(p, (size_t)(q - p) - FRAME_HEAD, HEADERS, END_HEADERS, id);
  return q;
}

static unsigned char *answer_trailers(unsigned char *p, uint32_t id, int is_primed) {
  unsigned char *q = p + FRAME_HEAD;
  if (is_primed) {
    *q++ = 0x80 | 62;
  } else {
    *q++ = 0x40;
    q = wire_put_str(wire_put_str(q, "grpc-status"), "0");
  }
  wire_put_head(p, (size_t)(q - p) - FRAME_HEAD, HEADERS, END_HEADERS | END_STREAM, id);
  return q;
}

static unsigned char *answer(conn *c, unsigned char *p, uint32_t id) {
  static const unsigned char message[] = "\0\0\0\0\x0d\x0a\x0bHello world";
  p = answer_headers(p, id, c->is_primed);
  p = wire_put_head(p, sizeof message - 1, DATA, 0, id);
  memcpy(p, message, sizeof message - 1);
  p = answer_trailers(p + sizeof message - 1, id, c->is_primed);
  c->is_primed = 1;
  return p;
}

static int conn_flush(conn *c) {
  for (size_t sent = 0; sent < c->out_len;) {
    ssize_t n = send(c->fd, c->out + sent, c->out_len - sent, MSG_NOSIGNAL);
    if (n > 0) {
      sent += (size_t)n;
    } else if (errno != EAGAIN) {
      return -1;
    }
  }
  c->out_len = 0;
  return 0;
}

static void conn_frame(conn *c, const wire_frame *f) {
  unsigned char *p = wire_put_ack(c->out + c->out_len, f);
  if (f->type == DATA) c->eaten += f->len;
  if ((f->type == DATA || f->type == HEADERS) && (f->flags & END_STREAM)) p = answer(c, p, f->stream);
  if (c->eaten > WINDOW_STEP) {
    p = wire_put_window(p, c->eaten);
    c->eaten = 0;
  }
  c->out_len = (size_t)(p - c->out);
}

static size_t conn_preface(conn *c) {
  unsigned char *p = wire_put_head(c->out + c->out_len, 6, SETTINGS, 0, 0);
  memcpy(p, "\0\3\0\0\x10\0", 6); /* MAX_CONCURRENT_STREAMS 4096 */
  c->out_len = (size_t)(p + 6 - c->out);
  c->is_open = 1;
  return PREFACE_LEN;
}

static int conn_input(conn *c) {
  size_t at = 0;
  wire_frame f;
  if (!c->is_open) {
    if (c->in_len < PREFACE_LEN) return 0;
    at = conn_preface(c);
  }
  while (wire_get(c->in + at, c->in_len - at, &f)) {
    if (f.len > FRAME_MAX) return -1;
    conn_frame(c, &f);
    at += FRAME_HEAD + f.len;
    if (c->out_len > OUT_CAP - OUT_SLACK && conn_flush(c)) return -1;
  }
  memmove(c->in, c->in + at, c->in_len - at);
  c->in_len -= at;
  if (c->in_len == IN_CAP) return -1; /* a frame that is longer than the buffer */
  return conn_flush(c);
}

static void conn_read(conn *c) {
  ssize_t n = recv(c->fd, c->in + c->in_len, IN_CAP - c->in_len, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n > 0) c->in_len += (size_t)n;
  if (n > 0 && conn_input(c) == 0) return;
  close(c->fd);
  free(c);
}

static void conn_accept(int epoll, int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0) return;
  conn *c = calloc(1, sizeof *c);
  if (!c) wire_die("calloc");
  c->fd = fd;
  wire_nodelay(fd);
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev)) wire_die("epoll_ctl");
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in a = wire_loopback(port);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 512)) wire_die("listen");
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: canned PORT\n");
    return 2;
  }
  int listener = listen_on(atoi(argv[1])), epoll = epoll_create1(0);
  struct epoll_event ev = {.events = EPOLLIN}, evs[256];
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev)) wire_die("epoll_ctl");
  for (;;) {
    int n = epoll_wait(epoll, evs, 256, -1);
    for (int i = 0; i < n; i++) {
      if (evs[i].data.ptr) {
        conn_read(evs[i].data.ptr);
      } else {
        conn_accept(epoll, listener);
      }
    }
  }
}
