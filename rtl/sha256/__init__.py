"""SHA-256 (FIPS 180-4), written once over an abstract 32-bit word.

Vocabulary
----------
word
    32 bits. Words are numbers: bit 31 is the most significant. Wherever bytes become words, the
    first byte is the most significant one (FIPS 180-4 section 3.1).
block
    Sixteen words, the input of one compression.
state
    Eight words ``a`` to ``h``; also the chaining value ``H0`` to ``H7``.
schedule
    The words ``W0`` to ``W63`` that a block is expanded to.

Whoever wants the function on another kind of word (Python integers, hardware signals, nodes of a
graph) implements :class:`~sluice.rtl.sha256.word.Word` and calls the same text.
"""
