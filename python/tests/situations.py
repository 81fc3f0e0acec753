# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Prints what happens in many situations; run under both implementations and compared."""
import grpc, time, sys, threading
from concurrent import futures

def nf(req, ctx): ctx.abort(grpc.StatusCode.NOT_FOUND, "nf")
def boom(req, ctx): raise ValueError("kaboom")
def setcode(req, ctx): ctx.set_code(grpc.StatusCode.DATA_LOSS); ctx.set_details("lost"); return b"x"
def setint(req, ctx): ctx.set_code(5); return b"x"
def none(req, ctx): return None
def abortok(req, ctx): ctx.abort(grpc.StatusCode.OK, "x")
def slow(req, ctx): time.sleep(0.5); return b"late"
def meta(req, ctx):
    md = [(k, v) for k, v in ctx.invocation_metadata() if k.startswith("k")]
    ctx.send_initial_metadata((("i", "1"), ("i-bin", b"\0\xff")))
    try: ctx.send_initial_metadata((("i", "2"),))
    except Exception as e: md.append((type(e).__name__, str(e)))
    ctx.set_trailing_metadata((("t", "2"),))
    return repr(md).encode()
def ctxv(req, ctx):
    return repr((ctx.code(), ctx.details(), ctx.trailing_metadata(), ctx.is_active(), ctx.time_remaining() > 1e15, ctx.peer().split(":")[0], ctx.auth_context(), ctx.peer_identities(), ctx.peer_identity_key())).encode()
def many(req, ctx):
    for i in range(3): yield b"%d" % i
def manyboom(req, ctx):
    yield b"a"
    raise ValueError("kaboom")
def manyabort(req, ctx):
    yield b"a"
    ctx.abort(grpc.StatusCode.ABORTED, "ab")
def collect(reqs, ctx): return b",".join(reqs)
def bidi(reqs, ctx):
    for r in reqs: yield b"<"+r+b">"
def forever(req, ctx):
    while ctx.is_active():
        yield b"x"; time.sleep(0.01)
def big(req, ctx): return b"x" * 6
def badser(x): raise ValueError("bad")
H = {n: grpc.unary_unary_rpc_method_handler(globals()[n]) for n in "nf boom setcode setint none abortok slow meta ctxv big".split()}
H.update({n: grpc.unary_stream_rpc_method_handler(globals()[n]) for n in "many manyboom manyabort forever".split()})
H["collect"] = grpc.stream_unary_rpc_method_handler(collect)
H["bidi"] = grpc.stream_stream_rpc_method_handler(bidi)
H["baddeser"] = grpc.unary_unary_rpc_method_handler(big, request_deserializer=badser)
H["badser"] = grpc.unary_unary_rpc_method_handler(big, response_serializer=badser)
class Lookup(grpc.GenericRpcHandler):
    def service(self, d):
        if d.method == "/y/raise": raise ValueError("no")
        return None
def serve():
    s = grpc.server(futures.ThreadPoolExecutor(max_workers=10), handlers=(grpc.method_handlers_generic_handler("x", H), Lookup()))
    port = s.add_insecure_port("localhost:0"); s.start()
    return s, port

def show(label, fn):
    try: r = fn()
    except BaseException as e:
        r = f"RAISED {type(e).__module__}.{type(e).__name__}: {e}"
    print(f"== {label}\n{r}", flush=True)
def err(e):
    return (type(e).__name__, e.code(), e.details(), e.initial_metadata(), e.trailing_metadata(), e.debug_error_string())
def drain(c):
    got = []
    try:
        for x in c: got.append(x)
    except grpc.RpcError as e: return got, e is c, type(e).__name__, e.code(), e.details(), str(e), repr(e)
    return got, c.code(), c.details(), c.trailing_metadata(), str(c)

def situations(port):
    ch = grpc.insecure_channel(f"localhost:{port}")
    uu = lambda m, *a, **k: ch.unary_unary("/x/" + m, *a, **k)
    for m in "nf boom setcode setint none abortok baddeser badser nope".split():
        show(m, lambda: uu(m)(b"q"))
    show("nf err", lambda: [err(e) for e in [uu("nf").future(b"q").exception()]])
    show("lookup raises", lambda: ch.unary_unary("/y/raise")(b""))
    show("no slash", lambda: ch.unary_unary("x/nf")(b""))
    show("deadline", lambda: uu("slow")(b"", timeout=0.1))
    show("deadline neg", lambda: uu("slow")(b"", timeout=-1))
    show("timeout str", lambda: uu("slow")(b"", timeout="1"))
    show("meta", lambda: uu("meta")(b"", metadata=[("k", "v"), ("k-bin", b"\0\1")]))
    def wc():
        r, c = uu("meta").with_call(b"", metadata=(("k", "v"),))
        return r, c.initial_metadata(), c.trailing_metadata(), c.code(), c.details(), type(c).__name__, repr(c)
    show("with_call", wc)
    show("upper key", lambda: uu("meta")(b"", metadata=(("Upper", "v"),)))
    show("int value", lambda: uu("meta")(b"", metadata=(("k", 1),)))
    show("ctx", lambda: uu("ctxv")(b""))
    show("req serializer raises", lambda: uu("big", badser)(b""))
    show("resp deserializer raises", lambda: uu("big", None, badser)(b""))
    show("resp deserializer raises fut", lambda: uu("big", None, badser).future(b"").exception().details())
    show("stream req serializer raises", lambda: drain(ch.stream_stream("/x/bidi", badser)(iter([b""]))))
    def iterboom():
        yield b"a"
        raise ValueError("it")
    show("iter raises", lambda: drain(ch.stream_stream("/x/bidi")(iterboom())))
    show("iter raises su", lambda: ch.stream_unary("/x/collect")(iterboom()))
    for m in "many manyboom manyabort".split():
        show(m, lambda: drain(ch.unary_stream("/x/" + m)(b"q")))
    show("stream unimpl", lambda: drain(ch.unary_stream("/x/none2")(b"q")))
    show("stream deser", lambda: drain(ch.unary_stream("/x/many", None, badser)(b"q")))
    show("collect", lambda: ch.stream_unary("/x/collect")(iter([b"a", b"b"])))
    show("bidi", lambda: drain(ch.stream_stream("/x/bidi")(iter([b"a", b"b"]))))
    def cancel_future():
        f = uu("slow").future(b"")
        out = [f.done(), f.running(), f.cancelled(), repr(f), f.cancel(), f.cancelled(), f.code(), f.details(), f.cancel(), repr(f)]
        for n in ("result", "exception"):
            try: out.append(getattr(f, n)())
            except Exception as e: out.append((type(e).__name__, str(e)))
        return out
    show("cancel future", cancel_future)
    def future_timeout():
        f = uu("slow").future(b"")
        out = []
        try: f.result(timeout=0.05)
        except Exception as e: out.append((type(e).__name__, str(e)))
        got = threading.Event(); f.add_done_callback(lambda x: got.set() if x is f else None)
        out += [got.wait(3), f.result(), f.exception(), f.traceback(), f.done()]
        f.add_done_callback(lambda x: out.append(x is f))
        return out
    show("future timeout", future_timeout)
    def cancel_stream():
        c = ch.unary_stream("/x/forever")(b"")
        out = [next(c), c.is_active(), c.cancel(), c.is_active(), c.code(), c.details(), c.cancelled(), c.done()]
        try: 
            for _ in c: pass
        except grpc.RpcError as e: out += [e is c, str(e)]
        out += [c.cancel(), c.time_remaining(), c.add_callback(print)]
        return out
    show("cancel stream", cancel_stream)
    def small():
        c2 = grpc.insecure_channel(f"localhost:{port}", options=[("grpc.max_receive_message_length", 2), ("no.such", 1), ("f", 1.5)])
        c2.unary_unary("/x/big")(b"")
    show("recv max", small)
    def smallsend():
        c2 = grpc.insecure_channel(f"localhost:{port}", options=[("grpc.max_send_message_length", 2)])
        c2.unary_unary("/x/big")(b"123456")
    show("send max", smallsend)
    show("non bytes", lambda: uu("big")("text"))
    show("callcreds insecure", lambda: uu("big")(b"", credentials=grpc.access_token_call_credentials("t")))
    show("options dict", lambda: grpc.insecure_channel("a:1", options={"a1": 1}))
    show("target int", lambda: grpc.insecure_channel(5))
    def unreachable():
        c2 = grpc.insecure_channel("127.0.0.1:1"); c2.unary_unary("/x/y")(b"")
    show("unreachable", unreachable)
    def wfr():
        c2 = grpc.insecure_channel("127.0.0.1:1"); c2.unary_unary("/x/y")(b"", wait_for_ready=True, timeout=0.3)
    def code_only(fn):
        try: fn()
        except grpc.RpcError as e: return e.code()
    show("wait for ready", lambda: code_only(wfr))
    def ready():
        c2 = grpc.insecure_channel(f"localhost:{port}"); f = grpc.channel_ready_future(c2); r = f.result(3)
        out = [r, f.done(), f.cancelled()]
        f = grpc.channel_ready_future(grpc.insecure_channel("127.0.0.1:1"))
        try: f.result(0.2)
        except Exception as e: out.append(type(e).__name__)
        out += [f.cancel(), f.cancelled()]
        return out
    show("ready", ready)
    def states():
        c2 = grpc.insecure_channel(f"localhost:{port}"); got = []
        c2.subscribe(got.append, try_to_connect=True); time.sleep(1)
        return got[0], got[-1]
    show("subscribe", states)
    class I(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
        def intercept_unary_unary(self, cont, d, r):
            out = cont(d._replace(metadata=(("k", "icpt"),)), r)
            print(type(out).__name__, type(d).__name__, d.method, d.timeout)
            return out
        intercept_unary_stream = intercept_unary_unary
    ich = grpc.intercept_channel(ch, I())
    show("icpt uu", lambda: ich.unary_unary("/x/meta")(b"", timeout=5))
    show("icpt fail", lambda: ich.unary_unary("/x/nf")(b""))
    show("icpt fut", lambda: ich.unary_unary("/x/meta").future(b"").result())
    show("icpt us", lambda: list(ich.unary_stream("/x/many")(b"")))
    show("icpt type", lambda: grpc.intercept_channel(ch, object()))
    class R(grpc.UnaryUnaryClientInterceptor):
        def intercept_unary_unary(self, cont, d, r): raise KeyError("k")
    show("icpt raises", lambda: grpc.intercept_channel(ch, R()).unary_unary("/x/meta")(b""))
    def closing():
        f = uu("slow").future(b""); s = ch.unary_stream("/x/forever")(b""); next(s)
        ch.close()
        return f.code(), f.details(), f.cancelled(), drain(s)
    show("closing", closing)
    show("closed", lambda: uu("big")(b""))

def local(port):
    show("already started", lambda: srv.start())
    def bind():
        grpc.server(None if False else futures.ThreadPoolExecutor(1)).add_insecure_port("256.1.1.1:99999")
    show("bind", bind)
    show("no service", lambda: srv.add_generic_rpc_handlers((5,)) and 0)
    show("ssl pairs", lambda: grpc.ssl_server_credentials([]))
    show("ssl req", lambda: grpc.ssl_server_credentials([(b"a", b"b")], None, True))
    show("ssl str", lambda: grpc.ssl_channel_credentials("x"))
    show("secure insecure", lambda: grpc.secure_channel("a", grpc.experimental.insecure_channel_credentials()))
    show("wait timeout", lambda: srv.wait_for_termination(0.05))
    show("codes", lambda: [(repr(c), c.value[0], c.value[1]) for c in grpc.StatusCode])
    show("states", lambda: [(repr(c), c.value) for c in grpc.ChannelConnectivity])
    show("comp", lambda: [repr(c) for c in grpc.Compression])
    show("handler", lambda: grpc.unary_unary_rpc_method_handler(None))
    show("all", lambda: sorted(grpc.__all__))
    show("module", lambda: (grpc.RpcError.__module__, grpc.StatusCode.__module__))
    def maxc():
        s = grpc.server(futures.ThreadPoolExecutor(5), handlers=(grpc.method_handlers_generic_handler("x", H),), maximum_concurrent_rpcs=1)
        p = s.add_insecure_port("127.0.0.1:0"); s.start()
        c = grpc.insecure_channel(f"127.0.0.1:{p}"); f = c.unary_unary("/x/slow").future(b""); time.sleep(.2)
        try: c.unary_unary("/x/slow")(b"")
        except grpc.RpcError as e: out = str(e)
        return out, f.result(), s.stop(0).wait(3)
    show("max concurrent", maxc)
    def stopping():
        s = grpc.server(futures.ThreadPoolExecutor(5), handlers=(grpc.method_handlers_generic_handler("x", H),))
        p = s.add_insecure_port("127.0.0.1:0"); s.start()
        c = grpc.insecure_channel(f"127.0.0.1:{p}"); f = c.unary_stream("/x/forever")(b""); next(f)
        ev = s.stop(0.3); out = [ev.is_set()]
        for _ in range(100):
            try: next(f)
            except grpc.RpcError as e: out.append((e.code(), e.details())); break
        out += [ev.wait(3), s.wait_for_termination(1)]
        return out
    show("stopping", stopping)
    def stopnone():
        s = grpc.server(futures.ThreadPoolExecutor(5), handlers=(grpc.method_handlers_generic_handler("x", H),))
        p = s.add_insecure_port("127.0.0.1:0"); s.start()
        c = grpc.insecure_channel(f"127.0.0.1:{p}"); f = c.unary_stream("/x/forever")(b""); next(f)
        ev = s.stop(None); return ev.is_set()
    show("stop none", stopnone)
if __name__ == "__main__":
    import grpc.experimental
    if sys.argv[1] == "serve":
        srv, port = serve(); print(port, flush=True); sys.stdin.read(); srv.stop(0)
    elif sys.argv[1] == "call":
        situations(int(sys.argv[2]))
    else:
        srv, port = serve(); situations(port); local(port); srv.stop(0).wait(2)
