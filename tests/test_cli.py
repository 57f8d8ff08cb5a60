"""The command itself: what is meant, and what shells complete."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete

from sluice.rtl.cli import sluice

SLUICE = Path(sys.executable).with_name("sluice")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bild"], "Did you mean 'build'?"),
        (["mien"], "Did you mean 'mine'?"),
        (["mine", "--chek"], "Did you mean one of: '--check'"),
        (["build", "--board", "ulx3s85f"], "did you mean ulx3s-85f"),
        (["mine", "--set", "pool.0.user=me"], "did you mean pools.0.user?"),
    ],
)
def test_what_is_meant(words, said):
    with pytest.raises(click.UsageError) as caught:
        sluice.main(words, prog_name="sluice", standalone_mode=False)
    assert said in caught.value.format_message()
    assert "\n" not in caught.value.format_message()
    assert caught.value.exit_code == 2


def completions(*words):
    *given, incomplete = words
    shell = BashComplete(sluice, {}, "sluice", "_SLUICE_COMPLETE")
    return [item.value for item in shell.get_completions(list(given), incomplete)]


def test_completion():
    assert completions("bench-") == ["bench-host", "bench-sim"]
    assert completions("build", "--board", "ulx3s-8") == ["ulx3s-85f"]
    assert completions("mine", "--set", "log.") == ["log.level=", "log.format=", "log.file="]
    assert "lanes=" in completions("sweep", "--with", "la")
    assert completions("mine", "--ch") == ["--check"]
    # The shell itself completes files.
    shell = BashComplete(sluice, {}, "sluice", "_SLUICE_COMPLETE")
    (item,) = shell.get_completions(["mine", "--config"], "x")
    assert item.type == "file"


def test_completion_in_the_shell():
    script = subprocess.run(
        [SLUICE],
        env={**os.environ, "_SLUICE_COMPLETE": "bash_source"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    line = "COMP_WORDS=(sluice mine --conf); COMP_CWORD=2; _sluice_completion sluice"
    line += '; echo "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{line}"],
        env={**os.environ, "PATH": f"{SLUICE.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["--config"]
