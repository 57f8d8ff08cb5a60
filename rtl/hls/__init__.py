"""High-level synthesis: from the text of a word function to hardware of any size.

Vocabulary
----------
node
    One 32-bit word: a constant, an input, or an operation on other nodes.
binding time
    When a word is known: as a *constant* when the hardware is made, with the *slot*, with the
    *job*, or with the *nonce*, that is, anew each time.
job word
    A word known with the job that hardware needs: computed by the job program, not by the hardware.
slot
    One use of the hardware of a graph. A graph of ``N`` slots, the folding factor, is used so often
    for a nonce, with other constants and choices each time.
back-edge
    A word that an earlier slot has made; how many slots earlier is its distance. What a memory
    carries comes from an earlier slot as well, one that differs from slot to slot.
cycle of a node
    The cycle of a slot in which the node's operation fires. Its word can be used in the same cycle
    without a register, and later through registers.
threads
    The cycles of a slot, which is the initiation interval: as many nonces as that take turns in the
    same hardware, one behind the other (C-slow).
lifetime
    Cycles from the firing of a node to its last use: the registers that it needs.
delay line
    A stretch of a lifetime without a use, long enough to be kept in block RAM.

The way through the room, each link a file::

    trace -> reassociate -> schedule -> check -> lifetimes -> codegen
    (text)   (order of      (cycle of   (replay  (registers   (Amaranth
             adding, what   each node)  of it)   and RAM)     component)
             an adder takes)

``interpret`` is the model of everything made from a graph, ``job_program`` what the controller
computes once a job, ``delay_model`` and :mod:`sluice.rtl.target` say what a device is like.
"""
