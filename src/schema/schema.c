/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* schema.c - a compilation's memory, and the loading of files with their imports. */
#include "schema/advise.h"
#include "schema/link.h"
#include "schema/parse.h"
#include "schema/read.h"

/* weir_def_file.state:
 *   PARSED -> LOADING [load_file]  its imports are being loaded
 *   LOADING -> LINKED [load_file]  no errors
 *   any -> FAILED                  reported; importers say so once each */
enum { FILE_PARSED, FILE_LOADING, FILE_LINKED, FILE_FAILED };

/* ---- memory -------------------------------------------------------------------------------------------- */

static void *arena_as_mem(void *ctx, void *p, size_t old_size, size_t new_size) {
  return new_size ? weir_arena_grow(ctx, p, old_size, new_size) : NULL;
}

static void schema_init(weir_schema *s, weir_arena *arena, weir_loader loader) {
  s->arena = arena;
  s->mem = (weir_mem){arena_as_mem, arena};
  s->loader = loader;
  weir_map_init(&s->files, s->mem, 0);
  weir_map_init(&s->symbols, s->mem, 0);
  weir_map_init(&s->extensions, s->mem, 0);
  weir_map_init(&s->inputs, s->mem, 0);
}

weir_schema *weir_schema_new(weir_mem mem, weir_loader loader) {
  weir_arena *arena = weir_arena_new_in(mem, NULL, 0);
  weir_schema *s = arena ? weir_alloc(arena, sizeof *s) : NULL;
  if (!s) {
    weir_arena_free(arena);
    return NULL;
  }
  schema_init(s, arena, loader);
  return s;
}

void weir_schema_free(weir_schema *s) {
  if (s) weir_arena_free(s->arena);
}

static void *must(weir_schema *s, void *p) {
  if (!p) longjmp(*s->out_of_memory, 1);
  return p;
}

void *weir_schema_alloc(weir_schema *s, size_t size) { return must(s, weir_alloc(s->arena, size)); }

weir_str weir_schema_check(weir_schema *s, weir_str text) {
  must(s, (void *)(uintptr_t)text.data);
  return text;
}

weir_str weir_schema_dup(weir_schema *s, weir_str text) {
  return weir_schema_check(s, weir_dup(s->arena, text));
}

static weir_str schema_vprintf(weir_schema *s, const char *fmt, va_list ap) {
  va_list again;
  va_copy(again, ap);
  int len = vsnprintf(NULL, 0, fmt, again);
  va_end(again);
  if (len < 0) len = 0;
  char *p = weir_schema_alloc(s, (size_t)len + 1);
  vsnprintf(p, (size_t)len + 1, fmt, ap);
  return (weir_str){p, (size_t)len};
}

weir_str weir_schema_printf(weir_schema *s, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  weir_str text = schema_vprintf(s, fmt, ap);
  va_end(ap);
  return text;
}

void weir_schema_grow(weir_schema *s, void **data, size_t elem, uint32_t len, uint32_t *cap) {
  if (len < *cap) return;
  uint32_t want = *cap ? *cap * 2 : 4;
  if (want <= *cap || want > UINT32_MAX / 2) longjmp(*s->out_of_memory, 1);
  *data = must(s, weir_arena_grow(s->arena, *data, len * elem, want * elem));
  *cap = want;
}

void weir_schema_put(weir_schema *s, weir_map *map, weir_str key, void *value) {
  if (!weir_map_put(map, key, value)) longjmp(*s->out_of_memory, 1);
}

/* ---- the report ---------------------------------------------------------------------------------------- */

/* What people may look at: descriptors are no text. */
static weir_str source_of(const weir_def_file *file) {
  return file->is_descriptor ? WEIR_STR("") : file->source;
}

static void report_add(weir_schema *s, weir_severity severity, const weir_def_file *file, weir_pos pos,
                       const char *fmt, va_list ap) {
  weir_diagnostic d = {.severity = severity, .path = file->path, .pos = pos, .source = source_of(file)};
  d.text = schema_vprintf(s, fmt, ap);
  if (severity == WEIR_SEVERITY_ERROR) s->report.errors++;
  weir_schema_push(s, &s->report, d);
}

void weir_schema_error(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  report_add(s, WEIR_SEVERITY_ERROR, file, pos, fmt, ap);
  va_end(ap);
}

void weir_schema_warning(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  report_add(s, WEIR_SEVERITY_WARNING, file, pos, fmt, ap);
  va_end(ap);
}

void weir_schema_note(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  report_add(s, WEIR_SEVERITY_NOTE, file, pos, fmt, ap);
  va_end(ap);
}

static void relate(weir_schema *s, weir_related related) {
  weir_diagnostic *d = &s->report.data[s->report.len - 1];
  weir_related *all = weir_schema_alloc(s, (d->n_related + 1) * sizeof *all);
  if (d->n_related) memcpy(all, d->related, d->n_related * sizeof *all);
  all[d->n_related++] = related;
  d->related = all;
}

void weir_schema_related(weir_schema *s, const weir_def_file *file, weir_pos pos, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  relate(s, (weir_related){file->path, source_of(file), pos, schema_vprintf(s, fmt, ap)});
  va_end(ap);
}

void weir_schema_advise(weir_schema *s, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  relate(s, (weir_related){
                .path = {"", 0}, .source = {"", 0}, .pos = WEIR_NO_POS, .text = schema_vprintf(s, fmt, ap)});
  va_end(ap);
}

/* ---- symbols ------------------------------------------------------------------------------------------- */

weir_def *weir_schema_symbol(const weir_schema *s, weir_str full_name) {
  weir_def *d = weir_map_get(&s->symbols, full_name);
  return d && !d->file->failed ? d : NULL;
}

weir_def_field *weir_schema_extension(weir_schema *s, const weir_def_message *extendee, int32_t number) {
  weir_def_field *f = weir_map_get(
      &s->extensions, weir_schema_printf(s, WEIR_FMT " %d", WEIR_ARG(extendee->def.full_name), (int)number));
  return f && !f->def.file->failed ? f : NULL;
}

/* ---- files --------------------------------------------------------------------------------------------- */

static weir_def_file *load_file(weir_schema *s, weir_str name);

/* The file's own source first: a user's copy of google/protobuf/x.proto wins over ours. */
static bool open_source(weir_schema *s, weir_def_file *file) {
  weir_source source = {0};
  weir_open_error why = {{NULL, 0}, {NULL, 0}};
  if (s->loader.open(s->loader.ctx, file->def.name, &source, &why)) {
    file->source = source.text;
    file->path = source.path;
    file->is_descriptor = source.is_descriptor;
    return true;
  }
  if (!why.text.len && weir_schema_builtin(file->def.name, &file->source)) {
    file->is_builtin = true;
    return true;
  }
  if (!why.text.len) why.text = WEIR_STR("File not found.");
  weir_schema_error(s, file, WEIR_NO_POS, WEIR_FMT, WEIR_ARG(why.text));
  weir_advise_import(s, file->def.name);
  if (why.note.len) weir_schema_note(s, file, WEIR_NO_POS, WEIR_FMT, WEIR_ARG(why.note));
  return false;
}

/* `file` is being loaded and came up again among its own imports. */
static void report_cycle(weir_schema *s, weir_def_file *file) {
  uint32_t from = 0;
  while (s->loading.data[from] != file) from++;
  weir_bytes chain = weir_bytes_in(s->mem);
  for (uint32_t i = from; i < s->loading.len; i++) {
    weir_bytes_append_str(&chain, s->loading.data[i]->def.name);
    weir_bytes_append_cstr(&chain, " -> ");
  }
  weir_bytes_append_str(&chain, file->def.name);
  weir_schema_check(s, weir_bytes_view(&chain));
  const weir_def_file *next = from + 1 < s->loading.len ? s->loading.data[from + 1] : file;
  weir_pos pos = WEIR_NO_POS;
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (weir_str_eq(file->imports.data[i].name, next->def.name)) pos = file->imports.data[i].pos;
  weir_schema_error(s, file, pos, "File recursively imports itself: " WEIR_FMT,
                    WEIR_ARG(weir_bytes_view(&chain)));
}

static void see(weir_schema *s, weir_def_file *file, weir_def_file *other, bool for_options) {
  uint32_t *mark = for_options ? &other->option_mark : &other->mark;
  if (*mark == s->mark) return;
  *mark = s->mark;
  other->used = false;
  weir_schema_push(s, &file->visible, other);
}

/* Files of one kind of import, and what those import publicly; `from` is where they begin in file->visible. */
static void see_imports(weir_schema *s, weir_def_file *file, bool for_options) {
  uint32_t from = file->visible.len;
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (file->imports.data[i].file && file->imports.data[i].is_option == for_options)
      see(s, file, file->imports.data[i].file, for_options);
  for (uint32_t i = from; i < file->visible.len; i++) {
    const weir_def_file *f = file->visible.data[i];
    for (uint32_t k = 0; k < f->imports.len; k++)
      if (f->imports.data[k].is_public && f->imports.data[k].file)
        see(s, file, f->imports.data[k].file, for_options);
  }
}

/* What the file may name: itself, its imports, and what those import publicly. */
static void mark_visible(weir_schema *s, weir_def_file *file) {
  s->mark++;
  file->mark = s->mark;
  see_imports(s, file, false);
  see_imports(s, file, true);
}

/* The place of an import is that of the last statement that names the file, as protoc has it. */
static void index_imports(weir_schema *s, weir_def_file *file, weir_map *last) {
  weir_map_init(last, s->mem, 0);
  for (uint32_t i = 0; i < file->imports.len; i++)
    weir_schema_put(s, last, file->imports.data[i].name, &file->imports.data[i]);
}

static bool check_imports(weir_schema *s, weir_def_file *file) {
  bool ok = true;
  weir_map seen, last;
  weir_map_init(&seen, s->mem, 0);
  index_imports(s, file, &last);
  for (uint32_t i = 0; i < file->imports.len; i++) {
    const weir_import *import = &file->imports.data[i];
    weir_pos pos = ((const weir_import *)weir_map_get(&last, import->name))->pos;
    if (weir_map_get(&seen, import->name)) {
      weir_schema_error(s, file, pos, "Import \"" WEIR_FMT "\" was listed twice.", WEIR_ARG(import->name));
      ok = false;
    }
    weir_schema_put(s, &seen, import->name, file);
    if (import->file || import->is_option) continue; /* of option imports, see link.c */
    weir_schema_error(s, file, pos, "Import \"" WEIR_FMT "\" was not found or had errors.",
                      WEIR_ARG(import->name));
    ok = false;
  }
  return ok;
}

static bool load_imports(weir_schema *s, weir_def_file *file) {
  if (s->loading.len >= WEIR_SCHEMA_MAX_IMPORT_DEPTH) {
    weir_schema_error(s, file, WEIR_NO_POS, "Imports are nested more than %d deep.",
                      WEIR_SCHEMA_MAX_IMPORT_DEPTH);
    return false;
  }
  weir_schema_push(s, &s->loading, file);
  for (uint32_t i = 0; i < file->imports.len; i++)
    file->imports.data[i].file = load_file(s, file->imports.data[i].name);
  s->loading.len--;
  mark_visible(s, file);
  return check_imports(s, file);
}

static bool imports_itself(const weir_def_file *file) {
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (weir_str_eq(file->imports.data[i].name, file->def.name)) return true;
  return false;
}

static weir_def_file *load_file(weir_schema *s, weir_str name) {
  weir_def_file *file = weir_map_get(&s->files, name);
  if (file) {
    if (file->state == FILE_LOADING) report_cycle(s, file);
    return file->state == FILE_LINKED ? file : NULL;
  }
  file = weir_schema_alloc(s, sizeof *file);
  file->def = (weir_def){.kind = WEIR_DEF_FILE, .name = weir_schema_dup(s, name), .file = file};
  file->path = file->def.name;
  file->state = FILE_FAILED;
  weir_schema_put(s, &s->files, file->def.name, file);
  if (!open_source(s, file)) return NULL;
  if (!(file->is_descriptor ? weir_read_file(s, file) : weir_parse_file(s, file))) return NULL;
  file->state = FILE_LOADING;
  if (imports_itself(file)) {
    weir_schema_push(s, &s->loading, file);
    report_cycle(s, file);
    s->loading.len--;
    file->state = FILE_FAILED;
    return NULL;
  }
  bool ok = load_imports(s, file);
  ok = weir_link_file(s, file, ok);
  file->state = ok ? FILE_LINKED : FILE_FAILED;
  file->failed = !ok;
  if (ok) weir_schema_push(s, &s->fresh, file);
  return ok ? file : NULL;
}

static bool open_nothing(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  (void)ctx, (void)name, (void)out, (void)why;
  return false;
}

weir_schema *weir_schema_own(weir_schema *s) {
  if (s->own) {
    s->own->out_of_memory = s->out_of_memory;
    return s->own;
  }
  weir_schema *own = weir_schema_alloc(s, sizeof *own);
  schema_init(own, s->arena, (weir_loader){open_nothing, NULL});
  own->own = own;
  own->out_of_memory = s->out_of_memory;
  WEIR_CHECK(load_file(own, WEIR_STR("google/protobuf/descriptor.proto")));
  s->own = own;
  return own;
}

weir_schema *weir_schema_own_linked(weir_schema *s) {
  static const char *const names[] = {
      "google/protobuf/cpp_features.proto", "google/protobuf/java_features.proto",
      "google/protobuf/json_enumvalue_options.proto", "google/protobuf/cpp_file_options.proto"};
  weir_schema *own = weir_schema_own(s);
  for (size_t i = 0; !own->is_linked && i < sizeof names / sizeof *names; i++)
    WEIR_CHECK(load_file(own, weir_str_of(names[i])));
  own->is_linked = true;
  return own;
}

weir_err weir_schema_load(weir_schema *s, weir_str name, weir_def_file **out) {
  jmp_buf out_of_memory;
  s->out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) return WEIR_ENOMEM;
  s->fresh.len = 0;
  *out = load_file(s, name);
  uint32_t before = s->report.errors;
  for (uint32_t i = 0; i < s->fresh.len; i++) weir_link_lifetimes(s, s->fresh.data[i]);
  bool ok = *out && s->report.errors == before;
  if (ok && weir_map_get(&s->inputs, (*out)->def.name)) ok = weir_link_input(s, *out);
  if (!ok) *out = NULL;
  return ok ? WEIR_EOK : WEIR_EINVALID;
}

weir_err weir_schema_add_input(weir_schema *s, weir_str name) {
  weir_str copy = weir_dup(s->arena, name);
  return copy.data && weir_map_put(&s->inputs, copy, s) ? WEIR_EOK : WEIR_ENOMEM;
}

/* Without imports, the walk goes through the chosen files only, still those imported first; option imports behind the
 * others. */
static void close_over(weir_schema *s, weir_def_file *file, const weir_map *only, weir_map *seen,
                       weir_file_list *out) {
  if (weir_map_get(seen, file->def.name) || (only && !weir_map_get(only, file->def.name))) return;
  weir_schema_put(s, seen, file->def.name, file);
  for (uint32_t i = 0; i < file->imports.len; i++)
    if (file->imports.data[i].file) close_over(s, file->imports.data[i].file, only, seen, out);
  weir_schema_push(s, out, file);
}

weir_err weir_schema_closure(weir_schema *s, const weir_file_list *files, bool with_imports,
                             weir_file_list *out) {
  jmp_buf out_of_memory;
  s->out_of_memory = &out_of_memory;
  if (setjmp(out_of_memory)) return WEIR_ENOMEM;
  weir_map seen, chosen;
  weir_map_init(&seen, s->mem, 0);
  weir_map_init(&chosen, s->mem, 0);
  for (uint32_t i = 0; i < files->len; i++)
    weir_schema_put(s, &chosen, files->data[i]->def.name, files->data[i]);
  for (uint32_t i = 0; i < files->len; i++)
    close_over(s, files->data[i], with_imports ? NULL : &chosen, &seen, out);
  return WEIR_EOK;
}
