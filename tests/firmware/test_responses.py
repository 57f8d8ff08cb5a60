"""Classes of response times."""

import pytest

from sluice.firmware.responses import BOUNDS, Responses


@pytest.mark.parametrize(
    ("seconds", "place"), [(0.0, 0), (0.01, 0), (0.0100001, 1), (0.3, 5), (10.0, 9), (11.0, 10)]
)
def test_classes(seconds, place):
    responses = Responses()
    assert responses.last is None
    responses.add(seconds)
    assert [at for at, count in enumerate(responses.classes) if count] == [place]
    assert (responses.last, responses.total) == (seconds, seconds)
    assert len(responses.classes) == len(BOUNDS) + 1
