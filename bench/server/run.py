#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Unary calls per second and server CPU per call: weir's greeter, grpc-go's, and the floor (canned answers).

usage: bench/server/run.py [--servers weir,go,canned] [--loads 10x10,1x100,50x1,h2load] [--reps 3] [--seconds 3]
Needs a release build. Writes build/bench/server.json and prints the table that docs/performance.md keeps.
"""
import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import harness  # noqa: E402

PATH = "/helloworld.Greeter/SayHello"
os.environ["PATH"] += ":/usr/local/go/bin"  # where Go's own packages put it
REQUEST = b"\0\0\0\0\x07\x0a\x05world"
LOADS = ("10x10", "1x100", "50x1", "h2load")  # connections x calls outstanding on each; h2load runs 10x10


def build_go(out):
    """grpc-go's greeter, built from its pinned module; None when it cannot be had."""
    if not shutil.which("go"):
        print("bench: go is left out: no go command")
        return None
    program = os.path.join(out, "go_greeter")
    source = os.path.join(HERE, "go")
    env = {**os.environ, "GOFLAGS": "-mod=readonly"}
    if subprocess.run(["go", "build", "-p", "2", "-o", program, "."], cwd=source, env=env, check=False).returncode:
        print("bench: go is left out: it could not be built")
        return None
    return [program, "PORT"]


def servers(build, names):
    """{name: argv} of those that are there."""
    out = os.path.join(build, "bench")
    known = {
        "weir": lambda: [os.path.join(build, "bin", "greeter_server"), "--port=PORT", "--threads=1"],
        "go": lambda: build_go(out),
        "canned": lambda: [os.path.join(out, "canned"), "PORT"],
    }
    found = {}
    for name in names:
        argv = known[name]()
        if argv and os.path.exists(argv[0]):
            found[name] = argv
        elif argv:
            print("bench: %s is left out: %s is not there" % (name, os.path.relpath(argv[0], ROOT)))
    return found


def blast(build, load, seconds):
    conns, streams = load.split("x")

    def parse(run):
        said = json.loads(run["output"])
        per_call = 1e6 / said["total"]
        return {
            "calls_s": said["ops_s"],
            "p50_us": said["p50"],
            "p99_us": said["p99"],
            "server_us": run["server_s"] * per_call,
            "generator_us": run["generator_s"] * per_call,
        }

    return [os.path.join(build, "bench", "blast"), "PORT", conns, streams, str(seconds)], parse


def h2load(build, seconds):
    """h2load counts any HTTP 200 as a success: whether the calls succeed, blast has checked."""
    body = os.path.join(build, "bench", "request.bin")
    with open(body, "wb") as f:
        f.write(REQUEST)
    argv = ["h2load", "-t1", "-D%d" % max(1, round(seconds)), "-c10", "-m10", "-d", body]
    argv += ["-H", "content-type: application/grpc", "-H", "te: trailers", "http://127.0.0.1:PORT" + PATH]

    def parse(run):
        text = run["output"]
        done, good, bad = (
            int(re.search(pattern, text).group(1))
            for pattern in (r"(\d+) done,", r"status codes: (\d+) 2xx", r"(\d+) errored,")
        )
        if bad or good < done or not done:
            raise RuntimeError("h2load: %d done, %d with status 200, %d errors" % (done, good, bad))
        return {
            "calls_s": float(re.search(r"([\d.]+) req/s", text).group(1)),
            "server_us": run["server_s"] * 1e6 / done,
            "generator_us": run["generator_s"] * 1e6 / done,
        }

    return argv, parse


def measure(build, argv, loads, reps, seconds):
    """{load: figures} of one server, which runs through; first a second of warm-up that is not counted."""
    results = {}
    with harness.Server(argv) as server:
        start = {"start_ms": server.start_ms, "rss_start_mib": harness.resident_mib(server.pid)}
        harness.run_once(server, blast(build, "10x10", 1)[0])
        for load in loads:
            generator, parse = h2load(build, seconds) if load == "h2load" else blast(build, load, seconds)
            results[load] = harness.repeat(server, generator, parse, reps)
        start["rss_end_mib"] = harness.resident_mib(server.pid)
    return results, start


def ratio(results, server, other, load, key):
    if other not in results or other == server:
        return ""
    return "%.2f" % (results[server][load][key] / results[other][load][key])


def table(results, loads):
    lines = [
        "| load | server | calls/s | server CPU µs/call | p50 µs | p99 µs | calls/s ÷ Go | CPU ÷ Go | CPU ÷ canned | spread | foreign |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for load in loads:
        for server in results:
            r = results[server][load]
            cells = [load, server, "{:,.0f}".format(r["calls_s"]), "%.2f" % r["server_us"]]
            cells += ["%.0f" % r[key] if key in r else "" for key in ("p50_us", "p99_us")]
            cells.append(ratio(results, server, "go", load, "calls_s"))
            cells += [ratio(results, server, other, load, "server_us") for other in ("go", "canned")]
            cells += ["%.0f %%" % (100 * r["spread"]), "%.0f %%" % (100 * r["foreign"])]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def is_release(build):
    try:
        with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as f:
            return "CMAKE_BUILD_TYPE:STRING=Release" in f.read()
    except OSError:
        return False


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", default="weir,go,canned")
    parser.add_argument("--loads", default=",".join(LOADS))
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    args = parser.parse_args()
    args.build = os.path.abspath(args.build)
    args.servers, args.loads = args.servers.split(","), args.loads.split(",")
    for name in args.loads:
        if name != "h2load" and not re.fullmatch(r"\d+x\d+", name):
            parser.error("no such load: " + name)
    if not set(args.servers) <= {"weir", "go", "canned"}:
        parser.error("no such server")
    return args


def main():
    args = parse_args()
    if not is_release(args.build):
        print("bench: note: %s is not a release build" % os.path.relpath(args.build, ROOT))
    if "h2load" in args.loads and not shutil.which("h2load"):
        print("bench: h2load is left out: no h2load command (apt-get install nghttp2-client)")
        args.loads.remove("h2load")
    os.makedirs(os.path.join(args.build, "bench"), exist_ok=True)
    results, starts, failed = {}, {}, 0
    for name, argv in servers(args.build, args.servers).items():
        try:
            results[name], starts[name] = measure(args.build, argv, args.loads, args.reps, args.seconds)
        except RuntimeError as error:
            print("bench: %s: %s" % (name, error))
            failed = 1
    with open(os.path.join(args.build, "bench", "server.json"), "w", encoding="utf-8") as f:
        machine = {"machine": platform.machine(), "kernel": platform.release(), "cpus": harness.CPUS}
        settings = {"reps": args.reps, "seconds": args.seconds}
        json.dump({**machine, **settings, "results": results, "processes": starts}, f, indent=1)
    if results:
        print(table(results, args.loads))
        for name, start in starts.items():
            print("%s: accepts %.1f ms after its start, %.1f MiB then, %.1f MiB at the end" % (name, *start.values()))
    return failed or "weir" not in results and "weir" in args.servers


if __name__ == "__main__":
    sys.exit(main())
