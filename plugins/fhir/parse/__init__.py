"""Resources as what they say about each person: pure, the same answer each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hub import Claim, FieldFate, Json, Link, Merge, ParseError, RecordUpdate, Resource, UnsupportedMessage
from plugins.fhir.parse.checking import check
from plugins.fhir.parse.entries import Entry, entries
from plugins.fhir.parse.owners import KNOWN, as_deleted, is_personal, owners
from plugins.fhir.parse.people import described, links, mothers_of, named_by
from plugins.fhir.parse.references import Key, Names, contents, rewritten

if TYPE_CHECKING:
    from hub import Message
    from plugins.fhir.settings import FhirSettings

_STUB: Json = {"resourceType": "Patient"}
_UNKNOWN = "the record keeps no resources of this type"
_META = "the record has an id and versions of its own"


@dataclass(slots=True)
class _Said:
    """What a payload says of one person, as recorded at one time."""

    patient: Json = field(default_factory=lambda: dict(_STUB))
    resources: dict[Key, Resource] = field(default_factory=dict)


When = datetime | None


def parse(message: Message, settings: FhirSettings) -> list[RecordUpdate]:
    """An update for each person, and for each time at which its sender recorded something of them."""
    found = entries(message.body)
    taken = [entry for entry in found if entry.type in KNOWN]
    if not taken:
        raise UnsupportedMessage("there is nothing in it that the record keeps")
    for entry in taken:
        check(entry.resource, entry.place)
    return list(_Reading(taken, settings, message.body).updates())


def explain(message: Message, settings: FhirSettings) -> Iterator[FieldFate]:
    """Each resource with its elements: they stay as they are, but what only a server says."""
    del settings
    for entry in entries(message.body):
        for name in entry.resource:
            place = f"{entry.place}.{name}"
            if entry.type not in KNOWN:
                yield FieldFate(place, name, "", "ignored", _UNKNOWN, group=entry.type)
            elif name in ("id", "meta"):
                yield FieldFate(place, name, "", "ignored", _META, group=entry.type)
            else:
                yield FieldFate(place, name, "", "mapped", f"{entry.type}.{name}", group=entry.type)


class _Reading:
    """One payload."""

    def __init__(self, found: list[Entry], settings: FhirSettings, body: bytes) -> None:
        self._found = found
        self._names = Names(found, settings.own_system, body)
        self._said: dict[tuple[str, When], _Said] = {}
        self._nobodys: dict[When, dict[Key, Resource]] = {}
        self._contents: dict[str, str] = {}
        """Whose document a Binary is the content of."""
        self._joined: list[RecordUpdate] = []

    def updates(self) -> Iterator[RecordUpdate]:
        both = list(zip(self._found, self._names.all, strict=True))
        mothers = mothers_of(self._found, self._names)
        for entry, (type_, number) in both:
            if type_ == "Patient":
                self._person(entry, number, mothers.get(number, []))
        for entry, key in sorted(both, key=lambda one: one[1][0] == "Binary"):
            if key[0] != "Patient":
                self._resource(entry, key)
        for when, resources in self._nobodys.items():
            yield RecordUpdate(None, tuple(resources.values()), recorded_at=when)
        for (person, when), said in self._said.items():
            yield RecordUpdate(Claim(person, said.patient), tuple(said.resources.values()), recorded_at=when)
        yield from self._joined

    def _person(self, entry: Entry, key: str, mothers: list[Entry]) -> None:
        when = _recorded(entry)
        if entry.method == "DELETE":
            patient: Json = {**_STUB, "active": False}
        else:
            patient = described(rewritten(entry.resource, self._names, entry, entry.place), mothers)
        self._said.setdefault((key, when), _Said()).patient = patient
        for kind, other in links(entry, self._names):
            if other != key:
                self._join(kind, key, other, when)

    def _join(self, kind: str, key: str, other: str, when: When) -> None:
        """``Patient.link``: which of the two numbers its sender gave up, or that both are one person."""
        one, two = Claim(key, dict(_STUB)), Claim(other, dict(_STUB))
        match kind:
            case "replaced-by":
                self._joined.append(RecordUpdate(two, events=(Merge(one),), recorded_at=when))
            case "replaces":
                self._joined.append(RecordUpdate(one, events=(Merge(two),), recorded_at=when))
            case "seealso":
                self._joined.append(RecordUpdate(one, events=(Link(two),), recorded_at=when))

    def _resource(self, entry: Entry, key: Key) -> None:
        when = _recorded(entry)
        if entry.method == "DELETE":
            body = as_deleted(entry.type)
        else:
            body = rewritten(entry.resource, self._names, entry, entry.place)
        resource = Resource(key[1], {name: value for name, value in body.items() if name not in ("id", "meta")})
        person = self._owner(entry, key) if is_personal(entry.type) else None
        if person is None:
            self._nobodys.setdefault(when, {})[key] = resource
        else:
            self._contents |= dict.fromkeys(contents(body), person)
            self._said.setdefault((person, when), _Said()).resources[key] = resource

    def _owner(self, entry: Entry, key: Key) -> str | None:
        """Whose it is; none for a deletion, whose person the record knows."""
        targets = [target for one in owners(entry.resource) if (target := named_by(one, self._names, entry))]
        if found := [key for type_, key in targets if type_ == "Patient"]:
            return found[0]
        if entry.method == "DELETE":
            return None
        if key[0] == "Binary" and key[1] in self._contents:
            return self._contents[key[1]]
        people = {key for type_, key in self._names.all if type_ == "Patient"}
        if len(people) == 1 and not any(_is_given(one) for one in owners(entry.resource)):
            return people.pop()
        raise ParseError("it does not say whose it is in a way that could be followed: name the patient by the id or "
                         "number it has in this feed", place=entry.place)  # fmt: skip


def _is_given(reference: Any) -> bool:
    return isinstance(reference, dict) and bool(reference)


def _recorded(entry: Entry) -> When:
    """``meta.lastUpdated`` of what was only handed on; of a request, which sets it anew, when the Bundle was made."""
    meta = entry.resource.get("meta")
    updated = meta.get("lastUpdated") if isinstance(meta, dict) and not entry.method else None
    said, place = (updated, f"{entry.place}.meta.lastUpdated") if updated else (entry.assembled, "Bundle.timestamp")
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise ParseError("this must be a time such as 2024-05-01T08:30:00+08:00", place=place)
    return found
