/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* world.h - a whole client and server on the simulated network, and calls of all kinds driven through it from a seed. */
#ifndef WEIR_TESTS_SIM_WORLD_H
#define WEIR_TESTS_SIM_WORLD_H

#include "echo.h"
#include "io/io.h"

typedef struct sim_world_opts {
  weir_sim_opts net;
  size_t n_calls;
  bool with_deadlines; /* needed where connections may go half open: nothing else would end their calls */
  bool with_cancels;
  bool drain;          /* the server shuts down gracefully half-way, a new one takes over */
  size_t n_channels;   /* 0: one */
  size_t n_hostile;    /* clients of the server that mean it ill */
  bool hostile_server; /* one more channel, to a server that does; deadlines are needed */
  uint32_t alloc_1_in; /* an allocation of the loop's memory fails once in so many; 0: never */
  weir_creds *server_creds, *client_creds; /* NULL: plaintext */
} sim_world_opts;

typedef struct sim_result {
  size_t started, ended, ended_ok; /* started: with failing allocations a call may never come to be */
  uint64_t trace;                  /* hash of what happened in which order */
  size_t sockets_left;
  int handlers_left;
  long bytes_left; /* of the loop's memory, by the sizes that are given back */
  long bytes_most;
  size_t allocs_failed;
  char wrong[200]; /* what should not have happened; empty: nothing */
} sim_result;

/** Runs one world to its end. */
sim_result sim_world_run(const sim_world_opts *o);

#endif
