/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* wire.h - what the measuring programs share: loopback sockets, a clock, HTTP/2 frame headers (RFC 9113 4.1).
 * They link no library of ours on purpose: they are the ruler, not what is measured. */
#ifndef WEIR_BENCH_WIRE_H
#define WEIR_BENCH_WIRE_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_HEAD = 9, FRAME_MAX = 16384, PREFACE_LEN = 24 };
enum { DATA = 0, HEADERS = 1, RST_STREAM = 3, SETTINGS = 4, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8 };
enum { END_STREAM = 1, ACK = 1, END_HEADERS = 4 };

typedef struct wire_frame {
  uint32_t len;
  uint8_t type;
  uint8_t flags;
  uint32_t stream;
  const unsigned char *body;
} wire_frame;

static inline _Noreturn void wire_die(const char *what) {
  perror(what);
  exit(1);
}

static inline uint64_t wire_now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void wire_nodelay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static inline struct sockaddr_in wire_loopback(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

static inline unsigned char *wire_put_u32(unsigned char *p, uint32_t v) {
  p[0] = (unsigned char)(v >> 24);
  p[1] = (unsigned char)(v >> 16);
  p[2] = (unsigned char)(v >> 8);
  p[3] = (unsigned char)v;
  return p + 4;
}

static inline uint32_t wire_get_u32(const unsigned char *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Writes a frame's header and returns where its body starts. */
static inline unsigned char *wire_put_head(unsigned char *p, size_t len, int type, int flags, uint32_t stream) {
  p[0] = (unsigned char)(len >> 16);
  p[1] = (unsigned char)(len >> 8);
  p[2] = (unsigned char)len;
  p[3] = (unsigned char)type;
  p[4] = (unsigned char)flags;
  return wire_put_u32(p + 5, stream);
}

/* Appends the answer to a SETTINGS or PING that asks for one; `p` unchanged when `f` asks for nothing. */
static inline unsigned char *wire_put_ack(unsigned char *p, const wire_frame *f) {
  if (f->flags & ACK) return p;
  if (f->type == SETTINGS) return wire_put_head(p, 0, SETTINGS, ACK, 0);
  if (f->type != PING || f->len != 8) return p;
  p = wire_put_head(p, 8, PING, ACK, 0);
  memcpy(p, f->body, 8);
  return p + 8;
}

static inline unsigned char *wire_put_window(unsigned char *p, uint32_t increment) {
  return wire_put_u32(wire_put_head(p, 4, WINDOW_UPDATE, 0, 0), increment);
}

/* Reads the frame at `p` if all of it is there. */
static inline int wire_get(const unsigned char *p, size_t n, wire_frame *f) {
  if (n < FRAME_HEAD) return 0;
  f->len = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
  f->type = p[3];
  f->flags = p[4];
  f->stream = wire_get_u32(p + 5) & 0x7fffffff;
  f->body = p + FRAME_HEAD;
  return n >= FRAME_HEAD + f->len;
}

/* A literal string without Huffman coding (RFC 7541 5.2), shorter than 127 bytes. */
static inline unsigned char *wire_put_str(unsigned char *p, const char *s) {
  size_t n = strlen(s);
  *p++ = (unsigned char)n;
  memcpy(p, s, n);
  return p + n;
}

#endif
