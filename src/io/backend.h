/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* backend.h - what a shard needs of the system below it. Three backends implement it: epoll.c and kqueue.c (whose
 * sockets are the same, posix.c) and sim.c (which has its own network and clock). */
#ifndef WEIR_IO_BACKEND_H
#define WEIR_IO_BACKEND_H

#include "io/io.h"

/** Memory that an event already taken from the kernel may still point to: freed when the turn is over. */
typedef struct weir_grave {
  weir_list node;
  size_t size;
} weir_grave;
/** Lock held. `g` is the first member of the object of `size` bytes. */
void weir_shard_bury(weir_shard *s, weir_grave *g, size_t size);

enum { WEIR_WATCH_IN = 1, WEIR_WATCH_OUT = 2, WEIR_WATCH_HUP = 4, WEIR_WATCH_EDGE = 8 };

/** A descriptor under watch. Its memory goes by weir_shard_bury, with fn set to NULL. */
typedef struct weir_watch {
  weir_grave grave;
  void (*fn)(struct weir_watch *w, unsigned events); /* step 2 */
  int fd;
} weir_watch;

typedef struct weir_backend {
  const char *name;
  /** Makes s->backend. WEIR_ENOMEM, WEIR_ESYS (errno). */
  weir_err (*open)(weir_shard *s);
  void (*close)(weir_shard *s);
  weir_io_nanos (*clock)(weir_shard *s);
  /** Step 1, lock not held: returns when there are events, after wake, or after timeout (WEIR_IO_NEVER: not). False
   * if nothing can ever happen any more (simulation only). */
  bool (*wait)(weir_shard *s, weir_io_nanos timeout);
  /** Step 2: hands the events of the last wait out; true if there were any. */
  bool (*dispatch)(weir_shard *s);
  /** Makes the current or next wait return. Any thread; async-signal-safe. */
  void (*wake)(weir_shard *s);
  /** Lock held: begins to watch w->fd, or changes what for. WEIR_ENOMEM, WEIR_ESYS. */
  weir_err (*watch)(weir_shard *s, weir_watch *w, unsigned events);
  weir_err (*rewatch)(weir_shard *s, weir_watch *w, unsigned events);
  /** Lock held, before the descriptor is closed. */
  void (*unwatch)(weir_shard *s, weir_watch *w);
  /** For a foreign loop: the descriptor, or -1; and when the next timer is due. */
  int (*guest_fd)(weir_shard *s);
  void (*guest_arm)(weir_shard *s, weir_io_nanos at);

  /** Lock held: begins to answer. WEIR_ENOMEM, WEIR_ESYS: cannot. */
  weir_err (*lookup)(weir_lookup *l);

  weir_sock *(*connect)(weir_shard *s, const weir_addr *a, weir_error *e);
  weir_sock *(*listen)(weir_shard *s, const weir_addr *a, bool reuse_port, weir_error *e);
  weir_io (*accept)(weir_sock *listener, weir_shard *on, weir_sock **out);
  weir_io (*recv)(weir_sock *s, void *buf, size_t cap, size_t *n);
  weir_io (*sendv)(weir_sock *s, const weir_str *v, size_t n_v, size_t *n);
  void (*shutdown)(weir_sock *s);
  bool (*local_addr)(weir_sock *s, weir_addr *a);
  bool (*peer_addr)(weir_sock *s, weir_addr *a);
  void (*close_sock)(weir_sock *s); /* all but the memory */
} weir_backend;

extern const weir_backend weir_backend_system; /* epoll or kqueue */
extern const weir_backend weir_backend_sim;

/** What all sockets have; a backend's own struct begins with it. */
struct weir_sock {
  weir_watch watch;
  weir_shard *shard;
  weir_sock_fn *fn; /* NULL: closed */
  void *arg;
  weir_list all;   /* shard->socks */
  weir_list again; /* shard->again */
  size_t size;     /* of the whole object */
  int err;
  signed char connected; /* 0 under way, 1, -1 failed */
  bool is_listener, has_hup;
};

/** A zeroed socket object of `size` bytes, linked into its shard; fd -1. NULL: out of memory. */
weir_sock *weir_sock_alloc(weir_shard *s, size_t size);
/** Step 2: tells the owner, unless it has closed. */
void weir_sock_fire(weir_sock *s);

#endif
