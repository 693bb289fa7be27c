#!/usr/bin/python3
"""C-STORE of a Part 10 file's data set, byte for byte and unparsed: DCMTK's
storescu parses what it sends, and so dies of the very files that a node must
survive. Several files go over ONE association; prints one line a file:

    STATUS COMMENT           e.g. C000 sequences nested deeper than 32

    raw-store.py [--command-uid UID] [--aec AE] PORT FILE...

Exit 1 when the association broke.
"""

import argparse
import socket
import struct
import sys

EXPLICIT = "1.2.840.10008.1.2.1"


def uid_bytes(uid):
    return uid.encode() + (b"\0" if len(uid) % 2 else b"")


def read_meta(data):
    """(SOP class, SOP instance, transfer syntax, offset of the data set)"""
    found, at = {}, 132
    while at + 8 <= len(data):
        group, number, vr, length = struct.unpack("<HH2sH", data[at:at + 8])
        if group != 2:
            break
        head = 8
        if vr in (b"OB", b"OW", b"UN"):
            length = struct.unpack("<I", data[at + 8:at + 12])[0]
            head = 12
        found[number] = data[at + head:at + head + length]
        at += head + length
    text = {k: v.rstrip(b"\0 ").decode("latin-1") for k, v in found.items()}
    return text.get(2, "1.2.840.10008.5.1.4.1.1.1"), text.get(3, "1.2.3"), \
        text.get(0x10, EXPLICIT), at


def item(kind, body):
    return struct.pack(">BBH", kind, 0, len(body)) + body


def associate(contexts, aec):
    body = struct.pack(">HH", 1, 0) + aec.ljust(16).encode()
    body += b"RAWSTORE".ljust(16) + bytes(32)
    body += item(0x10, b"1.2.840.10008.3.1.1.1")
    for number, (sop_class, syntax) in enumerate(contexts):
        context = struct.pack(">BBBB", 2 * number + 1, 0, 0, 0)
        context += item(0x30, sop_class.encode())
        context += item(0x40, syntax.encode())
        body += item(0x20, context)
    user = item(0x51, struct.pack(">I", 65536)) + item(0x52, b"2.25.1")
    body += item(0x50, user)
    return struct.pack(">BBI", 1, 0, len(body)) + body


def command(elements):
    body = b"".join(struct.pack("<HHI", 0, number, len(value)) + value
                    for number, value in sorted(elements.items()))
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def p_data(context, control, body):
    pdv = struct.pack(">IBB", len(body) + 2, context, control) + body
    return struct.pack(">BBI", 4, 0, len(pdv)) + pdv


def receive(sock):
    head = b""
    while len(head) < 6:
        more = sock.recv(6 - len(head))
        if not more:
            raise ConnectionError("closed")
        head += more
    kind, _, length = struct.unpack(">BBI", head)
    body = b""
    while len(body) < length:
        more = sock.recv(length - len(body))
        if not more:
            raise ConnectionError("closed")
        body += more
    return kind, body


def parse_response(body):
    pdv = body[6:]
    at, status, comment = 0, None, ""
    while at + 8 <= len(pdv):
        _, number, length = struct.unpack("<HHI", pdv[at:at + 8])
        value = pdv[at + 8:at + 8 + length]
        if number == 0x0900:
            status = struct.unpack("<H", value)[0]
        elif number == 0x0902:
            comment = value.decode("latin-1").strip(" \0")
        at += 8 + length
    return status, comment


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--command-uid")
    parser.add_argument("--aec", default="OSTEON")
    parser.add_argument("port", type=int)
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()

    objects = []
    for name in args.files:
        data = open(name, "rb").read()
        if data[128:132] == b"DICM":
            sop_class, sop_uid, syntax, at = read_meta(data)
        else:
            sop_class, sop_uid = "1.2.840.10008.5.1.4.1.1.1", "1.2.3.4"
            syntax, at = EXPLICIT, 0
        objects.append((sop_class, sop_uid, syntax, data[at:]))
    contexts = sorted({(o[0], o[2]) for o in objects})

    sock = socket.create_connection(("127.0.0.1", args.port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(associate(contexts, args.aec))
    kind, body = receive(sock)
    if kind != 2:
        sys.exit("association refused: PDU type %d" % kind)
    for message, (sop_class, sop_uid, syntax, data) in enumerate(objects, 1):
        context = 2 * contexts.index((sop_class, syntax)) + 1
        sock.sendall(p_data(context, 3, command({
            0x0002: uid_bytes(sop_class),
            0x0100: struct.pack("<H", 1),
            0x0110: struct.pack("<H", message),
            0x0700: struct.pack("<H", 0),
            0x0800: struct.pack("<H", 0),
            0x1000: uid_bytes(args.command_uid or sop_uid),
        })))
        chunk = 16000
        for at in range(0, max(len(data), 1), chunk):
            last = 2 if at + chunk >= len(data) else 0
            sock.sendall(p_data(context, last, data[at:at + chunk]))
        kind, body = receive(sock)
        if kind != 4:
            sys.exit("association ended: PDU type %d" % kind)
        status, comment = parse_response(body)
        print("%04X %s" % (status, comment), flush=True)
    sock.sendall(struct.pack(">BBII", 5, 0, 4, 0))
    receive(sock)


try:
    main()
except OSError as problem:
    sys.exit("connection lost: %s" % problem)
