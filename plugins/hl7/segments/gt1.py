"""GT1, who answers for the bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept_by, language, translated
from plugins.hl7.datatypes.identified import identifier, insurance
from plugins.hl7.datatypes.moment import birth, moment
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, IDENTIFIER, MOMENT, NUMBER, ORGANIZATION
from plugins.hl7.rows import Room, ignores, keeps, maps, takes

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """The patient may be the guarantor; then nobody else is."""
    if segment.get(11) == "SEL":
        return {"Patient": draft.patient}
    name = "".join(part for rep in segment.repetitions(3)[:1] for part in rep.components())
    key = f"{draft.person}|{segment.get(11)}|{name or segment.get(2) or segment.get(21)}"
    draft.under = {"RelatedPerson": draft.add_from("GT1", "RelatedPerson", key)}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    del segment
    if "RelatedPerson" in targets:
        targets["RelatedPerson"]["patient"] = draft.subject


def _spoken(draft: Draft, segment: Segment, targets: Targets) -> bool:
    found = [one for rep in segment.repetitions(36) if (one := language(rep, draft))]
    if found and "RelatedPerson" in targets:
        targets["RelatedPerson"]["communication"] = [{"language": one} for one in found]
        return True
    return False


ROOM = Room(
    "GT1",
    "Guarantor",
    (
        ignores(1, "Set ID GT1", "a counter within the message"),
        maps(2, "Guarantor Number", "RelatedPerson.identifier[]", identifier),
        maps(3, "Guarantor Name", "RelatedPerson.name[]", names),
        keeps(4, "Guarantor Spouse Name"),
        maps(5, "Guarantor Address", "RelatedPerson.address[]", address),
        maps(6, "Guarantor Ph Num Home", "RelatedPerson.telecom[]", contact("home")),
        maps(7, "Guarantor Ph Num Business", "RelatedPerson.telecom[]", contact("work")),
        maps(8, "Guarantor Date/Time of Birth", "RelatedPerson.birthDate", birth),
        maps(9, "Guarantor Administrative Sex", "RelatedPerson.gender", translated("sex")),
        keeps(10, "Guarantor Type", *CONCEPT),
        maps(11, "Guarantor Relationship", "RelatedPerson.relationship[]", concept_by("relationship", f"{V2}0063")),
        maps(12, "Guarantor SSN", "RelatedPerson.identifier[]", insurance),
        maps(13, "Guarantor Date Begin", "RelatedPerson.period.start", moment),
        maps(14, "Guarantor Date End", "RelatedPerson.period.end", moment),
        keeps(15, "Guarantor Priority", *NUMBER),
        keeps(16, "Guarantor Employer Name"),
        keeps(17, "Guarantor Employer Address", *ADDRESS),
        keeps(18, "Guarantor Employer Phone Number", *CONTACT),
        maps(19, "Guarantor Employee ID Number", "RelatedPerson.identifier[]", identifier),
        keeps(20, "Guarantor Employment Status", *CONCEPT),
        keeps(21, "Guarantor Organization Name", *ORGANIZATION),
        keeps(22, "Guarantor Billing Hold Flag"),
        keeps(23, "Guarantor Credit Rating Code", *CONCEPT),
        keeps(24, "Guarantor Death Date and Time", *MOMENT),
        keeps(25, "Guarantor Death Flag"),
        keeps(26, "Guarantor Charge Adjustment Code", *CONCEPT),
        keeps(27, "Guarantor Household Annual Income"),
        keeps(28, "Guarantor Household Size", *NUMBER),
        keeps(29, "Guarantor Employer ID Number", *IDENTIFIER),
        keeps(30, "Guarantor Marital Status Code", *CONCEPT),
        keeps(31, "Guarantor Hire Effective Date", *MOMENT),
        keeps(32, "Employment Stop Date", *MOMENT),
        keeps(33, "Living Dependency", *CONCEPT),
        keeps(34, "Ambulatory Status", *CONCEPT),
        keeps(35, "Citizenship", *CONCEPT),
        takes(36, "Primary Language", "RelatedPerson.communication", _spoken),
        keeps(37, "Living Arrangement", *CONCEPT),
        keeps(38, "Publicity Code", *CONCEPT),
        keeps(39, "Protection Indicator"),
        keeps(40, "Student Indicator", *CONCEPT),
        keeps(41, "Religion", *CONCEPT),
        keeps(42, "Mother's Maiden Name"),
        keeps(43, "Nationality", *CONCEPT),
        keeps(44, "Ethnic Group", *CONCEPT),
        keeps(45, "Contact Person's Name"),
        keeps(46, "Contact Person's Telephone Number", *CONTACT),
        keeps(47, "Contact Reason", *CONCEPT),
        keeps(48, "Contact Relationship", *CONCEPT),
        keeps(49, "Job Title"),
        keeps(50, "Job Code Class"),
        keeps(51, "Guarantor Employer's Organization Name", *ORGANIZATION),
        keeps(52, "Handicap", *CONCEPT),
        keeps(53, "Job Status", *CONCEPT),
        keeps(54, "Guarantor Financial Class"),
        keeps(55, "Guarantor Race", *CONCEPT),
        keeps(56, "Guarantor Birth Place"),
        keeps(57, "VIP Indicator", *CONCEPT),
    ),
    _open,
    _close,
)
