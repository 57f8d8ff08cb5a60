"""The clock of tests' event loops."""

import asyncio
import socket
import time


async def test_a_stop_costs_no_time():
    """What has come while the process was stopped has come in time."""
    loop = asyncio.get_running_loop()
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)

        async def answer():
            await asyncio.sleep(0.01)
            time.sleep(0.3)  # as if the machine did something else
            far.send(b"x")

        answering = asyncio.create_task(answer())
        async with asyncio.timeout(0.1):
            assert await loop.sock_recv(near, 1) == b"x"
        await answering


async def test_waits_take_their_time():
    loop = asyncio.get_running_loop()
    begun, really = loop.time(), time.monotonic()
    await asyncio.sleep(0.05)
    assert loop.time() - begun >= 0.05
    assert time.monotonic() - really >= 0.049


async def test_work_takes_its_time():
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() < begun + 0.02:
        pass
