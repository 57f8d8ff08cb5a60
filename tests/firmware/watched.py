"""The daemon in a process of its own that tells, line by line, what it takes of the machine.

`python -m tests.firmware.watched CONFIG SECONDS` is `sluice mine --config CONFIG`, and every so
many seconds prints a JSON object: resident memory in KiB, tasks, open file handles.
"""

import asyncio
import gc
import json
import sys
from pathlib import Path

from sluice.firmware.cli import run
from sluice.firmware.config import load
from sluice.firmware.logs import set_up_logs


def resident():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError


def usage():
    # The listing itself opens one.
    handles = len(list(Path("/proc/self/fd").iterdir())) - 1
    return {"memory": resident(), "tasks": len(asyncio.all_tasks()), "handles": handles}


async def tell(every):
    while True:
        gc.collect()
        print(json.dumps(usage()), flush=True)
        await asyncio.sleep(every)


async def main(path, every):
    settings = load(path)
    set_up_logs(settings.log, quiet=False)
    telling = asyncio.create_task(tell(every))
    try:
        await run(settings, shown=False)
    finally:
        telling.cancel()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
