/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* start.h - client calls, made and sent on their way in two steps, so that what is known before (a unary request, its
 * end) goes out with the first bytes. */
#ifndef WEIR_CLIENT_START_H
#define WEIR_CLIENT_START_H

#include "net/call.h"

/** A call in WAITING that nobody knows of yet; interceptors have run. Lock not held. NULL when out of memory. */
weir_call *weir_client_call_new(weir_channel *ch, const weir_method *m, const weir_call_opts *o);

/** False on a loop's thread. */
bool weir_channel_may_block(const weir_channel *ch);

/** Sends it on its way: to the connection, or to wait for one. Lock held. */
void weir_client_call_go(weir_call *c);

#endif
