/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* sim.c - a network and a clock that exist in memory only and follow from a seed.
 *
 * What a kernel would keep (connections, bytes under way) comes from the C library's heap, not from the loop's
 * hooks: a failing hook is a failure of the program, not of its network.
 *
 * Everything that happens later is an event in one heap, ordered by time and then by age. The clock stands still
 * while anything is ready and jumps to the next event when nothing is. */
#include "base/vec.h"
#include "io/lookup.h"
#include "io/shard.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define DEFAULT_BUFFER   65536
#define MAX_JUMP         WEIR_SECONDS(60)
#define DEFAULT_DELAY_US 1000
#define FIRST_PORT       20000

typedef struct sim_conn sim_conn;

/* One end of a connection, and the bytes on their way to it. */
typedef struct sim_end {
  weir_sock *sock; /* NULL: not accepted yet, or closed */
  weir_addr addr;
  char *ring;
  size_t cap;                 /* of the ring */
  size_t at, queued, arrived; /* read position; bytes in the ring; how many of them may be read */
  weir_io_nanos line_free;    /* when the line here has sent all that was given to it */
  weir_io_nanos last;         /* when the newest event on the way here is due: they keep their order */
  bool closed, shut;          /* by its owner */
  bool eof, reset;            /* arrived here */
  bool blocked;               /* a send found no room */
} sim_end;

struct sim_conn {
  weir_list waiting; /* in a listener's queue */
  size_t refs;       /* of events and open ends */
  bool is_dead;      /* half open: carries nothing any more */
  sim_end end[2];    /* 0: the one that connected */
};

typedef enum sim_kind {
  SIM_SYN,
  SIM_ACK,
  SIM_REFUSE,
  SIM_DATA,
  SIM_FIN,
  SIM_RST,
  SIM_ROOM,
  SIM_NUDGE
} sim_kind;

typedef struct sim_event {
  weir_io_nanos at;
  uint64_t age;
  sim_conn *conn;
  int end; /* where it happens */
  sim_kind kind;
  size_t len;
} sim_event;

typedef struct sim_sock {
  weir_sock sock;
  weir_list ready;
  sim_conn *conn; /* NULL: a listener */
  int end;
  weir_list queue; /* of connections to accept */
  weir_list listeners;
  weir_addr addr;
} sim_sock;

typedef struct sim {
  weir_sim_opts o;
  uint64_t random, age;
  weir_io_nanos now;
  uint16_t next_port;
  weir_list ready; /* sim_sock */
  weir_list listeners;
  struct {
    sim_event *data;
    size_t len, cap;
  } events;
} sim;

static sim *sim_of(weir_shard *s) { return s->backend; }
static sim_sock *sim_sock_of(weir_sock *s) { return (sim_sock *)s; }
static sim_end *end_of(sim_sock *s) { return &s->conn->end[s->end]; }
static sim_end *peer_of(sim_sock *s) { return &s->conn->end[!s->end]; }

/* ---- chance --------------------------------------------------------------------------------------------------- */

/* splitmix64 */
static uint64_t sim_random(sim *m) {
  uint64_t z = (m->random += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static bool sim_once_in(sim *m, uint32_t n) { return n && sim_random(m) % n == 0; }

static weir_io_nanos sim_delay(sim *m) {
  return 1000 + (weir_io_nanos)m->o.latency_us * 1000 +
         (weir_io_nanos)(sim_random(m) % ((uint64_t)m->o.max_delay_us * 1000 + 1));
}

/* When len bytes that are given to the line now have left it. */
static weir_io_nanos sim_line(sim *m, sim_end *to, size_t len) {
  if (!m->o.bytes_per_s) return m->now;
  if (to->line_free < m->now) to->line_free = m->now;
  return to->line_free += (weir_io_nanos)((double)len * 1e9 / (double)m->o.bytes_per_s);
}

/* ---- events ---------------------------------------------------------------------------------------------------- */

static bool event_before(const sim_event *a, const sim_event *b) {
  return a->at != b->at ? a->at < b->at : a->age < b->age;
}

static void events_push(sim *m, sim_event ev) {
  size_t i = m->events.len++;
  for (; i && event_before(&ev, &m->events.data[(i - 1) / 2]); i = (i - 1) / 2)
    m->events.data[i] = m->events.data[(i - 1) / 2];
  m->events.data[i] = ev;
}

static sim_event events_pop(sim *m) {
  sim_event first = m->events.data[0], last = m->events.data[--m->events.len];
  size_t i = 0;
  for (size_t child; (child = 2 * i + 1) < m->events.len; i = child) {
    if (child + 1 < m->events.len && event_before(&m->events.data[child + 1], &m->events.data[child]))
      child++;
    if (!event_before(&m->events.data[child], &last)) break;
    m->events.data[i] = m->events.data[child];
  }
  m->events.data[i] = last;
  return first;
}

/* Room for what one operation causes, asked for before anything is changed. */
static bool sim_reserve(sim *m) { return WEIR_VEC_RESERVE(WEIR_MEM_DEFAULT, &m->events, 8); }

static void conn_unref(sim_conn *c) {
  if (--c->refs) return;
  free(c->end[0].ring);
  free(c->end[1].ring);
  free(c);
}

/* Order is kept per end, except for what only concerns that end itself. */
static void sim_happen(sim *m, sim_conn *c, int end, sim_kind kind, size_t len) {
  sim_end *e = &c->end[end];
  weir_io_nanos at = sim_line(m, e, len) + sim_delay(m);
  bool keeps_order = kind == SIM_ACK || kind == SIM_DATA || kind == SIM_FIN || kind == SIM_RST;
  if (c->is_dead && keeps_order && kind != SIM_ACK) return;
  if (!sim_reserve(m)) return; /* a network may lose things */
  if (keeps_order) e->last = at = at > e->last ? at : e->last;
  c->refs++;
  events_push(m, (sim_event){at, m->age++, c, end, kind, len});
}

static void sim_ready(sim *m, weir_sock *s) {
  sim_sock *ss = sim_sock_of(s);
  if (s && !weir_list_linked(&ss->ready)) weir_list_push(&m->ready, &ss->ready);
}

/* ---- what happens ------------------------------------------------------------------------------------------------ */

static uint16_t addr_port(const weir_addr *a) {
  if (a->sa.ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)&a->sa)->sin6_port);
  return ntohs(((const struct sockaddr_in *)&a->sa)->sin_port);
}

static void addr_set_port(weir_addr *a, uint16_t port) {
  if (a->sa.ss_family == AF_INET6)
    ((struct sockaddr_in6 *)&a->sa)->sin6_port = htons(port);
  else
    ((struct sockaddr_in *)&a->sa)->sin_port = htons(port);
}

/* There is one machine: the port alone tells where to. */
static bool addr_reaches(const weir_addr *listener, const weir_addr *to) {
  bool is_unix = listener->sa.ss_family == AF_UNIX;
  if (is_unix != (to->sa.ss_family == AF_UNIX)) return false;
  if (!is_unix) return addr_port(listener) == addr_port(to);
  return strcmp(((const struct sockaddr_un *)&listener->sa)->sun_path,
                ((const struct sockaddr_un *)&to->sa)->sun_path) == 0;
}

static sim_sock *sim_listener(sim *m, const weir_addr *to) {
  for (weir_list *n = m->listeners.next; n != &m->listeners; n = n->next) {
    sim_sock *l = WEIR_LIST_OF(n, sim_sock, listeners);
    if (addr_reaches(&l->addr, to)) return l;
  }
  return NULL;
}

static void on_syn(sim *m, sim_conn *c) {
  sim_sock *l = sim_listener(m, &c->end[1].addr);
  if (c->end[0].closed) return;
  if (!l || sim_once_in(m, m->o.refuse_1_in)) {
    sim_happen(m, c, 0, SIM_REFUSE, 0);
    return;
  }
  c->refs++; /* the end that is to be accepted */
  weir_list_push(&l->queue, &c->waiting);
  sim_ready(m, &l->sock);
  sim_happen(m, c, 0, SIM_ACK, 0);
}

static void on_connected(sim *m, sim_end *e, int err) {
  if (!e->sock) return;
  e->sock->connected = err ? -1 : 1;
  e->sock->err = err;
  sim_ready(m, e->sock);
}

static void on_data(sim *m, const sim_event *ev) {
  sim_end *e = &ev->conn->end[ev->end];
  if (e->closed)
    sim_happen(m, ev->conn, !ev->end, SIM_RST, 0); /* nobody there: as TCP answers */
  else
    e->arrived += ev->len;
}

static void sim_apply(sim *m, const sim_event *ev) {
  sim_end *e = &ev->conn->end[ev->end];
  switch (ev->kind) {
  case SIM_SYN: on_syn(m, ev->conn); return;
  case SIM_ACK: on_connected(m, e, 0); return;
  case SIM_REFUSE: on_connected(m, e, ECONNREFUSED); return;
  case SIM_DATA: on_data(m, ev); break;
  case SIM_FIN: e->eof = true; break;
  case SIM_RST: e->reset = true; break;
  case SIM_ROOM:
  case SIM_NUDGE: break;
  }
  sim_ready(m, e->sock);
}

/* ---- the backend: time -------------------------------------------------------------------------------------------- */

static weir_err sim_open(weir_shard *s) {
  const weir_sim_opts *o = s->backend;
  sim *m = calloc(1, sizeof *m);
  if (!m) return WEIR_ENOMEM;
  if (o) m->o = *o;
  if (!m->o.max_delay_us) m->o.max_delay_us = DEFAULT_DELAY_US;
  if (!m->o.buffer) m->o.buffer = DEFAULT_BUFFER;
  m->random = m->o.seed;
  m->now = WEIR_SECONDS(1);
  m->next_port = FIRST_PORT;
  weir_list_init(&m->ready);
  weir_list_init(&m->listeners);
  s->backend = m;
  return WEIR_EOK;
}

static void sim_shut(weir_shard *s) {
  sim *m = sim_of(s);
  while (m->events.len) conn_unref(events_pop(m).conn);
  WEIR_VEC_FREE(WEIR_MEM_DEFAULT, &m->events);
  free(m);
  s->backend = NULL;
}

static weir_io_nanos sim_clock(weir_shard *s) { return sim_of(s)->now; }

static bool sim_wait(weir_shard *s, weir_io_nanos timeout) {
  sim *m = sim_of(s);
  if (weir_list_empty(&m->ready)) {
    weir_io_nanos next = weir_io_after(m->now, timeout);
    if (m->events.len && m->events.data[0].at < next) next = m->events.data[0].at;
    if (next == WEIR_IO_NEVER) return false;
    if (next > m->now) m->now = next;
    if (sim_once_in(m, m->o.jump_1_in)) m->now += (weir_io_nanos)(sim_random(m) % (uint64_t)MAX_JUMP);
  }
  while (m->events.len && m->events.data[0].at <= m->now) {
    sim_event ev = events_pop(m);
    sim_apply(m, &ev);
    conn_unref(ev.conn);
  }
  return true;
}

static bool sim_dispatch(weir_shard *s) {
  weir_list batch;
  weir_list_take_all(&batch, &sim_of(s)->ready);
  bool any = false;
  for (weir_list *n; (n = weir_list_pop(&batch)); any = true)
    weir_sock_fire(&WEIR_LIST_OF(n, sim_sock, ready)->sock);
  return any;
}

static void sim_wake(weir_shard *s) { (void)s; } /* there is one thread, and it is awake */

static int sim_guest_fd(weir_shard *s) {
  (void)s;
  return -1;
}

/* ---- the backend: names ------------------------------------------------------------------------------------------------ */

static void sim_answer(void *arg) {
  weir_lookup *l = arg;
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  weir_lookup_add(l, (const struct sockaddr *)&in);
  weir_lookup_finish(l);
}

static weir_err sim_lookup(weir_lookup *l) {
  sim *m = sim_of(l->shard);
  l->timer = (weir_timer){.fn = sim_answer, .arg = l};
  return weir_timer_set(l->shard, &l->timer, m->now + sim_delay(m));
}

/* ---- the backend: sockets ------------------------------------------------------------------------------------------------ */

static void *sim_error(weir_error *e, int err, const char *what, const weir_addr *a) {
  char text[160];
  weir_addr_format(a, text, sizeof text);
  weir_error_set(e, err == ENOMEM ? WEIR_RESOURCE_EXHAUSTED : WEIR_UNAVAILABLE, err, "%s %s: %s", what, text,
                 strerror(err));
  return NULL;
}

static uint16_t sim_port(sim *m) {
  if (m->next_port < FIRST_PORT) m->next_port = FIRST_PORT;
  return m->next_port++;
}

static sim_conn *conn_new(sim *m, const weir_addr *to) {
  sim_conn *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->refs = 1;
  for (int i = 0; i < 2; i++) {
    c->end[i].cap = m->o.buffer;
    c->end[i].ring = malloc(m->o.buffer);
    c->end[i].addr = *to;
  }
  if (to->sa.ss_family != AF_UNIX) addr_set_port(&c->end[0].addr, sim_port(m));
  if (c->end[0].ring && c->end[1].ring) return c;
  conn_unref(c);
  return NULL;
}

static weir_sock *sim_connect(weir_shard *s, const weir_addr *a, weir_error *e) {
  sim *m = sim_of(s);
  sim_conn *c = sim_reserve(m) ? conn_new(m, a) : NULL;
  weir_sock *sock = c ? weir_sock_alloc(s, sizeof(sim_sock)) : NULL;
  if (!sock) {
    if (c) conn_unref(c);
    return sim_error(e, ENOMEM, "connect to", a);
  }
  sim_sock_of(sock)->conn = c;
  c->end[0].sock = sock;
  sim_happen(m, c, 1, SIM_SYN, 0);
  return sock;
}

static weir_sock *sim_listen(weir_shard *s, const weir_addr *a, bool reuse_port, weir_error *e) {
  sim *m = sim_of(s);
  weir_addr at = *a;
  (void)reuse_port;
  if (a->sa.ss_family != AF_UNIX && addr_port(a) == 0) addr_set_port(&at, sim_port(m));
  if (sim_listener(m, &at)) return sim_error(e, EADDRINUSE, "listen on", a);
  weir_sock *sock = weir_sock_alloc(s, sizeof(sim_sock));
  if (!sock) return sim_error(e, ENOMEM, "listen on", a);
  sock->is_listener = true;
  sim_sock_of(sock)->addr = at;
  weir_list_init(&sim_sock_of(sock)->queue);
  weir_list_push(&m->listeners, &sim_sock_of(sock)->listeners);
  return sock;
}

/* Bytes that were not read make it a reset, as with TCP. */
static void conn_close(sim *m, sim_conn *c, int end) {
  sim_end *e = &c->end[end];
  if (e->queued)
    sim_happen(m, c, !end, SIM_RST, 0);
  else if (!e->shut && !e->reset)
    sim_happen(m, c, !end, SIM_FIN, 0);
  e->closed = true;
  e->sock = NULL;
  conn_unref(c);
}

static weir_io sim_accept(weir_sock *listener, weir_shard *on, weir_sock **out) {
  sim_sock *l = sim_sock_of(listener);
  if (weir_list_empty(&l->queue)) return WEIR_IO_AGAIN;
  weir_sock *sock = weir_sock_alloc(on, sizeof(sim_sock));
  sim_conn *c = WEIR_LIST_OF(weir_list_pop(&l->queue), sim_conn, waiting);
  if (!sock) { /* as with the kernel's: the connection is lost, the listener goes on */
    listener->err = ENOMEM;
    sim_ready(sim_of(on), listener);
    conn_close(sim_of(on), c, 1);
    return WEIR_IO_ERROR;
  }
  sim_sock *s = sim_sock_of(sock);
  s->conn = c;
  s->end = 1;
  sock->connected = 1;
  end_of(s)->sock = sock;
  sim_ready(sim_of(on), sock);
  *out = sock;
  return WEIR_IO_OK;
}

static weir_io sim_broken(sim_sock *s, int err) {
  s->sock.err = err;
  return WEIR_IO_ERROR;
}

/* The connection breaks here and now; the other end learns it later. */
static weir_io sim_break(sim *m, sim_sock *s) {
  sim_happen(m, s->conn, !s->end, SIM_RST, 0);
  end_of(s)->reset = true;
  return sim_broken(s, ECONNRESET);
}

static size_t sim_cut(sim *m, size_t n) {
  return n > 1 && sim_once_in(m, m->o.partial_1_in) ? 1 + (size_t)(sim_random(m) % (n - 1)) : n;
}

static void ring_read(sim_end *e, char *out, size_t n) {
  size_t first = e->cap - e->at < n ? e->cap - e->at : n;
  memcpy(out, e->ring + e->at, first);
  memcpy(out + first, e->ring, n - first);
  e->at = (e->at + n) % e->cap;
  e->queued -= n;
  e->arrived -= n;
}

static void ring_write(sim_end *e, const char *in, size_t n) {
  size_t to = (e->at + e->queued) % e->cap, first = e->cap - to < n ? e->cap - to : n;
  memcpy(e->ring + to, in, first);
  memcpy(e->ring, in + first, n - first);
  e->queued += n;
}

static weir_io sim_recv(weir_sock *sock, void *buf, size_t cap, size_t *n) {
  sim_sock *s = sim_sock_of(sock);
  sim *m = sim_of(sock->shard);
  sim_end *e = end_of(s), *peer = peer_of(s);
  if (sock->connected < 0) return sim_broken(s, sock->err);
  if (e->reset) return sim_broken(s, ECONNRESET);
  if (!e->arrived) return e->eof && !e->queued ? WEIR_IO_EOF : WEIR_IO_AGAIN;
  if (sim_once_in(m, m->o.reset_1_in)) return sim_break(m, s);
  size_t can = e->arrived < cap ? e->arrived : cap;
  *n = sim_cut(m, can);
  ring_read(e, buf, *n);
  /* A short read ends the owner's reading, so what is left needs an edge of its own. */
  if (*n < can || (*n < cap && e->eof)) sim_happen(m, s->conn, s->end, SIM_NUDGE, 0);
  if (peer->blocked && e->queued <= e->cap / 2) {
    peer->blocked = false;
    sim_happen(m, s->conn, !s->end, SIM_ROOM, 0);
  }
  return WEIR_IO_OK;
}

static weir_io sim_may_send(sim *m, sim_sock *s) {
  if (s->sock.connected < 0) return sim_broken(s, s->sock.err);
  if (s->sock.connected == 0) return WEIR_IO_AGAIN;
  if (end_of(s)->reset) return sim_broken(s, ECONNRESET);
  if (end_of(s)->shut) return sim_broken(s, EPIPE);
  if (sim_once_in(m, m->o.reset_1_in)) return sim_break(m, s);
  if (!sim_reserve(m)) return sim_broken(s, ENOBUFS);
  return WEIR_IO_OK;
}

static weir_io sim_sendv(weir_sock *sock, const weir_str *v, size_t n_v, size_t *n) {
  sim_sock *s = sim_sock_of(sock);
  sim *m = sim_of(sock->shard);
  sim_end *peer = peer_of(s);
  weir_io io = sim_may_send(m, s);
  if (io != WEIR_IO_OK) return io;
  size_t all = 0;
  for (size_t i = 0; i < n_v; i++) all += v[i].len;
  size_t room = peer->cap - peer->queued;
  if (!room) {
    end_of(s)->blocked = true;
    return WEIR_IO_AGAIN;
  }
  if (sim_once_in(m, m->o.half_open_1_in)) s->conn->is_dead = true;
  size_t left = *n = sim_cut(m, all < room ? all : room);
  for (size_t i = 0; left; i++) {
    size_t part = v[i].len < left ? v[i].len : left;
    ring_write(peer, v[i].data, part);
    left -= part;
  }
  if (*n) sim_happen(m, s->conn, !s->end, SIM_DATA, *n);
  return WEIR_IO_OK;
}

static void sim_shutdown(weir_sock *sock) {
  sim_sock *s = sim_sock_of(sock);
  if (!s->conn || end_of(s)->shut || end_of(s)->reset) return;
  end_of(s)->shut = true;
  sim_happen(sim_of(sock->shard), s->conn, !s->end, SIM_FIN, 0);
}

static bool sim_local_addr(weir_sock *sock, weir_addr *a) {
  sim_sock *s = sim_sock_of(sock);
  *a = s->conn ? end_of(s)->addr : s->addr;
  return true;
}

static bool sim_peer_addr(weir_sock *sock, weir_addr *a) {
  sim_sock *s = sim_sock_of(sock);
  if (s->conn && sock->connected > 0) *a = peer_of(s)->addr;
  return s->conn && sock->connected > 0;
}

static void sim_close_sock(weir_sock *sock) {
  sim_sock *s = sim_sock_of(sock);
  sim *m = sim_of(sock->shard);
  weir_list_remove(&s->ready);
  if (s->conn) {
    conn_close(m, s->conn, s->end);
    return;
  }
  weir_list_remove(&s->listeners);
  for (weir_list *n; (n = weir_list_pop(&s->queue));) {
    conn_close(m, WEIR_LIST_OF(n, sim_conn, waiting), 1);
  }
}

const weir_backend weir_backend_sim = {
    .name = "sim",
    .open = sim_open,
    .close = sim_shut,
    .clock = sim_clock,
    .wait = sim_wait,
    .dispatch = sim_dispatch,
    .wake = sim_wake,
    .guest_fd = sim_guest_fd,
    .lookup = sim_lookup,
    .connect = sim_connect,
    .listen = sim_listen,
    .accept = sim_accept,
    .recv = sim_recv,
    .sendv = sim_sendv,
    .shutdown = sim_shutdown,
    .local_addr = sim_local_addr,
    .peer_addr = sim_peer_addr,
    .close_sock = sim_close_sock,
};

weir_loop *weir_loop_new_sim(const weir_sim_opts *o, const weir_hooks *hooks) {
  weir_sim_opts own = o ? *o : (weir_sim_opts){0};
  return weir_loop_make(
      &(weir_loop_config){.backend = &weir_backend_sim, .backend_arg = &own, .hooks = hooks}, NULL);
}

size_t weir_sim_open_sockets(weir_loop *l) {
  size_t n = 0;
  for (weir_list *node = l->shards[0].socks.next; node != &l->shards[0].socks; node = node->next) n++;
  return n;
}
