#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Decodes what our encoder wrote (story_NN.json.hex, a block a line) with Python's hpack, and compares it with the
story. peer_decode.py DIR; exit status 77 where hpack is not installed."""
import json
import pathlib
import sys

try:
    import hpack
except ImportError:
    sys.path.append("/usr/lib/python3/dist-packages")  # where a distribution's package is not on our own path
    try:
        import hpack
    except ImportError:
        print("skipped: no Python module hpack (python3-hpack) to decode with")
        sys.exit(77)

blocks = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob("story_*.json")):
    decoder = hpack.Decoder(max_header_list_size=1 << 20)
    lines = pathlib.Path(f"{path}.hex").read_text().split("\n")[:-1]
    cases = json.loads(path.read_text())["cases"]
    assert len(lines) == len(cases), path
    for line, case in zip(lines, cases):
        got = [(bytes(n), bytes(v)) for n, v in decoder.decode(bytes.fromhex(line), raw=True)]
        want = [(n.encode(), v.encode()) for header in case["headers"] for n, v in header.items()]
        assert got == want, (path, got, want)
        blocks += 1
print(f"Python's hpack decoded {blocks} blocks")
