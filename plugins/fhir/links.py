"""Links to other pages: what they carry is sealed, so that no identifier stands in a URL that was not asked with it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from hub import Hub, Place, Refused, decode_json, encode_json
from plugins.fhir.asking import Asked, Pairs
from plugins.fhir.faults import Fault

CURSOR = "_cursor"
LIVES_S = 24 * 3600
_WITH_CURSOR = (CURSOR, "_format")


def sealed(hub: Hub, asked: Asked, pairs: Iterable[tuple[str, str]], place: Place | None) -> str:
    """The address of a page: the question and how far its answer has come."""
    content = {"q": [list(pair) for pair in pairs], "e": int(time.time()) + LIVES_S}
    if place is not None:
        content["p"] = asdict(place)
    cursor = hub.seal.close(encode_json(content), asked.bound)
    return f"{asked.base}/{own_path(asked)}?{CURSOR}={cursor}"


def opened(hub: Hub, asked: Asked) -> tuple[Pairs, Place | None]:
    """The question and the place in it: as sealed in ``_cursor``, else as asked."""
    cursors = [value for name, value in asked.pairs if name == CURSOR]
    if not cursors:
        return asked.pairs, None
    if len(cursors) > 1 or any(name not in _WITH_CURSOR for name, _ in asked.pairs):
        raise Fault(400, "_cursor stands alone: it holds the whole question", place=CURSOR)
    try:
        content = decode_json(hub.seal.open(cursors[0], asked.bound))
    except Refused as error:
        raise Fault(400, error.text.msgid, place=CURSOR) from None
    if content["e"] < time.time():
        raise Fault(410, "this link has expired; ask again from the first page", place=CURSOR)
    return tuple((name, value) for name, value in content["q"]), _place(content.get("p"))


def plainly(asked: Asked, pairs: Iterable[tuple[str, str]]) -> str:
    """A URL with the parameters that were used, for a client that wrote them into the URL itself."""
    query = urlencode(list(pairs), safe=":|,/$")
    return f"{asked.base}/{own_path(asked)}" + (f"?{query}" if query else "")


def own_path(asked: Asked) -> str:
    match asked.action:
        case "search":
            return asked.type
        case "everything":
            return f"{asked.type}/{asked.id}/$everything"
    return f"{asked.type}/{asked.id}/_history"


def _place(content: dict[str, Any] | None) -> Place | None:
    return Place(content["rid_bound"], content["time_bound"], tuple(content["keys"])) if content else None
