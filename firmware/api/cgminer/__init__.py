"""The API of cgminer, read-only: one request a connection, as JSON or as text.

Requests, sections and names are those of cgminer's own
[API-README](https://github.com/ckolivas/cgminer/blob/master/API-README), version 3.7.
"""

from .server import CgminerServer

__all__ = ["CgminerServer"]
