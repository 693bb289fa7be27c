"""Keys, certificates and revocation lists of a case, made by openssl."""

import pathlib
import ssl
import subprocess


def openssl(*words, **options):
    subprocess.run(["openssl", *map(str, words)], check=True,
                   capture_output=True, timeout=60, **options)


class Authority:
    """Signs certificates into a folder: NAME.key, NAME.pem."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.pem = self.folder / f"{name}.pem"
        self.key = self.folder / f"{name}.key"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                self.key, "-out", self.pem, "-subj", f"/O=Made/CN={name}",
                "-days", 30)
        self.ca = self.folder / f"{name}.ca"
        self.ca.mkdir(exist_ok=True)
        (self.ca / "index").touch()
        (self.ca / "conf").write_text(f"""\
[ca]
default_ca = this
[this]
database = {self.ca}/index
new_certs_dir = {self.ca}
serial = {self.ca}/serial
crlnumber = {self.ca}/crlnumber
default_md = sha256
policy = any
[any]
organizationName = optional
commonName = supplied
""")
        (self.ca / "serial").write_text("01\n")
        (self.ca / "crlnumber").write_text("01\n")

    def sign(self, name, start=None, end=None, bits=2048):
        """The subject is CN=NAME,O=Made. start, end: YYYYMMDDHHMMSSZ."""
        key, pem = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        request = self.folder / f"{name}.csr"
        openssl("req", "-newkey", f"rsa:{bits}", "-nodes", "-keyout", key,
                "-out", request, "-subj", f"/O=Made/CN={name}")
        key.chmod(0o600)
        words = ["ca", "-batch", "-config", self.ca / "conf", "-cert",
                 self.pem, "-keyfile", self.key, "-in", request, "-out", pem,
                 "-notext"]
        words += ["-startdate", start] if start else []
        words += ["-enddate", end] if end else ["-days", 10]
        openssl(*words)
        return key, pem

    def revoke(self, pem):
        openssl("ca", "-config", self.ca / "conf", "-cert", self.pem,
                "-keyfile", self.key, "-revoke", pem)

    def revocations(self):
        path = self.folder / f"{self.name}.crl"
        openssl("ca", "-config", self.ca / "conf", "-cert", self.pem,
                "-keyfile", self.key, "-gencrl", "-crldays", 10, "-out", path)
        return path


def client(authority, key=None, pem=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(authority)
    if key:
        context.load_cert_chain(pem, key)
    return context
