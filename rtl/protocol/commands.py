"""Commands: register reads and writes, and the dealing out of addresses."""

from dataclasses import dataclass

from sluice.rtl.protocol.checks import check_range
from sluice.rtl.protocol.crc import command_crc
from sluice.rtl.protocol.frames import COMMAND_PREAMBLE, CommandHeader, FrameError, body_length

__all__ = [
    "ChainInactive",
    "Command",
    "ReadRegister",
    "SetAddress",
    "WriteRegister",
    "parse_command",
]


class Command:
    """A command; ``bytes()`` of it is the frame."""

    def body(self) -> bytes:
        """Header, length and payload."""
        raise NotImplementedError

    def __bytes__(self) -> bytes:
        body = self.body()
        return COMMAND_PREAMBLE + body + bytes([command_crc(body)])


@dataclass(frozen=True)
class SetAddress(Command):
    """The first chip that waits for an address takes this one."""

    address: int

    def __post_init__(self) -> None:
        check_range("address", self.address, 8)

    def body(self) -> bytes:
        """Header, length and payload."""
        return bytes([CommandHeader.SET_ADDRESS, 5, self.address, 0])


@dataclass(frozen=True)
class ChainInactive(Command):
    """Every chip waits for an address and keeps the next one from those behind it."""

    def body(self) -> bytes:
        """Header, length and payload."""
        return bytes([CommandHeader.CHAIN_INACTIVE, 5, 0, 0])


@dataclass(frozen=True)
class ReadRegister(Command):
    """Ask for a register.

    Parameters
    ----------
    register
        Its number.
    address
        The chip asked, or ``None`` for all.
    """

    register: int
    address: int | None = None

    def __post_init__(self) -> None:
        check_range("register", self.register, 8)
        check_range("address", self.address or 0, 8)

    def body(self) -> bytes:
        """Header, length and payload."""
        header = CommandHeader.READ_ALL if self.address is None else CommandHeader.READ
        return bytes([header, 5, self.address or 0, self.register])


@dataclass(frozen=True)
class WriteRegister(Command):
    """Set a register.

    Parameters
    ----------
    register
        Its number.
    value
        32 bits.
    address
        The chip meant, or ``None`` for all.
    """

    register: int
    value: int
    address: int | None = None

    def __post_init__(self) -> None:
        check_range("register", self.register, 8)
        check_range("value", self.value, 32)
        check_range("address", self.address or 0, 8)

    def body(self) -> bytes:
        """Header, length and payload."""
        header = CommandHeader.WRITE_ALL if self.address is None else CommandHeader.WRITE
        start = bytes([header, 9, self.address or 0, self.register])
        return start + self.value.to_bytes(4, "big")


def parse_command(frame: bytes) -> Command:
    """The command in a whole frame.

    Raises
    ------
    FrameError
        If it is no command, or damaged.
    """
    if frame[:2] != COMMAND_PREAMBLE or len(frame) < 4:
        raise FrameError(f"command must start with 55 aa and a header, not {frame[:4].hex(' ')}")
    body, check = frame[2:-1], frame[-1]
    if body_length(body[0], body[1]) != len(frame) - 2:
        raise FrameError(f"command must be of its length {body[1]:#04x}, not {len(frame)} bytes")
    if command_crc(body) != check:
        raise FrameError(f"CRC5 must be {command_crc(body):#04x}, not {check:#04x}")
    header, _, address, register, *value = body
    match header:
        case CommandHeader.SET_ADDRESS:
            return SetAddress(address)
        case CommandHeader.CHAIN_INACTIVE:
            return ChainInactive()
        case CommandHeader.READ:
            return ReadRegister(register, address)
        case CommandHeader.READ_ALL:
            return ReadRegister(register)
        case CommandHeader.WRITE:
            return WriteRegister(register, int.from_bytes(bytes(value), "big"), address)
        case CommandHeader.WRITE_ALL:
            return WriteRegister(register, int.from_bytes(bytes(value), "big"))
    raise FrameError(f"command must not be a job (header {header:#04x})")
