"""Proofs that take seconds; and the lists of all proofs fit the tree."""

import pytest

from tests.formal.broken import breaks
from tests.formal.catalogue import properties
from tests.formal.prove import prove


@pytest.mark.parametrize("name", [name for name, prop in properties().items() if prop.quick])
def test_property(name: str) -> None:
    verdict = prove(properties()[name])
    assert verdict.good, f"{name} is {verdict.result.value}: {verdict.said}"


def test_every_property_is_broken_once() -> None:
    """`make formal-selftest` shows that each proof can fail."""
    assert {name for mutant in breaks() for name in mutant.tests} == set(properties())
