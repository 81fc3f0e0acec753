# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Runs a server on one CPU and a generator on another, several times, and gives medians.

What else runs on the machine is measured, not assumed: the busy time of all CPUs less that of our two processes is
"foreign". A repetition with too much of it is thrown away and run again, until TRIES are used up; then the least
disturbed ones are kept, and "foreign" in the result says so.
"""
import os
import shutil
import signal
import socket
import statistics
import subprocess
import time

FOREIGN_LIMIT = float(os.environ.get("BENCH_FOREIGN", "0.03"))
TRIES = int(os.environ.get("BENCH_TRIES", "12"))
SERVER_CPU, GENERATOR_CPU = 0, 1
TICK_HZ = os.sysconf("SC_CLK_TCK")
CPUS = len(os.sched_getaffinity(0))


def machine_busy_s():
    """Seconds of CPU time spent by everything since boot: user, nice, system, irq, softirq (proc(5))."""
    with open("/proc/stat", encoding="ascii") as f:
        field = [int(word) for word in f.readline().split()[1:8]]
    return (field[0] + field[1] + field[2] + field[5] + field[6]) / TICK_HZ


def process_busy_s(pid):
    """Seconds of CPU time of a live process: the finer of what its live threads and its own counters say."""
    threads_ns = 0
    for task in os.listdir("/proc/%d/task" % pid):
        try:
            with open("/proc/%d/task/%s/schedstat" % (pid, task), encoding="ascii") as f:
                threads_ns += int(f.read().split()[0])
        except OSError:
            pass  # a thread that has just ended
    with open("/proc/%d/stat" % pid, encoding="ascii") as f:
        field = f.read().rsplit(")", 1)[1].split()
    return max(threads_ns / 1e9, (int(field[11]) + int(field[12])) / TICK_HZ)


def resident_mib(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:")) / 1024


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pinned(cpu):
    """The words that put a command on its CPU, and ahead of other processes where that is allowed."""
    nice = ["nice", "-n", "-15"] if os.geteuid() == 0 else []
    return nice + (["taskset", "-c", str(cpu)] if CPUS > 1 and shutil.which("taskset") else [])


class Server:
    """A server pinned to its CPU; PORT in `argv` is replaced. `start_ms`: from spawn until it accepts."""

    def __init__(self, argv):
        self.port = free_port()
        argv = [word.replace("PORT", str(self.port)) for word in argv]
        start = time.perf_counter()
        self.process = subprocess.Popen(
            pinned(SERVER_CPU) + argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        self.pid = self.process.pid
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - start > 20:
                    self.stop()
                    raise RuntimeError("the server did not start: " + " ".join(argv)) from None
                time.sleep(0.0005)
        self.start_ms = (time.perf_counter() - start) * 1e3

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def run_once(server, argv):
    """Runs the generator once: its output, the seconds of CPU time of both sides, the share of the foreign."""
    argv = pinned(GENERATOR_CPU) + [word.replace("PORT", str(server.port)) for word in argv]
    machine, busy, start = machine_busy_s(), process_busy_s(server.pid), time.perf_counter()
    generator = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = generator.stdout.read()
    _, status, usage = os.wait4(generator.pid, 0)
    generator.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if generator.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(argv), output.strip()[-300:]))
    server_s = process_busy_s(server.pid) - busy
    generator_s = usage.ru_utime + usage.ru_stime
    foreign = max(0.0, machine_busy_s() - machine - server_s - generator_s) / (wall * CPUS)
    return {"output": output, "server_s": server_s, "generator_s": generator_s, "foreign": foreign}


def repeat(server, argv, parse, reps):
    """Medians over `reps` quiet repetitions of what parse(run) gives, and the spread of "calls_s"."""
    runs = []
    for _ in range(max(reps, TRIES)):
        run = run_once(server, argv)
        runs.append({**parse(run), "foreign": run["foreign"]})
        if sum(r["foreign"] <= FOREIGN_LIMIT for r in runs) >= reps:
            break
    runs = sorted(runs, key=lambda r: r["foreign"])[:reps]
    result = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    rates = [run["calls_s"] for run in runs]
    result.update(foreign=max(run["foreign"] for run in runs), spread=(max(rates) - min(rates)) / result["calls_s"])
    return result
