/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* def.h - what a .proto file declares. The parser makes these trees, with a position for all that an error
 * may point at; the linker fills in the members marked (link). Words are those of descriptor.proto.
 * All of it lives in the arena of one weir_schema, and is read-only once linked. */
#ifndef WEIR_SCHEMA_DEF_H
#define WEIR_SCHEMA_DEF_H

#include "schema/report.h"

/* A growing array in the arena; see weir_schema_push. */
#define WEIR_LIST(T)   \
  struct {             \
    T *data;           \
    uint32_t len, cap; \
  }

typedef enum weir_def_kind {
  WEIR_DEF_FILE,
  WEIR_DEF_PACKAGE,
  WEIR_DEF_MESSAGE,
  WEIR_DEF_FIELD,
  WEIR_DEF_ONEOF,
  WEIR_DEF_ENUM,
  WEIR_DEF_VALUE, /* of an enum */
  WEIR_DEF_SERVICE,
  WEIR_DEF_METHOD,
  WEIR_DEF_RANGE /* of extension numbers */
} weir_def_kind;

typedef enum weir_syntax { WEIR_PROTO2, WEIR_PROTO3, WEIR_EDITIONS } weir_syntax;

/* The numbers of descriptor.proto's Edition. */
enum {
  WEIR_EDITION_LEGACY = 900,
  WEIR_EDITION_PROTO2 = 998,
  WEIR_EDITION_PROTO3 = 999,
  WEIR_EDITION_2023 = 1000,
  WEIR_EDITION_2024 = 1001,
  WEIR_EDITION_2026 = 1002,
  WEIR_EDITION_UNSTABLE = 9999
};

/* The features of descriptor.proto's FeatureSet, as an index: the number of its field, less 1. */
typedef enum weir_feature {
  WEIR_FIELD_PRESENCE,
  WEIR_ENUM_TYPE,
  WEIR_REPEATED_FIELD_ENCODING,
  WEIR_UTF8_VALIDATION,
  WEIR_MESSAGE_ENCODING,
  WEIR_JSON_FORMAT,
  WEIR_ENFORCE_NAMING_STYLE,
  WEIR_DEFAULT_SYMBOL_VISIBILITY,
  WEIR_ENFORCE_PROTO_LIMITS,
  WEIR_FEATURES
} weir_feature;

/* Values of those features; the numbers of FeatureSet's enums. */
enum { WEIR_PRESENCE_EXPLICIT = 1, WEIR_PRESENCE_IMPLICIT, WEIR_PRESENCE_LEGACY_REQUIRED };
enum { WEIR_ENUM_OPEN = 1, WEIR_ENUM_CLOSED };
enum { WEIR_REPEATED_PACKED = 1, WEIR_REPEATED_EXPANDED };
enum { WEIR_UTF8_VERIFY = 2, WEIR_UTF8_NONE };
enum { WEIR_ENCODING_LENGTH_PREFIXED = 1, WEIR_ENCODING_DELIMITED };
enum { WEIR_JSON_ALLOW = 1, WEIR_JSON_LEGACY_BEST_EFFORT };
enum { WEIR_STYLE_2024 = 1, WEIR_STYLE_LEGACY, WEIR_STYLE_2026 };
enum {
  WEIR_VISIBILITY_EXPORT_ALL = 1,
  WEIR_VISIBILITY_EXPORT_TOP_LEVEL,
  WEIR_VISIBILITY_LOCAL_ALL,
  WEIR_VISIBILITY_STRICT
};
enum { WEIR_LIMITS_LEGACY = 1, WEIR_LIMITS_2026 };

/** Resolved features: what holds for a declaration, its own and those of what it stands in taken together. */
typedef struct weir_features {
  uint8_t value[WEIR_FEATURES];
} weir_features;

/* descriptor.proto's SymbolVisibility: what `export` and `local` say. */
typedef enum weir_visibility {
  WEIR_VISIBILITY_UNSET,
  WEIR_VISIBILITY_LOCAL,
  WEIR_VISIBILITY_EXPORT
} weir_visibility;

/** Index of a location in weir_def_file.locations. */
typedef uint32_t weir_loc;
#define WEIR_NO_LOC UINT32_MAX

/* The numbers of descriptor.proto's FieldDescriptorProto.Type and Label. */
typedef enum weir_type {
  WEIR_TYPE_UNRESOLVED = 0, /* a name: message or enum */
  WEIR_TYPE_DOUBLE = 1,
  WEIR_TYPE_FLOAT,
  WEIR_TYPE_INT64,
  WEIR_TYPE_UINT64,
  WEIR_TYPE_INT32,
  WEIR_TYPE_FIXED64,
  WEIR_TYPE_FIXED32,
  WEIR_TYPE_BOOL,
  WEIR_TYPE_STRING,
  WEIR_TYPE_GROUP,
  WEIR_TYPE_MESSAGE,
  WEIR_TYPE_BYTES,
  WEIR_TYPE_UINT32,
  WEIR_TYPE_ENUM,
  WEIR_TYPE_SFIXED32,
  WEIR_TYPE_SFIXED64,
  WEIR_TYPE_SINT32,
  WEIR_TYPE_SINT64
} weir_type;

typedef enum weir_label {
  WEIR_LABEL_NONE,
  WEIR_LABEL_OPTIONAL,
  WEIR_LABEL_REQUIRED,
  WEIR_LABEL_REPEATED
} weir_label;

typedef struct weir_def_file weir_def_file;
typedef struct weir_def_message weir_def_message;
typedef struct weir_def_field weir_def_field;
typedef struct weir_def_oneof weir_def_oneof;
typedef struct weir_def_enum weir_def_enum;
typedef struct weir_def_value weir_def_value;
typedef struct weir_def_service weir_def_service;
typedef struct weir_def_method weir_def_method;
typedef struct weir_value weir_value;

/** Text of comments, without their markers, each line with its newline. */
typedef struct weir_doc {
  weir_str leading;             /* the block directly above */
  weir_str trailing;            /* behind it on its line, or directly below */
  WEIR_LIST(weir_str) detached; /* paragraphs above, set off by blank lines */
} weir_doc;

/** An entry of SourceCodeInfo. */
typedef struct weir_location {
  int32_t *path;
  uint32_t path_len;
  weir_pos start, end;
  const weir_doc *doc; /* or NULL */
} weir_location;

/* ---- options ------------------------------------------------------------------------------------------ */

typedef enum weir_option_kind {
  WEIR_OPTION_IDENT,
  WEIR_OPTION_POSITIVE, /* integer */
  WEIR_OPTION_NEGATIVE, /* integer; `integer` holds its two's complement */
  WEIR_OPTION_DOUBLE,
  WEIR_OPTION_STRING,
  WEIR_OPTION_AGGREGATE /* { ... }; `text` is what stands between the braces */
} weir_option_kind;

typedef struct weir_option_part {
  weir_str name;
  bool is_extension; /* stood in parentheses */
} weir_option_part;

/** One `name = value`, as written. */
typedef struct weir_option {
  WEIR_LIST(weir_option_part) name;
  weir_pos name_pos, value_pos;
  weir_loc loc; /* its path is that of the options message until it is interpreted */
  weir_option_kind kind;
  weir_str text;
  uint64_t integer;
  double number;
} weir_option;

typedef struct weir_options {
  WEIR_LIST(weir_option) list;
  weir_value *value; /* (link) the options message; NULL: empty */
  bool is_block;     /* braces were given, even if nothing stood in them: a method's */
  weir_bytes wire;   /* (link) one encoded field for each of the list, built-in options first */
  weir_str raw;      /* of files that come as descriptors: the encoded message, in place of the list */
} weir_options;

/** A message value: what interpreted options are made of. Entries stand in the order they were set. */
typedef struct weir_value_entry {
  weir_def_field *field;
  uint64_t bits;       /* integers, bool and enum (sign-extended), float and double by their bits */
  weir_str text;       /* string and bytes */
  weir_value *message; /* message and group */
} weir_value_entry;

struct weir_value {
  weir_def_message *type;
  WEIR_LIST(weir_value_entry) entries;
  weir_bytes unknown; /* fields that the type does not have, encoded */
};

/* ---- declarations ------------------------------------------------------------------------------------- */

/** What all declarations share; the first member of each. */
typedef struct weir_def {
  weir_def_kind kind;
  weir_str name;
  weir_str full_name; /* (link) with its scope, no leading dot */
  weir_pos name_pos;
  struct weir_def *parent; /* the message, enum or service it stands in; NULL directly in the file */
  weir_def_file *file;
  weir_doc doc;
  weir_loc loc;
  weir_options options;
  const weir_features *features; /* (link) */
} weir_def;

/** `extensions a to b`, and `reserved` numbers; `end` is exclusive in messages, inclusive in enums. */
typedef struct weir_range {
  weir_def def;
  int32_t start, end;
} weir_range;

typedef struct weir_reserved_name {
  weir_str name;
  weir_pos pos;
} weir_reserved_name;

struct weir_def_field {
  weir_def def;
  weir_label label;
  weir_type type;
  int32_t number;
  weir_str type_name; /* as written; empty for scalars */
  weir_pos type_pos, number_pos;
  weir_str extendee_name; /* as written; empty unless it is an extension */
  weir_pos extendee_pos;
  weir_str default_text; /* as descriptor.proto spells it; bytes are escaped */
  weir_pos default_pos;
  weir_str json_name; /* given, or (link) derived */
  weir_pos json_pos;
  weir_def_oneof *oneof; /* or NULL; includes the synthetic one of a proto3 optional field */
  bool has_default, has_json_name, is_proto3_optional;
  bool is_map;                   /* repeated, and `message` is a map entry */
  weir_def_message *message;     /* (link) message and group types */
  weir_def_enum *enumeration;    /* (link) enum types */
  weir_def_value *default_value; /* (link) of enum types with an explicit default */
  weir_def_message *extendee;    /* (link) */
};

struct weir_def_oneof {
  weir_def def;
  WEIR_LIST(weir_def_field *) fields;
  uint32_t index;
  bool is_synthetic; /* made for a proto3 optional field */
};

struct weir_def_message {
  weir_def def;
  WEIR_LIST(weir_def_field *) fields;
  WEIR_LIST(weir_def_oneof *) oneofs; /* synthetic ones last */
  WEIR_LIST(weir_def_message *) messages;
  WEIR_LIST(weir_def_enum *) enums;
  WEIR_LIST(weir_def_field *) extensions; /* declared in this scope */
  WEIR_LIST(weir_range) extension_ranges;
  WEIR_LIST(weir_range) reserved_ranges;
  WEIR_LIST(weir_reserved_name) reserved_names;
  weir_visibility visibility;
  bool is_map_entry, is_group;
  int32_t hint_count; /* (link) free numbers to suggest, and the mistake they are suggested for */
  weir_pos hint_pos;
};

struct weir_def_value {
  weir_def def;
  int32_t number;
  weir_pos number_pos;
};

struct weir_def_enum {
  weir_def def;
  WEIR_LIST(weir_def_value *) values;
  WEIR_LIST(weir_range) reserved_ranges;
  WEIR_LIST(weir_reserved_name) reserved_names;
  weir_visibility visibility;
};

struct weir_def_method {
  weir_def def;
  weir_str input_name, output_name; /* as written */
  weir_pos input_pos, output_pos;
  bool client_streaming, server_streaming;
  weir_def_message *input, *output; /* (link) */
};

struct weir_def_service {
  weir_def def;
  WEIR_LIST(weir_def_method *) methods;
};

typedef struct weir_import {
  weir_str name;
  weir_pos pos;
  bool is_public, is_weak, is_option; /* option imports stand behind all others */
  weir_def_file *file;                /* (link) */
} weir_import;

struct weir_def_file {
  weir_def def;    /* name: as importers write it */
  weir_str path;   /* as the user knows it: on disk */
  weir_str source; /* its text */
  weir_syntax syntax;
  int32_t edition; /* of proto2 and proto3 too */
  weir_pos syntax_pos;
  weir_str package;
  bool has_package;
  weir_pos package_pos;
  WEIR_LIST(weir_import) imports;
  WEIR_LIST(weir_def_message *) messages;
  WEIR_LIST(weir_def_enum *) enums;
  WEIR_LIST(weir_def_service *) services;
  WEIR_LIST(weir_def_field *) extensions;
  WEIR_LIST(weir_def_file *) visible; /* (link) imports and, through public imports, theirs */
  WEIR_LIST(weir_location) locations; /* if weir_schema.keep_source_info was set */
  bool is_descriptor;                 /* `source` is a FileDescriptorProto */
  bool is_builtin;                    /* came from the binary, not from the user's folders */
  bool failed;                        /* it has errors: its names are as if they were not there */
  bool used;                          /* (link) the file being linked uses a name of this one */
  uint32_t mark;        /* (link) equals weir_schema.mark if the file being linked sees this one */
  uint32_t option_mark; /* the same for what it sees through option imports: extensions only */
  int state;            /* see schema.c */
};

#endif
