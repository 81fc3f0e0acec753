/* SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors */
/* weir.h - all of weir: gRPC clients, servers and protobuf messages. */
#ifndef WEIR_WEIR_H
#define WEIR_WEIR_H

#include <weir/base.h>
#include <weir/call.h>
#include <weir/channel.h>
#include <weir/loop.h>
#include <weir/pb.h>
#include <weir/server.h>

#endif
