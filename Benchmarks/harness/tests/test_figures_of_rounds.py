"""Medians, ratios and the tables made of them."""

import pytest
from canned import load, records
from harness import claims, codec_table, curves, tables
from harness.medians import paired_ratio, spread


def test_a_spread_has_the_median_and_both_ends():
    assert (found := spread([3, 1, 2])) and (found.median, found.low, found.high, found.rounds) == (2, 1, 3, 3)
    assert spread([]) is None


def test_a_ratio_is_taken_round_by_round():
    # The machine was twice as slow in the second round, for both.
    ratio = paired_ratio({1: 11, 2: 22}, {1: 10, 2: 20})
    assert (ratio.low, ratio.high) == pytest.approx((1.1, 1.1))
    assert paired_ratio({1: 5}, {2: 5}) is None


def test_each_side_is_relative_to_the_floor_on_that_side():
    def ratio(side, name):
        return tables.cell(records(), "pinned", "unary-load", side, name).ratio.median

    assert ratio("server", "thin") == pytest.approx(1.1)
    assert ratio("client", "thin") == pytest.approx(1.3)
    assert ratio("both", "thin") == pytest.approx(1.2)
    assert ratio("both", "floor") == 1
    assert ratio("server", "thin-global-pool") == 2


def test_only_what_is_dearer_than_the_bar_is_above_it():
    assert tables.above_bar(records()) == ["unary-load, client: 1.30x", "unary-load, both: 1.20x"]


def test_what_failed_is_in_no_table():
    assert tables.cell(records(), "pinned", "list", "both", "cpp") is None


def test_a_curve_has_the_median_of_the_rounds_at_each_point():
    rows = [
        load("concurrency", "thin", "thin", number, server_us=us, client_us=0, concurrency=5)
        for number, us in ((1, 10), (2, 30), (3, 11))
    ]
    (one,) = curves.series(rows, "concurrency", "concurrency", curves.cost_of_both)
    assert (one.name, one.points) == ("thin", [(5, 11)])


def test_memory_of_a_stream_and_growth():
    by_name = {one.name: one for one in curves.idle_series(records(), "server")}
    assert curves.kib_a_stream(by_name["thin"].points) == pytest.approx(4)
    (growth_record,) = tables.select(records(), section="growth")
    server, client = curves.growth(growth_record)
    assert client.growth == 0
    assert server.growth == pytest.approx(72 / 1024)


def test_claims_get_a_verdict_each():
    payload, latency, throughput, cpu = claims.claims(records(), "pinned")
    assert (payload.amounts, payload.verdict("get")) == ({"get": 4}, "as claimed")
    assert (latency.amounts, latency.verdict("get")) == ({"get": 2.5}, "as claimed")
    assert (throughput.amounts, throughput.verdict("get")) == ({"get": 2.5}, "less than claimed")
    assert (cpu.amounts["get"], cpu.verdict("get")) == (pytest.approx(60), "more than claimed")


def test_a_page_counts_as_one_call():
    row = load(
        "rest", "thin", "thin", server_us=1, client_us=1,
        report={"ops_per_s": 1_000, "calls_per_s": 10, "request_bytes": 0.1, "response_bytes": 50},
    )  # fmt: skip
    assert claims.per_call(row) == 200
    assert claims.bytes_a_call(row["report"]) == pytest.approx(5_010)


def test_the_codec_is_relative_to_ours():
    ratios = {row.implementation: row.ratio for row in codec_table.rows(records()) if row.shape == "user"}
    assert ratios == {"thin": 1, "thin-call": 1.1, "swift-protobuf": 2.1, "c": 0.9, "c-arena": 0.8, "c-call": 1}


def test_the_codec_is_held_against_the_faster_c():
    faster, slower, in_calls, in_shapes = codec_table.headline(records())
    assert "2.10 times as fast as with swift-protobuf" in faster
    assert "1.25x what it costs with protobuf-c" in slower
    assert "1.10x what C costs" in in_calls
    assert "all of 2 shapes" in in_shapes and "at least 1.50 times" in in_shapes


def test_json_has_rows_only_where_it_was_measured():
    rows = codec_table.json_rows(records())
    assert [(row.shape, row.implementation, row.ratio) for row in rows] == [
        ("small", "thin", 1), ("small", "swift-protobuf", 1.5), ("blob", "thin", 1), ("blob", "swift-protobuf", 1.5),
    ]  # fmt: skip
    assert (rows[2].encode_ns, rows[2].decode_ns, rows[2].bytes) == (300, 800, 120)


def test_a_shape_that_is_behind_in_binary_is_said():
    step = next(record for record in records() if record["section"] == "codec")
    slow = {"encode_ns": 200, "json_encode_ns": 900}
    results = [
        {**result, **slow} if (result["shape"], result["implementation"]) == ("blob", "thin") else result
        for result in step["results"]
    ]
    small, blob = codec_table.comparisons([{**step, "results": results}])
    assert small.times == {"encode_ns": 1.5, "decode_ns": 1.5, "json_encode_ns": 1.5, "json_decode_ns": 1.5}
    assert [key for key in blob.times if blob.times[key] < 1] == ["encode_ns", "json_encode_ns"]
    assert [key for key in blob.times if blob.is_behind(key)] == ["encode_ns"]
    assert "behind swift-protobuf in binary here: blob, encode" in codec_table.headline(
        [{**step, "results": results}]
    )[-1]
