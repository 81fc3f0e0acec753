/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* places.h - the features that the guide knows of. */
#ifndef PLACES_H
#define PLACES_H

#include <stddef.h>
#include <stdint.h>

/* A point, in degrees times 10,000,000. */
typedef struct spot {
  int32_t latitude, longitude;
} spot;

typedef struct place {
  spot at;
  const char *name;
} place;

extern const place places[];
extern const size_t n_places;

/** The place at this very spot, or NULL. */
const place *place_at(spot at);
/** True if a lies in the rectangle between two corners, borders included. */
int spot_inside(spot a, spot corner, spot opposite);
/** Metres from a to b along the earth's surface. */
double spot_distance(spot a, spot b);

#endif
