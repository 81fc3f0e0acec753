/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* blast.c - a closed-loop generator of gRPC unary calls that costs a fraction of what it measures. Requests are
 * encoded once; of the answers it checks what is cheap to check: :status 200, one message of the same size every
 * time, grpc-status 0 in the trailers, END_STREAM once. Anything else ends the run with exit status 1.
 * usage: blast PORT CONNECTIONS STREAMS SECONDS [PATH [http]]     ("http": the answers are not gRPC)
 * prints one line of JSON: calls counted after the warm-up (the first fifth), calls/s, p50 and p99 in us, and
 * "total", the calls of the whole run. */
#include "wire.h"

enum { IN_CAP = 256 * 1024, OUT_CAP = 512 * 1024, OUT_SLACK = 1024, MESSAGE_LEN = 12, TRAILERS_MAX = 64 };
enum { SLOTS = 65536, WINDOW_STEP = 1 << 28, STALL_MS = 2000, BUCKETS = 200000, BUCKET_NS = 50 };

/* A call that waits for its answer; a stream's place is its number modulo SLOTS. */
typedef struct call {
  uint64_t sent_ns;
  uint32_t body_len;
  uint8_t is_live, has_headers;
} call;

typedef struct conn {
  int fd;
  int is_first; /* the next request is the connection's first: it fills the server's dynamic table */
  uint32_t next_id, eaten;
  int64_t window;
  size_t in_len, out_len;
  unsigned live;
  unsigned trailers_changes;
  size_t trailers_len;
  unsigned char trailers[TRAILERS_MAX]; /* the last block made of indexes only, known to mean grpc-status 0 */
  call calls[SLOTS];
  unsigned char in[IN_CAP], out[OUT_CAP];
} conn;

static struct {
  unsigned char first[512], later[64];
  size_t first_len, later_len;
} request;

static uint32_t histogram[BUCKETS + 1];
static uint64_t now_ns, counted, total;
static uint32_t answer_len; /* of every answer's body: that of the first */
static unsigned streams;
static int is_measuring, is_grpc = 1;

static _Noreturn void odd(const char *what, uint32_t stream) {
  fprintf(stderr, "blast: stream %u: %s\n", stream, what);
  exit(1);
}

/* ---- requests ---- */

static size_t request_build(unsigned char *out, int is_first, const char *path) {
  static const unsigned char message[MESSAGE_LEN] = {0, 0, 0, 0, 7, 0x0a, 5, 'w', 'o', 'r', 'l', 'd'};
  unsigned char *p = out + FRAME_HEAD;
  *p++ = 0x83; /* :method POST */
  *p++ = 0x86; /* :scheme http */
  if (is_first) {
    *p++ = 0x40 | 4;
    p = wire_put_str(p, path);
    *p++ = 0x40 | 1;
    p = wire_put_str(p, "localhost");
    *p++ = 0x40 | 31;
    p = wire_put_str(p, "application/grpc");
    *p++ = 0x40;
    p = wire_put_str(wire_put_str(p, "te"), "trailers");
  } else {
    for (int i = 65; i >= 62; i--) *p++ = (unsigned char)(0x80 | i);
  }
  wire_put_head(out, (size_t)(p - out) - FRAME_HEAD, HEADERS, END_HEADERS, 0);
  p = wire_put_head(p, MESSAGE_LEN, DATA, END_STREAM, 0);
  memcpy(p, message, MESSAGE_LEN);
  return (size_t)(p - out) + MESSAGE_LEN;
}

static void call_send(conn *c) {
  unsigned char *p = c->out + c->out_len;
  size_t len = c->is_first ? request.first_len : request.later_len;
  memcpy(p, c->is_first ? request.first : request.later, len);
  wire_put_u32(p + 5, c->next_id);
  wire_put_u32(p + len - MESSAGE_LEN - FRAME_HEAD + 5, c->next_id);
  c->calls[(c->next_id >> 1) % SLOTS] = (call){.sent_ns = now_ns, .is_live = 1};
  c->is_first = 0;
  c->next_id += 2;
  c->window -= MESSAGE_LEN;
  c->live++;
  c->out_len += len;
}

static void conn_flush(conn *c) {
  for (size_t sent = 0; sent < c->out_len;) {
    ssize_t n = send(c->fd, c->out + sent, c->out_len - sent, MSG_NOSIGNAL);
    if (n > 0) {
      sent += (size_t)n;
    } else if (errno != EAGAIN) {
      wire_die("blast: send");
    }
  }
  c->out_len = 0;
}

/* ---- answers ---- */

/* The block without the table size updates that may stand first (RFC 7541 4.2). */
static wire_frame block_of(const wire_frame *f) {
  wire_frame b = *f;
  while (b.len && (b.body[0] & 0xe0) == 0x20) {
    b.body++;
    b.len--;
  }
  return b;
}

/* Does a literal field "grpc-status: 0" stand in the block, name and value each plain or Huffman-coded? */
static int has_status_ok(const wire_frame *b) {
  static const unsigned char plain[] = "\x0bgrpc-status", coded[] = "\x88\x9a\xca\xc8\xb2\x12\x34\xda\x8f";
  const unsigned char *value = memmem(b->body, b->len, plain, sizeof plain - 1);
  if (value) {
    value += sizeof plain - 1;
  } else {
    value = memmem(b->body, b->len, coded, sizeof coded - 1);
    if (!value) return 0;
    value += sizeof coded - 1;
  }
  if (b->body + b->len - value < 2) return 0;
  return (value[0] == 0x01 && value[1] == '0') || (value[0] == 0x81 && value[1] == 0x07);
}

/* Without decoding: a literal status 0, or indexes only, which then stay the same. The indexes move while the
 * server's table fills in the first calls; a status other than 0 would come as a literal. */
static int trailers_ok(conn *c, const wire_frame *f) {
  wire_frame b = block_of(f);
  if (b.len == c->trailers_len && memcmp(b.body, c->trailers, b.len) == 0) return 1;
  if (has_status_ok(&b)) return 1;
  if (b.len == 0 || b.len > TRAILERS_MAX || c->trailers_changes++ == 8) return 0;
  for (uint32_t i = 0; i < b.len; i++) {
    if (!(b.body[i] & 0x80)) return 0;
  }
  memcpy(c->trailers, b.body, b.len);
  c->trailers_len = b.len;
  return 1;
}

static void call_end(conn *c, call *k, uint32_t stream) {
  if (!k->has_headers) odd("ended without headers", stream);
  if (!answer_len) answer_len = k->body_len;
  if (k->body_len != answer_len || (is_grpc && k->body_len < 5)) odd("an answer of another length", stream);
  uint64_t bucket = (now_ns - k->sent_ns) / BUCKET_NS;
  if (is_measuring) {
    histogram[bucket > BUCKETS ? BUCKETS : bucket]++;
    counted++;
  }
  total++;
  k->is_live = 0;
  c->live--;
}

static call *call_of(conn *c, const wire_frame *f) {
  call *k = &c->calls[(f->stream >> 1) % SLOTS];
  if (!(f->stream & 1) || f->stream >= c->next_id || !k->is_live) odd("a frame for no call", f->stream);
  return k;
}

static void call_headers(conn *c, const wire_frame *f) {
  call *k = call_of(c, f);
  if (!(f->flags & END_HEADERS)) odd("CONTINUATION", f->stream);
  if (!k->has_headers) {
    wire_frame b = block_of(f);
    if (!b.len || b.body[0] != 0x88) odd("not :status 200", f->stream);
    if (is_grpc && (f->flags & END_STREAM)) odd("trailers only", f->stream);
    k->has_headers = 1;
  } else if (!(f->flags & END_STREAM) || (is_grpc && !trailers_ok(c, f))) {
    odd("trailers other than grpc-status 0", f->stream);
  }
  if (f->flags & END_STREAM) call_end(c, k, f->stream);
}

static void call_data(conn *c, const wire_frame *f) {
  call *k = call_of(c, f);
  c->eaten += f->len;
  k->body_len += f->len;
  if (!(f->flags & END_STREAM)) return;
  if (is_grpc) odd("no trailers", f->stream);
  call_end(c, k, f->stream);
}

static void conn_frame(conn *c, const wire_frame *f) {
  if (f->type == HEADERS) {
    call_headers(c, f);
  } else if (f->type == DATA) {
    call_data(c, f);
  } else if (f->type == RST_STREAM || f->type == GOAWAY) {
    odd(f->type == GOAWAY ? "GOAWAY" : "RST_STREAM", f->stream);
  } else if (f->type == WINDOW_UPDATE && f->stream == 0 && f->len == 4) {
    c->window += wire_get_u32(f->body);
  } else {
    c->out_len = (size_t)(wire_put_ack(c->out + c->out_len, f) - c->out);
  }
}

static void conn_input(conn *c) {
  size_t at = 0;
  wire_frame f;
  while (wire_get(c->in + at, c->in_len - at, &f)) {
    conn_frame(c, &f);
    at += FRAME_HEAD + f.len;
    if (c->out_len > OUT_CAP - OUT_SLACK) conn_flush(c);
  }
  if (c->in_len - at >= FRAME_HEAD && f.len > FRAME_MAX) odd("a frame that is too long", f.stream);
  memmove(c->in, c->in + at, c->in_len - at);
  c->in_len -= at;
  if (c->eaten > WINDOW_STEP) {
    c->out_len = (size_t)(wire_put_window(c->out + c->out_len, c->eaten) - c->out);
    c->eaten = 0;
  }
  while (c->live < streams && c->window >= MESSAGE_LEN && c->out_len < OUT_CAP - OUT_SLACK) call_send(c);
  conn_flush(c);
}

static void conn_read(conn *c) {
  ssize_t n = recv(c->fd, c->in + c->in_len, IN_CAP - c->in_len, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0) wire_die("blast: recv");
  if (n == 0) odd("the server closed the connection", 0);
  c->in_len += (size_t)n;
  conn_input(c);
}

static void conn_open(int epoll, int port) {
  conn *c = calloc(1, sizeof *c);
  struct sockaddr_in a = wire_loopback(port);
  if (!c) wire_die("blast: calloc");
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(c->fd, (struct sockaddr *)&a, sizeof a)) wire_die("blast: connect");
  wire_nodelay(c->fd);
  fcntl(c->fd, F_SETFL, O_NONBLOCK);
  c->next_id = 1;
  c->is_first = 1;
  c->window = 65535;
  memcpy(c->out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PREFACE_LEN);
  unsigned char *p = wire_put_head(c->out + PREFACE_LEN, 6, SETTINGS, 0, 0);
  memcpy(p, "\0\4\x7f\xff\xff\xff", 6); /* INITIAL_WINDOW_SIZE: the largest */
  c->out_len = (size_t)(wire_put_window(p + 6, 0x3fff0000) - c->out);
  while (c->live < streams) call_send(c);
  conn_flush(c);
  struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &ev)) wire_die("blast: epoll_ctl");
}

/* ---- the run ---- */

/* Returns when the measured part began. */
static uint64_t run(int epoll, double seconds) {
  uint64_t start = now_ns, end = start + (uint64_t)(seconds * 1e9),
           measure = start + (uint64_t)(seconds * 2e8);
  struct epoll_event evs[256];
  while (now_ns < end) {
    int n = epoll_wait(epoll, evs, 256, STALL_MS);
    if (n == 0) odd("no answer for two seconds", 0);
    now_ns = wire_now_ns();
    if (!is_measuring && now_ns > measure) {
      is_measuring = 1;
      measure = now_ns;
    }
    for (int i = 0; i < n; i++) conn_read(evs[i].data.ptr);
  }
  return measure;
}

static double percentile_us(uint64_t percent) {
  uint64_t seen = 0;
  for (int i = 0; i <= BUCKETS; i++) {
    seen += histogram[i];
    if (seen && seen * 100 >= counted * percent) return i * (BUCKET_NS / 1e3);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc < 5 || argc > 7) {
    fprintf(stderr, "usage: blast PORT CONNECTIONS STREAMS SECONDS [PATH [http]]\n");
    return 2;
  }
  const char *path = argc > 5 ? argv[5] : "/helloworld.Greeter/SayHello";
  int epoll = epoll_create1(0), conns = atoi(argv[2]);
  streams = (unsigned)atoi(argv[3]);
  double seconds = atof(argv[4]);
  is_grpc = argc < 7;
  if (strlen(path) > 120 || conns < 1 || streams < 1 || streams > 1000 || seconds <= 0) {
    fprintf(stderr, "blast: an argument is out of range\n");
    return 2;
  }
  request.first_len = request_build(request.first, 1, path);
  request.later_len = request_build(request.later, 0, path);
  now_ns = wire_now_ns();
  for (int i = 0; i < conns; i++) conn_open(epoll, atoi(argv[1]));
  uint64_t from = run(epoll, seconds);
  double measured_s = (double)(now_ns - from) / 1e9;
  if (!counted) odd("no call was answered", 0);
  printf("{\"ops\":%llu,\"ops_s\":%.0f,\"p50\":%.2f,\"p99\":%.2f,\"total\":%llu}\n",
         (unsigned long long)counted, (double)counted / measured_s, percentile_us(50), percentile_us(99),
         (unsigned long long)total);
  return 0;
}
