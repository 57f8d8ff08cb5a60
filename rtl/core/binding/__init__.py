"""Bindings: how the operations of the double hash lie on hardware, see docs/folding.md.

A binding gives each operation a unit and a slot. Slots are counted from the beginning of a nonce's
first period; modulo the folding factor ``N`` they are slots of the hardware.
"""
