#!/usr/bin/python3
"""An audit collector for the tests: writes each message it gets as one line.

  syslog-collector.py udp PORT FILE
  syslog-collector.py tls PORT FILE CERTIFICATE KEY
  syslog-collector.py deaf PORT          accepts, and never reads

TLS messages come with their length in front (RFC 5425, octet counting); what
is framed otherwise ends the program with status 1. Ends by SIGTERM.
"""
import socket
import ssl
import sys


def keep(path, message):
    with open(path, "ab") as out:
        out.write(message.replace(b"\n", b"?") + b"\n")


def udp(port, path):
    at = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    at.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    at.bind(("127.0.0.1", port))
    print("ready", flush=True)
    while True:
        keep(path, at.recv(65536))


def listen(port):
    at = socket.socket()
    at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    at.bind(("127.0.0.1", port))
    at.listen(5)
    print("ready", flush=True)
    return at


def frames(stream, path):
    while True:
        length = b""
        while not length.endswith(b" "):
            byte = stream.recv(1)
            if not byte:
                return
            length += byte
            if len(length) > 8 or not byte.isdigit() and byte != b" ":
                sys.exit("no octet count: %r" % length)
        left, message = int(length), b""
        while left > len(message):
            message += stream.recv(left - len(message))
        keep(path, message)


def tls(port, path, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    at = listen(port)
    while True:
        plain = at.accept()[0]
        try:
            with context.wrap_socket(plain, server_side=True) as stream:
                frames(stream, path)
        except (ssl.SSLError, OSError) as failure:
            print("refused:", failure, flush=True)


def deaf(port):
    at, kept = listen(port), []
    while True:
        kept.append(at.accept())


def main():
    how, port = sys.argv[1], int(sys.argv[2])
    {"udp": udp, "tls": tls, "deaf": deaf}[how](port, *sys.argv[3:])


main()
