"""What chips are sent, byte by byte, as ESP-Miner's own driver sends it; and its PLL settings."""

from itertools import pairwise

import pytest

from sluice.firmware.driver.pll import pll_for, ramp
from sluice.firmware.driver.sequences import Pause, Setup, addresses, run_value, set_up
from sluice.rtl.protocol.models import BM1366, BM1368, BM1370, BM1373, MODELS
from sluice.rtl.protocol.registers import Number
from tests.rtl.protocol.vectors import SEQUENCES
from tests.sim.sequences import ESP_MINER_BM1366, ESP_MINER_BM1368, ESP_MINER_BM1370

CAPTURED = {
    "bm1366": (ESP_MINER_BM1366, 485.0),
    "bm1368": (ESP_MINER_BM1368, 490.0),
    "bm1370": (ESP_MINER_BM1370, 525.0),
}
PLL, ROLLING, BAUD = "55 AA 51 09 00 08", "55 AA 51 09 00 A4", "55 AA 51 09 00 28"


def recorded(text):
    """Frames after the chip id has come, without the ramp, rolling and the baud rate."""
    lines = [line.partition("|")[0].strip() for line in text.strip().splitlines()]
    after = lines[lines.index(next(line for line in lines if line.startswith("<"))) + 1 :]
    return [line for line in after if not line.startswith((PLL, ROLLING, BAUD))]


@pytest.mark.parametrize("name", CAPTURED)
def test_set_up_as_recorded(name):
    text, frequency = CAPTURED[name]
    setup = Setup(model=MODELS[name], chips=1, sluice=False, frequency=frequency)
    sent = [step for step in set_up(setup) if not isinstance(step, Pause)]
    frames = [bytes(step).hex(" ").upper() for step in sent]
    assert [f for f in frames if not f.startswith((PLL, ROLLING))] == recorded(text)
    steps = [f for f in frames if f.startswith(PLL)]
    recorded_steps = [line for line in text.splitlines() if line.startswith(PLL)]
    assert [steps[0], steps[-1]] == [recorded_steps[0], recorded_steps[-1]]
    assert len(steps) == {"bm1366": 70, "bm1368": 71, "bm1370": 76}[name]
    assert frames[-1].startswith(ROLLING + " 90 00 FF FF")


# Settings that ESP-Miner's search comes to, MHz and register.
BM1370_PLL = """
56.25 40BD0265; 62.5 40AF0264; 68.75 40A50254; 75 40A80263; 81.25 40B60263; 87.5 40A80253;
93.75 40B40253; 100 40A00243; 106.25 40AA0243; 112.5 40A20252; 125 40B40252; 150 40A80261;
175 40A80251; 200 40A00241; 225 40B40241; 243.75 50C30241; 250 40A00231; 300 40A80260;
306.25 50C40231; 350 40A80250; 400 40A00240; 406.25 50C30250; 450 40B40240; 500 40A00230;
525 40A80230
"""


@pytest.mark.parametrize("entry", [entry.split() for entry in BM1370_PLL.split(";")])
def test_pll(entry):
    frequency, value = entry
    setting = pll_for(BM1370, float(frequency))
    assert setting.frequency == float(frequency)
    assert f"{setting.value:08X}" == value


def test_ramp_is_steady():
    frequencies = [step.frequency for step in ramp(BM1366, 485.0)]
    assert all(0 < after - before < 13 for before, after in pairwise(frequencies))
    assert frequencies[-1] == pytest.approx(485, abs=0.3)


@pytest.mark.parametrize(
    ("model", "frequency", "chips", "value"),
    [
        (BM1370, 525, 1, 0x000C2FB7),
        (BM1370, 400, 1, 0x000FFEF4),
        (BM1370, 50, 1, 0x007FFEF4),
        (BM1366, 485, 1, 0x000D3224),
        (BM1368, 490, 1, 0x000D0FAC),
        (BM1370, 525, 2, 0x00061755),
    ],
)
def test_run_values(model, frequency, chips, value):
    setup = Setup(model=model, chips=chips, sluice=False, frequency=frequency)
    assert run_value(setup) == value


def test_addresses():
    def of(chips, model=BM1370, *, sluice=False):
        setup = Setup(model=model, chips=chips, sluice=sluice, frequency=500.0)
        return [f"{address:02X}" for address in addresses(setup)]

    assert of(6) == ["00", "2A", "54", "7E", "A8", "D2"]
    assert of(1) == ["00"]
    assert of(128)[-1] == "FE"
    # As ESP-Miner's driver has them; those of a Sluice divide the nonces evenly all the same.
    assert of(3, BM1373) == ["00", "10", "20"]
    assert of(4, BM1373, sluice=True) == ["00", "40", "80", "C0"]


def test_a_sluice_needs_no_ramp():
    setup = Setup(model=BM1368, chips=3, sluice=True, frequency=490.0)
    steps = list(set_up(setup))
    assert not any(isinstance(step, Pause) for step in steps)
    assert not any(getattr(step, "register", None) == Number.PLL0 for step in steps)
    assert run_value(setup)


@pytest.mark.parametrize("name", ["esp-miner bm1373", "s19j pro bm1362"])
def test_the_newer_ones(name):
    """What is sent is what their firmware sends, but for when the rate changes, and rolling."""
    sequence = SEQUENCES[name]
    chip = MODELS[sequence["model"]]
    frequency = {"bm1362": 525.0, "bm1373": 327.0}[chip.name]
    setup = Setup(model=chip, chips=1, sluice=False, frequency=frequency)
    sent = [bytes(step).hex(" ").upper() for step in set_up(setup) if not isinstance(step, Pause)]
    steps = [bytes.fromhex(frame).hex(" ").upper() for frame, *_ in sequence["steps"]]
    left_out = (PLL, ROLLING, BAUD, "55 AA 51 09 00 10", "55 AA 52")
    assert [f for f in sent if not f.startswith(left_out)] == [
        f for f in steps if not f.startswith(left_out)
    ]
