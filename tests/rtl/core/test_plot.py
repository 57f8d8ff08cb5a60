"""Pictures of bindings."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib.image import imread

from sluice.rtl.core.cli import core


@pytest.mark.parametrize(
    "options",
    ["serial --engines 1", "serial --engines 1 --lanes 2 --technology ice40", "ring --ring 40"],
)
def test_reservation_table(options: str, tmp_path: Path) -> None:
    """A row for each unit, colours for slots of the nonce."""
    file = tmp_path / "table.png"
    words = ["--core", *options.split(), "--plot", str(file)]
    result = CliRunner().invoke(core, words)
    assert result.exit_code == 0, result.output
    picture = imread(file)
    assert len({tuple(pixel) for row in picture[::7, ::7] for pixel in row}) > 30


def test_a_name_without_a_format(tmp_path: Path) -> None:
    words = ["--core", "ring", "--ring", "40", "--plot", str(tmp_path / "table.doc")]
    result = CliRunner().invoke(core, words)
    assert result.exit_code == 2
    assert "table.doc" in result.output
