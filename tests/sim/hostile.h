/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* hostile.h - peers on the simulated network that say what comes to their mind: frames of all kinds, in any order, right
 * and wrong, and bytes that are none. They follow from a seed. */
#ifndef WEIR_TESTS_SIM_HOSTILE_H
#define WEIR_TESTS_SIM_HOSTILE_H

#include "io/io.h"

typedef struct hostile hostile;

/** A client that connects to addr again and again, for a while. NULL when out of memory. */
hostile *hostile_client(weir_loop *l, const char *addr, uint64_t seed);
/** A server at addr; every connection gets answers to requests that were made, and to those that were not. */
hostile *hostile_server(weir_loop *l, const char *addr, uint64_t seed);
/** Closes what is open. NULL is fine. */
void hostile_free(hostile *h);

#endif
