#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""weirc beside protoc: from start to exit, on one small file and on a tree of 5,000; and how cost grows.

run.py [WEIRC [PROTOC]]   default: build/bin/weirc, build/oracle/venv/bin/protoc (tests/weirc/oracle --setup)
ROUNDS=n                  runs of each, of which the medians are printed (default 5)

Each round runs both, one after the other. CPU is user and system time, memory the peak of what was resident.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tree import write_tree  # noqa: E402

root = pathlib.Path(__file__).resolve().parent.parent.parent
ROUNDS = int(os.environ.get("ROUNDS", "5"))
HELLO = """// The greeting service.
syntax = "proto3";
package helloworld;
service Greeter {
  // Sends a greeting.
  rpc SayHello (HelloRequest) returns (HelloReply) {}
  rpc SayHelloStreamReply (HelloRequest) returns (stream HelloReply) {}
}
message HelloRequest { string name = 1; }
message HelloReply { string message = 1; }
"""


def run_once(program, args):
    """Wall and CPU seconds, and MiB."""
    start = time.perf_counter()
    pid = os.posix_spawn(program, [program, *args], os.environ)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{program} {' '.join(args)}: exit status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(programs, args, cwd, rounds):
    """Medians for each program, taken in turn."""
    os.chdir(cwd)
    runs = [[run_once(p, args) for p in programs] for _ in range(rounds)]
    return [tuple(statistics.median(r[i][k] for r in runs) for k in range(3)) for i in range(len(programs))]


def row(label, results):
    ours = results[0]
    text = f"| {label} | {ours[0] * 1e3:,.1f} ms | {ours[1] * 1e3:,.1f} ms | {ours[2]:,.1f} MiB |"
    if len(results) > 1:
        theirs = results[1]
        text += f" {theirs[0] * 1e3:,.1f} ms | {theirs[1] * 1e3:,.1f} ms | {theirs[2]:,.1f} MiB |"
        text += " " + " | ".join(f"{b / a:.1f}x" for a, b in zip(ours, theirs)) + " |"
    print(text, flush=True)


def chain(folder, depth):
    for i in range(depth):
        imported = f'import "c{i - 1}.proto"; message M{i} {{ M{i - 1} m = 1; }}\n' if i else "message M0 {}\n"
        (folder / f"c{i}.proto").write_text(f'syntax = "proto3"; {imported}')
    return [f"c{depth - 1}.proto"]


def fields(folder, n):
    body = "".join(f"  int32 field_number_{i} = {i + (1000 if i >= 19000 else 0)};\n" for i in range(1, n + 1))
    (folder / "f.proto").write_text(f'syntax = "proto3";\nmessage M {{\n{body}}}\n')
    return ["f.proto"]


def tree_args(folder, n):
    names, _ = write_tree(folder, n, n * 100)
    (folder / "list").write_text("\n".join(names) + "\n")
    return ["@list"]


CURVES = [("files, of 100 lines", tree_args, (625, 1250, 2500, 5000)), ("fields of one message", fields, (12500, 25000, 50000, 100000)),
          ("files that import each the next", chain, (500, 1000, 2000, 4000))]


def curve(programs, what, make, sizes):
    print(f"\n| {what} | " + " | ".join(f"{s:,}" for s in sizes) + " |\n|---" + "|---:" * len(sizes) + "|")
    results = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            args = make(pathlib.Path(folder), size)
            results.append(measure(programs, ["-oout.pb", *args], folder, max(1, ROUNDS // 2)))
            os.chdir("/")
    for i, program in enumerate(programs):
        print(f"| {os.path.basename(program)}, us of CPU each | " +
              " | ".join(f"{r[i][1] * 1e6 / s:,.1f}" for r, s in zip(results, sizes)) + " |", flush=True)


def main():
    weirc = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else root / "build/bin/weirc")
    protoc = os.path.abspath(sys.argv[2] if len(sys.argv) > 2 else root / "build/oracle/venv/bin/protoc")
    programs = [weirc] + ([protoc] if os.path.exists(protoc) else [])
    for p in programs:
        print(subprocess.run([p, "--version"], capture_output=True, text=True, check=True).stdout.strip().replace("\n", ", "))
    heads = ["wall", "CPU", "memory"]
    print("\n| -o of | " + " | ".join(f"weirc, {h}" for h in heads) + " | " + " | ".join(f"protoc, {h}" for h in heads) + " | " +
          " | ".join(f"{h}: protoc/weirc" for h in heads) + " |\n|---|" + "---:|" * 9)
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "hello.proto").write_text(HELLO)
        row("hello.proto", measure(programs, ["-oout.pb", "hello.proto"], folder, ROUNDS * 10))
        os.chdir("/")
    with tempfile.TemporaryDirectory() as folder:
        args = tree_args(pathlib.Path(folder), 5000)
        row("5,000 files, 500,000 lines", measure(programs, ["-oout.pb", *args], folder, ROUNDS))
        row("the same, --include_source_info", measure(programs, ["-oout.pb", "--include_source_info", *args], folder, ROUNDS))
        os.chdir("/")
    for what, make, sizes in CURVES:
        curve(programs, what, make, sizes)


main()
