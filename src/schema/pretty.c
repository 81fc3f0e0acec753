/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pretty.c - diagnostics for people:
 *
 *   x.proto:3:3: error: "Nope" is not defined.
 *     3 |   Nope b = 2;
 *       |   ^~~~
 *     hint: did you mean "Note"?
 */
#include "schema/report.h"

#include <string.h>

#define TAB       8   /* as weir_pos counts */
#define MAX_WIDTH 160 /* of a line that is shown; more would not help */
#define MARGIN    24  /* shown before the place, in a longer one */

typedef struct style {
  const char *bold, *error, *warning, *note, *mark, *end;
} style;

static const style plain = {"", "", "", "", "", ""};
static const style coloured = {"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m", "\x1b[1;32m", "\x1b[0m"};

/* ---- the line ------------------------------------------------------------------------------------------ */

/* Goes on from the line last found, so that many mistakes in one file take no more than one walk. */
static const char *seek_line(weir_line_cursor *c, weir_str source, int32_t number) {
  const char *end = source.data + source.len;
  if (c->source != source.data || c->line > number) *c = (weir_line_cursor){source.data, 0, source.data};
  while (c->line < number) {
    const char *newline = memchr(c->at, '\n', (size_t)(end - c->at));
    if (!newline) return NULL;
    c->at = newline + 1;
    c->line++;
  }
  return c->at;
}

static weir_str line_of(weir_line_cursor *c, weir_str source, int32_t number) {
  const char *p = source.len ? seek_line(c, source, number) : NULL;
  if (!p) return (weir_str){NULL, 0};
  const char *end = source.data + source.len, *newline = memchr(p, '\n', (size_t)(end - p));
  weir_str line = {p, (size_t)((newline ? newline : end) - p)};
  while (line.len && line.data[line.len - 1] == '\r') line.len--;
  return line;
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/* Bytes of the token that begins at `at`: as much as is marked. */
static size_t token_len(weir_str line, size_t at) {
  size_t n = 0;
  char quote = at < line.len ? line.data[at] : 0;
  if (quote == '"' || quote == '\'') {
    for (n = 1; at + n < line.len && line.data[at + n] != quote; n++)
      if (line.data[at + n] == '\\') n++;
    return at + n < line.len ? n + 1 : line.len - at;
  }
  while (at + n < line.len && is_word(line.data[at + n])) n++;
  return n ? n : 1;
}

/* The byte of a line that stands in this column. */
static size_t byte_at(weir_str line, int32_t col) {
  size_t at = 0;
  for (int32_t c = 0; at < line.len && c < col; at++) c += line.data[at] == '\t' ? TAB - c % TAB : 1;
  return at;
}

static bool continues_character(char c) { return ((unsigned char)c & 0xC0) == 0x80; }

/* Appends bytes from..to of a line for the eye: tabs become blanks, other control characters a dot. Returns the columns
 * they take; with `blank`, blanks of that width are written instead. */
static size_t put_part(weir_str line, size_t from, size_t to, size_t column, bool blank, weir_bytes *out) {
  size_t start = column;
  for (size_t i = from; i < to && i < line.len; i++) {
    char c = line.data[i];
    size_t width = c == '\t' ? TAB - column % TAB : continues_character(c) ? 0 : 1;
    bool control = ((unsigned char)c < 0x20 || c == 0x7F) && c != '\t';
    if (blank || c == '\t')
      for (size_t k = 0; k < width; k++) weir_bytes_append_cstr(out, " ");
    else
      weir_bytes_append(out, control ? "." : &c, 1);
    column += width;
  }
  return column - start;
}

static bool begins(weir_str line, size_t at) { return at >= line.len || !continues_character(line.data[at]); }

static void put_snippet(weir_line_cursor *c, weir_str source, weir_pos pos, const style *s, weir_bytes *out) {
  weir_str line = pos.line >= 0 ? line_of(c, source, pos.line) : (weir_str){NULL, 0};
  if (!line.data) return;
  size_t at = byte_at(line, pos.col), from = at > MAX_WIDTH - MARGIN ? at - MARGIN : 0, to = from + MAX_WIDTH;
  while (from && !begins(line, from)) from--;
  if (to > line.len) to = line.len;
  while (!begins(line, to)) to--;
  size_t mark = token_len(line, at);
  if (at + mark > to) mark = to > at ? to - at : 1;
  weir_bytes_printf(out, "%s%5d |%s ", s->note, (int)pos.line + 1, s->end);
  if (from) weir_bytes_append_cstr(out, "...");
  put_part(line, from, to, 0, false, out);
  weir_bytes_append_cstr(out, to < line.len ? "...\n" : "\n");
  weir_bytes_printf(out, "%s      |%s ", s->note, s->end);
  if (from) weir_bytes_append_cstr(out, "   ");
  put_part(line, from, at, 0, true, out);
  weir_bytes_append_cstr(out, s->mark);
  for (size_t i = 0; i < mark; i++)
    if (begins(line, at + i) || !i) weir_bytes_append_cstr(out, i ? "~" : "^");
  weir_bytes_printf(out, "%s\n", s->end);
}

/* ---- all of it ----------------------------------------------------------------------------------------- */

static void put_place(weir_str path, weir_pos pos, const style *s, weir_bytes *out) {
  weir_bytes_printf(out, "%s" WEIR_FMT, s->bold, WEIR_ARG(path));
  if (pos.line >= 0) weir_bytes_printf(out, ":%d:%d", (int)pos.line + 1, (int)pos.col + 1);
  weir_bytes_printf(out, ":%s ", s->end);
}

static void put_related(weir_line_cursor *c, const weir_related *r, const style *s, weir_bytes *out) {
  if (!r->path.len) {
    weir_bytes_printf(out, "  %shint:%s " WEIR_FMT "\n", s->note, s->end, WEIR_ARG(r->text));
    return;
  }
  weir_bytes_append_cstr(out, "  ");
  put_place(r->path, r->pos, s, out);
  weir_bytes_printf(out, "%snote:%s " WEIR_FMT "\n", s->note, s->end, WEIR_ARG(r->text));
  put_snippet(c, r->source, r->pos, s, out);
}

void weir_diagnostic_print_pretty(const weir_diagnostic *d, weir_pretty *p, weir_bytes *out) {
  static const char *const words[] = {"error", "warning", "note"};
  const style *s = p->colour ? &coloured : &plain;
  const char *const styles[] = {s->error, s->warning, s->note};
  put_place(d->path, d->pos, s, out);
  weir_bytes_printf(out, "%s%s:%s " WEIR_FMT "\n", styles[d->severity], words[d->severity], s->end,
                    WEIR_ARG(d->text));
  put_snippet(&p->main, d->source, d->pos, s, out);
  for (uint32_t i = 0; i < d->n_related; i++) put_related(&p->related, &d->related[i], s, out);
}
