"""What the guard says of a count, and what it keeps."""

from guard import Row, table
from limits import Limit, read, write
from programs import Implementation


def test_a_limit_leaves_room_for_a_count_that_varies():
    assert Limit.above(10_000, allowed_percent=5) == Limit(10_000, 10_500)


def test_limits_are_read_as_they_were_written(tmp_path):
    limits = {"server, unary call": Limit(69_207, 72_667), "client, listed message": Limit(12_216, 12_826)}
    write(limits, tmp_path / "counts.json")
    assert read(tmp_path / "counts.json") == limits
    assert len((tmp_path / "counts.json").read_text().splitlines()) == 4


def test_a_count_up_to_its_limit_passes():
    assert not Row("a call", ours=105, floor=90, limit=Limit(100, 105)).is_over


def test_a_count_above_its_limit_fails_and_the_table_says_so():
    row = Row("a call", ours=106, floor=53, limit=Limit(100, 105))
    assert row.is_over
    line = table([row]).splitlines()[1]
    assert line.split() == ["a", "call", "106", "100", "105", "53", "2.00", "over", "the", "limit"]


def test_a_kind_of_call_without_a_limit_fails():
    row = Row("a new call", ours=1, floor=1, limit=None)
    assert row.is_over
    assert "has no limit" in table([row])


def test_a_raised_limit_leaves_the_room_that_its_kind_of_call_needs():
    assert Row("a call of many threads", ours=200, floor=90, limit=None, allowed_percent=30).raised.limit == Limit(200, 260)


def test_flags_are_for_the_side_that_is_counted():
    implementation = Implementation(("serve",), ("load",))
    assert implementation.run_with(("--pool",), "server") == Implementation(("serve", "--pool"), ("load",))
    assert implementation.run_with((), "client") == implementation
