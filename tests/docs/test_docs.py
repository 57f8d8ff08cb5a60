"""Every block of README.md and docs/ is run as it stands there; a new one by itself.

What may be written beside a block is `tests.docs.blocks.HOW_TO_SAY`, which failures show.
"""

import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from sluice.firmware.config import StratumSettings, keys, parse
from tests.docs.blocks import HOW_TO_SAY, PAGES, ROOT, RuleError, all_blocks, blocks_of, minimal
from tests.docs.checked import has_test, what_is_wrong
from tests.docs.company import Company, share

#: How lines begin that are commands.
COMMAND = re.compile(
    r"\s*(\$|sluice(?! \S+:)|make|pytest|python3?|curl|pip|docker|podman|sudo|systemctl)\s"
)

#: Commands in the middle of a sentence.
INLINE = re.compile(r"`((?:sluice|make|pytest|python -m) [^`]+)`")

BLOCKS = all_blocks()


def params(*languages):
    chosen = [block for block in BLOCKS if block.language in languages]
    return pytest.mark.parametrize("block", [pytest.param(b, id=b.name) for b in chosen])


def test_every_block_can_be_run():
    """Nothing is left out: not for its language, and not by a comment that nobody understands."""
    wrong = []
    for block in BLOCKS:
        try:
            rules = block.rules
        except RuleError as error:
            wrong.append(f"{block.where}: {error}")
            continue
        elsewhere = any(rule.elsewhere and not rule.start for rule in rules)
        if block.language not in ("sh", "toml", "python", "text") and not elsewhere:
            wrong.append(f"{block.where}: what is ```{block.language}, and who runs it?")
        if block.language == "text" and any(map(COMMAND.match, block.text.splitlines())):
            wrong.append(f"{block.where}: has commands, but is ```text")
        wrong += [
            f"{block.where}: no line begins with {rule.start!r}"
            for rule in rules
            if rule.start and not any(line.startswith(rule.start) for line in block.commands)
        ]
        wrong += [
            f"{block.where}: {old!r} is not in it"
            for rule in rules
            for old, _ in rule.instead
            if old not in block.text
        ]
        wrong += [
            f"{block.where}: there is no {'::'.join(rule.test)}"
            for rule in rules
            if rule.test and not has_test(*rule.test)
        ]
        wrong += [
            f"{block.where}: {said}" for rule in rules if (said := what_is_wrong(rule.command))
        ]
    assert not wrong, "\n".join([*wrong, HOW_TO_SAY])


def test_commands_of_the_text():
    """Commands in sentences, and those that only others run, are there and have these options."""
    wrong = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            said = map(what_is_wrong, INLINE.findall(line))
            wrong += [f"{page.name}:{number}: {one}" for one in said if one]
    for block in BLOCKS:
        if block.language == "sh":
            wrong += [
                f"{block.where}: {said}" for line in block.commands if (said := what_is_wrong(line))
            ]
    assert wrong == []


def is_there(name):
    """A program, or a header of C."""
    if name.endswith(".h"):
        return Path("/usr/include", name).exists()
    return shutil.which(name) is not None


@params("sh")
async def test_commands(block, seed, tmp_path):
    missing = []
    async with Company(tmp_path, seed) as company:
        for line in block.commands:
            rule = block.rule(line)
            if rule.elsewhere:
                continue
            if lacking := [name for name in rule.needs if not is_there(name)]:
                missing += lacking
                continue
            await company.come(rule.company)
            for old, new in rule.instead:
                line = line.replace(old, new.format_map(company.known))
            async with company.terminal(line) as terminal:
                if rule.mines:
                    await share(terminal, company.chips, company.pool)
                if rule.until:
                    await terminal.until(lambda text, rule=rule: rule.until in text)
                # What goes on until Ctrl-C.
                endless = rule.mines or rule.until
                if endless:
                    terminal.interrupt()
                code = await terminal.end()
            assert code == (130 if endless else 0), (
                f"{block.where}: {line}: exit code {code}\n{terminal.text}\n{HOW_TO_SAY}"
            )

    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


def completed(text):
    """With what it lacks from the minimal configuration."""
    lacking = tomllib.loads(text).keys()
    tables = re.split(r"(?m)^(?=\[)", minimal())
    needed = [table for table in tables if table and not (tomllib.loads(table).keys() & lacking)]
    return "\n".join([text, *needed])


@params("toml")
async def test_configurations(block, seed, tmp_path):
    rule = block.rule()
    if rule.elsewhere:
        pytest.skip("others run it")
    async with Company(tmp_path, seed) as company:
        text = block.text
        for old, new in rule.instead:
            text = text.replace(old, new.format_map(company.known))
        settings = parse(completed(text))
        whole = {"chains", "pools"} <= tomllib.loads(text).keys()
        if whole and isinstance(settings.pools[0], StratumSettings):
            (tmp_path / "sluice.toml").unlink()
            (tmp_path / "sluice.toml").write_text(text, encoding="utf-8")
            await company.come("pool")
            async with company.terminal("sluice mine --config sluice.toml") as terminal:
                await share(terminal, company.chips, company.pool)
                terminal.interrupt()
                assert await terminal.end() == 130, terminal.text
            assert "Traceback" not in terminal.text


@params("python")
async def test_programs(block, seed, tmp_path):
    async with Company(tmp_path, seed) as company:
        (tmp_path / "block.py").write_text(block.text, encoding="utf-8")
        async with company.terminal(f"{sys.executable} block.py") as terminal:
            assert await terminal.end() == 0, f"{block.where}\n{terminal.text}"


PAGE = ROOT / "docs" / "new.md"


@pytest.mark.parametrize(
    ("text", "language", "comments"),
    [
        ("```sh\nsluice boards\n```\n", "sh", []),
        ("<!-- run: mines -->\n\n```sh\nsluice mine\n```\n", "sh", ["<!-- run: mines -->"]),
        ("<!-- run: mines -->\nOther text.\n\n```\nx\n```\n", "", []),
    ],
)
def test_blocks_and_their_comments(text, language, comments):
    (block,) = blocks_of(PAGE, text)
    assert (block.language, block.comments) == (language, comments)


def test_rules():
    (block,) = blocks_of(
        PAGE,
        '<!-- run: with pool, until "A, b", "X" is "{rest}", needs nc -->\n'
        '<!-- run "make test": not in CI, it is what runs this; by make test -->\n'
        '<!-- run "sluice demo": by tests/docs/test_docs.py::test_rules -->\n'
        "```sh\nsluice mine\nmake test\nsluice demo\n```\n",
    )
    first, second, third = (block.rule(line) for line in block.commands)
    assert (first.company, first.until, first.instead) == ("pool", "A, b", [("X", "{rest}")])
    assert (first.needs, first.elsewhere) == (["nc"], False)
    assert (second.reason, second.command) == ("it is what runs this", "make test")
    assert third.test == ("tests/docs/test_docs.py", "test_rules")
    assert has_test(*third.test)
    assert not has_test("tests/docs/test_docs.py", "test_rule")
    (wrong,) = blocks_of(PAGE, "<!-- run: someday -->\n```sh\nsluice mine\n```\n")
    with pytest.raises(RuleError, match="'someday' is no part of a rule"):
        wrong.rule()


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("sluice build --board ulx3s-85f --seed 1  # comment", ""),
        ("sluice core --synth ecp5 --json", ""),
        ("make bitstream BOARD=ulx3s-85f", ""),
        ("SLUICE_KILLS=50 pytest -s tests/firmware/test_crash.py", ""),
        ("sluice mien", "there is no command sluice mien"),
        ("sluice build --bord x", "sluice build has no option --bord"),
        ("make bits", "the Makefile has no bits"),
        ("pytest tests/none.py", "there is no tests/none.py"),
        ("python -m tests.firmware.none", "there is no tests.firmware.none"),
    ],
)
def test_what_is_wrong_with_a_command(command, wrong):
    assert what_is_wrong(command) == wrong


def test_every_key_is_told():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    told = {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code)}
    assert {key.rpartition(".")[2] for key in keys()} <= told
