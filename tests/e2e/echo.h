/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* echo.h - a raw service of all four kinds for tests, and the bits of set-up they share. Messages are weir_buf. */
#ifndef WEIR_TESTS_ECHO_H
#define WEIR_TESTS_ECHO_H

#include <weir/weir.h>

#include <stdatomic.h>

/* Unary: the request back. Text "fail:N" fails with code N and the text as message; "sleep" waits until the call is
 * cancelled; "meta" sends back the request's "x-echo" pair as header, and "x-echo-bin" as trailer.
 * Sum: the number of bytes received, as text. Count: for "N", N messages of 1000 bytes. Chat: everything back. */
extern const weir_method echo_unary, echo_sum, echo_count, echo_chat, echo_missing;
extern const weir_service echo_service;

/** What the handlers saw, for tests that count. */
typedef struct echo_stats {
  atomic_int started, ended, cancelled;
} echo_stats;

/** impl of weir_server_add; handlers on the loop use the asynchronous forms, on the pool the blocking ones. */
typedef struct echo_impl {
  bool on_loop;
  echo_stats *stats;
} echo_impl;

weir_buf *echo_msg(const char *text);
/** Compares and drops the buffer. */
bool echo_is(weir_buf *b, const char *text);

#endif
