"""CER, a certificate of a member of the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.moment import date_time
from plugins.hl7.datatypes.parts import compact, listed
from plugins.hl7.datatypes.staffed import organization
from plugins.hl7.keeping import CONCEPT, MOMENT
from plugins.hl7.rows import Room, ignores, keeps, reads, takes
from plugins.hl7.segments.staff import in_office, of_staff

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _certified(draft: Draft, segment: Segment) -> Json:
    """What CER-10 says it is, with its number, who granted it, and for how long; empty without a type."""
    kind = next((one for rep in segment.repetitions(10) if (one := concept(rep, draft))), None)
    if kind is None:
        return {}
    number = segment.get(2).strip()
    issuer = next((one for rep in segment.repetitions(4) if (one := organization(rep, draft))), None)
    times = {"start": date_time(segment.get(25), draft.zone), "end": date_time(segment.get(27), draft.zone)}
    return compact(
        {
            "identifier": [{"system": f"urn:hub:{draft.feed}:CER", "value": number}] if number else None,
            "code": kind,
            "period": compact(times),
            "issuer": issuer,
        }
    )


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    if "Practitioner" in targets and (found := _certified(draft, segment)):
        listed(targets["Practitioner"], "qualification").append(found)
    in_office(draft, segment, targets)


def _part(name: str, at: int) -> Callable[[Draft, Segment, Targets], bool]:
    """Reads a field that the qualification has used."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        found = _certified(draft, segment) if "Practitioner" in targets and len(segment.repetitions(at)) == 1 else {}
        part = found.get(name, {})
        if name == "period":
            return {25: "start", 27: "end"}[at] in part
        return bool(part)

    return read


ROOM = Room(
    "CER",
    "Certificate Detail",
    (
        ignores(1, "Set ID CER", "a counter within the message"),
        reads(2, "Serial Number", "Practitioner.qualification.identifier", _part("identifier", 2)),
        keeps(3, "Version"),
        takes(4, "Granting Authority", "Practitioner.qualification.issuer", _part("issuer", 4)),
        keeps(5, "Issuing Authority"),
        keeps(6, "Signature"),
        keeps(7, "Granting Country"),
        keeps(8, "Granting State Province", *CONCEPT),
        keeps(9, "Granting County Parish", *CONCEPT),
        takes(10, "Certificate Type", "Practitioner.qualification.code", _part("code", 10)),
        keeps(11, "Certificate Domain", *CONCEPT),
        keeps(12, "Subject ID"),
        keeps(13, "Subject Name"),
        keeps(14, "Subject Directory Attribute Extension"),
        keeps(15, "Subject Public Key Info"),
        keeps(16, "Authority Key Identifier"),
        keeps(17, "Basic Constraint"),
        keeps(18, "CRL Distribution Point"),
        keeps(19, "Jurisdiction Country"),
        keeps(20, "Jurisdiction State Province", *CONCEPT),
        keeps(21, "Jurisdiction County Parish", *CONCEPT),
        keeps(22, "Jurisdiction Breadth", *CONCEPT),
        keeps(23, "Granting Date", *MOMENT),
        keeps(24, "Issuing Date", *MOMENT),
        reads(25, "Activation Date", "Practitioner.qualification.period", _part("period", 25)),
        keeps(26, "Inactivation Date", *MOMENT),
        reads(27, "Expiration Date", "Practitioner.qualification.period", _part("period", 27)),
        keeps(28, "Renewal Date", *MOMENT),
        keeps(29, "Revocation Date", *MOMENT),
        keeps(30, "Revocation Reason Code", *CONCEPT),
        keeps(31, "Certificate Status", *CONCEPT),
    ),
    of_staff,
    _close,
)
