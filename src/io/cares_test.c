/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* c-ares against a DNS server of the test's own, over UDP and TCP. */
#include "cares.c"
#include "io/io_test.h"

#if WEIR_HAVE_CARES
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>

typedef struct dns {
  int udp, tcp;
  uint16_t port;
  pthread_t thread;
  atomic_bool stop;
  atomic_int n_udp, n_tcp;
} dns;

/* ---- the server: RFC 1035 4.1, one question, at most one answer --------------------------------------------------- */

static bool dns_asks(const unsigned char *q, const char *first_label) {
  size_t len = strlen(first_label);
  return q[12] == len && memcmp(q + 13, first_label, len) == 0;
}

/* Length of the reply made of the query in place; 0: no reply. */
static size_t dns_answer(unsigned char *m, size_t len, bool is_tcp) {
  static const unsigned char a_record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 9, 8, 7};
  size_t end = 12;
  while (end < len && m[end]) end += m[end] + 1u;
  end += 5;
  if (end > len || dns_asks(m, "silent")) return 0;
  bool wants_a = m[end - 3] == 1, is_big = dns_asks(m, "big"), exists = is_big || dns_asks(m, "greeter");
  memset(m + 6, 0, 6);
  m[2] = (unsigned char)(0x81 | (is_big && !is_tcp ? 2 : 0)); /* TC: ask again over TCP */
  m[3] = (unsigned char)(0x80 | (exists ? 0 : 3));
  if (!exists || !wants_a || (m[2] & 2)) return end;
  m[7] = 1;
  memcpy(m + end, a_record, sizeof a_record);
  return end + sizeof a_record;
}

static void dns_serve_udp(dns *d) {
  unsigned char m[1024];
  struct sockaddr_in from;
  ssize_t n = recvfrom(d->udp, m, 512, 0, (struct sockaddr *)&from, &(socklen_t){sizeof from});
  if (n < 12) return;
  d->n_udp++;
  size_t len = dns_answer(m, (size_t)n, false);
  if (len) sendto(d->udp, m, len, 0, (struct sockaddr *)&from, sizeof from);
}

static bool dns_read(int fd, unsigned char *out, size_t n) {
  for (size_t at = 0; at < n;) {
    ssize_t got = recv(fd, out + at, n - at, 0);
    if (got <= 0) return false;
    at += (size_t)got;
  }
  return true;
}

/* One question, with the reply cut in two. The client keeps the connection as long as it waits for anything, UDP answers
 * too: so nobody may stay here until it closes. */
static bool dns_serve_tcp(dns *d, int fd) {
  unsigned char m[1024], head[2];
  if (!dns_read(fd, head, 2)) return false;
  size_t n = (size_t)head[0] << 8 | head[1];
  if (n > 512 || !dns_read(fd, m + 2, n)) return false;
  d->n_tcp++;
  size_t len = dns_answer(m + 2, n, true);
  m[0] = (unsigned char)(len >> 8);
  m[1] = (unsigned char)len;
  send(fd, m, 5, MSG_NOSIGNAL);
  nanosleep(&(struct timespec){0, 3000000}, NULL);
  return send(fd, m + 5, len - 3, MSG_NOSIGNAL) > 0;
}

static void *dns_main(void *arg) {
  dns *d = arg;
  int conn = -1; /* the one that is served; others wait their turn */
  while (!d->stop) {
    struct pollfd p[] = {{.fd = d->udp, .events = POLLIN}, {.fd = conn < 0 ? d->tcp : conn, .events = POLLIN}};
    poll(p, 2, 20);
    if (p[0].revents) dns_serve_udp(d);
    if (!p[1].revents) continue;
    if (conn < 0) {
      conn = accept(d->tcp, NULL, NULL);
    } else if (!dns_serve_tcp(d, conn)) {
      close(conn);
      conn = -1;
    }
  }
  if (conn >= 0) close(conn);
  return NULL;
}

/* One port for both; whichever TCP gives may be somebody's for UDP. */
static void dns_bind(dns *d) {
  for (;;) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    d->tcp = socket(AF_INET, SOCK_STREAM, 0);
    d->udp = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(d->tcp, (struct sockaddr *)&in, sizeof in), 0);
    assert_int_equal(getsockname(d->tcp, (struct sockaddr *)&in, &(socklen_t){sizeof in}), 0);
    d->port = ntohs(in.sin_port);
    if (!bind(d->udp, (struct sockaddr *)&in, sizeof in)) return;
    assert_int_equal(errno, EADDRINUSE);
    close(d->tcp);
    close(d->udp);
  }
}

static void dns_start(dns *d) {
  memset(d, 0, sizeof *d);
  dns_bind(d);
  assert_int_equal(listen(d->tcp, 8), 0);
  assert_int_equal(pthread_create(&d->thread, NULL, dns_main, d), 0);
}

static void dns_stop(dns *d) {
  d->stop = true;
  pthread_join(d->thread, NULL);
  close(d->udp);
  close(d->tcp);
}

/* ---- the tests --------------------------------------------------------------------------------------------------------- */

typedef struct answer {
  bool done;
  size_t n;
  char first[64];
  weir_error why;
} answer;

static void on_answer(void *arg, const weir_addr *addrs, size_t n, const weir_error *why) {
  answer *a = arg;
  a->done = true;
  a->n = n;
  if (n) weir_addr_format(&addrs[0], a->first, sizeof a->first);
  if (why) a->why = *why;
}

/* Points c-ares at the server; it must stay made, so nothing is delivered in between. */
static void resolver_use(weir_shard *s, const dns *d) {
  char servers[32];
  snprintf(servers, sizeof servers, "127.0.0.1:%u", d->port);
  cares *c = cares_of(s);
  assert_non_null(c);
  assert_int_equal(ares_set_servers_ports_csv(c->channel, servers), ARES_SUCCESS);
}

static void test_udp_tcp_and_no_such_name(void **state) {
  (void)state;
  dns d;
  dns_start(&d);
  weir_loop *l = weir_loop_new(NULL, NULL);
  weir_shard *s = weir_loop_shard(l, 0);
  static const char *const names[] = {"greeter.test", "big.test", "nobody.test", "greeter.test"};
  answer a[4] = {{0}};
  weir_shard_enter(s);
  resolver_use(s, &d);
  for (size_t i = 0; i < 4; i++) assert_non_null(weir_lookup_start(s, names[i], 443, on_answer, &a[i]));
  weir_shard_leave(s);
  for (size_t i = 0; i < 4; i++) test_run_until(l, &a[i].done);
  assert_string_equal(a[0].first, "ipv4:10.9.8.7:443");
  assert_string_equal(a[1].first, "ipv4:10.9.8.7:443");
  assert_string_equal(a[3].first, "ipv4:10.9.8.7:443");
  assert_int_equal(a[2].n, 0);
  assert_int_equal(a[2].why.code, WEIR_UNAVAILABLE);
  assert_non_null(strstr(a[2].why.msg, "name \"nobody.test\": "));
  assert_true(d.n_udp >= 4 && d.n_tcp >= 1);
  assert_null(s->resolver); /* let go, for the next to read the configuration afresh */
  weir_loop_unref(l);
  dns_stop(&d);
}

/* Cancelled, answered or not, and the loop ends while a question is out. */
static void test_cancel_and_end(void **state) {
  (void)state;
  dns d;
  dns_start(&d);
  weir_loop *l = weir_loop_new(NULL, NULL);
  weir_shard *s = weir_loop_shard(l, 0);
  answer a = {0}, cancelled = {0};
  weir_shard_enter(s);
  resolver_use(s, &d);
  weir_lookup_cancel(weir_lookup_start(s, "greeter.test", 1, on_answer, &cancelled));
  weir_lookup_cancel(weir_lookup_start(s, "silent.test", 1, on_answer, &cancelled));
  assert_non_null(weir_lookup_start(s, "silent.test", 1, on_answer, &cancelled));
  assert_non_null(weir_lookup_start(s, "greeter.test", 1, on_answer, &a));
  weir_shard_leave(s);
  test_run_until(l, &a.done);
  assert_false(cancelled.done);
  assert_non_null(s->resolver);
  weir_loop_unref(l);
  assert_false(cancelled.done);
  dns_stop(&d);
}

/* Each allocation of ours failed in turn: an answer, or a reason, or the look-up is not even begun. */
static bool ask_without_memory(const dns *d, size_t fail_at) {
  test_heap heap = {.fail_at = fail_at};
  weir_hooks hooks = test_heap_hooks(&heap);
  weir_loop *l = weir_loop_new(WEIR_OPTS(weir_loop_opts, .hooks = &hooks), NULL);
  if (!l) return false;
  weir_shard *s = weir_loop_shard(l, 0);
  answer a = {0};
  weir_shard_enter(s);
  cares *c = cares_of(s);
  if (c) {
    struct ares_options o = {.timeout = 50, .tries = 1}; /* a descriptor that is not watched is soon over */
    ares_destroy(c->channel);
    o.sock_state_cb = cares_on_state;
    o.sock_state_cb_data = c;
    assert_int_equal(
        ares_init_options(&c->channel, &o, ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES),
        ARES_SUCCESS);
    resolver_use(s, d);
  }
  bool asked = c && weir_lookup_start(s, "greeter.test", 1, on_answer, &a);
  weir_shard_leave(s);
  if (asked) test_run_until(l, &a.done);
  weir_loop_unref(l);
  assert_int_equal(heap.n_live, 0);
  return heap.n_allocs < fail_at;
}

static void test_no_memory(void **state) {
  (void)state;
  dns d;
  dns_start(&d);
  size_t fail_at = 1;
  while (!ask_without_memory(&d, fail_at)) fail_at++;
  assert_true(fail_at > 5);
  dns_stop(&d);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_udp_tcp_and_no_such_name),
      cmocka_unit_test(test_cancel_and_end),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
#include <stdio.h>

int main(void) {
  puts("this build has no c-ares: skipped");
  return 77;
}
#endif
