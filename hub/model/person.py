"""Who a person is, as one feed describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.model.id_number import grade_id_number, id_number_fault, normal_id_number

__all__ = [
    "HEALTH_CARD_SYSTEM",
    "HEALTH_RECORD_SYSTEM",
    "ID_NUMBER_SYSTEM",
    "MOTHER_EXTENSION",
    "Claim",
    "Identifier",
    "PersonName",
    "grade_id_number",
    "id_number_fault",
    "normal_id_number",
]

ID_NUMBER_SYSTEM = "urn:oid:2.16.156.10011.1.3"
HEALTH_RECORD_SYSTEM = "urn:oid:2.16.156.10011.1.2"
HEALTH_CARD_SYSTEM = "urn:oid:2.16.156.10011.1.19"

MOTHER_EXTENSION = "urn:hub:mother"
"""A claim's Patient carries its mother's numbers in extensions of this URL, each a ``valueIdentifier``."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number and who issued it; ``value`` is never empty."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as written; ``text`` is the whole of it."""

    text: str
    use: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """How one feed knows one person.

    ``source_id`` is the sender's own number for the person, with its issuer; empty when the sender gives none, and
    then the claim is keyed by its message. ``patient`` is a FHIR R4 Patient without id and meta, exactly as the sender
    describes the person; ``None`` values delete (see ``Resource``), but a number stays known until its system is named
    with another.
    """

    source_id: str
    patient: dict[str, Any]

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Those with a value: an empty identifier never matches anyone."""
        return tuple(
            Identifier(found.get("system", ""), found["value"])
            for found in self.patient.get("identifier") or ()
            if found.get("value")
        )

    @property
    def names(self) -> tuple[PersonName, ...]:
        return tuple(
            PersonName(name.get("text") or name.get("family", "") + "".join(name.get("given", ())), name.get("use", ""))
            for name in self.patient.get("name") or ()
        )

    @property
    def birth_date(self) -> str:
        """``YYYY-MM-DD``, or the part of it that is known; empty when unknown."""
        return self.patient.get("birthDate") or ""

    @property
    def sex(self) -> str:
        """A FHIR administrative gender, or empty."""
        return self.patient.get("gender") or ""
