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
  bool drain; /* the server shuts down gracefully half-way, a new one takes over */
} sim_world_opts;

typedef struct sim_result {
  size_t ended, ended_ok;
  uint64_t trace; /* hash of what happened in which order */
  size_t sockets_left;
  int handlers_left;
  char wrong[200]; /* what should not have happened; empty: nothing */
} sim_result;

/** Runs one world to its end. */
sim_result sim_world_run(const sim_world_opts *o);

#endif
