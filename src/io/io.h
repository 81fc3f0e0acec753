/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* io.h - shards: an event loop, its timers, sockets and callbacks, behind one interface with three backends
 * (epoll, kqueue, simulated network and clock). The public weir_loop (weir/loop.h) is one or more shards plus
 * a thread pool.
 *
 * The threading rule of the whole library. A shard has one lock and at most one *leader*, the thread that runs
 * its turns. All state of the connections and calls pinned to a shard is touched only between
 * weir_shard_enter and weir_shard_leave (the lock is held), by the leader or by any other thread.
 * A turn of the leader:
 *   1. wait for events (the lock is not held)
 *   2. socket, timer and posted functions run        (lock held; they call no user code)
 *   3. due user callbacks run                        (lock not held; they may call anything)
 *   4. end-of-turn functions run: one write per connection (lock held); again from 3 while callbacks are due
 * A thread that is not the leader runs step 4 itself when it leaves, so its bytes go out at once, and wakes the
 * leader only if there is something for it: a callback due, or a timer earlier than it waits for.
 *
 * The leader is the shard's own thread if the loop has threads, and stays it. In other loops it is whoever drives:
 * weir_loop_run, or a blocked caller in weir_shard_wait. One lock at a time, except that who holds a listener's may
 * enter the shard that is to have the accepted socket; nobody goes the other way. */
#ifndef WEIR_IO_H
#define WEIR_IO_H

#include "base/err.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include <weir/base.h>
#include <weir/loop.h>

#include <sys/socket.h>

typedef int64_t weir_io_nanos; /* monotonic */
#define WEIR_IO_NEVER INT64_MAX

/** now + delay, WEIR_IO_NEVER where that would overflow and for a negative delay. */
static inline weir_io_nanos weir_io_after(weir_io_nanos now, int64_t delay_ns) {
  return delay_ns < 0 || delay_ns > WEIR_IO_NEVER - now ? WEIR_IO_NEVER : now + delay_ns;
}

typedef struct weir_shard weir_shard;
typedef struct weir_sock weir_sock;

/* ---- shards -------------------------------------------------------------------------------------------------- */

size_t weir_loop_n_shards(const weir_loop *l);
/** Shard i; lives as long as the loop. */
weir_shard *weir_loop_shard(weir_loop *l, size_t i);
/** The next shard in turn, for a new connection or listener. Any thread. */
weir_shard *weir_loop_pick(weir_loop *l);
weir_loop *weir_shard_loop(weir_shard *s);
/** Memory for what comes and goes with every call: blocks of one size are kept for the next. Lock held. NULL when out
 * of memory. It may also be freed with weir_loop_mem, without the lock. */
void *weir_shard_take_block(weir_shard *s, size_t size);
void weir_shard_give_block(weir_shard *s, void *block, size_t size);
weir_mem weir_loop_mem(weir_loop *l);
const weir_log *weir_loop_log(weir_loop *l);
/** A loop for a channel or server that was given none: one shard; blocked callers drive it. A thread of its own starts
 * when a caller leaves something behind that must go on without it (an open socket, a timer, a callback, a posted
 * task), and takes the seat when no caller has held it for a millisecond; so PINGs and timers are always answered. */
weir_loop *weir_loop_new_private(weir_error *e);

/** Takes the lock: not recursive. In step 3 of the shard's own leader too. */
void weir_shard_enter(weir_shard *s);
void weir_shard_leave(weir_shard *s);
/** The same, but what waits for step 4 goes on waiting, so that several operations are written at once: the caller
 * sees to it that somebody soon enters and leaves, or waits. Never where it is the leader. */
void weir_shard_leave_later(weir_shard *s);
/** The time as of this turn, read again after callbacks ran (lock held; fresh when the caller is not the leader). */
weir_io_nanos weir_shard_now(weir_shard *s);
/** The time now, however long ago the turn began (lock held). It does not become the turn's. */
weir_io_nanos weir_shard_clock(weir_shard *s);
/** False on a thread that is inside a callback of any loop: blocking there would deadlock. */
bool weir_shard_may_block(const weir_shard *s);

/** A blocked caller. Lives on its stack; zero it before each use. */
typedef struct weir_waiter {
  weir_list node;
  bool done;
  void *impl;
} weir_waiter;
/** Lock held; returns, with the lock held, after weir_waiter_wake(w). Meanwhile this thread is the leader if the
 * seat is free (then callbacks run on it), else it sleeps. What was queued for step 4 runs first. Only where
 * weir_shard_may_block. On the simulated backend, waiting for what can never happen is a failed assertion. */
void weir_shard_wait(weir_shard *s, weir_waiter *w);
/** Lock held. Again, or before the wait: harmless. */
void weir_waiter_wake(weir_shard *s, weir_waiter *w);

/* ---- functions to run ------------------------------------------------------------------------------------------ */

/** A function to run once, embedded in the object it concerns; zero it before first use. */
typedef struct weir_task {
  weir_list node;
  void (*fn)(void *arg);
  void *arg;
} weir_task;

/** Any thread, lock held or not: the leader runs the task in step 2. A task that is linked stays where it is. Posted
 * from step 2 itself, it runs in the next turn. */
void weir_shard_post(weir_shard *s, weir_task *t);
/** Lock held: runs the task in step 4. A task that is linked stays where it is. */
void weir_shard_at_end(weir_shard *s, weir_task *t);
/** Lock held: takes a task back, wherever it is queued. */
void weir_shard_unpost(weir_shard *s, weir_task *t);

/** A user callback that is due; embedded in the operation it completes. */
typedef struct weir_due {
  weir_list node;
  weir_fn *fn;
  void *arg;
  weir_call *call;
  weir_code code;
  /* Runs after fn, lock not held: drops what the operation held. NULL: none, and fn may free *d itself. */
  void (*done)(struct weir_due *d);
} weir_due;
/** Lock held: queues it for step 3; order is kept. It cannot be taken back; when the loop's last owner goes first, it
 * does not run. */
void weir_shard_call_back(weir_shard *s, weir_due *d);

/** Runs t->fn on a thread of the loop's pool (threads start as needed up to pool_threads; default 32, idle ones end
 * after 10 s); no lock is held. On the simulated backend: in step 3. Any thread. WEIR_ENOMEM, WEIR_ESYS: no thread can
 * be had, t will not run. What has not begun when the loop's last owner goes does not run. */
weir_err weir_loop_pool_run(weir_loop *l, weir_task *t);

typedef struct weir_timer {
  weir_io_nanos at;
  size_t slot; /* in the heap, 1-based; 0: not set */
  void (*fn)(void *arg);
  void *arg;
} weir_timer;
/** Lock held: (re)arms; fn runs in step 2, disarmed. WEIR_ENOMEM (a timer that is set can always be moved).
 * WEIR_IO_NEVER stops it. Of equal times, any may come first. */
weir_err weir_timer_set(weir_shard *s, weir_timer *t, weir_io_nanos at);
void weir_timer_stop(weir_shard *s, weir_timer *t);

/* ---- addresses --------------------------------------------------------------------------------------------------- */

typedef struct weir_addr {
  struct sockaddr_storage sa;
  socklen_t len;
} weir_addr;

/** "1.2.3.4:80", "[::1]:80", "unix:path", "unix:///abs/path". WEIR_INVALID_ARGUMENT with the place and remedy; names
 * are not looked up. Port 0 is allowed. */
weir_code weir_addr_parse(const char *text, weir_addr *a, weir_error *e);
/** As gRPC writes peers: "ipv4:1.2.3.4:80", "ipv6:[::1]:80", "unix:/path" ("unix:" where it has no name).
 * NUL-terminated, cut to cap. */
void weir_addr_format(const weir_addr *a, char *out, size_t cap);

typedef struct weir_lookup weir_lookup;
/** Looks up host (c-ares, or getaddrinfo on the pool; an IP address as it stands); never blocks the loop. fn runs in
 * step 2, never inside this call, with addresses (borrowed) or n 0 and the reason (borrowed): UNAVAILABLE,
 * INVALID_ARGUMENT (no host name), RESOURCE_EXHAUSTED. Then the look-up is gone. Lock held. NULL when out of memory
 * or descriptors (fn is not called). */
typedef void weir_lookup_fn(void *arg, const weir_addr *addrs, size_t n, const weir_error *why);
weir_lookup *weir_lookup_start(weir_shard *s, const char *host, uint16_t port, weir_lookup_fn *fn, void *arg);
/** Lock held: fn will not run. Not after it ran. NULL is fine. */
void weir_lookup_cancel(weir_lookup *l);

/* ---- sockets: edge-triggered ---------------------------------------------------------------------------------------- */

/** Runs in step 2 when the socket may have become readable, writable, connected, broken. Once told, the owner
 * recvs until AGAIN or a short read (less than asked for), and sends until AGAIN, or calls weir_sock_again. EOF or
 * an error behind a short read comes with a call of its own. */
typedef void weir_sock_fn(void *arg, weir_sock *s);

typedef enum weir_io { WEIR_IO_OK, WEIR_IO_AGAIN, WEIR_IO_EOF, WEIR_IO_ERROR } weir_io;

/** All with the lock held. On failure *e says why and NULL is returned. TCP sockets get TCP_NODELAY. */
weir_sock *weir_sock_connect(weir_shard *s, const weir_addr *a, weir_sock_fn *fn, void *arg, weir_error *e);
/** SO_REUSEADDR; "[::]" takes IPv4 too; unix: a stale socket file (nobody answers) is replaced. */
weir_sock *weir_sock_listen(weir_shard *s, const weir_addr *a, bool reuse_port, weir_sock_fn *fn, void *arg,
                            weir_error *e);
/** Accepts one connection onto shard `on` (which may be another one; its lock must be held too unless it is the
 * listener's): OK with *out, AGAIN, or ERROR (EMFILE and the like: the listener pauses 100 ms by itself). */
weir_io weir_sock_accept(weir_sock *listener, weir_shard *on, weir_sock_fn *fn, void *arg, weir_sock **out);
/** OK with *n > 0 bytes, AGAIN, EOF, or ERROR (weir_sock_errno). */
weir_io weir_sock_recv(weir_sock *s, void *buf, size_t cap, size_t *n);
/** OK with *n > 0 bytes of the slices sent (maybe not all), AGAIN, or ERROR. */
weir_io weir_sock_sendv(weir_sock *s, const weir_str *v, size_t n_v, size_t *n);
/** TCP_USER_TIMEOUT: bytes that nobody acknowledges for so long end the connection. Where there is no such thing,
 * nothing. */
void weir_sock_set_user_timeout(weir_sock *s, int64_t timeout_ns);
/** Half-close of our side. */
void weir_sock_shutdown(weir_sock *s);
/** fn runs again next turn although nothing changed: for fairness after a batch. */
void weir_sock_again(weir_sock *s);
void weir_sock_set_fn(weir_sock *s, weir_sock_fn *fn, void *arg);
/** After connect: 0 while under way, 1 connected, -1 failed (weir_sock_errno). */
int weir_sock_connected(const weir_sock *s);
int weir_sock_errno(const weir_sock *s);
bool weir_sock_local_addr(weir_sock *s, weir_addr *a);
/** False once the connection is gone: ask when it begins. */
bool weir_sock_peer_addr(weir_sock *s, weir_addr *a);
/** fn will not run any more; the memory is freed after the turn. Unix listeners remove their file. NULL is fine. */
void weir_sock_close(weir_sock *s);

/* ---- simulation --------------------------------------------------------------------------------------------------------
 * One process, one thread, one loop (single shard) holding clients and servers; virtual clock and network from a
 * seed. Addresses are real-looking ("127.0.0.1:port", "unix:path"; there is one machine, so a listener is found by
 * its port alone); names resolve to 127.0.0.1 after a delay, except those under "invalid" (RFC 6761 6.4). Closing with unread bytes is a reset, as with TCP. */
typedef struct weir_sim_opts {
  uint64_t seed;
  uint32_t max_delay_us;   /* of bytes on a connection, each direction; default 1000 */
  uint32_t partial_1_in;   /* a recv or send is cut at a random length once in so many; 0: never */
  uint32_t reset_1_in;     /* a recv or send breaks the connection (both ways) once in so many; 0: never */
  uint32_t half_open_1_in; /* a connection silently stops carrying bytes, once in so many sends; 0: never */
  uint32_t refuse_1_in;    /* a connect is refused; 0: never */
  uint32_t latency_us;     /* of everything, besides max_delay_us */
  uint64_t bytes_per_s;    /* of each direction of a connection; 0: no limit */
  uint32_t jump_1_in;      /* the clock jumps ahead, by up to a minute, once in so many waits; 0: never */
  uint32_t buffer; /* bytes each direction of a connection holds, under way or unread; default 64 KiB */
} weir_sim_opts;
/** A loop over a fresh simulated network; weir_loop_run drives it: when nothing is ready, the clock jumps to the
 * next event. weir_loop_run(l, -1) returns WEIR_DEADLINE_EXCEEDED when nothing can ever happen any more. o NULL: seed
 * 0, good weather. NULL when out of memory. */
weir_loop *weir_loop_new_sim(const weir_sim_opts *o, const weir_hooks *hooks);
/** Sockets that are open, listeners included: 0 after a clean end. */
size_t weir_sim_open_sockets(weir_loop *l);

#endif
