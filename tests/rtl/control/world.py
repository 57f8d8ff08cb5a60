"""What is around a processor, for its model and its hardware."""

import random

from sluice.rtl.control.memory_map import MemoryMap, Parameter
from sluice.rtl.control.microcode.image import Microcode, microcode
from sluice.rtl.control.model import ProcessorModel
from sluice.rtl.core import CoreConfig, PipelineConfig
from sluice.rtl.core.plan import plan
from sluice.rtl.core.serial_config import SerialConfig
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.versions import rolled

ROLLING = 1 << 31


def programs(
    lanes: int = 1, rounds: int = 64, cores: int = 1, batches: int = 16, *, compact: bool = False
) -> Microcode:
    program = plan(PipelineConfig(lanes=lanes, rounds=rounds)).program
    return microcode(
        program, lanes=lanes, rounds=rounds, cores=cores, batches=batches, compact=compact
    )


def small(core: CoreConfig | None = None) -> Microcode:
    """As small devices have it."""
    core = core or SerialConfig(engines=2)
    return microcode(plan(core).program, lanes=core.lanes, rounds=64, batches=2, compact=True)


def some_header(rng: random.Random) -> Header:
    return Header.from_bytes(rng.randbytes(80)).with_version(0x20000000)


def job_words(job_id: int, header: Header) -> list[int]:
    """In the order of their arrival."""
    return [job_id, *reversed(header.words)]


def version_word(header: Header, bits: int) -> int:
    """``W0`` with rolled bits."""
    return header.with_version(rolled(header.version, bits)).words[0]


def rolled_place(bits: int) -> int:
    """Rolled bits as they lie in ``W0``."""
    return Header.from_bytes(bytes(80)).with_version(bits << 13).words[0]


def configure(processor: ProcessorModel, **settings: int) -> None:
    for name, value in settings.items():
        place = processor.microcode.layout.parameter(Parameter[name.upper()])
        processor.memory[place.address] = value


def ready(made: Microcode, **settings: int) -> ProcessorModel:
    """A processor that has left its reset."""
    processor = ProcessorModel(made)
    processor.run("rest")
    configure(processor, **settings)
    return processor


def give(processor: ProcessorModel, job_id: int, header: Header) -> None:
    """A job, until its first batch is given to the cores or refused."""
    processor.jobs.extend(job_words(job_id, header))
    processor.run("rest")
    processor.run("rest")


def digest_words(layout: MemoryMap, memory: list[int]) -> list[int]:
    """The last hash that was computed, ``H0`` first."""
    return memory[layout.result : layout.result + 8][::-1]
