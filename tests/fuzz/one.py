"""`python -m tests.fuzz.one TARGET …`: libFuzzer on one target, with its own options behind it."""

import inspect
import sys
from collections.abc import Iterator
from types import FunctionType

import atheris

from tests.fuzz.targets import TARGETS

#: Whose branches guide the search. An editable installation has an importer of its own, which
#: `atheris.instrument_imports` does not see: functions are instrumented when they are there.
GUIDES = ("sluice.firmware.", "sluice.rtl.protocol.", "tomllib.")


def _functions(owner: object, name: str) -> Iterator[FunctionType]:
    for member in vars(owner).values():
        inner = getattr(member, "__func__", None) or getattr(member, "fget", None) or member
        if isinstance(inner, FunctionType) and inner.__module__ == name:
            yield inner
        elif inspect.isclass(inner) and inner.__module__ == name and inner is not owner:
            yield from _functions(inner, name)


def _instrument() -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith(GUIDES):
            for function in set(_functions(module, name)):
                atheris.instrument_func(function)


if __name__ == "__main__":
    target, *options = sys.argv[1:]
    _instrument()
    atheris.Setup([sys.argv[0], *options], TARGETS[target])
    atheris.Fuzz()
