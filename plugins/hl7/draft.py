"""What one message says about one person, while it is being read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

from hub import Code, Document, Json, Resource, Unmapped
from plugins.hl7.alike import Key
from plugins.hl7.codes import table
from plugins.hl7.events.event import Event
from plugins.hl7.habits import USUAL, Habits
from plugins.hl7.lexer import NULL, Segment

Fate = Literal["mapped", "kept", "ignored"]
Targets = dict[str, Json]
"""The resources a segment is about, by type."""


Memory = dict[tuple[Callable[..., object], str], bytes]
"""What a converter has made of a text before, as JSON: the codes of one feed, written in one way."""


@lru_cache(maxsize=64)
def memory_of(*_reading: Hashable) -> Memory:
    """The memory for all messages that are read alike: of the same feed, settings and delimiters."""
    return {}


class Reading(Protocol):
    """What parsing needs to know of a feed's settings."""

    @property
    def systems(self) -> Mapping[str, str]:
        """Assigning authority -> identifier system."""
        ...

    @property
    def timezone(self) -> str:
        """Of times that name no zone: ``Asia/Shanghai``."""
        ...


class Traced(NamedTuple):
    """What became of one occurrence of a field; ``occurrence`` is 0 when there is only one."""

    segment: Segment
    field: int
    occurrence: int
    name: str
    value: str
    fate: Fate
    detail: str


class _Names(dict[str, list[Json]]):
    """What a sender calls a coding system, as the extension that says so: where the URI would hide it."""

    def __missing__(self, name: str) -> list[Json]:
        found = self[name] = [{"url": "urn:hub:v2:CWE-3", "valueString": name}]
        return found


@dataclass(slots=True)
class Draft:
    """The person and the resources found so far, and where the reader stands."""

    feed: str
    key: str
    """The message's own key, for what has no better one."""
    systems: Mapping[str, str]
    zone: str
    outer: str
    inner: str
    between: str
    """The delimiters of components, subcomponents and repetitions."""
    memory: Memory
    event: Event
    habits: Habits = USUAL
    way: int = 0
    """The way of reading, by its number: the feed, its settings, the delimiters and the day."""
    told: set[Key] = field(default_factory=set)
    """Of which segments the staff and places are named already."""
    latest: str = ""
    """The last date (``yyyy-MM-dd``) on which somebody the message speaks of can have been born."""
    happened: str = ""
    """When the event happened (EVN-6, EVN-2 or MSH-7), as written."""
    person: str = ""
    """The claim's ``source_id``."""
    visit: str = ""
    """The key of the message's Encounter, or of the one being read where there are several; empty without a visit."""
    account: str = ""
    """The key of the Account in PID-18; empty without one."""
    appointment: Targets = field(default_factory=dict)
    """The Appointment, or the Slot and Schedule, of SCH: the resources behind it take part."""
    appointed: str = ""
    """Its key."""
    base: Targets = field(default_factory=dict)
    """What an entry of a directory is about, where the message is about no person."""
    mentioned: set[tuple[str, str]] = field(default_factory=set)
    """Resources told in passing: fill what nobody has said, never overrule."""
    patient: Json = field(default_factory=lambda: {"resourceType": "Patient"})
    resources: dict[tuple[str, str], Json] = field(default_factory=dict)
    code_systems: dict[str, str] = field(default_factory=dict)
    names: _Names = field(default_factory=_Names)
    segments: list[Segment] = field(default_factory=list)
    """The person's part of the message, in order; ``at`` is the place of the one being read."""
    at: int = 0
    common: Segment | None = None
    """The ORC that is in force."""
    under: Targets = field(default_factory=dict)
    """What the last order, report, dose or patient segment opened: notes, roles and details belong to it."""
    order: Targets = field(default_factory=dict)
    order_key: str = ""
    order_behind: bool = False
    """Whether the ORC of the order being read is still to come."""
    dose: str = ""
    medicine: Targets = field(default_factory=dict)
    """The medicine order, dispense or dose being read, with its Dosage and its Medication."""
    prescription: str = ""
    """The MedicationRequest that the order being read has named."""
    ordered: Json = field(default_factory=dict)
    """What the ORC in force says of each MedicationRequest behind it."""
    document: str = ""
    """The DocumentReference of the TXA in force."""
    documents: list[Document] = field(default_factory=list)
    passing: dict[tuple[str, str], Json] = field(default_factory=dict)
    """What is only said for whoever has not heard of a resource before."""
    specimen: str = ""
    """The specimen that results belong to."""
    common_used: bool = False
    """Whether an order or dose has taken the ORC in force."""
    leaflets: dict[str, Json] = field(default_factory=dict)
    retired: list[Json] = field(default_factory=list)
    """What each MRG says of the number that is retired, as a Patient."""
    preadmitted: bool = False
    condition: str = ""
    value: Json = field(default_factory=dict)
    """Of the result being read: its ``value[x]``."""
    death: str = ""
    coverage: Targets = field(default_factory=dict)
    role: str = ""
    role_of: tuple[str, Json] = ("", {})
    """The role being read, and what it is a part of."""
    codes_seen: dict[str, int] = field(default_factory=dict)
    trace: list[Traced] | None = None
    remark: str = ""
    """What the reader of a field has to say of a value it took for less than it should be."""
    unmapped: dict[Unmapped, None] = field(default_factory=dict)
    """Codes in no map that is in force, in order."""

    def table(self, name: str) -> Mapping[str, Code]:
        """A map as it is in force for this feed."""
        found = self.habits.tables.get(name)
        return table(name) if found is None else found

    def standard(self, name: str, segment: Segment, at: int) -> Code | None:
        """The standard code of a coded field, by the map the feed has for it; one nobody knows is asked about."""
        name = self.habits.named.get((segment.name, at), name)
        return self.known(name, segment.get(at), f"{segment.name}-{at}", segment.get(at, 3), segment.get(at, 2))

    def known(self, name: str, code: str, place: str, system: str = "", display: str = "") -> Code | None:
        """The standard code by this very map; one nobody knows is asked about. A row may say that there is none."""
        code = code.strip()
        if not code or code == NULL:
            return None
        table = self.table(name)
        found = table.get(code) or table.get(f"{system}|{code}")
        if found is None and name in self.habits.asked:
            self.ask(Unmapped(name, code, system, display, place))
        return found if found and found.code else None

    def ask(self, about: Unmapped) -> None:
        self.unmapped[about] = None

    def add(self, kind: str, key: str) -> Json:
        """The resource of a type and key: the one there is, or a new one."""
        body = self.resources.get((kind, key))
        if body is None:
            body = self.resources[kind, key] = {"resourceType": kind}
        return body

    def add_from(self, segment: str, kind: str, key: str) -> Json:
        """The same for a type that several kinds of segment speak of: it says which did."""
        body = self.add(kind, key)
        if "extension" not in body:
            body["extension"] = [{"url": "urn:hub:v2:segment", "valueString": segment}]
        return body

    def directory(self, kind: str, key: str, body: Json) -> None:
        """Adds what a message says in passing of staff and places; what it said first stays."""
        if (kind, key) not in self.resources:
            self.mentioned.add((kind, key))
        known = self.resources.setdefault((kind, key), body)
        for name, value in body.items():
            known.setdefault(name, value)

    @property
    def subject(self) -> Json:
        return {"reference": f"Patient/{self.person}"}

    def own(self, kind: str, key: str) -> Json:
        """The resource the message is about, not told in passing."""
        self.mentioned.discard((kind, key))
        return self.add(kind, key)

    def home(self) -> Targets:
        """Where goes what no resource of its own is for: the visit, else the person; else the directory's entry."""
        if self.base:
            return self.base
        return {"Encounter": self.add("Encounter", self.visit)} if self.visit else {"Patient": self.patient}

    def encounter(self) -> Json | None:
        return {"reference": f"Encounter/{self.visit}"} if self.visit else None

    def nth(self, what: str) -> int:
        """How often this was asked for, from 1: tells equals apart."""
        self.codes_seen[what] = self.codes_seen.get(what, 0) + 1
        return self.codes_seen[what]

    def _lacks(self, known: tuple[str, str]) -> bool:
        """Whether what is said in passing is not said outright."""
        return not self.passing[known].keys() <= self.resources.get(known, {}).keys()

    def built(self) -> tuple[Resource, ...]:
        visits = [known for known in self.resources if known[0] == "Encounter"] if self.event.mentions else []
        passing = {*visits, *self.mentioned}
        numbered = [known for known in visits if self.event.visits and self.resources[known].get("identifier")]
        return (
            *(Resource(known[1], body, in_passing=True) for known, body in self.passing.items() if self._lacks(known)),
            *(Resource(known[1], body, known in passing) for known, body in self.resources.items()),
            *(_numbers(key, self.resources[kind, key]) for kind, key in numbered),
        )


def _numbers(key: str, visit: Json) -> Resource:
    """The numbers of a visit, where they are what the message is about and the visit itself is only mentioned."""
    return Resource(key, {"resourceType": "Encounter", "identifier": visit["identifier"]})
