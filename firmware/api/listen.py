"""Sockets to listen on, and one clear line where there is none to be had."""

import errno
import os
import socket

__all__ = ["AddressError", "listen"]


class AddressError(OSError):
    """An address of the configuration cannot be listened on; the message names it."""


def _reason(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "the port is in use"
        case errno.EACCES:
            return "not allowed: ports below 1024 need the right to use them"
        case errno.EADDRNOTAVAIL:
            return "this machine does not have that address"
        case _:
            return error.strerror or str(error)


def listen(host: str, port: int, *, key: str) -> socket.socket:
    """A listening TCP socket.

    Parameters
    ----------
    host, port
        A name or an address, of which the first that it stands for is taken.
    key
        Of the configuration, for the message: ``api.rest.port``.

    Raises
    ------
    AddressError
        If that is not possible.
    """
    where = f"{key}: cannot listen on {host} port {port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise AddressError(f"{where}: unknown host") from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise AddressError(f"{where}: {_reason(error)}") from error
    listener.setblocking(False)
    return listener
