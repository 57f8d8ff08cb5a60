"""Kinds of values of cgminer's API, against a table of facts taken from cgminer's own source.

Clients with strict types (Go's decoders) refuse a whole reply for one field of another kind.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from sluice.firmware.api.cgminer.commands import COMMANDS, answer
from sluice.firmware.api.cgminer.message import as_json, as_text
from tests.firmware.api.daemon import NOW, empty, snapshot

FACTS = Path(__file__).with_name("cgminer_fields.tsv")

#: Digits behind the point.
PLACES = {
    "mhs": 2,
    "utility": 2,
    "temp": 2,
    "mhtotal": 4,
    "percent": 4,
    "timeval": 6,
    "double": 6,
    "diff": 8,
}

#: What the daemon does not know, and so does not say.
UNKNOWN = {
    "SUMMARY": {"Discarded", "Remote Failures"},
    "POOLS": {"Quota", "Works", "Discarded", "Remote Failures", "Diff1 Shares"},
    "DEVS": {"Temperature"},
    "NOTIFY": {
        "*Thread Fail Init",
        "*Thread Zero Hash",
        "*Thread Fail Queue",
        "*Dev Sick Idle 60s",
        "*Dev Dead Idle 600s",
        "*Dev Nostart",
        "*Dev Over Heat",
        "*Dev Thermal Cutoff",
        "*Dev Throttle",
    },
    "STATS": {
        "Wait",
        "Max",
        "Min",
        "Pool Attempts",
        "Pool Wait",
        "Pool Max",
        "Pool Min",
        "Pool Av",
        "Work Had Roll Time",
        "Work Had Expire",
        "Work Roll Time",
        "Min Diff",
        "Max Diff",
        "Min Diff Count",
        "Max Diff Count",
        "Times Sent",
        "Bytes Sent",
        "Times Recv",
        "Bytes Recv",
        "Net Bytes Sent",
        "Net Bytes Recv",
        "USB Pipe",
        "USB Delay",
        "USB tmo",
    },
    "LCD": {"Temperature"},
}

#: Sections that are others by another name.
SAME = {"ASC": "DEVS"}


def facts():
    found = {}
    for line in FACTS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            section, name, kind = line.split("\t")
            found.setdefault(section, {})[name] = kind
    return found


def kind_of(value):
    match value:
        case bool():
            return "bool"
        case str():
            return "string"
        case int():
            return "int"
        case Decimal():
            return -value.as_tuple().exponent
    raise TypeError(value)


PARAMETERS = {"asc": "0", "check": "pools"}


def replied(command, now):
    reply = answer(command, PARAMETERS.get(command, ""), now)
    text = as_json({command: reply}, int(NOW), "sluice", joined=False)
    return json.loads(text.rstrip(b"\0"), parse_float=Decimal)


@pytest.mark.parametrize("now", [snapshot(), empty()], ids=["mining", "the first moment"])
@pytest.mark.parametrize("command", COMMANDS)
def test_kinds(command, now):
    table = facts()
    body = replied(command, now)
    assert body.pop("id") == 1
    for section, rows in body.items():
        known = table[SAME.get(section, section)]
        for row in rows:
            for name, value in row.items():
                if name in known:
                    wanted = PLACES.get(known[name], known[name])
                    assert kind_of(value) == wanted, (section, name, value)
                else:  # what drivers add
                    assert section == "STATS", name


def test_all_that_is_known_is_said():
    table, found = facts(), {}
    for command in COMMANDS:
        for section, rows in replied(command, snapshot()).items():
            if section != "id":
                for row in rows:
                    found.setdefault(SAME.get(section, section), set()).update(row)
    assert set(found) == set(table)
    for section, names in table.items():
        assert set(names) - found[section] == UNKNOWN.get(section, set()), section
        assert section == "STATS" or found[section] <= set(names), section


def test_order():
    """Rows begin with their number, and names come in cgminer's order."""
    table = facts()
    for command in set(COMMANDS) - {"stats", "estats"}:
        for section, rows in replied(command, snapshot()).items():
            if section != "id":
                order = list(table[SAME.get(section, section)])
                for row in rows:
                    assert list(row) == sorted(row, key=order.index), section


def test_both_forms_have_the_same_numbers():
    for command in COMMANDS:
        reply = answer(command, PARAMETERS.get(command, ""), snapshot())
        text = as_text({command: reply}, int(NOW), "sluice", joined=False).decode()
        rows = replied(command, snapshot()).get(reply.section, [])
        for row, written in zip(rows, text.split("|")[1:], strict=False):
            for name, value in row.items():
                if isinstance(value, int | Decimal):
                    number = f"{value:f}" if isinstance(value, Decimal) else str(value).lower()
                    assert f",{name}={number}," in f",{written},", name
