/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* Each rule of RFC 9113 that a peer can keep or break: these bytes give this transcript, whether they come whole, byte
 * by byte, or cut in two anywhere. With WEIR_CORPUS=DIR the bytes are written to DIR/h2_recv_{server,client}/ as
 * seeds for the fuzzers. */
#include "h2/h2_test.h"

typedef struct script {
  const char *name, *in, *transcript;
  int get, post; /* client: requests that it opens first, without and with a body to come */
  bool answer;   /* server: answers a complete request with :status 200 and END_STREAM */
  bool reset;    /* the user resets a stream at its HEADERS */
  bool raw;      /* from the first byte on: no handshake before */
  weir_h2_opts opts;
} script;

#define CONN_ERROR(code, last, why) "> goaway " code " last=" last " '" why "'\n"

/* Rows name only what they use. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const script server_scripts[] = {
    /* clang-format off */
    /* ---- connection preface (3.4) ---- */
    {"preface and settings",
     PREFACE
     "000000" SETTINGS "00" S0,
     "settings\n"
     "> settings ack\n",
     .raw = true},
    {"wrong preface",
     "(PRI * HTTP/1.1)0d0a0d0a(SM)0d0a0d0a",
     CONN_ERROR("PROTOCOL_ERROR", "0", "not the HTTP/2 connection preface"),
     .raw = true},
    {"an HTTP/1 request",
     "(GET / HTTP/1.1)0d0a",
     CONN_ERROR("PROTOCOL_ERROR", "0", "not the HTTP/2 connection preface"),
     .raw = true},
    {"first frame is not SETTINGS",
     PREFACE
     "000008" PING "00" S0 "0102030405060708",
     CONN_ERROR("PROTOCOL_ERROR", "0", "first frame is not SETTINGS"),
     .raw = true},
    {"first frame is an acknowledgement",
     PREFACE
     "000000" SETTINGS "01" S0,
     CONN_ERROR("PROTOCOL_ERROR", "0", "first frame is not SETTINGS"),
     .raw = true},

    /* ---- a request and its variants (8.1) ---- */
    {"GET",
     "000003" HEADERS "05" S1 GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n"},
    {"a malformed request, and the same again; a good one twice",
     "000002" HEADERS "05" S1 "8286"
     "000002" HEADERS "05" S3 "8286"
     "000003" HEADERS "05" S5 GET
     "000003" HEADERS "05" "00000007" GET,
     "> rst 1 PROTOCOL_ERROR\n"
     "> rst 3 PROTOCOL_ERROR\n"
     "headers 5 :method=GET :scheme=http :path=/ END\n"
     "headers 7 :method=GET :scheme=http :path=/ END\n"},
    {"trailers that repeat the request",
     "000003" HEADERS "04" S1 POST
     "000003" HEADERS "05" S1 POST,
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 PROTOCOL_ERROR by us: pseudo-header field that does not belong here\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"GET answered",
     "000003" HEADERS "05" S1 GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "> headers 1 :status=200 END\n"
     "closed 1\n",
     .answer = true},
    {"POST with DATA",
     "000003" HEADERS "04" S1 POST
     "000005" DATA "00" S1 "(hello)"
     "000006" DATA "01" S1 "( world)",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "data 1 'hello world' END\n"
     "> headers 1 :status=200 END\n"
     "closed 1\n",
     .answer = true},
    {"POST ended by an empty DATA",
     "000003" HEADERS "04" S1 POST
     "000002" DATA "00" S1 "(hi)"
     "000000" DATA "01" S1,
     "headers 1 :method=POST :scheme=http :path=/\n"
     "data 1 'hi' END\n"},
    {"empty DATA without END_STREAM is no event",
     "000003" HEADERS "04" S1 POST
     "000000" DATA "00" S1
     "000000" DATA "01" S1,
     "headers 1 :method=POST :scheme=http :path=/\n"
     "data 1 '' END\n"},
    {"trailers",
     "000003" HEADERS "04" S1 POST
     "000002" DATA "00" S1 "(hi)"
     "000005" HEADERS "05" S1 "0001(x)01(y)",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "data 1 'hi'\n"
     "trailers 1 x=y END\n"},
    {"padded DATA",
     "000003" HEADERS "04" S1 POST
     "000008" DATA "09" S1 "05(hi)0000000000",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "data 1 'hi' END\n"},
    {"DATA of padding only",
     "000003" HEADERS "04" S1 POST
     "000003" DATA "09" S1 "020000",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "data 1 '' END\n"},
    {"padded HEADERS with priority",
     "00000c" HEADERS "2d" S1 "03" "00000000ff" GET "000000",
     "headers 1 :method=GET :scheme=http :path=/ END\n"},
    {"CONTINUATION",
     "000001" HEADERS "01" S1 "82"
     "000001" CONTINUATION "00" S1 "86"
     "000001" CONTINUATION "04" S1 "84",
     "headers 1 :method=GET :scheme=http :path=/ END\n"},
    {"empty fragments",
     "000000" HEADERS "01" S1
     "000003" CONTINUATION "00" S1 GET
     "000000" CONTINUATION "04" S1,
     "headers 1 :method=GET :scheme=http :path=/ END\n"},
    {"two streams interleaved",
     "000003" HEADERS "04" S1 POST
     "000003" HEADERS "04" S3 POST
     "000001" DATA "00" S1 "(a)"
     "000001" DATA "01" S3 "(b)"
     "000001" DATA "01" S1 "(c)",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "headers 3 :method=POST :scheme=http :path=/\n"
     "data 1 'a'\n"
     "data 3 'b' END\n"
     "data 1 'c' END\n"},
    {"CONNECT",
     "00000c" HEADERS "04" S1 "0207(CONNECT)" "0101(a)",
     "headers 1 :method=CONNECT :authority=a\n"},

    /* ---- frames in general (4.1, 4.2, 5.5) ---- */
    {"unknown frame type and flags",
     "000003" "ff" "ff" S1 "010203"
     "000008" PING "fe" S0 "0102030405060708",
     "> pong 102030405060708\n"},
    {"reserved bit of a stream id",
     "000003" HEADERS "05" "80000001" GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n"},
    {"frame longer than allowed",
     "004001" DATA "00" S1,
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "frame longer than SETTINGS_MAX_FRAME_SIZE")},
    {"unknown frame in a header block",
     "000001" HEADERS "01" S1 "82"
     "000000" "ff" "00" S1,
     CONN_ERROR("PROTOCOL_ERROR", "1", "header block interrupted")},

    /* ---- header blocks (4.3, 6.2, 6.10) ---- */
    {"block interrupted by another frame",
     "000001" HEADERS "01" S1 "82"
     "000005" PRIORITY "00" S1 "0000000000",
     CONN_ERROR("PROTOCOL_ERROR", "1", "header block interrupted")},
    {"block interrupted by another stream's HEADERS",
     "000001" HEADERS "01" S1 "82"
     "000003" HEADERS "05" S3 GET,
     CONN_ERROR("PROTOCOL_ERROR", "1", "header block interrupted")},
    {"CONTINUATION of another stream",
     "000001" HEADERS "01" S1 "82"
     "000001" CONTINUATION "04" S3 "86",
     CONN_ERROR("PROTOCOL_ERROR", "1", "header block interrupted")},
    {"CONTINUATION out of nowhere",
     "000001" CONTINUATION "04" S1 "82",
     CONN_ERROR("PROTOCOL_ERROR", "0", "CONTINUATION without a header block")},
    {"CONTINUATION behind END_HEADERS",
     "000003" HEADERS "05" S1 GET
     "000001" CONTINUATION "04" S1 "82",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     CONN_ERROR("PROTOCOL_ERROR", "1", "CONTINUATION without a header block")},
    {"block that does not decode",
     "000001" HEADERS "05" S1 "80",
     CONN_ERROR("COMPRESSION_ERROR", "1", "header block does not decode")},
    {"HEADERS on stream 0",
     "000003" HEADERS "05" S0 GET,
     CONN_ERROR("PROTOCOL_ERROR", "0", "stream frame without a stream id")},
    {"HEADERS with too much padding",
     "000004" HEADERS "0d" S1 "04" GET,
     CONN_ERROR("PROTOCOL_ERROR", "0", "padding as long as its frame or longer")},
    {"HEADERS too short for its priority",
     "000004" HEADERS "25" S1 "00000000",
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "HEADERS too short for its priority")},
    {"padded HEADERS without a pad length",
     "000000" HEADERS "0d" S1,
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "padded frame without a pad length")},

    /* ---- stream ids and states (5.1) ---- */
    {"even stream id",
     "000003" HEADERS "05" "00000002" GET,
     CONN_ERROR("PROTOCOL_ERROR", "0", "frame for an idle stream")},
    {"stream id lower than the last",
     "000003" HEADERS "05" S5 GET
     "000003" HEADERS "05" S3 GET,
     "headers 5 :method=GET :scheme=http :path=/ END\n"
     CONN_ERROR("PROTOCOL_ERROR", "5", "stream id lower than one used before")},
    {"DATA on an idle stream",
     "000001" DATA "00" S1 "(a)",
     CONN_ERROR("PROTOCOL_ERROR", "0", "frame for an idle stream")},
    {"RST_STREAM on an idle stream",
     "000004" RST_STREAM "00" S1 "00000008",
     CONN_ERROR("PROTOCOL_ERROR", "0", "frame for an idle stream")},
    {"WINDOW_UPDATE on an idle stream",
     "000004" WINDOW_UPDATE "00" S1 "00000008",
     CONN_ERROR("PROTOCOL_ERROR", "0", "frame for an idle stream")},
    {"DATA behind END_STREAM",
     "000003" HEADERS "05" S1 GET
     "000001" DATA "00" S1 "(a)",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "reset 1 STREAM_CLOSED by us: frame behind END_STREAM\n"
     "> rst 1 STREAM_CLOSED\n"},
    {"HEADERS behind END_STREAM",
     "000003" HEADERS "05" S1 GET
     "000003" HEADERS "05" S1 GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "reset 1 STREAM_CLOSED by us: frame behind END_STREAM\n"
     "> rst 1 STREAM_CLOSED\n"},
    {"WINDOW_UPDATE, RST_STREAM behind END_STREAM",
     "000003" HEADERS "05" S1 GET
     "000004" WINDOW_UPDATE "00" S1 "00000001"
     "000004" RST_STREAM "00" S1 "00000008",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "reset 1 CANCEL by peer: reset by the peer\n"},
    {"DATA for a stream that the peer reset",
     "000003" HEADERS "04" S1 POST
     "000004" RST_STREAM "00" S1 "00000008"
     "000001" DATA "00" S1 "(a)",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 CANCEL by peer: reset by the peer\n"
     "> rst 1 STREAM_CLOSED\n"},
    {"HEADERS for a stream that the peer reset",
     "000003" HEADERS "04" S1 POST
     "000004" RST_STREAM "00" S1 "00000008"
     "000003" HEADERS "05" S1 GET,
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 CANCEL by peer: reset by the peer\n"
     CONN_ERROR( "STREAM_CLOSED", "1", "HEADERS for a closed stream")},
    {"DATA for a closed stream",
     "000003" HEADERS "05" S1 GET
     "000001" DATA "00" S1 "(a)",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "> headers 1 :status=200 END\n"
     "closed 1\n"
     "> rst 1 STREAM_CLOSED\n",
     .answer = true},
    {"HEADERS for a closed stream",
     "000003" HEADERS "05" S1 GET
     "000003" HEADERS "05" S1 GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "> headers 1 :status=200 END\n"
     "closed 1\n"
     CONN_ERROR( "STREAM_CLOSED", "1", "HEADERS for a closed stream"),
     .answer = true},
    {"RST_STREAM, WINDOW_UPDATE, PRIORITY for a closed stream",
     "000003" HEADERS "05" S1 GET
     "000004" RST_STREAM "00" S1 "00000008"
     "000004" WINDOW_UPDATE "00" S1 "00000008"
     "000005" PRIORITY "00" S1 "0000000000"
     "000008" PING "00" S0 "0000000000000001",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "> headers 1 :status=200 END\n"
     "closed 1\n"
     "> pong 1\n",
     .answer = true},
    {"frames on the way to a stream that we reset are dropped, and decoded",
     "00000b" HEADERS "04" S1 POST "4002(ab)03(cde)"
     "000002" DATA "00" S1 "(hi)"
     "000004" WINDOW_UPDATE "00" S1 "00000001"
     "000006" HEADERS "05" S1 "4001(x)02(yz)"
     "000005" HEADERS "05" S3 GET "bfbe",
     "headers 1 :method=POST :scheme=http :path=/ ab=cde\n"
     "> rst 1 CANCEL\n"
     "headers 3 :method=GET :scheme=http :path=/ ab=cde x=yz END\n"
     "> rst 3 CANCEL\n",
     .reset = true},

    /* ---- DATA (6.1) ---- */
    {"DATA on stream 0",
     "000001" DATA "00" S0 "(a)",
     CONN_ERROR("PROTOCOL_ERROR", "0", "stream frame without a stream id")},
    {"DATA with too much padding",
     "000003" HEADERS "04" S1 POST
     "000003" DATA "08" S1 "030000",
     "headers 1 :method=POST :scheme=http :path=/\n"
     CONN_ERROR("PROTOCOL_ERROR", "1", "padding as long as its frame or longer")},
    {"padded DATA without a pad length",
     "000003" HEADERS "04" S1 POST
     "000000" DATA "08" S1,
     "headers 1 :method=POST :scheme=http :path=/\n"
     CONN_ERROR("FRAME_SIZE_ERROR", "1", "padded frame without a pad length")},

    /* ---- PRIORITY (6.3; self-dependency: RFC 7540 5.3.1) ---- */
    {"PRIORITY on any stream",
     "000005" PRIORITY "00" S5 "800000010f"
     "000003" HEADERS "05" S1 GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n"},
    {"PRIORITY on stream 0",
     "000005" PRIORITY "00" S0 "800000010f",
     CONN_ERROR("PROTOCOL_ERROR", "0", "stream frame without a stream id")},
    {"PRIORITY of a wrong length",
     "000003" HEADERS "05" S1 GET
     "000004" PRIORITY "00" S1 "80000001"
     "000003" HEADERS "05" S3 GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "reset 1 FRAME_SIZE_ERROR by us: frame of a wrong length\n"
     "> rst 1 FRAME_SIZE_ERROR\n"
     "headers 3 :method=GET :scheme=http :path=/ END\n"},
    {"PRIORITY of a wrong length on an idle stream",
     "000004" PRIORITY "00" S1 "80000001",
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "frame of a wrong length")},
    {"PRIORITY on itself",
     "000003" HEADERS "05" S1 GET
     "000005" PRIORITY "00" S1 "000000010f",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "reset 1 PROTOCOL_ERROR by us: stream that depends on itself\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"HEADERS that depends on itself",
     "000008" HEADERS "25" S1 "000000010f" GET
     "000003" HEADERS "05" S3 GET,
     "> rst 1 PROTOCOL_ERROR\n"
     "headers 3 :method=GET :scheme=http :path=/ END\n"},

    /* ---- RST_STREAM (6.4) ---- */
    {"RST_STREAM",
     "000003" HEADERS "04" S1 POST
     "000004" RST_STREAM "00" S1 "00000007",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 REFUSED_STREAM by peer: reset by the peer\n"},
    {"RST_STREAM with an unknown code",
     "000003" HEADERS "04" S1 POST
     "000004" RST_STREAM "00" S1 "000000ff",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 UNKNOWN_ERROR by peer: reset by the peer\n"},
    {"RST_STREAM on stream 0",
     "000004" RST_STREAM "00" S0 "00000008",
     CONN_ERROR("PROTOCOL_ERROR", "0", "stream frame without a stream id")},
    {"RST_STREAM of a wrong length",
     "000003" HEADERS "05" S1 GET
     "000003" RST_STREAM "00" S1 "000000",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     CONN_ERROR("FRAME_SIZE_ERROR", "1", "frame of a wrong length")},

    /* ---- SETTINGS (6.5) ---- */
    {"SETTINGS with unknown ids",
     "00000c" SETTINGS "00" S0 "0000ffffffff" "00ffffffffff",
     "settings\n"
     "> settings ack\n"},
    {"SETTINGS acknowledgement with a payload",
     "000006" SETTINGS "01" S0 "000100001000",
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "frame of a wrong length")},
    {"SETTINGS on a stream",
     "000000" SETTINGS "00" S1,
     CONN_ERROR("PROTOCOL_ERROR", "0", "connection frame with a stream id")},
    {"SETTINGS of a wrong length",
     "000005" SETTINGS "00" S0 "0001000010",
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "frame of a wrong length")},
    {"ENABLE_PUSH 2",
     "000006" SETTINGS "00" S0 "000200000002",
     CONN_ERROR("PROTOCOL_ERROR", "0", "SETTINGS_ENABLE_PUSH is neither 0 nor 1")},
    {"INITIAL_WINDOW_SIZE 2^31",
     "000006" SETTINGS "00" S0 "000480000000",
     CONN_ERROR("FLOW_CONTROL_ERROR", "0", "SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1")},
    {"MAX_FRAME_SIZE 16383",
     "000006" SETTINGS "00" S0 "000500003fff",
     CONN_ERROR("PROTOCOL_ERROR", "0", "SETTINGS_MAX_FRAME_SIZE out of range")},
    {"MAX_FRAME_SIZE 2^24",
     "000006" SETTINGS "00" S0 "000501000000",
     CONN_ERROR("PROTOCOL_ERROR", "0", "SETTINGS_MAX_FRAME_SIZE out of range")},
    {"INITIAL_WINDOW_SIZE takes a stream's window above 2^31-1",
     "000003" HEADERS "05" S1 GET
     "000004" WINDOW_UPDATE "00" S1 "7fff0000"
     "000006" SETTINGS "00" S0 "000400010000",
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     CONN_ERROR( "FLOW_CONTROL_ERROR", "1", "SETTINGS_INITIAL_WINDOW_SIZE takes a window above 2^31-1")},
    {"HEADER_TABLE_SIZE 0: our next block begins with a size update",
     "000006" SETTINGS "00" S0 "000100000000"
     "000003" HEADERS "05" S1 GET,
     "settings\n"
     "> settings ack\n"
     "headers 1 :method=GET :scheme=http :path=/ END\n"
     "> headers 1 :status=200 END\n"
     "closed 1\n",
     .answer = true},

    /* ---- PUSH_PROMISE (8.4) ---- */
    {"PUSH_PROMISE from a client",
     "000004" PUSH_PROMISE "04" S1 "00000002",
     CONN_ERROR("PROTOCOL_ERROR", "0", "PUSH_PROMISE from a client")},

    /* ---- PING (6.7) ---- */
    {"PING",
     "000008" PING "00" S0 "0000000000000abc",
     "> pong abc\n"},
    {"PING acknowledgement",
     "000008" PING "01" S0 "0000000000000abc",
     "pong abc\n"},
    {"PING on a stream",
     "000008" PING "00" S1 "0000000000000abc",
     CONN_ERROR("PROTOCOL_ERROR", "0", "connection frame with a stream id")},
    {"PING of a wrong length",
     "000006" PING "00" S0 "000000000abc",
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "frame of a wrong length")},

    /* ---- GOAWAY (6.8) ---- */
    {"GOAWAY from a client leaves its streams alone",
     "000003" HEADERS "04" S1 POST
     "00000b" GOAWAY "00" S0 "00000000" "00000000" "(bye)"
     "000001" DATA "01" S1 "(x)",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "goaway NO_ERROR last=0 'bye'\n"
     "data 1 'x' END\n"},
    {"GOAWAY with an unknown code",
     "000008" GOAWAY "00" S0 "00000000" "000000ff",
     "goaway UNKNOWN_ERROR last=0 ''\n"},
    {"GOAWAY on a stream",
     "000008" GOAWAY "00" S1 "00000000" "00000000",
     CONN_ERROR("PROTOCOL_ERROR", "0", "connection frame with a stream id")},
    {"GOAWAY of a wrong length",
     "000007" GOAWAY "00" S0 "00000000" "000000",
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "frame of a wrong length")},
    {"GOAWAY that takes back",
     "000008" GOAWAY "00" S0 "00000002" "00000000"
     "000008" GOAWAY "00" S0 "00000004" "00000000",
     "goaway NO_ERROR last=2 ''\n"
     CONN_ERROR("PROTOCOL_ERROR", "0", "GOAWAY with a higher stream than before")},

    /* ---- WINDOW_UPDATE (6.9) ---- */
    {"WINDOW_UPDATE by 0",
     "000004" WINDOW_UPDATE "00" S0 "00000000",
     CONN_ERROR("PROTOCOL_ERROR", "0", "WINDOW_UPDATE by 0")},
    {"WINDOW_UPDATE by 0 on a stream",
     "000003" HEADERS "04" S1 POST
     "000004" WINDOW_UPDATE "00" S1 "00000000",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 PROTOCOL_ERROR by us: WINDOW_UPDATE by 0\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"WINDOW_UPDATE of a wrong length",
     "000003" WINDOW_UPDATE "00" S0 "000001",
     CONN_ERROR("FRAME_SIZE_ERROR", "0", "frame of a wrong length")},
    {"connection window above 2^31-1",
     "000004" WINDOW_UPDATE "00" S0 "7fffffff",
     CONN_ERROR("FLOW_CONTROL_ERROR", "0", "connection window above 2^31-1")},
    {"windows of 2^31-1",
     "000003" HEADERS "04" S1 POST
     "000004" WINDOW_UPDATE "00" S1 "7fff0000"
     "000004" WINDOW_UPDATE "00" S0 "7fff0000",
     "headers 1 :method=POST :scheme=http :path=/\n"},
    {"stream window above 2^31-1",
     "000003" HEADERS "04" S1 POST
     "000004" WINDOW_UPDATE "00" S1 "7fffffff",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 FLOW_CONTROL_ERROR by us: stream window above 2^31-1\n"
     "> rst 1 FLOW_CONTROL_ERROR\n"},
    {"DATA beyond the stream's window",
     "000003" HEADERS "04" S1 POST
     "000005" DATA "00" S1 "(hello)",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 FLOW_CONTROL_ERROR by us: DATA beyond the stream's window\n"
     "> rst 1 FLOW_CONTROL_ERROR\n",
     .opts = {.stream_window = 4}},

    /* ---- streams at once (5.1.2) ---- */
    {"more streams than allowed",
     "000003" HEADERS "04" S1 POST
     "000003" HEADERS "05" S3 GET
     "000000" DATA "01" S1
     "000003" HEADERS "05" S5 GET,
     "headers 1 :method=POST :scheme=http :path=/\n"
     "> rst 3 REFUSED_STREAM\n"
     "data 1 '' END\n"
     "> headers 1 :status=200 END\n"
     "closed 1\n"
     "headers 5 :method=GET :scheme=http :path=/ END\n"
     "> headers 5 :status=200 END\n"
     "closed 5\n",
     .answer = true, .opts = {.max_concurrent_streams = 1}},

    /* ---- our smaller table (4.3.1) ---- */
    {"smaller table heeded",
     "000005" HEADERS "05" S1 "3f45" GET,
     "headers 1 :method=GET :scheme=http :path=/ END\n",
     .opts = {.header_table_size = 100}},
    {"smaller table not heeded",
     "000003" HEADERS "05" S1 GET,
     CONN_ERROR("COMPRESSION_ERROR", "1", "header block does not decode"),
     .opts = {.header_table_size = 100}},

    /* ---- requests that are malformed (8.1.1, 8.2, 8.3) ---- */
    {"upper case",
     "000008" HEADERS "05" S1 GET "0001(A)01(b)",
     "> rst 1 PROTOCOL_ERROR\n"},
    {"DATA on the way behind a malformed request is dropped",
     "000008" HEADERS "04" S1 GET "0001(A)01(b)"
     "000001" DATA "01" S1 "(x)",
     "> rst 1 PROTOCOL_ERROR\n"},
    {"unknown pseudo-header field",
     "00000b" HEADERS "05" S1 GET "0004(:abc)01(b)",
     "> rst 1 PROTOCOL_ERROR\n"},
    {"malformed block keeps the table in step",
     "000008" HEADERS "05" S1 GET "4001(A)01(b)"
     "000008" HEADERS "05" S3 GET "4001(c)01(d)"
     "000004" HEADERS "05" S5 GET "be",
     "> rst 1 PROTOCOL_ERROR\n"
     "headers 3 :method=GET :scheme=http :path=/ c=d END\n"
     "headers 5 :method=GET :scheme=http :path=/ c=d END\n"},
    {"content-length, right",
     "000009" HEADERS "04" S1 POST "0f0d03(002)"
     "000002" DATA "01" S1 "(hi)",
     "headers 1 :method=POST :scheme=http :path=/ content-length=002\n"
     "data 1 'hi' END\n"},
    {"content-length, DATA ends too soon",
     "000007" HEADERS "04" S1 POST "0f0d01(3)"
     "000002" DATA "01" S1 "(hi)",
     "headers 1 :method=POST :scheme=http :path=/ content-length=3\n"
     "reset 1 PROTOCOL_ERROR by us: content-length and DATA differ\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"content-length, DATA is too long",
     "000007" HEADERS "04" S1 POST "0f0d01(3)"
     "000002" DATA "00" S1 "(hi)"
     "000002" DATA "00" S1 "(ho)",
     "headers 1 :method=POST :scheme=http :path=/ content-length=3\n"
     "data 1 'hi'\n"
     "reset 1 PROTOCOL_ERROR by us: content-length and DATA differ\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"content-length without a body",
     "000007" HEADERS "05" S1 POST "0f0d01(3)",
     "> rst 1 PROTOCOL_ERROR\n"},
    {"content-length, trailers come too soon",
     "000007" HEADERS "04" S1 POST "0f0d01(3)"
     "000005" HEADERS "05" S1 "0001(x)01(y)",
     "headers 1 :method=POST :scheme=http :path=/ content-length=3\n"
     "reset 1 PROTOCOL_ERROR by us: content-length and DATA differ\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"trailers without END_STREAM",
     "000003" HEADERS "04" S1 POST
     "000005" HEADERS "04" S1 "0001(x)01(y)",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 PROTOCOL_ERROR by us: trailers without END_STREAM\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"pseudo-header field in trailers",
     "000003" HEADERS "04" S1 POST
     "000001" HEADERS "05" S1 "82",
     "headers 1 :method=POST :scheme=http :path=/\n"
     "reset 1 PROTOCOL_ERROR by us: pseudo-header field that does not belong here\n"
     "> rst 1 PROTOCOL_ERROR\n"},
    {"header list over the limit",
     "00000d" HEADERS "05" S1 GET "4001(a)01(b)4001(c)01(d)"
     "000004" HEADERS "05" S3 GET "be",
     "headers 1 :method=GET :scheme=http :path=/ a=b OVER END\n"
     "headers 3 :method=GET :scheme=http :path=/ c=d END\n",
     .opts = {.max_header_list = 42 + 43 + 38 + 34}},
    /* clang-format on */
};

static const script client_scripts[] = {
    /* clang-format off */
    {"response",
     "000001" HEADERS "04" S1 OK_200
     "000002" DATA "01" S1 "(hi)",
     "headers 1 :status=200\n"
     "data 1 'hi' END\n"
     "closed 1\n",
     .get = 1},
    {"response and trailers",
     "000001" HEADERS "04" S1 OK_200
     "000002" DATA "00" S1 "(hi)"
     "000005" HEADERS "05" S1 "0001(x)01(y)",
     "headers 1 :status=200\n"
     "data 1 'hi'\n"
     "trailers 1 x=y END\n"
     "closed 1\n",
     .get = 1},
    {"trailers only",
     "000001" HEADERS "05" S1 OK_200,
     "headers 1 :status=200 END\n"
     "closed 1\n",
     .get = 1},
    {"response before the request is complete",
     "000001" HEADERS "05" S1 OK_200
     "000004" RST_STREAM "00" S1 "00000000",
     "headers 1 :status=200 END\n"
     "reset 1 NO_ERROR by peer: reset by the peer\n",
     .post = 1},
    {"1xx is skipped",
     "000005" HEADERS "04" S1 "0803(100)"
     "000005" HEADERS "04" S1 "0803(103)"
     "000001" HEADERS "05" S1 OK_200,
     "headers 1 :status=200 END\n"
     "closed 1\n",
     .get = 1},
    {"1xx with END_STREAM",
     "000005" HEADERS "05" S1 "0803(100)",
     "reset 1 PROTOCOL_ERROR by us: informational response with END_STREAM\n"
     "> rst 1 PROTOCOL_ERROR\n",
     .get = 1},
    {"101",
     "000005" HEADERS "04" S1 "0803(101)",
     "reset 1 PROTOCOL_ERROR by us: 101 Switching Protocols\n"
     "> rst 1 PROTOCOL_ERROR\n",
     .get = 1},
    {"DATA before HEADERS",
     "000002" DATA "00" S1 "(hi)",
     "reset 1 PROTOCOL_ERROR by us: DATA before HEADERS\n"
     "> rst 1 PROTOCOL_ERROR\n",
     .get = 1},
    {"DATA after 1xx only",
     "000005" HEADERS "04" S1 "0803(100)"
     "000002" DATA "00" S1 "(hi)",
     "reset 1 PROTOCOL_ERROR by us: DATA before HEADERS\n"
     "> rst 1 PROTOCOL_ERROR\n",
     .get = 1},
    {"response without :status",
     "000005" HEADERS "05" S1 "0001(x)01(y)",
     "reset 1 PROTOCOL_ERROR by us: response without :status\n"
     "> rst 1 PROTOCOL_ERROR\n",
     .get = 1},
    {"request fields in a response",
     "000001" HEADERS "05" S1 "82",
     "reset 1 PROTOCOL_ERROR by us: pseudo-header field that does not belong here\n"
     "> rst 1 PROTOCOL_ERROR\n",
     .get = 1},
    {"content-length of a response that has none: 204",
     "000005" HEADERS "05" S1 "89" "0f0d01(3)",
     "headers 1 :status=204 content-length=3 END\n"
     "closed 1\n",
     .get = 1},
    {"content-length differs",
     "000005" HEADERS "05" S1 "88" "0f0d01(3)",
     "reset 1 PROTOCOL_ERROR by us: content-length and DATA differ\n"
     "> rst 1 PROTOCOL_ERROR\n",
     .get = 1},
    {"HEADERS for a stream that is not open",
     "000001" HEADERS "05" S3 OK_200,
     CONN_ERROR("PROTOCOL_ERROR", "0", "frame for an idle stream"),
     .get = 1},
    {"HEADERS with an even id",
     "000001" HEADERS "05" "00000002" OK_200,
     CONN_ERROR("PROTOCOL_ERROR", "0", "frame for an idle stream"),
     .get = 1},
    {"PUSH_PROMISE",
     "000005" PUSH_PROMISE "04" S1 "00000002" "82",
     CONN_ERROR("PROTOCOL_ERROR", "0", "PUSH_PROMISE although push is disabled"),
     .get = 1},
    {"server enables push",
     "000006" SETTINGS "00" S0 "000200000001",
     CONN_ERROR("PROTOCOL_ERROR", "0", "a server may not enable push")},
    {"server disables push",
     "000006" SETTINGS "00" S0 "000200000000",
     "settings\n"
     "> settings ack\n"},
    {"HEADERS for a closed stream",
     "000001" HEADERS "05" S1 OK_200
     "000001" HEADERS "05" S1 OK_200,
     "headers 1 :status=200 END\n"
     "closed 1\n"
     CONN_ERROR("STREAM_CLOSED", "0", "HEADERS for a closed stream"),
     .get = 1},
    {"DATA behind END_STREAM",
     "000001" HEADERS "05" S1 OK_200
     "000001" DATA "00" S1 "(x)",
     "headers 1 :status=200 END\n"
     "reset 1 STREAM_CLOSED by us: frame behind END_STREAM\n"
     "> rst 1 STREAM_CLOSED\n",
     .post = 1},
    {"frames on the way to a stream that we reset",
     "000001" HEADERS "04" S1 OK_200
     "000001" DATA "00" S1 "(x)"
     "000004" RST_STREAM "00" S1 "00000002"
     "000001" HEADERS "05" S3 OK_200,
     "headers 1 :status=200\n"
     "> rst 1 CANCEL\n"
     "headers 3 :status=200 END\n",
     .get = 2, .reset = true},
    {"GOAWAY: streams above the last are refused, others go on",
     "00000b" GOAWAY "00" S0 "00000001" "00000000" "(max)"
     "000001" HEADERS "05" S1 OK_200,
     "reset 3 REFUSED_STREAM by peer: not processed: the server is going away\n"
     "reset 5 REFUSED_STREAM by peer: not processed: the server is going away\n"
     "goaway NO_ERROR last=1 'max'\n"
     "headers 1 :status=200 END\n"
     "closed 1\n",
     .get = 3},
    {"two GOAWAYs",
     "000008" GOAWAY "00" S0 "7fffffff" "00000000"
     "000008" GOAWAY "00" S0 "00000001" "00000000",
     "goaway NO_ERROR last=2147483647 ''\n"
     "reset 3 REFUSED_STREAM by peer: not processed: the server is going away\n"
     "goaway NO_ERROR last=1 ''\n",
     .get = 2},
    {"the first frame is not SETTINGS",
     "000008" PING "00" S0 "0000000000000001",
     CONN_ERROR("PROTOCOL_ERROR", "0", "first frame is not SETTINGS"),
     .raw = true},
    /* clang-format on */
};

/* ---- running them ---------------------------------------------------------------------------------------- */

static void react(weir_h2 *h2, const weir_h2_event *ev, void *arg) {
  const script *s = arg;
  static const weir_hpack_field ok[] = {FIELD(":status", "200")};
  if (s->reset && ev->kind == WEIR_H2_EV_HEADERS) weir_h2_reset(h2, ev->stream, WEIR_H2_CANCEL);
  if (s->answer && ev->end_stream)
    assert_int_equal(weir_h2_send_headers(h2, ev->stream, ok, 1, true), WEIR_EOK);
}

static void open_requests(weir_h2 *h2, int n, bool end_stream) {
  static const weir_hpack_field get[] = {FIELD(":method", "GET"), FIELD(":scheme", "http"),
                                         FIELD(":path", "/")};
  for (uint32_t id; n > 0; n--) assert_int_equal(weir_h2_open(h2, get, 3, end_stream, NULL, &id), WEIR_EOK);
}

static weir_h2 *start(const script *s, bool is_client) {
  weir_h2_opts o = s->opts;
  o.is_client = is_client;
  weir_h2 *h2 = s->raw ? weir_h2_new(&o) : test_connected(&o);
  assert_non_null(h2);
  open_requests(h2, s->get, true);
  open_requests(h2, s->post, false);
  weir_str out[8]; /* what was said and opened so far is not part of the transcript */
  for (size_t n; (n = weir_h2_peek(h2, out, 8)) > 0;)
    for (size_t i = 0; i < n; i++) weir_h2_wrote(h2, out[i].len);
  return h2;
}

/* Events, then frames: when frames are written, between events, depends on how input was cut. */
static weir_bytes events_then_frames(const char *text) {
  weir_bytes b = weir_bytes_in(WEIR_MEM_DEFAULT);
  for (int frames = 0; frames < 2; frames++) {
    for (const char *line = text, *end; *line; line = end) {
      end = strchr(line, '\n') + 1;
      if ((*line == '>') == frames) weir_bytes_append(&b, line, (size_t)(end - line));
    }
  }
  weir_bytes_append(&b, "", 1);
  return b;
}

/* Feeds the bytes in pieces: the first `cut` bytes, then pieces of `step`. */
static void run(const script *s, bool is_client, weir_str bytes, size_t cut, size_t step) {
  weir_h2 *h2 = start(s, is_client);
  transcript t = transcript_new();
  bool alive = true;
  for (size_t at = 0; at < bytes.len && alive;) {
    size_t len = at == 0 && cut ? cut : step;
    if (len > bytes.len - at) len = bytes.len - at;
    char *copy = malloc(len); /* of exactly this length, and gone behind the call */
    assert_non_null(copy);
    memcpy(copy, bytes.data + at, len);
    alive = test_feed(h2, (weir_str){copy, len}, &t, react, (void *)(uintptr_t)s);
    free(copy);
    at += len;
  }
  weir_bytes got = events_then_frames(transcript_text(&t)), wanted = events_then_frames(s->transcript);
  if (strcmp(got.data, wanted.data) != 0)
    fail_msg("%s (%s, cut %zu, step %zu)\ngot:\n%swanted:\n%s", s->name, is_client ? "client" : "server", cut,
             step, got.data, wanted.data);
  weir_bytes_fini(&got);
  weir_bytes_fini(&wanted);
  transcript_free(&t);
  weir_h2_free(h2);
}

static void write_seed(const script *s, bool is_client, size_t number, weir_str bytes) {
  const char *dir = getenv("WEIR_CORPUS");
  if (!dir || s->raw) return;
  char path[512];
  snprintf(path, sizeof path, "%s/h2_recv_%s/script-%02zu", dir, is_client ? "client" : "server", number);
  FILE *f = fopen(path, "wb");
  if (!f) fail_msg("cannot write %s", path);
  fputc((int)number, f); /* the fuzzers take their first byte for the size of pieces */
  fwrite(bytes.data, 1, bytes.len, f);
  fclose(f);
}

static void run_all(const script *scripts, size_t n, bool is_client) {
  for (size_t i = 0; i < n; i++) {
    weir_bytes b = test_hex(scripts[i].in);
    weir_str bytes = weir_bytes_view(&b);
    run(&scripts[i], is_client, bytes, 0, bytes.len);
    run(&scripts[i], is_client, bytes, 0, 1);
    for (size_t cut = 1; cut < bytes.len; cut++) run(&scripts[i], is_client, bytes, cut, bytes.len);
    write_seed(&scripts[i], is_client, i, bytes);
    weir_bytes_fini(&b);
  }
}

static void test_server(void **state) {
  (void)state;
  run_all(server_scripts, sizeof server_scripts / sizeof server_scripts[0], false);
}

static void test_client(void **state) {
  (void)state;
  run_all(client_scripts, sizeof client_scripts / sizeof client_scripts[0], true);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_server), cmocka_unit_test(test_client)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
