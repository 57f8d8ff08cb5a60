"""From a job program to instructions of the processor.

A sum is added up in the accumulator; a word is kept in memory only where it is used twice, or by a
function, or asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sluice.rtl.hls.job_program import JobProgram
from sluice.rtl.hls.ops import Op

from ..isa import SIGMAS, Base, Instruction, Kind, Latch, Select
from ..memory_map import Place

#: Where a result goes: a place, or an address on the work bus.
Target = Place | int


def generate(
    program: JobProgram,
    places: Mapping[str | int, Place],
    targets: Sequence[Target],
    scratch: Place,
) -> list[Instruction]:
    """Instructions that run `program`, from an accumulator of zero to one of zero.

    Parameters
    ----------
    program
        The program.
    places
        Where its inputs, by name, and its constants, by value, are kept.
    targets
        Where each of its results goes.
    scratch
        The first of as many words as it takes.
    """
    code: list[Instruction] = []
    for step in _Generator(program, places, targets, scratch).code:
        last = code[-1] if code else None
        if last and last.kind is Kind.STORE and last.clear and step == _loaded(last):
            # It is still there.
            code[-1] = replace(last, clear=False)
        else:
            code.append(step)
    return code


def _loaded(store: Instruction) -> Instruction:
    """Adds what has been stored."""
    return Place(store.address, store.base).instruction(Kind.ADD, select=Select.WORD)


def scratch_words(program: JobProgram) -> int:
    """Words that it takes for a time, at the most."""
    names: list[str | int] = [*program.inputs, *program.constants]
    targets = range(len(program.results))
    return _Generator(program, dict.fromkeys(names, Place(0)), targets, Place(1)).allocated


class _Generator:
    def __init__(
        self,
        program: JobProgram,
        places: Mapping[str | int, Place],
        targets: Sequence[Target],
        scratch: Place,
    ) -> None:
        self.code: list[Instruction] = []
        self.program = program
        self.first = len(program.inputs) + len(program.constants)
        names: list[str | int] = [*program.inputs, *program.constants]
        self.places = {i: places[name] for i, name in enumerate(names)}
        # The accumulator is zero at the start of a sum.
        self.nothing = {i for i, name in enumerate(names) if name == 0}
        self.targets: dict[int, list[Target]] = {}
        for position, target in zip(program.results, targets, strict=True):
            self.targets.setdefault(position, []).append(target)
        self.kept = self._kept()
        self.last_use = self._last_uses()
        self.scratch = scratch
        self.free: list[int] = []
        self.allocated = 0
        for position in range(self.first):
            if position in self.targets:
                self._add(self.places[position], Select.WORD, positive=True)
                self._deliver(position)
        for offset in range(len(program.instructions)):
            position = self.first + offset
            if position in self.kept:
                self._make(position)
                self._release(position)

    def _kept(self) -> set[int]:
        """Results of instructions that have to be in memory, or to be delivered."""
        uses: dict[int, int] = {}
        kept = {position for position in self.targets if position >= self.first}
        for step in self.program.instructions:
            for arg in step.args:
                uses[arg] = uses.get(arg, 0) + 1
                if arg >= self.first and (step.op not in {Op.ADD, Op.SUB} or uses[arg] > 1):
                    kept.add(arg)
        return kept

    def _leaves(self, position: int) -> list[int]:
        """Words in memory that the word at `position` is made from."""
        found: list[int] = []
        for arg in self.program.instructions[position - self.first].args:
            stays = arg < self.first or arg in self.kept
            found += [arg] if stays else self._leaves(arg)
        return found

    def _last_uses(self) -> dict[int, list[int]]:
        last: dict[int, int] = {}
        for position in sorted(self.kept):
            last.update(dict.fromkeys(self._leaves(position), position))
        at: dict[int, list[int]] = {}
        for word, position in last.items():
            if word >= self.first:
                at.setdefault(position, []).append(word)
        return at

    def _make(self, position: int) -> None:
        self._accumulate(position, positive=True)
        self._deliver(position)

    def _deliver(self, position: int) -> None:
        targets = self.targets.get(position, [])
        for target in targets:
            if isinstance(target, Place):
                self.code.append(target.instruction(Kind.STORE))
            else:
                self.code.append(Instruction(kind=Kind.SEND, address=target, select=1))
        used = any(position in words for words in self.last_use.values())
        if position >= self.first and used:
            stored = [target for target in targets if isinstance(target, Place)]
            self.places[position] = stored[0] if stored else self._allocate()
            if not stored:
                self.code.append(self.places[position].instruction(Kind.STORE))
        self.code[-1] = replace(self.code[-1], clear=True)

    def _allocate(self) -> Place:
        if self.free:
            return Place(self.free.pop())
        self.allocated += 1
        return Place(self.scratch.address + self.allocated - 1)

    def _release(self, position: int) -> None:
        for word in self.last_use.get(position, []):
            place = self.places[word]
            if place.base is Base.ZERO and place.address >= self.scratch.address:
                owned = place.address < self.scratch.address + self.allocated
                if owned and place not in self.targets.get(word, []):
                    self.free.append(place.address)

    def _accumulate(self, position: int, *, positive: bool) -> None:
        """Add the word at `position`, an instruction's result, to the accumulator."""
        step = self.program.instructions[position - self.first]
        if step.op in {Op.ADD, Op.SUB}:
            signs = (positive, positive if step.op is Op.ADD else not positive)
            for arg, sign in zip(step.args, signs, strict=True):
                self._term(arg, positive=sign)
            return
        operand = self.places[step.args[0]]
        match step.op:
            case Op.SIGMA:
                select = next(s for s, sigma in SIGMAS.items() if sigma == step.which)
            case Op.CHOOSE | Op.MAJORITY:
                choose = step.op is Op.CHOOSE
                select = Select.CHOOSE if choose else Select.MAJORITY
                for latch, arg in ((Latch.X, step.args[1]), (Latch.Y, step.args[2])):
                    self.code.append(self.places[arg].instruction(Kind.LATCH, select=latch))
            case _:
                raise AssertionError(step.op)
        self._add(operand, select, positive=positive)

    def _is_open(self, position: int) -> bool:
        return position >= self.first and position not in self.kept

    def _term(self, position: int, *, positive: bool) -> None:
        if position in self.nothing:
            return
        if self._is_open(position):
            self._accumulate(position, positive=positive)
        else:
            self._add(self.places[position], Select.WORD, positive=positive)

    def _add(self, place: Place, select: Select, *, positive: bool) -> None:
        self.code.append(place.instruction(Kind.ADD, select=select, negate=not positive))
