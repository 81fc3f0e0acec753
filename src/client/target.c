/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "client/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ACCEPTED \
  "accepted: host:port, dns:///host:port, ipv4:1.2.3.4:80, ipv6:[::1]:80, unix:path, unix:///abs/path"

static weir_code target_bad(weir_error *e, const char *text, const char *why) {
  return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "target '%.80s': %s; " ACCEPTED, text, why);
}

static bool strip(const char **text, const char *prefix) {
  size_t n = strlen(prefix);
  if (strncmp(*text, prefix, n) != 0) return false;
  *text += n;
  return true;
}

static weir_code target_unix(const char *text, weir_target *t, weir_error *e) {
  weir_code code = weir_addr_parse(text, &t->addr, e);
  if (code) return code;
  t->is_literal = true;
  strcpy(t->host, "localhost");
  strcpy(t->authority, "localhost");
  return WEIR_OK;
}

/* The port behind the last colon; -1: not a number from 0 to 65535. */
static int port_of(const char *digits) {
  if (!*digits || strlen(digits) > 5 || strspn(digits, "0123456789") != strlen(digits)) return -1;
  int port = atoi(digits);
  return port > 65535 ? -1 : port;
}

/* Splits "host", "host:port", "[v6]", "[v6]:port", or a bare v6 address. */
static weir_code split_host_port(const char *text, const char *whole, weir_target *t, weir_error *e) {
  const char *host = text, *end, *colon;
  if (*text == '[') {
    host = text + 1;
    end = strchr(host, ']');
    if (!end) return target_bad(e, whole, "']' is missing");
    colon = end[1] ? end + 1 : NULL;
    if (colon && *colon != ':') return target_bad(e, whole, "only ':port' may follow ']'");
  } else {
    colon = strrchr(text, ':');
    if (colon && strchr(text, ':') != colon) colon = NULL; /* several colons, no brackets: an IPv6 address */
    end = colon ? colon : text + strlen(text);
  }
  size_t len = (size_t)(end - host);
  if (!len) return target_bad(e, whole, "the host is missing");
  if (len >= sizeof t->host) return target_bad(e, whole, "the host is longer than 255 bytes");
  if (strcspn(host, "/ \t\r\n?#@") < len)
    return target_bad(e, whole, "the host has a character that no host has");
  memcpy(t->host, host, len);
  t->host[len] = 0;
  if (!colon) return WEIR_OK;
  int port = port_of(colon + 1);
  if (port < 0) return target_bad(e, whole, "the port is not a number from 0 to 65535");
  t->port = (uint16_t)port;
  return WEIR_OK;
}

weir_code weir_target_parse(const char *text, uint16_t default_port, weir_target *t, weir_error *e) {
  const char *rest = text ? text : "", *whole = rest;
  bool literal_only = false;
  memset(t, 0, sizeof *t);
  t->port = default_port;
  if (!strncmp(rest, "unix:", 5)) return target_unix(rest, t, e);
  if (strip(&rest, "dns:")) {
    if (strip(&rest, "//") && !strip(&rest, "/"))
      return target_bad(e, whole,
                        "a name server of one's own (dns://server/host) is not supported; write dns:///host");
  } else if (strip(&rest, "ipv4:") || strip(&rest, "ipv6:")) {
    literal_only = true;
  } else if (strstr(rest, "://")) {
    return target_bad(e, whole,
                      strncmp(rest, "http", 4)
                          ? "this scheme is not known"
                          : "this scheme is not known (TLS or not is the credentials' choice)");
  }
  weir_code code = split_host_port(rest, whole, t, e);
  if (code) return code;
  bool v6 = strchr(t->host, ':') != NULL;
  snprintf(t->authority, sizeof t->authority, v6 ? "[%s]:%u" : "%s:%u", t->host, (unsigned)t->port);
  t->is_literal = weir_addr_parse(t->authority, &t->addr, NULL) == WEIR_OK;
  if (literal_only && !t->is_literal) return target_bad(e, whole, "this is not an IP address");
  return WEIR_OK;
}
