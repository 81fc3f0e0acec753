/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/walk.h"

#include "schema/link.h"

#define EACH(list, i) for (uint32_t i = 0; i < (list).len; i++)

static void walk_enum(weir_schema *s, weir_def_enum *e, weir_walk_fn *fn, void *ctx) {
  fn(s, &e->def, ctx);
  EACH(e->values, i) fn(s, &e->values.data[i]->def, ctx);
}

static void walk_message(weir_schema *s, weir_def_message *m, weir_walk_fn *fn, void *ctx) {
  fn(s, &m->def, ctx);
  EACH(m->enums, i) walk_enum(s, m->enums.data[i], fn, ctx);
  EACH(m->oneofs, i) fn(s, &m->oneofs.data[i]->def, ctx);
  EACH(m->fields, i) fn(s, &m->fields.data[i]->def, ctx);
  EACH(m->messages, i) walk_message(s, m->messages.data[i], fn, ctx);
  EACH(m->extensions, i) fn(s, &m->extensions.data[i]->def, ctx);
  EACH(m->extension_ranges, i) fn(s, &m->extension_ranges.data[i].def, ctx);
}

void weir_walk(weir_schema *s, weir_def_file *file, weir_walk_fn *fn, void *ctx) {
  fn(s, &file->def, ctx);
  EACH(file->messages, i) walk_message(s, file->messages.data[i], fn, ctx);
  EACH(file->enums, i) walk_enum(s, file->enums.data[i], fn, ctx);
  EACH(file->extensions, i) fn(s, &file->extensions.data[i]->def, ctx);
  EACH(file->services, i) {
    fn(s, &file->services.data[i]->def, ctx);
    EACH(file->services.data[i]->methods, k) fn(s, &file->services.data[i]->methods.data[k]->def, ctx);
  }
}

/* ---- names of map entries ------------------------------------------------------------------------------ */

static void report_map_name(weir_schema *s, const weir_def_message *m, weir_str name, const char *what) {
  weir_schema_error(s, m->def.file, m->def.name_pos,
                    "Expanded map entry type " WEIR_FMT " conflicts with an existing %s.", WEIR_ARG(name),
                    what);
}

static bool is_map_name(const weir_map *seen, weir_str name) {
  const weir_def_message *m = name.data ? weir_map_get(seen, name) : NULL;
  return m && m->is_map_entry;
}

static void check_map_names(weir_schema *s, const weir_def_message *m) {
  weir_map seen;
  weir_map_init(&seen, s->mem, 0);
  for (uint32_t i = 0; i < m->messages.len; i++) {
    weir_def_message *inner = m->messages.data[i];
    const weir_def_message *other = weir_map_get(&seen, inner->def.name);
    if (other && (other->is_map_entry || inner->is_map_entry)) {
      report_map_name(s, m, inner->def.name, "nested message type");
      break;
    }
    if (!other) weir_schema_put(s, &seen, inner->def.name, inner);
    check_map_names(s, inner);
  }
  for (uint32_t i = 0; i < m->fields.len; i++)
    if (is_map_name(&seen, m->fields.data[i]->def.name))
      report_map_name(s, m, m->fields.data[i]->def.name, "field");
  for (uint32_t i = 0; i < m->enums.len; i++)
    if (is_map_name(&seen, m->enums.data[i]->def.name))
      report_map_name(s, m, m->enums.data[i]->def.name, "enum type");
  for (uint32_t i = 0; i < m->oneofs.len; i++)
    if (is_map_name(&seen, m->oneofs.data[i]->def.name))
      report_map_name(s, m, m->oneofs.data[i]->def.name, "oneof type");
}

void weir_link_map_names(weir_schema *s, weir_def_file *file) {
  for (uint32_t i = 0; i < file->messages.len; i++) check_map_names(s, file->messages.data[i]);
}
