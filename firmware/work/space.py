"""Headers that have been given out, where extranonce2 has too few values to be a counter."""

from collections import OrderedDict
from collections.abc import Hashable

from sluice.rtl.protocol.versions import ROLLED_SHIFT, ROLLED_WIDTH

from .template import Template

__all__ = ["SMALL", "Spaces"]

#: Bytes of extranonce2 from which on it never comes round: a job a millisecond for 49 days.
SMALL = 4

#: Places in chain and coinbase that are remembered.
REMEMBERED = 64

_FIELD = ((1 << ROLLED_WIDTH) - 1) << ROLLED_SHIFT


class Spaces:
    """Gives each time and extranonce2 out once, for whatever is the same but for version bits.

    When extranonce2 has taken all its values the time goes one second further, as far as the
    template lets it: a pool that gives no room in the coinbase still gets no share twice.
    """

    def __init__(self) -> None:
        self._given: OrderedDict[Hashable, tuple[int, int]] = OrderedDict()

    def take(self, template: Template, ntime: int) -> tuple[int, int] | None:
        """Time and index of extranonce2 for the next job; ``None`` if there is none at the moment.

        Parameters
        ----------
        template
            Of which a job is to be made.
        ntime
            Where its time stands.
        """
        # Jobs that differ in bits which chips roll have headers in common.
        place = (
            template.version & ~_FIELD,
            template.previous,
            template.bits,
            template.coinbase1,
            template.extranonce1,
            template.extranonce2_size,
            template.coinbase2,
            template.branch,
        )
        last, count = self._given.get(place, (ntime, 0))
        if ntime > last:
            last, count = ntime, 0
        if count == 1 << 8 * template.extranonce2_size:
            last, count = last + 1, 0
        if last > min(template.time + template.roll, 0xFFFFFFFF):
            return None
        self._given[place] = last, count + 1
        self._given.move_to_end(place)
        if len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        return last, count
