"""Encoding and decoding beside the other engines of protobuf."""

from dataclasses import dataclass

from .tables import select

# What ThinGRPC wants to be for a User: that much faster than swift-protobuf, and no more than that much slower than C.
BARS = {"swift-protobuf": 2.0, "protobuf-c": 1.5}


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
    of_user = {row.implementation: row for row in rows(records) if row.shape == "User"}
    sentences = []
    if (other := of_user.get("swift-protobuf")) and other.ratio:
        sentences.append(
            f"Encoding and decoding a User is {other.ratio:.2f} times as fast as swift-protobuf "
            f"(the bar is {BARS['swift-protobuf']:g})."
        )
    if (other := of_user.get("protobuf-c")) and other.ratio:
        sentences.append(
            f"It costs {1 / other.ratio:.2f}x of protobuf-c's C structs (the bar is {BARS['protobuf-c']:g}x)."
        )
    return sentences
