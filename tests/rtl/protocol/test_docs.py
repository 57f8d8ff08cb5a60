"""The table in docs/registers.md and the register map say the same."""

import re
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


#: Bits of something else than the register.
OTHERS = r"(?<!which is )(?<!version )(?<!holds )"


def test_fields():
    """The bits that the page tells of a register are its fields, and no others."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    told = {}
    for line in lines:
        if line.startswith("| 0x"):
            number, *_, meaning, _ = line.split("|")[1:]
            found = re.findall(rf"{OTHERS}\bbits? (\d+)(?::(\d+))?", meaning)
            told[int(number, 16)] = {(int(high), int(low or high)) for high, low in found}
    for register in REGISTERS:
        fields = {(field.high, field.low) for field in register.fields} - {(31, 0)}
        assert told[register.number] - {(31, 0)} == fields, register.name
