#!/usr/bin/python3
"""A DICOM acceptor that answers as a script tells it, however a PACS should
not: what no well-behaved peer can be made to do. Plain sockets.

    scripted-scp.py [--log FILE] [--ae TITLE] PORT SCRIPT

SCRIPT is a JSON object that is read anew for every connection and every message,
so that a test changes the peer's mind by writing the file (write beside it and
rename). Every key is optional:

  "connect":  "close"       close the connection before the request is read
              "mute"        read the request and never answer it
  "reject":   [r, s, d]     A-ASSOCIATE-RJ: result, source, reason (PS3.8 9.3.4)
  "accept":   "none", or a list of SOP classes; without it every context is
              accepted with its first transfer syntax
  "read":     N             read at most N bytes a second, once associated
  "store":    "0000"        the status of C-STORE; a list is used up one by one
                            over all associations and its last one repeats.
              "mute"        read the object and never answer
              "reset"       read the object and reset the connection (RST)
              "close"       read the object and close the connection
              "abort"       read the object and send A-ABORT
              "first-byte"  reset after the first P-DATA of the object
  "action":   "0000", or one of the words of "store"; the N-ACTION of storage
              commitment
  "report":   an object, the N-EVENT-REPORT that follows an N-ACTION:
      "on":       "same" association (default), "new" one, or "never"
      "after":    seconds to wait before, default 0
      "failed":   a list of SOP Instance UIDs, or "all", or a number: so many
                  (first ones); event type 2 when there is one, else 1
      "reason":   the Failure Reason, default "0110"
      "times":    how often the same report is sent, default 1
      "transaction": another Transaction UID than the one that was asked
      "title":    calling AE title of a new association, default --ae
      "called", "host", "port": of a new association; the AE title that asked,
                  127.0.0.1, PORT - 1
      "role":     false: do not propose the SCP role on a new association
  "find":     "stored"      C-FIND finds what C-STORE has accepted (default)
              "none"        finds nothing
              "other"       answers with another SOP Instance UID
              "endless"     pending answers without end
              "A700"        a status instead
              "mute"

The log is one JSON object a line, always with "t" (seconds), "n" (number of
the connection) and "event": connect, associate (calling, called, classes),
reject, store (uid, class, bytes, status), action (transaction, uids, status),
report (transaction, event_type, status of the answer; "error"), find (uid,
found), echo, release, abort, lost. It ends with SIGTERM.
"""

import argparse
import json
import signal
import socket
import struct
import sys
import threading
import time

COMMITMENT = "1.2.840.10008.1.20.1"
INSTANCE = "1.2.840.10008.1.20.1.1"
IMPLICIT = "1.2.840.10008.1.2"
STORE, FIND, ECHO, REPORT, ACTION, CANCEL = 1, 0x20, 0x30, 0x100, 0x130, 0xFFF
RESPONSE = 0x8000

lock = threading.Lock()
stored = set()
used = {}
began = time.time()
args = None


def log(number, event, **fields):
    line = dict(t=round(time.time() - began, 3), n=number, event=event,
                **fields)
    with lock:
        args.log.write(json.dumps(line) + "\n")
        args.log.flush()


def script():
    for _ in range(20):
        try:
            with open(args.script) as f:
                return json.load(f)
        except (OSError, ValueError):
            time.sleep(0.02)
    return {}


def next_of(key, value):
    """A list is used up over all connections."""
    if not isinstance(value, list):
        return value
    with lock:
        at = used.get((key, tuple(value)), 0)
        used[(key, tuple(value))] = at + 1
    return value[min(at, len(value) - 1)]


class Ended(Exception):
    pass


def take(sock, n, rate=0):
    out = b""
    while len(out) < n:
        want = n - len(out)
        if rate:
            want = min(want, max(1, rate // 10))
            time.sleep(want / rate)
        more = sock.recv(want)
        if not more:
            raise Ended("lost")
        out += more
    return out


def pdu(sock, rate=0):
    kind, _, length = struct.unpack(">BBI", take(sock, 6, rate))
    if length > 1 << 24:
        raise Ended("a PDU of %d bytes" % length)
    return kind, take(sock, length, rate)


def items(body):
    at = 0
    while at + 4 <= len(body):
        kind, _, length = struct.unpack(">BBH", body[at:at + 4])
        yield kind, body[at + 4:at + 4 + length]
        at += 4 + length


def item(kind, body):
    return struct.pack(">BBH", kind, 0, len(body)) + body


def text(raw):
    return raw.rstrip(b"\0 ").decode("latin-1")


def padded(uid):
    return uid.encode() + (b"\0" if len(uid) % 2 else b"")


def command(elements):
    body = b""
    for number, value in sorted(elements.items()):
        raw = struct.pack("<H", value) if isinstance(value, int) else \
            padded(value)
        body += struct.pack("<HHI", 0, number, len(raw)) + raw
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def p_data(context, control, body):
    pdv = struct.pack(">IBB", len(body) + 2, context, control) + body
    return struct.pack(">BBI", 4, 0, len(pdv)) + pdv


def elements(body):
    """Implicit VR Little Endian, one level; sequences stay bytes."""
    at, out = 0, {}
    while at + 8 <= len(body):
        group, number, length = struct.unpack("<HHI", body[at:at + 8])
        out[(group, number)] = body[at + 8:at + 8 + length]
        at += 8 + length
    return out


def element(group, number, raw):
    return struct.pack("<HHI", group, number, len(raw)) + raw


class Association:
    """Either side of one; next_message() gives (context, command, data)."""

    def __init__(self, sock, number, rate=0):
        self.sock, self.number, self.rate = sock, number, rate
        self.contexts, self.message = {}, 100
        self.pdvs = []

    def pdv(self):
        while not self.pdvs:
            kind, body = pdu(self.sock, self.rate)
            if kind == 5:
                self.sock.sendall(struct.pack(">BBII", 6, 0, 4, 0))
                raise Ended("release")
            if kind == 7:
                raise Ended("abort")
            if kind != 4:
                raise Ended("PDU type %d" % kind)
            at = 0
            while at + 6 <= len(body):
                length, context, control = struct.unpack(
                    ">IBB", body[at:at + 6])
                self.pdvs.append(
                    (context, control, body[at + 6:at + 4 + length]))
                at += 4 + length
        return self.pdvs.pop(0)

    def part(self, first_only=False):
        body = b""
        while True:
            context, control, more = self.pdv()
            body += more
            if control & 2 or first_only:
                return context, body

    def next_command(self):
        context, body = self.part()
        raw = elements(body)
        out = {k[1]: (struct.unpack("<H", v)[0] if len(v) == 2 else text(v))
               for k, v in raw.items() if k[1]}
        return context, out

    def send(self, context, elements_, data=b""):
        elements_[0x0800] = 0 if data else 0x0101
        out = p_data(context, 3, command(elements_))
        if data:
            for at in range(0, len(data), 16000):
                last = 2 if at + 16000 >= len(data) else 0
                out += p_data(context, last, data[at:at + 16000])
        self.sock.sendall(out)


def misbehave(assoc, word):
    """True: the word is a deed and not a status."""
    if word == "mute":
        while assoc.sock.recv(65536):
            pass
        raise Ended("lost")
    if word == "reset":
        assoc.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))
        assoc.sock.close()
        raise Ended("reset")
    if word == "close":
        raise Ended("close")
    if word == "abort":
        assoc.sock.sendall(struct.pack(">BBIBBBB", 7, 0, 4, 0, 0, 0, 0))
        raise Ended("sent abort")


def answer(assoc, context, request, status, extra=None, data=b""):
    reply = {0x0100: request[0x0100] | RESPONSE, 0x0120: request[0x0110],
             0x0900: status}
    if 0x0002 in request or 0x0003 in request:
        reply[0x0002] = request.get(0x0002) or request.get(0x0003)
    if 0x1000 in request or 0x1001 in request:
        reply[0x1000] = request.get(0x1000) or request.get(0x1001)
    reply.update(extra or {})
    assoc.send(context, reply, data)


def on_store(assoc, context, request, rules):
    word = next_of("store", rules.get("store", "0000"))
    uid = request.get(0x1000, "")
    if word == "first-byte":
        assoc.part(first_only=True)
        misbehave(assoc, "reset")
    _, data = assoc.part()
    log(assoc.number, "store", uid=uid, sop_class=request.get(0x0002, ""),
        bytes=len(data), status=word)
    misbehave(assoc, word)
    status = int(word, 16)
    if status in (0, 0xB000, 0xB006, 0xB007, 0x0111):
        with lock:
            stored.add(uid)
    answer(assoc, context, request, status)


def references(raw):
    out, at = [], 0
    while at + 8 <= len(raw):
        _, _, length = struct.unpack("<HHI", raw[at:at + 8])
        found = elements(raw[at + 8:at + 8 + length])
        out.append((text(found.get((8, 0x1150), b"")),
                    text(found.get((8, 0x1155), b""))))
        at += 8 + length
    return out


def sequence(number, objects, reason=None):
    body = b""
    for sop_class, uid in objects:
        one = element(8, 0x1150, padded(sop_class)) + \
            element(8, 0x1155, padded(uid))
        if reason is not None:
            one += element(8, 0x1197, struct.pack("<H", reason))
        body += element(0xFFFE, 0xE000, one)
    return element(8, number, body)


def build_report(rules, transaction, objects):
    failed = rules.get("failed", [])
    if failed == "all":
        bad = objects
    elif isinstance(failed, int):
        bad = objects[:failed]
    else:
        bad = [o for o in objects if o[1] in failed]
    good = [o for o in objects if o not in bad]
    data = element(8, 0x1195, padded(rules.get("transaction", transaction)))
    if bad:
        data += sequence(0x1198, bad, int(rules.get("reason", "0110"), 16))
    if good:
        data += sequence(0x1199, good)
    return 2 if bad else 1, data


def report(assoc, context, rules, transaction, objects, wait):
    kind, data = build_report(rules, transaction, objects)
    for _ in range(rules.get("times", 1)):
        assoc.message += 1
        assoc.send(context, {0x0002: COMMITMENT, 0x0100: REPORT,
                             0x0110: assoc.message, 0x1000: INSTANCE,
                             0x1002: kind}, data)
        if wait:
            _, reply = assoc.next_command()
            log_report(assoc.number, rules, transaction, kind,
                       "%04X" % reply.get(0x0900, 0xFFFF))


def log_report(number, rules, transaction, kind, status):
    log(number, "report", event_type=kind, status=status,
        transaction=rules.get("transaction", transaction))


def request_association(number, rules, called):
    sock = socket.create_connection(
        (rules.get("host", "127.0.0.1"), rules.get("port", args.port - 1)),
        timeout=10)
    body = struct.pack(">HH", 1, 0) + called.ljust(16).encode()
    body += rules.get("title", args.ae).ljust(16).encode() + bytes(32)
    body += item(0x10, b"1.2.840.10008.3.1.1.1")
    body += item(0x20, struct.pack(">BBBB", 1, 0, 0, 0) +
                 item(0x30, COMMITMENT.encode()) +
                 item(0x40, IMPLICIT.encode()))
    user = item(0x51, struct.pack(">I", 65536)) + item(0x52, b"2.25.1")
    if rules.get("role", True):
        user += item(0x54, struct.pack(">H", len(COMMITMENT)) +
                     COMMITMENT.encode() + bytes([0, 1]))
    body += item(0x50, user)
    sock.sendall(struct.pack(">BBI", 1, 0, len(body)) + body)
    kind, reply = pdu(sock)
    if kind != 2:
        raise Ended("rejected %s" % "/".join(str(b) for b in reply[1:4]))
    for sub, value in items(reply[68:]):
        if sub == 0x21 and value[2] != 0:
            raise Ended("context result %d" % value[2])
        if sub == 0x50:
            roles = [v for k, v in items(value) if k == 0x54]
            if rules.get("role", True) and (
                    not roles or roles[0][-2:] != bytes([0, 1])):
                raise Ended("the role was not accepted")
    return Association(sock, number)


def new_association(number, rules, called, transaction, objects):
    time.sleep(rules.get("after", 0))
    try:
        assoc = request_association(number, rules, called)
        report(assoc, 1, rules, transaction, objects, True)
        assoc.sock.sendall(struct.pack(">BBII", 5, 0, 4, 0))
        pdu(assoc.sock)
        assoc.sock.close()
    except (Ended, OSError) as problem:
        log(number, "report", transaction=transaction, error=str(problem))


def on_action(assoc, context, request, rules, calling):
    _, data = assoc.part()
    found = elements(data)
    transaction = text(found.get((8, 0x1195), b""))
    objects = references(found.get((8, 0x1199), b""))
    word = next_of("action", rules.get("action", "0000"))
    log(assoc.number, "action", transaction=transaction, status=word,
        uids=[o[1] for o in objects])
    misbehave(assoc, word)
    rules = rules.get("report", {"on": "never"})
    answer(assoc, context, request, int(word, 16), {0x1008: 1})
    if int(word, 16) != 0:
        return
    if rules.get("on", "same") == "new":
        threading.Thread(target=new_association, daemon=True, args=(
            assoc.number, rules, calling, transaction, objects)).start()
    elif rules.get("on", "same") == "same":
        assoc.awaiting = (rules, transaction)
        if rules.get("after", 0):
            threading.Timer(rules["after"], report, (
                assoc, context, rules, transaction, objects, False)).start()
        else:
            report(assoc, context, rules, transaction, objects, False)


def on_find(assoc, context, request, rules):
    _, data = assoc.part()
    uid = text(elements(data).get((8, 0x0018), b""))
    word = rules.get("find", "stored")
    with lock:
        found = word == "other" or (word == "stored" and uid in stored)
    log(assoc.number, "find", uid=uid, found=found)
    misbehave(assoc, word)
    reply = element(8, 0x0018, padded("1.2.3.4" if word == "other" else uid))
    while word == "endless":
        answer(assoc, context, request, 0xFF00, data=reply)
    if found:
        answer(assoc, context, request, 0xFF00, data=reply)
    special = word not in ("stored", "none", "other")
    answer(assoc, context, request, int(word, 16) if special else 0)


def associate(sock, number, rules):
    kind, body = pdu(sock)
    if kind != 1:
        raise Ended("PDU type %d" % kind)
    called, calling = text(body[4:20]), text(body[20:36])
    proposed = []
    for sub, value in items(body[68:]):
        if sub == 0x20:
            parts = list(items(value[4:]))
            proposed.append((value[0], text(parts[0][1]),
                             [text(v) for k, v in parts if k == 0x40]))
    log(number, "associate", calling=calling, called=called,
        classes=[c for _, c, _ in proposed])
    if rules.get("connect") == "mute":
        while sock.recv(65536):
            pass
        raise Ended("lost")
    if "reject" in rules:
        log(number, "reject", code=rules["reject"])
        sock.sendall(struct.pack(">BBIBBBB", 3, 0, 4, 0, *rules["reject"]))
        time.sleep(0.1)
        raise Ended("rejected")
    wanted = rules.get("accept", "all")
    reply = body[:68] + item(0x10, b"1.2.840.10008.3.1.1.1")
    assoc = Association(sock, number, rules.get("read", 0))
    for context, sop_class, syntaxes in proposed:
        good = wanted == "all" or sop_class in wanted
        if good:
            assoc.contexts[context] = sop_class
        reply += item(0x21, struct.pack(">BBBB", context, 0,
                                        0 if good else 3, 0) +
                      item(0x40, syntaxes[0].encode()))
    reply += item(0x50, item(0x51, struct.pack(">I", 65536)) +
                  item(0x52, b"2.25.1"))
    sock.sendall(struct.pack(">BBI", 2, 0, len(reply)) + reply)
    return assoc, calling


def serve(sock, number):
    rules = script()
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if rules.get("connect") == "close":
            log(number, "connect")
            return
        assoc, calling = associate(sock, number, rules)
        while True:
            context, request = assoc.next_command()
            rules = script()
            field = request.get(0x0100, 0)
            if field == ECHO:
                log(number, "echo")
                answer(assoc, context, request, 0)
            elif field == STORE:
                on_store(assoc, context, request, rules)
            elif field == ACTION:
                on_action(assoc, context, request, rules, calling)
            elif field == FIND:
                on_find(assoc, context, request, rules)
            elif field == REPORT | RESPONSE:
                log_report(number, *assoc.awaiting,
                           request.get(0x1002, 0),
                           "%04X" % request.get(0x0900, 0xFFFF))
            elif field != CANCEL:
                raise Ended("command %04X" % field)
    except Ended as why:
        log(number, "release" if str(why) == "release" else
            "abort" if str(why) == "abort" else "lost", why=str(why))
    except OSError as why:
        log(number, "lost", why=str(why))
    finally:
        sock.close()


def main():
    global args
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", default="/dev/stdout")
    parser.add_argument("--ae", default="SCRIPTED")
    parser.add_argument("port", type=int)
    parser.add_argument("script")
    args = parser.parse_args()
    args.log = open(args.log, "a", buffering=1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", args.port))
    listener.listen(64)
    number = 0
    while True:
        sock, _ = listener.accept()
        number += 1
        threading.Thread(target=serve, args=(sock, number),
                         daemon=True).start()


main()
