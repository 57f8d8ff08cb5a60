"""All properties, by the files that say what they are."""

from importlib import import_module
from pathlib import Path

from tests.formal.property import Property

HERE = Path(__file__).parent / "properties"


def pages() -> dict[str, tuple[str, list[Property]]]:
    """By the name of a file: the first line of its text, and its properties."""
    found = {}
    for path in sorted(HERE.glob("*.py")):
        module = import_module(f"tests.formal.properties.{path.stem}")
        assert module.__doc__, path
        found[path.stem] = module.__doc__.splitlines()[0], module.PROPERTIES
    return found


def properties() -> dict[str, Property]:
    """All of them, by name."""
    found = [prop for _, of_page in pages().values() for prop in of_page]
    named = {prop.name: prop for prop in found}
    assert len(named) == len(found), "two properties have one name"
    return named
