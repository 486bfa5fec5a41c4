"""Encoding and decoding beside the other engines of protobuf."""

from dataclasses import dataclass

from .tables import select

# What ThinGRPC wants to be for a user of the table: that much faster than swift-protobuf, and no more than that much slower
# than protobuf-c's C structs.
FASTER_THAN_SWIFT_PROTOBUF = 2.0
SLOWER_THAN_C = 1.5

_USER = "user"
_OURS = "thin"
_RIVAL = "swift-protobuf"

# The messages that stand for all others, each for one thing that messages are made of.
SHAPES = ("small", "texts", "numbers", "nested", "maps", "blob")
# What is compared with swift-protobuf, by the key of its time; the bar is to be ahead in binary.
OPERATIONS = {
    "encode_ns": "encode",
    "decode_ns": "decode",
    "json_encode_ns": "JSON encode",
    "json_decode_ns": "JSON decode",
}
_BINARY = ("encode_ns", "decode_ns")


@dataclass(frozen=True)
class Row:
    shape: str
    implementation: str
    encode_ns: float
    decode_ns: float
    bytes: int
    # Encode and decode together, relative to ThinGRPC's; None where that was not measured.
    ratio: float | None

    @property
    def both_ns(self) -> float:
        return self.encode_ns + self.decode_ns


def rows(records: list[dict]) -> list[Row]:
    return _rows(records, "")


def json_rows(records: list[dict]) -> list[Row]:
    """The same in JSON, of those that have it."""
    return _rows(records, "json_")


def _rows(records: list[dict], prefix: str) -> list[Row]:
    found = []
    ours = {}
    for result in _results(records):
        if f"{prefix}encode_ns" not in result:
            continue
        encode, decode = result[f"{prefix}encode_ns"], result[f"{prefix}decode_ns"]
        if result["implementation"] == _OURS:
            ours[result["shape"]] = encode + decode
        found.append((result["shape"], result["implementation"], encode, decode, result[f"{prefix}bytes"]))
    return [Row(*row, ratio=(row[2] + row[3]) / ours[row[0]] if ours.get(row[0]) else None) for row in found]


def _results(records: list[dict]) -> list[dict]:
    return [result for record in select(records, section="codec") for result in record["results"]]


@dataclass(frozen=True)
class Comparison:
    """How many times as fast as swift-protobuf ThinGRPC is with one shape, by operation."""

    shape: str
    times: dict[str, float]

    def is_behind(self, operation: str) -> bool:
        return operation in _BINARY and self.times[operation] <= 1


def comparisons(records: list[dict]) -> list[Comparison]:
    by_name = {(result["shape"], result["implementation"]): result for result in _results(records)}
    found = []
    for shape in SHAPES:
        ours, rival = by_name.get((shape, _OURS)), by_name.get((shape, _RIVAL))
        if ours and rival:
            found.append(
                Comparison(
                    shape,
                    {key: rival[key] / ours[key] for key in OPERATIONS if key in rival and ours.get(key)},
                )
            )
    return found


def headline(records: list[dict]) -> list[str]:
    ns = {row.implementation: row.both_ns for row in rows(records) if row.shape == _USER}
    sentences = []
    if _OURS in ns and _RIVAL in ns:
        sentences.append(
            f"Encoding and decoding a user is {ns[_RIVAL] / ns[_OURS]:.2f} times as fast as with swift-protobuf; "
            f"the bar is {FASTER_THAN_SWIFT_PROTOBUF:g}."
        )
    in_c = [ns[name] for name in ("c", "c-arena") if name in ns]
    if _OURS in ns and in_c:
        sentences.append(
            f"It costs {ns[_OURS] / min(in_c):.2f}x what it costs with protobuf-c's C structs, "
            f"the faster of malloc and arena; the bar is {SLOWER_THAN_C:g}x."
        )
    if "thin-call" in ns and "c-call" in ns:
        sentences.append(
            f"To and from the memory of the core, as calls do it, "
            f"it costs {ns['thin-call'] / ns['c-call']:.2f}x what C costs."
        )
    return sentences + _shapes_in_words(comparisons(records))


def _shapes_in_words(compared: list[Comparison]) -> list[str]:
    if not compared:
        return []
    behind = [f"{one.shape}, {OPERATIONS[key]}" for one in compared for key in one.times if one.is_behind(key)]
    if behind:
        return [f"ThinGRPC is behind swift-protobuf in binary here: {'; '.join(behind)}."]
    least = min(one.times[key] for one in compared for key in _BINARY)
    return [
        f"ThinGRPC encodes and decodes all of {len(compared)} shapes of messages faster than swift-protobuf in binary: "
        f"at least {least:.2f} times as fast."
    ]
