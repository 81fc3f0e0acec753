/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* greeter_server.c - a server whose handlers never block, so that they can run right on the event loop. */
#include "credentials.h"
#include "helloworld_grpc.weir.h"

#include <weir/weir.h>

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define GREETINGS   5    /* in one SayHelloStreamReply */
#define MAX_STREAMS 1000 /* calls that one connection may have open; clients queue what goes beyond */

/* ---- handlers ---------------------------------------------------------------------------------------------------- */

/* Writes "<words> <name>!"; what a reply holds may live as long as the call. */
static weir_code greet(weir_call *c, const char *words, weir_str name, helloworld_HelloReply *rep) {
  rep->message = weir_printf(weir_call_arena(c), "%s " WEIR_FMT "!", words, WEIR_ARG(name));
  return rep->message.data ? WEIR_OK : weir_fail(c, WEIR_RESOURCE_EXHAUSTED, "out of memory");
}

static weir_code say_hello(weir_call *c, void *ctx, const helloworld_HelloRequest *req,
                           helloworld_HelloReply *rep) {
  (void)ctx;
  return greet(c, "Hello,", req->name, rep);
}

static weir_code say_hello_again(weir_call *c, void *ctx, const helloworld_HelloRequest *req,
                                 helloworld_HelloReply *rep) {
  (void)ctx;
  return greet(c, "Hello again,", req->name, rep);
}

/* One SayHelloStreamReply. */
typedef struct greetings {
  weir_str name;
  int sent;
} greetings;

/* Sends until all is sent, or until the client must read first: then it is called again. */
static void send_greetings(void *arg, weir_call *c, weir_code code) {
  greetings *g = arg;
  while (code == WEIR_OK && g->sent < GREETINGS) {
    helloworld_HelloReply rep = {0};
    code = greet(c, "Hello,", g->name, &rep);
    g->sent++;
    if (code == WEIR_OK)
      code = helloworld_Greeter_SayHelloStreamReply_server_send_async(c, &rep, send_greetings, g);
  }
  if (code != WEIR_PENDING) weir_complete(c, code);
}

static weir_code say_hello_stream_reply(weir_call *c, void *ctx, const helloworld_HelloRequest *req) {
  (void)ctx;
  greetings *g = weir_alloc(weir_call_arena(c), sizeof *g);
  if (!g) return WEIR_RESOURCE_EXHAUSTED;
  g->name = req->name; /* the request lives as long as the call */
  send_greetings(g, c, WEIR_OK);
  return WEIR_PENDING;
}

/* One SayHelloBidiStream. */
typedef struct chat {
  weir_arena *arena; /* of the request at hand: a long stream needs no more memory than a short one */
  helloworld_HelloRequest *in; /* NULL: none at hand */
} chat;

static void chat_on(void *arg, weir_call *c, weir_code code);

static weir_code chat_recv(chat *s, weir_call *c) {
  weir_arena_reset(s->arena);
  return helloworld_Greeter_SayHelloBidiStream_server_recv_async(c, s->arena, &s->in, chat_on, s);
}

static weir_code chat_answer(chat *s, weir_call *c) {
  helloworld_HelloReply rep = {.message =
                                   weir_printf(s->arena, "Hello, " WEIR_FMT "!", WEIR_ARG(s->in->name))};
  s->in = NULL;
  if (!rep.message.data) return weir_fail(c, WEIR_RESOURCE_EXHAUSTED, "out of memory");
  return helloworld_Greeter_SayHelloBidiStream_server_send_async(c, &rep, chat_on, s);
}

/* Receives and answers in turn, until one of the two is pending: then it is called again. */
static void chat_on(void *arg, weir_call *c, weir_code code) {
  chat *s = arg;
  while (code == WEIR_OK) code = s->in ? chat_answer(s, c) : chat_recv(s, c);
  if (code == WEIR_PENDING) return;
  weir_arena_free(s->arena);
  weir_complete(c, code == WEIR_EOF ? WEIR_OK : code);
}

static weir_code say_hello_bidi_stream(weir_call *c, void *ctx) {
  (void)ctx;
  chat *s = weir_alloc(weir_call_arena(c), sizeof *s);
  if (!s || !(s->arena = weir_arena_new(NULL, 0))) return WEIR_RESOURCE_EXHAUSTED;
  chat_on(s, c, WEIR_OK);
  return WEIR_PENDING;
}

static const helloworld_Greeter greeter = {
    .size = sizeof greeter,
    .SayHello = say_hello,
    .SayHelloAgain = say_hello_again,
    .SayHelloStreamReply = say_hello_stream_reply,
    .SayHelloBidiStream = say_hello_bidi_stream,
};

/* What browsers, load balancers and curl see: the port answers plain HTTP/2 requests too. */
static bool front_page(void *ctx, const weir_http_request *req, weir_http_reply *rep, weir_arena *arena) {
  (void)ctx, (void)arena;
  if (!weir_str_eq(req->path, WEIR_STR("/"))) return false;
  rep->content_type = WEIR_STR("text/plain");
  rep->body = WEIR_STR("This is helloworld.Greeter: call it with gRPC.\n");
  return true;
}

/* ---- the program -------------------------------------------------------------------------------------------------- */

typedef struct options {
  uint16_t port;
  uint32_t threads, run_on;
  const char *tls_cert, *tls_key;
} options;

static const char usage[] =
    "usage: greeter_server [--port=N] [--threads=N] [--pool] [--tls_cert_file=PEM --tls_key_file=PEM]\n"
    "  --port=N             listen on this port of all addresses; 0: any that is free (default: 50051)\n"
    "  --threads=N          threads that serve connections (default: the main thread alone)\n"
    "  --pool               run handlers on the thread pool, where they may block\n"
    "  --tls_cert_file=PEM  speak TLS, with this certificate\n"
    "  --tls_key_file=PEM   and its private key\n";

static unsigned parse_number(const char *flag, const char *text, unsigned long most) {
  char *end;
  unsigned long n = strtoul(text, &end, 10);
  if (*text >= '0' && *text <= '9' && !*end && n <= most) return (unsigned)n;
  fprintf(stderr, "greeter_server: --%s=%s: expected a number from 0 to %lu\n", flag, text, most);
  exit(2);
}

static options parse_flags(int argc, char **argv) {
  static const struct option flags[] = {
      {"port", required_argument, NULL, 'p'},
      {"threads", required_argument, NULL, 't'},
      {"pool", no_argument, NULL, 'w'},
      {"tls_cert_file", required_argument, NULL, 'c'},
      {"tls_key_file", required_argument, NULL, 'k'},
      {"help", no_argument, NULL, 'h'},
      {NULL, 0, NULL, 0},
  };
  options o = {.port = 50051, .run_on = WEIR_ON_LOOP};
  for (int flag; (flag = getopt_long(argc, argv, "", flags, NULL)) != -1;) {
    switch (flag) {
    case 'p': o.port = (uint16_t)parse_number("port", optarg, 65535); break;
    case 't': o.threads = parse_number("threads", optarg, 1024); break;
    case 'w': o.run_on = WEIR_ON_POOL; break;
    case 'c': o.tls_cert = optarg; break;
    case 'k': o.tls_key = optarg; break;
    case 'h': fputs(usage, stdout); exit(0);
    default: fputs(usage, stderr); exit(2);
    }
  }
  if (optind < argc) {
    fprintf(stderr, "greeter_server: unexpected argument %s\n%s", argv[optind], usage);
    exit(2);
  }
  return o;
}

static weir_loop *loop;

static void on_signal(int number) {
  (void)number;
  weir_loop_stop(loop); /* the one function that a signal handler may call */
}

static weir_code serve(weir_server *s, const options *o, weir_creds *creds, weir_error *e) {
  char address[32];
  uint16_t port;
  weir_code code = weir_server_add(s, &helloworld_Greeter_service, &greeter, NULL, o->run_on);
  if (code) return weir_error_set(e, code, 0, "the service cannot be added");
  weir_server_on_http(s, front_page, NULL);
  snprintf(address, sizeof address, "[::]:%u", (unsigned)o->port);
  if ((code = weir_server_listen(s, address, creds, &port, e)) || (code = weir_server_start(s, e)))
    return code;
  printf("Server started, listening on %u\n", (unsigned)port);
  fflush(stdout);
  weir_loop_run(loop, -1); /* until a signal comes */
  weir_server_shutdown(s, WEIR_SECONDS(5), NULL, NULL);
  return WEIR_OK;
}

int main(int argc, char **argv) {
  options o = parse_flags(argc, argv);
  weir_error e = {0};
  weir_server *s = NULL;
  weir_creds *creds = server_credentials(o.tls_cert, o.tls_key, &e);
  if (creds) loop = weir_loop_new(WEIR_OPTS(weir_loop_opts, .threads = o.threads), &e);
  if (loop)
    s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = loop, .max_concurrent_streams = MAX_STREAMS), &e);
  if (s) {
    struct sigaction stop = {.sa_handler = on_signal};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    serve(s, &o, creds, &e);
  }
  if (e.code) fprintf(stderr, "greeter_server: %s\n", e.msg);
  weir_server_unref(s);
  weir_loop_unref(loop);
  weir_creds_unref(creds);
  return e.code != WEIR_OK;
}
