/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "net/conn.h"

#include "base/assert.h"

#include <stdio.h>
#include <string.h>

#define RECV_SIZE      (32u * 1024) /* on the stack: an idle connection holds no buffer */
#define RECVS_PER_TURN 8u           /* then the others get their turn */
#define SLICES         64u
#define TLS_BACKLOG    (64u * 1024)     /* ciphertext made ahead of the socket */
#define LINGER_NS      WEIR_SECONDS(1)  /* for the peer to close */
#define DRAIN_NS       WEIR_SECONDS(10) /* for the peer to take some more of our last bytes */
#define LINGER_BYTES \
  (128u * 1024)        /* read and dropped meanwhile; who sends on is not to cost us more than that */
#define LAST_RECVS 64u /* of what came before the connection broke */

/* OPEN   -> OVER   [conn_over]     the engine is done: GOAWAY may still have to be written
 * OVER   -> LINGER [conn_linger]   all is written and our side is shut: the peer's close is awaited, so that bytes of
 *                                  its that we never read cannot turn into a reset that destroys our last ones
 * OPEN   -> GONE   [conn_lost]     the transport ended under the engine
 * OVER, LINGER -> GONE [conn_gone] the peer closed; it took nothing for DRAIN_NS, did not close for LINGER_NS
 * GONE: the owner has been told; nothing more happens. */
typedef enum conn_state { CONN_OPEN, CONN_OVER, CONN_LINGER, CONN_GONE } conn_state;

struct weir_conn {
  weir_shard *shard;
  weir_sock *sock;
  weir_tls *tls; /* NULL: plaintext */
  weir_rpc *rpc;
  weir_conn_fn *fn; /* NULL once closed by the owner */
  void (*settled)(void *owner, weir_conn *c);
  void *owner;
  weir_list node;
  weir_task flush;
  weir_timer timer;
  weir_io_nanos timer_at; /* what `timer` is set to */
  unsigned busy;          /* functions of this file on the stack: the memory stays until they return */
  conn_state state;
  bool is_client, ready, closed;
  size_t n_dropped;   /* bytes that came after the end */
  weir_code end_code; /* of the engine's CLOSED event, with its text: told to the owner when GONE */
  char end_text[160];
  weir_auth *auth; /* made when it is first asked for */
  size_t peer_len;
  char peer[WEIR_PEER_CAP];
};

static void conn_flush(void *arg);
static void conn_on_sock(void *arg, weir_sock *sock);
static void conn_on_timer(void *arg);

weir_rpc *weir_conn_rpc(weir_conn *c) { return c->rpc; }
weir_shard *weir_conn_shard(weir_conn *c) { return c->shard; }
bool weir_conn_is_tls(const weir_conn *c) { return c->tls != NULL; }
const char *weir_conn_peer(const weir_conn *c) { return c->peer; }
void weir_conn_copy_peer(const weir_conn *c, char *to) { memcpy(to, c->peer, c->peer_len + 1); }
bool weir_conn_is_starting(const weir_conn *c) { return !c->ready; }
weir_list *weir_conn_node(weir_conn *c) { return &c->node; }
weir_conn *weir_conn_of_node(weir_list *node) { return WEIR_LIST_OF(node, weir_conn, node); }

static weir_mem conn_mem(const weir_conn *c) { return weir_loop_mem(weir_shard_loop(c->shard)); }

static void conn_free(weir_conn *c) {
  weir_shard_unpost(c->shard, &c->flush);
  weir_timer_stop(c->shard, &c->timer);
  weir_sock_close(c->sock);
  weir_auth_unref(c->auth);
  weir_tls_free(c->tls);
  weir_rpc_free(c->rpc);
  weir_mem_free(conn_mem(c), c, sizeof *c);
}

weir_auth *weir_conn_auth(weir_conn *c) {
  if (!c->tls) return NULL;
  if (!c->auth) c->auth = weir_tls_auth(c->tls);
  return weir_auth_ref(c->auth);
}

static void conn_enter(weir_conn *c) { c->busy++; }
static void conn_leave(weir_conn *c) {
  if (--c->busy == 0 && c->closed) conn_free(c);
}

weir_conn *weir_conn_new(weir_shard *s, weir_sock *sock, const weir_conn_opts *o, weir_error *e) {
  weir_mem mem = weir_loop_mem(weir_shard_loop(s));
  weir_conn *c = weir_mem_zalloc(mem, sizeof *c);
  if (!c) {
    weir_sock_close(sock);
    return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a connection"), NULL;
  }
  c->shard = s;
  c->sock = sock;
  c->fn = o->fn;
  c->settled = o->settled;
  c->owner = o->owner;
  c->is_client = o->rpc.h2.is_client;
  c->flush = (weir_task){.fn = conn_flush, .arg = c};
  c->timer = (weir_timer){.fn = conn_on_timer, .arg = c};
  c->timer_at = WEIR_IO_NEVER;
  weir_addr peer;
  if (weir_sock_peer_addr(sock, &peer)) weir_addr_format(&peer, c->peer, sizeof c->peer);
  c->peer_len = strlen(c->peer);
  weir_rpc_opts rpc = o->rpc;
  if (rpc.keepalive.time_ns) weir_sock_set_user_timeout(sock, weir_keepalive_timeout(&rpc.keepalive));
  rpc.h2.mem = mem;
  c->rpc = weir_rpc_new(&rpc);
  if (!c->rpc) {
    weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory for a connection");
    return conn_free(c), NULL;
  }
  if (weir_creds_is_tls(o->creds) && !(c->tls = weir_tls_new(o->creds, c->is_client, o->server_name, e)))
    return conn_free(c), NULL;
  weir_rpc_tick(c->rpc, weir_shard_now(s));
  weir_sock_set_fn(sock, conn_on_sock, c);
  weir_conn_kick(c);
  weir_sock_again(sock); /* bytes may have come before we listened: with the edge that said "connected", too */
  return c;
}

void weir_conn_kick(weir_conn *c) {
  if (!c->closed) weir_shard_at_end(c->shard, &c->flush);
}

void weir_conn_close(weir_conn *c) {
  if (c->closed) return;
  c->closed = true;
  c->fn = NULL;
  if (!c->busy) conn_free(c);
}

static void conn_gone(weir_conn *c) {
  if (c->state == CONN_GONE) return;
  c->state = CONN_GONE;
  weir_timer_stop(c->shard, &c->timer);
  weir_rpc_event ev = {.kind = WEIR_RPC_EV_CLOSED, .code = c->end_code, .text = weir_str_of(c->end_text)};
  if (c->fn) c->fn(c->owner, c, &ev);
}

/* OVER, LINGER: the patience with the peer begins anew. */
static void conn_wait(weir_conn *c, int64_t patience_ns) {
  if (weir_timer_set(c->shard, &c->timer, weir_shard_now(c->shard) + patience_ns)) conn_gone(c);
}

static void conn_over(weir_conn *c, const weir_rpc_event *ev) {
  WEIR_ASSERT(c->state == CONN_OPEN);
  c->state = CONN_OVER;
  c->end_code = ev->code;
  snprintf(c->end_text, sizeof c->end_text, WEIR_FMT, WEIR_ARG(ev->text));
  conn_wait(c, DRAIN_NS);
}

/* Hands on all events that `in` gives. */
static void conn_pull(weir_conn *c, weir_str in) {
  weir_rpc_event ev;
  while (!c->closed && c->state == CONN_OPEN) {
    weir_rpc_recv(c->rpc, &in, &ev);
    if (ev.kind == WEIR_RPC_EV_NONE) return;
    if (ev.kind == WEIR_RPC_EV_READY) c->ready = true;
    if (ev.kind == WEIR_RPC_EV_CLOSED)
      conn_over(c, &ev);
    else if (c->fn)
      c->fn(c->owner, c, &ev);
  }
}

/* The transport is gone, in good order or not: the engine ends its calls. */
static void conn_lost(weir_conn *c, const char *why) {
  if (c->closed || c->state == CONN_GONE) return;
  if (c->state == CONN_OPEN) {
    weir_rpc_lost(c->rpc, why);
    conn_pull(c, (weir_str){NULL, 0});
  }
  if (!c->closed) conn_gone(c);
}

void weir_conn_abort(weir_conn *c, const char *why) {
  conn_enter(c);
  conn_lost(c, why);
  conn_leave(c);
}

/* ---- in ------------------------------------------------------------------------------------------------------ */

/* The alert that tells the peer why goes out as a GOAWAY would, and the peer gets time to read it. */
static void conn_tls_failed(weir_conn *c) {
  const char *why = weir_tls_why(c->tls);
  weir_rpc_lost(c->rpc, *why ? why : "TLS failed");
  conn_pull(c, (weir_str){NULL, 0});
  weir_conn_kick(c);
}

/* Plaintext. A web server's answer to our preface would else be a frame that is too long. */
static void conn_take(weir_conn *c, weir_str in) {
  if (c->is_client && !c->ready && in.len >= 7 && !memcmp(in.data, "HTTP/1.", 7))
    conn_lost(c, "the peer speaks HTTP/1: no gRPC server is on that port, or a proxy stands before it");
  else
    conn_pull(c, in);
}

static void conn_decrypt(weir_conn *c, weir_str in) {
  char plain[RECV_SIZE / 2];
  weir_err err = weir_tls_recv(c->tls, &in);
  if (err) {
    conn_tls_failed(c);
    return;
  }
  for (;;) {
    bool eof = false;
    size_t n = weir_tls_read(c->tls, plain, sizeof plain, &eof, &err);
    if (n) conn_take(c, (weir_str){plain, n});
    if (c->closed || c->state != CONN_OPEN) return;
    if (err) {
      conn_tls_failed(c);
      return;
    }
    if (!n) {
      if (eof) conn_lost(c, "the peer closed the connection");
      return;
    }
  }
}

/* One chunk of input; true while more may be read. */
static bool conn_input(weir_conn *c, char *buf, size_t n) {
  if (c->state != CONN_OPEN) { /* over: only the peer's close is of interest */
    c->n_dropped += n;
    return true;
  }
  if (c->tls)
    conn_decrypt(c, (weir_str){buf, n});
  else
    conn_take(c, (weir_str){buf, n});
  return !c->closed && c->state != CONN_GONE;
}

/* Reads what is there, up to this turn's share. */
static void conn_read(weir_conn *c) {
  char buf[RECV_SIZE];
  for (unsigned i = 0; i < RECVS_PER_TURN; i++) {
    size_t n = 0;
    if (c->n_dropped > LINGER_BYTES) return; /* until the time is up */
    switch (weir_sock_recv(c->sock, buf, sizeof buf, &n)) {
    case WEIR_IO_AGAIN: return;
    case WEIR_IO_EOF:
      conn_lost(c,
                c->ready ? "the peer closed the connection"
                : c->is_client && !c->tls
                    ? "the peer closed the connection before it was set up: does it speak TLS on that port?"
                    : "the peer closed the connection before it was set up");
      return;
    case WEIR_IO_ERROR: conn_lost(c, strerror(weir_sock_errno(c->sock))); return;
    case WEIR_IO_OK: break;
    }
    if (!conn_input(c, buf, n) || n < sizeof buf) return;
  }
  weir_sock_again(c->sock);
}

static void conn_on_sock(void *arg, weir_sock *sock) {
  weir_conn *c = arg;
  (void)sock;
  conn_enter(c);
  if (c->state == CONN_OPEN) weir_rpc_tick(c->rpc, weir_shard_now(c->shard));
  if (c->state != CONN_GONE) conn_read(c);
  weir_conn_kick(c);
  conn_leave(c);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

/* Sends slices, maybe not all: 1 some went, 0 the socket is full (an edge will tell when not), -1 broken. */
static int conn_send(weir_conn *c, const weir_str *v, size_t n, size_t *sent) {
  *sent = 0;
  switch (weir_sock_sendv(c->sock, v, n, sent)) {
  case WEIR_IO_OK: return 1;
  case WEIR_IO_AGAIN: return 0;
  case WEIR_IO_EOF:
  case WEIR_IO_ERROR: break;
  }
  return -1;
}

/* Plaintext: slices of the engine go to one writev. True while it may go on. */
static bool conn_write_plain(weir_conn *c, int *state) {
  weir_str v[SLICES];
  size_t n = weir_rpc_peek(c->rpc, v, SLICES), sent;
  if (!n) return false;
  *state = conn_send(c, v, n, &sent);
  if (sent) weir_rpc_wrote(c->rpc, sent);
  if (sent && c->state == CONN_OVER) conn_wait(c, DRAIN_NS);
  return *state == 1;
}

/* Shortens the slices to `most` bytes: ciphertext is copied, so only what the socket may take soon is made. */
static size_t conn_cut(weir_str v[], size_t *n, size_t most) {
  size_t total = 0;
  for (size_t i = 0; i < *n; i++) {
    if (v[i].len >= most - total) {
      v[i].len = most - total;
      *n = i + 1;
    }
    total += v[i].len;
  }
  return total;
}

static bool conn_write_tls(weir_conn *c, int *state) {
  weir_str v[SLICES], out = weir_tls_peek(c->tls);
  size_t n = 0, sent;
  if (out.len < TLS_BACKLOG && weir_tls_connected(c->tls) && (n = weir_rpc_peek(c->rpc, v, SLICES))) {
    size_t total = conn_cut(v, &n, TLS_BACKLOG - out.len);
    if (weir_tls_write(c->tls, v, n)) return *state = -1, false;
    weir_rpc_wrote(c->rpc, total);
    out = weir_tls_peek(c->tls);
  }
  if (!out.len) return false;
  *state = conn_send(c, &out, 1, &sent);
  if (sent) weir_tls_wrote(c->tls, sent);
  if (sent && c->state == CONN_OVER) conn_wait(c, DRAIN_NS);
  return *state == 1;
}

/* The engine may want to be told the time at another moment now. */
static void conn_rearm(weir_conn *c) {
  weir_io_nanos at = weir_rpc_deadline(c->rpc);
  if (at == c->timer_at) return;
  if (weir_timer_set(c->shard, &c->timer, at))
    conn_lost(c, "out of memory for a timer");
  else
    c->timer_at = at;
}

/* All is written. A client has nothing to wait for: its calls are over. */
static void conn_linger(weir_conn *c) {
  if (c->tls) {
    weir_tls_shutdown(c->tls);
    weir_str bye = weir_tls_peek(c->tls);
    size_t sent = 0;
    if (bye.len) (void)conn_send(c, &bye, 1, &sent);
  }
  if (c->is_client) {
    conn_gone(c);
    return;
  }
  weir_sock_shutdown(c->sock);
  c->state = CONN_LINGER;
  conn_wait(c, LINGER_NS);
}

static const char *conn_send_error(const weir_conn *c) {
  const char *tls = c->tls ? weir_tls_why(c->tls) : "";
  return *tls ? tls : strerror(weir_sock_errno(c->sock));
}

/* The socket takes no more. The peer's last words may have come before that: an answer, then its close. */
static void conn_broken(weir_conn *c) {
  char why[160], buf[RECV_SIZE];
  snprintf(why, sizeof why, "%s", conn_send_error(c));
  for (unsigned i = 0; i < LAST_RECVS && !c->closed && c->state <= CONN_OVER; i++) {
    size_t n = 0;
    weir_io io = weir_sock_recv(c->sock, buf, sizeof buf, &n);
    if (io == WEIR_IO_EOF) snprintf(why, sizeof why, "the peer closed the connection");
    if (io != WEIR_IO_OK || !conn_input(c, buf, n)) break;
  }
  conn_lost(c, why);
}

/* End of turn: pull what is due, write what is there, until neither gives more. */
static void conn_flush(void *arg) {
  weir_conn *c = arg;
  int state = 1;
  conn_enter(c);
  conn_pull(c, (weir_str){NULL, 0});
  while (!c->closed && c->state <= CONN_OVER &&
         (c->tls ? conn_write_tls(c, &state) : conn_write_plain(c, &state)))
    conn_pull(c, (weir_str){NULL, 0});
  if (!c->closed && c->state <= CONN_OVER) {
    if (state < 0) conn_broken(c);
    conn_pull(c, (weir_str){NULL, 0});
    if (state == 1 && c->state == CONN_OVER && !c->closed) conn_linger(c);
  }
  if (!c->closed && c->state == CONN_OPEN && c->ready && c->settled) c->settled(c->owner, c);
  if (!c->closed && c->state == CONN_OPEN) conn_rearm(c);
  conn_leave(c);
}

static void conn_on_timer(void *arg) {
  weir_conn *c = arg;
  conn_enter(c);
  c->timer_at = WEIR_IO_NEVER;
  if (c->state == CONN_OPEN) {
    weir_rpc_tick(c->rpc, weir_shard_now(c->shard));
    conn_pull(c, (weir_str){NULL, 0});
    weir_conn_kick(c);
  } else {
    conn_gone(c);
  }
  conn_leave(c);
}
