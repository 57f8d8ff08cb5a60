"""Fenced blocks of README.md and docs/, each with the rules in the comments right before it.

A rule is one comment: ``<!-- run: WHAT -->``, or ``<!-- run "START": WHAT -->`` for those lines
that begin so; the longest one counts. WHAT is `HOW_TO_SAY`.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

HOW_TO_SAY = """\
Blocks are run as they stand, by their language:

  ```sh      each line is a command, run in a pseudo-terminal and a folder of its own, in which
             sluice.toml is the minimal configuration of docs/firmware.md; exit code 0 is due
  ```toml    is loaded as configuration (with what it lacks from the minimal one); one that has
             chains and pools (Stratum) is mined with, in a pseudo-terminal, on the test pool
  ```python  is run
  ```text    is a picture, or what a command prints: nothing is run

Comments right before the block say what else there is to it; they are not seen on the page:

  <!-- run: with pool -->             chips and a pool are there: ports, addresses and state of
                                      sluice.toml are replaced by variables of the environment
  <!-- run: with daemon -->           so they are, and a daemon mines meanwhile
  <!-- run: mines -->                 with pool; a share is accepted, then Ctrl-C is pressed
  <!-- run: until "TEXT" -->          Ctrl-C is pressed as soon as it prints TEXT
  <!-- run: needs nc, needs lz4.h --> skipped where these programs or headers are not there
  <!-- run: "HEX" is "{header}" -->   that text is replaced before it is run; there are {folder},
                                      {rest}, {metrics}, {cgminer} (ports), {token} (APIs), {port}
                                      (chips), {url} (pool), {header} (block 850752)
  <!-- run: by tests/x/test_y.py::test_z -->       another test runs it
  <!-- run: not in CI, REASON; by COMMAND -->      only that command does
  <!-- run "make test": … -->         goes for lines that begin with that; others keep theirs
  <!-- run "make sim": as it stands -->            if all other lines are not
"""

_FENCE = re.compile(r"```(\w*)\s*")
_RULE = re.compile(r'<!-- run(?: "(?P<start>[^"]+)")?: (?P<what>.+) -->')
_BY = re.compile(r"by (?P<file>tests/\S+\.py)::(?P<test>\w+)")
_NOT = re.compile(r"not in CI, (?P<reason>[^;]{4,}); by (?P<command>\S.+)")
_PART = re.compile(
    r'with (?P<with>pool|daemon)|(?P<mines>mines)|until "(?P<until>[^"]+)"|needs (?P<needs>\S+)'
    r'|(?P<as>as it stands)|"(?P<old>[^"]+)" is "(?P<new>[^"]*)"'
)


class RuleError(Exception):
    """A comment that says nothing that can be followed."""


@dataclass
class Rule:
    """How lines are run.

    Attributes
    ----------
    start
        Lines that begin so are meant; all without it.
    company
        Who is there besides: ``pool`` or ``daemon``.
    mines, until, needs, instead
        A share has to be accepted; Ctrl-C at that text; programs; replacements.
    test, command, reason
        Who else runs it, and why CI does not.
    """

    start: str = ""
    company: str = ""
    mines: bool = False
    until: str = ""
    needs: list[str] = field(default_factory=list)
    instead: list[tuple[str, str]] = field(default_factory=list)
    test: tuple[str, str] | None = None
    command: str = ""
    reason: str = ""

    @classmethod
    def parse(cls, comment: str) -> "Rule":
        """From the whole comment."""
        match = _RULE.fullmatch(comment)
        if match is None:
            raise RuleError(f"{comment!r} is no rule.\n{HOW_TO_SAY}")
        rule, what = cls(start=match["start"] or ""), match["what"]
        if by := _BY.fullmatch(what):
            rule.test = by["file"], by["test"]
            return rule
        if other := _NOT.fullmatch(what):
            rule.reason, rule.command = other["reason"], other["command"]
            return rule
        for part in re.split(r', (?=with |mines|until |needs |as |")', what):
            rule._take(part)
        return rule

    def _take(self, part: str) -> None:
        match = _PART.fullmatch(part)
        if match is None:
            raise RuleError(f"{part!r} is no part of a rule.\n{HOW_TO_SAY}")
        if match["mines"]:
            self.mines, self.company = True, self.company or "pool"
        elif match["with"]:
            self.company = match["with"]
        elif match["until"]:
            self.until = match["until"]
        elif match["needs"]:
            self.needs.append(match["needs"])
        elif match["old"]:
            self.instead.append((match["old"], match["new"]))

    @property
    def elsewhere(self) -> bool:
        """Whether somebody else runs it."""
        return self.test is not None or bool(self.command)


@dataclass
class Block:
    """One block; `number` counts those of a page from 1."""

    page: Path
    number: int
    line: int
    language: str
    text: str
    comments: list[str]

    @property
    def name(self) -> str:
        """For people: the page, its number there and how it begins."""
        first = self.text.strip().splitlines()[0].strip() if self.text.strip() else "empty"
        return f"{self.page.name} {self.number}: {first[:40]}"

    @property
    def where(self) -> str:
        """For messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def rules(self) -> list[Rule]:
        """In the order in which they stand."""
        return [Rule.parse(comment) for comment in self.comments]

    def rule(self, line: str = "") -> Rule:
        """The one for a line: what speaks of its start, else of the whole block."""
        rules = self.rules
        own = [rule for rule in rules if line.startswith(rule.start)]
        return max(own, key=lambda rule: len(rule.start), default=Rule())

    @property
    def commands(self) -> list[str]:
        """Lines to run, those that end with a backslash joined with the next one."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def blocks_of(page: Path, text: str | None = None) -> list[Block]:
    """All blocks of a page."""
    found: list[Block] = []
    comments: list[str] = []
    inside: Block | None = None
    lines = (page.read_text(encoding="utf-8") if text is None else text).splitlines()
    for number, line in enumerate(lines, 1):
        fence = _FENCE.fullmatch(line)
        if inside is not None:
            if fence:
                inside = None
            else:
                inside.text += line + "\n"
        elif fence:
            inside = Block(page, len(found) + 1, number, fence[1], "", comments)
            found.append(inside)
            comments = []
        elif line.startswith("<!-- run"):
            comments.append(line.strip())
        elif line.strip():
            comments = []
    return found


def all_blocks() -> list[Block]:
    """Of README.md and docs/."""
    return [block for page in PAGES for block in blocks_of(page)]


def minimal() -> str:
    """The minimal configuration, as docs/firmware.md shows it."""
    return next(
        block.text for block in blocks_of(ROOT / "docs" / "firmware.md") if block.language == "toml"
    )
