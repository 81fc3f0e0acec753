/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* protos.c - the public face of schema: <weir/schema.h>. */
#include <weir/schema.h>

#include "protos/paths.h"
#include "protos/sets.h"

#include <errno.h>
#include <string.h>

#define MAX_ADVICE 100 /* mistakes for which it is looked up what was meant */

struct weir_protos {
  weir_arena *arena; /* of this struct, and of what was added */
  weir_schema *schema;
  weir_map sources; /* name -> weir_str */
  weir_sets sets;
  WEIR_LIST(weir_path_mapping) paths;
  weir_file_list files; /* loaded without errors */
};

/* ---- sources ------------------------------------------------------------------------------------------- */

static bool open_on_disk(weir_protos *p, weir_str name, weir_source *out, weir_open_error *why) {
  FILE *f = weir_path_open(p->arena, p->paths.data, p->paths.len, name, &out->path);
  if (!f && errno == EACCES) {
    why->text = weir_printf(p->arena, "Read access is denied for file: " WEIR_FMT, WEIR_ARG(out->path));
    return false;
  }
  bool ok = f && weir_path_read(p->arena, f, &out->text);
  if (f && !ok) why->text = weir_printf(p->arena, WEIR_FMT ": %s", WEIR_ARG(out->path), strerror(errno));
  if (f) fclose(f);
  return ok;
}

static bool protos_open(void *ctx, weir_str name, weir_source *out, weir_open_error *why) {
  weir_protos *p = ctx;
  const weir_str *text = weir_map_get(&p->sources, name);
  if (text) {
    *out = (weir_source){.text = *text, .path = name};
    return true;
  }
  if (weir_path_is_name(p->arena, name)) {
    if (open_on_disk(p, name, out, why)) return true;
  } else {
    why->text =
        WEIR_STR("Backslashes, consecutive slashes, \".\", or \"..\" are not allowed in the virtual path");
  }
  if (!weir_sets_open(&p->sets, name, out)) return false;
  *why = (weir_open_error){{NULL, 0}, {NULL, 0}};
  return true;
}

static void *arena_as_mem(void *ctx, void *p, size_t old_size, size_t new_size) {
  return new_size ? weir_arena_grow(ctx, p, old_size, new_size) : NULL;
}

weir_protos *weir_protos_new(void) {
  weir_arena *arena = weir_arena_new(NULL, 0);
  weir_protos *p = arena ? weir_alloc(arena, sizeof *p) : NULL;
  if (!p) {
    weir_arena_free(arena);
    return NULL;
  }
  p->arena = arena;
  weir_map_init(&p->sources, (weir_mem){arena_as_mem, arena}, weir_hash_seed());
  weir_sets_init(&p->sets, arena);
  p->schema = weir_schema_new(WEIR_MEM_DEFAULT, (weir_loader){protos_open, p});
  if (p->schema) {
    p->schema->keep_source_info = true;
    p->schema->advice_left = MAX_ADVICE;
    return p;
  }
  weir_arena_free(arena);
  return NULL;
}

void weir_protos_free(weir_protos *p) {
  if (!p) return;
  weir_schema_free(p->schema);
  weir_arena_free(p->arena);
}

weir_code weir_protos_add_source(weir_protos *p, const char *name, weir_str text) {
  weir_str *copy = weir_alloc(p->arena, sizeof *copy), key = weir_dup(p->arena, weir_str_of(name));
  if (!copy || !key.data) return WEIR_RESOURCE_EXHAUSTED;
  *copy = weir_dup(p->arena, text);
  return copy->data && weir_map_put(&p->sources, key, copy) ? WEIR_OK : WEIR_RESOURCE_EXHAUSTED;
}

weir_code weir_protos_add_path(weir_protos *p, const char *folder) {
  const char *equals = strchr(folder, '=');
  weir_str name = {folder, equals ? (size_t)(equals - folder) : 0};
  weir_path_mapping m = {weir_dup(p->arena, name),
                         weir_path_canonical(p->arena, weir_str_of(equals ? equals + 1 : folder))};
  if (!m.name.data || !m.disk.data) return WEIR_RESOURCE_EXHAUSTED;
  if (p->paths.len == p->paths.cap) {
    uint32_t cap = p->paths.cap * 2 + 4;
    void *data = weir_arena_grow(p->arena, p->paths.data, p->paths.len * sizeof m, cap * sizeof m);
    if (!data) return WEIR_RESOURCE_EXHAUSTED;
    p->paths.data = data;
    p->paths.cap = cap;
  }
  p->paths.data[p->paths.len++] = m;
  return WEIR_OK;
}

weir_code weir_protos_add_descriptors(weir_protos *p, weir_str set, weir_error *e) {
  weir_str copy = weir_dup(p->arena, set);
  weir_err err = copy.data ? weir_sets_add(&p->sets, copy) : WEIR_ENOMEM;
  if (err == WEIR_EOK) return WEIR_OK;
  if (err == WEIR_EINVALID)
    return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "this is no FileDescriptorSet");
  return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
}

/* ---- loading ------------------------------------------------------------------------------------------- */

static weir_code out_of_memory(weir_error *e) {
  return weir_error_set(e, WEIR_RESOURCE_EXHAUSTED, 0, "out of memory");
}

/* The first mistake since the report had `before` entries. A file that failed before says so once more. */
static weir_code first_error(const weir_protos *p, uint32_t before, const char *name, weir_error *e) {
  const weir_report *report = &p->schema->report;
  for (uint32_t i = before; i < report->len; i++) {
    const weir_diagnostic *d = &report->data[i];
    if (d->severity != WEIR_SEVERITY_ERROR) continue;
    if (d->pos.line < 0)
      return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, WEIR_FMT ": " WEIR_FMT, WEIR_ARG(d->path),
                            WEIR_ARG(d->text));
    return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, WEIR_FMT ":%d:%d: " WEIR_FMT, WEIR_ARG(d->path),
                          (int)d->pos.line + 1, (int)d->pos.col + 1, WEIR_ARG(d->text));
  }
  return weir_error_set(e, WEIR_INVALID_ARGUMENT, 0, "%s: had errors when it was loaded before", name);
}

static bool has_file(const weir_protos *p, const weir_def_file *file) {
  for (uint32_t i = 0; i < p->files.len; i++)
    if (p->files.data[i] == file) return true;
  return false;
}

weir_code weir_protos_load(weir_protos *p, const char *name, weir_error *e) {
  uint32_t before = p->schema->report.len;
  weir_def_file *file;
  weir_str key = weir_str_of(name);
  weir_err err = weir_schema_add_input(p->schema, key);
  if (!err) err = weir_schema_load(p->schema, key, &file);
  if (err == WEIR_EINVALID) return first_error(p, before, name, e);
  if (err) return out_of_memory(e);
  if (has_file(p, file)) return WEIR_OK;
  jmp_buf no_memory;
  p->schema->out_of_memory = &no_memory;
  if (setjmp(no_memory)) return out_of_memory(e);
  weir_schema_push(p->schema, &p->files, file);
  return WEIR_OK;
}

/* ---- diagnostics --------------------------------------------------------------------------------------- */

size_t weir_protos_n_diagnostics(const weir_protos *p) { return p->schema->report.len; }

weir_protos_diagnostic weir_protos_get_diagnostic(const weir_protos *p, size_t i) {
  const weir_diagnostic *d = &p->schema->report.data[i];
  bool has_place = d->pos.line >= 0;
  return (weir_protos_diagnostic){.severity = (weir_protos_severity)d->severity,
                                  .path = d->path,
                                  .line = has_place ? d->pos.line + 1 : 0,
                                  .column = has_place ? d->pos.col + 1 : 0,
                                  .text = d->text};
}

const char *weir_protos_report(weir_protos *p, uint32_t flags) {
  weir_bytes out = weir_bytes_in(WEIR_MEM_DEFAULT);
  weir_pretty pretty = {.colour = flags & WEIR_PROTOS_COLOUR};
  for (uint32_t i = 0; i < p->schema->report.len; i++) {
    if (flags & WEIR_PROTOS_PRETTY)
      weir_diagnostic_print_pretty(&p->schema->report.data[i], &pretty, &out);
    else
      weir_diagnostic_print(&p->schema->report.data[i], &out);
  }
  weir_bytes_append(&out, "", 1);
  weir_str text = out.failed ? (weir_str){NULL, 0} : weir_dup(p->arena, weir_bytes_view(&out));
  weir_bytes_fini(&out);
  return text.data;
}

/* ---- what is made of them ------------------------------------------------------------------------------ */

static weir_err encode(weir_protos *p, unsigned flags, weir_str *set) {
  weir_file_list all = {0};
  weir_err err = weir_schema_closure(p->schema, &p->files, true, &all);
  return err ? err : weir_schema_encode(p->schema, &all, flags, set);
}

weir_code weir_protos_descriptors(weir_protos *p, uint32_t flags, weir_arena *a, weir_str *set) {
  unsigned encode_flags = (flags & WEIR_PROTOS_SOURCE_INFO ? WEIR_ENCODE_SOURCE_INFO : 0u) |
                          (flags & WEIR_PROTOS_RETAIN_OPTIONS ? WEIR_ENCODE_RETAIN_OPTIONS : 0u);
  weir_str made, copy = {NULL, 0};
  if (!encode(p, encode_flags, &made)) copy = weir_dup(a, made);
  if (!copy.data) return WEIR_RESOURCE_EXHAUSTED;
  *set = copy;
  return WEIR_OK;
}

weir_code weir_protos_fill(weir_protos *p, weir_pb_pool *pool, weir_error *e) {
  weir_str set;
  if (encode(p, 0, &set)) return out_of_memory(e);
  return weir_pb_pool_add_descriptors(pool, set, e);
}
