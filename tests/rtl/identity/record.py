"""The digests that are recorded, a line for each chip."""

from pathlib import Path

PATH = Path(__file__).with_name("digests.tsv")

#: Netlists belong to the version of Amaranth that has written them.
HEADER = "chip\texact\twithout names"


def read() -> dict[str, tuple[str, str]]:
    lines = PATH.read_text(encoding="utf-8").splitlines()[1:]
    return {name: (exact, structure) for name, exact, structure in map(str.split, lines)}


def write(digests: dict[str, tuple[str, str]]) -> None:
    lines = [HEADER, *("\t".join([name, *found]) for name, found in digests.items())]
    PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")
