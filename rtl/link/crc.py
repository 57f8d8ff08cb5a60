"""The two CRCs of the wire as hardware: Amaranth's, with the protocol's parameters."""

from amaranth.lib.crc import Algorithm

from sluice.rtl.protocol import crc

__all__ = ["CRC5", "CRC16"]


def _algorithm(parameters: crc.Crc) -> Algorithm:
    return Algorithm(
        crc_width=parameters.width,
        polynomial=parameters.polynomial,
        initial_crc=parameters.initial,
        reflect_input=False,
        reflect_output=False,
        xor_output=0,
    )


#: Commands and responses.
CRC5 = _algorithm(crc.CRC5)

#: Jobs.
CRC16 = _algorithm(crc.CRC16)
