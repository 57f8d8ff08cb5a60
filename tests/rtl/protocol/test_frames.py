"""Commands, jobs and responses: build and parse every frame."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.protocol.commands import (
    ChainInactive,
    ReadRegister,
    SetAddress,
    WriteRegister,
    parse_command,
)
from sluice.rtl.protocol.crc import response_crc
from sluice.rtl.protocol.frames import FrameError, body_length
from sluice.rtl.protocol.header import Header
from sluice.rtl.protocol.jobs import Job, parse_job
from sluice.rtl.protocol.models import MODELS
from sluice.rtl.protocol.responses import (
    LONG,
    SHORT,
    NonceResponse,
    RegisterResponse,
    parse_response,
)
from tests.rtl.protocol.vectors import SEQUENCES, VECTORS

byte = st.integers(0, 0xFF)
word = st.integers(0, 0xFFFFFFFF)
maybe_address = st.one_of(st.none(), byte)
commands = st.one_of(
    st.builds(SetAddress, byte),
    st.just(ChainInactive()),
    st.builds(ReadRegister, byte, maybe_address),
    st.builds(WriteRegister, byte, word, maybe_address),
)
jobs = st.builds(
    lambda job_id, data, length: Job(job_id=job_id, header=Header.from_bytes(data), length=length),
    byte,
    st.binary(min_size=80, max_size=80),
    st.sampled_from([0x56, 0x36]),
)
lengths = st.sampled_from([LONG, SHORT])
responses = st.one_of(
    st.builds(RegisterResponse, value=word, address=byte, register=byte, length=lengths),
    st.builds(NonceResponse, w19=word, excess=byte, tag=byte, bits=st.integers(0, 0xFFFF)),
    st.builds(
        NonceResponse, w19=word, excess=byte, tag=byte, bits=st.just(0), length=st.just(SHORT)
    ),
)


@pytest.mark.parametrize(
    ("command", "frame"),
    [
        (SetAddress(0), "55 AA 40 05 00 00 1C"),
        (SetAddress(0x80), "55 AA 40 05 80 00 10"),
        (ChainInactive(), "55 AA 53 05 00 00 03"),
        (ReadRegister(0), "55 AA 52 05 00 00 0A"),
        (ReadRegister(0x4C), "55 AA 52 05 00 4C 14"),
        (ReadRegister(0x88), "55 AA 52 05 00 88 09"),
        (ReadRegister(0x89), "55 AA 52 05 00 89 0C"),
        (ReadRegister(0x8A), "55 AA 52 05 00 8A 03"),
        (ReadRegister(0x8B), "55 AA 52 05 00 8B 06"),
        (ReadRegister(0x8C), "55 AA 52 05 00 8C 1D"),
        (WriteRegister(0xA4, 0x9000FFFF), "55 AA 51 09 00 A4 90 00 FF FF 1C"),
        (WriteRegister(0xA8, 0x000701F0, 0), "55 AA 41 09 00 A8 00 07 01 F0 15"),
        (WriteRegister(0xA8, 0x000701F0, 0x80), "55 AA 41 09 80 A8 00 07 01 F0 0D"),
        (WriteRegister(0x3C, 0x800082AA, 0x80), "55 AA 41 09 80 3C 80 00 82 AA 1D"),
    ],
)
def test_commands(command, frame):
    assert bytes(command) == bytes.fromhex(frame)
    assert parse_command(bytes(command)) == command


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_parse(name):
    for frame, _, *answer in SEQUENCES[name]["steps"]:
        assert bytes(parse_command(bytes.fromhex(frame))) == bytes.fromhex(frame)
        for response in answer:
            assert bytes(parse_response(bytes.fromhex(response))) == bytes.fromhex(response)


@given(commands)
def test_commands_round_trip(command):
    assert parse_command(bytes(command)) == command


@given(commands, st.data())
def test_damaged_commands(command, data):
    frame = bytearray(bytes(command))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(FrameError):
        parse_command(bytes(frame))


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors(vector):
    frame = bytes.fromhex(vector.job_frame)
    job = parse_job(frame)
    assert bytes(job) == frame
    real = Header.from_hex(vector.header)
    assert f"{job.header.version:08x}" == vector.base_version
    assert job.header.words[1:19] == real.words[1:19]
    response = parse_response(bytes.fromhex(vector.response))
    assert bytes(response).hex() == vector.response
    assert response.header(job) == real
    model = MODELS[vector.model]
    assert model.job_id(response.tag) == job.job_id
    assert model.small_core(response.tag) == response.bits % model.small_cores
    ticket = int(vector.ticket_register, 16).bit_count()
    made = NonceResponse.of(
        model,
        w19=real.w19,
        job_id=job.job_id,
        bits=response.bits,
        excess=vector.leading_zero_bits - 32 - ticket,
    )
    assert bytes(made).hex() == vector.response


@given(jobs)
def test_jobs_round_trip(job):
    assert len(bytes(job)) == 88
    assert parse_job(bytes(job)) == job


@given(jobs, st.integers(0, 87), st.integers(0, 7))
def test_damaged_jobs(job, at, bit):
    frame = bytearray(bytes(job))
    frame[at] ^= 1 << bit
    with pytest.raises(FrameError):
        parse_job(bytes(frame))


@pytest.mark.parametrize(
    ("response", "frame"),
    [
        ({"value": 0x13700000, "register": 0}, "AA 55 13 70 00 00 00 00 00 00 10"),
        ({"value": 0x13680000, "register": 0}, "AA 55 13 68 00 00 00 00 00 00 0F"),
        ({"value": 0x13660000, "register": 0}, "AA 55 13 66 00 00 00 00 00 00 05"),
        ({"value": 285, "register": 0x8C}, "AA 55 00 00 01 1D 00 8C 00 00 0D"),
        ({"value": 0, "register": 0x4C}, "AA 55 00 00 00 00 00 4C 00 00 02"),
        ({"value": 0x13700000, "register": 0, "length": SHORT}, "AA 55 13 70 00 00 00 00 06"),
        ({"value": 0x0000C100, "register": 0x18, "length": SHORT}, "AA 55 00 00 C1 00 00 18 02"),
    ],
)
def test_register_responses(response, frame):
    response = RegisterResponse(address=0, **response)
    assert bytes(response) == bytes.fromhex(frame)
    assert parse_response(bytes(response)) == response


@given(responses)
def test_responses_round_trip(response):
    assert parse_response(bytes(response)) == response
    assert len(bytes(response)) == response.length


@given(responses, st.data())
def test_damaged_responses(response, data):
    frame = bytearray(bytes(response))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(FrameError):
        parse_response(bytes(frame))


def test_body_length():
    assert [body_length(0x21, length) for length in (0x56, 0x36, 0x55, 5, 9)] == [
        86,
        86,
        None,
        None,
        None,
    ]
    legal = {(header, length) for header in range(256) for length in range(256)}
    legal = {(h, n): body_length(h, n) for h, n in legal if h != 0x21 and body_length(h, n)}
    assert legal == {
        (0x40, 5): 5,
        (0x42, 5): 5,
        (0x52, 5): 5,
        (0x53, 5): 5,
        (0x41, 9): 9,
        (0x51, 9): 9,
    }


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: SetAddress(256), "address must be between 0 and 0xff, not 0x100"),
        (lambda: ReadRegister(-1), "register must be between 0 and 0xff, not -0x1"),
        (lambda: ReadRegister(0, 999), "address must be between 0 and 0xff, not 0x3e7"),
        (lambda: WriteRegister(0, 1 << 32), "value must be between 0 and 0xffffffff"),
        (lambda: Job(job_id=256, header=None), "job_id must be between 0 and 0xff, not 0x100"),
        (lambda: Job(job_id=0, header=None, length=5), "length must be 0x56 or 0x36, not 0x05"),
        (
            lambda: RegisterResponse(value=0, address=0, register=0, length=10),
            "length must be 11 or 9, not 10",
        ),
        (
            lambda: NonceResponse(w19=0, excess=0, tag=0, bits=1 << 16),
            "bits must be between 0 and 0xffff, not 0x10000",
        ),
        (lambda: parse_command(b"\x55\xaa"), "command must start with 55 aa and a header"),
        (lambda: parse_command(b"\x55\xab\x52\x05\0\0\x0a"), "command must start with 55 aa"),
        (lambda: parse_command(b"\x55\xaa\x52\x05\0\0\x0b"), "CRC5 must be 0x0a, not 0x0b"),
        (lambda: parse_command(b"\x55\xaa\x52\x05\0\0\0\x0a"), "not 8 bytes"),
        (lambda: parse_job(bytes(87)), "job must be 88 bytes, not 87"),
        (lambda: parse_job(bytes(88)), "job must start with 55 aa 21 56 or 55 aa 21 36"),
        (lambda: parse_response(bytes(10)), "response must be 11 or 9 bytes, not 10"),
        (lambda: parse_response(bytes(11)), "response must start with aa 55, not 00 00"),
        (
            lambda: parse_response(bytes.fromhex("AA55137000000000000011")),
            "CRC5 must be 0x10, not 0x11",
        ),
    ],
)
def test_refuses(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_refuses_other_kinds():
    frame = bytearray(bytes(RegisterResponse(value=0, address=0, register=0)))
    for kind in (1, 2, 3, 5, 6, 7):
        frame[-1] = kind << 5 | response_crc(frame[2:-1], kind)
        with pytest.raises(FrameError, match=f"type must be 0 or 4, not {kind}"):
            parse_response(bytes(frame))
