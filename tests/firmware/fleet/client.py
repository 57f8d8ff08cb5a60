"""Runs where pyasic is and nothing of ours; prints what it finds at an address, as JSON."""

import asyncio
import json
import sys

import pyasic
from pyasic.rpc.cgminer import CGMinerRPCAPI


async def look(address):
    miner = await pyasic.get_miner(address)
    if miner is None:
        return None
    data = await miner.get_data()
    info = await miner.web.system_info()
    cgminer = CGMinerRPCAPI(address)
    both = await cgminer.multicommand("summary", "pools")
    return {
        "class": type(miner).__name__,
        "model": str(data.model),
        "hashrate": float(data.hashrate) * 1e12,
        "expected": float(data.expected_hashrate) * 1e12,
        "daemon expects": info.get("expectedHashrate", 0.0) * 1e9,
        "chips": data.total_chips,
        "uptime": data.uptime,
        "pools": [str(pool.url) for group in data.config.pools.groups for pool in group.pools],
        "accepted": info["sharesAccepted"],
        "rejected": info["sharesRejected"],
        "cgminer pools": [pool["URL"] for pool in both["pools"][0]["POOLS"]],
        "cgminer accepted": both["summary"][0]["SUMMARY"][0]["Accepted"],
        "cgminer MHS": both["summary"][0]["SUMMARY"][0]["MHS 1m"],
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(look(sys.argv[1]))))
