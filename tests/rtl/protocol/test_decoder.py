import itertools
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.rtl.protocol.decoder import CommandDecoder, ResponseDecoder
from sluice.rtl.protocol.responses import SHORT, RegisterResponse
from tests.rtl.protocol.test_frames import commands, jobs, responses
from tests.rtl.protocol.vectors import VECTORS

towards_chip = st.lists(st.one_of(commands, jobs), max_size=6)


def pieces(data, cuts):
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(towards_chip, st.lists(st.integers(0, 1000), max_size=9))
def test_commands(frames, cuts):
    decoder = CommandDecoder()
    stream = b"".join(map(bytes, frames))
    assert [f for piece in pieces(stream, cuts) for f in decoder.feed(piece)] == frames
    assert decoder.discarded == 0


@given(st.lists(responses.filter(lambda r: r.length != SHORT), max_size=6), st.integers(1, 20))
def test_responses(frames, step):
    decoder = ResponseDecoder()
    stream = b"".join(map(bytes, frames))
    cut = [stream[i : i + step] for i in range(0, len(stream), step)]
    assert [f for piece in cut for f in decoder.feed(piece)] == frames
    assert decoder.discarded == 0


def test_short_responses():
    decoder = ResponseDecoder(SHORT)
    frames = [RegisterResponse(value=v, address=0, register=0, length=SHORT) for v in range(5)]
    assert list(decoder.feed(b"".join(map(bytes, frames)))) == frames
    decoder.length = 11
    frames = [RegisterResponse(value=v, address=0, register=0) for v in range(5)]
    assert list(decoder.feed(b"".join(map(bytes, frames)))) == frames
    with pytest.raises(ValueError, match="length must be 11 or 9, not 10"):
        ResponseDecoder(10)


@pytest.mark.parametrize(
    ("decoder", "source", "tolerated"),
    # Five bits of check take one in 32 damaged responses for good, with the start of the next.
    [(CommandDecoder, "job_frame", 0), (ResponseDecoder, "response", 15)],
)
def test_finds_good_frames(decoder, source, tolerated, rng: random.Random):
    """Damaged frames and garbage between good ones cost none of the good ones."""
    good = [bytes.fromhex(getattr(v, source)) for v in VECTORS]
    stream, sent = bytearray(), []
    for _ in range(300):
        frame = rng.choice(good)
        damaged = bytearray(frame)
        match rng.randrange(4):
            case 0:
                damaged[rng.randrange(4, len(frame))] ^= 1 << rng.randrange(8)
            case 1:
                del damaged[rng.randrange(1, len(frame)) :]
            case 2:
                damaged = rng.randbytes(rng.randrange(1, 20))
            case 3:
                damaged = damaged[:2] * 3
        stream += damaged + frame
        sent.append(frame)
    found = Counter(bytes(frame) for frame in decoder().feed(bytes(stream)))
    assert (Counter(sent) - found).total() <= tolerated


def test_timeout():
    decoder = CommandDecoder()
    frame = bytes.fromhex(VECTORS[0].job_frame)
    assert not list(decoder.feed(frame[:50]))
    decoder.timeout()
    assert decoder.discarded == 50
    assert not list(decoder.feed(frame[50:]))
    assert len(list(decoder.feed(frame))) == 1
