#!/usr/bin/env bash
# pyserial 3.5, Linux: whom `exclusive=True` keeps away from a serial port.
#
# Run: a pseudo-terminal opened with exclusive=True at 115,200 baud, then opened again, by Python 3.11.
# Guess: nobody else can open the port meanwhile, as with the kernel's TIOCEXCL.
# Seen: it is a lock (flock) that only those ask for who say exclusive=True too. Whoever opens the port
# with the default gets in, takes the bytes that come for the first one, and changes the rate of the line
# for both; the first one's `baudrate` still says the old one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyserial==3.5
"$folder/venv/bin/python" - <<'PYTHON'
import os
import termios
import tty

import serial

master, slave = os.openpty()
tty.setraw(slave)
name = os.ttyname(slave)
first = serial.Serial(name, 115200, timeout=1, exclusive=True)
try:
    serial.Serial(name, 115200, exclusive=True)
    refused = False
except serial.SerialException:
    refused = True
print(f"opened again with exclusive=True: {'refused' if refused else 'opened'}")
second = serial.Serial(name, 9600, timeout=1)
os.write(master, b"an answer")
taken, left = second.read(9), first.read(9)
rate = {termios.B9600: 9600, termios.B115200: 115200}[termios.tcgetattr(first.fd)[5]]
print(f"opened again with the default: opened; it reads {taken}, the first one {left}")
print(f"rate of the line: {rate}, while the first one's baudrate says {first.baudrate}")
seen = (refused, taken, left, rate, first.baudrate)
assert seen == (True, b"an answer", b"", 9600, 115200), "pyserial has changed"
PYTHON
