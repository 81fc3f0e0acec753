# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
# A thin front: CMake builds, scripts/ do the rest. `make help` lists what there is.

PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60

.PHONY: weirc-oracle all setup hello test test-sim attacks bench bench-messages fuzz conformance cross interop h2spec python python-test format install clean help

all: setup ## build everything, optimised, into build/
	@cmake --preset release $(if $(wildcard build/build.ninja),>/dev/null)
	@cmake --build --preset release

setup: ## install what the build needs (apt)
	@scripts/setup

hello: all ## run the helloworld server and client
	@scripts/hello

test: ## everything that must hold: release, ASan + UBSan and TSan builds
	@scripts/setup --test
	@scripts/test

test-sim: ## SEEDS (100,000) of the simulated network: faults, hostile peers, failing memory, clock jumps
	@scripts/setup --test
	@$(MAKE) --no-print-directory all
	@scripts/test-sim $(or $(SEEDS),100000)

attacks: ## hostile peers against server and client, five seconds each (docs/security.md)
	@scripts/setup --test
	@$(MAKE) --no-print-directory all
	@tests/attacks/run

bench: ## measure against other implementations (needs bench/run)
	@scripts/setup --bench
	@$(MAKE) --no-print-directory all
	@bench/run

bench-messages: ## messages beside upb, C++, prost, Go and protobuf-c: decode, encode, size
	@scripts/setup --bench
	@$(MAKE) --no-print-directory all
	@bench/messages/run.py

fuzz: ## each fuzz target for FUZZ_SECONDS
	@scripts/setup --test
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz

conformance: ## protobuf's conformance suite against build/bin/weir-conformance
	@scripts/setup --conformance
	@$(MAKE) --no-print-directory all
	@tests/conformance/setup
	@cmake --preset release >/dev/null
	@cmake --build --preset release --target weir-conformance
	@tests/conformance/run

interop: ## call grpcio, grpc-go and grpc-java, and be called by them
	@scripts/setup --interop
	@$(MAKE) --no-print-directory all
	@tests/interop/setup
	@tests/interop/run

weirc-oracle: ## weirc against protoc, on all .proto files of the packages; takes some minutes
	tests/weirc/oracle --setup
	tests/weirc/oracle errors build/bin/weirc
	tests/weirc/oracle corpora build/bin/weirc
	tests/weirc/oracle mutate build/bin/weirc 10000

cross: ## unit tests on s390x (big-endian), i686 (32 bits) and aarch64, and with clang's tail calls
	@scripts/setup --cross
	@scripts/cross

h2spec: ## the HTTP/2 conformance suite against build/bin/greeter_server
	@scripts/setup --interop
	@$(MAKE) --no-print-directory all
	@tests/h2spec/run

python: ## build the Python wheels into dist/
	@scripts/setup --python
	@scripts/python-wheel dist

python-test: ## the wheel in an environment of its own, also against grpcio
	@scripts/setup --python
	@scripts/python-test

format: ## put the sources into the house format
	@scripts/setup --test
	@tools/check-format --write

install: all ## install into $(DESTDIR)$(PREFIX)
	@DESTDIR=$(DESTDIR) cmake --install build --prefix $(PREFIX)

clean: ## remove build/
	@rm -rf build

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16
