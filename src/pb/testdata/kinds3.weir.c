#include "kinds3.weir.h"
#include <stddef.h>
static const int32_t kinds3_Color_values[] = {kinds3_Color_RED, kinds3_Color_GREEN};
const weir_pb_enum kinds3_Color_enum = {.version = WEIR_PB_VERSION, .n_values = 2, .values = kinds3_Color_values, .names = "RED\0" "GREEN", .full_name = "kinds3.Color"};
static const weir_pb_field kinds3_All_m_int32_entry_fields[] = {
    {1, offsetof(kinds3_All_m_int32_entry, key), 0, 0, WEIR_PB_INT32, 0},
    {2, offsetof(kinds3_All_m_int32_entry, value), 0, 0, WEIR_PB_INT32, 0},
};
const weir_pb_type kinds3_All_m_int32_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_int32_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MInt32Entry",
    .fields = kinds3_All_m_int32_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_int64_entry_fields[] = {
    {1, offsetof(kinds3_All_m_int64_entry, key), 0, 0, WEIR_PB_INT64, 0},
    {2, offsetof(kinds3_All_m_int64_entry, value), 0, 0, WEIR_PB_INT64, 0},
};
const weir_pb_type kinds3_All_m_int64_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_int64_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MInt64Entry",
    .fields = kinds3_All_m_int64_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_uint32_entry_fields[] = {
    {1, offsetof(kinds3_All_m_uint32_entry, key), 0, 0, WEIR_PB_UINT32, 0},
    {2, offsetof(kinds3_All_m_uint32_entry, value), 0, 0, WEIR_PB_UINT32, 0},
};
const weir_pb_type kinds3_All_m_uint32_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_uint32_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MUint32Entry",
    .fields = kinds3_All_m_uint32_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_uint64_entry_fields[] = {
    {1, offsetof(kinds3_All_m_uint64_entry, key), 0, 0, WEIR_PB_UINT64, 0},
    {2, offsetof(kinds3_All_m_uint64_entry, value), 0, 0, WEIR_PB_UINT64, 0},
};
const weir_pb_type kinds3_All_m_uint64_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_uint64_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MUint64Entry",
    .fields = kinds3_All_m_uint64_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_sint32_entry_fields[] = {
    {1, offsetof(kinds3_All_m_sint32_entry, key), 0, 0, WEIR_PB_SINT32, 0},
    {2, offsetof(kinds3_All_m_sint32_entry, value), 0, 0, WEIR_PB_SINT32, 0},
};
const weir_pb_type kinds3_All_m_sint32_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_sint32_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MSint32Entry",
    .fields = kinds3_All_m_sint32_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_sint64_entry_fields[] = {
    {1, offsetof(kinds3_All_m_sint64_entry, key), 0, 0, WEIR_PB_SINT64, 0},
    {2, offsetof(kinds3_All_m_sint64_entry, value), 0, 0, WEIR_PB_SINT64, 0},
};
const weir_pb_type kinds3_All_m_sint64_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_sint64_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MSint64Entry",
    .fields = kinds3_All_m_sint64_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_fixed32_entry_fields[] = {
    {1, offsetof(kinds3_All_m_fixed32_entry, key), 0, 0, WEIR_PB_FIXED32, 0},
    {2, offsetof(kinds3_All_m_fixed32_entry, value), 0, 0, WEIR_PB_FIXED32, 0},
};
const weir_pb_type kinds3_All_m_fixed32_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_fixed32_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MFixed32Entry",
    .fields = kinds3_All_m_fixed32_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_fixed64_entry_fields[] = {
    {1, offsetof(kinds3_All_m_fixed64_entry, key), 0, 0, WEIR_PB_FIXED64, 0},
    {2, offsetof(kinds3_All_m_fixed64_entry, value), 0, 0, WEIR_PB_FIXED64, 0},
};
const weir_pb_type kinds3_All_m_fixed64_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_fixed64_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MFixed64Entry",
    .fields = kinds3_All_m_fixed64_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_sfixed32_entry_fields[] = {
    {1, offsetof(kinds3_All_m_sfixed32_entry, key), 0, 0, WEIR_PB_SFIXED32, 0},
    {2, offsetof(kinds3_All_m_sfixed32_entry, value), 0, 0, WEIR_PB_SFIXED32, 0},
};
const weir_pb_type kinds3_All_m_sfixed32_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_sfixed32_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MSfixed32Entry",
    .fields = kinds3_All_m_sfixed32_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_sfixed64_entry_fields[] = {
    {1, offsetof(kinds3_All_m_sfixed64_entry, key), 0, 0, WEIR_PB_SFIXED64, 0},
    {2, offsetof(kinds3_All_m_sfixed64_entry, value), 0, 0, WEIR_PB_SFIXED64, 0},
};
const weir_pb_type kinds3_All_m_sfixed64_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_sfixed64_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MSfixed64Entry",
    .fields = kinds3_All_m_sfixed64_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_bool_entry_fields[] = {
    {1, offsetof(kinds3_All_m_bool_entry, key), 0, 0, WEIR_PB_BOOL, 0},
    {2, offsetof(kinds3_All_m_bool_entry, value), 0, 0, WEIR_PB_BOOL, 0},
};
const weir_pb_type kinds3_All_m_bool_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_bool_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MBoolEntry",
    .fields = kinds3_All_m_bool_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_string_entry_fields[] = {
    {1, offsetof(kinds3_All_m_string_entry, key), 0, 0, WEIR_PB_STRING, WEIR_PB_UTF8},
    {2, offsetof(kinds3_All_m_string_entry, value), 0, 0, WEIR_PB_STRING, WEIR_PB_UTF8},
};
const weir_pb_type kinds3_All_m_string_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_string_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MStringEntry",
    .fields = kinds3_All_m_string_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_bytes_entry_fields[] = {
    {1, offsetof(kinds3_All_m_bytes_entry, key), 0, 0, WEIR_PB_STRING, WEIR_PB_UTF8},
    {2, offsetof(kinds3_All_m_bytes_entry, value), 0, 0, WEIR_PB_BYTES, 0},
};
const weir_pb_type kinds3_All_m_bytes_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_bytes_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MBytesEntry",
    .fields = kinds3_All_m_bytes_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_sub kinds3_All_m_enum_entry_subs[] = {{.enum_ = &kinds3_Color_enum}};
static const weir_pb_field kinds3_All_m_enum_entry_fields[] = {
    {1, offsetof(kinds3_All_m_enum_entry, key), 0, 0, WEIR_PB_STRING, WEIR_PB_UTF8},
    {2, offsetof(kinds3_All_m_enum_entry, value), 0, 0, WEIR_PB_ENUM, 0},
};
const weir_pb_type kinds3_All_m_enum_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_enum_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MEnumEntry",
    .n_subs = 1,
    .subs = kinds3_All_m_enum_entry_subs,
    .fields = kinds3_All_m_enum_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_sub kinds3_All_m_message_entry_subs[] = {{.type = &kinds3_All_type}};
static const weir_pb_field kinds3_All_m_message_entry_fields[] = {
    {1, offsetof(kinds3_All_m_message_entry, key), 0, 0, WEIR_PB_STRING, WEIR_PB_UTF8},
    {2, offsetof(kinds3_All_m_message_entry, value), 0, 0, WEIR_PB_MESSAGE, 0},
};
const weir_pb_type kinds3_All_m_message_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_message_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MMessageEntry",
    .n_subs = 1,
    .subs = kinds3_All_m_message_entry_subs,
    .fields = kinds3_All_m_message_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_double_entry_fields[] = {
    {1, offsetof(kinds3_All_m_double_entry, key), 0, 0, WEIR_PB_INT32, 0},
    {2, offsetof(kinds3_All_m_double_entry, value), 0, 0, WEIR_PB_DOUBLE, 0},
};
const weir_pb_type kinds3_All_m_double_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_double_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MDoubleEntry",
    .fields = kinds3_All_m_double_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_field kinds3_All_m_float_entry_fields[] = {
    {1, offsetof(kinds3_All_m_float_entry, key), 0, 0, WEIR_PB_INT32, 0},
    {2, offsetof(kinds3_All_m_float_entry, value), 0, 0, WEIR_PB_FLOAT, 0},
};
const weir_pb_type kinds3_All_m_float_entry_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All_m_float_entry),
    .flags = WEIR_PB_MAP_ENTRY,
    .n_fields = 2,
    .dense_below = 2,
    .full_name = "kinds3.All.MFloatEntry",
    .fields = kinds3_All_m_float_entry_fields,
    .names = "key\0"
    "value",
};
static const weir_pb_sub kinds3_All_subs[] = {{.type = &kinds3_All_type}, {.enum_ = &kinds3_Color_enum}, {.type = &kinds3_All_m_int32_entry_type}, {.type = &kinds3_All_m_int64_entry_type}, {.type = &kinds3_All_m_uint32_entry_type}, {.type = &kinds3_All_m_uint64_entry_type}, {.type = &kinds3_All_m_sint32_entry_type}, {.type = &kinds3_All_m_sint64_entry_type}, {.type = &kinds3_All_m_fixed32_entry_type}, {.type = &kinds3_All_m_fixed64_entry_type}, {.type = &kinds3_All_m_sfixed32_entry_type}, {.type = &kinds3_All_m_sfixed64_entry_type}, {.type = &kinds3_All_m_bool_entry_type}, {.type = &kinds3_All_m_string_entry_type}, {.type = &kinds3_All_m_bytes_entry_type}, {.type = &kinds3_All_m_enum_entry_type}, {.type = &kinds3_All_m_message_entry_type}, {.type = &kinds3_All_m_double_entry_type}, {.type = &kinds3_All_m_float_entry_type}};
static const weir_pb_field kinds3_All_fields[] = {
    {1, offsetof(kinds3_All, f_double), 0, 0, WEIR_PB_DOUBLE, 0},
    {2, offsetof(kinds3_All, f_float), 0, 0, WEIR_PB_FLOAT, 0},
    {3, offsetof(kinds3_All, f_int64), 0, 0, WEIR_PB_INT64, 0},
    {4, offsetof(kinds3_All, f_uint64), 0, 0, WEIR_PB_UINT64, 0},
    {5, offsetof(kinds3_All, f_int32), 0, 0, WEIR_PB_INT32, 0},
    {6, offsetof(kinds3_All, f_fixed64), 0, 0, WEIR_PB_FIXED64, 0},
    {7, offsetof(kinds3_All, f_fixed32), 0, 0, WEIR_PB_FIXED32, 0},
    {8, offsetof(kinds3_All, f_bool), 0, 0, WEIR_PB_BOOL, 0},
    {9, offsetof(kinds3_All, f_string), 0, 0, WEIR_PB_STRING, WEIR_PB_UTF8},
    {11, offsetof(kinds3_All, f_message), 0, 0, WEIR_PB_MESSAGE, 0},
    {12, offsetof(kinds3_All, f_bytes), 0, 0, WEIR_PB_BYTES, 0},
    {13, offsetof(kinds3_All, f_uint32), 0, 0, WEIR_PB_UINT32, 0},
    {14, offsetof(kinds3_All, f_enum), 0, 1, WEIR_PB_ENUM, 0},
    {15, offsetof(kinds3_All, f_sfixed32), 0, 0, WEIR_PB_SFIXED32, 0},
    {16, offsetof(kinds3_All, f_sfixed64), 0, 0, WEIR_PB_SFIXED64, 0},
    {17, offsetof(kinds3_All, f_sint32), 0, 0, WEIR_PB_SINT32, 0},
    {18, offsetof(kinds3_All, f_sint64), 0, 0, WEIR_PB_SINT64, 0},
    {21, offsetof(kinds3_All, r_double), 0, 0, WEIR_PB_DOUBLE | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {22, offsetof(kinds3_All, r_float), 0, 0, WEIR_PB_FLOAT | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {23, offsetof(kinds3_All, r_int64), 0, 0, WEIR_PB_INT64 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {24, offsetof(kinds3_All, r_uint64), 0, 0, WEIR_PB_UINT64 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {25, offsetof(kinds3_All, r_int32), 0, 0, WEIR_PB_INT32 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {26, offsetof(kinds3_All, r_fixed64), 0, 0, WEIR_PB_FIXED64 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {27, offsetof(kinds3_All, r_fixed32), 0, 0, WEIR_PB_FIXED32 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {28, offsetof(kinds3_All, r_bool), 0, 0, WEIR_PB_BOOL | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {29, offsetof(kinds3_All, r_string), 0, 0, WEIR_PB_STRING | WEIR_PB_REPEATED, WEIR_PB_UTF8},
    {31, offsetof(kinds3_All, r_message), 0, 0, WEIR_PB_MESSAGE | WEIR_PB_REPEATED, 0},
    {32, offsetof(kinds3_All, r_bytes), 0, 0, WEIR_PB_BYTES | WEIR_PB_REPEATED, 0},
    {33, offsetof(kinds3_All, r_uint32), 0, 0, WEIR_PB_UINT32 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {34, offsetof(kinds3_All, r_enum), 0, 1, WEIR_PB_ENUM | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {35, offsetof(kinds3_All, r_sfixed32), 0, 0, WEIR_PB_SFIXED32 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {36, offsetof(kinds3_All, r_sfixed64), 0, 0, WEIR_PB_SFIXED64 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {37, offsetof(kinds3_All, r_sint32), 0, 0, WEIR_PB_SINT32 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {38, offsetof(kinds3_All, r_sint64), 0, 0, WEIR_PB_SINT64 | WEIR_PB_REPEATED, WEIR_PB_PACKED},
    {40, offsetof(kinds3_All, u_int32), 0, 0, WEIR_PB_INT32 | WEIR_PB_REPEATED, 0},
    {51, offsetof(kinds3_All, x_int32), offsetof(kinds3_All, has_x_int32), 0, WEIR_PB_INT32 | WEIR_PB_HAS, 0},
    {52, offsetof(kinds3_All, x_string), offsetof(kinds3_All, has_x_string), 0, WEIR_PB_STRING | WEIR_PB_HAS, WEIR_PB_UTF8},
    {53, offsetof(kinds3_All, x_enum), offsetof(kinds3_All, has_x_enum), 1, WEIR_PB_ENUM | WEIR_PB_HAS, 0},
    {54, offsetof(kinds3_All, x_bool), offsetof(kinds3_All, has_x_bool), 0, WEIR_PB_BOOL | WEIR_PB_HAS, 0},
    {61, offsetof(kinds3_All, m_int32), 0, 2, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {62, offsetof(kinds3_All, m_int64), 0, 3, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {63, offsetof(kinds3_All, m_uint32), 0, 4, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {64, offsetof(kinds3_All, m_uint64), 0, 5, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {65, offsetof(kinds3_All, m_sint32), 0, 6, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {66, offsetof(kinds3_All, m_sint64), 0, 7, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {67, offsetof(kinds3_All, m_fixed32), 0, 8, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {68, offsetof(kinds3_All, m_fixed64), 0, 9, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {69, offsetof(kinds3_All, m_sfixed32), 0, 10, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {70, offsetof(kinds3_All, m_sfixed64), 0, 11, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {71, offsetof(kinds3_All, m_bool), 0, 12, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {72, offsetof(kinds3_All, m_string), 0, 13, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {73, offsetof(kinds3_All, m_bytes), 0, 14, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {74, offsetof(kinds3_All, m_enum), 0, 15, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {75, offsetof(kinds3_All, m_message), 0, 16, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {76, offsetof(kinds3_All, m_double), 0, 17, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {77, offsetof(kinds3_All, m_float), 0, 18, WEIR_PB_MESSAGE | WEIR_PB_MAP, 0},
    {81, offsetof(kinds3_All, pick.o_int32), offsetof(kinds3_All, pick_case), 0, WEIR_PB_INT32 | WEIR_PB_ONEOF, 0},
    {82, offsetof(kinds3_All, pick.o_string), offsetof(kinds3_All, pick_case), 0, WEIR_PB_STRING | WEIR_PB_ONEOF, WEIR_PB_UTF8},
    {83, offsetof(kinds3_All, pick.o_message), offsetof(kinds3_All, pick_case), 0, WEIR_PB_MESSAGE | WEIR_PB_ONEOF, 0},
    {84, offsetof(kinds3_All, pick.o_enum), offsetof(kinds3_All, pick_case), 1, WEIR_PB_ENUM | WEIR_PB_ONEOF, 0},
};
const weir_pb_type kinds3_All_type = {
    .version = WEIR_PB_VERSION,
    .size = sizeof(kinds3_All),
    .n_fields = 60,
    .dense_below = 9,
    .full_name = "kinds3.All",
    .n_subs = 19,
    .subs = kinds3_All_subs,
    .fields = kinds3_All_fields,
    .names = "f_double\0"
    "f_float\0"
    "f_int64\0"
    "f_uint64\0"
    "f_int32\0"
    "f_fixed64\0"
    "f_fixed32\0"
    "f_bool\0"
    "f_string\0"
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
    "r_message\0"
    "r_bytes\0"
    "r_uint32\0"
    "r_enum\0"
    "r_sfixed32\0"
    "r_sfixed64\0"
    "r_sint32\0"
    "r_sint64\0"
    "u_int32\0"
    "x_int32\0"
    "x_string\0"
    "x_enum\0"
    "x_bool\0"
    "m_int32\0"
    "m_int64\0"
    "m_uint32\0"
    "m_uint64\0"
    "m_sint32\0"
    "m_sint64\0"
    "m_fixed32\0"
    "m_fixed64\0"
    "m_sfixed32\0"
    "m_sfixed64\0"
    "m_bool\0"
    "m_string\0"
    "m_bytes\0"
    "m_enum\0"
    "m_message\0"
    "m_double\0"
    "m_float\0"
    "o_int32\0"
    "o_string\0"
    "o_message\0"
    "o_enum",
};
