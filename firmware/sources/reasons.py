"""Why there is no connection, or not the one that was meant, in words."""

import os
import ssl

__all__ = ["other_protocol", "words_for", "words_for_tls"]

#: TLS records: alert and handshake (RFC 8446, section 5.1), each with major version 3.
_TLS = (b"\x15\x03", b"\x16\x03")

#: How others begin.
_BEGINNINGS = ((b"HTTP/", "HTTP"), (b"<", "HTTP"), (b"SSH-", "SSH"))


def other_protocol(said: bytes) -> str:
    """What a server speaks that begins so, if it is something else than Stratum; or empty."""
    if said.startswith(_TLS):
        return "TLS"
    start = said.lstrip().upper()
    return next((name for first, name in _BEGINNINGS if start.startswith(first)), "")


def words_for(error: OSError) -> str:
    """What the system says of it, without its number."""
    if isinstance(error, ssl.SSLError):
        return words_for_tls(error)
    known = error.errno is not None and error.errno > 0
    # Names of hosts that cannot be found have negative numbers, and words of their own.
    words = os.strerror(error.errno or 0) if known else error.strerror or str(error)
    return words or type(error).__name__


def words_for_tls(error: ssl.SSLError) -> str:
    """Why there is no encrypted connection: its number is none of the system's."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if error.reason == "WRONG_VERSION_NUMBER":
        # What came was no TLS record at all.
        return "what answers there speaks no TLS"
    return f"no TLS: {(error.reason or 'unknown').lower().replace('_', ' ')}"
