/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
#include "pb/names.h"

/* Up to here a walk is as fast as hashing. */
#define LINEAR_FIELDS 8u

size_t pb_json_name(weir_str from, char *to) {
  size_t n = 0;
  bool upper = false;
  for (size_t i = 0; i < from.len; i++) {
    char c = from.data[i];
    if (c == '_') {
      upper = true;
      continue;
    }
    to[n++] = upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    upper = false;
  }
  return n;
}

static bool needs_escape(weir_str s) {
  for (size_t i = 0; i < s.len; i++)
    if ((unsigned char)s.data[i] < 0x20 || s.data[i] == '"' || s.data[i] == '\\') return true;
  return false;
}

/* The name as JSON writes it in front of a value. */
static bool make_key(weir_arena *a, pb_name *name) {
  static const char hex[] = "0123456789abcdef";
  size_t room = name->json.len * (needs_escape(name->json) ? 6 : 1) + 3;
  char *start = (char *)weir_arena_take(a, room), *p = start;
  if (!p) return false;
  *p++ = '"';
  for (size_t i = 0; i < name->json.len; i++) {
    char c = name->json.data[i];
    if ((unsigned char)c < 0x20 || c == '"' || c == '\\') {
      memcpy(p, "\\u00", 4);
      p[4] = hex[(unsigned char)c >> 4];
      p[5] = hex[c & 15];
      p += 6;
    } else {
      *p++ = c;
    }
  }
  memcpy(p, "\":", 2);
  name->key = (weir_str){start, (size_t)(p + 2 - start)};
  return true;
}

/* The entry of a type's names at *at, which moves on to the next. */
static bool make_name(weir_arena *a, const char **at, pb_name *name) {
  size_t len = strlen(*at), plain = strcspn(*at, "=");
  name->text = (weir_str){*at, plain};
  if (plain < len) {
    name->json = (weir_str){*at + plain + 1, len - plain - 1};
  } else if (memchr(*at, '_', len)) {
    char *json = (char *)weir_arena_take(a, len);
    if (!json) return false;
    name->json = (weir_str){json, pb_json_name(name->text, json)};
  } else {
    name->json = name->text;
  }
  *at += len + 1;
  return make_key(a, name);
}

/* Keys are the schema's: who sends names cannot make them collide. */
static uint32_t name_hash(weir_str s) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < s.len; i++) h = (h ^ (uint8_t)s.data[i]) * 16777619u;
  return h ^ h >> 15;
}

static void slot_put(uint32_t *slots, uint32_t mask, weir_str name, uint32_t row) {
  uint32_t at = name_hash(name) & mask;
  while (slots[at]) at = (at + 1) & mask;
  slots[at] = row + 1;
}

static bool make_slots(weir_arena *a, pb_names *n, uint32_t n_fields) {
  size_t count = 64;
  while (count < (size_t)n_fields * 4) count *= 2;
  uint32_t *slots = (uint32_t *)weir_alloc(a, count * sizeof *slots);
  if (!slots) return false;
  n->mask = (uint32_t)count - 1;
  for (uint32_t i = 0; i < n_fields; i++) {
    slot_put(slots, n->mask, n->fields[i].json, i);
    if (!weir_str_eq(n->fields[i].json, n->fields[i].text)) slot_put(slots, n->mask, n->fields[i].text, i);
  }
  n->slots = slots;
  return true;
}

static pb_names *names_new(weir_arena *a, const weir_pb_type *t) {
  pb_names *n = (pb_names *)weir_alloc(a, sizeof *n);
  pb_name *fields = (pb_name *)weir_arena_take(a, t->n_fields * sizeof *fields);
  if (!n || !fields) return NULL;
  const char *at = t->names;
  for (uint32_t i = 0; i < t->n_fields; i++)
    if (!make_name(a, &at, &fields[i])) return NULL;
  n->type = t;
  n->fields = fields;
  return t->n_fields <= LINEAR_FIELDS || make_slots(a, n, t->n_fields) ? n : NULL;
}

WEIR_NOINLINE const pb_names *pb_names_make(pb_name_cache *c, const weir_pb_type *t) {
  pb_names **at = &c->buckets[((uintptr_t)t >> 5) % PB_NAMES_BUCKETS], *n;
  pb_names **first = at;
  while (*at && (*at)->type != t) at = &(*at)->next;
  n = *at;
  if (n)
    *at = n->next; /* the one used last comes first */
  else
    n = names_new(c->arena, t);
  if (!n) return NULL;
  n->next = *first;
  return *first = n;
}

const weir_pb_field *pb_names_find(const pb_names *n, weir_str name, bool json, uint32_t hint) {
  const weir_pb_type *t = n->type;
  if (hint < t->n_fields && weir_str_eq(name, json ? n->fields[hint].json : n->fields[hint].text))
    return &t->fields[hint];
  if (n->slots) {
    for (uint32_t at = name_hash(name) & n->mask; n->slots[at]; at = (at + 1) & n->mask) {
      const pb_name *f = &n->fields[n->slots[at] - 1];
      if (weir_str_eq(name, f->text) || (json && weir_str_eq(name, f->json)))
        return &t->fields[n->slots[at] - 1];
    }
    return NULL;
  }
  for (uint32_t i = 0; i < t->n_fields; i++)
    if (weir_str_eq(name, n->fields[i].text) || (json && weir_str_eq(name, n->fields[i].json)))
      return &t->fields[i];
  return NULL;
}

/* ---- enums --------------------------------------------------------------------------------------------- */

weir_str pb_enum_name(const weir_pb_enum *e, int32_t number) {
  uint32_t at = 0, high = e->n_values;
  while (at < high) {
    uint32_t mid = at + (high - at) / 2;
    if (e->values[mid] < number)
      at = mid + 1;
    else
      high = mid;
  }
  if (at == e->n_values || e->values[at] != number) return (weir_str){NULL, 0};
  const char *name = e->names;
  while (at--) name += strlen(name) + 1;
  return weir_str_of(name);
}

bool pb_enum_number(const weir_pb_enum *e, weir_str name, int32_t *number) {
  const char *at = e->names;
  for (uint32_t i = 0; i < e->n_values; i++) {
    size_t len = strlen(at);
    if (len == name.len && !memcmp(at, name.data, len)) return *number = e->values[i], true;
    at += len + 1;
  }
  return false;
}
