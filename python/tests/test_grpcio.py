# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Against grpcio itself: the same situations, with the client or the server of either."""
import os
import re
import subprocess
import sys

import pytest
from conftest import HERE

OURS = sys.executable

# Where we differ, and mean to; or where grpcio's own answer depends on which of two things comes first.
MEANT = {
    "timeout str",  # the exception's text
    "upper key",  # debug_error_string
    "ctx",  # localhost is tried as IPv4 and IPv6 in another order
    "iter raises",  # how many responses came before
    "future timeout",
    "cancel stream",  # a callback that is added after the end
    "non bytes",  # the exception's text
    "closing",  # sometimes "Stream removed (Channel closed!)", for a stream
    "recv max",  # the same
    "deadline",  # our server's reset may be faster than its client's clock
    "no service",  # a space
    "secure insecure",  # a clear error instead of none
    "states",
    "already started",
}


def sections(text):
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    parts = re.split(r"^== (.*)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def run(python, *args, **kw):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" or python == OURS}
    return subprocess.Popen([python, str(HERE / "situations.py"), *args], env=env, text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **kw)


def situations(server, client):
    s = run(server, "serve")
    try:
        c = run(client, "call", s.stdout.readline().strip())
        return sections(c.communicate(timeout=60)[0])
    finally:
        s.communicate(timeout=20)


@pytest.fixture(scope="module")
def theirs(grpcio):
    return situations(grpcio, grpcio)


@pytest.mark.parametrize("which", ["client", "server", "both"])
def test_situations(grpcio, theirs, which):
    ours = situations(grpcio if which == "client" else OURS, grpcio if which == "server" else OURS)
    assert len(theirs) > 50
    assert ours.keys() == theirs.keys()
    differ = [name for name in theirs if theirs[name] != ours[name] and name not in MEANT]
    assert not differ, [(name, theirs[name], ours[name]) for name in differ]


def test_api(grpcio):
    """What can be seen without a call."""
    theirs = sections(run(grpcio, "both").communicate(timeout=60)[0])
    ours = sections(run(OURS, "both").communicate(timeout=60)[0])
    differ = [name for name in theirs if theirs[name] != ours.get(name) and name not in MEANT]
    assert not differ, [(name, theirs[name], ours.get(name)) for name in differ]
