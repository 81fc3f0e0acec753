/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "codegen/outtree.h"

#include "base/vec.h"

#include <string.h>

void weir_outtree_init(weir_outtree *t, weir_mem mem) {
  *t = (weir_outtree){.mem = mem};
  weir_map_init(&t->by_name, mem, weir_hash_seed());
}

static void outfile_free(weir_mem mem, weir_outfile *f) {
  weir_mem_free(mem, (void *)(uintptr_t)f->name.data, f->name.len + 1);
  weir_bytes_fini(&f->text);
  weir_mem_free(mem, f, sizeof *f);
}

void weir_outtree_fini(weir_outtree *t) {
  for (size_t i = 0; i < t->len; i++) outfile_free(t->mem, t->files[i]);
  weir_mem_free(t->mem, t->files, t->cap * sizeof *t->files);
  weir_map_fini(&t->by_name);
  *t = (weir_outtree){.mem = t->mem};
}

weir_outfile *weir_outtree_find(const weir_outtree *t, weir_str name) {
  return weir_map_get(&t->by_name, name);
}

static weir_outfile *outfile_new(weir_mem mem, weir_str name) {
  weir_outfile *f = weir_mem_zalloc(mem, sizeof *f);
  char *copy = f ? weir_mem_alloc(mem, name.len + 1) : NULL;
  if (!copy) {
    weir_mem_free(mem, f, sizeof *f);
    return NULL;
  }
  if (name.len) memcpy(copy, name.data, name.len);
  copy[name.len] = 0;
  f->name = (weir_str){copy, name.len};
  f->text = weir_bytes_in(mem);
  return f;
}

weir_outfile *weir_outtree_add(weir_outtree *t, weir_str name, weir_bytes *report) {
  if (weir_outtree_find(t, name)) {
    weir_bytes_printf(report, WEIR_FMT ": Tried to write the same file twice.\n", WEIR_ARG(name));
    t->wrong = true;
    return NULL;
  }
  weir_outfile *f = outfile_new(t->mem, name);
  struct {
    weir_outfile **data;
    size_t len, cap;
  } files = {t->files, t->len, t->cap};
  bool ok = f && WEIR_VEC_RESERVE(t->mem, &files, 1);
  t->files = files.data;
  t->cap = files.cap;
  if (!ok || !weir_map_put(&t->by_name, f->name, f)) {
    if (f) outfile_free(t->mem, f);
    t->failed = true;
    return NULL;
  }
  return t->files[t->len++] = f;
}

/* ---- insertion points ---------------------------------------------------------------------------------- */

static const char *find(weir_str text, weir_str what) {
  const char *p = text.data, *end = p + text.len;
  while ((size_t)(end - p) >= what.len) {
    p = memchr(p, what.data[0], (size_t)(end - p) - what.len + 1);
    if (!p || memcmp(p, what.data, what.len) == 0) return p;
    p++;
  }
  return NULL;
}

/* Where text for this point goes; SIZE_MAX if the file has no such point. */
static size_t find_point(weir_outtree *t, weir_str text, weir_str point) {
  weir_bytes magic = weir_bytes_in(t->mem);
  weir_bytes_printf(&magic, "@@protoc_insertion_point(" WEIR_FMT ")", WEIR_ARG(point));
  const char *found = magic.failed || !text.len ? NULL : find(text, weir_bytes_view(&magic));
  t->failed = t->failed || magic.failed;
  weir_bytes_fini(&magic);
  if (!found) return SIZE_MAX;
  size_t at = (size_t)(found - text.data);
  if (at > 3 && memcmp(found - 3, "/*", 2) == 0) return at - 3;
  while (at && text.data[at - 1] != '\n') at--;
  return at;
}

static size_t indent_at(weir_str text, size_t at) {
  size_t n = 0;
  while (at + n < text.len && (text.data[at + n] == ' ' || text.data[at + n] == '\t')) n++;
  return n;
}

/* Copies `text` to p, each line behind the indentation; lacks: its last line has no end. */
static void copy_indented(char *p, weir_str indent, weir_str text, bool lacks_newline) {
  while (text.len) {
    const char *end = memchr(text.data, '\n', text.len);
    size_t line = end ? (size_t)(end - text.data) + 1 : text.len;
    if (indent.len) memcpy(p, indent.data, indent.len);
    memcpy(p + indent.len, text.data, line);
    p += indent.len + line;
    text = (weir_str){text.data + line, text.len - line};
  }
  if (lacks_newline) *p = '\n';
}

static void insert_at(weir_outtree *t, weir_outfile *f, size_t at, weir_str text) {
  size_t lines = 0, n_indent = indent_at(weir_bytes_view(&f->text), at);
  if (!text.len) return;
  for (size_t i = 0; i < text.len; i++) lines += text.data[i] == '\n';
  bool lacks = text.data[text.len - 1] != '\n';
  size_t size = text.len + lacks + (lines + lacks) * n_indent;
  weir_str indent = {weir_mem_alloc(t->mem, n_indent + 1), n_indent};
  if (!indent.data || !weir_bytes_reserve(&f->text, size)) {
    t->failed = true;
  } else {
    char *data = f->text.data + f->text.at;
    size_t len = weir_bytes_size(&f->text);
    memcpy((char *)(uintptr_t)indent.data, data + at, n_indent);
    memmove(data + at + size, data + at, len - at);
    copy_indented(data + at, indent, text, lacks);
    f->text.len += size;
  }
  weir_mem_free(t->mem, (void *)(uintptr_t)indent.data, n_indent + 1);
}

void weir_outtree_insert(weir_outtree *t, weir_str name, weir_str point, weir_str text, weir_bytes *report) {
  weir_outfile *f = weir_outtree_find(t, name);
  size_t at = f ? find_point(t, weir_bytes_view(&f->text), point) : 0;
  if (t->failed) return;
  if (!f) {
    weir_bytes_printf(report, WEIR_FMT ": Tried to insert into file that doesn't exist.\n", WEIR_ARG(name));
    t->wrong = true;
  } else if (at == SIZE_MAX) {
    weir_bytes_printf(report, WEIR_FMT ": insertion point \"" WEIR_FMT "\" not found.\n", WEIR_ARG(name),
                      WEIR_ARG(point));
    t->wrong = true;
  } else {
    insert_at(t, f, at, text);
  }
}

/* ---- order --------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
  weir_str x = (*(weir_outfile *const *)a)->name, y = (*(weir_outfile *const *)b)->name;
  int order = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);
  return order ? order : (x.len > y.len) - (x.len < y.len);
}

void weir_outtree_sort(weir_outtree *t) {
  if (t->len) qsort(t->files, t->len, sizeof *t->files, compare);
}
