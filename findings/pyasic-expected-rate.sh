#!/usr/bin/env bash
# pyasic 0.79.0, BitAxe (AxeOS): where the expected hash rate comes from.
#
# Run: BitAxeGamma's expected rate, from an answer of /api/system/info as AxeOS gives it, by Python 3.11.
# Guess: it is the field `expectedHashrate` of that answer, which AxeOS's openapi.yaml requires.
# Seen: that field is not read. It is smallCoreCount * asicCount * frequency; without a frequency there is
# none (None), whatever expectedHashrate says. So a miner has to give three fields whose product is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyasic==0.79.0
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import asyncio

from pyasic.miners.bitaxe import BitAxeGamma

ANSWER = {"smallCoreCount": 2040, "asicCount": 1, "frequency": 525, "expectedHashrate": 900.0}


def expected(**answer):
    rate = asyncio.run(BitAxeGamma("192.0.2.1")._get_expected_hashrate(answer))
    return None if rate is None else round(float(rate) * 1000, 3)


whole = expected(**ANSWER)
without = expected(**{name: ANSWER[name] for name in ANSWER if name != "frequency"})
print(f"expectedHashrate 900.0 GH/s, 2040 cores, 525 MHz: pyasic expects {whole} GH/s")
print(f"expectedHashrate 900.0 GH/s, no frequency: pyasic expects {without}")
assert (whole, without) == (1071.0, None), "pyasic has changed"
PYTHON
