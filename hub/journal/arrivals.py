"""What comes to the journal, made ready for its transaction: hashes of keys and lanes, clean texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Literal, NamedTuple

from hub.adapter import Payload

LANE_BYTES = 8


@dataclass(frozen=True, slots=True)
class FeedRules:
    """What a feed says about keys: what happens to a key that comes back with other bytes, and how long it is kept."""

    reused_key: Literal["accept", "refuse"] = "accept"
    duplicate_window: timedelta = timedelta(days=7)


class Arrival(NamedTuple):
    """A payload at the door of a feed."""

    feed: str
    payload: Payload
    rules: FeedRules = FeedRules()


class Draft(NamedTuple):
    """An arrival with its hashes; ``twin`` is None for what may own no key."""

    arrival: Arrival
    key: str
    sender: str
    twin: int | None
    lanes: bytes


def draft(arrival: Arrival, lane_key: bytes) -> Draft:
    payload = arrival.payload
    key, sender = storable(payload.key), storable(payload.sender)
    twin = None
    if payload.refusal is None and payload.replay_of is None:
        twin = _number(f"{arrival.feed}\0{sender}\0{key}\0".encode() + payload.fingerprint)
    return Draft(arrival, key, sender, twin, lane_hashes(payload.lanes, lane_key))


def lane_hashes(lanes: Iterable[str], lane_key: bytes) -> bytes:
    """Eight bytes for each lane; without the key of the house nobody can tell which number they stand for."""
    return b"".join(
        blake2b(lane.encode(errors="replace"), digest_size=LANE_BYTES, key=lane_key).digest() for lane in lanes
    )


def storable(text: str) -> str:
    """Neither PostgreSQL nor UTF-8 takes every string a sender can think of."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def _number(named: bytes) -> int:
    return int.from_bytes(blake2b(named, digest_size=8).digest(), signed=True)
