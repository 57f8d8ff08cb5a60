"""Files for dfu-util, which asks for a suffix that says for which device they are."""

import struct
import zlib

#: Bytes of the suffix (USB Device Class Specification for Device Firmware Upgrade 1.1, appendix B).
LENGTH = 16


def with_suffix(data: bytes, vendor: int, product: int) -> bytes:
    """Data with the suffix of DFU 1.1 behind it.

    The suffix is, least significant bytes first: release of the device (any), product, vendor,
    version of the specification, ``UFD``, its own length, and the CRC-32 of all before, which is
    not inverted at its end.

    Parameters
    ----------
    data
        What the device gets.
    vendor, product
        The device's numbers on USB.
    """
    suffix = struct.pack("<HHHH3sB", 0xFFFF, product, vendor, 0x0100, b"UFD", LENGTH)
    whole = data + suffix
    return whole + struct.pack("<I", ~zlib.crc32(whole) & 0xFFFFFFFF)
