"""Continuation pointers (DSC-1): how far an answer has come, sealed, so that nobody can read or forge one.

The hub keeps nothing of a question between its pages; a pointer is good for a time and for the question it belongs to.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from hub import Place, Refused, Text, decode_json, encode_json
from plugins.hl7.queries.faults import UNKNOWN_KEY, QueryFault

if TYPE_CHECKING:
    from hub import Hub
    from plugins.hl7.queries.question import Asked

_PLACE = "DSC-1"


class Progress(NamedTuple):
    """Where an answer goes on, how many it found, and how many of them were told."""

    place: Place
    total: int
    told: int


def seal(hub: Hub, asked: Asked, asker: str, progress: Progress, seconds: int) -> str:
    place = progress.place
    content = [int(time.time()) + seconds, asked.digest, progress.total, progress.told,
               place.rid_bound, place.time_bound, *place.keys]  # fmt: skip
    return hub.seal.close(encode_json(content), _bound(asked, asker))


def unseal(hub: Hub, asked: Asked, asker: str) -> Progress:
    """Raises ``QueryFault`` for a pointer of another hub, asker or question, and for one that is too old."""
    try:
        content = decode_json(hub.seal.open(asked.pointer, _bound(asked, asker)))
    except Refused:
        raise QueryFault(
            UNKNOWN_KEY, Text("the continuation pointer was not made by this hub for this sender and question"), _PLACE
        ) from None
    expires, digest, total, told, rid_bound, time_bound, *keys = content
    if digest != asked.digest:
        raise QueryFault(UNKNOWN_KEY, Text("the continuation pointer belongs to another question"), _PLACE)
    if expires < time.time():
        raise QueryFault(
            UNKNOWN_KEY, Text("the continuation pointer has expired; ask again from the beginning"), _PLACE
        )
    return Progress(Place(rid_bound, time_bound, tuple(keys)), total, told)


def _bound(asked: Asked, asker: str) -> str:
    return f"hl7 query\n{asker}\n{asked.name}"
