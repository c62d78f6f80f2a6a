"""Search: from parameters to a Bundle."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hub import (
    SEARCH_PARAMETERS,
    Condition,
    Hub,
    Place,
    Query,
    SortKey,
    Stored,
    Text,
    View,
    by_id,
    by_last_updated,
    condition,
    sort_key,
)
from plugins.fhir.asking import Answer, Asked, Pairs, one, unknown
from plugins.fhir.faults import Fault
from plugins.fhir.includes import Include, include_of, included
from plugins.fhir.links import CURSOR, opened, plainly, sealed
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, Shown, bundle, entry, issue, outcome_entry

COUNT, MOST = 50, 1_000
TOTALS = ("none", "estimate", "accurate")
COLUMNS = {"_id": "id", "_lastUpdated": "updated_at"}
ALWAYS = {"_id": by_id, "_lastUpdated": by_last_updated}
ONCE = ("_count", "_sort", "_total", "_summary", "_elements")
REPEATED = ("_include", "_revinclude")
RESULT = (*ONCE, *REPEATED, "_format")
"""What shapes the answer without choosing matches."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that can be answered."""

    query: Query
    count: int
    total: bool
    shown: Shown
    includes: tuple[Include, ...]
    pairs: Pairs
    """As used: without what was ignored, with the page size that holds."""
    ignored: tuple[str, ...]


def search(hub: Hub, view: View, asked: Asked) -> Answer:
    pairs, place = opened(hub, asked)
    wanted = understood(asked, pairs)
    if wanted.count == 0:
        return _counted(view, asked, wanted)
    page = view.search(wanted.query, wanted.count, place or view.start())
    others, cut = included(view, asked, page.rows, wanted.includes)
    entries = [entry(asked.base, row, "match", wanted.shown(row)) for row in page.rows]
    entries += [entry(asked.base, row, "include", wanted.shown(row)) for row in others]
    entries += _remarks(wanted, cut=cut)
    total = view.count(wanted.query) if wanted.total else None
    body = bundle("searchset", _links(hub, asked, wanted, page.place), entries, total)
    return _answer(body, [*page.rows, *others])


def understood(asked: Asked, pairs: Pairs) -> Search:
    """Raises ``Fault`` or ``BadQuery`` for what cannot be answered exactly as it was asked."""
    conditions, used, ignored, includes = [], [], [], []
    for name, value in pairs:
        if not value:
            raise Fault(400, "{name} has an empty value", place=name[:60], name=name[:60])
        if name in REPEATED:
            includes.append(include_of(asked, name, value))
        elif name not in RESULT:
            made = _condition(asked, name, value)
            if made is None:
                ignored.append(name[:60])
                continue
            conditions.append(made)
        used.append((name, value))
    shown = Shown(one(pairs, "_summary"), one(pairs, "_elements"))
    count = 0 if shown.count_only else _count(one(pairs, "_count"))
    query = Query(asked.type, tuple(conditions), _sort(asked.type, one(pairs, "_sort")))
    total = _total(one(pairs, "_total"))
    return Search(query, count, total, shown, tuple(includes), _with_count(used, count), tuple(ignored))


def _condition(asked: Asked, name: str, value: str) -> Condition | None:
    """None for a parameter that may be ignored because the client said so."""
    base, colon, modifier = name.partition(":")
    if base in ALWAYS:
        if colon:
            raise Fault(400, "{name} takes no modifier", place=name[:60], name=base)
        return ALWAYS[base](value)
    parameter = SEARCH_PARAMETERS[asked.type].get(base)
    if parameter is not None:
        return condition(parameter, modifier, value.replace(f"{asked.base}/", ""))
    if asked.lenient and not colon:
        return None
    raise unknown(name)


def _count(raw: str | None) -> int:
    if raw is None:
        return COUNT
    if not (raw.isascii() and raw.isdigit()):
        raise Fault(400, "_count is a whole number from 0 on", place="_count")
    return MOST if len(raw) > 9 else min(int(raw), MOST)


def _with_count(used: list[tuple[str, str]], count: int) -> Pairs:
    return tuple((name, str(count) if name == "_count" else value) for name, value in used)


def _total(raw: str | None) -> bool:
    if raw is not None and raw not in TOTALS:
        raise Fault(400, "{name} is one of {values}", place="_total", name="_total", values=", ".join(TOTALS))
    return raw in ("estimate", "accurate")


def _sort(type_: str, raw: str | None) -> tuple[SortKey, ...]:
    return tuple(_sort_key(type_, name.strip()) for name in raw.split(",")) if raw else ()


def _sort_key(type_: str, name: str) -> SortKey:
    plain = name.removeprefix("-")
    if plain in COLUMNS:
        return SortKey(COLUMNS[plain], name != plain)
    parameter = SEARCH_PARAMETERS[type_].get(plain)
    key = sort_key(parameter, descending=name != plain) if parameter else None
    if key is None:
        raise Fault(400, "_sort cannot sort by {name}", place="_sort", code="not-supported", name=plain[:60])
    return key


# --- the answer ------------------------------------------------------------------------------------------------------


def _counted(view: View, asked: Asked, wanted: Search) -> Answer:
    links = [("self", plainly(asked, wanted.pairs))] if asked.method == "GET" else []
    return _answer(bundle("searchset", links, _remarks(wanted, cut=False), view.count(wanted.query)), [])


def _links(hub: Hub, asked: Asked, wanted: Search, following: Place | None) -> list[tuple[str, str]]:
    if any(name == CURSOR for name, _ in asked.pairs):
        self_url = plainly(asked, ((name, value) for name, value in asked.pairs if name == CURSOR))
    elif asked.method == "GET":
        self_url = plainly(asked, wanted.pairs)
    else:
        self_url = sealed(hub, asked, wanted.pairs, None)
    links = [("self", self_url)]
    if following is not None:
        links.append(("next", sealed(hub, asked, wanted.pairs, following)))
    return links


def _remarks(wanted: Search, *, cut: bool) -> list[bytes]:
    said = Text("the parameter {name} is not known here and was ignored")
    found = [
        issue("warning", "not-supported", replace(said, args={"name": name}), f"http.{name}") for name in wanted.ignored
    ]
    if cut:
        found.append(issue("warning", "incomplete", Text("more was to be included than one page may hold")))
    return [outcome_entry(found)] if found else []


def _answer(body: bytes, rows: list[Stored]) -> Answer:
    persons = tuple(dict.fromkeys(row.person for row in rows if row.person))
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), persons, len(rows))
