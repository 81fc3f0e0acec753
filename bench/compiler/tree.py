#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Writes .proto files as large projects have them: packages of some files that import each other and a few of others,
messages with comments, maps, oneofs and nested types, enums, options, services.

tree.py FOLDER [FILES [LINES]]   default: 5,000 files, 500,000 lines in all; the same every time
"""
import pathlib
import random
import sys

SCALARS = ["int32", "int64", "uint32", "uint64", "sint32", "bool", "double", "float", "string", "bytes", "fixed64"]
WORDS = """account address amount balance batch budget cell channel city code color count country created currency cursor
customer data day delay device digest domain duration email endpoint entry error event expiry file filter flag format group
hash height host image index interval item job key label language latency level limit line link list locale location log
map media member message metric mode month name network node note number offer offset option order owner page parent
part path payload peer period phone plan policy port price priority product profile project proof quota range rate reason
region release reply report request resource result role route rule sample scope score secret section segment sender
series session shard shape size source span stage state status step store stream subject table tag target task team tenant
term text ticket time title token topic total trace transport type unit update user value vendor version view volume
weight window worker year zone""".split()


def name_of(i):
    return f"pkg{i // 25:03d}/file{i % 25:02d}.proto"


def package_of(i):
    return f"corp.pkg{i // 25:03d}"


def camel(words):
    return "".join(w.capitalize() for w in words)


class File:
    """One file of about so many lines; `shared`: names of messages that files before it declare, by file."""

    def __init__(self, i, lines, rng, shared):
        self.rng = rng
        self.out = ['syntax = "proto3";', "", f"// Part {i % 25} of {package_of(i)}.", f"package {package_of(i)};", ""]
        near = range(i // 25 * 25, i)
        imports = set(rng.sample(near, min(len(near), 3))) | set(rng.sample(range(i), min(i, 2)))
        self.types = [f".{package_of(k)}.{m}" for k in sorted(imports) for m in shared[k][:3]]
        self.out += [f'import "{name_of(k)}";' for k in sorted(imports)]
        self.out += ['import "google/protobuf/timestamp.proto";', "",
                     f'option java_package = "com.{package_of(i)}";', "option java_multiple_files = true;", ""]
        self.unused = list(self.types) + ["google.protobuf.Timestamp"]
        self.messages, self.n = [], 0
        while len(self.out) < lines - 16 or self.unused:
            self.message(i)
        if self.messages:
            self.service(i)

    def field_type(self):
        if self.unused:
            return self.unused.pop()
        roll = self.rng.random()
        if roll < 0.12 and self.types:
            return self.rng.choice(self.types)
        if roll < 0.2 and self.messages:
            return self.rng.choice(self.messages)
        if roll < 0.25:
            return f"map<string, {self.rng.choice(SCALARS)}>"
        kind = self.rng.choice(SCALARS)
        return ("repeated " if roll < 0.35 else "optional " if roll < 0.45 else "") + kind

    def message(self, i):
        rng = self.rng
        name = f"{camel(rng.sample(WORDS, 2))}{i}x{self.n}"
        self.n += 1
        self.out += [f"// A {name} holds what is known of one, as it was", "// when it was last seen.", f"message {name} {{"]
        if rng.random() < 0.4:
            prefix = f"KIND{self.n}"
            self.out += ["  enum Kind {", f"    {prefix}_UNSPECIFIED = 0;"]
            self.out += [f"    {prefix}_{rng.choice(WORDS).upper()}_{k} = {k};" for k in range(1, rng.randrange(3, 6))] + ["  }",
                         "  Kind kind = 1;"]
        number = 2
        for word in rng.sample(WORDS, rng.randrange(5, 14)):
            if rng.random() < 0.4:
                self.out.append(f"  // The {word}; empty if there is none.")
            option = " [deprecated = true]" if rng.random() < 0.04 else ""
            self.out.append(f"  {self.field_type()} {word}_{number} = {number}{option};")
            number += 1
        if rng.random() < 0.3:
            self.out += ["  oneof choice {", f"    string text_choice = {number};", f"    int64 number_choice = {number + 1};", "  }"]
        self.out += ["}", ""]
        self.messages.append(name)

    def service(self, i):
        self.out += [f"// Calls about {package_of(i)}.", f"service Service{i} {{"]
        for k in range(4):
            pair = self.rng.choice(self.messages), self.rng.choice(self.messages)
            self.out.append(f"  rpc Do{k}({pair[0]}) returns ({'stream ' if k == 3 else ''}{pair[1]});")
        self.out.append("}")


def write_tree(folder, files, lines):
    """Returns the names of the files, and how many lines they have."""
    rng, shared, total = random.Random(7), [], 0
    folder = pathlib.Path(folder)
    for i in range(files):
        made = File(i, lines // files, rng, shared)
        shared.append(made.messages)
        path = folder / name_of(i)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(made.out) + "\n")
        total += len(made.out)
    return [name_of(i) for i in range(files)], total


if __name__ == "__main__":
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    print("%d files, %d lines" % (count, write_tree(sys.argv[1], count, int(sys.argv[3]) if len(sys.argv) > 3 else count * 100)[1]))
