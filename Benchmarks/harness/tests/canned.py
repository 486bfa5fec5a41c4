"""A small report as if it had been measured, with round figures."""

from harness.steps import CodecStep, GrowthStep, IdleStep, LoadStep

# CPU of server and of client per operation in us, with the floor on the other side.
_FLOOR_US = 10.0


def load(section, server, client, round_number=1, *, server_us, client_us, error=None, scenario="unary-load", **more):
    placement = more.pop("placement", "pinned")
    report = {
        "ops": 1_000, "calls": 1_000, "seconds": 1.0, "ops_per_s": 1_000.0, "calls_per_s": 1_000.0, "mb_per_s": 2.0,
        "p50_us": 100.0, "p90_us": 150.0, "p99_us": 200.0, "p999_us": 300.0, **more.pop("report", {}),
    }  # fmt: skip
    step = LoadStep(section, placement, scenario, server, client, round_number, 1, 0.1, **more)
    measured = {
        "report": report,
        "server_us": server_us,
        "client_us": client_us,
        "server_peak_kib": 20_480,
        "client_peak_kib": 10_240,
    }
    return {**step.record(), **({} if error else measured), "error": error}


def records():
    found = []
    for round_number, pace in ((1, 1.0), (2, 2.0), (3, 1.5)):
        us = _FLOOR_US * pace
        found += [
            load("tables", "floor", "floor", round_number, server_us=us, client_us=us),
            load("tables", "thin", "floor", round_number, server_us=us * 1.1, client_us=us),
            load("tables", "floor", "thin", round_number, server_us=us, client_us=us * 1.3),
            load("tables", "thin", "thin", round_number, server_us=us * 1.1, client_us=us * 1.3),
            load("tables", "thin-global-pool", "floor", round_number, server_us=us * 2, client_us=us),
            load("tables", "floor-static", "floor", round_number, server_us=us * 0.88, client_us=us),
        ]
    for name in ("thin", "floor"):
        for concurrency in (1, 1_000):
            found.append(load("concurrency", name, name, server_us=10, client_us=10, concurrency=concurrency))
        for size in (0, 1 << 20):
            found.append(load("size", name, name, server_us=10, client_us=10, size=size, scenario="bytes"))
        for streams in (0, 1_000):
            idle = IdleStep(name, "floor", streams, 1).record()
            found.append({**idle, "server_kib": 10_240 + 4 * streams, "client_kib": 5_120 + 2 * streams, "error": None})
    for name, us, payload in (("thin", 10, 100), ("rest", 25, 400)):
        report = {"p50_us": us * 3.0, "request_bytes": payload, "response_bytes": payload}
        report |= {"calls_per_s": 1_000 / us, "ops_per_s": 1_000 / us}
        found.append(load("rest", name, name, server_us=us, client_us=us, task="get", concurrency=1, report=report))
    samples = [[float(second), 20_480 + second, 10_240] for second in range(1, 101)]
    found.append({**GrowthStep("thin", "thin", 100).record(), "samples": samples, "report": {}, "error": None})
    codec = [
        {"shape": "user", "implementation": name, "encode_ns": ns, "decode_ns": ns, "bytes": 67}
        for name, ns in (("thin", 100), ("thin-call", 110), ("swift-protobuf", 210), ("c", 90), ("c-arena", 80), ("c-call", 100))
    ]
    codec += [
        {
            "shape": shape, "implementation": name, "encode_ns": ns, "decode_ns": 2 * ns, "bytes": 67,
            "json_encode_ns": 3 * ns, "json_decode_ns": 4 * ns * pace, "json_bytes": 120,
        }
        for shape, pace in (("small", 1), ("blob", 2))
        for name, ns in (("thin", 100), ("swift-protobuf", 150))
    ]  # fmt: skip
    found.append({**CodecStep(3).record(), "results": codec, "error": None})
    found.append(
        load("tables", "cpp", "cpp", server_us=0, client_us=0, error="cpp-client ended with exit code 1", scenario="list")
    )
    return found


def report():
    return {
        "format": 1, "begun": "2030-01-01 00:00 UTC", "ended": "2030-01-01 00:01 UTC", "complete": False, "quick": True,
        "options": {
            "peers": ["thin", "floor", "cpp"], "variants": ["thin-global-pool", "floor-static"],
            "sections": ["pinned", "concurrency"], "rounds": 3, "curve_rounds": 1,
            "duration_s": 1, "warmup_s": 0.1, "growth_s": 100,
        },
        "environment": {
            "kernel": "Linux 6.1", "processor": "A <fast> one", "cores": 2, "pinned_to_core": 1, "memory_mib": 1_024,
            "load_average_at_start": 0.1, "commit": "0123456789ab", "versions": {"swift": "6.2"},
        },
        "records": records(),
    }  # fmt: skip
