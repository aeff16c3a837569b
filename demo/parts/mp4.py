"""Reads from an MP4 file how long and how large it plays."""

import struct

# Boxes that hold boxes, on the way to those two facts.
_CONTAINERS = {b"moov", b"trak"}


def facts(path):
    """Milliseconds, width, height. Only version 0 of the boxes is read: durations fit in 32 bits."""
    milliseconds = width = height = 0
    for kind, body in _boxes(path.read_bytes()):
        if kind == b"mvhd":
            scale, duration = struct.unpack_from(">II", body, 12)
            milliseconds = duration * 1000 // scale
        if kind == b"tkhd":
            # 16.16 fixed point; a sound track says 0 by 0.
            size = struct.unpack_from(">II", body, 76)
            width, height = max(width, size[0] >> 16), max(height, size[1] >> 16)
    return milliseconds, width, height


def _boxes(data):
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            raise ValueError("a box without a length, or with a long one")
        body = data[at + 8:at + size]
        yield kind, body
        if kind in _CONTAINERS:
            yield from _boxes(body)
        at += size
