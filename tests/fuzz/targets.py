"""What reads bytes that others wrote, each as a function that takes any bytes.

A target returns, or lets through what it was not to raise: only the errors that the parser
documents are caught.
"""

import contextlib
import json
from collections.abc import Callable

from sluice.firmware.addresses import AddressError, Network, script_for
from sluice.firmware.api.cgminer.commands import answer
from sluice.firmware.api.cgminer.message import RequestError, as_json, as_text, parse
from sluice.firmware.api.cgminer.server import whole
from sluice.firmware.config import ConfigError, StratumSettings
from sluice.firmware.config.environment import assigned
from sluice.firmware.config.load import parse as parse_settings
from sluice.firmware.sources.base import SourceError
from sluice.firmware.sources.gbt import BlockTemplate, GbtTemplate
from sluice.firmware.sources.reasons import other_protocol
from sluice.firmware.sources.rpc import result_of
from sluice.firmware.sources.saved import SavedBlock
from sluice.firmware.sources.stratum import StratumSource
from sluice.firmware.sources.stratum_v1 import ReconnectError, StratumV1
from sluice.firmware.sources.verdict import Verdict
from sluice.firmware.work.coinbase import describe
from sluice.firmware.work.job import JobFactory
from sluice.firmware.work.template import Epoch
from sluice.rtl.protocol.crc import command_crc, response_crc
from sluice.rtl.protocol.decoder import CommandDecoder, ResponseDecoder
from sluice.rtl.protocol.frames import COMMAND_PREAMBLE, RESPONSE_PREAMBLE
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job
from sluice.rtl.protocol.models import MODELS
from sluice.rtl.protocol.responses import LONG, SHORT, NonceResponse
from tests.firmware.api.daemon import snapshot
from tests.fuzz.http import http

Target = Callable[[bytes], None]


def _response(data: bytes, length: int) -> bytes:
    """A response of these bytes, its check made good: mutation alone would seldom find one."""
    payload = data[: length - 3].ljust(length - 3, b"\0")
    kind = 4 if data[-1] & 1 else 0
    return RESPONSE_PREAMBLE + payload + bytes([kind << 5 | response_crc(payload, kind)])


_JOB = Job(job_id=8, header=Header.from_bytes(bytes(range(80))))


def responses(data: bytes) -> None:
    """Frames from a chip, of both lengths; nonces are put into their header."""
    if not data:
        return
    length = LONG if data[0] & 1 else SHORT
    line = data[1:]
    if data[0] & 2 and line:
        line = line[:4] + _response(line, length) + line[4:]
    decoder = ResponseDecoder(length)
    cut = data[0] >> 2
    for part in (line[:cut], line[cut:]):
        for frame in decoder.feed(part):
            assert len(bytes(frame)) in (LONG, SHORT)
            if isinstance(frame, NonceResponse):
                frame.header(_JOB)
                for model in MODELS.values():
                    model.job_id(frame.tag)
    decoder.timeout()
    assert decoder.discarded <= len(line)


def commands(data: bytes) -> None:
    """Frames to a chip, as the simulated chips' traffic is shown."""
    if not data:
        return
    line = data[1:]
    if data[0] & 1 and len(line) > 2:
        body = bytes([line[0], 3 + len(line[1:7])]) + line[1:7]
        line = COMMAND_PREAMBLE + body + bytes([command_crc(body)]) + line
    decoder = CommandDecoder()
    for frame in decoder.feed(line):
        bytes(frame)
    decoder.timeout()


class _Listener:
    """Who is told, and remembers the newest work only."""

    template = None

    def on_template(self, template):
        self.template = template

    def on_idle(self):
        pass

    def on_share(self, difficulty):
        pass

    def on_block(self, *_, **__):
        pass

    def on_candidate(self, *_, **__):
        pass

    def say(self, level, text):
        assert level in {"info", "warning", "error"}
        assert text.isprintable()


_POOL = StratumSettings(url="stratum+tcp://pool.example:3333", user="w", allow_redirect=True)
_BEGIN = (
    b'{"id":1,"result":{"version-rolling":true,"version-rolling.mask":"1fffe000"},"error":null}',
    b'{"id":2,"result":[[],"4128064f",4],"error":null}',
)
_FACTORY = JobFactory()


def _heard(lines):
    for line in lines.splitlines():
        json.loads(line)


def stratum(data: bytes) -> None:
    """Lines of a pool, before or after it has answered what it is asked first."""
    listener = _Listener()
    source = StratumSource(0, _POOL, listener)
    session = StratumV1(source, _POOL, _heard, rolling=True)
    session.greet()
    lines = data[1:].split(b"\n")[:20]
    if data[:1] != b"0":
        lines = [*_BEGIN, *lines]
    words = ""
    try:
        for line in lines:
            other_protocol(line)
            session.take(line)
    except (SourceError, ReconnectError) as error:
        words = str(error)
    assert words.isprintable()
    if listener.template is not None:
        job = _FACTORY.next(listener.template)
        assert job is None or len(bytes(job.header)) == 80
    session.close()


_SCRIPT = script_for("bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648", Network.REGTEST)


def template(data: bytes) -> None:
    """What a node answers to ``getblocktemplate``, up to a block of it."""
    try:
        source = BlockTemplate.parse(result_of(200, data, "getblocktemplate"))
        made = GbtTemplate.make(
            source,
            index=0,
            epoch=Epoch(),
            script=_SCRIPT,
            text="fuzz",
            rolling=True,
            received=0.0,
            job_id=1,
        )
    except SourceError as error:
        str(error)
        return
    job = _FACTORY.next(made.template)
    if job is not None:
        made.block(bytes(job.header), job.extranonce2)


def answers(data: bytes) -> None:
    """Any other answer of a node, and its verdict on a block."""
    status = 500 if data[:1] == b"5" else 200
    with contextlib.suppress(SourceError):
        said = result_of(status, data[1:], "submitblock")
        Verdict.of(said)


def configuration(data: bytes) -> None:
    """A configuration file; a line of it that begins with ``!`` is an option of the command."""
    text = data.decode("utf-8", errors="replace")
    first, _, rest = text.partition("\n")
    options = ()
    if first.startswith("!"):
        text = rest
        try:
            options = (assigned(first[1:], "--set"),)
        except ValueError as error:
            str(error)
    with contextlib.suppress(ConfigError):
        parse_settings(text, {}, options)


_NOW = snapshot()


def cgminer(data: bytes) -> None:
    """A request to cgminer's API, and its answer."""
    whole(data)
    try:
        request = parse(data)
    except RequestError:
        return
    replies = {
        command: answer(command, request.parameter, _NOW, joined=request.joined)
        for command in request.commands
    }
    if request.json:
        json.loads(as_json(replies, 1, "fuzz", joined=request.joined).rstrip(b"\0"))
    else:
        as_text(replies, 1, "fuzz", joined=request.joined)


def block_file(data: bytes) -> None:
    """A block on disk that waits for its node."""
    with contextlib.suppress(ValueError):
        SavedBlock.parse(data)


def coinbase(data: bytes) -> None:
    """A coinbase of a pool, and addresses."""
    describe(data, Network.MAIN)
    with contextlib.suppress(AddressError):
        script_for(data.decode("utf-8", errors="replace"), Network.MAIN)


#: By their names.
TARGETS: dict[str, Target] = {
    target.__name__: target
    for target in (
        responses,
        commands,
        stratum,
        template,
        answers,
        configuration,
        cgminer,
        http,
        block_file,
        coinbase,
    )
}
