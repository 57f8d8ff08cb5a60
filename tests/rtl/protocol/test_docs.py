"""The table in docs/registers.md and the register map say the same."""

from pathlib import Path

from sluice.rtl.protocol.models import MODELS
from sluice.rtl.protocol.registers import REGISTERS, Access

PAGE = Path(__file__).parents[3] / "docs" / "registers.md"
WORDS = {
    Access.READ_ONLY: "read",
    Access.STORED: "stored",
    Access.CONTROL: "control",
    Access.COUNTER: "counter",
}


def test_table():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("|")[1:5] for line in lines if line.startswith("| 0x")]
    rows = [tuple(cell.strip() for cell in row) for row in rows]
    expected = []
    for register in REGISTERS:
        resets = dict.fromkeys(f"0x{register.reset_of(m):08X}" for m in MODELS.values())
        cells = (f"0x{register.number:02X}", register.name, WORDS[register.access])
        expected.append((*cells, ", ".join(resets)))
    assert rows == expected
