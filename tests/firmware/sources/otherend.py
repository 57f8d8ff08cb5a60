"""The other end of Stratum v1 with a pool, without a connection."""

import json

from sluice.firmware.config import StratumSettings
from sluice.firmware.sources.stratum import StratumSource
from sluice.firmware.sources.stratum_v1 import StratumV1
from tests.firmware.sources.recorder import Recorder
from tests.firmware.work.templates import CAPTURE

USER = "bcrt1q3vfn5wrgnychddsnwwypvfr60axn2l9weav648.w1"


class Pool:
    """The other end of Stratum v1."""

    def __init__(self, *, rolling=True, **settings):
        settings = {"url": "stratum+tcp://pool.example:3333", "user": USER, **settings}
        self.listener = Recorder()
        self.source = StratumSource(0, StratumSettings(**settings), self.listener)
        self.heard = []
        self.miner = StratumV1(self.source, self.source.settings, self._hear, rolling=rolling)

    def _hear(self, lines):
        assert lines.endswith(b"\n")
        self.heard += [json.loads(line) for line in lines.splitlines()]

    def say(self, **message):
        return self.miner.take(json.dumps(message).encode())

    def tell(self, method, *params):
        return self.say(id=None, method=method, params=list(params))

    def begin(self, mask="1fffe000", **job):
        self.miner.greet()
        if self.heard[0]["id"] == 1:
            self.say(
                id=1, result={"version-rolling": True, "version-rolling.mask": mask}, error=None
            )
        self.say(id=2, result=[[], "4128064f", 4], error=None)
        self.notify(**job)

    def notify(self, job_id="1", version="20000000", previous=None, clean=True):
        params = list(CAPTURE["notify"]["params"])
        params[0], params[5], params[6], params[8] = job_id, version, "207fffff", clean
        params[1] = previous or params[1]
        return self.tell("mining.notify", *params)

    @property
    def template(self):
        return self.listener.templates[-1]

    @property
    def counts(self):
        return self.source.counts
