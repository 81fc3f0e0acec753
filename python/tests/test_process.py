# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Signals, the end of the interpreter, memory: each in an interpreter of its own."""
import subprocess
import sys

SERVER = """
import grpc, time, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
from concurrent import futures
server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
def slow(r, c):
    time.sleep(30)
def quick(r, c):
    return r
make = grpc.unary_unary_rpc_method_handler
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t.T", {"Slow": make(slow), "Quick": make(quick)}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
channel = grpc.insecure_channel(f"127.0.0.1:{port}")
"""


def run(code, **kw):
    return subprocess.Popen([sys.executable, "-c", SERVER + code], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, **kw)


def test_exit_with_a_server_that_runs():
    p = run("print(channel.unary_unary('/t.T/Quick')(b'x'))")
    out, err = p.communicate(timeout=10)
    assert (p.returncode, out) == (0, "b'x'\n"), err


def test_exit_with_calls_in_flight():
    p = run("""
class Never(grpc.GenericRpcHandler):
    def service(self, details): return None
f = channel.unary_unary('/t.T/Quick').future(b'x')
f.add_done_callback(lambda _: None)
other = grpc.insecure_channel('127.0.0.1:1').unary_unary('/x/y').future(b'', wait_for_ready=True)
print('bye')
""")
    out, err = p.communicate(timeout=10)
    assert (p.returncode, out) == (0, "bye\n"), err


def test_interrupt():
    code = """
import threading, os
threading.Timer(0.4, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
begin = time.monotonic()
try:
    {wait}
except KeyboardInterrupt:
    print("interrupted", time.monotonic() - begin < 2, flush=True)
os._exit(0)
"""
    for wait in ("channel.unary_unary('/t.T/Slow')(b'')", "channel.unary_unary('/t.T/Slow').future(b'').result()",
                 "channel.unary_unary('/t.T/Slow').with_call(b'')", "list(channel.unary_stream('/t.T/Slow')(b''))",
                 "server.wait_for_termination()"):
        p = run(code.format(wait=wait))
        out, err = p.communicate(timeout=10)
        assert out == "interrupted True\n", (wait, out, err)


def test_fork():
    p = run("""
import os
call = channel.unary_unary('/t.T/Quick')
assert call(b'before') == b'before'
other = grpc.insecure_channel(f"127.0.0.1:{port}")
pid = os.fork()
if pid == 0:
    ok = call(b'child', timeout=5) == b'child' and other.unary_unary('/t.T/Quick')(b'x', timeout=5) == b'x'
    f = call.future(b'later')
    import threading
    done = threading.Event()
    f.add_done_callback(lambda _: done.set())
    os._exit(0 if ok and done.wait(5) else 1)
for i in range(100):
    assert call(b'parent') == b'parent'
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""")
    out, err = p.communicate(timeout=20)
    assert out == "0\n", (out, err)


def test_memory_is_flat():
    p = run("""
import resource
call = channel.unary_unary('/t.T/Quick')
def rss():
    return int(open('/proc/self/statm').read().split()[1]) * 4
def some():
    for i in range(4000):
        call(b'x' * 100)
    for i in range(30):
        assert len(call(b'y' * 100000)) == 100000
    for i in range(300):
        call.future(b'x').result()
        try: channel.unary_unary('/t.T/None')(b'')
        except grpc.RpcError: pass
some()
before = rss()
some(); some(); some()
print(rss() - before)
""")
    out, err = p.communicate(timeout=60)
    assert p.returncode == 0 and int(out) < 1500, (out, err)
