/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* target.h - what a channel's target string means (grpc doc/naming.md): "host:port", "dns:///host:port",
 * "ipv4:1.2.3.4:80", "ipv6:[::1]:80", "unix:path", "unix:///abs/path". */
#ifndef WEIR_CLIENT_TARGET_H
#define WEIR_CLIENT_TARGET_H

#include "io/io.h"

typedef struct weir_target {
  char host[256];      /* to look up and to verify; "localhost" for unix sockets */
  char authority[264]; /* the default :authority */
  uint16_t port;
  bool is_literal; /* addr is the only address; nothing to look up */
  weir_addr addr;
} weir_target;

/** default_port: where the target names none. WEIR_INVALID_ARGUMENT: *e says what is wrong and what is accepted. */
weir_code weir_target_parse(const char *text, uint16_t default_port, weir_target *t, weir_error *e);

#endif
