#include "kinds2.weir.h"
#include <stddef.h>
static const int32_t kinds2_Size_values[] = {kinds2_Size_NEGATIVE, kinds2_Size_NONE, kinds2_Size_SMALL, kinds2_Size_ALSO_SMALL, kinds2_Size_LARGE};
const weir_pb_enum kinds2_Size_enum = {.version = WEIR_PB_VERSION, .n_values = 5, .values = kinds2_Size_values, .names = "NEGATIVE\0" "NONE\0" "SMALL\0" "ALSO_SMALL\0" "LARGE", .full_name = "kinds2.Size"};
static const weir_pb_sub kinds2_All_m_enum_entry_subs[] = {{.enum_ = &kinds2_Size_enum}};
static const weir_pb_field kinds2_All_m_enum_entry_fields[] = {
    {1, offsetof(kinds2_All_m_enum_entry, key), 0, 0, WEIR_PB_STRING, 0},
    {2, offsetof(kinds2_All_m_enum_entry, value), 0, 0, WEIR_PB_ENUM, WEIR_PB_CLOSED},
};
const weir_pb_type kinds2_All_m_enum_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_All_m_enum_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds2.All.MEnumEntry",
    .n_subs = 1,
    .subs = kinds2_All_m_enum_entry_subs,
    .fields = kinds2_All_m_enum_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_sub kinds2_All_m_strict_entry_subs[] = {{.type = &kinds2_Strict_type}};
static const weir_pb_field kinds2_All_m_strict_entry_fields[] = {
    {1, offsetof(kinds2_All_m_strict_entry, key), 0, 0, WEIR_PB_INT32, 0},
    {2, offsetof(kinds2_All_m_strict_entry, value), 0, 0, WEIR_PB_MESSAGE, 0},
};
const weir_pb_type kinds2_All_m_strict_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_All_m_strict_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds2.All.MStrictEntry",
    .n_subs = 1,
    .subs = kinds2_All_m_strict_entry_subs,
    .fields = kinds2_All_m_strict_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_sub kinds2_All_subs[] = {{.type = &kinds2_All_Pair_type}, {.type = &kinds2_All_type}, {.enum_ = &kinds2_Size_enum}, {.type = &kinds2_All_Pairs_type}, {.type = &kinds2_All_OnePair_type}, {.type = &kinds2_All_m_enum_entry_type}, {.type = &kinds2_All_m_strict_entry_type}, {.type = &kinds2_Strict_type}};
static const weir_pb_field kinds2_All_fields[] = {
    {1, offsetof(kinds2_All, f_double), offsetof(kinds2_All, has_f_double), 0, WEIR_PB_DOUBLE | WEIR_PB_HAS, 0},
    {2, offsetof(kinds2_All, f_float), offsetof(kinds2_All, has_f_float), 0, WEIR_PB_FLOAT | WEIR_PB_HAS, 0},
    {3, offsetof(kinds2_All, f_int64), offsetof(kinds2_All, has_f_int64), 0, WEIR_PB_INT64 | WEIR_PB_HAS, 0},
    {4, offsetof(kinds2_All, f_uint64), offsetof(kinds2_All, has_f_uint64), 0, WEIR_PB_UINT64 | WEIR_PB_HAS, 0},
    {5, offsetof(kinds2_All, f_int32), offsetof(kinds2_All, has_f_int32), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
    {6, offsetof(kinds2_All, f_fixed64), offsetof(kinds2_All, has_f_fixed64), 0, WEIR_PB_FIXED64 | WEIR_PB_HAS, 0},
    {7, offsetof(kinds2_All, f_fixed32), offsetof(kinds2_All, has_f_fixed32), 0, WEIR_PB_FIXED32 | WEIR_PB_HAS, 0},
    {8, offsetof(kinds2_All, f_bool), offsetof(kinds2_All, has_f_bool), 0, WEIR_PB_BOOL | WEIR_PB_HAS, 0},
    {9, offsetof(kinds2_All, f_string), offsetof(kinds2_All, has_f_string), 0, WEIR_PB_STRING | WEIR_PB_HAS, 0},
    {10, offsetof(kinds2_All, pair), 0, 0, WEIR_PB_GROUP, 0},
    {11, offsetof(kinds2_All, f_message), 0, 1, WEIR_PB_MESSAGE, 0},
    {12, offsetof(kinds2_All, f_bytes), offsetof(kinds2_All, has_f_bytes), 0, WEIR_PB_BYTES | WEIR_PB_HAS, 0},
    {13, offsetof(kinds2_All, f_uint32), offsetof(kinds2_All, has_f_uint32), 0, WEIR_PB_UINT32 | WEIR_PB_HAS, 0},
    {14, offsetof(kinds2_All, f_enum), offsetof(kinds2_All, has_f_enum), 2, WEIR_PB_ENUM | WEIR_PB_HAS, WEIR_PB_CLOSED},
    {15, offsetof(kinds2_All, f_sfixed32), offsetof(kinds2_All, has_f_sfixed32), 0, WEIR_PB_SFIXED32 | WEIR_PB_HAS, 0},
    {16, offsetof(kinds2_All, f_sfixed64), offsetof(kinds2_All, has_f_sfixed64), 0, WEIR_PB_SFIXED64 | WEIR_PB_HAS, 0},
    {17, offsetof(kinds2_All, f_sint32), offsetof(kinds2_All, has_f_sint32), 0, WEIR_PB_SINT32 | WEIR_PB_HAS, 0},
    {18, offsetof(kinds2_All, f_sint64), offsetof(kinds2_All, has_f_sint64), 0, WEIR_PB_SINT64 | WEIR_PB_HAS, 0},
    {21, offsetof(kinds2_All, r_double), 0, 0, WEIR_PB_DOUBLE | WEIR_PB_REPEATED, 0},
    {22, offsetof(kinds2_All, r_float), 0, 0, WEIR_PB_FLOAT | WEIR_PB_REPEATED, 0},
    {23, offsetof(kinds2_All, r_int64), 0, 0, WEIR_PB_INT64 | WEIR_PB_REPEATED, 0},
    {24, offsetof(kinds2_All, r_uint64), 0, 0, WEIR_PB_UINT64 | WEIR_PB_REPEATED, 0},
    {25, offsetof(kinds2_All, r_int32), 0, 0, WEIR_PB_INT32 | WEIR_PB_REPEATED, 0},
    {26, offsetof(kinds2_All, r_fixed64), 0, 0, WEIR_PB_FIXED64 | WEIR_PB_REPEATED, 0},
    {27, offsetof(kinds2_All, r_fixed32), 0, 0, WEIR_PB_FIXED32 | WEIR_PB_REPEATED, 0},
    {28, offsetof(kinds2_All, r_bool), 0, 0, WEIR_PB_BOOL | WEIR_PB_REPEATED, 0},
    {29, offsetof(kinds2_All, r_string), 0, 0, WEIR_PB_STRING | WEIR_PB_REPEATED, 0},
    {30, offsetof(kinds2_All, pairs), 0, 3, WEIR_PB_GROUP | WEIR_PB_REPEATED, 0},
    {31, offsetof(kinds2_All, r_message), 0, 1, WEIR_PB_MESSAGE | WEIR_PB_REPEATED, 0},
    {32, offsetof(kinds2_All, r_bytes), 0, 0, WEIR_PB_BYTES | WEIR_PB_REPEATED, 0},
    {33, offsetof(kinds2_All, r_uint32), 0, 0, WEIR_PB_UINT32 | WEIR_PB_REPEATED, 0},
    {34, offsetof(kinds2_All, r_enum), 0, 2, WEIR_PB_ENUM | WEIR_PB_REPEATED, WEIR_PB_CLOSED},
    {35, offsetof(kinds2_All, r_sfixed32), 0, 0, WEIR_PB_SFIXED32 | WEIR_PB_REPEATED, 0},
    {36, offsetof(kinds2_All, r_sfixed64), 0, 0, WEIR_PB_SFIXED64 | WEIR_PB_REPEATED, 0},
    {37, offsetof(kinds2_All, r_sint32), 0, 0, WEIR_PB_SINT32 | WEIR_PB_REPEATED, 0},
    {38, offsetof(kinds2_All, r_sint64), 0, 0, WEIR_PB_SINT64 | WEIR_PB_REPEATED, 0},
    {39, offsetof(kinds2_All, p_enum), 0, 2, WEIR_PB_ENUM | WEIR_PB_REPEATED, WEIR_PB_PACKED | WEIR_PB_CLOSED},
    {101, offsetof(kinds2_All, pick.o_double), offsetof(kinds2_All, pick_case), 0, WEIR_PB_DOUBLE | WEIR_PB_ONEOF, 0},
    {102, offsetof(kinds2_All, pick.o_float), offsetof(kinds2_All, pick_case), 0, WEIR_PB_FLOAT | WEIR_PB_ONEOF, 0},
    {103, offsetof(kinds2_All, pick.o_int64), offsetof(kinds2_All, pick_case), 0, WEIR_PB_INT64 | WEIR_PB_ONEOF, 0},
    {108, offsetof(kinds2_All, pick.o_bool), offsetof(kinds2_All, pick_case), 0, WEIR_PB_BOOL | WEIR_PB_ONEOF, 0},
    {109, offsetof(kinds2_All, pick.o_string), offsetof(kinds2_All, pick_case), 0, WEIR_PB_STRING | WEIR_PB_ONEOF, 0},
    {110, offsetof(kinds2_All, pick.onepair), offsetof(kinds2_All, pick_case), 4, WEIR_PB_GROUP | WEIR_PB_ONEOF, 0},
    {111, offsetof(kinds2_All, pick.o_message), offsetof(kinds2_All, pick_case), 1, WEIR_PB_MESSAGE | WEIR_PB_ONEOF, 0},
    {112, offsetof(kinds2_All, pick.o_bytes), offsetof(kinds2_All, pick_case), 0, WEIR_PB_BYTES | WEIR_PB_ONEOF, 0},
    {114, offsetof(kinds2_All, pick.o_enum), offsetof(kinds2_All, pick_case), 2, WEIR_PB_ENUM | WEIR_PB_ONEOF, WEIR_PB_CLOSED},
    {201, offsetof(kinds2_All, m_enum), 0, 5, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {202, offsetof(kinds2_All, m_strict), 0, 6, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {203, offsetof(kinds2_All, strict), 0, 7, WEIR_PB_MESSAGE, 0},
    {536870911, offsetof(kinds2_All, class_), offsetof(kinds2_All, has_class), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
};
const weir_pb_type kinds2_All_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_All),
    .n_fields = 50,
    .dense_below = 18,
    .full_name = "kinds2.All",
    .n_subs = 8,
    .subs = kinds2_All_subs,
    .fields = kinds2_All_fields,
    .names = "f_double\0"
    "f_float\0"
    "f_int64\0"
    "f_uint64\0"
    "f_int32\0"
    "f_fixed64\0"
    "f_fixed32\0"
    "f_bool\0"
    "f_string\0"
    "pair\0"
    "f_message\0"
    "f_bytes\0"
    "f_uint32\0"
    "f_enum\0"
    "f_sfixed32\0"
    "f_sfixed64\0"
    "f_sint32\0"
    "f_sint64\0"
    "r_double\0"
    "r_float\0"
    "r_int64\0"
    "r_uint64\0"
    "r_int32\0"
    "r_fixed64\0"
    "r_fixed32\0"
    "r_bool\0"
    "r_string\0"
    "pairs\0"
    "r_message\0"
    "r_bytes\0"
    "r_uint32\0"
    "r_enum\0"
    "r_sfixed32\0"
    "r_sfixed64\0"
    "r_sint32\0"
    "r_sint64\0"
    "p_enum\0"
    "o_double\0"
    "o_float\0"
    "o_int64\0"
    "o_bool\0"
    "o_string\0"
    "onepair\0"
    "o_message\0"
    "o_bytes\0"
    "o_enum\0"
    "m_enum\0"
    "m_strict\0"
    "strict\0"
    "class",
};
static const weir_pb_field kinds2_All_Pair_fields[] = {
    {1, offsetof(kinds2_All_Pair, left), offsetof(kinds2_All_Pair, has_left), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
    {2, offsetof(kinds2_All_Pair, right), offsetof(kinds2_All_Pair, has_right), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
};
const weir_pb_type kinds2_All_Pair_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_All_Pair),
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds2.All.Pair",
    .fields = kinds2_All_Pair_fields,
    .names = "left\0"
    "right",
};
static const weir_pb_field kinds2_All_Pairs_fields[] = {
    {1, offsetof(kinds2_All_Pairs, left), offsetof(kinds2_All_Pairs, has_left), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
};
const weir_pb_type kinds2_All_Pairs_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_All_Pairs),
    .n_fields = 1,
    .dense_below = 1,
    .full_name = "kinds2.All.Pairs",
    .fields = kinds2_All_Pairs_fields,
    .names = "left",
};
static const weir_pb_field kinds2_All_OnePair_fields[] = {
    {1, offsetof(kinds2_All_OnePair, left), offsetof(kinds2_All_OnePair, has_left), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
};
const weir_pb_type kinds2_All_OnePair_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_All_OnePair),
    .n_fields = 1,
    .dense_below = 1,
    .full_name = "kinds2.All.OnePair",
    .fields = kinds2_All_OnePair_fields,
    .names = "left",
};
static const weir_pb_sub kinds2_Strict_subs[] = {{.type = &kinds2_Strict_Inner_type}};
static const weir_pb_field kinds2_Strict_fields[] = {
    {1, offsetof(kinds2_Strict, id), offsetof(kinds2_Strict, has_id), 0, WEIR_PB_INT32 | WEIR_PB_HAS, WEIR_PB_REQUIRED},
    {2, offsetof(kinds2_Strict, name), offsetof(kinds2_Strict, has_name), 0, WEIR_PB_STRING | WEIR_PB_HAS, WEIR_PB_REQUIRED},
    {3, offsetof(kinds2_Strict, inner), 0, 0, WEIR_PB_MESSAGE, WEIR_PB_REQUIRED},
};
const weir_pb_type kinds2_Strict_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_Strict),
    .flags = WEIR_PB_HAS_REQUIRED,
    .n_fields = 3,
    .dense_below = 3,
    .full_name = "kinds2.Strict",
    .n_subs = 1,
    .subs = kinds2_Strict_subs,
    .fields = kinds2_Strict_fields,
    .names = "id\0"
    "name\0"
    "inner",
};
static const weir_pb_field kinds2_Strict_Inner_fields[] = {
    {1, offsetof(kinds2_Strict_Inner, x), offsetof(kinds2_Strict_Inner, has_x), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
};
const weir_pb_type kinds2_Strict_Inner_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_Strict_Inner),
    .n_fields = 1,
    .dense_below = 1,
    .full_name = "kinds2.Strict.Inner",
    .fields = kinds2_Strict_Inner_fields,
    .names = "x",
};
static const weir_pb_sub kinds2_Defaults_subs[] = {{.enum_ = &kinds2_Size_enum}};
static const weir_pb_field kinds2_Defaults_fields[] = {
    {1, offsetof(kinds2_Defaults, i), offsetof(kinds2_Defaults, has_i), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
    {2, offsetof(kinds2_Defaults, u), offsetof(kinds2_Defaults, has_u), 0, WEIR_PB_UINT64 | WEIR_PB_HAS, 0},
    {3, offsetof(kinds2_Defaults, d), offsetof(kinds2_Defaults, has_d), 0, WEIR_PB_DOUBLE | WEIR_PB_HAS, 0},
    {4, offsetof(kinds2_Defaults, s), offsetof(kinds2_Defaults, has_s), 0, WEIR_PB_STRING | WEIR_PB_HAS, 0},
    {5, offsetof(kinds2_Defaults, b), offsetof(kinds2_Defaults, has_b), 0, WEIR_PB_BYTES | WEIR_PB_HAS, 0},
    {6, offsetof(kinds2_Defaults, yes), offsetof(kinds2_Defaults, has_yes), 0, WEIR_PB_BOOL | WEIR_PB_HAS, 0},
    {7, offsetof(kinds2_Defaults, size), offsetof(kinds2_Defaults, has_size), 0, WEIR_PB_ENUM | WEIR_PB_HAS, WEIR_PB_CLOSED},
    {8, offsetof(kinds2_Defaults, inf), offsetof(kinds2_Defaults, has_inf), 0, WEIR_PB_FLOAT | WEIR_PB_HAS, 0},
    {9, offsetof(kinds2_Defaults, least), offsetof(kinds2_Defaults, has_least), 0, WEIR_PB_INT64 | WEIR_PB_HAS, 0},
};
const weir_pb_type kinds2_Defaults_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_Defaults),
    .n_fields = 9,
    .dense_below = 9,
    .full_name = "kinds2.Defaults",
    .n_subs = 1,
    .subs = kinds2_Defaults_subs,
    .fields = kinds2_Defaults_fields,
    .names = "i\0"
    "u\0"
    "d\0"
    "s\0"
    "b\0"
    "yes\0"
    "size\0"
    "inf\0"
    "least",
};
const weir_pb_type kinds2_Empty_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds2_Empty),
    .n_fields = 0,
    .dense_below = 0,
    .full_name = "kinds2.Empty",
};
