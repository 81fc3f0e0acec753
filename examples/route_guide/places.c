/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "places.h"

#include <math.h>

const place places[] = {
    {{407838351, -746143763}, "Mill Weir, Long Meadow"},
    {{408122808, -743999179}, "Otter Bridge"},
    {{413628156, -749015468}, "Heron Lookout, North Shore"},
    {{419999544, -740371136}, "Three Stones Ford"},
    {{414008389, -743951297}, "Charcoal Burners' Clearing"},
    {{419611318, -746524769}, "Saint Brendan's Spring"},
    {{406109563, -742186778}, "Harbour Stairs, Lower Town"},
    {{416802456, -742370183}, "Tinker's Gate"},
    {{412950425, -741077389}, "The Leaning Lighthouse"},
    {{402948455, -747903913}, "Quarry Lake"},
    {{404701380, -744781745}, "Old Customs House"},
    {{408031728, -748645385}, "Whispering Gallery, Cliff Walk"},
    {{413700272, -742135189}, "Ropemakers' Row"},
    {{404310607, -740282632}, "Sandbank Ferry"},
    {{409319800, -746201391}, "Blackthorn Hill"},
    {{406685311, -742108603}, "Clock Tower, Market Square"},
};
const size_t n_places = sizeof places / sizeof *places;

const place *place_at(spot at) {
  for (size_t i = 0; i < n_places; i++)
    if (places[i].at.latitude == at.latitude && places[i].at.longitude == at.longitude) return &places[i];
  return NULL;
}

static int between(int32_t x, int32_t a, int32_t b) { return a < b ? a <= x && x <= b : b <= x && x <= a; }

int spot_inside(spot a, spot corner, spot opposite) {
  return between(a.latitude, corner.latitude, opposite.latitude) &&
         between(a.longitude, corner.longitude, opposite.longitude);
}

/* The haversine formula. */
double spot_distance(spot a, spot b) {
  const double unit = 3.14159265358979323846 / 180 / 1e7, earth_radius = 6371000;
  double lat_a = a.latitude * unit, lat_b = b.latitude * unit;
  double south = sin((lat_b - lat_a) / 2), east = sin(((double)b.longitude - a.longitude) * unit / 2);
  double h = south * south + cos(lat_a) * cos(lat_b) * east * east;
  return 2 * earth_radius * atan2(sqrt(h), sqrt(1 - h));
}
