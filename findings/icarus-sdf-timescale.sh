#!/usr/bin/env bash
# Icarus Verilog 11.0 (Debian 12): $sdf_annotate and the unit of an SDF file.
#
# Run: a buffer in a module whose unit is 1 ps, annotated four times with a delay of 2 ns, which SDF writes as 2.0
# with (TIMESCALE 1ns), as 2000 with (TIMESCALE 1ps), as 20 with (TIMESCALE 100ps), and as 2000 with 1ns, which is 2 us.
# Guess: the simulator converts by TIMESCALE, which the standard has for this (IEEE 1497, "TIMESCALE"), so the first
# three are the same and the last is a thousand times longer. OpenSTA and OpenROAD write nanoseconds, such as 0.156.
# Seen: TIMESCALE is read and not used. Numbers are taken in the unit of the module, so the delays are 2, 2000, 20 and
# 2000 ps, and one of less than a nanosecond, written as OpenSTA does it, is none at all; no message says so. (It does
# not convert at finer precision either: in a module of 1 ps nothing behind the decimal point counts.)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -o APT::Sandbox::User=root download -qq iverilog=11.0-1.1+b1
dpkg -x iverilog_*.deb .
base=$(dirname "$(find "$folder/usr/lib" -name ivlpp)")
cat > top.v <<'VERILOG'
`timescale 1ps/1ps
module buffer(input a, output y);
  assign y = a;
  specify
    (a => y) = (7, 7);
  endspecify
endmodule
module top;
  reg a = 0;
  wire y;
  buffer b(.a(a), .y(y));
  initial begin
    $sdf_annotate("top.sdf");
    #1000000 a = 1;
    #5000000 $finish;
  end
  always @(posedge y) $display("%0t", $time - 1000000);
endmodule
VERILOG
delay() {
  cat > top.sdf <<SDF
(DELAYFILE (SDFVERSION "3.0") (DESIGN "top") (DIVIDER /) (TIMESCALE $1)
  (CELL (CELLTYPE "buffer") (INSTANCE b)
    (DELAY (ABSOLUTE (IOPATH a y ($2) ($2))))))
SDF
  usr/bin/iverilog -B "$base" -g2012 -gspecify -o top.vvp top.v
  usr/bin/vvp -M "$base" -n top.vvp
}
ns=$(delay 1ns 2.0) ps=$(delay 1ps 2000) tenth=$(delay 100ps 20) long=$(delay 1ns 2000) short=$(delay 1ns 0.156)
echo "2.0 ns: $ns ps; 2000 ps: $ps ps; 20 times 100 ps: $tenth ps; 2000 ns: $long ps; 0.156 ns: $short ps"
[ "$ns $ps $tenth $long $short" = "2 2000 20 2000 0" ]
