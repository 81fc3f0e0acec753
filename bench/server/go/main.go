// SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors

// The greeter on grpc-go, to measure against. HelloRequest and HelloReply are one string field number 1, and so is
// google.protobuf.StringValue: with it nothing has to be generated, and the path through grpc-go is the same.
// usage: go_greeter PORT
package main

import (
	"context"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

func sayHello(_ any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	request := new(wrapperspb.StringValue)
	if err := decode(request); err != nil {
		return nil, err
	}
	return &wrapperspb.StringValue{Value: "Hello " + request.Value}, nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go_greeter PORT")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "helloworld.Greeter",
		Methods:     []grpc.MethodDesc{{MethodName: "SayHello", Handler: sayHello}},
	}, nil)
	log.Fatal(server.Serve(listener))
}
