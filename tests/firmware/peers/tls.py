"""Certificates made at run time, by an authority of the tests' own."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Authority:
    """A server's context, and the file with the certificate of who signed it."""

    server: ssl.SSLContext
    ca_file: Path


def authority(folder, name="127.0.0.1"):
    """For a server of that name."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    path = folder / f"ca-{name}.pem"
    ca.cert_pem.write_to_path(path)
    return Authority(context, path)
