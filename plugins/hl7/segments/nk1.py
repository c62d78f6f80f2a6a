"""NK1, a relative or another contact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept_by, language, translated
from plugins.hl7.datatypes.identified import identifier, insurance
from plugins.hl7.datatypes.moment import birth, moment
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.parts import listed
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.datatypes.staffed import organization
from plugins.hl7.keeping import CONCEPT, ORGANIZATION
from plugins.hl7.rows import Room, ignores, keeps, maps, takes
from plugins.hl7.segments.pid import tell_mother

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    name = "".join(part for rep in segment.repetitions(2)[:1] for part in rep.components()) or segment.get(30)
    key = f"{draft.person}|{segment.get(3) or segment.get(7)}|{name or segment.get(13) or segment.get(1)}"
    draft.under = {"RelatedPerson": draft.add_from("NK1", "RelatedPerson", key)}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    """The same contact stands in the Patient too, where FHIR's users look for it."""
    related = targets["RelatedPerson"]
    related["patient"] = draft.subject
    contact = {name: related[name] for name in ("relationship", "telecom", "gender", "period") if related.get(name)}
    contact |= {name: related[name][0] for name in ("name", "address") if related.get(name)}
    employers = [one for rep in segment.repetitions(13) if (one := organization(rep, draft))]
    if employers:
        contact["organization"] = employers[0]
    if len(contact) > ("period" in contact):
        listed(draft.patient, "contact").append(contact)
    codings = [coding for one in related.get("relationship") or () for coding in one.get("coding", ())]
    if any(coding.get("code") == "MTH" for coding in codings):
        tell_mother(draft.patient, [one for rep in segment.repetitions(33) if (one := identifier(rep, draft))])


def _spoken(draft: Draft, segment: Segment, targets: Targets) -> bool:
    found = [one for rep in segment.repetitions(20) if (one := language(rep, draft))]
    if found:
        targets["RelatedPerson"]["communication"] = [{"language": one} for one in found]
    return bool(found)


ROOM = Room(
    "NK1",
    "Next of Kin/Associated Parties",
    (
        ignores(1, "Set ID NK1", "a counter within the message"),
        maps(2, "Name", "RelatedPerson.name[]", names),
        maps(3, "Relationship", "RelatedPerson.relationship[]", concept_by("relationship", f"{V2}0063")),
        maps(4, "Address", "RelatedPerson.address[]", address),
        maps(5, "Phone Number", "RelatedPerson.telecom[]", contact("home")),
        maps(6, "Business Phone Number", "RelatedPerson.telecom[]", contact("work")),
        # Most roles are no relationship, so nobody is asked about those that the map lacks.
        replace(
            maps(7, "Contact Role", "RelatedPerson.relationship[]", concept_by("relationship", f"{V2}0131")), codes=""
        ),
        maps(8, "Start Date", "RelatedPerson.period.start", moment),
        maps(9, "End Date", "RelatedPerson.period.end", moment),
        keeps(10, "Next of Kin Associated Parties Job Title"),
        keeps(11, "Next of Kin Associated Parties Job Code Class"),
        maps(12, "Next of Kin Associated Parties Employee Number", "RelatedPerson.identifier[]", identifier),
        keeps(13, "Organization Name NK1", *ORGANIZATION),
        keeps(14, "Marital Status", *CONCEPT),
        maps(15, "Administrative Sex", "RelatedPerson.gender", translated("sex")),
        maps(16, "Date/Time of Birth", "RelatedPerson.birthDate", birth),
        keeps(17, "Living Dependency", *CONCEPT),
        keeps(18, "Ambulatory Status", *CONCEPT),
        keeps(19, "Citizenship", *CONCEPT),
        takes(20, "Primary Language", "RelatedPerson.communication", _spoken),
        keeps(21, "Living Arrangement", *CONCEPT),
        keeps(22, "Publicity Code", *CONCEPT),
        keeps(23, "Protection Indicator"),
        keeps(24, "Student Indicator", *CONCEPT),
        keeps(25, "Religion", *CONCEPT),
        keeps(26, "Mother's Maiden Name"),
        keeps(27, "Nationality", *CONCEPT),
        keeps(28, "Ethnic Group", *CONCEPT),
        keeps(29, "Contact Reason", *CONCEPT),
        maps(30, "Contact Person's Name", "RelatedPerson.name[]", names),
        maps(31, "Contact Person's Telephone Number", "RelatedPerson.telecom[]", contact("")),
        maps(32, "Contact Person's Address", "RelatedPerson.address[]", address),
        maps(33, "Next of Kin Associated Party's Identifiers", "RelatedPerson.identifier[]", identifier),
        keeps(34, "Job Status", *CONCEPT),
        keeps(35, "Race", *CONCEPT),
        keeps(36, "Handicap", *CONCEPT),
        maps(37, "Contact Person Social Security Number", "RelatedPerson.identifier[]", insurance),
        keeps(38, "Next of Kin Birth Place"),
        keeps(39, "VIP Indicator", *CONCEPT),
        maps(40, "Next of Kin Telecommunication Information", "RelatedPerson.telecom[]", contact("")),
        maps(41, "Contact Person's Telecommunication Information", "RelatedPerson.telecom[]", contact("")),
    ),
    _open,
    _close,
    each=(1,),
)
