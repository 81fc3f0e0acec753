#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""weir's messages beside upb, C++ protobuf, protobuf-c, prost and Go: decode, encode, size, JSON; allocations, memory.

usage: bench/messages/run.py [--reps 7] [--seconds 0.1] [--only weir,upb-gcc,...] [--sets telemetry,...] [--upb-tree DIR]
Needs a release build. Builds what peers it can into build/bench/peers, runs all of them on one CPU in turns, and prints
medians; build/bench/messages.json has every figure, build/bench/messages.svg the picture. --upb-tree: a source tree
of protobuf, for upb's decoder with tail calls, which no package carries.
"""
import argparse
import glob
import json
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import plot  # noqa: E402

BUILD = os.path.join(ROOT, "build")
OUT = os.path.join(BUILD, "bench", "peers")
DATA = os.path.join(OUT, "data")
WEIRC = os.path.join(BUILD, "bin", "weirc")
PEERS = os.path.join(HERE, "peers")
SETS = ("greeting", "descriptor", "telemetry", "strings", "packed", "nested", "maps")
PROTOS = [os.path.join(HERE, name) for name in ("telemetry.proto", "shapes.proto")]
os.environ["PATH"] += ":/usr/local/go/bin"


def sh(*argv, cwd=None, env=None):
    done = subprocess.run(argv, cwd=cwd, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise RuntimeError("%s\n%s" % (" ".join(argv), done.stdout[-2000:]))
    return done.stdout


def have(*commands):
    missing = [c for c in commands if not shutil.which(c)]
    if missing:
        raise RuntimeError("no " + ", ".join(missing))


def c_objects(compiler, sources, name, flags):
    """The objects of the sources, which may share their names."""
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    made = []
    for i, source in enumerate(sources):
        made.append(os.path.join(folder, "%d-%s.o" % (i, os.path.basename(source))))
        sh(compiler, *flags, "-c", source, "-o", made[-1])
    return made


# ---- the implementations: each gives the program to run


def weir_gcc():
    return os.path.join(BUILD, "bench", "messages")


def newest_clang():
    found = [c for c in ("clang-%d" % n for n in range(25, 13, -1)) if shutil.which(c)] or ["clang"]
    have(found[0])
    return found[0]


def weir_clang():
    clang = newest_clang()
    generated = os.path.join(OUT, "weir")
    os.makedirs(generated, exist_ok=True)
    wkt = os.path.join(ROOT, "src", "schema", "wkt")
    sh(WEIRC, "-I" + HERE, "--weir_out=" + generated, *PROTOS)
    sh(WEIRC, "-I" + wkt, "--weir_out=" + generated, "google/protobuf/descriptor.proto")
    sources = glob.glob(ROOT + "/src/base/*.c") + glob.glob(ROOT + "/src/pb/*.c")
    sources = [s for s in sources if not s.endswith("_test.c")]
    sources += glob.glob(generated + "/*.weir.c") + glob.glob(generated + "/google/protobuf/*.weir.c")
    sources += [os.path.join(HERE, name) for name in ("messages.c", "datasets.c")]
    flags = ["-O2", "-g", "-DNDEBUG", "-std=c11", "-D_GNU_SOURCE=", '-DBENCH_NAME="weir-clang"',
             "-I" + ROOT + "/include", "-I" + ROOT + "/src", "-I" + BUILD + "/include", "-I" + generated, "-I" + HERE, "-fvisibility=hidden"]
    program = os.path.join(OUT, "weir_clang")
    sh(clang, *c_objects(clang, sources, "weir-" + clang, flags), "-o", program, "-lm")
    return program


def upb_source():
    """upb as Google's Rust crate carries it; crates.io is asked once."""
    have("cargo")
    meta = json.loads(sh("cargo", "metadata", "--format-version=1", "--locked", cwd=os.path.join(PEERS, "prost")).split("\n")[-2])
    crate = next(p for p in meta["packages"] if p["name"] == "google-protobuf")
    return os.path.join(os.path.dirname(crate["manifest_path"]), "libupb")


def upb(compiler, name):
    source = upb_source()
    flags = ["-O3", "-DNDEBUG", "-std=gnu11", "-w", '-DBENCH_NAME="%s"' % name, "-I" + source,
             "-I" + source + "/third_party/utf8_range"]
    sources = [source + "/upb/upb.c", source + "/third_party/utf8_range/utf8_range.c", PEERS + "/upb.c"]
    program = os.path.join(OUT, name)
    sh(compiler, *c_objects(compiler, sources, name + ".d", flags), "-o", program, "-lm")
    return program


def upb_fast(tree):
    clang = newest_clang()
    made = os.path.join(tree, "upb", "reflection", "cmake")  # descriptor.upb.h and its tables, as upb's own CMake uses them
    if not os.path.isdir(made):
        made = os.path.join(tree, "upb", "cmake", "generated-in")
    sources = [s for s in glob.glob(tree + "/upb/**/*.c", recursive=True)
               if not any(word in s for word in ("/test", "/json/", "/text/", "/util/", "/conformance", "/cmake/", "stage0"))]
    sources += [s for s in glob.glob(made + "/**/descriptor.upb_minitable.c", recursive=True)]
    sources += [s for s in glob.glob(made + "/**/json_enumvalue_options.upb_minitable.c", recursive=True)]
    sources += [tree + "/third_party/utf8_range/utf8_range.c", PEERS + "/upb.c"]
    flags = ["-O3", "-DNDEBUG", "-std=gnu11", "-w", "-DUPB_ENABLE_FASTTABLE", "-DBENCH_UPB_TREE", '-DBENCH_NAME="upb-fast"',
             "-I" + tree, "-I" + made, "-I" + tree + "/third_party/utf8_range"]
    program = os.path.join(OUT, "upb-fast")
    sh(clang, *c_objects(clang, sources, "upb-fast.d", flags), "-o", program, "-lm")
    return program


def cpp():
    have("g++", "protoc")
    made = os.path.join(OUT, "cpp")
    os.makedirs(made, exist_ok=True)
    sh("protoc", "-I" + HERE, "--cpp_out=" + made, *PROTOS)
    program = os.path.join(OUT, "cpp_bench")
    sh("g++", "-O3", "-DNDEBUG", "-std=c++17", "-w", "-I" + made, "-I" + PEERS, PEERS + "/cpp.cc",
       made + "/telemetry.pb.cc", made + "/shapes.pb.cc", "-o", program, "-l:libprotobuf.a", "-lpthread")
    return program


def protobuf_c():
    have("protoc-c")
    made = os.path.join(OUT, "protobuf-c")
    os.makedirs(made, exist_ok=True)
    sh("protoc-c", "-I" + HERE, "--c_out=" + made, *PROTOS)
    sh("protoc-c", "-I/usr/include", "--c_out=" + made, "google/protobuf/descriptor.proto")
    program = os.path.join(OUT, "protobuf_c_bench")
    sh("gcc", "-O3", "-DNDEBUG", "-w", "-I" + made, "-I" + PEERS, PEERS + "/protobuf_c.c", made + "/telemetry.pb-c.c",
       made + "/shapes.pb-c.c", made + "/google/protobuf/descriptor.pb-c.c", "-o", program, "-l:libprotobuf-c.a")
    return program


def prost():
    have("cargo", "protoc")
    target = os.path.join(OUT, "prost")
    sh("cargo", "build", "--release", "--locked", "--target-dir", target, cwd=os.path.join(PEERS, "prost"))
    return os.path.join(target, "release", "bench-prost")


def go():
    have("go", "protoc")
    work = os.path.join(OUT, "go")
    os.makedirs(work + "/pb", exist_ok=True)
    for name in ("go.mod", "go.sum", "main.go"):
        shutil.copy(os.path.join(PEERS, "go", name), work)
    sh("go", "build", "-o", OUT + "/protoc-gen-go", "google.golang.org/protobuf/cmd/protoc-gen-go", cwd=work)
    sh("protoc", "-I" + HERE, "--plugin=" + OUT + "/protoc-gen-go", "--go_out=" + work + "/pb", "--go_opt=paths=source_relative",
       *("--go_opt=M%s=weir/bench/messages/pb" % os.path.basename(p) for p in PROTOS), *PROTOS)
    program = os.path.join(OUT, "go_bench")
    sh("go", "build", "-o", program, ".", cwd=work)
    return program


def programs(args):
    known = {"weir": weir_gcc, "weir-clang": weir_clang, "upb-gcc": lambda: upb("gcc", "upb-gcc"),
             "upb-clang": lambda: upb(newest_clang(), "upb-clang"), "c++": cpp, "prost": prost, "go": go,
             "protobuf-c": protobuf_c}
    if args.upb_tree:
        known["upb-fast"] = lambda: upb_fast(args.upb_tree)
    found = {}
    for name in args.only.split(",") if args.only else known:
        try:
            found[name] = known[name]()
        except (RuntimeError, OSError, StopIteration) as e:
            print("bench: %s is left out: %s" % (name, e))
    return found


# ---- measuring


def make_data():
    """The data sets. Of descriptor.proto the installed one is taken, so that the older peers know all of its fields."""
    os.makedirs(DATA, exist_ok=True)
    folder = "/usr/include"
    if not os.path.exists(folder + "/google/protobuf/descriptor.proto"):
        folder = os.path.join(ROOT, "src", "schema", "wkt")
    descriptor_set = os.path.join(DATA, "descriptor-set.bin")
    sh(WEIRC, "-I" + folder, "--descriptor_set_out=" + descriptor_set, "google/protobuf/descriptor.proto")
    sh(WEIRC, "-I" + HERE, "-I" + folder, "--descriptor_set_out=" + DATA + "/schema.bin", *PROTOS,
       "google/protobuf/descriptor.proto")
    sh(weir_gcc(), "--write", DATA, descriptor_set)


def alloc_preload():
    library = os.path.join(OUT, "alloc.so")
    sh("gcc", "-O2", "-shared", "-fPIC", os.path.join(HERE, "alloc.c"), "-o", library)
    return library


def on_one_cpu():
    nice = ["nice", "-n", "-15"] if os.geteuid() == 0 else []
    return nice + (["taskset", "-c", "1"] if (os.cpu_count() or 1) > 1 and shutil.which("taskset") else [])


def lines(program, seconds, data_set, env=None):
    for line in sh(*on_one_cpu(), program, DATA, str(seconds), data_set, env=env).splitlines():
        name, _, op, *numbers = line.split()
        yield name, op, [float(n) for n in numbers]


def measure(found, args):
    """{(set, op): {implementation: {"ns", "spread", "allocations", "peak"}}}"""
    preload = {"LD_PRELOAD": alloc_preload()}
    figures = {}
    for data_set in args.sets.split(","):
        times = {}
        for _ in range(args.reps):
            for program in found.values():
                for name, op, (ns,) in lines(program, args.seconds, data_set):
                    times.setdefault((op, name), []).append(ns)
        for (op, name), ns in times.items():
            figures.setdefault((data_set, op), {})[name] = {
                "ns": statistics.median(ns), "spread": (max(ns) - min(ns)) / statistics.median(ns) / 2}
        for key, program in found.items():
            for name, op, (n, peak) in lines(program, 0, data_set, None if key == "go" else preload):
                figures[data_set, op][name].update(allocations=int(n), peak=int(peak))
        print("bench: %s measured" % data_set, file=sys.stderr)
    return figures


def base_of(figures, key):
    return figures[key].get("weir", {}).get("ns")


def print_tables(figures):
    for (data_set, op), row in figures.items():
        size = os.path.getsize(os.path.join(DATA, data_set + ".bin"))
        base = base_of(figures, (data_set, op))
        print("\n### %s, %s: %s bytes\n" % (op, data_set, format(size, ",")))
        print("| | ns | MB/s | weir is faster by | ± | allocations | peak bytes |\n|---|--:|--:|--:|--:|--:|--:|")
        for name, f in sorted(row.items(), key=lambda item: item[1]["ns"]):
            print("| %s | %s | %s | %s | %.0f %% | %s | %s |" % (
                name, format(f["ns"], ",.1f" if f["ns"] < 100 else ",.0f"), format(size / f["ns"] * 1e3, ",.0f"),
                "%.2f" % (f["ns"] / base) if base and not name.startswith("weir") else "", f["spread"] * 100,
                format(f["allocations"], ",") if "allocations" in f else "",
                format(f["peak"], ",") if "peak" in f else ""))


def print_summary(figures):
    """One line for each operation and data set: MB/s of every implementation, and weir over the best of the others."""
    names = [n for n in ("weir", "weir-clang", "upb-gcc", "upb-clang", "upb-fast", "c++-arena", "c++-heap", "c++", "prost",
                         "go", "protobuf-c", "protobuf-c-bump") if any(n in row for row in figures.values())]
    print("\n| MB/s | " + " | ".join(names) + " | weir ÷ best peer |\n|---|" + "--:|" * (len(names) + 1))
    for op in ("decode", "decode-alias", "encode", "size", "from-json", "to-json"):
        for data_set in SETS:
            row = figures.get((data_set, op))
            if not row:
                continue
            size = os.path.getsize(os.path.join(DATA, data_set + ".bin"))
            peers = [f["ns"] for n, f in row.items() if not n.startswith(("weir", "memcpy"))]
            base = base_of(figures, (data_set, op))
            print("| %s, %s | %s | %s |" % (
                op, data_set, " | ".join(format(size / row[n]["ns"] * 1e3, ",.0f") if n in row else "" for n in names),
                "%.2f" % (min(peers) / base) if peers and base else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.1)
    parser.add_argument("--only", help="implementations, by comma")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--upb-tree")
    args = parser.parse_args()
    if not os.path.exists(weir_gcc()):
        sys.exit("bench: build/bench/messages is not there: run `make` first")
    make_data()
    found = programs(args)
    figures = measure(found, args)
    print_tables(figures)
    print_summary(figures)
    with open(os.path.join(BUILD, "bench", "messages.json"), "w", encoding="utf-8") as f:
        json.dump({"%s %s" % key: row for key, row in figures.items()}, f, indent=1)
    sizes = {s: os.path.getsize(os.path.join(DATA, s + ".bin")) for s in SETS}
    with open(os.path.join(BUILD, "bench", "messages.svg"), "w", encoding="utf-8") as f:
        f.write(plot.svg(figures, sizes))


if __name__ == "__main__":
    main()
