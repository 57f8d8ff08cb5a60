"""Commands that are not run: they are there, and have the options that are named."""

import ast
import re
import shlex
from importlib.metadata import entry_points

import click

from tests.docs.blocks import ROOT

#: Stand for something that the reader knows.
_PLACEHOLDER = re.compile(r"[A-Z]{1,}\d?|…|N")

_TARGETS = re.compile(r"^([a-z-]+):", re.MULTILINE)


def _sluice(words):
    if not words or words[0].startswith("-"):
        return ""
    found = {point.name: point for point in entry_points(group="sluice.commands")}
    if words[0] not in found:
        return f"there is no command sluice {words[0]}"
    command = found[words[0]].load()
    context = click.Context(command, info_name=words[0], resilient_parsing=True)
    given = [word for word in words[1:] if not _PLACEHOLDER.fullmatch(word)]
    known = {
        name
        for option in command.get_params(context)
        for name in (*option.opts, *option.secondary_opts)
    }
    for word in given:
        option = word.partition("=")[0]
        if option.startswith("--") and option not in known:
            return f"sluice {words[0]} has no option {option}"
    return ""


def _make(words):
    targets = set(_TARGETS.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    missing = [word for word in words if "=" not in word and word not in targets]
    return f"the Makefile has no {missing[0]}" if missing else ""


def has_test(file, test):
    """Whether a file has a test of that name."""
    path = ROOT / file
    if not path.is_file():
        return False
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(node, kinds) and node.name == test for node in ast.walk(tree))


def _pytest(words):
    for word in words:
        file, _, test = word.partition("::")
        if file.startswith("tests") and not (ROOT / file).exists():
            return f"there is no {file}"
        if test and not has_test(file, test):
            return f"there is no {word}"
    return ""


def _python(words):
    if words[:1] == ["-m"] and words[1].startswith("tests"):
        path = ROOT.joinpath(*words[1].split("."))
        if not (path.with_suffix(".py").exists() or (path / "__main__.py").exists()):
            return f"there is no {words[1]}"
    return ""


CHECKS = {"sluice": _sluice, "make": _make, "pytest": _pytest, "python": _python}


def what_is_wrong(command):
    """With a command as it is written, as far as it is one of ours; empty if nothing is."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError as error:
        return str(error)
    while words and re.fullmatch(r"[A-Z_0-9]+=.*", words[0]):
        words.pop(0)
    if words and (check := CHECKS.get(words[0].rpartition("/")[2])):
        return check(words[1:])
    return ""
