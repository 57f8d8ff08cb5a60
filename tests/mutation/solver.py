"""Yices, told in SMT-LIB: one process that has a model once, and is asked many things about it."""

import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Self

from tests.formal.prove import ToolError, program

#: Seconds for one answer.
TIMEOUT = 120


@dataclass(frozen=True)
class Model:
    """What Yosys' ``write_smt2`` has written of a module ``top``."""

    text: str

    def select(self, name: str) -> str:
        """The function of a state that an input is."""
        line = rf"^\(define-fun \|top_n {name}\| .* \(\|(\S+)\| state\)\)$"
        found = re.search(line, self.text, re.MULTILINE)
        assert found, f"there is no input {name}"
        return found[1]

    @cached_property
    def covers(self) -> list[str]:
        """What must be possible."""
        found = re.findall(r"^; yosys-smt2-cover (\d+) ", self.text, re.MULTILINE)
        return [f"top_c {number}" for number in dict.fromkeys(found)]

    def wires(self, pattern: str) -> list[str]:
        """Wires whose whole name is of a pattern."""
        found = re.findall(r"^; yosys-smt2-wire (\S+) ", self.text, re.MULTILINE)
        return [f"top_n {name}" for name in dict.fromkeys(found) if re.fullmatch(pattern, name)]


class Solver:
    """A process of Yices that has a model. It is also a context manager.

    Parameters
    ----------
    texts
        The model; without quantifiers, hence states are declared one by one.
    models
        Whether values are asked for.
    timeout
        Seconds for one answer.
    """

    def __init__(self, *texts: str, models: bool = False, timeout: int = TIMEOUT) -> None:
        self._process = subprocess.Popen(
            [program("yices-smt2"), "--incremental", f"--timeout={timeout}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if models:
            self.tell("(set-option :produce-models true)")
        self.tell("(set-logic QF_AUFBV)")
        self.tell(*texts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def tell(self, *lines: str) -> None:
        """Declare or assert something."""
        assert self._process.stdin
        self._process.stdin.write("\n".join((*lines, "")))

    def states(self, *names: str) -> None:
        """Declare states."""
        self.tell(*(f"(declare-fun {name} () |top_s|)" for name in names))

    def check(self, *conditions: str) -> bool:
        """Whether there is anything for which all that was told, and these conditions, hold.

        Raises
        ------
        ToolError
            Yices says neither, or not in time.
        """
        self.tell("(push 1)", *(f"(assert {one})" for one in conditions), "(check-sat)", "(pop 1)")
        return self._answer()

    def values(self, names: list[str], *conditions: str) -> list[str] | None:
        """Values of constants for which all that was told, and these conditions, hold, if any do.

        Raises
        ------
        ToolError
            As :meth:`check` does.
        """
        self.tell("(push 1)", *(f"(assert {one})" for one in conditions), "(check-sat)")
        found = None
        if self._answer():
            self.tell(f"(get-value ({' '.join(names)}))")
            text = self._line()
            while text.count("(") > text.count(")"):
                text += self._line()
            pairs = dict(re.findall(r"\(([^()\s]+) ([^()\s]+)\)", text))
            found = [pairs[name] for name in names]
        self.tell("(pop 1)")
        return found

    def _answer(self) -> bool:
        said = self._line().strip()
        if said not in {"sat", "unsat"}:
            raise ToolError(f"yices-smt2: {said or 'it ended'}")
        return said == "sat"

    def _line(self) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ToolError("yices-smt2: it ended")
        return line


def either(conditions: list[str]) -> str:
    """That one of some conditions holds."""
    return f"(or false {' '.join(conditions)})"


def every(conditions: list[str]) -> str:
    """That all of some conditions hold."""
    return f"(and true {' '.join(conditions)})"
