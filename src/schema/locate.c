/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/locate.h"

static bool is_on(const weir_parser *p) { return p->schema->keep_source_info; }

static weir_location *at(weir_parser *p, weir_loc loc) { return &p->file->locations.data[loc]; }

/* Its path may grow by a few numbers in place: types and options learn late what they are. */
#define SPARE 1

static weir_loc locate_new(weir_parser *p, const int32_t *path, uint32_t len, uint32_t more) {
  weir_location l = {.path_len = len};
  l.path = weir_schema_alloc(p->schema, (len + more + SPARE) * sizeof *l.path);
  if (len) memcpy(l.path, path, len * sizeof *path);
  l.start = l.end = p->lexer.token.pos;
  weir_schema_push(p->schema, &p->file->locations, l);
  return p->file->locations.len - 1;
}

weir_loc weir_loc_root(weir_parser *p) { return is_on(p) ? locate_new(p, NULL, 0, 0) : 0; }

weir_loc weir_loc_same(weir_parser *p, weir_loc parent) {
  return is_on(p) ? locate_new(p, at(p, parent)->path, at(p, parent)->path_len, 0) : 0;
}

weir_loc weir_loc_field(weir_parser *p, weir_loc parent, int32_t field) {
  if (!is_on(p)) return 0;
  weir_loc loc = locate_new(p, at(p, parent)->path, at(p, parent)->path_len, 1);
  weir_location *l = at(p, loc);
  l->path[l->path_len++] = field;
  return loc;
}

weir_loc weir_loc_item(weir_parser *p, weir_loc parent, int32_t field, uint32_t index) {
  if (!is_on(p)) return 0;
  weir_loc loc = locate_new(p, at(p, parent)->path, at(p, parent)->path_len, 2);
  weir_location *l = at(p, loc);
  l->path[l->path_len++] = field;
  l->path[l->path_len++] = (int32_t)index;
  return loc;
}

void weir_loc_close(weir_parser *p, weir_loc loc) {
  if (is_on(p)) at(p, loc)->end = (weir_pos){p->lexer.previous.pos.line, p->lexer.previous.end_col};
}

void weir_loc_add(weir_parser *p, weir_loc loc, int32_t number) {
  if (!is_on(p)) return;
  weir_location *l = at(p, loc);
  l->path[l->path_len++] = number;
}

void weir_loc_start_at(weir_parser *p, weir_loc loc, weir_pos pos) {
  if (is_on(p)) at(p, loc)->start = pos;
}

void weir_loc_span(weir_parser *p, weir_loc loc, const weir_token *from, const weir_token *to) {
  if (!is_on(p)) return;
  at(p, loc)->start = from->pos;
  at(p, loc)->end = (weir_pos){to->pos.line, to->end_col};
}

void weir_loc_attach(weir_parser *p, weir_loc loc, const weir_doc *doc) {
  if (is_on(p)) at(p, loc)->doc = doc;
}

weir_loc weir_loc_copy(weir_parser *p, weir_loc from, uint32_t skip, weir_loc to) {
  if (!is_on(p)) return 0;
  const weir_location *old = at(p, from), *base = at(p, to);
  uint32_t rest = old->path_len - skip;
  weir_loc loc = locate_new(p, base->path, base->path_len, rest);
  old = at(p, from);
  weir_location *l = at(p, loc);
  memcpy(l->path + l->path_len, old->path + skip, rest * sizeof *l->path);
  l->path_len += rest;
  l->start = old->start;
  l->end = old->end;
  l->doc = old->doc;
  return loc;
}
