/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "schema/value.h"

#include "schema/feature.h"
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

bool weir_field_is_source_only(const weir_def_field *f) {
  const weir_value_entry *retention = weir_value_get(f->def.options.value, "retention");
  return retention && retention->bits == RETENTION_SOURCE;
}

void weir_value_choose(weir_value *v, const weir_def_field *f) {
  if (!f->oneof) return;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < v->entries.len; i++) {
    const weir_def_field *other = v->entries.data[i].field;
    if (other != f && other->oneof == f->oneof && other->extendee == f->extendee) continue;
    v->entries.data[kept++] = v->entries.data[i];
  }
  v->entries.len = kept;
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

/* Of a file that is being linked, features are not known before its options are. */
static bool is_packed(const weir_def_field *f) { return f->def.features && weir_field_is_packed(f); }

/* A zero that nobody could tell from an unset field is not written. */
static bool is_implied(const weir_value_entry *e) {
  const weir_def_field *f = e->field;
  return f->def.features && f->label != WEIR_LABEL_REPEATED && !f->message && !e->bits && !e->text.len &&
         !weir_field_has_presence(f);
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

void weir_value_encode_entry(weir_schema *s, const weir_value_entry *e, bool strip, weir_bytes *out) {
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
    weir_value_encode(s, e->message, false, out);
    weir_wire_tag(out, number, 4);
    return;
  case WEIR_TYPE_MESSAGE: {
    size_t opened = weir_wire_open(out, number);
    weir_value_encode(s, e->message, strip, out);
    weir_wire_close(out, opened);
    return;
  }
  default: weir_wire_int(out, number, (int64_t)e->bits); return;
  }
}

bool weir_value_is_empty(const weir_value *v, bool strip) {
  if (!v) return true;
  for (uint32_t i = 0; i < v->entries.len; i++)
    if (!(strip && weir_field_is_source_only(v->entries.data[i].field)) && !is_implied(&v->entries.data[i]))
      return false;
  return !v->unknown.len;
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

/* The entries of one field; the index behind them. */
static uint32_t encode_field(weir_schema *s, const ordered_entry *order, uint32_t i, uint32_t n, bool strip,
                             weir_bytes *out) {
  const weir_def_field *f = order[i].entry->field;
  if (strip && weir_field_is_source_only(f)) {
    for (; i < n && order[i].entry->field == f; i++) {}
  } else if (is_packed(f)) {
    size_t opened = weir_wire_open(out, (uint32_t)f->number);
    for (; i < n && order[i].entry->field == f; i++) encode_number(order[i].entry, out);
    weir_wire_close(out, opened);
  } else {
    for (; i < n && order[i].entry->field == f; i++)
      if (!is_implied(order[i].entry)) weir_value_encode_entry(s, order[i].entry, strip, out);
  }
  return i;
}

/* An entry of a map says its key and its value, even if they are zero. */
static void encode_map_entry(weir_schema *s, const weir_value *v, bool strip, weir_bytes *out) {
  for (uint32_t i = 0; i < v->type->fields.len; i++) {
    weir_def_field *f = v->type->fields.data[i];
    const weir_value_entry *given = weir_value_find(v, f);
    weir_value_entry e = {.field = f, .text = {"", 0}};
    if (f->enumeration && f->enumeration->values.len)
      e.bits = (uint64_t)(int64_t)f->enumeration->values.data[0]->number;
    weir_value_encode_entry(s, given ? given : &e, strip, out);
  }
}

void weir_value_encode(weir_schema *s, const weir_value *v, bool strip, weir_bytes *out) {
  if (!v) return;
  if (v->type->is_map_entry) {
    encode_map_entry(s, v, strip, out);
    return;
  }
  if (v->entries.len) {
    ordered_entry *order = weir_schema_alloc(s, v->entries.len * sizeof *order);
    for (uint32_t i = 0; i < v->entries.len; i++) order[i] = (ordered_entry){&v->entries.data[i], i};
    qsort(order, v->entries.len, sizeof *order, compare_entries);
    for (uint32_t i = 0; i < v->entries.len;) i = encode_field(s, order, i, v->entries.len, strip, out);
  }
  if (v->unknown.len) weir_bytes_append_str(out, weir_bytes_view(&v->unknown));
}

/* ---- required fields ------------------------------------------------------------------------------------- */

static void append_name(weir_bytes *out, const weir_def_field *f) {
  if (f->extendee)
    weir_bytes_printf(out, "(" WEIR_FMT ")", WEIR_ARG(f->def.full_name));
  else
    weir_bytes_append_str(out, f->def.name);
}

static void find_missing(const weir_value *v, weir_bytes *prefix, weir_bytes *out) {
  for (uint32_t i = 0; i < v->type->fields.len; i++) {
    const weir_def_field *f = v->type->fields.data[i];
    if (f->label != WEIR_LABEL_REQUIRED || weir_value_find(v, f)) continue;
    if (out->len) weir_bytes_append_cstr(out, ", ");
    if (prefix->len) weir_bytes_append(out, prefix->data, prefix->len);
    append_name(out, f);
  }
  uint32_t index = 0;
  for (uint32_t i = 0; i < v->entries.len; i++) {
    const weir_value_entry *e = &v->entries.data[i];
    if (!e->message) continue;
    size_t len = prefix->len;
    bool goes_on = i > 0 && v->entries.data[i - 1].field == e->field; /* as a rule: then no need to count */
    index = goes_on ? index + 1 : 0;
    for (uint32_t k = 0; !goes_on && k < i; k++) index += v->entries.data[k].field == e->field;
    append_name(prefix, e->field);
    if (e->field->label == WEIR_LABEL_REPEATED) weir_bytes_printf(prefix, "[%u]", (unsigned)index);
    weir_bytes_append_cstr(prefix, ".");
    find_missing(e->message, prefix, out);
    prefix->len = len;
  }
}

weir_str weir_value_missing(weir_schema *s, const weir_value *v) {
  weir_bytes prefix = weir_bytes_in(s->mem), out = weir_bytes_in(s->mem);
  find_missing(v, &prefix, &out);
  if (prefix.failed || out.failed) weir_schema_check(s, (weir_str){NULL, 0});
  return out.len ? weir_bytes_view(&out) : WEIR_STR("");
}
