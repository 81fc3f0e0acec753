// SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors

// Google's protobuf for Go with generated code; what timing.h says of arguments and lines holds here too. Allocations
// are the Go runtime's own count; garbage collection is part of the time.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	"weir/bench/messages/pb"
)

var seconds float64

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func cpuSeconds() float64 {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) * 1e-9
}

func measure(set, op string, run func()) {
	if seconds == 0 {
		var before, after runtime.MemStats
		run()
		runtime.GC()
		runtime.ReadMemStats(&before)
		run()
		runtime.ReadMemStats(&after)
		fmt.Println("go", set, op, after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc)
		return
	}
	n, took := 1, 0.0
	for ; ; n *= 2 {
		start := cpuSeconds()
		for i := 0; i < n; i++ {
			run()
		}
		if took = cpuSeconds() - start; took >= seconds/5 {
			break
		}
	}
	n = int(float64(n)*seconds/took) + 1
	start := cpuSeconds()
	for i := 0; i < n; i++ {
		run()
	}
	fmt.Printf("go %s %s %.2f\n", set, op, (cpuSeconds()-start)/float64(n)*1e9)
}

func bench(set string, fresh func() proto.Message) {
	if len(os.Args) > 3 && os.Args[3] != set {
		return
	}
	wire, err := os.ReadFile(filepath.Join(os.Args[1], set+".bin"))
	check(err)
	msg := fresh()
	check(proto.Unmarshal(wire, msg))
	text, err := protojson.Marshal(msg)
	check(err)
	measure(set, "decode", func() { check(proto.Unmarshal(wire, fresh())) })
	measure(set, "encode", func() { _, err := proto.Marshal(msg); check(err) })
	measure(set, "size", func() { proto.Size(msg) })
	measure(set, "to-json", func() { _, err := protojson.Marshal(msg); check(err) })
	measure(set, "from-json", func() { check(protojson.Unmarshal(text, fresh())) })
}

func main() {
	var err error
	seconds, err = strconv.ParseFloat(os.Args[2], 64)
	check(err)
	bench("greeting", func() proto.Message { return &pb.Hello{} })
	bench("descriptor", func() proto.Message { return &descriptorpb.FileDescriptorProto{} })
	bench("telemetry", func() proto.Message { return &pb.Batch{} })
	bench("strings", func() proto.Message { return &pb.Strings{} })
	bench("packed", func() proto.Message { return &pb.Packed{} })
	bench("nested", func() proto.Message { return &pb.Chains{} })
	bench("maps", func() proto.Message { return &pb.Maps{} })
}
