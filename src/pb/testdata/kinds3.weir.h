#ifndef G_kinds3
#define G_kinds3
#include <weir/pb.h>
typedef struct kinds3_All kinds3_All;
typedef struct { kinds3_All **data; uint32_t len, cap; } kinds3_All_vec;
typedef int32_t kinds3_Color;
enum { kinds3_Color_RED = 0, kinds3_Color_GREEN = 1 };
extern const weir_pb_enum kinds3_Color_enum;
typedef struct kinds3_All_m_int32_entry {
  int32_t key;
  int32_t value;
} kinds3_All_m_int32_entry;
extern const weir_pb_type kinds3_All_m_int32_entry_type;
typedef struct kinds3_All_m_int64_entry {
  int64_t key;
  int64_t value;
} kinds3_All_m_int64_entry;
extern const weir_pb_type kinds3_All_m_int64_entry_type;
typedef struct kinds3_All_m_uint32_entry {
  uint32_t key;
  uint32_t value;
} kinds3_All_m_uint32_entry;
extern const weir_pb_type kinds3_All_m_uint32_entry_type;
typedef struct kinds3_All_m_uint64_entry {
  uint64_t key;
  uint64_t value;
} kinds3_All_m_uint64_entry;
extern const weir_pb_type kinds3_All_m_uint64_entry_type;
typedef struct kinds3_All_m_sint32_entry {
  int32_t key;
  int32_t value;
} kinds3_All_m_sint32_entry;
extern const weir_pb_type kinds3_All_m_sint32_entry_type;
typedef struct kinds3_All_m_sint64_entry {
  int64_t key;
  int64_t value;
} kinds3_All_m_sint64_entry;
extern const weir_pb_type kinds3_All_m_sint64_entry_type;
typedef struct kinds3_All_m_fixed32_entry {
  uint32_t key;
  uint32_t value;
} kinds3_All_m_fixed32_entry;
extern const weir_pb_type kinds3_All_m_fixed32_entry_type;
typedef struct kinds3_All_m_fixed64_entry {
  uint64_t key;
  uint64_t value;
} kinds3_All_m_fixed64_entry;
extern const weir_pb_type kinds3_All_m_fixed64_entry_type;
typedef struct kinds3_All_m_sfixed32_entry {
  int32_t key;
  int32_t value;
} kinds3_All_m_sfixed32_entry;
extern const weir_pb_type kinds3_All_m_sfixed32_entry_type;
typedef struct kinds3_All_m_sfixed64_entry {
  int64_t key;
  int64_t value;
} kinds3_All_m_sfixed64_entry;
extern const weir_pb_type kinds3_All_m_sfixed64_entry_type;
typedef struct kinds3_All_m_bool_entry {
  bool key;
  bool value;
} kinds3_All_m_bool_entry;
extern const weir_pb_type kinds3_All_m_bool_entry_type;
typedef struct kinds3_All_m_string_entry {
  weir_str key;
  weir_str value;
} kinds3_All_m_string_entry;
extern const weir_pb_type kinds3_All_m_string_entry_type;
typedef struct kinds3_All_m_bytes_entry {
  weir_str key;
  weir_str value;
} kinds3_All_m_bytes_entry;
extern const weir_pb_type kinds3_All_m_bytes_entry_type;
typedef struct kinds3_All_m_enum_entry {
  weir_str key;
  kinds3_Color value;
} kinds3_All_m_enum_entry;
extern const weir_pb_type kinds3_All_m_enum_entry_type;
typedef struct kinds3_All_m_message_entry {
  weir_str key;
  kinds3_All * value;
} kinds3_All_m_message_entry;
extern const weir_pb_type kinds3_All_m_message_entry_type;
typedef struct kinds3_All_m_double_entry {
  int32_t key;
  double value;
} kinds3_All_m_double_entry;
extern const weir_pb_type kinds3_All_m_double_entry_type;
typedef struct kinds3_All_m_float_entry {
  int32_t key;
  float value;
} kinds3_All_m_float_entry;
extern const weir_pb_type kinds3_All_m_float_entry_type;
typedef struct { kinds3_All_m_int32_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_int32_map;
typedef struct { kinds3_All_m_int64_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_int64_map;
typedef struct { kinds3_All_m_uint32_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_uint32_map;
typedef struct { kinds3_All_m_uint64_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_uint64_map;
typedef struct { kinds3_All_m_sint32_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_sint32_map;
typedef struct { kinds3_All_m_sint64_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_sint64_map;
typedef struct { kinds3_All_m_fixed32_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_fixed32_map;
typedef struct { kinds3_All_m_fixed64_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_fixed64_map;
typedef struct { kinds3_All_m_sfixed32_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_sfixed32_map;
typedef struct { kinds3_All_m_sfixed64_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_sfixed64_map;
typedef struct { kinds3_All_m_bool_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_bool_map;
typedef struct { kinds3_All_m_string_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_string_map;
typedef struct { kinds3_All_m_bytes_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_bytes_map;
typedef struct { kinds3_All_m_enum_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_enum_map;
typedef struct { kinds3_All_m_message_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_message_map;
typedef struct { kinds3_All_m_double_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_double_map;
typedef struct { kinds3_All_m_float_entry *data; uint32_t len, cap; weir_pb_index *index; } kinds3_All_m_float_map;
enum { kinds3_All_pick_NONE = 0, kinds3_All_pick_o_int32 = 81, kinds3_All_pick_o_string = 82, kinds3_All_pick_o_message = 83, kinds3_All_pick_o_enum = 84 };
struct kinds3_All {
  weir_pb_hdr hdr_;
  bool has_x_int32;
  bool has_x_string;
  bool has_x_enum;
  bool has_x_bool;
  bool f_bool;
  bool x_bool;
  float f_float;
  int32_t f_int32;
  uint32_t f_fixed32;
  uint32_t f_uint32;
  kinds3_Color f_enum;
  int32_t f_sfixed32;
  int32_t f_sint32;
  int32_t x_int32;
  kinds3_Color x_enum;
  int32_t pick_case;
  double f_double;
  int64_t f_int64;
  uint64_t f_uint64;
  uint64_t f_fixed64;
  weir_str f_string;
  kinds3_All * f_message;
  weir_str f_bytes;
  int64_t f_sfixed64;
  int64_t f_sint64;
  weir_pb_f64s r_double;
  weir_pb_f32s r_float;
  weir_pb_i64s r_int64;
  weir_pb_u64s r_uint64;
  weir_pb_i32s r_int32;
  weir_pb_u64s r_fixed64;
  weir_pb_u32s r_fixed32;
  weir_pb_bools r_bool;
  weir_pb_strs r_string;
  kinds3_All_vec r_message;
  weir_pb_strs r_bytes;
  weir_pb_u32s r_uint32;
  weir_pb_i32s r_enum;
  weir_pb_i32s r_sfixed32;
  weir_pb_i64s r_sfixed64;
  weir_pb_i32s r_sint32;
  weir_pb_i64s r_sint64;
  weir_pb_i32s u_int32;
  weir_str x_string;
  kinds3_All_m_int32_map m_int32;
  kinds3_All_m_int64_map m_int64;
  kinds3_All_m_uint32_map m_uint32;
  kinds3_All_m_uint64_map m_uint64;
  kinds3_All_m_sint32_map m_sint32;
  kinds3_All_m_sint64_map m_sint64;
  kinds3_All_m_fixed32_map m_fixed32;
  kinds3_All_m_fixed64_map m_fixed64;
  kinds3_All_m_sfixed32_map m_sfixed32;
  kinds3_All_m_sfixed64_map m_sfixed64;
  kinds3_All_m_bool_map m_bool;
  kinds3_All_m_string_map m_string;
  kinds3_All_m_bytes_map m_bytes;
  kinds3_All_m_enum_map m_enum;
  kinds3_All_m_message_map m_message;
  kinds3_All_m_double_map m_double;
  kinds3_All_m_float_map m_float;
  union { int32_t o_int32; weir_str o_string; kinds3_All * o_message; kinds3_Color o_enum; } pick;
};
extern const weir_pb_type kinds3_All_type;
#endif
