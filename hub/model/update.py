"""What one message says about one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from hub.model.person import Claim

Json = dict[str, Any]
"""A JSON object. Numbers with a fraction are ``Decimal``, so that 1.50 stays 1.50."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A FHIR R4 resource as an adapter built it, without id and meta.

    ``source_id`` is the sender's own key for it: ``(feed, type, source_id)`` is its identity. References to other
    resources of the same feed are written ``Type/<source_id>``, to the person of the claim
    ``Patient/<claim's source_id>``. A value of ``None`` deletes the element (HL7 v2 ``""``); an absent element says
    nothing, and what was known before stays. Lists, and objects that are one value (a code, a quantity, a reference),
    replace what was known; other objects (a period, a hospitalization) merge by key.
    """

    source_id: str
    body: Json
    in_passing: bool = False
    """Told in passing, as a result tells of its visit: fills what nobody has said, never overrules."""

    @property
    def type(self) -> str:
        return str(self.body["resourceType"])


@dataclass(frozen=True, slots=True)
class Merge:
    """The sender retires one of its person numbers in favour of the update's claim (ADT A40)."""

    retired: Claim


@dataclass(frozen=True, slots=True)
class Link:
    """The sender says that two of its numbers are one person; both stay in use (ADT A24)."""

    other: Claim


@dataclass(frozen=True, slots=True)
class Unlink:
    """The sender takes such a word back: the two are not the same (ADT A37)."""

    other: Claim


@dataclass(frozen=True, slots=True)
class Move:
    """A resource that was filed under another person belongs to the update's claim, with all that refers to it.

    ``key`` is its type and ``source_id`` (ADT A45: the visit).
    """

    key: tuple[str, str]
    since: Claim | None = None
    """Whose it was, where the sender says so."""


@dataclass(frozen=True, slots=True)
class Replace:
    """The sender knows a resource by a new key (ADT A42, A50): what refers to the old one refers to the new one."""

    type: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Correct:
    """A registry puts right what it told of the update's person (公安 变更更正).

    ``reissued``: the number was issued twice, and is the other holder's alone (重号, 11). ``wrong``: it was wrong, and
    leads to this person still (错号, 12). ``name``: a former name (21, 22, 23).
    """

    kind: Literal["reissued", "wrong", "name"]
    old: str
    new: str = ""
    system: str = ""
    """Of a number; none for a resident's ID number."""


CORRECTIONS: dict[str, Literal["reissued", "wrong", "name"]] = {
    "11": "reissued",
    "12": "wrong",
    "21": "name",
    "22": "name",
    "23": "name",
}
"""By the police's category. What the others change (sex, birth date …) is told by the claim itself."""

Event = Merge | Link | Unlink | Move | Replace | Correct


@dataclass(frozen=True, slots=True)
class Document:
    """A document inside a message, for the adapter that reads its type."""

    source_id: str
    """The sender's own key for it."""
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A code the message used and no map knows: the resource keeps it as it came, and a person is asked."""

    map: str
    """The code map's name: ``sex``."""
    code: str
    system: str = ""
    """As the sender names it; empty when it does not."""
    display: str = ""
    place: str = ""
    """``PID-8``"""


@dataclass(frozen=True, slots=True)
class RecordUpdate:
    """What one message says about one person, or about the sender's staff and places when there is no claim.

    ``recorded_at`` (with a zone) is when the sender recorded it; without one, when the hub received it. An older
    update never overwrites what a newer one said.
    """

    claim: Claim | None
    resources: tuple[Resource, ...] = ()
    events: tuple[Event, ...] = ()
    recorded_at: datetime | None = None
    documents: tuple[Document, ...] = ()
    unmapped: tuple[Unmapped, ...] = ()
