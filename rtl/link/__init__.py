"""The link: a chip's serial ports, from pins to jobs, results and registers.

::

    rx ──► UartReceiver ──► CommandReceiver ─┬─► FrameFifo ──► FrameTransmitter ──► next_tx
                                             ├─► JobBuffer ──► jobs
                                             └─► RegisterFile ──► control
                                                      │   ◄── status, results
                                                 FrameFifo
                                                      ▼
    tx ◄── UartTransmitter ◄── FrameTransmitter ◄── Arbiter
                                                      ▲
                                                 FrameFifo ◄── ResponseReceiver ◄── next_rx

Vocabulary
----------
near, far
    The ports towards the host, and those towards the next chip of the chain.
tick
    A pulse eight times a bit.
body
    What stands between the preamble and the end of a frame, check included.

Everything lives in the domain ``sync``, the link clock. Its reset is the chip's: afterwards the
rate is 115200 baud, the address 0, every register as :mod:`sluice.rtl.protocol.registers` says.

Nothing of a frame takes effect before its check has passed. A damaged frame goes nowhere: it is
neither obeyed nor handed to the next chip, and one from behind is not handed to the host. It is
counted.
"""
