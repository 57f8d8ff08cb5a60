"""What each command of cgminer's API answers, from one snapshot."""

import platform
from collections.abc import Callable

from ...stats import Snapshot
from .message import Reply
from .rows import Row, chip_statistics, device, summary
from .rows import pool as pool_row

__all__ = ["answer"]

#: Version of the API that is answered.
API = "3.7"

#: Commands that change something: there is no way to show a token here.
PRIVILEGED = frozenset(
    [
        "addpool",
        "ascdisable",
        "ascenable",
        "ascidentify",
        "ascset",
        "debug",
        "disablepool",
        "enablepool",
        "failover-only",
        "hotplug",
        "lcd",
        "lockstats",
        "pgadisable",
        "pgaenable",
        "pgaidentify",
        "pgaset",
        "poolpriority",
        "poolquota",
        "privileged",
        "quit",
        "removepool",
        "restart",
        "save",
        "setconfig",
        "switchpool",
        "zero",
    ]
)

Command = Callable[[Snapshot, str], Reply]


def _version(now: Snapshot, _parameter: str) -> Reply:
    row: Row = {"CGMiner": f"sluice {now.version}", "API": API}
    return Reply(code=22, message="CGMiner versions", section="VERSION", item="VERSION", rows=[row])


def _config(now: Snapshot, _parameter: str) -> Reply:
    row: Row = {
        "ASC Count": len(now.chains),
        "PGA Count": 0,
        "Pool Count": len(now.pools),
        "Strategy": "Failover",
        "Log Interval": 5,
        "Device Code": "SLC ",
        "OS": platform.system(),
        "Hotplug": "None",
    }
    return Reply(code=33, message="CGMiner config", section="CONFIG", item="CONFIG", rows=[row])


def _summary(now: Snapshot, _parameter: str) -> Reply:
    rows = [summary(now)]
    return Reply(code=11, message="Summary", section="SUMMARY", item="SUMMARY", rows=rows)


def _pools(now: Snapshot, _parameter: str) -> Reply:
    rows = [pool_row(pool, now) for pool in now.pools]
    message = f"{len(rows)} Pool(s)"
    return Reply(code=7, message=message, section="POOLS", item="POOL", numbered=True, rows=rows)


def _devices(now: Snapshot, _parameter: str) -> Reply:
    rows = [device(chain, now) for chain in now.chains]
    message = f"{len(rows)} ASC(s)"
    return Reply(code=9, message=message, section="DEVS", item="ASC", numbered=True, rows=rows)


def _one_device(now: Snapshot, parameter: str) -> Reply:
    if not parameter.isdecimal():
        return Reply(status="E", code=16, message="Missing device id parameter")
    number = int(parameter)
    if number >= len(now.chains):
        return Reply(status="E", code=107, message=f"Invalid ASC id {number}")
    row: Row = {"ASC": number, **device(now.chains[number], now)}
    return Reply(code=106, message=f"ASC{number}", section="ASC", item="ASC", rows=[row])


def _device_count(now: Snapshot, _parameter: str) -> Reply:
    rows: list[Row] = [{"Count": len(now.chains)}]
    return Reply(code=104, message="ASC count", section="ASCS", item="ASCS", rows=rows)


def _details(now: Snapshot, _parameter: str) -> Reply:
    rows: list[Row] = [
        {
            "Name": "SLC",
            "ID": chain.index,
            "Driver": "sluice",
            "Kernel": "",
            "Model": chain.model.upper(),
            "Device Path": chain.path,
        }
        for chain in now.chains
    ]
    name = "DEVDETAILS"
    message = "Device Details"
    return Reply(code=69, message=message, section=name, item=name, numbered=True, rows=rows)


def _statistics(now: Snapshot, _parameter: str) -> Reply:
    rows: list[Row] = [
        {
            "ID": f"SLC{chain.index}",
            "Elapsed": int(now.uptime),
            "Calls": chain.jobs,
            "Baud": chain.baud,
            "Chips": len(chain.chips),
            "Failures": chain.failures,
            "Garbage Bytes": chain.garbage,
            **chip_statistics(chain),
        }
        for chain in now.chains
    ]
    rows += [
        {
            "ID": f"POOL{pool.index}",
            "Elapsed": int(now.uptime),
            "Calls": pool.counts.jobs,
            "Pool Calls": pool.counts.jobs,
            "Unanswered": pool.counts.unanswered,
            "Response Time": pool.counts.responses.last or 0.0,
            "Connections": pool.counts.connections,
        }
        for pool in now.pools
    ]
    message = "CGMiner stats"
    return Reply(code=70, message=message, section="STATS", item="STATS", numbered=True, rows=rows)


def _coin(now: Snapshot, _parameter: str) -> Reply:
    row: Row = {
        "Hash Method": "sha256",
        "LP": "true",
        "Network Difficulty": now.network_difficulty or 0.0,
    }
    return Reply(code=78, message="CGMiner coin", section="COIN", item="COIN", rows=[row])


def _check(_now: Snapshot, parameter: str) -> Reply:
    if not parameter:
        return Reply(status="E", code=71, message="Missing check cmd")
    row: Row = {
        "Exists": "Y" if parameter in COMMANDS or parameter in PRIVILEGED else "N",
        "Access": "Y" if parameter in COMMANDS else "N",
    }
    return Reply(code=72, message="Check command", section="CHECK", item="COMMAND", rows=[row])


COMMANDS: dict[str, Command] = {
    "version": _version,
    "config": _config,
    "summary": _summary,
    "pools": _pools,
    "devs": _devices,
    "edevs": _devices,
    "asc": _one_device,
    "asccount": _device_count,
    "devdetails": _details,
    "stats": _statistics,
    "coin": _coin,
    "check": _check,
}


def answer(command: str, parameter: str, now: Snapshot) -> Reply:
    """The reply to one command; what is unknown or not allowed is answered with an error."""
    if command in PRIVILEGED:
        message = f"Access denied to '{command}' command"
        return Reply(status="E", code=45, message=message)
    if command not in COMMANDS:
        return Reply(status="E", code=14, message="Invalid command")
    return COMMANDS[command](now, parameter)
