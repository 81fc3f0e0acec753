/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "io/io.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#define FORMS "write 1.2.3.4:PORT, [::1]:PORT or unix:PATH"

static weir_code addr_invalid(weir_error *e, const char *text, const char *why) {
  return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "address \"%.80s\": %s", text, why);
}

/* Decimal, up to 65535, to the end of the text. */
static bool port_parse(const char *p, uint16_t *port) {
  uint32_t n = 0;
  if (!*p) return false;
  for (; *p; p++) {
    if (*p < '0' || *p > '9' || (n = n * 10 + (uint32_t)(*p - '0')) > UINT16_MAX) return false;
  }
  *port = (uint16_t)n;
  return true;
}

static weir_code unix_parse(const char *text, const char *path, weir_addr *a, weir_error *e) {
  if (path[0] == '/' && path[1] == '/') {
    if (path[2] != '/')
      return addr_invalid(e, text,
                          "after unix:// an absolute path must follow; write unix:///PATH or unix:PATH");
    path += 2;
  }
  struct sockaddr_un un = {.sun_family = AF_UNIX};
  size_t len = strlen(path);
  if (len == 0) return addr_invalid(e, text, "the path is empty; write unix:PATH");
  if (len >= sizeof un.sun_path)
    return weir_error_set(
        e, WEIR_INVALID_ARGUMENT, 0,
        "address \"%.80s\": the path has %zu bytes and a socket's may have %zu; use a shorter one", text, len,
        sizeof un.sun_path - 1);
  memcpy(un.sun_path, path, len);
  *a = (weir_addr){.len = sizeof un};
  memcpy(&a->sa, &un, sizeof un);
  return WEIR_OK;
}

/* "fe80::1%eth0" or "fe80::1%2" */
static bool scope_parse(const char *zone, uint32_t *scope) {
  uint16_t n;
  *scope = if_nametoindex(zone);
  if (*scope == 0 && port_parse(zone, &n)) *scope = n;
  return *scope != 0;
}

static weir_code ipv6_parse(const char *text, weir_addr *a, weir_error *e) {
  const char *end = strchr(text, ']');
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
  char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
  uint16_t port;
  if (!end) return addr_invalid(e, text, "there is no ']'; write [::1]:PORT");
  if (end[1] != ':') return addr_invalid(e, text, "no port follows the ']'; write [::1]:PORT");
  if (!port_parse(end + 2, &port))
    return addr_invalid(e, text, "the port after ']:' is not a number from 0 to 65535");
  size_t len = (size_t)(end - text) - 1;
  if (len >= sizeof host) return addr_invalid(e, text, "what stands in [] is too long for an IPv6 address");
  memcpy(host, text + 1, len);
  host[len] = 0;
  char *zone = strchr(host, '%');
  if (zone) {
    *zone = 0;
    if (!scope_parse(zone + 1, &in6.sin6_scope_id))
      return addr_invalid(e, text, "there is no such interface behind '%'");
  }
  if (inet_pton(AF_INET6, host, &in6.sin6_addr) != 1)
    return addr_invalid(e, text, "what stands in [] is not an IPv6 address");
  in6.sin6_port = htons(port);
  *a = (weir_addr){.len = sizeof in6};
  memcpy(&a->sa, &in6, sizeof in6);
  return WEIR_OK;
}

static weir_code ipv4_parse(const char *text, weir_addr *a, weir_error *e) {
  const char *colon = strrchr(text, ':');
  struct sockaddr_in in = {.sin_family = AF_INET};
  char host[INET_ADDRSTRLEN];
  uint16_t port;
  if (!colon) return addr_invalid(e, text, "there is no port; " FORMS);
  if (strchr(text, ':') != colon)
    return addr_invalid(e, text, "an IPv6 address must stand in []; write [::1]:PORT");
  if (!port_parse(colon + 1, &port))
    return addr_invalid(e, text, "the port after ':' is not a number from 0 to 65535");
  size_t len = (size_t)(colon - text);
  if (len == 0) return addr_invalid(e, text, "there is no host before ':'; " FORMS);
  if (len < sizeof host) {
    memcpy(host, text, len);
    host[len] = 0;
  }
  if (len >= sizeof host || inet_pton(AF_INET, host, &in.sin_addr) != 1)
    return addr_invalid(e, text, "the host is not an IPv4 address (names are not looked up here); " FORMS);
  in.sin_port = htons(port);
  *a = (weir_addr){.len = sizeof in};
  memcpy(&a->sa, &in, sizeof in);
  return WEIR_OK;
}

weir_code weir_addr_parse(const char *text, weir_addr *a, weir_error *e) {
  if (!text || !*text) return addr_invalid(e, "", "it is empty; " FORMS);
  if (strncmp(text, "unix:", 5) == 0) return unix_parse(text, text + 5, a, e);
  if (text[0] == '[') return ipv6_parse(text, a, e);
  return ipv4_parse(text, a, e);
}

void weir_addr_format(const weir_addr *a, char *out, size_t cap) {
  if (cap == 0) return;
  char host[INET6_ADDRSTRLEN] = "?";
  out[0] = 0;
  switch (a->sa.ss_family) {
  case AF_INET: {
    const struct sockaddr_in *in = (const struct sockaddr_in *)&a->sa;
    inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
    snprintf(out, cap, "ipv4:%s:%u", host, ntohs(in->sin_port));
    break;
  }
  case AF_INET6: {
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->sa;
    inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
    if (in6->sin6_scope_id)
      snprintf(out, cap, "ipv6:[%s%%%u]:%u", host, in6->sin6_scope_id, ntohs(in6->sin6_port));
    else
      snprintf(out, cap, "ipv6:[%s]:%u", host, ntohs(in6->sin6_port));
    break;
  }
  case AF_UNIX: {
    const struct sockaddr_un *un = (const struct sockaddr_un *)&a->sa;
    size_t head = offsetof(struct sockaddr_un, sun_path); /* an unnamed socket's address ends here */
    size_t len = a->len > head ? strnlen(un->sun_path, (size_t)a->len - head) : 0;
    snprintf(out, cap, "unix:%.*s", (int)len, un->sun_path);
    break;
  }
  default: snprintf(out, cap, "unknown"); break;
  }
}
