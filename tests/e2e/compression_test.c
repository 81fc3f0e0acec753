/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* compression_test.c - compressed messages from one end of a program to the other, over sockets and handlers; and what
 * becomes of those that are not what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "echo.h"
#include "net/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 20000 /* of a message: so much of it goes that it must have been compressed */

static echo_stats stats;
static const echo_impl pool = {false, &stats};

/* ---- both ends, and the bytes between them ------------------------------------------------------------------------- */

typedef struct pair {
  weir_loop *loop;
  weir_server *server;
  weir_channel *ch;
  weir_buf *text; /* SIZE bytes that compress well */
} pair;

/* Whether the request was compressed, as a handler saw it; and what it does with its reply. */
static atomic_int request_was_compressed, next_plain, set_to = -1, set_code;

static weir_code handle(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)impl, (void)ctx;
  atomic_store(&request_was_compressed, weir_was_compressed(c));
  if (set_to >= 0) set_code = weir_set_compression(c, (uint32_t)set_to);
  if (next_plain) weir_next_uncompressed(c);
  *(weir_buf **)rep = weir_buf_ref((weir_buf *)(uintptr_t)req);
  return WEIR_OK;
}
static const weir_method mirror = {sizeof mirror, WEIR_UNARY, "/test.Mirror/Mirror", NULL, NULL};
static const weir_method *const mirror_methods[] = {&mirror};
static weir_handler *const mirror_handlers[] = {handle};
static const weir_service mirror_service = {sizeof mirror_service, 1, "test.Mirror", mirror_methods,
                                            mirror_handlers};

static void pair_up(pair *p, const weir_loop_opts *l, const weir_server_opts *s, const weir_channel_opts *c) {
  weir_error e = {.msg = ""};
  weir_server_opts so = s ? *s : (weir_server_opts){.size = sizeof so};
  weir_channel_opts co = c ? *c : (weir_channel_opts){.size = sizeof co};
  char target[40];
  uint16_t port;
  memset(p, 0, sizeof *p);
  p->loop = so.loop = co.loop = weir_loop_new(l ? l : WEIR_OPTS(weir_loop_opts, .threads = 1), &e);
  p->server = weir_server_new(&so, &e);
  if (!p->server) fail_msg("%s", e.msg);
  assert_int_equal(weir_server_add(p->server, &echo_service, &pool, NULL, WEIR_ON_POOL), WEIR_OK);
  assert_int_equal(weir_server_add(p->server, &mirror_service, NULL, NULL, WEIR_ON_LOOP), WEIR_OK);
  assert_int_equal(weir_server_listen(p->server, "127.0.0.1:0", weir_creds_insecure(), &port, &e), WEIR_OK);
  assert_int_equal(weir_server_start(p->server, &e), WEIR_OK);
  snprintf(target, sizeof target, "127.0.0.1:%u", port);
  p->ch = weir_channel_new(target, weir_creds_insecure(), &co, &e);
  if (!p->ch) fail_msg("%s", e.msg);
  char *text = malloc(SIZE);
  for (size_t i = 0; i < SIZE; i++) text[i] = (char)('a' + i % 23);
  p->text = weir_buf_copy(text, SIZE);
  free(text);
  next_plain = 0;
  set_to = -1;
}

static void pair_down(pair *p) {
  weir_buf_unref(p->text);
  weir_channel_unref(p->ch);
  weir_server_unref(p->server);
  weir_loop_unref(p->loop);
}

/* The reply is the request; which of them were compressed? */
static void mirrored(pair *p, const weir_call_opts *o, bool request, bool reply) {
  weir_error e = {.msg = ""};
  weir_call *c = weir_call_start(p->ch, &mirror, o);
  weir_buf *got = NULL;
  assert_int_equal(weir_send(c, p->text), WEIR_OK);
  if (weir_recv(c, NULL, (void **)&got) != WEIR_OK) {
    weir_finish(c, &e);
    fail_msg("%s", e.msg);
  }
  assert_true(weir_str_eq(weir_buf_view(got), weir_buf_view(p->text)));
  assert_int_equal(request_was_compressed, request);
  assert_int_equal(weir_was_compressed(c), reply);
  assert_int_equal(weir_finish(c, &e), WEIR_OK);
  weir_buf_unref(got);
  weir_call_unref(c);
}

/* ---- who compresses what ------------------------------------------------------------------------------------------- */

static void per_channel_and_per_call(void **state) {
  (void)state;
  for (uint32_t e = 1; e < WEIR_ENCODINGS; e++) {
    if (!weir_encoding_is_built(e)) continue;
    pair p;
    pair_up(&p, NULL, NULL, WEIR_OPTS(weir_channel_opts, .compression = e));
    mirrored(&p, NULL, true, false);
    mirrored(&p, WEIR_OPTS(weir_call_opts, .flags = WEIR_NO_COMPRESSION), false, false);
    mirrored(&p, WEIR_OPTS(weir_call_opts, .compression = WEIR_GZIP), true, false);
    pair_down(&p);
    pair_up(&p, NULL, WEIR_OPTS(weir_server_opts, .compression = e), NULL);
    mirrored(&p, NULL, false, true);
    mirrored(&p, WEIR_OPTS(weir_call_opts, .compression = e), true, true);
    pair_down(&p);
  }
}

static void a_server_decides_for_each_call_and_message(void **state) {
  pair p;
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  pair_up(&p, NULL, NULL, NULL);
  set_to = WEIR_DEFLATE;
  mirrored(&p, NULL, false, true);
  assert_int_equal(set_code, WEIR_OK);
  next_plain = 1;
  mirrored(&p, NULL, false, false);
  set_to = WEIR_ENCODINGS;
  mirrored(&p, NULL, false, false);
  assert_int_equal(set_code, WEIR_INVALID_ARGUMENT);
  pair_down(&p);
  pair_up(&p, NULL, WEIR_OPTS(weir_server_opts, .compression = WEIR_GZIP), NULL);
  set_to = WEIR_IDENTITY;
  mirrored(&p, NULL, false, false);
  pair_down(&p);
}

static void streams(void **state) {
  pair p;
  weir_error e = {.msg = ""};
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  pair_up(&p, NULL, WEIR_OPTS(weir_server_opts, .compression = WEIR_GZIP),
          WEIR_OPTS(weir_channel_opts, .compression = WEIR_DEFLATE));
  weir_call *c = weir_call_start(p.ch, &echo_chat, NULL);
  for (int i = 0; i < 100; i++) {
    weir_buf *got = NULL, *sent = i % 3 == 2 ? echo_msg("") : weir_buf_ref(p.text);
    if (i % 3 == 1) weir_next_uncompressed(c);
    assert_int_equal(weir_send(c, sent), WEIR_OK);
    assert_int_equal(weir_recv(c, NULL, (void **)&got), WEIR_OK);
    assert_true(weir_str_eq(weir_buf_view(got), weir_buf_view(sent)));
    assert_int_equal(weir_was_compressed(c), i % 3 != 2); /* what is empty does not get shorter */
    weir_buf_unref(got);
    weir_buf_unref(sent);
  }
  assert_int_equal(weir_half_close(c), WEIR_OK);
  assert_int_equal(weir_finish(c, &e), WEIR_OK);
  weir_call_unref(c);
  pair_down(&p);
}

/* ---- what may not be asked for --------------------------------------------------------------------------------------- */

static void bad_options(void **state) {
  weir_error e;
  void *rep = NULL;
  pair p;
  (void)state;
  assert_null(weir_server_new(WEIR_OPTS(weir_server_opts, .compression = 17), &e));
  assert_int_equal(e.code, WEIR_INVALID_ARGUMENT);
  assert_null(weir_channel_new("localhost:1", weir_creds_insecure(),
                               WEIR_OPTS(weir_channel_opts, .compression = 17), &e));
  assert_int_equal(e.code, WEIR_INVALID_ARGUMENT);
  pair_up(&p, NULL, NULL, NULL);
  weir_call_opts o = {.size = sizeof o, .compression = 17};
  assert_int_equal(weir_unary(p.ch, &mirror, p.text, &rep, NULL, &o, &e), WEIR_INVALID_ARGUMENT);
  assert_non_null(strstr(e.msg, "WEIR_GZIP"));
  weir_call *c = weir_call_start(p.ch, &mirror, &o);
  assert_int_equal(weir_finish(c, &e), WEIR_INVALID_ARGUMENT);
  assert_int_equal(weir_set_compression(c, WEIR_IDENTITY), WEIR_FAILED_PRECONDITION);
  weir_call_unref(c);
  pair_down(&p);
}

/* The limit is of the message itself: compression makes none fit. */
static void limits_are_of_the_message_itself(void **state) {
  pair p;
  weir_error e;
  void *rep = NULL;
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  pair_up(&p, NULL, WEIR_OPTS(weir_server_opts, .max_recv_bytes = SIZE - 1, .compression = WEIR_GZIP),
          WEIR_OPTS(weir_channel_opts, .compression = WEIR_GZIP));
  assert_int_equal(weir_unary(p.ch, &mirror, p.text, &rep, NULL, NULL, &e), WEIR_RESOURCE_EXHAUSTED);
  assert_non_null(strstr(e.msg, "when decompressed (19999 bytes)"));
  weir_call *c = weir_call_start(p.ch, &echo_chat, NULL);
  assert_int_equal(weir_send(c, p.text), WEIR_OK);
  assert_int_equal(weir_finish(c, &e), WEIR_RESOURCE_EXHAUSTED);
  weir_call_unref(c);
  pair_down(&p);

  pair_up(&p, NULL, WEIR_OPTS(weir_server_opts, .compression = WEIR_GZIP),
          WEIR_OPTS(weir_channel_opts, .compression = WEIR_GZIP, .max_recv_bytes = SIZE - 1));
  assert_int_equal(weir_unary(p.ch, &mirror, p.text, &rep, NULL, NULL, &e), WEIR_RESOURCE_EXHAUSTED);
  assert_non_null(strstr(e.msg, "when decompressed"));
  pair_down(&p);
  pair_up(&p, NULL, NULL, WEIR_OPTS(weir_channel_opts, .compression = WEIR_GZIP, .max_send_bytes = SIZE - 1));
  assert_int_equal(weir_unary(p.ch, &mirror, p.text, &rep, NULL, NULL, &e), WEIR_RESOURCE_EXHAUSTED);
  assert_non_null(strstr(e.msg, "max_send_bytes"));
  pair_down(&p);
}

/* ---- a peer that lies ------------------------------------------------------------------------------------------------ */

/* Sends bytes as if they were compressed. */
static void lie(weir_call *c, const char *bytes) {
  weir_shard_enter(c->shard);
  assert_int_equal(weir_call_put(c, weir_str_of(bytes), NULL, WEIR_RPC_COMPRESSED), WEIR_OK);
  weir_shard_leave(c->shard);
}

static void what_is_not_gzip_is_internal(void **state) {
  const weir_method *const methods[] = {&mirror, &echo_chat, &echo_sum};
  pair p;
  weir_error e;
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  pair_up(&p, NULL, NULL, WEIR_OPTS(weir_channel_opts, .compression = WEIR_GZIP));
  for (size_t i = 0; i < 3; i++) {
    weir_call *c = weir_call_start(p.ch, methods[i], NULL);
    lie(c, "no gzip at all");
    weir_half_close(c);
    assert_int_equal(weir_finish(c, &e), WEIR_INTERNAL);
    assert_string_equal(e.msg, "received message is not gzip as its grpc-encoding says");
    weir_call_unref(c);
    mirrored(&p, NULL, true, false); /* the connection goes on */
  }
  pair_down(&p);
}

static weir_code lying_handler(weir_call *c, const void *impl, void *ctx, const void *req, void *rep) {
  (void)impl, (void)ctx, (void)req, (void)rep;
  lie(c, "\x1f\x8b and no more");
  return WEIR_OK;
}

static void a_lying_server(void **state) {
  static weir_handler *const handlers[] = {lying_handler};
  static const weir_method stream = {sizeof stream, WEIR_BIDI, "/test.Liar/Lie", NULL, NULL};
  static const weir_method unary = {sizeof unary, WEIR_UNARY, "/test.Liar/Lie", NULL, NULL};
  static const weir_method *const methods[] = {&stream};
  static const weir_service liar = {sizeof liar, 1, "test.Liar", methods, handlers};
  pair p;
  weir_error e;
  void *rep = NULL;
  uint16_t port;
  char target[40];
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  pair_up(&p, NULL, NULL, NULL);
  weir_server *s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = p.loop, .compression = WEIR_GZIP), &e);
  assert_int_equal(weir_server_add(s, &liar, NULL, NULL, WEIR_ON_POOL), WEIR_OK);
  assert_int_equal(weir_server_listen(s, "127.0.0.1:0", weir_creds_insecure(), &port, &e), WEIR_OK);
  assert_int_equal(weir_server_start(s, &e), WEIR_OK);
  snprintf(target, sizeof target, "127.0.0.1:%u", port);
  weir_channel *ch = weir_channel_new(target, weir_creds_insecure(), NULL, &e);
  assert_int_equal(weir_unary(ch, &unary, p.text, &rep, NULL, NULL, &e), WEIR_INTERNAL);
  assert_string_equal(e.msg, "received message is not gzip as its grpc-encoding says");
  weir_call *c = weir_call_start(ch, &stream, NULL);
  assert_int_equal(weir_recv(c, NULL, &rep), WEIR_INTERNAL);
  weir_call_unref(c);
  weir_channel_unref(ch);
  weir_server_unref(s);
  pair_down(&p);
}

/* ---- no new codec for each message ---------------------------------------------------------------------------------- */

static atomic_size_t n_large;

static void *counting_alloc(void *ctx, void *p, size_t old_size, size_t new_size) {
  (void)ctx, (void)old_size;
  if (!new_size) return free(p), NULL;
  if (!p && new_size >= 30000) atomic_fetch_add(&n_large, 1); /* zlib's windows */
  return realloc(p, new_size);
}

static void codecs_are_used_again(void **state) {
  weir_hooks hooks = {.size = sizeof hooks, .alloc = counting_alloc};
  pair p;
  (void)state;
  if (!weir_encoding_is_built(WEIR_GZIP)) skip();
  pair_up(&p, WEIR_OPTS(weir_loop_opts, .threads = 1, .hooks = &hooks),
          WEIR_OPTS(weir_server_opts, .compression = WEIR_GZIP),
          WEIR_OPTS(weir_channel_opts, .compression = WEIR_GZIP));
  mirrored(&p, NULL, true, true);
  size_t before = atomic_load(&n_large);
  assert_true(before > 0);
  for (int i = 0; i < 100; i++) mirrored(&p, NULL, true, true);
  assert_int_equal(atomic_load(&n_large), before);
  pair_down(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(per_channel_and_per_call),
      cmocka_unit_test(a_server_decides_for_each_call_and_message),
      cmocka_unit_test(streams),
      cmocka_unit_test(bad_options),
      cmocka_unit_test(limits_are_of_the_message_itself),
      cmocka_unit_test(what_is_not_gzip_is_internal),
      cmocka_unit_test(a_lying_server),
      cmocka_unit_test(codecs_are_used_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
