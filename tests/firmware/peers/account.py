"""Whether the daemon lost a share: what the chips found against the pool's ledger."""

from collections import Counter
from dataclasses import dataclass, field

from tests.firmware.peers.judge import Verdict, difficulty_of

#: Seconds that a result may take to the pool, from when the daemon has read it.
GRACE = 1.0


@dataclass
class Account:
    """Good shares: `due` ones must have arrived, `lost` ones have not, and `excused` ones the pool
    made worthless before they could arrive. `easy` results are no shares."""

    due: int = 0
    lost: list = field(default_factory=list)
    excused: Counter = field(default_factory=Counter)
    easy: int = 0
    unknown: int = 0


def audit(tap, pool, *, until):
    """Compare what was found before `until`, seconds of the event loop's clock."""
    account = Account()
    arrived = {share.header: share for share in pool.shares}
    for found in tap.found:
        given = pool.serial(found.header)
        if given is None:
            account.unknown += 1
            continue
        job, session = given
        if difficulty_of(found.header) < job.difficulty:
            account.easy += 1
            continue
        reason = excuse(found, job, session, until)
        if reason:
            account.excused[reason] += 1
            continue
        account.due += 1
        share = arrived.get(found.header)
        if share is None or share.verdict is not Verdict.ACCEPTED:
            account.lost.append((found, job, share))
    return account


def excuse(found, job, session, until):
    """Why a good share need not have arrived, or an empty string."""
    end = found.at + GRACE
    if end > until:
        return "too late to say"
    if session.ended is not None and session.ended <= end:
        return "the connection was gone"
    if session.gone.get(job.job_id, end + 1) <= end:
        return "the job was gone"
    rolled = int.from_bytes(found.header[:4], "little") ^ job.version
    began = session.given[job.job_id]
    if rolled & ~job.mask:
        return "version bits not allowed"
    if any(began <= at <= end and mask != job.mask for at, mask in session.masks):
        return "the version mask changed"
    return ""
