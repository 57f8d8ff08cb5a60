"""Files of the hardware are small, so that each holds one concept."""

from pathlib import Path

ROOT = Path(__file__).parents[1]

#: Lines of a file below rtl/, at the most.
MOST = 250


def test_files_of_the_hardware_are_small() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "rtl").rglob("*.py")
    }
    assert len(lines) > 100
    assert not {name: count for name, count in lines.items() if count > MOST}
