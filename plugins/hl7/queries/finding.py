"""Asks the record what a question wants to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from hub import SEARCH_PARAMETERS, Query, Stored, Text, condition, decode_json, references_in, sort_key, told_by
from plugins.hl7.queries import pointers
from plugins.hl7.queries.demographics import Demographics, account_conditions, conditions, described
from plugins.hl7.queries.faults import DUPLICATE, UNKNOWN_KEY, QueryFault
from plugins.hl7.queries.pointers import Progress
from plugins.hl7.queries.visits import visit_conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hub import Condition, Hub, Json, View
    from plugins.hl7.queries.domains import Domains
    from plugins.hl7.queries.question import Asked

MOST_PERSONS = 200
"""Persons a search of visits may be narrowed to."""
MOST_DOSES, MOST_TOLD = 1_000, 5_000
_DIRECTORY = ("Practitioner", "Organization", "Location")
_AROUND = 4
"""Places around a place."""
FOUND, NOTHING, TOO_MANY = "OK", "NF", "TM"


class Entry(NamedTuple):
    """One record of an answer."""

    person: str
    patient: Json
    visit: Json | None = None
    doses: tuple[tuple[Json, tuple[Json, ...]], ...] = ()
    """Each with what was told with it."""
    confidence: int | None = None
    """Of 100, that this person is meant; none where too little was asked for to tell."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer is made of."""

    status: str = NOTHING
    """QAK-2"""
    entries: tuple[Entry, ...] = ()
    total: int = 0
    told: int = 0
    """On this page and before it."""
    pointer: str = ""
    known: Mapping[str, Json] = field(default_factory=dict)
    """Staff, organizations and places the entries refer to."""
    several: bool = False
    """Candidates, where one person was asked for (Z31)."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks where."""

    hub: Hub
    view: View
    asked: Asked
    domains: Domains
    asker: str

    @property
    def limit(self) -> int:
        most = self.domains.settings.queries.most
        return min(self.asked.limit or most, most)

    def query(self, type_: str, found: Iterable[Condition]) -> Query:
        """As narrow as the feed's file says."""
        own = (told_by(self.domains.feed),) if self.domains.settings.queries.own_patients_only else ()
        return Query(type_, (*found, *own))


def find(looking: Looking) -> Found:
    """Raises ``QueryFault`` or ``BadQuery`` for what has no answer."""
    return _FINDERS[looking.asked.name](looking)


# --- candidates ------------------------------------------------------------------------------------------------------


def _candidates(looking: Looking) -> Found:
    """Q22 and A19: persons, page by page."""
    query = _persons(looking, looking.asked.who)
    return _paged(looking, query, lambda rows: _graded(looking, rows)) if query else Found()


def _graded(looking: Looking, rows: Sequence[Stored]) -> list[Entry]:
    """With how sure it is that each is the person asked for: as the rules would decide on who is so described."""
    entries = [_entry(row) for row in rows]
    if not looking.asked.who.telling:
        return entries
    found = looking.hub.alike(looking.view, described(looking.asked.who))
    sure = {one.person: round(one.score * 100) for one in found.persons}
    return [entry._replace(confidence=sure.get(entry.person)) for entry in entries]


def _persons(looking: Looking, who: Demographics) -> Query | None:
    """The search for the persons described; none when nobody can be."""
    found = conditions(who)
    if who.accounts:
        persons = _by_accounts(looking, who)
        if not persons:
            return None
        found = (*found, condition(SEARCH_PARAMETERS["Encounter"]["patient"], "", ",".join(persons)))
    return looking.query("Patient", found)


def _by_accounts(looking: Looking, who: Demographics) -> list[str]:
    persons: dict[str, None] = {}
    for type_ in ("Encounter", "Account"):
        query = looking.query(type_, account_conditions(type_, who))
        persons |= {row.person: None for row in looking.view.search(query, MOST_PERSONS).rows if row.person}
    return list(persons)[:MOST_PERSONS]


def _paged(looking: Looking, query: Query, entries: Callable[[Sequence[Stored]], list[Entry]]) -> Found:
    view, asked = looking.view, looking.asked
    before = pointers.unseal(looking.hub, asked, looking.asker) if asked.pointer else None
    page = view.search(query, looking.limit, before.place if before else None)
    told = (before.told if before else 0) + len(page.rows)
    total = before.total if before else view.count(query) if page.place else len(page.rows)
    pointer = ""
    if page.place:
        seconds = looking.domains.settings.queries.pointer_seconds
        total = max(total, told + 1)
        pointer = pointers.seal(looking.hub, asked, looking.asker, Progress(page.place, total, told), seconds)
    found = tuple(entries(page.rows))
    return Found(FOUND if found else NOTHING, found, total, told, pointer, _directory(view, found))


def _entry(row: Stored) -> Entry:
    return Entry(row.person or row.id, decode_json(row.body))


# --- one person ------------------------------------------------------------------------------------------------------


def _one(looking: Looking) -> Found:
    """Q21."""
    rows = _by_number(looking)
    entries = tuple(_graded(looking, rows))
    return Found(FOUND if rows else NOTHING, entries, len(rows), len(rows), known=_directory(looking.view, entries))


def _corresponding(looking: Looking) -> Found:
    """Q23: the other numbers of a person (IHE PIX, ITI TF-2, 3.9.4.2.2)."""
    rows = _by_number(looking)
    if not rows:
        raise QueryFault(UNKNOWN_KEY, Text("nobody with this number is known"), "QPD-3[1].1")
    entry = _entry(rows[0])
    asked = looking.asked.who.numbers[0]
    others = [one for one in entry.patient.get("identifier", ()) if (one.get("system", ""), one.get("value")) != asked]
    if not looking.domains.in_order(others, looking.asked.domains):
        return Found(entries=(entry._replace(patient={}),))
    return Found(FOUND, (entry._replace(patient=entry.patient | {"identifier": others}),), 1, 1)


def _by_number(looking: Looking) -> Sequence[Stored]:
    rows = looking.view.search(looking.query("Patient", conditions(looking.asked.who)), 2).rows
    if len(rows) > 1:
        raise QueryFault(DUPLICATE, Text("this number belongs to several persons; which one is a review"), "QPD-3")
    return rows


# --- visits ----------------------------------------------------------------------------------------------------------


def _visits(looking: Looking) -> Found:
    """ZV1: visits with their persons, page by page."""
    asked, view = looking.asked, looking.view
    wanted = visit_conditions(view, asked.visit)
    if wanted is None:
        return Found()
    if not asked.who.empty:
        query = _persons(looking, asked.who)
        rows = view.search(query, MOST_PERSONS + 1).rows if query else ()
        if len(rows) > MOST_PERSONS:
            return Found(TOO_MANY)
        if not rows:
            return Found()
        persons = ",".join(row.person or row.id for row in rows)
        wanted = (*wanted, condition(SEARCH_PARAMETERS["Encounter"]["patient"], "", persons))
    return _paged(looking, looking.query("Encounter", wanted), lambda rows: _with_persons(view, rows))


def _with_persons(view: View, rows: Sequence[Stored]) -> list[Entry]:
    patients = {row.id: decode_json(row.body) for row in view.named(f"Patient/{row.person}" for row in rows)}
    return [
        Entry(row.person, patients[row.person], decode_json(row.body))
        for row in rows
        if row.person and row.person in patients
    ]


def _with_last_visits(looking: Looking) -> Found:
    """A19: each person with the latest visit."""
    found = _candidates(looking)
    entries = tuple(entry._replace(visit=_last_visit(looking, entry.person)) for entry in found.entries)
    known = _directory(looking.view, entries)
    return Found(found.status, entries, found.total, found.told, found.pointer, known)


def _last_visit(looking: Looking, person: str) -> Json | None:
    parameters = SEARCH_PARAMETERS["Encounter"]
    newest = sort_key(parameters["date"], descending=True)
    query = Query("Encounter", (condition(parameters["patient"], "", person),), (newest,) if newest else ())
    rows = looking.view.search(query, 1).rows
    return decode_json(rows[0].body) if rows else None


# --- vaccinations ----------------------------------------------------------------------------------------------------


def _history(looking: Looking) -> Found:
    """Z34: one person's doses, or the persons who may be meant (CDC, HL7 v2.5.1 IG for immunization, 7)."""
    view, who = looking.view, looking.asked.who
    rows = _meant(looking, who)
    if len(rows) > looking.limit:
        return Found(TOO_MANY, total=view.count(looking.query("Patient", _narrowest(looking, who))), several=True)
    entries = tuple(_entry(row) for row in rows)
    if len(entries) != 1 or _contradicts(who, entries[0].patient):
        return Found(
            FOUND if entries else NOTHING,
            entries,
            len(entries),
            len(entries),
            known=_directory(view, entries),
            several=True,
        )
    doses = _doses(looking, entries[0].person)
    entry = entries[0]._replace(doses=doses)
    return Found(FOUND, (entry,), 1, 1, known=_directory(view, (entry,)))


def _meant(looking: Looking, who: Demographics) -> Sequence[Stored]:
    """By number; by name and birth date where no number is given or known."""
    view, most = looking.view, looking.limit + 1
    if who.numbers and (
        rows := view.search(looking.query("Patient", conditions(Demographics(who.numbers))), most).rows
    ):
        return rows
    others = who.without_numbers()
    if not (others.born and (others.family or others.given)):
        return ()
    return view.search(looking.query("Patient", conditions(others)), most).rows


def _narrowest(looking: Looking, who: Demographics) -> tuple[Condition, ...]:
    by_number = conditions(Demographics(who.numbers)) if who.numbers else ()
    if by_number and looking.view.search(looking.query("Patient", by_number), 1).rows:
        return by_number
    return conditions(who.without_numbers())


def _contradicts(who: Demographics, patient: Json) -> bool:
    """A number that leads to somebody born on another day may be mistyped: whose doses they are must be looked at."""
    born: str = patient.get("birthDate", "")
    shorter = min(len(who.born), len(born))
    return who.born[:shorter] != born[:shorter]


def _doses(looking: Looking, person: str) -> tuple[tuple[Json, tuple[Json, ...]], ...]:
    parameters, view = SEARCH_PARAMETERS["Immunization"], looking.view
    by_day = sort_key(parameters["date"], descending=False)
    query = Query("Immunization", (condition(parameters["patient"], "", person),), (by_day,) if by_day else ())
    rows = view.search(query, MOST_DOSES).rows
    part_of = SEARCH_PARAMETERS["Observation"]["part-of"]
    told: dict[str, list[Json]] = {}
    for row in view.referring(part_of, rows, MOST_TOLD) if rows else ():
        body = decode_json(row.body)
        for target in references_in(body, part_of):
            told.setdefault(target, []).append(body)
    found = ((decode_json(row.body), row.reference) for row in rows)
    return tuple((body, tuple(_valid(told.get(name, ())))) for body, name in found if _is_valid(body))


def _valid(found: Iterable[Json]) -> list[Json]:
    return [one for one in found if _is_valid(one)]


def _is_valid(body: Json) -> bool:
    status: str = body.get("status", "")
    return status != "entered-in-error"


# --- staff and places ------------------------------------------------------------------------------------------------


def _directory(view: View, entries: Sequence[Entry]) -> dict[str, Json]:
    """What the entries refer to, and the places around a place."""
    wanted = {target for entry in entries for body in _bodies(entry) for target in _targets(body)}
    known: dict[str, Json] = {}
    for _ in range(_AROUND):
        missing = wanted - known.keys()
        if not missing:
            break
        new = {row.reference: decode_json(row.body) for row in view.named(missing)}
        known |= {name: new.get(name, {}) for name in missing}
        wanted = {target for body in new.values() if "partOf" in body for target in _targets(body["partOf"])}
    return {name: body for name, body in known.items() if body}


def _bodies(entry: Entry) -> Iterable[Json]:
    yield {"of": entry.patient.get("generalPractitioner", [])}
    if entry.visit:
        yield entry.visit
    for dose, _ in entry.doses:
        yield dose


def _targets(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        target = value.get("reference")
        if isinstance(target, str) and target.partition("/")[0] in _DIRECTORY:
            yield target
        for inner in value.values():
            yield from _targets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _targets(inner)


_FINDERS: dict[str, Callable[[Looking], Found]] = {
    "Q21": _one,
    "Q22": _candidates,
    "ZV1": _visits,
    "Q23": _corresponding,
    "Z34": _history,
    "A19": _with_last_visits,
}
