"""Mutants are drawn by their seed, what must notice them does, and a run goes on where it was."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.formal.catalogue import properties
from tests.formal.prove import READ, write_hardware, yosys
from tests.mutation.__main__ import main
from tests.mutation.attempt import attempt, attempts
from tests.mutation.blocks import blocks
from tests.mutation.correspondence import Correspondence
from tests.mutation.equality import Equality
from tests.mutation.mutation import Drawing, Fate, Outcome
from tests.mutation.registers import clocks_of
from tests.mutation.solver import Model
from tests.mutation.store import Store
from tests.mutation.tested import verilog


def test_the_seed_draws_the_mutants() -> None:
    first = Drawing("arbiter", 12, 1).mutations
    assert first != Drawing("arbiter", 12, 2).mutations
    assert len(first) == 12
    # What asserts is never changed.
    assert {found.module for found in first} == {"top.part"}


def test_a_run_goes_on(tmp_path: Path) -> None:
    """Those that are there are not tried again; what survives is told, and is an error."""
    store = Store(tmp_path / "found.sqlite")
    one, other = attempts("arbiter", 2, 1)
    killed = attempt(one)
    assert killed.fate is Fate.REFUTED
    assert killed.said == "proof arbiter"
    store.add(killed)
    store.add(Outcome(other.mutation, Fate.SURVIVED, 1.0))
    options = ["--only", "arbiter", "--each", "2", "--file", str(tmp_path / "found.sqlite")]
    run = CliRunner().invoke(main, [*options, "--workers", "1", "--survivors"])
    assert run.exit_code == 1
    assert "2 mutants are in" in run.output
    assert f"arbiter: {other.mutation.command}" in run.output
    assert f"arbiter: {one.mutation.command}" not in run.output


LINES = re.MULTILINE | re.DOTALL

COUNTER = """
(declare-sort |top_s| 0)
(declare-fun |top#0| (|top_s|) (_ BitVec 4)) ; \\count
(declare-fun |top#1| (|top_s|) (_ BitVec 16)) ; \\mutant
(define-fun |top_n mutant| ((state |top_s|)) (_ BitVec 16) (|top#1| state))
(define-fun |top#2| ((state |top_s|)) (_ BitVec 4) (bvadd (|top#0| state) #b0001)) ; next
(define-fun |top#3| ((state |top_s|)) (_ BitVec 4) (bvsub (|top#0| state) #b1111)) ; the same
(define-fun |top#4| ((state |top_s|)) (_ BitVec 4) (ite (= (|top#1| state) #x0001)
  (|top#3| state) (ite (= (|top#1| state) #x0002) (|top#0| state) (|top#2| state))))
(define-fun |top_i| ((state |top_s|)) Bool (= (|top#0| state) #b0000))
(define-fun |top_low| ((state |top_s|)) Bool (bvult (|top#0| state) #b0011))
(define-fun |top_t| ((state |top_s|) (next_state |top_s|)) Bool (and
  (= (|top#4| state) (|top#0| next_state)) ; \\count
)) ; end of module top
"""


def test_what_changes_nothing_is_equivalent() -> None:
    equality = Equality(Model(COUNTER), [])
    assert [equality.holds(number) for number in (0, 1, 2, 3)] == [True, True, False, True]


RING = """
(declare-sort |top_s| 0)
(declare-fun |top#0| (|top_s|) (_ BitVec 4)) ; \\part.count
(declare-fun |top#1| (|top_s|) (_ BitVec 16)) ; \\mutant
(declare-fun |top#8| (|top_s|) (_ BitVec 4)) ; \\part.before
(define-fun |top_n mutant| ((state |top_s|)) (_ BitVec 16) (|top#1| state))
(define-fun |top#2| ((state |top_s|)) Bool (= (|top#0| state) #b0101)) ; over
(define-fun |top#3| ((state |top_s|)) Bool (= (|top#1| state) #b0000000000000001)) ; $f\\part.$1
(define-fun |top#4| ((state |top_s|)) Bool (= (|top#1| state) #b0000000000000010)) ; $f\\part.$2
(define-fun |top#5| ((state |top_s|)) Bool (ite (|top#3| state) (bvuge (|top#0| state) #b0101)
  (ite (|top#4| state) (bvuge (|top#0| state) #b0100) (|top#2| state)))) ; \\part.wraps
(define-fun |top#6| ((state |top_s|)) (_ BitVec 4) (ite (|top#5| state) #b0000
  (bvadd (|top#0| state) #b0001))) ; next
(define-fun |top_n out| ((state |top_s|)) (_ BitVec 4) (|top#0| state))
(define-fun |top_i| ((state |top_s|)) Bool (and
  (= (|top#0| state) #b0000) ; \\part.count
  (= (|top#8| state) #b0000) ; \\part.before
)) ; end
(define-fun |top_t| ((state |top_s|) (next_state |top_s|)) Bool (and
  (= (|top#6| state) (|top#0| next_state)) ; \\part.count
  (= (|top#0| state) (|top#8| next_state)) ; \\part.before
)) ; end of module top
"""


def test_what_no_run_shows_is_equivalent() -> None:
    """A counter that begins again behind 5, or from 5 on: no run differs, but other states do."""
    model = Model(RING)
    assert not Equality(model, ["top_n out"]).holds(1)
    correspondence = Correspondence(model, ["top_n out"], {"part": {"clk"}})
    assert [correspondence.holds(number) for number in (1, 2)] == [True, False]


TWINS = """
(declare-sort |top_s| 0)
(declare-fun |top#0| (|top_s|) (_ BitVec 16)) ; \\part.sum
(declare-fun |top#1| (|top_s|) (_ BitVec 16)) ; \\mutant
(declare-fun |a| (|top_s|) (_ BitVec 1)) ; \\part.one
(declare-fun |b| (|top_s|) (_ BitVec 1)) ; \\other.one
(declare-fun |top#4| (|top_s|) (_ BitVec 1)) ; \\other.free
(define-fun |top_n mutant| ((state |top_s|)) (_ BitVec 16) (|top#1| state))
(define-fun |top#5| ((state |top_s|)) Bool (= (|top#1| state) #b0000000000000001)) ; $f\\part.$1
(define-fun |top#6| ((state |top_s|)) Bool (= (|top#1| state) #b0000000000000010)) ; $f\\part.$2
(define-fun |n3| ((state |top_s|)) Bool (= (|top#1| state) #b0000000000000011)) ; $f\\part.$3
(define-fun |top#8| ((state |top_s|)) (_ BitVec 16) (bvand (|top#0| state) (ite (|top#5| state)
  #x7fff (ite (|top#6| state) #xfffb #xffff)))) ; \\part.sum
(define-fun |c| ((state |top_s|)) (_ BitVec 1) (ite (|n3| state) (|b| state) (|a| state)))
(define-fun |top_n out| ((state |top_s|)) (_ BitVec 17) (concat (|c| state) (|top#8| state)))
(define-fun |top_i| ((state |top_s|)) Bool (and
  (= (|top#0| state) #x0000) ; \\part.sum
  (= (|a| state) #b0) ; \\part.one
  (= (|b| state) #b0) ; \\other.one
)) ; end
(define-fun |top_t| ((state |top_s|) (next_state |top_s|)) Bool (and
  (= (bvand (bvadd (|top#0| state) #x0001) #x000f) (|top#0| next_state)) ; \\part.sum
  (= (|top#4| state) (|a| next_state)) ; \\part.one
  (= (|top#4| state) (|b| next_state)) ; \\other.one
)) ; end of module top
"""


def test_what_registers_never_have_is_not_asked_for() -> None:
    """A bit that a sum never has; and one of two flags that are always equal."""
    model, clocks = Model(TWINS), {"part": {"clk"}, "other": {"clk"}}
    assert not any(Equality(model, ["top_n out"]).holds(number) for number in (1, 2, 3))
    correspondence = Correspondence(model, ["top_n out"], clocks)
    assert [correspondence.holds(number) for number in (1, 2, 3)] == [True, False, True]
    apart = Correspondence(model, ["top_n out"], clocks | {"other": {"other_clk"}})
    assert not apart.holds(3)


def test_clocks_of_components() -> None:
    """What may differ must have one clock, and each component's is known."""
    drawing = Drawing("controller", 1, 1)
    clocks = clocks_of(drawing.netlist)
    assert clocks["controller.unchecked"] == {"clk"}
    assert clocks["controller.array"] == {"hash_clk"}


def test_a_model_asks_which_mutant_it_is() -> None:
    """All of them are in one netlist, and none of what a memory holds at first."""
    drawing = Drawing("core_serial", 40, 1)
    text = verilog(drawing)
    assert "SLUICE_MUTANT" in text
    # Some change what nothing looks at, and are gone.
    there = [number for number in range(1, 41) if f"mutant == 16'h{number:04x}" in text]
    assert len(there) > 30
    assert "meminit" not in drawing.changes


@pytest.mark.parametrize("name", [name for name, block in blocks().items() if block.also])
def test_properties_of_a_block_are_of_the_same_hardware(name: str, tmp_path: Path) -> None:
    """Or a cell that one of them has would be another one in the next."""
    found = []
    for prop in (name, *blocks()[name].also):
        write_hardware(properties()[prop], tmp_path)
        code, said = yosys(f"{READ}setattr -unset src a:src\nwrite_rtlil top.il\n", tmp_path)
        assert not code, said
        text = (tmp_path / "top.il").read_text()
        modules = re.findall(r"^module (\\top\..*?)\n(.*?)^end$", text, LINES)
        cells = {
            module: {
                named: sorted(body.splitlines())
                for named, body in re.findall(r"^  cell (.*?)\n(.*?)^  end$", whole, LINES)
            }
            for module, whole in modules
        }
        assert cells
        found.append(cells)
    assert all(cells == found[0] for cells in found)


@pytest.mark.parametrize("name", [name for name, block in blocks().items() if block.tests])
def test_blocks_name_tests_that_there_are(name: str) -> None:
    for test in blocks()[name].tests:
        file, _, function = test.partition("::")
        text = (Path(__file__).parents[2] / file).read_text()
        assert f"\ndef {function.partition('[')[0]}(" in text, test
