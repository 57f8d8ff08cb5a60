"""The chips whose place Sluice can take, and what differs between them on the wire.

BM1366, BM1368, BM1370, BM1372 and BM1373 as ESP-Miner's drivers have them (``components/asic/``),
the BM1362 as mujina's BM13xx reference has it.
"""

from dataclasses import dataclass

from sluice.rtl.protocol.checks import check_range

__all__ = [
    "BM1362",
    "BM1366",
    "BM1368",
    "BM1370",
    "BM1372",
    "BM1373",
    "MODELS",
    "Model",
    "model",
]


@dataclass(frozen=True, kw_only=True)
class Model:
    """One model of chip.

    Parameters
    ----------
    name
        ``bm1370`` and so on.
    chip_id
        Bits 31:16 of register 0.
    cores
        Cores of the real chip; a nonce's bits 31:25 are the core's number.
    small_cores
        Small cores a core, which is how many versions the real chip hashes at a time. Their number
        takes the low bits of a nonce response's tag and the job id the others.
    excess_factor
        What the excess difficulty is multiplied by in a nonce response.
    job_period
        Seconds after which ESP-Miner, or mujina for the BM1362, sends one chip its next job.
    revision
        Bits 15:8 of register 0.
    soft_reset
        Register 0xA8 after reset.
    command_shift
        How far the address in a command to one chip is shifted right against the chip's own.
    """

    name: str
    chip_id: int
    cores: int
    small_cores: int
    excess_factor: int
    job_period: float
    revision: int = 0
    soft_reset: int = 0x00070000
    command_shift: int = 0

    @property
    def small_core_bits(self) -> int:
        """Low bits of a tag that are the small core."""
        return self.small_cores.bit_length() - 1

    @property
    def job_shift(self) -> int:
        """How far a tag is shifted right against the job id byte."""
        return self.small_core_bits - 3

    def tag(self, job_id: int, bits: int) -> int:
        """Byte 7 of a nonce response, from the job id byte and the rolled bits."""
        check_range("job_id", job_id, 8)
        check_range("bits", bits, 16)
        upper = (job_id << self.job_shift) & 0xFF & ~(self.small_cores - 1)
        return upper | bits & (self.small_cores - 1)

    def job_id(self, tag: int) -> int:
        """The job id byte that a tag returns: bits 7:3 (8 small cores), or 6:3 and bit 7 lost."""
        return (check_range("tag", tag, 8) & ~(self.small_cores - 1) & 0xFF) >> self.job_shift

    def small_core(self, tag: int) -> int:
        """The small core that a tag names."""
        return check_range("tag", tag, 8) & (self.small_cores - 1)

    def core(self, w19: int) -> int:
        """The core that a nonce names, on the real chip."""
        return check_range("w19", w19, 32) >> 25

    def address(self, w19: int) -> int:
        """The chip's address that a nonce names, where the sweep starts at ``address << 17``."""
        return check_range("w19", w19, 32) >> 17 & 0xFF

    def excess_byte(self, excess: int) -> int:
        """Byte 6 of a nonce response from leading zero bits beyond the ticket, saturated."""
        return min(check_range("excess", excess, 8), 0xFF // self.excess_factor) * (
            self.excess_factor
        )


BM1362 = Model(
    name="bm1362",
    chip_id=0x1362,
    cores=65,
    small_cores=8,
    excess_factor=2,
    job_period=1.0,
    revision=3,
    soft_reset=0,
)
BM1366 = Model(
    name="bm1366", chip_id=0x1366, cores=112, small_cores=8, excess_factor=1, job_period=2.0
)
BM1368 = Model(
    name="bm1368", chip_id=0x1368, cores=80, small_cores=16, excess_factor=2, job_period=0.5
)
BM1370 = Model(
    name="bm1370", chip_id=0x1370, cores=128, small_cores=16, excess_factor=2, job_period=0.5
)

BM1372, BM1373 = (
    Model(
        name=f"bm{number:x}",
        chip_id=number,
        cores=128,
        small_cores=16,
        excess_factor=2,
        job_period=0.5,
        command_shift=2,
    )
    for number in (0x1372, 0x1373)
)

MODELS = {model.name: model for model in (BM1362, BM1366, BM1368, BM1370, BM1372, BM1373)}


def model(name: str) -> Model:
    """The model called `name`.

    Raises
    ------
    ValueError
        If there is none.
    """
    try:
        return MODELS[name]
    except KeyError:
        raise ValueError(f"model must be one of {', '.join(MODELS)}, not {name!r}") from None
