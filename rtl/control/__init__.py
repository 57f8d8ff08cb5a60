"""Between the link and the cores: jobs become work, hits become results.

Vocabulary
----------
processor
    A small processor of 32-bit words with an accumulator. It takes jobs, computes midstates and job
    words, tells the cores their ranges of nonces, and checks hits by the whole hash.
batch
    What is hashed at one time: as many rolled versions as a core has lanes, over a range of nonces.
version counter
    The number of a rolled version; its bits are spread over the version mask, lowest first.
bank
    Where the processor keeps the words of a job. There are four or eight, so that hits of jobs that
    have been replaced can still be checked.
row
    A stretch of its memory, as long as its counter counts: a bank, and behind it other words.
parameter
    A register of the chip that the processor keeps a copy of in its memory.
segment
    A range of nonces that a core can count through: one value of the top seven bits.
"""
