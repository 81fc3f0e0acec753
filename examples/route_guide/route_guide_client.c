/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* route_guide_client.c - calls each method of the guide, blocking; RouteChat receives on a second thread. */
#include "places.h"
#include "route_guide_grpc.weir.h"

#include <weir/weir.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define DEGREE 1e7

static const weir_call_opts soon = {.size = sizeof soon, .timeout_ns = WEIR_SECONDS(20)};

/* ---- one request, one reply --------------------------------------------------------------------------------------- */

static weir_code print_feature(weir_channel *ch, spot at, weir_arena *a, weir_error *e) {
  routeguide_Point point = {.latitude = at.latitude, .longitude = at.longitude};
  routeguide_Feature *f;
  weir_code code = routeguide_RouteGuide_GetFeature(ch, &point, &f, a, &soon, e);
  if (code) return code;
  if (f->name.len)
    printf("Found feature called " WEIR_FMT " at %g, %g\n", WEIR_ARG(f->name), at.latitude / DEGREE,
           at.longitude / DEGREE);
  else
    printf("Found no feature at %g, %g\n", at.latitude / DEGREE, at.longitude / DEGREE);
  return WEIR_OK;
}

static weir_code get_feature(weir_channel *ch, weir_arena *a, weir_error *e) {
  weir_code code = print_feature(ch, places[0].at, a, e);
  return code ? code : print_feature(ch, (spot){0, 0}, a, e);
}

/* ---- one request, many replies ------------------------------------------------------------------------------------- */

static weir_code list_features(weir_channel *ch, weir_arena *a, weir_error *e) {
  routeguide_Point lo = {.latitude = 400000000, .longitude = -750000000};
  routeguide_Point hi = {.latitude = 410000000, .longitude = -743000000};
  routeguide_Rectangle area = {.lo = &lo, .hi = &hi};
  routeguide_Feature *f;
  printf("Looking for features between 40, -75 and 41, -74.3\n");
  weir_call *c = routeguide_RouteGuide_ListFeatures(ch, &area, &soon);
  if (!c) return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  while (routeguide_RouteGuide_ListFeatures_recv(c, a, &f) == WEIR_OK) {
    printf("Found feature called " WEIR_FMT " at %g, %g\n", WEIR_ARG(f->name), f->location->latitude / DEGREE,
           f->location->longitude / DEGREE);
    weir_arena_reset(a);
  }
  weir_code code = weir_finish(c, e); /* says why there were no more */
  weir_call_unref(c);
  if (code == WEIR_OK) printf("ListFeatures rpc succeeded.\n");
  return code;
}

/* ---- many requests, one reply -------------------------------------------------------------------------------------- */

static weir_code record_route(weir_channel *ch, weir_arena *a, weir_error *e) {
  routeguide_RouteSummary *sum = NULL;
  weir_call *c = routeguide_RouteGuide_RecordRoute(ch, &soon);
  if (!c) return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
  weir_code code = WEIR_OK;
  for (size_t i = 0; i < 10 && code == WEIR_OK; i++) {
    /* Every second point lies off the features. */
    spot at = places[i].at;
    routeguide_Point point = {.latitude = at.latitude + (int32_t)(i % 2), .longitude = at.longitude};
    printf("Visiting point %g, %g\n", at.latitude / DEGREE, at.longitude / DEGREE);
    code =
        routeguide_RouteGuide_RecordRoute_send(c, &point); /* fails if the server has ended the call early */
  }
  weir_half_close(c);
  if (routeguide_RouteGuide_RecordRoute_recv(c, a, &sum) == WEIR_OK) {
    printf("Finished trip with %d points\nPassed %d features\n", sum->point_count, sum->feature_count);
    printf("Traveled %d meters\nIt took %d seconds\n", sum->distance, sum->elapsed_time);
  }
  code = weir_finish(c, e);
  weir_call_unref(c);
  return code;
}

/* ---- many requests, many replies ----------------------------------------------------------------------------------- */

static void *print_notes(void *call) {
  routeguide_RouteNote *in;
  weir_arena *a = weir_arena_new(NULL, 0);
  while (a && routeguide_RouteGuide_RouteChat_recv(call, a, &in) == WEIR_OK) {
    printf("Got message " WEIR_FMT " at %d, %d\n", WEIR_ARG(in->message),
           in->location ? in->location->latitude : 0, in->location ? in->location->longitude : 0);
    weir_arena_reset(a);
  }
  weir_arena_free(a);
  return NULL;
}

static weir_code send_notes(weir_call *c) {
  static const place notes[] = {{{0, 0}, "First message"},
                                {{0, 1}, "Second message"},
                                {{1, 0}, "Third message"},
                                {{0, 0}, "Fourth message"}};
  weir_code code = WEIR_OK;
  for (size_t i = 0; i < sizeof notes / sizeof *notes && code == WEIR_OK; i++) {
    routeguide_Point location = {.latitude = notes[i].at.latitude, .longitude = notes[i].at.longitude};
    routeguide_RouteNote note = {.location = &location, .message = weir_str_of(notes[i].name)};
    printf("Sending message %s at %d, %d\n", notes[i].name, location.latitude, location.longitude);
    code = routeguide_RouteGuide_RouteChat_send(c, &note);
  }
  return code;
}

/* Two threads may use one call: one sends, the other receives. */
static weir_code route_chat(weir_channel *ch, weir_arena *a, weir_error *e) {
  (void)a;
  pthread_t reader;
  weir_call *c = routeguide_RouteGuide_RouteChat(ch, &soon);
  if (!c || pthread_create(&reader, NULL, print_notes, c)) {
    weir_call_unref(c);
    return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory or threads");
  }
  send_notes(c);
  weir_half_close(c);
  pthread_join(reader, NULL);
  weir_code code = weir_finish(c, e);
  weir_call_unref(c);
  return code;
}

/* ---- the program ---------------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  weir_code (*run)(weir_channel *ch, weir_arena *a, weir_error *e);
} steps[] = {
    {"GetFeature", get_feature},
    {"ListFeatures", list_features},
    {"RecordRoute", record_route},
    {"RouteChat", route_chat},
};

int main(int argc, char **argv) {
  const char *target = "localhost:50051";
  if (argc == 2 && strncmp(argv[1], "--target=", 9) == 0) {
    target = argv[1] + 9;
  } else if (argc > 1) {
    fprintf(stderr, "usage: route_guide_client [--target=HOST:PORT]   (default: %s)\n", target);
    return strcmp(argv[1], "--help") == 0 ? 0 : 2;
  }
  weir_error e = {0};
  char block[4096]; /* used before any heap memory */
  weir_arena *a = weir_arena_new(block, sizeof block);
  weir_channel *ch = weir_channel_new(target, weir_creds_insecure(), NULL, &e);
  weir_code code = ch ? WEIR_OK : e.code;
  for (size_t i = 0; i < sizeof steps / sizeof *steps && code == WEIR_OK; i++) {
    printf("-------------- %s --------------\n", steps[i].name);
    code = steps[i].run(ch, a, &e);
    weir_arena_reset(a);
  }
  if (code) fprintf(stderr, "route_guide_client: %s: %s\n", weir_code_name(code), e.msg);
  weir_channel_unref(ch);
  weir_arena_free(a);
  return code != WEIR_OK;
}
