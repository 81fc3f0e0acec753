/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* channel.h - a channel: one target, one connection at a time, on one shard.
 *
 *   IDLE -> CONNECTING               [channel_connect]    a call, weir_channel_state(ch, true)
 *   CONNECTING -> READY              [channel_ready]      the server's SETTINGS came
 *   CONNECTING -> TRANSIENT_FAILURE  [attempt_failed]     no address worked: calls fail, the backoff runs
 *   TRANSIENT_FAILURE -> CONNECTING  [channel_retry]      backoff over and somebody waits
 *   TRANSIENT_FAILURE -> IDLE        [channel_retry]      backoff over and nobody waits
 *   READY -> IDLE                    [channel_conn_over]  GOAWAY or connection lost
 *   any -> SHUTDOWN                  [channel_shutdown]   the last owner left
 *
 * Files: target.c (what the target means), connect.c (one attempt after another), channel.c (states, waiting calls),
 * start.c (starting calls), authorize.c (call credentials), watch.c. */
#ifndef WEIR_CLIENT_CHANNEL_H
#define WEIR_CLIENT_CHANNEL_H

#include "client/target.h"
#include "net/call.h"
#include "net/conn.h"
#include <weir/channel.h>

/** One pass over the target's addresses. */
typedef struct weir_attempt {
  bool active;
  weir_io_nanos started;
  weir_lookup *lookup;
  weir_addr *addrs;
  size_t n_addrs, next;
  weir_sock *sock;  /* connecting */
  weir_conn *conn;  /* connected, not READY yet */
  weir_timer timer; /* the time limit of one address, or the backoff */
  char why[256];    /* of the last failure, NUL-terminated */
} weir_attempt;

struct weir_channel {
  /* set at creation, then read-only */
  weir_loop *loop;
  weir_shard *shard;
  weir_creds *creds;
  weir_target target;
  char *authority;
  char *user_agent;
  size_t user_agent_size;
  weir_rpc_opts rpc;
  uint8_t compression;
  int64_t connect_timeout_ns, min_backoff_ns, max_backoff_ns;
  const weir_interceptor **interceptors;
  size_t n_interceptors;

  atomic_uint users;   /* the program's references */
  atomic_uint refs;    /* one for all users, one per call */
  atomic_uint accepts; /* weir_encodings that the server takes, as far as it said */

  /* lock held */
  int state;
  weir_list calls;    /* all that have not ended */
  weir_list waiting;  /* those of them that wait for a connection, in order */
  weir_conn *conn;    /* READY */
  weir_list draining; /* connections that got GOAWAY; they end with their last call */
  weir_attempt attempt;
  int64_t backoff_ns;
  uint64_t rand;
  weir_list watches;
  weir_codecs codecs;
};

/* All with the lock held. */

/** Starts an attempt if none is under way. */
void weir_channel_connect(weir_channel *ch);
/** Starts as many waiting calls as the connection takes. */
void weir_channel_start_waiting(weir_channel *ch);
/** Puts a call that waits for a connection in its place: started, queued, or ended. */
void weir_channel_route(weir_channel *ch, weir_call *c);
/** Takes it out of the list of those that wait. */
void weir_channel_unqueue(weir_channel *ch, weir_call *c);
/** From authorize.c: true if the call does not start now: its credentials are asked, or it ended for want of them. */
bool weir_authorize(weir_channel *ch, weir_conn *conn, weir_call *c);
/** The one setter; tells those who watch. */
void weir_channel_set_state(weir_channel *ch, int state);
/** From connect.c: the attempt succeeded; failed (every address was tried). */
void weir_channel_ready(weir_channel *ch, weir_conn *conn);
void weir_channel_failed(weir_channel *ch);
/** Events of a READY or draining connection, and of one that is being set up. */
void weir_channel_event(void *owner, weir_conn *conn, const weir_rpc_event *ev);
void weir_channel_settled(void *owner, weir_conn *conn);
/** Gives up the attempt; nothing more comes of it. */
void weir_attempt_stop(weir_channel *ch);
/** An event of the connection under way. */
void weir_attempt_event(weir_channel *ch, const weir_rpc_event *ev);
void weir_attempt_start(weir_channel *ch);
void weir_watch_notify(weir_channel *ch);

/** Drops one of refs; the last frees. Lock not held, or not the last. */
void weir_channel_drop(void *ch);
extern const weir_call_owner weir_channel_call_ops;

#endif
