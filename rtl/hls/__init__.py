"""From the text of a word function to pipelined hardware.

Vocabulary
----------
node
    One 32-bit word: a constant, an input, or an operation on other nodes.
binding time
    When a word is known: as a *constant* when the hardware is made, with the *job*, or with the
    *nonce*, that is, in every clock anew.
job word
    A word known with the job that hardware needs: computed by the job program, not by the pipeline.
clock of a node
    The clock, counted from the one in which the nonce enters, in which the node's operation fires.
    Its word can be used in the same clock without a register, and later through registers.
lifetime
    Clocks from the firing of a node to its last use: the registers that it needs.
delay line
    A stretch of a lifetime without a use, long enough to be kept in block RAM.

The way through the room::

    trace -> sums -> fuse -> schedule -> storage -> lower
    (text)  (order  (what   (clock of   (registers (Amaranth
            of      an adder each node)  and RAM)   component)
            adding) absorbs)
"""
