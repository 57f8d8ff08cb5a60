"""Netlists are those that are recorded; `python -m tests.rtl.identity --renew` records them."""

import pytest

from tests.rtl.identity import record
from tests.rtl.identity.chips import NAMES, QUICK, netlist
from tests.rtl.identity.digest import digests, without_names


def test_all_are_recorded():
    assert tuple(record.read()) == NAMES


@pytest.mark.parametrize("name", QUICK)
def test_netlists(name):
    assert digests(netlist(name)) == record.read()[name]


TEXT = """
attribute \\generator "Amaranth"
module \\top
  wire width 2 \\from
  wire width 2 \\to
  cell \\top.part \\part
    connect \\i \\from [1:0]
    connect \\o \\to [1:0]
  end
  cell \\CCU2C \\chain
    parameter \\INIT0 1
    connect \\A0 \\from [0]
  end
end
module \\top.part
  wire width 2 input 0 \\i
  wire width 2 output 1 \\o
  connect \\o [1:0] \\i [1:0]
end
"""


def test_names_do_not_matter_and_all_else_does():
    renamed = TEXT.replace("\\i", "\\in").replace("\\from", "\\source").replace("part", "piece")
    assert digests(renamed)[0] != digests(TEXT)[0]
    assert digests(renamed)[1] == digests(TEXT)[1]
    for old, new in (
        ("\\o \\to", "\\o \\from"),
        ("INIT0 1", "INIT0 2"),
        ("\\A0", "\\B0"),
        ("CCU2C", "CCU2D"),
        ("width 2 \\from", "width 3 \\from"),
        ("output 1", "input 1"),
        ("\\i [1:0]", "\\i [0:0]"),
    ):
        assert old in TEXT
        assert without_names(TEXT.replace(old, new)) != without_names(TEXT), old
