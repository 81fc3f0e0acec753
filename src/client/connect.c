/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* connect.c - one attempt to connect: look the name up, try each address in turn until a server's SETTINGS come. Each
 * has the whole connect timeout: one that swallows packets must not keep us from the next. */
#include "client/channel.h"

#include "base/assert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void attempt_next(weir_channel *ch);

static weir_mem attempt_mem(weir_channel *ch) { return weir_loop_mem(ch->loop); }

/* Drops what the address at hand has; the attempt goes on. */
static void attempt_drop_address(weir_attempt *a) {
  weir_sock_close(a->sock);
  a->sock = NULL;
  if (a->conn) weir_conn_close(a->conn);
  a->conn = NULL;
}

static void attempt_forget(weir_channel *ch) {
  weir_attempt *a = &ch->attempt;
  attempt_drop_address(a);
  if (a->lookup) weir_lookup_cancel(a->lookup);
  a->lookup = NULL;
  weir_mem_free(attempt_mem(ch), a->addrs, a->n_addrs * sizeof *a->addrs);
  a->addrs = NULL;
  a->n_addrs = a->next = 0;
  a->active = false;
  weir_timer_stop(ch->shard, &a->timer);
}

void weir_attempt_stop(weir_channel *ch) { attempt_forget(ch); }

static void attempt_why(weir_channel *ch, const char *what) {
  weir_attempt *a = &ch->attempt;
  char addr[136] = "";
  if (a->next) weir_addr_format(&a->addrs[a->next - 1], addr, sizeof addr);
  if (*addr)
    snprintf(a->why, sizeof a->why, "%.100s: %.140s", addr, what);
  else
    snprintf(a->why, sizeof a->why, "%.250s", what);
}

/* The system's word for it, and what it means where that is certain. */
static void attempt_why_sys(weir_channel *ch, int err) {
  char text[140];
  snprintf(text, sizeof text, "%s%s", strerror(err),
           err == ECONNREFUSED ? " (nothing listens there)"
           : err == ENOENT     ? " (no server has made this socket)"
                               : "");
  attempt_why(ch, text);
}

static void attempt_failed(weir_channel *ch) {
  attempt_forget(ch);
  weir_channel_failed(ch);
}

static void attempt_timeout(void *arg) {
  weir_channel *ch = arg;
  weir_attempt *a = &ch->attempt;
  attempt_why(ch,
              a->lookup ? "the name was not found within the connect timeout"
              : a->conn
                  ? "connected, but no HTTP/2 SETTINGS came within the connect timeout: is it a gRPC server?"
                  : "no answer within the connect timeout");
  if (a->lookup)
    attempt_failed(ch);
  else
    attempt_next(ch);
}

/* The time for the look-up, or for one address, begins. */
static bool attempt_arm(weir_channel *ch) {
  weir_attempt *a = &ch->attempt;
  a->timer.fn = attempt_timeout;
  a->timer.arg = ch;
  if (!weir_timer_set(ch->shard, &a->timer, weir_io_after(weir_shard_now(ch->shard), ch->connect_timeout_ns)))
    return true;
  attempt_why(ch, "out of memory");
  attempt_failed(ch);
  return false;
}

static void attempt_connected(weir_channel *ch) {
  weir_attempt *a = &ch->attempt;
  weir_error e;
  weir_conn_opts o = {
      .rpc = ch->rpc,
      .creds = ch->creds,
      .server_name = ch->target.host,
      .fn = weir_channel_event,
      .settled = weir_channel_settled,
      .owner = ch,
  };
  weir_sock *sock = a->sock;
  a->sock = NULL;
  a->conn = weir_conn_new(ch->shard, sock, &o, &e);
  if (a->conn) return;
  attempt_why(ch, e.msg);
  attempt_next(ch);
}

static void attempt_on_sock(void *arg, weir_sock *sock) {
  weir_channel *ch = arg;
  switch (weir_sock_connected(sock)) {
  case 0: return;
  case 1: attempt_connected(ch); return;
  default: attempt_why_sys(ch, weir_sock_errno(sock)); attempt_next(ch);
  }
}

static void attempt_next(weir_channel *ch) {
  weir_attempt *a = &ch->attempt;
  attempt_drop_address(a);
  while (a->next < a->n_addrs) {
    weir_error e;
    a->sock = weir_sock_connect(ch->shard, &a->addrs[a->next++], attempt_on_sock, ch, &e);
    if (a->sock) {
      (void)attempt_arm(ch);
      return;
    }
    if (e.sys)
      attempt_why_sys(ch, e.sys);
    else
      attempt_why(ch, e.msg);
  }
  attempt_failed(ch);
}

static void attempt_begin(weir_channel *ch, const weir_addr *addrs, size_t n) {
  weir_attempt *a = &ch->attempt;
  a->addrs = weir_mem_alloc(attempt_mem(ch), n * sizeof *addrs);
  if (a->addrs) {
    memcpy(a->addrs, addrs, n * sizeof *addrs);
    a->n_addrs = n;
  } else {
    attempt_why(ch, "out of memory");
  }
  attempt_next(ch);
}

static void attempt_on_lookup(void *arg, const weir_addr *addrs, size_t n, const weir_error *why) {
  weir_channel *ch = arg;
  ch->attempt.lookup = NULL;
  if (n) {
    attempt_begin(ch, addrs, n);
    return;
  }
  attempt_why(ch, why->msg);
  attempt_failed(ch);
}

/* The first step runs as a task of its own, so that a failure at once cannot recurse into whoever asked. */
static void attempt_run(void *arg) {
  weir_channel *ch = arg;
  weir_attempt *a = &ch->attempt;
  if (ch->target.is_literal) {
    attempt_begin(ch, &ch->target.addr, 1);
    return;
  }
  if (!attempt_arm(ch)) return;
  a->lookup = weir_lookup_start(ch->shard, ch->target.host, ch->target.port, attempt_on_lookup, ch);
  if (a->lookup) return;
  attempt_why(ch, "out of memory");
  attempt_failed(ch);
}

void weir_attempt_start(weir_channel *ch) {
  weir_attempt *a = &ch->attempt;
  WEIR_ASSERT(!a->active);
  a->active = true;
  a->why[0] = 0;
  a->started = weir_shard_now(ch->shard);
  a->timer.fn = attempt_run;
  a->timer.arg = ch;
  if (weir_timer_set(ch->shard, &a->timer, a->started)) {
    attempt_why(ch, "out of memory");
    attempt_failed(ch);
  }
}

void weir_attempt_event(weir_channel *ch, const weir_rpc_event *ev) {
  weir_attempt *a = &ch->attempt;
  weir_conn *conn = a->conn;
  if (ev->kind == WEIR_RPC_EV_READY) {
    a->conn = NULL;
    attempt_forget(ch);
    weir_channel_ready(ch, conn);
  } else if (ev->kind == WEIR_RPC_EV_CLOSED || ev->kind == WEIR_RPC_EV_GOAWAY) {
    char why[200];
    snprintf(why, sizeof why, WEIR_FMT, (int)(ev->text.len < 199 ? ev->text.len : 199), ev->text.data);
    attempt_why(ch, why);
    attempt_next(ch);
  }
}
