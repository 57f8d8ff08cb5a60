"""Compiled simulation: hardware as a shared object, real headers in, nonces out.

Vocabulary
----------
model
    A design compiled by Verilator and the C++ compiler, loaded into this process.
harness
    The C++ file around a model: a clock, the streams of its ports, a buffer of what came out.
catalogue
    Headers of real blocks, whose nonces the simulated hardware has to find.
reference
    The independent double SHA-256 that confirms every hit before it is shown.
"""
