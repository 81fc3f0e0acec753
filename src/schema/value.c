/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/value.h"

#include "schema/wire.h"

weir_value *weir_value_new(weir_schema *s, weir_def_message *type) {
  weir_value *v = weir_schema_alloc(s, sizeof *v);
  v->type = type;
  return v;
}

weir_value_entry *weir_value_add(weir_schema *s, weir_value *v, weir_def_field *field) {
  weir_schema_push(s, &v->entries, (weir_value_entry){.field = field});
  return &v->entries.data[v->entries.len - 1];
}

weir_value_entry *weir_value_find(const weir_value *v, const weir_def_field *field) {
  for (uint32_t i = 0; i < v->entries.len; i++)
    if (v->entries.data[i].field == field) return &v->entries.data[i];
  return NULL;
}

const weir_value_entry *weir_value_get(const weir_value *v, const char *name) {
  if (!v) return NULL;
  for (uint32_t i = 0; i < v->entries.len; i++) {
    const weir_def_field *f = v->entries.data[i].field;
    if (!f->extendee && weir_str_eq(f->def.name, weir_str_of(name))) return &v->entries.data[i];
  }
  return NULL;
}

weir_def_field *weir_message_field(const weir_def_message *m, weir_str name) {
  for (uint32_t i = 0; i < m->fields.len; i++)
    if (weir_str_eq(m->fields.data[i]->def.name, name)) return m->fields.data[i];
  return NULL;
}

/* ---- encoding ------------------------------------------------------------------------------------------ */

#define RETENTION_SOURCE 2 /* descriptor.proto, FieldOptions.OptionRetention */

static bool is_source_only(const weir_def_field *f) {
  const weir_value_entry *retention = weir_value_get(f->def.options.value, "retention");
  return retention && retention->bits == RETENTION_SOURCE;
}

void weir_value_set_real(weir_value_entry *e, bool is_float, double value) {
  if (is_float) {
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    e->bits = bits;
  } else {
    memcpy(&e->bits, &value, sizeof value);
  }
}

static uint64_t zigzag(uint64_t bits) { return bits << 1 ^ (0 - (bits >> 63)); }

static bool is_packed(const weir_def_field *f) {
  bool packable = f->label == WEIR_LABEL_REPEATED && !f->message && f->type != WEIR_TYPE_STRING &&
                  f->type != WEIR_TYPE_BYTES;
  const weir_value_entry *packed = weir_value_get(f->def.options.value, "packed");
  return packable && (packed ? packed->bits != 0 : f->def.file->syntax == WEIR_PROTO3);
}

/* A number without its tag, as it stands in a packed field. */
static void encode_number(const weir_value_entry *e, weir_bytes *out) {
  switch (e->field->type) {
  case WEIR_TYPE_DOUBLE:
  case WEIR_TYPE_FIXED64:
  case WEIR_TYPE_SFIXED64: weir_wire_put64(out, e->bits); return;
  case WEIR_TYPE_FLOAT:
  case WEIR_TYPE_FIXED32:
  case WEIR_TYPE_SFIXED32: weir_wire_put32(out, (uint32_t)e->bits); return;
  case WEIR_TYPE_SINT32:
  case WEIR_TYPE_SINT64: weir_wire_varint(out, zigzag(e->bits)); return;
  default: weir_wire_varint(out, e->bits); return;
  }
}

static void encode_entry(weir_schema *s, const weir_value_entry *e, weir_bytes *out) {
  uint32_t number = (uint32_t)e->field->number;
  switch (e->field->type) {
  case WEIR_TYPE_DOUBLE:
  case WEIR_TYPE_FIXED64:
  case WEIR_TYPE_SFIXED64: weir_wire_fixed64(out, number, e->bits); return;
  case WEIR_TYPE_FLOAT:
  case WEIR_TYPE_FIXED32:
  case WEIR_TYPE_SFIXED32: weir_wire_fixed32(out, number, (uint32_t)e->bits); return;
  case WEIR_TYPE_SINT32:
  case WEIR_TYPE_SINT64: weir_wire_int(out, number, (int64_t)zigzag(e->bits)); return;
  case WEIR_TYPE_STRING:
  case WEIR_TYPE_BYTES: weir_wire_str(out, number, e->text); return;
  case WEIR_TYPE_GROUP:
    weir_wire_tag(out, number, 3);
    weir_value_encode(s, e->message, out);
    weir_wire_tag(out, number, 4);
    return;
  case WEIR_TYPE_MESSAGE: {
    size_t opened = weir_wire_open(out, number);
    weir_value_encode(s, e->message, out);
    weir_wire_close(out, opened);
    return;
  }
  default: weir_wire_int(out, number, (int64_t)e->bits); return;
  }
}

bool weir_value_is_empty(const weir_value *v) {
  if (!v) return true;
  for (uint32_t i = 0; i < v->entries.len; i++)
    if (!is_source_only(v->entries.data[i].field)) return false;
  return true;
}

typedef struct ordered_entry {
  const weir_value_entry *entry;
  uint32_t at;
} ordered_entry;

static int compare_entries(const void *a, const void *b) {
  const ordered_entry *x = a, *y = b;
  int32_t m = x->entry->field->number, n = y->entry->field->number;
  if (m != n) return (m > n) - (m < n);
  return (x->at > y->at) - (x->at < y->at);
}

void weir_value_encode(weir_schema *s, const weir_value *v, weir_bytes *out) {
  if (!v || !v->entries.len) return;
  ordered_entry *order = weir_schema_alloc(s, v->entries.len * sizeof *order);
  for (uint32_t i = 0; i < v->entries.len; i++) order[i] = (ordered_entry){&v->entries.data[i], i};
  qsort(order, v->entries.len, sizeof *order, compare_entries);
  for (uint32_t i = 0; i < v->entries.len;) {
    const weir_def_field *f = order[i].entry->field;
    uint32_t end = i + 1;
    if (is_source_only(f)) {
    } else if (is_packed(f)) {
      size_t opened = weir_wire_open(out, (uint32_t)f->number);
      encode_number(order[i].entry, out);
      for (; end < v->entries.len && order[end].entry->field == f; end++)
        encode_number(order[end].entry, out);
      weir_wire_close(out, opened);
    } else {
      encode_entry(s, order[i].entry, out);
    }
    i = end;
  }
}
