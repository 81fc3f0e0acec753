/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* feature.c - features of editions: defaults of the edition, then what the file, and each declaration within, say. proto2
 * and proto3 are editions whose features cannot be set, but follow from labels and options. */
#include "schema/feature.h"

#include "schema/link.h"
#include "schema/value.h"
#include "schema/walk.h"

/* What `protoc --edition_defaults_out` says; sorted by edition. */
static const struct {
  int32_t edition;
  weir_features features;
} defaults[] = {
    {WEIR_EDITION_LEGACY,
     {{WEIR_PRESENCE_EXPLICIT, WEIR_ENUM_CLOSED, WEIR_REPEATED_EXPANDED, WEIR_UTF8_NONE,
       WEIR_ENCODING_LENGTH_PREFIXED, WEIR_JSON_LEGACY_BEST_EFFORT, WEIR_STYLE_LEGACY,
       WEIR_VISIBILITY_EXPORT_ALL, WEIR_LIMITS_LEGACY}}},
    {WEIR_EDITION_PROTO3,
     {{WEIR_PRESENCE_IMPLICIT, WEIR_ENUM_OPEN, WEIR_REPEATED_PACKED, WEIR_UTF8_VERIFY,
       WEIR_ENCODING_LENGTH_PREFIXED, WEIR_JSON_ALLOW, WEIR_STYLE_LEGACY, WEIR_VISIBILITY_EXPORT_ALL,
       WEIR_LIMITS_LEGACY}}},
    {WEIR_EDITION_2023,
     {{WEIR_PRESENCE_EXPLICIT, WEIR_ENUM_OPEN, WEIR_REPEATED_PACKED, WEIR_UTF8_VERIFY,
       WEIR_ENCODING_LENGTH_PREFIXED, WEIR_JSON_ALLOW, WEIR_STYLE_LEGACY, WEIR_VISIBILITY_EXPORT_ALL,
       WEIR_LIMITS_LEGACY}}},
    {WEIR_EDITION_2024,
     {{WEIR_PRESENCE_EXPLICIT, WEIR_ENUM_OPEN, WEIR_REPEATED_PACKED, WEIR_UTF8_VERIFY,
       WEIR_ENCODING_LENGTH_PREFIXED, WEIR_JSON_ALLOW, WEIR_STYLE_2024, WEIR_VISIBILITY_EXPORT_TOP_LEVEL,
       WEIR_LIMITS_LEGACY}}},
    {WEIR_EDITION_2026,
     {{WEIR_PRESENCE_EXPLICIT, WEIR_ENUM_OPEN, WEIR_REPEATED_PACKED, WEIR_UTF8_VERIFY,
       WEIR_ENCODING_LENGTH_PREFIXED, WEIR_JSON_ALLOW, WEIR_STYLE_2026, WEIR_VISIBILITY_STRICT,
       WEIR_LIMITS_2026}}},
};

static const char *const feature_names[][2] = {
    {"field_presence", "FIELD_PRESENCE"},
    {"enum_type", "ENUM_TYPE"},
    {"repeated_field_encoding", "REPEATED_FIELD_ENCODING"},
    {"utf8_validation", "UTF8_VALIDATION"},
    {"message_encoding", "MESSAGE_ENCODING"},
    {"json_format", "JSON_FORMAT"},
    {"enforce_naming_style", "ENFORCE_NAMING_STYLE"},
    {"default_symbol_visibility", "DEFAULT_SYMBOL_VISIBILITY"},
    {"enforce_proto_limits", "PROTO_LIMITS"},
};

/* The highest value of each: what comes as a descriptor may hold any number, and one without a name says nothing. */
static const uint8_t highest[WEIR_FEATURES] = {WEIR_PRESENCE_LEGACY_REQUIRED,
                                               WEIR_ENUM_CLOSED,
                                               WEIR_REPEATED_EXPANDED,
                                               WEIR_UTF8_NONE,
                                               WEIR_ENCODING_DELIMITED,
                                               WEIR_JSON_LEGACY_BEST_EFFORT,
                                               WEIR_STYLE_2026,
                                               WEIR_VISIBILITY_STRICT,
                                               WEIR_LIMITS_2026};

weir_str weir_edition_name(weir_schema *s, int32_t edition) {
  static const struct {
    int32_t edition;
    const char *name;
  } names[] = {{0, "UNKNOWN"},
               {1, "1_TEST_ONLY"},
               {2, "2_TEST_ONLY"},
               {WEIR_EDITION_LEGACY, "LEGACY"},
               {WEIR_EDITION_PROTO2, "PROTO2"},
               {WEIR_EDITION_PROTO3, "PROTO3"},
               {WEIR_EDITION_2023, "2023"},
               {WEIR_EDITION_2024, "2024"},
               {WEIR_EDITION_2026, "2026"},
               {WEIR_EDITION_UNSTABLE, "UNSTABLE"},
               {99997, "99997_TEST_ONLY"},
               {99998, "99998_TEST_ONLY"},
               {99999, "99999_TEST_ONLY"},
               {INT32_MAX, "MAX"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].edition == edition) return weir_str_of(names[i].name);
  return weir_schema_printf(s, "%d", (int)edition);
}

const char *weir_visibility_name(int value) {
  static const char *const names[] = {"DEFAULT_SYMBOL_VISIBILITY_UNKNOWN", "EXPORT_ALL", "EXPORT_TOP_LEVEL",
                                      "LOCAL_ALL", "STRICT"};
  return names[value];
}

static const weir_value *given_features(const weir_def *d) {
  const weir_value_entry *e = weir_value_get(d->options.value, "features");
  return e ? e->message : NULL;
}

int weir_feature_given(const weir_def *d, weir_feature feature) {
  const weir_value_entry *e = weir_value_get(given_features(d), feature_names[feature][0]);
  return e ? (int)e->bits : 0;
}

static const weir_features *defaults_of(const weir_def_file *file) {
  size_t i = sizeof defaults / sizeof *defaults;
  while (i > 1 && defaults[i - 1].edition > file->edition) i--;
  return &defaults[i - 1].features;
}

/* ---- resolution ---------------------------------------------------------------------------------------- */

static const weir_features *parent_features(const weir_def *d) {
  if (d->kind == WEIR_DEF_FILE) return defaults_of(d->file);
  if (d->kind == WEIR_DEF_FIELD) {
    const weir_def_field *f = (const weir_def_field *)(const void *)d;
    if (f->oneof && !f->extendee) return f->oneof->def.features;
  }
  return d->parent ? d->parent->features : d->file->def.features;
}

/* What labels and options say in place of features. */
static void infer_features(const weir_def *d, weir_features *out) {
  if (d->kind != WEIR_DEF_FIELD || d->file->syntax == WEIR_EDITIONS) return;
  const weir_def_field *f = (const weir_def_field *)(const void *)d;
  if (f->label == WEIR_LABEL_REQUIRED) out->value[WEIR_FIELD_PRESENCE] = WEIR_PRESENCE_LEGACY_REQUIRED;
  if (f->type == WEIR_TYPE_GROUP) out->value[WEIR_MESSAGE_ENCODING] = WEIR_ENCODING_DELIMITED;
  const weir_value_entry *packed = weir_value_get(d->options.value, "packed");
  if (packed && packed->bits) out->value[WEIR_REPEATED_FIELD_ENCODING] = WEIR_REPEATED_PACKED;
  if (packed && !packed->bits && d->file->syntax == WEIR_PROTO3)
    out->value[WEIR_REPEATED_FIELD_ENCODING] = WEIR_REPEATED_EXPANDED;
}

static weir_pos features_pos(const weir_def *d) {
  return d->kind == WEIR_DEF_FILE && d->file->syntax_pos.line >= 0 ? d->file->syntax_pos : d->name_pos;
}

static bool merge_features(weir_schema *s, const weir_def *d, const weir_value *given, weir_features *out) {
  for (int i = 0; i < WEIR_FEATURES; i++) {
    const weir_value_entry *e = weir_value_get(given, feature_names[i][0]);
    if (!e || e->bits > highest[i]) continue;
    if (!e->bits) {
      weir_schema_error(s, d->file, features_pos(d),
                        "Feature field `%s` must resolve to a known value, found %s_UNKNOWN",
                        feature_names[i][0], feature_names[i][1]);
      return false;
    }
    out->value[i] = (uint8_t)e->bits;
  }
  return true;
}

static void resolve(weir_schema *s, weir_def *d, void *ctx) {
  (void)ctx;
  const weir_features *parent = parent_features(d);
  const weir_value *given = given_features(d);
  weir_features own = *parent;
  d->features = parent;
  if (given && d->file->syntax != WEIR_EDITIONS)
    weir_schema_error(s, d->file, features_pos(d), "Features are only valid under editions.");
  if (given && !merge_features(s, d, given, &own)) return;
  infer_features(d, &own);
  if (memcmp(&own, parent, sizeof own) == 0) return;
  weir_features *kept = weir_schema_alloc(s, sizeof *kept);
  *kept = own;
  d->features = kept;
}

/* Required and delimited fields of editions become what they are in proto2. */
static void settle_field(weir_schema *s, weir_def *d, void *ctx) {
  (void)s, (void)ctx;
  if (d->kind != WEIR_DEF_FIELD) return;
  weir_def_field *f = (weir_def_field *)(void *)d;
  if (d->features->value[WEIR_FIELD_PRESENCE] == WEIR_PRESENCE_LEGACY_REQUIRED &&
      f->label == WEIR_LABEL_OPTIONAL)
    f->label = WEIR_LABEL_REQUIRED;
  const weir_def_message *scope =
      f->extendee ? f->extendee : (const weir_def_message *)(const void *)d->parent;
  if (f->type == WEIR_TYPE_MESSAGE && !scope->is_map_entry && !f->message->is_map_entry &&
      d->features->value[WEIR_MESSAGE_ENCODING] == WEIR_ENCODING_DELIMITED)
    f->type = WEIR_TYPE_GROUP;
}

void weir_link_features(weir_schema *s, weir_def_file *file) {
  weir_walk(s, file, resolve, NULL);
  weir_walk(s, file, settle_field, NULL);
}
