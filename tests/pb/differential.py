#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Random messages, and random damage to them, through weir's generated code and through Google's protobuf for Python:
both must accept the same bytes, see the same values and write the same bytes.

usage: differential.py CODEC WEIRC TESTDATA [SEED [ROUNDS]]     (exit status 77: no protobuf for Python here)
"""
import os
import random
import struct
import subprocess
import sys
import tempfile

try:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from google.protobuf.internal import api_implementation
    from google.protobuf.message import DecodeError
except ImportError:
    # The interop tests bring a Python that has it.
    other = os.path.join(os.path.dirname(__file__), "../../build/interop/python/bin/python")
    if os.path.exists(other) and os.path.realpath(sys.prefix) != os.path.realpath(os.path.dirname(other) + "/.."):
        os.execv(other, [other, *sys.argv])
    print("skipped: no google.protobuf for", sys.executable, "(tests/interop/setup python brings it)")
    sys.exit(77)

INTS = [0, 1, -1, 2, 63, 64, 127, 128, 300, 16383, 16384, 2**28, 2**31 - 1, -2**31, 2**32 - 1, 2**63 - 1, -2**63, 2**64 - 1]
FLOATS = [0.0, -0.0, 1.5, -2.25, float("inf"), float("-inf"), float("nan"), 1e-45, 3.25e38]
DOUBLES = [0.0, -0.0, 1.5, 1e308, 5e-324, float("inf"), float("nan")]
TEXTS = ["", "a", "grün", "\0", "eight888", "sixteen letters!", "€uro and more than sixteen", "\U0001f642", "x" * 200]
SIGNED32, UNSIGNED32 = {5, 15, 17}, {7, 13}
SIGNED64, UNSIGNED64 = {3, 16, 18}, {4, 6}


def load(weirc, testdata, files):
    """Message classes by full name, from weirc's own descriptor set."""
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "set")
        subprocess.run([weirc, "-I" + testdata, "--descriptor_set_out=" + path, *files], check=True)
        with open(path, "rb") as f:
            fds = descriptor_pb2.FileDescriptorSet.FromString(f.read())
    pool = descriptor_pool.DescriptorPool()
    for file in fds.file:
        pool.Add(file)
    return {n: message_factory.GetMessageClass(pool.FindMessageTypeByName(n)) for n in ("kinds2.All", "kinds3.All")}


class Maker:
    """Fills messages with values that are hard on codecs."""

    def __init__(self, rnd):
        self.rnd = rnd

    def integer(self, low, high):
        pick = self.rnd.choice(INTS) if self.rnd.random() < 0.6 else self.rnd.getrandbits(self.rnd.randrange(1, 64))
        return pick if low <= pick <= high else pick % (high - low + 1) + low

    def value(self, field):
        t, rnd = field.type, self.rnd
        if t in SIGNED32:
            return self.integer(-2**31, 2**31 - 1)
        if t in UNSIGNED32:
            return self.integer(0, 2**32 - 1)
        if t in SIGNED64:
            return self.integer(-2**63, 2**63 - 1)
        if t in UNSIGNED64:
            return self.integer(0, 2**64 - 1)
        if t == 1:
            return rnd.choice(DOUBLES)
        if t == 2:
            return rnd.choice(FLOATS)
        if t == 8:
            return rnd.random() < 0.5
        if t == 9:
            return rnd.choice(TEXTS)
        if t == 12:
            return rnd.randbytes(rnd.choice([0, 1, 5, 130]))
        if field.enum_type.full_name == "kinds3.Color" and rnd.random() < 0.2:
            return self.integer(-2**31, 2**31 - 1)
        return rnd.choice(field.enum_type.values).number

    def fill(self, m, depth):
        for field in m.DESCRIPTOR.fields:
            if self.rnd.random() < (0.75 if depth else 0.6):
                continue
            n = self.rnd.choice([1, 2, 3, 12]) if field.is_repeated else 1
            if field.message_type and field.message_type.GetOptions().map_entry:
                for _ in range(n):
                    self.fill_map(getattr(m, field.name), field.message_type, depth)
            elif field.message_type:
                for _ in range(min(n, 3) if depth < 3 else 0):
                    sub = getattr(m, field.name)
                    sub = sub.add() if field.is_repeated else sub
                    sub.SetInParent()
                    self.fill(sub, depth + 1)
            elif field.is_repeated:
                getattr(m, field.name).extend(self.value(field) for _ in range(n))
            else:
                setattr(m, field.name, self.value(field))

    def fill_map(self, into, entry, depth):
        key, value = self.value(entry.fields[0]), entry.fields[1]
        if not value.message_type:
            into[key] = self.value(value)
        elif depth < 3:
            self.fill(into[key], depth + 1)

    def damage(self, wire):
        b, rnd = bytearray(wire), self.rnd
        for _ in range(rnd.choice([1, 1, 2, 5])):
            what, at = rnd.randrange(5), rnd.randrange(len(b) + 1)
            if what == 0 and at < len(b):
                b[at] ^= 1 << rnd.randrange(8)
            elif what == 1 and at < len(b):
                b[at] = rnd.randrange(256)
            elif what == 2:
                b[at:at] = rnd.randbytes(rnd.randrange(1, 4))
            elif what == 3:
                del b[at:at + rnd.randrange(1, 4)]
            else:
                del b[at:]
        return bytes(b)


def show(field, v):
    if field.message_type:
        return show_message(v)
    if field.type in (1, 2) and v != v:
        return "nan"
    if field.type == 1:
        return struct.pack(">d", v).hex()
    if field.type == 2:
        return struct.pack(">f", v).hex()
    if field.type in (9, 12):
        return "x" + (v.encode() if isinstance(v, str) else v).hex()
    return str(int(v))


def show_message(m):
    """Every field, as codec.c prints the members of the struct."""
    out, shown = "{", set()
    for field in m.DESCRIPTOR.fields:
        v, one = getattr(m, field.name), field.containing_oneof
        if field.message_type and field.message_type.GetOptions().map_entry:
            key, val = field.message_type.fields
            items = sorted(v.items(), key=lambda item: item[0].encode() if isinstance(item[0], str) else item[0])
            out += field.name + "=(" + "".join(f"{show(key, k)}:{show(val, x)} " for k, x in items) + ") "
        elif field.is_repeated:
            out += field.name + "=[" + "".join(show(field, x) + " " for x in v) + "] "
        elif one and len(one.fields) > 1:
            if one.name in shown:
                continue
            shown.add(one.name)
            which = m.WhichOneof(one.name)
            if which:
                out += f"{which}={show(m.DESCRIPTOR.fields_by_name[which], getattr(m, which))} "
        elif not field.has_presence or m.HasField(field.name):
            out += f"{field.name}={show(field, v)} "
    return out + "}"


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value & (2**64 - 1), at


WIRE_TYPE = {1: 1, 2: 5, 6: 1, 7: 5, 9: 2, 10: 3, 11: 2, 12: 2, 15: 5, 16: 1}


def strange_entry(desc, data, at=0, group=None):
    """True if a map entry in data, which is well-formed, holds anything but its key and value. upb keeps such an entry
    as an unknown field; weir drops what is strange in it and takes the rest, as C++, Java and Go do."""
    is_entry = desc is not None and desc.GetOptions().map_entry
    while at < len(data):
        tag, at = varint(data, at)
        number, kind = tag >> 3, tag & 7
        field = desc.fields_by_number.get(number) if desc is not None else None
        if kind == 4:
            return False, at
        fits = field is not None and WIRE_TYPE.get(field.type, 0) == kind
        if is_entry and not fits:
            return True, at
        sub = field.message_type if fits else None
        if kind == 3:
            found, at = strange_entry(sub, data, at, number)
            if found:
                return True, at
        elif kind == 2:
            size, at = varint(data, at)
            if sub is not None and strange_entry(sub, data[at:at + size])[0]:
                return True, at
            at += size
        else:
            at = varint(data, at)[1] if kind == 0 else at + (8 if kind == 1 else 4)
    return False, at


def differs(what, ours, theirs):
    """Both texts around the first place where they differ."""
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    low = max(0, at - 60)
    return f"{what} differs at {at}\n  weir:     ...{ours[low:at + 100]}\n  protobuf: ...{theirs[low:at + 100]}"


class Checker:
    def __init__(self, codec):
        self.codec = subprocess.Popen([codec], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.accepted = self.refused = 0

    def ask(self, name, wire):
        self.codec.stdin.write(f"{name} {wire.hex()}\n")
        self.codec.stdin.flush()
        return self.codec.stdout.readline().rstrip("\n")

    def check(self, name, cls, wire):
        """None, or what differs."""
        got = self.ask(name, wire)
        m = cls()
        try:
            m.MergeFromString(wire)
        except DecodeError as e:
            self.refused += 1
            return None if got.startswith("error ") else f"protobuf refuses it ({e}), weir says {got[:200]}"
        self.accepted += 1
        if not got.startswith("ok x"):
            return f"protobuf takes it, weir says {got[:200]}"
        _, encoded, values = got.split(" ", 2)
        if strange_entry(cls.DESCRIPTOR, wire)[0]:
            return None
        again = cls()
        again.MergeFromString(bytes.fromhex(encoded[1:]))
        want = m.SerializePartialToString(deterministic=True)
        theirs = again.SerializePartialToString(deterministic=True)
        # upb does not always order maps with 32-bit keys: the same entries in another order are the same.
        if theirs != want and sorted(theirs) != sorted(want):
            return differs("what it encodes to", theirs.hex(), want.hex())
        try:
            seen = show_message(m)
        except UnicodeDecodeError:  # a proto2 string that Python cannot show
            return None
        return None if values == seen else differs("a value", values, seen)


def main(codec, weirc, testdata, seed=1, rounds=1500):
    classes = load(weirc, testdata, ["kinds2.proto", "kinds3.proto"])
    checker = Checker(codec)
    for seed in range(int(seed), int(seed) + int(rounds)):
        maker = Maker(random.Random(seed))
        name, cls = ("kinds2.All", "kinds3.All")[seed % 2], list(classes.values())[seed % 2]
        m = cls()
        maker.fill(m, 0)
        wire = m.SerializePartialToString(deterministic=True)
        for data in [wire] + [maker.damage(wire) for _ in range(4)]:
            wrong = checker.check(name, cls, data)
            if wrong:
                hexed = data.hex()
                print(f"seed {seed}: {name}, {len(data)} bytes {hexed[:400]}{'...' * (len(hexed) > 400)}\n{wrong}")
                return 1
    print(f"{checker.accepted} messages alike, {checker.refused} refused by both "
          f"(protobuf for Python: {api_implementation.Type()})")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
