"""What one message says about one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
class RecordUpdate:
    """What one message says about one person, or about the sender's staff and places when there is no claim.

    ``recorded_at`` (with a zone) is when the sender recorded it; without one, when the hub received it. An older
    update never overwrites what a newer one said.
    """

    claim: Claim | None
    resources: tuple[Resource, ...] = ()
    events: tuple[Merge, ...] = ()
    recorded_at: datetime | None = None
