"""Properties that must fail: the hardware is broken by one line, and the proof has to notice."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.mutants.mutant import Mutant, copied_tree, load

HERE = Path(__file__).parent


def breaks() -> list[Mutant]:
    """The list, checked against the tree; the `tests` of each are names of properties."""
    return load(HERE)


def try_break(mutant: Mutant) -> dict[str, str]:
    """Break a copy of the tree; what comes of each property that should notice, by name."""
    outcome = {}
    with copied_tree() as tree:
        mutant.apply(tree)
        paths = [str(tree.parent / "path"), str(tree)]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        for name in mutant.tests:
            run = subprocess.run(
                [sys.executable, "-m", "tests.formal", "--exactly", name, "--json"],
                cwd=tree,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            try:
                (said,) = json.loads(run.stdout)
                outcome[name] = said["result"]
            except ValueError:
                outcome[name] = f"no verdict: {run.stderr.strip()[-300:]}"
    return outcome
