"""Every captured or published example of a job and its nonce, through the pins of a whole chip."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sluice.rtl.config import ChipConfig
from sluice.rtl.protocol.jobs import parse_job
from sluice.rtl.protocol.registers import Number
from sluice.rtl.protocol.responses import NonceResponse, parse_response
from sluice.sim.chip import LINK_CLOCK, CompiledChain
from tests.rtl.protocol.vectors import VECTORS

from .host import Host

#: The other models differ in the link only, and take a minute each to compile.
MODELS = ("bm1366", "bm1368", "bm1370") if os.environ.get("SLUICE_MODELS") else ("bm1370",)


@pytest.fixture(scope="module", params=MODELS)
def host(request: pytest.FixtureRequest) -> Iterator[Host]:
    with CompiledChain(ChipConfig(model=request.param, link_clock=LINK_CLOCK)) as chain:
        yield Host(chain)


def test_examples(host: Host) -> None:
    """The job, but for its first nonce, goes in; the frame of the example comes out, to the bit."""
    host.chain.set_ratio((1, 1))
    examples = [vector for vector in VECTORS if vector.model == host.config.model]
    assert len(examples) >= (1 if host.config.model == "bm1368" else 14)
    for vector in examples:
        job = parse_job(bytes.fromhex(vector.job_frame))
        response = parse_response(bytes.fromhex(vector.response))
        assert isinstance(response, NonceResponse)
        first = max(response.w19 - 20, response.w19 >> 25 << 25)
        ticket = int(vector.ticket_register, 16)
        host.bring_up(first_version=response.bits, nonce_span=50, ticket_mask=ticket)
        host.send(replace(job, header=job.header.with_w19(first)))
        host.wait(12_000)
        host.write(Number.HASH_COUNTING_NUMBER, 0)
        host.drain()
        assert bytes(response) in [bytes(nonce) for nonce in host.nonces], vector.header
        assert bytes(response.header(job)).hex() == vector.header
