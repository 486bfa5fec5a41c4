"""The load of the benchmark on grpcio's asyncio API."""

import asyncio
import contextlib
import signal
import sys

import grpc

from measurement import Measurement
from options import parse
from report import as_json, as_text, report
from scenarios import BY_NAME
from user_protos import stubs

# How long after the window the run is broken off: a server that hangs must not hang the benchmark.
PATIENCE_S = 30

CHANNEL_OPTIONS = [
    # Retrying costs a buffered copy of each request, and nothing here needs it.
    ("grpc.enable_retries", 0),
    # The benchmark measures the server it names, whatever the environment says.
    ("grpc.enable_http_proxy", 0),
    # Each channel has a connection of its own.
    ("grpc.use_local_subchannel_pool", 1),
]


async def run_lane(users, measurement: Measurement, options, index: int):
    """One lane of calls. A call that fails ends the run: its figures mean nothing any more."""
    try:
        await BY_NAME[options.scenario](users, measurement, options, index)
    except grpc.aio.AioRpcError as error:
        measurement.fail(f"status {error.code().value[0]}: {error.details()}")
        measurement.stop()


async def run(options) -> Measurement:
    measurement = Measurement(options)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, measurement.stop)
    async with contextlib.AsyncExitStack() as stack:
        users = []
        for _ in range(options.channels):
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(options.addr, CHANNEL_OPTIONS))
            users.append(stubs.UserServiceStub(channel))
        lanes = [
            asyncio.create_task(run_lane(users[index % len(users)], measurement, options, index))
            for index in range(options.concurrency)
        ]
        await measurement.run_window()
        ended, silent = await asyncio.wait(lanes, timeout=PATIENCE_S)
        if silent:
            measurement.fail(f"the server did not answer for {PATIENCE_S} s")
            for lane in silent:
                lane.cancel()
            await asyncio.gather(*silent, return_exceptions=True)
        for lane in ended:
            # A mistake in this program, not in the server.
            if error := lane.exception():
                raise error
    # A run that never reached its window has measured nothing, which is no success.
    if measurement.seconds == 0 and measurement.errors == 0:
        measurement.fail("the run ended before its measured window")
    return measurement


def main() -> int:
    options = parse()
    measurement = asyncio.run(run(options))
    result = report(options, measurement)
    print(as_json(result) if options.json else as_text(result), flush=True)
    return 1 if measurement.errors else 0


if __name__ == "__main__":
    sys.exit(main())
