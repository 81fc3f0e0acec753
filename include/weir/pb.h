/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* pb.h - the protobuf message runtime (libweirpb; usable without RPC): what generated code is made of, and the
 * calls that read and write messages by their tables.
 *
 * A message is a plain struct. `{0}` is the empty message; it may live on the stack, in static memory or in an
 * arena, and is encoded from any of them. Its first member is a weir_pb_hdr. Nothing in a message is ever freed
 * by itself: whatever the runtime adds to it comes from the arena that the caller passes.
 *
 * docs/generated-code.md shows what weirc generates for each construct of a .proto file.
 *
 * Not here: what a struct's layout is, seen from another program. It is private to the program the .proto was
 * compiled into; pass encoded bytes between shared objects, not structs. */
#ifndef WEIR_PB_H
#define WEIR_PB_H

#include <weir/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what messages are made of ------------------------------------------------------------------------ */

/** First member of every message: its unknown fields (weir_pb_unknown reads them). Zero is none. */
typedef struct weir_pb_hdr {
  struct weir_pb_extra *extra;
} weir_pb_hdr;

/* Repeated fields. `data` may be borrowed (a static array, say): with cap 0 and len set, the first append moves
 * the elements into the arena and leaves the borrowed array alone. Enums are int32. A repeated message field has
 * a generated type of the same shape that holds pointers, none of them NULL. */
typedef struct weir_pb_strs {
  weir_str *data;
  uint32_t len, cap;
} weir_pb_strs;
typedef struct weir_pb_i32s {
  int32_t *data;
  uint32_t len, cap;
} weir_pb_i32s;
typedef struct weir_pb_u32s {
  uint32_t *data;
  uint32_t len, cap;
} weir_pb_u32s;
typedef struct weir_pb_i64s {
  int64_t *data;
  uint32_t len, cap;
} weir_pb_i64s;
typedef struct weir_pb_u64s {
  uint64_t *data;
  uint32_t len, cap;
} weir_pb_u64s;
typedef struct weir_pb_f32s {
  float *data;
  uint32_t len, cap;
} weir_pb_f32s;
typedef struct weir_pb_f64s {
  double *data;
  uint32_t len, cap;
} weir_pb_f64s;
typedef struct weir_pb_bools {
  bool *data;
  uint32_t len, cap;
} weir_pb_bools;

/** Finds map entries by key; made on demand, NULL in a new map. */
typedef struct weir_pb_index weir_pb_index;

/** The shape of every map field: entries in the order in which their keys first came. The generated type is the
 * same with typed entries: struct { K key; V value; } *data. Walk data[0 .. len); add, find and remove through
 * the generated functions. As with repeated fields, `data` may be borrowed (cap 0), with keys that differ and, for
 * removing, writable. */
typedef struct weir_pb_map {
  void *data;
  uint32_t len, cap;
  weir_pb_index *index;
} weir_pb_map;

/**
 * Appends `by` zeroed elements to a repeated field.
 *
 * vec      a weir_pb_... vector or a generated one
 * Returns  the first new element, or NULL when out of memory (or beyond 2^31 elements); the vector is then as it
 *          was. Pointers into the vector from before the call are no longer valid.
 */
WEIR_API void *weir_pb_grow(void *vec, size_t elem_size, uint32_t by, weir_arena *a);

/* ---- tables: constant data, generated; read by the codec only ----------------------------------------- */

typedef struct weir_pb_type weir_pb_type;

/** weir_pb_type.version and weir_pb_enum.version. Later versions append members. */
#define WEIR_PB_VERSION 1u

/* weir_pb_field.kind: what the field is (the numbers of FieldDescriptorProto.Type) ... */
enum {
  WEIR_PB_DOUBLE = 1,
  WEIR_PB_FLOAT = 2,
  WEIR_PB_INT64 = 3,
  WEIR_PB_UINT64 = 4,
  WEIR_PB_INT32 = 5,
  WEIR_PB_FIXED64 = 6,
  WEIR_PB_FIXED32 = 7,
  WEIR_PB_BOOL = 8,
  WEIR_PB_STRING = 9,
  WEIR_PB_GROUP = 10, /* also a message field of an edition with message_encoding = DELIMITED */
  WEIR_PB_MESSAGE = 11,
  WEIR_PB_BYTES = 12,
  WEIR_PB_UINT32 = 13,
  WEIR_PB_ENUM = 14,
  WEIR_PB_SFIXED32 = 15,
  WEIR_PB_SFIXED64 = 16,
  WEIR_PB_SINT32 = 17,
  WEIR_PB_SINT64 = 18,
  WEIR_PB_KIND = 0x1f, /* mask */
  /* ... or'ed with how it is held. None of these: implicit presence (zero is absent), or a message pointer. */
  WEIR_PB_HAS = 1 << 5,      /* `presence` is the offset of a bool */
  WEIR_PB_ONEOF = 2 << 5,    /* `presence` is the offset of the int32_t case, which holds a field number */
  WEIR_PB_REPEATED = 3 << 5, /* `offset` is that of a vector */
  WEIR_PB_MAP = 4 << 5, /* with WEIR_PB_MESSAGE; `offset` is that of a map, subs[sub].type the entry's type */
  WEIR_PB_MODE = 7 << 5 /* mask */
};

/* weir_pb_field.flags */
enum {
  WEIR_PB_PACKED = 1, /* encode packed; both forms are decoded in any case */
  WEIR_PB_UTF8 = 2,   /* a string that must be valid UTF-8 */
  WEIR_PB_CLOSED = 4, /* a closed enum; subs[sub].enum_ has its values */
  WEIR_PB_REQUIRED = 8
};

/** One field; rows of a type are sorted by number. */
typedef struct weir_pb_field {
  uint32_t number;
  uint32_t offset;   /* of the member */
  uint32_t presence; /* see WEIR_PB_HAS, WEIR_PB_ONEOF; else 0 */
  uint16_t sub;      /* index into the type's subs, for messages, groups, maps and enums; else 0 */
  uint8_t kind;      /* kind | mode */
  uint8_t flags;
} weir_pb_field;

/** An enum's values, sorted by number, then in the order of the .proto (aliases). */
typedef struct weir_pb_enum {
  uint32_t version;
  uint32_t n_values;
  const int32_t *values;
  const char *names;     /* of the values, in that order, each with its NUL: "RED\0GREEN" */
  const char *full_name; /* demo.Color */
  uint32_t flags;        /* WEIR_PB_CLOSED or 0 */
  int32_t first;         /* the value that the .proto lists first: the default */
} weir_pb_enum;

typedef union weir_pb_sub {
  const weir_pb_type *type;
  const weir_pb_enum *enum_;
} weir_pb_sub;

/** The default of a proto2 field that is not zero or empty. */
typedef struct weir_pb_default {
  uint32_t number;
  uint32_t len;  /* of a string or bytes */
  uint64_t bits; /* of a number: an integer sign-extended to 64 bits, a double's or float's IEEE 754 bits */
  const char *data; /* of a string or bytes */
} weir_pb_default;

/* weir_pb_type.flags */
enum {
  WEIR_PB_MAP_ENTRY = 1,    /* the struct has no weir_pb_hdr: unknown fields are dropped */
  WEIR_PB_HAS_REQUIRED = 2, /* a field of this very message is WEIR_PB_REQUIRED */
  WEIR_PB_EXTENDABLE = 4,   /* the message has extension ranges */
  WEIR_PB_MESSAGE_SET = 8   /* its extensions are encoded as items of a message set */
};

/** A message type: a constant that weirc emits. Pass it around, leave its members to the runtime. */
struct weir_pb_type {
  uint32_t version;
  uint32_t size; /* of the struct */
  uint32_t flags;
  uint32_t n_fields;
  uint32_t dense_below; /* fields[i].number == i + 1 for all i < dense_below: found by index, not by search */
  uint32_t n_subs;
  const weir_pb_field *fields;
  const weir_pb_sub *subs;
  const char *full_name; /* demo.Note */
  const char *names;     /* of the fields, in row order, each with its NUL: "text\0age"; a JSON name that
                                    * does not follow from the name stands behind it: "age=years" */
  const weir_pb_default *defaults; /* sorted by number */
  uint32_t n_defaults;
  const char *oneofs;   /* names, each with its NUL, in the order of their cases in the struct */
  const char *reserved; /* names that no field has any more, each with its NUL, then an empty one; or NULL */
};

/**
 * An extension of messages of type `extendee`. Its value stands in a struct of its own, a message with this one field,
 * so that an extension is read and written as any field is.
 */
typedef struct weir_pb_ext {
  uint32_t version;
  const weir_pb_type *extendee;
  const weir_pb_type *holder; /* one row; its full_name is the extension's */
} weir_pb_ext;

/** What a .proto file declares, for weir_pb_pool_add. */
typedef struct weir_pb_file {
  uint32_t version;
  uint32_t n_deps, n_types, n_enums, n_exts;
  const char *name; /* "demo/note.proto" */
  const struct weir_pb_file *const *deps;
  const weir_pb_type *const *types; /* nested ones too; not map entries */
  const weir_pb_enum *const *enums;
  const weir_pb_ext *const *exts;
} weir_pb_file;

/* ---- bytes to messages and back ------------------------------------------------------------------------ */

/* Flags of decoding and encoding. */
enum {
  WEIR_PB_ALIAS = 1,         /* decode: strings and bytes view `wire`, which must outlive the message */
  WEIR_PB_PARTIAL = 2,       /* both: missing required fields are no error */
  WEIR_PB_DETERMINISTIC = 4, /* encode: map entries sorted by key */
  WEIR_PB_DROP_UNKNOWN = 8   /* decode: unknown fields are dropped instead of kept */
};

/** Messages nested deeper than this, groups and map entries included, are refused both ways. */
#define WEIR_PB_MAX_DEPTH 100
/** Longest encoded message, as in every other implementation. */
#define WEIR_PB_MAX_SIZE 0x7fffffff

/**
 * Decodes `wire` and merges it into *msg, as the encoding's rules say: single values are replaced, submessages
 * merged, repeated fields appended to. Start from a zeroed struct for a fresh message.
 *
 * wire     borrowed for the call (with WEIR_PB_ALIAS: for the life of the message)
 * a        holds everything that the message points to
 * Errors   WEIR_INVALID_ARGUMENT: malformed, a string is not UTF-8, or a required field is missing;
 *          WEIR_RESOURCE_EXHAUSTED: out of memory, nested too deep, or beyond WEIR_PB_MAX_SIZE.
 *          *msg then holds what was decoded up to there: safe to read, no use otherwise.
 * Thread   any; the message and the arena belong to the caller.
 */
WEIR_API weir_code weir_pb_decode(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a,
                                  uint32_t flags);
/** Types, enums and extensions by name; <weir/pool.h>. */
typedef struct weir_pb_pool weir_pb_pool;

typedef struct weir_pb_decode_opts {
  size_t size;
  uint32_t flags;     /* WEIR_PB_ALIAS ... */
  uint32_t max_depth; /* levels of nesting that are taken; WEIR_PB_MAX_DEPTH unless it is less */
  const weir_pb_pool *pool; /* extensions in it are decoded at once; NULL: they are unknown fields until asked for */
} weir_pb_decode_opts;
/** weir_pb_decode with options (NULL: none), that says what went wrong. */
WEIR_API weir_code weir_pb_decode_with(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a,
                                       const weir_pb_decode_opts *opts, weir_error *e);
/** weir_pb_decode that says what went wrong: "demo.Note.tags: invalid UTF-8 at byte 12". */
WEIR_API weir_code weir_pb_decode_err(const weir_pb_type *t, void *msg, weir_str wire, weir_arena *a,
                                      uint32_t flags, weir_error *e);

/**
 * Encodes *msg into the arena; *wire is set on success only. Fields are written in the order of their numbers,
 * unknown fields behind them.
 *
 * Errors   WEIR_INVALID_ARGUMENT: a required field is missing, a string that must be UTF-8 is not, or a repeated
 *          field holds a NULL message; WEIR_RESOURCE_EXHAUSTED: out of memory, nested too deep (or cyclic), or
 *          beyond WEIR_PB_MAX_SIZE.
 */
WEIR_API weir_code weir_pb_encode(const weir_pb_type *t, const void *msg, weir_arena *a, weir_str *wire);
/** weir_pb_encode with flags, that says what went wrong. */
WEIR_API weir_code weir_pb_encode_err(const weir_pb_type *t, const void *msg, weir_arena *a, uint32_t flags,
                                      weir_str *wire, weir_error *e);
/** Number of bytes that encoding gives; 0 also if encoding would fail for depth or size. */
WEIR_API size_t weir_pb_size(const weir_pb_type *t, const void *msg);

/** A new, empty message; NULL when out of memory. */
WEIR_API void *weir_pb_new(const weir_pb_type *t, weir_arena *a);
/** What generated `_decode` functions call: a new message from `wire`. *msg is set on success only. */
WEIR_API weir_code weir_pb_parse(const weir_pb_type *t, weir_str wire, weir_arena *a, void **msg);

/* ---- whole messages -------------------------------------------------------------------------------------- */

/** Empties the struct; what it pointed to stays in its arena. */
WEIR_API void weir_pb_clear(const weir_pb_type *t, void *msg);
/**
 * Merges *src into *dst as decoding src's bytes into it would: present values replace, submessages merge, repeated
 * fields are appended, map entries replace. *dst shares no memory with *src afterwards. The two must not overlap.
 *
 * Errors   WEIR_RESOURCE_EXHAUSTED: out of memory, or nested too deep (or cyclic); *dst then holds a part of it.
 */
WEIR_API weir_code weir_pb_merge(const weir_pb_type *t, void *dst, const void *src, weir_arena *a);
/** A copy that shares no memory with *src; NULL when out of memory or nested too deep. */
WEIR_API void *weir_pb_copy(const weir_pb_type *t, const void *src, weir_arena *a);
/** True if both hold the same values, unknown fields included. Numbers are compared by their bits (a NaN equals
 * itself, 0.0 is not -0.0), maps without regard to order. Messages nested too deep equal nothing. */
WEIR_API bool weir_pb_equal(const weir_pb_type *t, const void *x, const void *y);

/* ---- unknown fields ------------------------------------------------------------------------------------ */

/** The unknown fields of a message in wire format, in the order in which they came; empty view if none. Valid
 * until the message is decoded into or cleared. */
WEIR_API weir_str weir_pb_unknown(const void *msg);
/** Appends fields in wire format (checked). Errors as weir_pb_decode. */
WEIR_API weir_code weir_pb_add_unknown(void *msg, weir_str wire, weir_arena *a);
/** Drops the unknown fields of this message, not those of its submessages. */
WEIR_API void weir_pb_drop_unknown(void *msg);

/* ---- extensions: what generated code calls ------------------------------------------------------------- */

/**
 * The extension's struct in *msg, or NULL if it is absent. An extension that was decoded without a pool is still
 * an unknown field; it is decoded now, which takes memory from the arena.
 *
 * Returns  also NULL when out of memory, or if the unknown field is malformed: it is then left as it is.
 */
WEIR_API void *weir_pb_ext_find(void *msg, const weir_pb_ext *x, weir_arena *a);
/** The same for a message that is not to be changed: NULL also while the extension is an unknown field. */
WEIR_API const void *weir_pb_ext_get(const void *msg, const weir_pb_ext *x);
/** The extension's struct in *msg, made if it is absent; NULL when out of memory. It is present once its field is. */
WEIR_API void *weir_pb_ext_put(void *msg, const weir_pb_ext *x, weir_arena *a);
/** Drops the extension, also from among the unknown fields. */
WEIR_API void weir_pb_ext_clear(void *msg, const weir_pb_ext *x);

/* ---- maps: what the generated put, find and remove functions call --------------------------------------- */

/** The entry with this key, made (with a zero value) if there is none; NULL when out of memory. *key has the
 * key's C type; the bytes of a string key are borrowed for the life of the map. Entry pointers from before the
 * call are no longer valid. */
WEIR_API void *weir_pb_map_put(void *map, const weir_pb_type *entry, const void *key, weir_arena *a);
/** The entry with this key, or NULL. Linear for maps that no weir_pb_map_put and no decoding has made. */
WEIR_API void *weir_pb_map_find(const void *map, const weir_pb_type *entry, const void *key);
/** Removes the entry with this key, keeping the order of the others; false if there is none. */
WEIR_API bool weir_pb_map_remove(void *map, const weir_pb_type *entry, const void *key);

#ifdef __cplusplus
}
#endif
#endif
