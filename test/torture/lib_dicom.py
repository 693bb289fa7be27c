"""A DICOM caller as small as the cases need it: it sends data sets byte for
byte and sees each answer itself, so that a case knows exactly what was
acknowledged. PS3.8 (the association), PS3.7 (the messages)."""

import hashlib
import io
import os
import random
import socket
import struct
import time

EXPLICIT = "1.2.840.10008.1.2.1"
VERIFICATION = "1.2.840.10008.1.1"
CR = "1.2.840.10008.5.1.4.1.1.1"
FRAGMENT = 16000


class Lost(Exception):
    """The association ended without an answer."""


class Instance:
    """One object to send: what the command says, and its data set."""

    def __init__(self, sop_class, sop_uid, study_uid, syntax, data):
        self.sop_class, self.sop_uid = sop_class, sop_uid
        self.study_uid, self.syntax, self.data = study_uid, syntax, data
        self.sha256 = hashlib.sha256(data).hexdigest()


def new_uid():
    return "2.25.%d" % random.SystemRandom().getrandbits(127)


def film(path, study_uid=None):
    """A radiograph of the fixtures as an object of a study of its own."""
    import pydicom
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    image = pydicom.dcmread(path)
    image.StudyInstanceUID = study_uid or new_uid()
    image.SeriesInstanceUID, image.SOPInstanceUID = new_uid(), new_uid()
    syntax = image.file_meta.TransferSyntaxUID
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, syntax.is_implicit_VR
    write_dataset(out, image)
    return Instance(str(image.SOPClassUID), image.SOPInstanceUID,
                    image.StudyInstanceUID, str(syntax), out.getvalue())


def element(tag, vr, value):
    if isinstance(value, str):
        value = value.encode("ascii")
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr == "OW":
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def noise(bytes_wanted, study_uid=None):
    """An object of about so many bytes that no route analyses."""
    side = max(8, int(bytes_wanted ** 0.5))
    study_uid, sop_uid = study_uid or new_uid(), new_uid()
    data = b"".join([
        element(0x00080016, "UI", CR), element(0x00080018, "UI", sop_uid),
        element(0x00080060, "CS", "CR"),
        element(0x00100010, "PN", "PHANTOM^MADE"),
        element(0x00100020, "LO", "MADE-1"),
        element(0x00180015, "CS", "NOISE"),
        element(0x0020000D, "UI", study_uid),
        element(0x0020000E, "UI", new_uid()),
        element(0x00280002, "US", struct.pack("<H", 1)),
        element(0x00280004, "CS", "MONOCHROME2"),
        element(0x00280010, "US", struct.pack("<H", side)),
        element(0x00280011, "US", struct.pack("<H", side)),
        element(0x00280100, "US", struct.pack("<H", 8)),
        element(0x00280101, "US", struct.pack("<H", 8)),
        element(0x00280102, "US", struct.pack("<H", 7)),
        element(0x00280103, "US", struct.pack("<H", 0)),
        element(0x7FE00010, "OW", os.urandom(side * side))])
    return Instance(CR, sop_uid, study_uid, EXPLICIT, data)


def part10(instance):
    """The object as a file."""
    meta = b"".join([
        element(0x00020002, "UI", instance.sop_class),
        element(0x00020003, "UI", instance.sop_uid),
        element(0x00020010, "UI", instance.syntax),
        element(0x00020012, "UI", "2.25.1")])
    return (bytes(128) + b"DICM" +
            element(0x00020000, "UL", struct.pack("<I", len(meta))) +
            meta + instance.data)


def pixels(file_bytes):
    """SHA-256 of the pixel data: for peers that write data sets anew."""
    import pydicom

    image = pydicom.dcmread(io.BytesIO(file_bytes))
    return hashlib.sha256(image.PixelData.rstrip(b"\0")).hexdigest()


def item(kind, body):
    return struct.pack(">BBH", kind, 0, len(body)) + body


def padded(uid):
    return uid.encode() + b"\0" * (len(uid) % 2)


def command(elements):
    body = b"".join(struct.pack("<HHI", 0, number, len(value)) + value
                    for number, value in sorted(elements.items()))
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def p_data(context, control, body):
    pdv = struct.pack(">IBB", len(body) + 2, context, control) + body
    return struct.pack(">BBI", 4, 0, len(pdv)) + pdv


class Association:
    """Raises Lost (or OSError) whenever the peer does not answer."""

    def __init__(self, port, contexts=(), called="OSTEON", calling="TORTURE",
                 timeout=30, source="127.0.0.1", tls=None):
        """tls: an ssl.SSLContext."""
        self.contexts = [(VERIFICATION, "1.2.840.10008.1.2")] + [
            context for context in contexts]
        self.message = 0
        self.deadline = time.monotonic() + timeout
        self.timeout = timeout
        self.sock = socket.create_connection(
            ("127.0.0.1", port), timeout=timeout, source_address=(source, 0))
        try:
            if tls:
                self.sock = tls.wrap_socket(self.sock)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock.sendall(self.request(called, calling))
            kind, _ = self.pdu()
            if kind != 2:
                raise Lost("association refused: PDU type %d" % kind)
        except BaseException:
            self.sock.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def request(self, called, calling):
        body = struct.pack(">HH", 1, 0) + called.ljust(16).encode()
        body += calling.ljust(16).encode() + bytes(32)
        body += item(0x10, b"1.2.840.10008.3.1.1.1")
        for number, (sop_class, syntax) in enumerate(self.contexts):
            body += item(0x20, struct.pack(">BBBB", 2 * number + 1, 0, 0, 0) +
                         item(0x30, sop_class.encode()) +
                         item(0x40, syntax.encode()))
        body += item(0x50, item(0x51, struct.pack(">I", 65536)) +
                     item(0x52, b"2.25.1"))
        return struct.pack(">BBI", 1, 0, len(body)) + body

    def exactly(self, n):
        got = b""
        while len(got) < n:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise Lost("no answer within %d s" % self.timeout)
            self.sock.settimeout(left)
            more = self.sock.recv(n - len(got))
            if not more:
                raise Lost("closed by the peer")
            got += more
        return got

    def pdu(self):
        kind, _, length = struct.unpack(">BBI", self.exactly(6))
        return kind, self.exactly(length)

    def answer(self):
        """Status of the response."""
        kind, body = self.pdu()
        if kind != 4:
            raise Lost("association ended: PDU type %d" % kind)
        at, status = 6, None
        while at + 8 <= len(body):
            _, number, length = struct.unpack("<HHI", body[at:at + 8])
            if number == 0x0900:
                status = struct.unpack("<H", body[at + 8:at + 10])[0]
            at += 8 + length
        return status

    def send(self, context, elements):
        self.deadline = time.monotonic() + self.timeout
        self.sock.settimeout(self.timeout)
        self.message += 1
        elements[0x0110] = struct.pack("<H", self.message)
        self.sock.sendall(p_data(context, 3, command(elements)))

    def echo(self):
        self.send(1, {0x0002: padded(VERIFICATION),
                      0x0100: struct.pack("<H", 0x30),
                      0x0800: struct.pack("<H", 0x101)})
        return self.answer()

    def store(self, instance, pause=0):
        """The status that the peer answered. pause: seconds between two
        fragments."""
        context = 2 * self.contexts.index((instance.sop_class,
                                           instance.syntax)) + 1
        self.send(context, {0x0002: padded(instance.sop_class),
                            0x0100: struct.pack("<H", 1),
                            0x0700: struct.pack("<H", 0),
                            0x0800: struct.pack("<H", 0),
                            0x1000: padded(instance.sop_uid)})
        for at in range(0, len(instance.data), FRAGMENT):
            last = 2 if at + FRAGMENT >= len(instance.data) else 0
            self.sock.sendall(p_data(context, last,
                                     instance.data[at:at + FRAGMENT]))
            time.sleep(0 if last else pause)
        return self.answer()

    def release(self):
        self.sock.sendall(struct.pack(">BBII", 5, 0, 4, 0))
        self.pdu()
        self.sock.close()


def echoes(port, called="OSTEON", timeout=1):
    """Is a C-ECHO answered now?"""
    try:
        with Association(port, called=called, timeout=timeout) as caller:
            return caller.echo() == 0
    except (OSError, Lost):
        return False


def wait_until_echo(port, called="OSTEON", seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if echoes(port, called):
            return True
        time.sleep(0.02)
    return False


def store(port, instances, called="OSTEON", timeout=30, pause=0):
    """Sends all over one association; their statuses. What was not answered
    is None: nobody knows what became of it."""
    statuses = [None] * len(instances)
    contexts = sorted({(i.sop_class, i.syntax) for i in instances})
    try:
        with Association(port, contexts, called, timeout=timeout) as caller:
            for n, instance in enumerate(instances):
                statuses[n] = caller.store(instance, pause)
            caller.release()
    except (OSError, Lost):
        pass
    return statuses
