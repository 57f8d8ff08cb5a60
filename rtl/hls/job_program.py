"""The job program: what is computed once a job, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sluice.rtl.sha256.model import Word32
from sluice.rtl.sha256.word import Sigma

from .ir import BindingTime, Node, Source, reached
from .ops import Op, apply


@dataclass(frozen=True)
class Instruction:
    """One operation on words that are known already.

    Members
    -------
    op
        The operation.
    args
        Positions of the operands in the list of words: first the inputs, then the constants, then
        the results of the instructions before this one.
    which
        The function, of a sigma.
    """

    op: Op
    args: tuple[int, ...]
    which: Sigma | None = None


@dataclass(frozen=True)
class JobProgram:
    """A straight line of instructions from the inputs of a job to its job words.

    Members
    -------
    inputs
        Names of the inputs.
    constants
        Numbers that the instructions use.
    instructions
        What to do, in order; each appends a word to inputs and constants.
    results
        Positions of the job words in the list of words.
    """

    inputs: tuple[str, ...]
    constants: tuple[int, ...]
    instructions: tuple[Instruction, ...]
    results: tuple[int, ...]

    def run(self, inputs: Mapping[str, int]) -> list[int]:
        """The job words, from numbers for the inputs.

        Raises
        ------
        ValueError
            An input is missing or is not a number of 32 bits.
        """
        words: list[Word32] = []
        for name in self.inputs:
            value = inputs.get(name)
            if value is None or not 0 <= value < 1 << 32:
                raise ValueError(f"{name} must be a number of 32 bits, not {value}")
            words.append(Word32(value))
        words += [Word32(value) for value in self.constants]
        for step in self.instructions:
            words.append(apply(step.op, [words[arg] for arg in step.args], step.which))
        return [int(words[position]) for position in self.results]


def job_program(words: Sequence[Node]) -> JobProgram:
    """The program that computes `words`, nodes that are known with the job.

    Raises
    ------
    ValueError
        One of them changes with the nonce.
    """
    nodes = reached(words)
    late = [node for node in nodes if node.known is BindingTime.NONCE]
    if late:
        raise ValueError(f"job word must not depend on the nonce: {late[0]!r}")
    inputs = [node for node in nodes if node.kind is Source.INPUT]
    constants = [node for node in nodes if node.kind is Source.CONSTANT]
    operations = [node for node in nodes if isinstance(node.kind, Op)]
    position = {node: i for i, node in enumerate([*inputs, *constants, *operations])}
    steps = [
        Instruction(node.kind, tuple(position[arg] for arg in node.args), node.which)
        for node in operations
        if isinstance(node.kind, Op)
    ]
    return JobProgram(
        tuple(node.name for node in inputs),
        tuple(node.value for node in constants),
        tuple(steps),
        tuple(position[word] for word in words),
    )
