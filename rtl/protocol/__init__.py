"""The serial protocol of the BM13xx chips (BM1362 to BM1373), from the host's side, in pure Python.

Vocabulary
----------
frame
    What travels as one unit: preamble, body, check. Towards the chip ``55 AA``, towards the host
    ``AA 55``.
command
    A short frame towards the chip that reads or writes a register or deals out addresses.
job
    The 88-byte frame that carries a block header to hash.
response
    What a chip sends: a register's value, or a nonce.
rolled bits
    Header version bits 28:13, the sixteen bits that a chip may change on its own.

Byte order
----------
Each boundary, said once:

- A *header* (:mod:`.header`) is 80 bytes as they are hashed. Its integers (version, time, bits,
  nonce) are little-endian in it, as everywhere in Bitcoin. Its *words* ``W0`` to ``W19`` are
  big-endian, as SHA-256 takes them.
- A *job frame* (:mod:`.jobs`) carries the same words in reverse order, ``W19`` first, each with its
  bytes as they stand in the header.
- A *nonce response* (:mod:`.responses`) carries ``W19`` most significant byte first, which is again
  the bytes as they stand in the header. Nonces of responses are the number ``W19``.
- Register values, rolled bits and CRC16 travel most significant byte first in both directions.

No module here knows a serial port: they turn bytes into objects and back.
"""
