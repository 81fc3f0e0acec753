/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* response.c - field numbers are plugin.proto's. */
#include "codegen/response.h"

#include "schema/read.h"

/* ---- the message --------------------------------------------------------------------------------------- */

typedef struct response_file {
  weir_str name, point, content;
} response_file;

/* False if the bytes are no CodeGeneratorResponse.File. */
static bool read_file(weir_str bytes, response_file *out) {
  *out = (response_file){{"", 0}, {"", 0}, {"", 0}};
  weir_wire_reader r = weir_wire_reader_of(bytes);
  while (weir_wire_read(&r)) {
    if (r.type != 2) continue;
    if (r.field == 1) out->name = r.text;
    if (r.field == 2) out->point = r.text;
    if (r.field == 15) out->content = r.text;
  }
  return !r.bad;
}

bool weir_response_read(weir_str bytes, weir_response *out) {
  *out = (weir_response){.bytes = bytes, .error = {"", 0}};
  weir_wire_reader r = weir_wire_reader_of(bytes);
  response_file file;
  bool ok = true;
  while (weir_wire_read(&r)) {
    if (r.field == 1 && r.type == 2) out->error = r.text;
    if (r.field == 2 && r.type == 0) out->features = r.number;
    if (r.field == 3 && r.type == 0) out->minimum_edition = (int32_t)r.number;
    if (r.field == 4 && r.type == 0) out->maximum_edition = (int32_t)r.number;
    if (r.field == 15 && r.type == 2) ok = read_file(r.text, &file) && ok;
  }
  return ok && !r.bad;
}

/* A file without a name goes on with the one before it, or with the insertion before it. */
typedef struct placing {
  weir_outtree *tree;
  weir_bytes *report;
  weir_outfile *current;   /* NULL: nothing, or an insertion is being gathered */
  response_file insertion; /* point empty: none */
  weir_bytes text;         /* of the insertion, as far as gathered */
  bool started;
} placing;

static void end_insertion(placing *p) {
  if (p->insertion.point.len)
    weir_outtree_insert(p->tree, p->insertion.name, p->insertion.point, weir_bytes_view(&p->text), p->report);
  p->tree->failed = p->tree->failed || p->text.failed;
  weir_bytes_clear(&p->text);
  p->insertion.point.len = 0;
}

static bool place_file(placing *p, const response_file *f) {
  if (f->point.len || f->name.len) {
    end_insertion(p);
    p->current = f->point.len ? NULL : weir_outtree_add(p->tree, f->name, p->report);
    p->insertion = *f;
    p->started = true;
  }
  if (!p->started) return false;
  weir_bytes *text = p->insertion.point.len ? &p->text : p->current ? &p->current->text : NULL;
  if (text) weir_bytes_append_str(text, f->content);
  return true;
}

bool weir_response_place(const weir_response *response, weir_outtree *tree, weir_bytes *report) {
  placing p = {.tree = tree, .report = report, .text = weir_bytes_in(tree->mem)};
  weir_wire_reader r = weir_wire_reader_of(response->bytes);
  bool ok = true;
  while (ok && weir_wire_read(&r)) {
    response_file file;
    if (r.field == 15 && r.type == 2 && read_file(r.text, &file)) ok = place_file(&p, &file);
  }
  end_insertion(&p);
  weir_bytes_fini(&p.text);
  for (size_t i = 0; i < tree->len; i++) tree->failed = tree->failed || tree->files[i]->text.failed;
  return ok;
}

/* ---- what the generator can take ----------------------------------------------------------------------- */

#define EDITION_PROTO2 998
#define EDITION_PROTO3 999
#define EDITION_2023   1000
#define EDITION_2024   1001
#define EDITION_2026   1002

static int32_t edition_of(const weir_def_file *file) {
  if (file->syntax == WEIR_EDITIONS) return file->edition;
  return file->syntax == WEIR_PROTO3 ? EDITION_PROTO3 : EDITION_PROTO2;
}

/* protoc says nothing of a number it does not know. */
static void append_edition(weir_bytes *out, int32_t edition) {
  static const struct {
    int32_t number;
    const char *name;
  } names[] = {
      {0, "UNKNOWN"},         {900, "LEGACY"},        {EDITION_PROTO2, "PROTO2"}, {EDITION_PROTO3, "PROTO3"},
      {EDITION_2023, "2023"}, {EDITION_2024, "2024"}, {EDITION_2026, "2026"},     {9999, "UNSTABLE"},
      {INT32_MAX, "MAX"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].number == edition) weir_bytes_append_cstr(out, names[i].name);
}

static bool has_optional(const weir_def_message *m) {
  for (uint32_t i = 0; i < m->fields.len; i++)
    if (m->fields.data[i]->is_proto3_optional) return true;
  for (uint32_t i = 0; i < m->messages.len; i++)
    if (has_optional(m->messages.data[i])) return true;
  return false;
}

static bool supports_optional(const weir_response *r, const char *generator, const weir_def_file *file,
                              weir_bytes *report) {
  if (r->features & WEIR_FEATURE_PROTO3_OPTIONAL || file->syntax != WEIR_PROTO3) return true;
  bool uses = false;
  for (uint32_t i = 0; i < file->messages.len; i++) uses = uses || has_optional(file->messages.data[i]);
  if (!uses) return true;
  weir_bytes_printf(report,
                    WEIR_FMT
                    ": is a proto3 file that contains optional fields, but code generator %s hasn't been "
                    "updated to support optional fields in proto3. Please ask the owner of this code "
                    "generator to support proto3 optional.\n",
                    WEIR_ARG(file->def.name), generator);
  return false;
}

/* protoc asks nothing of the generators for its own files. */
static bool is_exempt(weir_str name) {
  static const char *const prefixes[] = {"google/protobuf/", "upb/", "com/google/protobuf/",
                                         "conformance/test_protos/"};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    size_t len = strlen(prefixes[i]);
    if (name.len >= len && memcmp(name.data, prefixes[i], len) == 0) return true;
  }
  return false;
}

static void refuse_edition(const weir_def_file *file, const char *generator, const char *advice,
                           int32_t limit, weir_bytes *report) {
  weir_bytes_printf(report, WEIR_FMT ": is a file using edition ", WEIR_ARG(file->def.name));
  append_edition(report, edition_of(file));
  weir_bytes_printf(report, ", which isn't supported by code generator %s.  %s edition ", generator, advice);
  append_edition(report, limit);
  weir_bytes_append_cstr(report, ".\n");
}

static bool supports_edition(const weir_response *r, const char *generator, const weir_def_file *file,
                             weir_bytes *report) {
  int32_t edition = edition_of(file);
  if (edition < EDITION_2023 || is_exempt(file->def.name)) return true;
  if (!(r->features & WEIR_FEATURE_EDITIONS)) {
    weir_bytes_printf(report,
                      WEIR_FMT
                      ": is an editions file, but code generator %s hasn't been updated to support editions "
                      "yet.  Please ask the owner of this code generator to add support or switch back to "
                      "proto2/proto3.\n\nSee https://protobuf.dev/editions/overview/ for more "
                      "information.\n",
                      WEIR_ARG(file->def.name), generator);
    return false;
  }
  if (edition < r->minimum_edition)
    refuse_edition(file, generator, "Please upgrade your file to at least", r->minimum_edition, report);
  else if (edition > r->maximum_edition)
    refuse_edition(
        file, generator,
        "Please ask the owner of this code generator to add support or switch back to a maximum of",
        r->maximum_edition, report);
  else
    return true;
  return false;
}

bool weir_response_supports(const weir_response *r, const char *generator, weir_def_file *const *files,
                            size_t n, bool editions, weir_bytes *report) {
  size_t i = 0;
  while (i < n && supports_optional(r, generator, files[i], report)) i++;
  bool ok = i == n;
  for (i = 0; editions && i < n && supports_edition(r, generator, files[i], report);) i++;
  return ok && (!editions || i == n);
}
