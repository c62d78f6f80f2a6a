"""One resource: as it is, as it was, all its versions, and everything about a person."""

from __future__ import annotations

from hub import SEARCH_PARAMETERS, Hub, Place, Span, Stored, View, date_interval, instant
from plugins.fhir.asking import Answer, Asked, Pairs, one, only
from plugins.fhir.faults import Fault, absent
from plugins.fhir.links import CURSOR, opened, plainly, sealed
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, Shown, bundle, entry, version_headers

PAGE, MOST = 1_000, 1_000
READ = ("_summary", "_elements", "_format")
HISTORY = ("_count", "_since", "_format")
EVERYTHING = ("start", "end", "_since", "_type", "_count", "_format")
_ALL_TYPES = tuple(sorted(SEARCH_PARAMETERS))


def read(view: View, asked: Asked) -> Answer:
    return answer_of(view.read(asked.type, asked.id), asked)


def vread(view: View, asked: Asked) -> Answer:
    return answer_of(version_of(view, asked), asked)


def version_of(view: View, asked: Asked) -> Stored | None:
    number = asked.version
    known = number.isascii() and number.isdigit() and len(number) < 10
    return view.version(asked.type, asked.id, int(number)) if known else None


def answer_of(stored: Stored | None, asked: Asked) -> Answer:
    if asked.pairs:
        only(asked.pairs, READ)
    if stored is None:
        raise absent()
    persons = (stored.person,) if stored.person else ()
    headers = version_headers(stored)
    if is_unchanged(asked, headers[0][1]):
        return Answer(304, b"", headers, persons, 1)
    body = stored.body if not asked.pairs else _shown(asked.pairs)(stored)
    return Answer(200, body, (CONTENT_TYPE, *headers), persons, 1)


def _shown(pairs: Pairs) -> Shown:
    shown = Shown(one(pairs, "_summary"), one(pairs, "_elements"))
    if shown.count_only:
        raise Fault(400, "_summary=count counts matches of a search", place="_summary")
    return shown


def is_unchanged(asked: Asked, tag: bytes) -> bool:
    known = asked.headers.get(b"if-none-match")
    return known is not None and (known.strip() == b"*" or tag in (one.strip() for one in known.split(b",")))


# --- history ---------------------------------------------------------------------------------------------------------


def history(hub: Hub, view: View, asked: Asked) -> Answer:
    pairs, place = opened(hub, asked)
    only(pairs, HISTORY)
    newest = view.read(asked.type, asked.id)
    if newest is None:
        raise absent()
    since = _instant(pairs, "_since")
    count = _page_size(pairs)
    before = place.keys[0] if place else newest.version + 1
    rows = view.history(newest, count + 1, before, since or Span().since)
    following = Place(0, 0, (rows[count - 1].version,)) if len(rows) > count else None
    shown = rows[:count]
    total = newest.version if since is None and place is None else None
    body = bundle("history", _links(hub, asked, pairs, following), [_change(asked, row) for row in shown], total)
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), (newest.person,) if newest.person else (), len(shown))


def _change(asked: Asked, row: Stored) -> bytes:
    """One entry: R4 wants how each version came about."""
    method, status = ("POST", "201 Created") if row.version == 1 else ("PUT", "200 OK")
    return (
        b'{"fullUrl":"%b/%b","resource":%b,"request":{"method":"%b","url":"%b"},'
        b'"response":{"status":"%b","etag":"W/\\"%d\\"","lastModified":"%b"}}'
    ) % (
        asked.base.encode(), row.reference.encode(), row.body, method.encode(), row.reference.encode(),
        status.encode(), row.version, instant(row.updated_at).encode(),
    )  # fmt: skip


# --- everything ------------------------------------------------------------------------------------------------------


def everything(hub: Hub, view: View, asked: Asked) -> Answer:
    """All a person's claims know, whichever of the person's ids was asked for."""
    pairs, place = opened(hub, asked)
    only(pairs, EVERYTHING)
    person = view.person_of(asked.id)
    if person is None:
        raise absent()
    page = view.everything(person, _span(asked, pairs), _page_size(pairs), place)
    entries = [entry(asked.base, row, "match" if row.person else "include") for row in page.rows]
    body = bundle("searchset", _links(hub, asked, pairs, page.place), entries)
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), (person,), len(page.rows))


def _span(asked: Asked, pairs: Pairs) -> Span:
    start, end = _day(pairs, "start"), _day(pairs, "end")
    return Span(
        start[0] if start else Span().start,
        end[1] if end else Span().end,
        _instant(pairs, "_since") or Span().since,
        _types(asked, pairs),
    )


def _types(asked: Asked, pairs: Pairs) -> tuple[str, ...]:
    named = tuple(name.strip() for found, value in pairs if found == "_type" for name in value.split(","))
    for name in named:
        if name not in SEARCH_PARAMETERS:
            raise Fault(400, "_type does not know {value}", place="_type", code="not-supported", value=name[:60])
        if not asked.client.may("r", name):
            raise Fault(403, "your token does not cover this type", place="_type")
    if named or asked.client.may("r", "*"):
        return named
    return tuple(name for name in _ALL_TYPES if asked.client.may("r", name))


# --- both ------------------------------------------------------------------------------------------------------------


def _page_size(pairs: Pairs) -> int:
    raw = one(pairs, "_count")
    if raw is None:
        return PAGE
    if not (raw.isascii() and raw.isdigit()) or not raw.strip("0"):
        raise Fault(400, "_count is a whole number from 1 on", place="_count")
    return MOST if len(raw) > 9 else min(int(raw), MOST)


def _day(pairs: Pairs, name: str) -> tuple[int, int] | None:
    raw = one(pairs, name)
    if raw is None:
        return None
    found = date_interval(raw)
    if found is None:
        raise Fault(400, "{name} is not a date such as 2024-05-01", place=name, name=name)
    return found


def _instant(pairs: Pairs, name: str) -> int | None:
    found = _day(pairs, name)
    return found[0] if found else None


def _links(hub: Hub, asked: Asked, pairs: Pairs, following: Place | None) -> list[tuple[str, str]]:
    cursor = [(name, value) for name, value in asked.pairs if name == CURSOR]
    size = str(_page_size(pairs))
    used = tuple((name, size if name == "_count" else value) for name, value in pairs)
    if asked.method == "GET":
        links = [("self", plainly(asked, cursor or used))]
    else:
        links = [("self", sealed(hub, asked, used, None))]
    if following is not None:
        links.append(("next", sealed(hub, asked, used, following)))
    return links
