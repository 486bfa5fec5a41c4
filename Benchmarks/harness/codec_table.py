"""Encoding and decoding beside the other engines of protobuf."""

from dataclasses import dataclass

from .tables import select

# What ThinGRPC wants to be for a user of the table: that much faster than swift-protobuf, and no more than that much slower
# than protobuf-c's C structs.
FASTER_THAN_SWIFT_PROTOBUF = 2.0
SLOWER_THAN_C = 1.5

_USER = "user"


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
    results = [result for record in select(records, section="codec") for result in record["results"]]
    ours = {
        result["shape"]: result["encode_ns"] + result["decode_ns"]
        for result in results
        if result["implementation"] == "thin"
    }
    return [
        Row(
            shape=result["shape"],
            implementation=result["implementation"],
            encode_ns=result["encode_ns"],
            decode_ns=result["decode_ns"],
            bytes=result["bytes"],
            ratio=(result["encode_ns"] + result["decode_ns"]) / ours[result["shape"]]
            if ours.get(result["shape"])
            else None,
        )
        for result in results
    ]


def headline(records: list[dict]) -> list[str]:
    ns = {row.implementation: row.both_ns for row in rows(records) if row.shape == _USER}
    sentences = []
    if "thin" in ns and "swift-protobuf" in ns:
        sentences.append(
            f"Encoding and decoding a user is {ns['swift-protobuf'] / ns['thin']:.2f} times as fast as with swift-protobuf; "
            f"the bar is {FASTER_THAN_SWIFT_PROTOBUF:g}."
        )
    in_c = [ns[name] for name in ("c", "c-arena") if name in ns]
    if "thin" in ns and in_c:
        sentences.append(
            f"It costs {ns['thin'] / min(in_c):.2f}x what it costs with protobuf-c's C structs, "
            f"the faster of malloc and arena; the bar is {SLOWER_THAN_C:g}x."
        )
    if "thin-call" in ns and "c-call" in ns:
        sentences.append(
            f"To and from the memory of the core, as calls do it, "
            f"it costs {ns['thin-call'] / ns['c-call']:.2f}x what C costs."
        )
    return sentences
