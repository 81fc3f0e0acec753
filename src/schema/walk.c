/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* walk.c - checks that go over every declaration alike. */
#include "schema/link.h"
#include "schema/value.h"

/* ---- features ------------------------------------------------------------------------------------------ */

static void no_features(weir_schema *s, const weir_def *d) {
  if (weir_value_get(d->options.value, "features"))
    weir_schema_error(s, d->file, d->name_pos, "Features are only valid under editions.");
}

static void no_enum_features(weir_schema *s, const weir_def_enum *e) {
  no_features(s, &e->def);
  for (uint32_t i = 0; i < e->values.len; i++) no_features(s, &e->values.data[i]->def);
}

static void no_message_features(weir_schema *s, const weir_def_message *m) {
  no_features(s, &m->def);
  for (uint32_t i = 0; i < m->enums.len; i++) no_enum_features(s, m->enums.data[i]);
  for (uint32_t i = 0; i < m->oneofs.len; i++) no_features(s, &m->oneofs.data[i]->def);
  for (uint32_t i = 0; i < m->fields.len; i++) no_features(s, &m->fields.data[i]->def);
  for (uint32_t i = 0; i < m->messages.len; i++) no_message_features(s, m->messages.data[i]);
  for (uint32_t i = 0; i < m->extensions.len; i++) no_features(s, &m->extensions.data[i]->def);
  for (uint32_t i = 0; i < m->extension_ranges.len; i++) no_features(s, &m->extension_ranges.data[i].def);
}

void weir_link_features(weir_schema *s, weir_def_file *file) {
  no_features(s, &file->def);
  for (uint32_t i = 0; i < file->messages.len; i++) no_message_features(s, file->messages.data[i]);
  for (uint32_t i = 0; i < file->enums.len; i++) no_enum_features(s, file->enums.data[i]);
  for (uint32_t i = 0; i < file->extensions.len; i++) no_features(s, &file->extensions.data[i]->def);
  for (uint32_t i = 0; i < file->services.len; i++) {
    const weir_def_service *service = file->services.data[i];
    no_features(s, &service->def);
    for (uint32_t k = 0; k < service->methods.len; k++) no_features(s, &service->methods.data[k]->def);
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
