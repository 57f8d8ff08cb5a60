"""What each command of cgminer's API answers, from one snapshot."""

import platform
from collections.abc import Callable, Sequence

from ...stats import Chain, ChainState, Pool, Snapshot
from . import rows
from .message import UNKNOWN, Reply, Row
from .values import difficulty, moment

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

#: Commands that have a parameter, and so cannot be joined with others.
SINGLE = frozenset(["asc", "check", "pga"])

#: Systems by the names that cgminer has for them.
SYSTEMS = {"Linux": "Linux", "Darwin": "Apple", "Windows": "Windows"}

Command = Callable[[Snapshot, str], Reply]


def _one(code: int, message: str, section: str, row: Row) -> Reply:
    return Reply(code=code, message=message, section=section, head=section, rows=[row])


def _refused(code: int, message: str) -> Reply:
    return Reply(status="E", code=code, message=message)


def _version(now: Snapshot, _parameter: str) -> Reply:
    row: Row = {"CGMiner": f"sluice {now.version}", "API": API}
    return _one(22, "CGMiner versions", "VERSION", row)


def _config(now: Snapshot, _parameter: str) -> Reply:
    row: Row = {
        "ASC Count": len(now.chains),
        "PGA Count": 0,
        "Pool Count": len(now.pools),
        "Strategy": "Failover",
        "Log Interval": 5,
        "Device Code": "SLC ",
        "OS": SYSTEMS.get(platform.system(), "Unix"),
        "Hotplug": "None",
    }
    return _one(33, "CGMiner config", "CONFIG", row)


def _summary(now: Snapshot, _parameter: str) -> Reply:
    return _one(11, "Summary", "SUMMARY", rows.summary(now))


def _pools(now: Snapshot, _parameter: str) -> Reply:
    if not now.pools:
        return _refused(8, "No pools")
    found = [rows.pool(pool) for pool in now.pools]
    return Reply(code=7, message=f"{len(found)} Pool(s)", section="POOLS", rows=found)


def _there(now: Snapshot, parameter: str) -> list[Chain]:
    """Devices that are not gone, or were not so many seconds ago."""
    recent = now.at - float(parameter) if parameter.isdecimal() else now.at
    return [
        chain
        for chain in now.chains
        if chain.state is not ChainState.FAILED or (chain.failed_at or 0.0) > recent
    ]


def _listed(now: Snapshot, chains: Sequence[Chain]) -> Reply:
    if not now.chains:
        return _refused(10, "No ASCs")
    found = [rows.device(chain, now) for chain in chains]
    return Reply(code=9, message=f"{len(now.chains)} ASC(s)", section="DEVS", rows=found)


def _devices(now: Snapshot, _parameter: str) -> Reply:
    return _listed(now, now.chains)


def _devices_there(now: Snapshot, parameter: str) -> Reply:
    return _listed(now, _there(now, parameter))


def _one_device(now: Snapshot, parameter: str) -> Reply:
    if not now.chains:
        return _refused(105, "No ASCs")
    if not parameter.isdecimal():
        return _refused(15, "Missing device id parameter")
    number, last = int(parameter), len(now.chains) - 1
    if number > last:
        return _refused(107, f"Invalid ASC id {number} - range is 0 - {last}")
    row = rows.device(now.chains[number], now)
    return Reply(code=106, message=f"ASC{number}", section="ASC", rows=[row])


def _no_fpga(_now: Snapshot, _parameter: str) -> Reply:
    return _refused(56, "No PGAs")


def _fpga_count(_now: Snapshot, _parameter: str) -> Reply:
    return _one(59, "PGA count", "PGAS", {"Count": 0})


def _device_count(now: Snapshot, _parameter: str) -> Reply:
    return _one(104, "ASC count", "ASCS", {"Count": len(now.chains)})


def _notify(now: Snapshot, _parameter: str) -> Reply:
    if not now.chains:
        return _refused(10, "No ASCs")
    found = [rows.notice(chain, now) for chain in now.chains]
    return Reply(code=60, message="Notify", section="NOTIFY", rows=found)


def _details(now: Snapshot, _parameter: str) -> Reply:
    if not now.chains:
        return _refused(10, "No ASCs")
    found: list[Row] = [
        {
            "DEVDETAILS": chain.index,
            "Name": "SLC",
            "ID": chain.index,
            "Driver": "sluice",
            "Kernel": "",
            "Model": chain.model.upper(),
            "Device Path": chain.path,
        }
        for chain in now.chains
    ]
    return Reply(code=69, message="Device Details", section="DEVDETAILS", rows=found)


def _of(now: Snapshot, holders: Sequence[Chain | Pool]) -> Reply:
    found = [rows.statistics(number, holder, now) for number, holder in enumerate(holders)]
    return Reply(code=70, message="CGMiner stats", section="STATS", rows=found)


def _statistics(now: Snapshot, _parameter: str) -> Reply:
    return _of(now, [*now.chains, *now.pools])


def _statistics_there(now: Snapshot, parameter: str) -> Reply:
    return _of(now, _there(now, parameter))


def _coin(now: Snapshot, _parameter: str) -> Reply:
    row: Row = {
        "Hash Method": "sha256",
        "Current Block Time": moment(now.tip.since),
        "Current Block Hash": now.tip.hash,
        "LP": any(pool.kind == "solo" for pool in now.pools),
        "Network Difficulty": difficulty(now.network_difficulty or 0.0),
    }
    return _one(78, "CGMiner coin", "COIN", row)


def _usb(_now: Snapshot, _parameter: str) -> Reply:
    return Reply(status="I", code=88, message="No USB Statistics")


def _lcd(now: Snapshot, _parameter: str) -> Reply:
    return _one(125, "LCD", "LCD", rows.lcd(now))


def _check(_now: Snapshot, parameter: str) -> Reply:
    if not parameter:
        return _refused(71, "Missing check cmd")
    row: Row = {
        "Exists": "Y" if parameter in COMMANDS or parameter in PRIVILEGED else "N",
        "Access": "Y" if parameter in COMMANDS else "N",
    }
    return _one(72, "Check command", "CHECK", row)


#: All that only read.
COMMANDS: dict[str, Command] = {
    "version": _version,
    "config": _config,
    "summary": _summary,
    "pools": _pools,
    "devs": _devices,
    "edevs": _devices_there,
    "pga": _no_fpga,
    "pgacount": _fpga_count,
    "asc": _one_device,
    "asccount": _device_count,
    "notify": _notify,
    "devdetails": _details,
    "stats": _statistics,
    "estats": _statistics_there,
    "coin": _coin,
    "usbstats": _usb,
    "lcd": _lcd,
    "check": _check,
}


def answer(command: str, parameter: str, now: Snapshot, *, joined: bool = False) -> Reply:
    """The reply to one command; what is unknown or not allowed is answered with an error."""
    if command in PRIVILEGED or (joined and command in SINGLE):
        return _refused(45, f"Access denied to '{command}' command")
    if command not in COMMANDS:
        return _refused(UNKNOWN, "Invalid command")
    return COMMANDS[command](now, parameter)
