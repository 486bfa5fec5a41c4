"""What the command line asks of client.py."""

import argparse

SCENARIOS = ("unary-pingpong", "unary-load", "list", "sync-pingpong", "bytes")


class Parser(argparse.ArgumentParser):
    """Ends with the exit code for bad usage that the other programs have."""

    def error(self, message: str):
        self.print_usage()
        self.exit(64, f"{self.prog}: {message}\n")


def _between(least, most, kind):
    def amount(text: str):
        value = kind(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}")
        return value

    return amount


def parse() -> argparse.Namespace:
    parser = Parser(description="The load of the benchmark on grpcio's asyncio API.")
    parser.add_argument("--addr", required=True, help="HOST:PORT or unix:PATH")
    parser.add_argument("--scenario", required=True, choices=SCENARIOS)
    parser.add_argument(
        "--concurrency", type=_between(1, 100_000, int), help="calls or streams at a time; 32 for unary-load, else 1"
    )
    parser.add_argument("--channels", type=_between(1, 100_000, int), default=1, help="connections")
    parser.add_argument(
        "--threads", type=_between(1, 1_024, int), default=1, help="accepted and without effect: asyncio has one"
    )
    parser.add_argument("--duration-s", type=_between(0.001, 86_400, float), default=5.0)
    parser.add_argument("--warmup-s", type=_between(0, 86_400, float), default=1.0)
    parser.add_argument("--page", type=_between(1, 2**31 - 1, int), default=10_000, help="users a list call asks for")
    parser.add_argument("--size", type=_between(0, 2**30, int), default=65_536, help="bytes in the bytes' name")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--marks", action="store_true", help="print #begin and #end around the measured window")
    options = parser.parse_args()
    if options.concurrency is None:
        options.concurrency = 32 if options.scenario == "unary-load" else 1
    return options
