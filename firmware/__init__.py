"""The miner daemon: takes work from a pool or a node, has chips hash it, hands in what they find.

Vocabulary
----------
source
    Where work comes from: a Stratum pool, a node (*solo*), or nowhere (*benchmark*). Several, in
    order of priority; the best one that works is the *active* one.
template
    What a source asks to be hashed, before extranonce2, time and version are chosen.
job
    A template with all that chosen: one block header, which chips vary in nonce and version.
result
    A nonce that a chip reports. Every one is put into its header again and hashed by the host.
share
    A result that is good enough for the source: it is submitted.
port, chain
    A serial port, and the chips that are reached through it.
difficulty
    ``0xFFFF * 2**208 / hash``. One unit takes 2^32 hashes on average.

Numbers that people see are in SI units: hashes a second, seconds, bits a second, unix time.
"""
