/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* route_guide_server.c - the four kinds of calls, in blocking style: each handler runs on a thread of the pool. */
#include "places.h"
#include "route_guide_grpc.weir.h"

#include <weir/weir.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static spot spot_of(const routeguide_Point *p) {
  return p ? (spot){p->latitude, p->longitude} : (spot){0, 0};
}

/* ---- one request, one reply --------------------------------------------------------------------------------------- */

static weir_code get_feature(weir_call *c, void *ctx, const routeguide_Point *at, routeguide_Feature *found) {
  (void)ctx;
  const place *p = place_at(spot_of(at));
  routeguide_Point *location = routeguide_Feature_mut_location(found, weir_call_arena(c));
  if (!location) return WEIR_RESOURCE_EXHAUSTED;
  location->latitude = at->latitude;
  location->longitude = at->longitude;
  found->name = weir_str_of(p ? p->name : NULL);
  return WEIR_OK;
}

/* ---- one request, many replies ------------------------------------------------------------------------------------- */

static weir_code list_features(weir_call *c, void *ctx, const routeguide_Rectangle *r) {
  (void)ctx;
  weir_code code = WEIR_OK;
  for (size_t i = 0; i < n_places && code == WEIR_OK; i++) {
    const place *p = &places[i];
    if (!spot_inside(p->at, spot_of(r->lo), spot_of(r->hi))) continue;
    routeguide_Point location = {.latitude = p->at.latitude, .longitude = p->at.longitude};
    routeguide_Feature feature = {.name = weir_str_of(p->name), .location = &location};
    code = routeguide_RouteGuide_ListFeatures_server_send(c, &feature); /* blocks while the client is behind */
  }
  return code;
}

/* ---- many requests, one reply -------------------------------------------------------------------------------------- */

static weir_code record_route(weir_call *c, void *ctx, routeguide_RouteSummary *sum) {
  (void)ctx;
  routeguide_Point *p;
  spot last = {0, 0};
  double distance = 0;
  weir_code code;
  time_t start = time(NULL);
  weir_arena *a = weir_arena_new(NULL, 0);
  if (!a) return WEIR_RESOURCE_EXHAUSTED;
  while ((code = routeguide_RouteGuide_RecordRoute_server_recv(c, a, &p)) == WEIR_OK) {
    spot at = spot_of(p);
    if (sum->point_count++) distance += spot_distance(last, at);
    if (place_at(at)) sum->feature_count++;
    last = at;
    weir_arena_reset(a);
  }
  weir_arena_free(a);
  sum->distance = distance < INT32_MAX ? (int32_t)distance : INT32_MAX;
  sum->elapsed_time = (int32_t)(time(NULL) - start);
  return code == WEIR_EOF ? WEIR_OK : code;
}

/* ---- many requests, many replies ----------------------------------------------------------------------------------- */

#define MAX_NOTES 1024 /* the oldest is forgotten for the next */
#define MAX_TEXT  256  /* of one note */

typedef struct note {
  spot at;
  char text[MAX_TEXT];
} note;

/* What all visitors have written; shared by all RouteChat calls. */
typedef struct guest_book {
  pthread_mutex_t mu;
  note notes[MAX_NOTES];
  size_t n;
} guest_book;

/* Copies the notes at this spot into the arena, then adds the new one. NULL when out of memory. */
static note *book_exchange(guest_book *b, const note *mine, weir_arena *a, size_t *n) {
  note *found = weir_alloc(a, sizeof b->notes);
  if (!found) return NULL;
  pthread_mutex_lock(&b->mu);
  for (size_t i = b->n > MAX_NOTES ? b->n - MAX_NOTES : 0; i < b->n; i++) {
    const note *old = &b->notes[i % MAX_NOTES];
    if (memcmp(&old->at, &mine->at, sizeof old->at) == 0) found[(*n)++] = *old;
  }
  b->notes[b->n++ % MAX_NOTES] = *mine;
  pthread_mutex_unlock(&b->mu);
  return found;
}

static weir_code send_notes(weir_call *c, const note *notes, size_t n) {
  weir_code code = WEIR_OK;
  for (size_t i = 0; i < n && code == WEIR_OK; i++) {
    routeguide_Point location = {.latitude = notes[i].at.latitude, .longitude = notes[i].at.longitude};
    routeguide_RouteNote reply = {.location = &location, .message = weir_str_of(notes[i].text)};
    code = routeguide_RouteGuide_RouteChat_server_send(c, &reply);
  }
  return code;
}

static weir_code answer_note(weir_call *c, guest_book *b, const routeguide_RouteNote *in, weir_arena *a) {
  note mine = {.at = spot_of(in->location)};
  size_t n = 0;
  if (in->message.len >= MAX_TEXT)
    return weir_fail(c, WEIR_INVALID_ARGUMENT, "a note may have up to %d bytes", MAX_TEXT - 1);
  snprintf(mine.text, sizeof mine.text, WEIR_FMT, WEIR_ARG(in->message));
  note *found = book_exchange(b, &mine, a, &n);
  return found ? send_notes(c, found, n) : WEIR_RESOURCE_EXHAUSTED;
}

static weir_code route_chat(weir_call *c, void *ctx) {
  routeguide_RouteNote *in;
  weir_code code;
  weir_arena *a = weir_arena_new(NULL, 0);
  if (!a) return WEIR_RESOURCE_EXHAUSTED;
  while ((code = routeguide_RouteGuide_RouteChat_server_recv(c, a, &in)) == WEIR_OK &&
         (code = answer_note(c, ctx, in, a)) == WEIR_OK)
    weir_arena_reset(a);
  weir_arena_free(a);
  return code == WEIR_EOF ? WEIR_OK : code;
}

/* ---- the program ---------------------------------------------------------------------------------------------------- */

static const routeguide_RouteGuide route_guide = {
    .size = sizeof route_guide,
    .GetFeature = get_feature,
    .ListFeatures = list_features,
    .RecordRoute = record_route,
    .RouteChat = route_chat,
};

static weir_loop *loop;

static void on_signal(int number) {
  (void)number;
  weir_loop_stop(loop);
}

static weir_code serve(weir_server *s, const char *address, weir_error *e) {
  static guest_book book = {.mu = PTHREAD_MUTEX_INITIALIZER};
  uint16_t port;
  weir_code code = weir_server_add(s, &routeguide_RouteGuide_service, &route_guide, &book, WEIR_ON_POOL);
  if (code) return weir_error_set(e, code, 0, "the service cannot be added");
  if ((code = weir_server_listen(s, address, weir_creds_insecure(), &port, e)) ||
      (code = weir_server_start(s, e)))
    return code;
  printf("Server started, listening on %u\n", (unsigned)port);
  fflush(stdout);
  weir_loop_run(loop, -1); /* until a signal comes */
  weir_server_shutdown(s, WEIR_SECONDS(5), NULL, NULL);
  return WEIR_OK;
}

int main(int argc, char **argv) {
  const char *address = "[::]:50051";
  if (argc == 2 && strncmp(argv[1], "--listen=", 9) == 0) {
    address = argv[1] + 9;
  } else if (argc > 1) {
    fprintf(stderr, "usage: route_guide_server [--listen=HOST:PORT]   (default: %s)\n", address);
    return strcmp(argv[1], "--help") == 0 ? 0 : 2;
  }
  weir_error e = {0};
  weir_server *s = NULL;
  loop = weir_loop_new(NULL, &e);
  if (loop) s = weir_server_new(WEIR_OPTS(weir_server_opts, .loop = loop), &e);
  if (s) {
    struct sigaction stop = {.sa_handler = on_signal};
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    serve(s, address, &e);
  }
  if (e.code) fprintf(stderr, "route_guide_server: %s\n", e.msg);
  weir_server_unref(s);
  weir_loop_unref(loop);
  return e.code != WEIR_OK;
}
