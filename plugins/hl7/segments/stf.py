"""STF, a member of the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub import ParseError
from plugins.hl7.datatypes.coded import of_table, translated
from plugins.hl7.datatypes.identified import authority_system, identifier, licence
from plugins.hl7.datatypes.moment import birth
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.parts import listed
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.keeping import CONCEPT, MOMENT, PERIOD
from plugins.hl7.rows import Room, keeps, maps, reads
from plugins.hl7.segments.staff import department, in_office, of_staff, staff_key

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    key = staff_key(draft, segment)
    if not key:
        raise ParseError("the entry does not say whom it is about", place="STF-1")
    if draft.event.about == "staff":
        draft.base = {"Practitioner": draft.own("Practitioner", key)}
        draft.person = key
        draft.role = f"{key}|{segment.get(8) or segment.get(8, 2)}"
        draft.under = draft.base
    return of_staff(draft, segment)


def _known_by(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """STF-1: a number of its own, where STF-2 does not list it."""
    value = segment.get(1).strip()
    if "Practitioner" not in targets or not value:
        return False
    if value not in {rep.get(1).strip() for rep in segment.repetitions(2)}:
        number = {"system": authority_system(draft, segment.get(1, 3)), "value": value}
        listed(targets["Practitioner"], "identifier").append(number)
    return True


def _active(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """STF-7, unless MFE-1 retires the entry: who is retired by either is."""
    del draft
    known = {"A": True, "I": False}.get(segment.get(7).strip())
    staff = targets.get("Practitioner")
    if known is None or staff is None or (known and staff.get("active") is False):
        return False
    staff["active"] = known
    return True


def _mail(rep: Repetition, draft: Draft) -> Json | None:
    del draft
    value = rep.get().strip()
    return {"system": "email", "value": value} if value else None


def _titled(rep: Repetition, draft: Draft) -> Json | None:
    del draft
    words = rep.get().strip()
    return {"text": words} if words else None


ROOM = Room(
    "STF",
    "Staff Identification",
    (
        reads(1, "Primary Key Value STF", "Practitioner.identifier", _known_by),
        maps(2, "Staff Identifier List", "Practitioner.identifier[]", identifier),
        maps(3, "Staff Name", "Practitioner.name[]", names),
        maps(4, "Staff Type", "PractitionerRole.code[]", of_table("0182")),
        maps(5, "Administrative Sex", "Practitioner.gender", translated("sex")),
        maps(6, "Date/Time of Birth", "Practitioner.birthDate", birth),
        reads(7, "Active/Inactive Flag", "Practitioner.active", _active),
        maps(8, "Department", "PractitionerRole.organization", department),
        maps(9, "Hospital Service STF", "PractitionerRole.specialty[]", of_table("0069")),
        maps(10, "Phone", "Practitioner.telecom[]", contact("work")),
        maps(11, "Office Home Address Birthplace", "Practitioner.address[]", address),
        keeps(12, "Institution Activation Date"),
        keeps(13, "Institution Inactivation Date"),
        keeps(14, "Backup Person ID", *CONCEPT),
        maps(15, "E Mail Address", "Practitioner.telecom[]", _mail),
        keeps(16, "Preferred Method of Contact", *CONCEPT),
        keeps(17, "Marital Status", *CONCEPT),
        maps(18, "Job Title", "PractitionerRole.code[]", _titled),
        keeps(19, "Job Code/Class"),
        keeps(20, "Employment Status Code", *CONCEPT),
        keeps(21, "Additional Insured on Auto"),
        maps(22, "Driver's License Number Staff", "Practitioner.identifier[]", licence),
        keeps(23, "Copy Auto Ins"),
        keeps(24, "Auto Ins Expires", *MOMENT),
        keeps(25, "Date Last DMV Review", *MOMENT),
        keeps(26, "Date Next DMV Review", *MOMENT),
        keeps(27, "Race", *CONCEPT),
        keeps(28, "Ethnic Group", *CONCEPT),
        keeps(29, "Re Activation Approval Indicator"),
        keeps(30, "Citizenship", *CONCEPT),
        keeps(31, "Date/Time of Death", *MOMENT),
        keeps(32, "Death Indicator"),
        keeps(33, "Institution Relationship Type Code", *CONCEPT),
        keeps(34, "Institution Relationship Period", *PERIOD),
        keeps(35, "Expected Return Date", *MOMENT),
        keeps(36, "Cost Center Code", *CONCEPT),
        keeps(37, "Generic Classification Indicator"),
        keeps(38, "Inactive Reason Code", *CONCEPT),
        keeps(39, "Generic Resource Type or Category", *CONCEPT),
        keeps(40, "Religion", *CONCEPT),
        keeps(41, "Signature"),
    ),
    _open,
    in_office,
)
