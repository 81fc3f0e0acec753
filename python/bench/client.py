# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""client.py PORT KIND SECONDS: calls in a loop; prints how many a second, and the CPU time of each in us."""
import json
import resource
import sys
import threading
import time

import grpc

port, kind, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
channel = grpc.insecure_channel(f"127.0.0.1:{port}")
echo = channel.unary_unary("/helloworld.Greeter/SayHello")
many = channel.unary_stream("/helloworld.Greeter/Many")
each = channel.stream_stream("/helloworld.Greeter/Each")
MESSAGE = b"x" * 64


def unary():
    echo(MESSAGE)
    return 1


def large():
    echo(b"x" * 1000000)
    return 1


def threads16():
    def work():
        for _ in range(100):
            echo(MESSAGE)

    all_ = [threading.Thread(target=work) for _ in range(16)]
    for t in all_:
        t.start()
    for t in all_:
        t.join()
    return 1600


def futures100():
    for f in [echo.future(MESSAGE) for _ in range(100)]:
        f.result()
    return 100


def stream():
    n = 0
    for _ in many(b"1000 " + MESSAGE):
        n += 1
    return n


def bidi():
    n = 0
    for _ in each(iter([MESSAGE] * 1000)):
        n += 1
    return n


def cpu():
    u = resource.getrusage(resource.RUSAGE_SELF)
    return u.ru_utime + u.ru_stime


turn = globals()[kind]
end = time.perf_counter() + seconds / 4
while time.perf_counter() < end:
    turn()
n, begin, used = 0, time.perf_counter(), cpu()
while time.perf_counter() - begin < seconds:
    n += turn()
wall, used = time.perf_counter() - begin, cpu() - used
print(json.dumps({"per_second": round(n / wall), "cpu_us": round(used / n * 1e6, 1)}))
