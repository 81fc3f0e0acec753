/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "rpc/pair_testing.h"

#include "base/assert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

/* ---- events as text ------------------------------------------------------------------------------------------ */

static void log_text(pair_end *e, weir_str s) {
  if (s.len > 80) {
    weir_bytes_printf(&e->log, "(%zu bytes)", s.len);
    return;
  }
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.data[i];
    weir_bytes_printf(&e->log, c < 0x20 || c > 0x7e ? "\\x%02x" : "%c", c);
  }
}

static void log_metadata(pair_end *e, const weir_kv *kvs, size_t n) {
  for (size_t i = 0; i < n; i++) {
    weir_bytes_printf(&e->log, " " WEIR_FMT "=", WEIR_ARG(kvs[i].key));
    log_text(e, kvs[i].val);
  }
}

static void log_end(pair_end *e, const weir_rpc_event *ev) {
  weir_bytes_printf(&e->log, "END %s", weir_code_name(ev->code));
  if (ev->text.len) {
    weir_bytes_append_cstr(&e->log, " \"");
    log_text(e, ev->text);
    weir_bytes_append_cstr(&e->log, "\"");
  }
  log_metadata(e, ev->metadata, ev->n_metadata);
  if (ev->unprocessed) weir_bytes_append_cstr(&e->log, " unprocessed");
}

static void log_request(pair_end *e, const weir_rpc_event *ev) {
  if (ev->kind == WEIR_RPC_EV_HTTP)
    weir_bytes_printf(&e->log, "HTTP " WEIR_FMT " " WEIR_FMT " type=" WEIR_FMT, WEIR_ARG(ev->http_method),
                      WEIR_ARG(ev->path), WEIR_ARG(ev->content_type));
  else
    weir_bytes_printf(&e->log, "CALL " WEIR_FMT " at " WEIR_FMT, WEIR_ARG(ev->path), WEIR_ARG(ev->authority));
  if (ev->timeout_ns != WEIR_RPC_NO_TIMEOUT) weir_bytes_printf(&e->log, " timeout=%" PRId64, ev->timeout_ns);
  log_metadata(e, ev->metadata, ev->n_metadata);
}

static void log_rpc_event(pair_end *e, const weir_rpc_event *ev) {
  static const char *const names[] = {
      [WEIR_RPC_EV_READY] = "READY",       [WEIR_RPC_EV_HALF_CLOSE] = "HALF_CLOSE",
      [WEIR_RPC_EV_WRITABLE] = "WRITABLE", [WEIR_RPC_EV_HEADERS] = "HEADERS",
      [WEIR_RPC_EV_MESSAGE] = "MESSAGE ",  [WEIR_RPC_EV_GOAWAY] = "GOAWAY ",
      [WEIR_RPC_EV_PING_ACK] = "PING_ACK", [WEIR_RPC_EV_CLOSED] = "CLOSED ",
  };
  switch (ev->kind) {
  case WEIR_RPC_EV_NONE: return;
  case WEIR_RPC_EV_CALL:
  case WEIR_RPC_EV_HTTP: log_request(e, ev); break;
  case WEIR_RPC_EV_END: log_end(e, ev); break;
  default: weir_bytes_append_cstr(&e->log, names[ev->kind]); break;
  }
  if (ev->kind == WEIR_RPC_EV_HEADERS) log_metadata(e, ev->metadata, ev->n_metadata);
  if (ev->compressed) weir_bytes_append_cstr(&e->log, "compressed ");
  if (ev->kind == WEIR_RPC_EV_MESSAGE) log_text(e, ev->message);
  if (ev->kind == WEIR_RPC_EV_PING_ACK) weir_bytes_printf(&e->log, " %" PRIx64, ev->opaque);
  if (ev->kind == WEIR_RPC_EV_GOAWAY || ev->kind == WEIR_RPC_EV_CLOSED) {
    weir_bytes_printf(&e->log, "%s ", weir_code_name(ev->code));
    log_text(e, ev->text);
  }
  weir_bytes_append_cstr(&e->log, "\n");
}

static void log_h2_event(pair_end *e, const weir_h2_event *ev) {
  switch (ev->kind) {
  case WEIR_H2_EV_HEADERS:
    weir_bytes_printf(&e->log, "%" PRIu32 " %s", ev->stream, ev->is_trailers ? "TRAILERS" : "HEADERS");
    for (size_t i = 0; i < ev->n_fields; i++)
      weir_bytes_printf(&e->log, " " WEIR_FMT "=" WEIR_FMT, WEIR_ARG(ev->fields[i].name),
                        WEIR_ARG(ev->fields[i].value));
    break;
  case WEIR_H2_EV_DATA:
    weir_bytes_printf(&e->log, "%" PRIu32 " DATA ", ev->stream);
    log_text(e, ev->data);
    break;
  case WEIR_H2_EV_RESET:
    weir_bytes_printf(&e->log, "%" PRIu32 " RESET %s", ev->stream, weir_h2_code_name(ev->code));
    break;
  case WEIR_H2_EV_CLOSED: weir_bytes_printf(&e->log, "%" PRIu32 " CLOSED", ev->stream); break;
  case WEIR_H2_EV_GOAWAY:
    weir_bytes_printf(&e->log, "GOAWAY %s " WEIR_FMT, weir_h2_code_name(ev->code), WEIR_ARG(ev->data));
    break;
  default: return;
  }
  weir_bytes_append_cstr(&e->log, ev->end_stream ? " END_STREAM\n" : "\n");
}

/* ---- the pump ------------------------------------------------------------------------------------------------ */

static void end_echo(pair_end *e, const weir_rpc_event *ev) {
  if (ev->kind == WEIR_RPC_EV_MESSAGE) weir_rpc_send(ev->call, ev->message, NULL, false);
  if (ev->kind == WEIR_RPC_EV_HALF_CLOSE) weir_rpc_finish(ev->call, WEIR_OK, (weir_str){0}, NULL, 0);
  (void)e;
}

static bool end_pull_rpc(pair_end *e, weir_str *in) {
  weir_rpc_event ev;
  weir_rpc_recv(e->rpc, in, &ev);
  log_rpc_event(e, &ev);
  if (ev.kind == WEIR_RPC_EV_CALL || ev.kind == WEIR_RPC_EV_HTTP) {
    e->call = ev.call;
    e->n_calls_seen++;
  }
  e->n_ends += ev.kind == WEIR_RPC_EV_END;
  e->is_closed |= ev.kind == WEIR_RPC_EV_CLOSED;
  if (e->echoes) end_echo(e, &ev);
  if (ev.kind == WEIR_RPC_EV_MESSAGE && !e->keeps_flow) weir_rpc_consume(ev.call, ev.flow);
  if (e->keeps_flow) e->unread += ev.flow;
  return ev.kind != WEIR_RPC_EV_NONE;
}

static bool end_pull_h2(pair_end *e, weir_str *in) {
  weir_h2_event ev;
  weir_err err = weir_h2_recv(e->h2, in, &ev);
  if (err) {
    weir_bytes_printf(&e->log, "ERROR %s\n", weir_h2_conn_error(e->h2).why);
    in->len = 0;
    return false;
  }
  log_h2_event(e, &ev);
  if (ev.kind == WEIR_H2_EV_DATA && !e->keeps_flow) weir_h2_consume(e->h2, ev.stream, ev.flow);
  return ev.kind != WEIR_H2_EV_NONE;
}

static void end_recv(pair_end *e, weir_str in) {
  while (e->rpc ? end_pull_rpc(e, &in) : end_pull_h2(e, &in)) {}
  assert_int_equal(in.len, 0);
}

static size_t end_peek(pair_end *e, weir_str out[], size_t cap) {
  return e->rpc ? weir_rpc_peek(e->rpc, out, cap) : weir_h2_peek(e->h2, out, cap);
}

/* Writes at most `most` bytes to `to`, or to nowhere; returns how many. */
static size_t end_write(pair_end *e, size_t most, weir_bytes *to) {
  weir_str out[4];
  size_t n = end_peek(e, out, 4), len = 0;
  for (size_t i = 0; i < n && len < most; i++) {
    size_t part = out[i].len < most - len ? out[i].len : most - len;
    if (to) weir_bytes_append(to, out[i].data, part);
    len += part;
  }
  if (e->rpc)
    weir_rpc_wrote(e->rpc, len);
  else
    weir_h2_wrote(e->h2, len);
  return len;
}

void pair_say(pair_end *e) {
  while (end_write(e, SIZE_MAX, NULL)) {}
}

/* The input lies in a block of its own, so that views kept too long are seen. */
void pair_listen(pair_end *e) {
  weir_str in = weir_bytes_view(&e->in);
  char *copy = malloc(in.len ? in.len : 1);
  assert_non_null(copy);
  if (in.len) memcpy(copy, in.data, in.len);
  if (e->heard) weir_bytes_append_str(e->heard, in);
  weir_bytes_clear(&e->in);
  end_recv(e, (weir_str){copy, in.len});
  free(copy);
}

/* False if `from` had nothing to write. */
static bool pair_carry(pair *p, pair_end *from, pair_end *to) {
  size_t len = end_write(from, p->chunk ? p->chunk : SIZE_MAX, &to->in);
  pair_listen(to);
  return len > 0;
}

void pair_poll(pair *p) {
  end_recv(&p->client, (weir_str){0});
  end_recv(&p->server, (weir_str){0});
}

void pair_pump(pair *p) {
  bool moved = true;
  while (moved && !p->is_cut) {
    moved = pair_carry(p, &p->client, &p->server);
    moved |= pair_carry(p, &p->server, &p->client);
  }
  pair_poll(p);
}

static void end_tick(pair_end *e, weir_nanos now) {
  if (e->rpc)
    weir_rpc_tick(e->rpc, now);
  else
    weir_h2_tick(e->h2, now);
}

void pair_tick(pair *p, weir_nanos by) {
  p->now += by;
  end_tick(&p->client, p->now);
  end_tick(&p->server, p->now);
  pair_pump(p);
}

void pair_inject(pair *p, pair_end *e, const void *data, size_t len) {
  weir_bytes_append(&e->in, data, len);
  pair_pump(p);
  pair_pump(p); /* what it made the end say */
}

/* ---- making --------------------------------------------------------------------------------------------------- */

static bool end_make(pair_end *e, bool raw, bool is_client, const weir_rpc_opts *o) {
  weir_rpc_opts opts = *o;
  opts.h2.is_client = is_client;
  e->log = weir_bytes_in(WEIR_MEM_DEFAULT);
  e->in = weir_bytes_in(WEIR_MEM_DEFAULT);
  if (raw)
    e->h2 = weir_h2_new(&opts.h2);
  else
    e->rpc = weir_rpc_new(&opts);
  return e->h2 || e->rpc;
}

bool pair_make(pair *p, pair_kind kind, size_t chunk, const weir_rpc_opts *client,
               const weir_rpc_opts *server) {
  *p = (pair){.chunk = chunk, .now = 1000};
  bool made = end_make(&p->client, kind == PAIR_RAW_CLIENT, true, client);
  made &= end_make(&p->server, kind == PAIR_RAW_SERVER, false, server);
  if (made) pair_tick(p, 0);
  return made;
}

void pair_init(pair *p, pair_kind kind, size_t chunk) {
  weir_rpc_opts client = {.scheme = "http", .authority = WEIR_STR("test"), .user_agent = WEIR_STR("weir-c/0")};
  weir_rpc_opts server = {0};
  assert_true(pair_make(p, kind, chunk, &client, &server));
  if (kind != PAIR_RAW_CLIENT) pair_expect(&p->client, "READY\n");
  if (kind != PAIR_RAW_SERVER) pair_expect(&p->server, "READY\n");
}

static void end_fini(pair_end *e) {
  weir_rpc_free(e->rpc);
  weir_h2_free(e->h2);
  weir_bytes_fini(&e->log);
  weir_bytes_fini(&e->in);
}

void pair_fini(pair *p) {
  end_fini(&p->client);
  end_fini(&p->server);
}

/* ---- saying and expecting --------------------------------------------------------------------------------------- */

/* True if text is pattern, in which '*' stands for anything but the end of a line. */
static bool is_like(const char *text, const char *pattern) {
  if (*pattern != '*') return *text == *pattern && (!*text || is_like(text + 1, pattern + 1));
  for (;; text++) {
    if (is_like(text, pattern + 1)) return true;
    if (!*text || *text == '\n') return false;
  }
}

static void end_expect(pair_end *e, const char *want, bool like, const char *file, int line) {
  weir_bytes_append(&e->log, "", 1);
  const char *got = weir_bytes_view(&e->log).data;
  if (like ? !is_like(got, want) : strcmp(got, want) != 0) {
    print_error("%s:%d: the %s saw\n%swhere this was expected\n%s", file, line, e->rpc ? "engine" : "raw end",
                got, want);
    fail();
  }
  weir_bytes_clear(&e->log);
}

void pair_expect_(pair_end *e, const char *want, const char *file, int line) {
  end_expect(e, want, false, file, line);
}
void pair_expect_like_(pair_end *e, const char *want, const char *file, int line) {
  end_expect(e, want, true, file, line);
}

void pair_forget(pair *p) {
  weir_bytes_clear(&p->client.log);
  weir_bytes_clear(&p->server.log);
}

weir_rpc_call *pair_start(pair *p, const char *path, const weir_kv *metadata, size_t n, weir_nanos timeout) {
  weir_rpc_call *c = NULL;
  weir_rpc_start_opts o = {.path = weir_str_of(path),
                           .metadata = metadata,
                           .n_metadata = n,
                           .deadline = timeout == WEIR_NEVER ? WEIR_NEVER : p->now + timeout};
  assert_int_equal(weir_rpc_start(p->client.rpc, &o, &c), WEIR_EOK);
  assert_non_null(c);
  return c;
}

void pair_send(weir_rpc_call *c, const char *text, bool last) {
  assert_int_equal(weir_rpc_send(c, weir_str_of(text), NULL, last), WEIR_EOK);
}

void pair_finish(weir_rpc_call *c, weir_code code, const char *text, const weir_kv *trailers, size_t n) {
  assert_int_equal(weir_rpc_finish(c, code, weir_str_of(text), trailers, n), WEIR_EOK);
}

uint32_t pair_raw_headers(pair_end *e, uint32_t stream, const char *block, bool end_stream) {
  weir_hpack_field fields[64];
  size_t n = 0;
  for (const char *end; *block; block = end + 1) {
    const char *colon = strstr(block, ": ");
    end = strchr(block, '\n');
    WEIR_CHECK(n < 64 && colon && end && colon < end);
    fields[n++] = (weir_hpack_field){.name = {block, (size_t)(colon - block)},
                                     .value = {colon + 2, (size_t)(end - colon - 2)}};
  }
  if (stream)
    assert_int_equal(weir_h2_send_headers(e->h2, stream, fields, n, end_stream), WEIR_EOK);
  else
    assert_int_equal(weir_h2_open(e->h2, fields, n, end_stream, NULL, &stream), WEIR_EOK);
  return stream;
}

void pair_raw_data(pair_end *e, uint32_t stream, const void *data, size_t len, bool end_stream) {
  weir_str body = {data, len};
  assert_int_equal(weir_h2_send_bytes(e->h2, stream, (weir_str){0}, body, end_stream), WEIR_EOK);
}
