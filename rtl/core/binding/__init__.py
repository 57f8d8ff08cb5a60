"""Bindings: how the operations of the double hash lie on hardware.

Vocabulary
----------
slot
    A step of the hardware: every unit does one operation in it.
folding factor
    ``N``, the slots after which the same units do the same operations for the next nonce.
period
    ``N`` slots. A nonce may take more than one: the next ones are on their way behind it then.
binding
    A unit and a slot for each operation of the double hash. Slots are counted from the beginning
    of a nonce's first period; modulo ``N`` they are slots of the hardware.
engine
    The units that do rounds, and what makes their schedule words.
"""
