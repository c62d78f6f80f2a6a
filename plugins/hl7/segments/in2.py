"""IN2, more of the insured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import language
from plugins.hl7.datatypes.identified import bare, identifier, insurance
from plugins.hl7.datatypes.reached import contact
from plugins.hl7.keeping import CONCEPT, CONTACT, IDENTIFIER, MOMENT, ORGANIZATION, PRACTITIONER
from plugins.hl7.rows import Room, keeps, maps, takes

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.coverage or draft.home()


def _spoken(draft: Draft, segment: Segment, targets: Targets) -> bool:
    found = [one for rep in segment.repetitions(34) if (one := language(rep, draft))]
    if found and "RelatedPerson" in targets:
        targets["RelatedPerson"]["communication"] = [{"language": one, "preferred": True} for one in found]
        return True
    return False


ROOM = Room(
    "IN2",
    "Insurance Additional Information",
    (
        maps(1, "Insured's Employee ID", "RelatedPerson.identifier[]", identifier),
        maps(2, "Insured's Social Security Number", "RelatedPerson.identifier[]", insurance),
        keeps(3, "Insured's Employer's Name and ID", *PRACTITIONER),
        keeps(4, "Employer Information Data", *CONCEPT),
        keeps(5, "Mail Claim Party", *CONCEPT),
        maps(6, "Medicare Health Ins Card Number", "Coverage.identifier[] Patient.identifier[]", bare("MC")),
        keeps(7, "Medicaid Case Name"),
        maps(8, "Medicaid Case Number", "Coverage.identifier[] Patient.identifier[]", bare("MA")),
        keeps(9, "Military Sponsor Name"),
        maps(10, "Military ID Number", "Patient.identifier[]", bare("MI")),
        keeps(11, "Dependent of Military Recipient", *CONCEPT),
        keeps(12, "Military Organization"),
        keeps(13, "Military Station"),
        keeps(14, "Military Service", *CONCEPT),
        keeps(15, "Military Rank Grade", *CONCEPT),
        keeps(16, "Military Status", *CONCEPT),
        keeps(17, "Military Retire Date", *MOMENT),
        keeps(18, "Military Non Avail Cert on File"),
        keeps(19, "Baby Coverage"),
        keeps(20, "Combine Baby Bill"),
        keeps(21, "Blood Deductible"),
        keeps(22, "Special Coverage Approval Name"),
        keeps(23, "Special Coverage Approval Title"),
        keeps(24, "Non Covered Insurance Code", *CONCEPT),
        keeps(25, "Payor ID", *IDENTIFIER),
        keeps(26, "Payor Subscriber ID", *IDENTIFIER),
        keeps(27, "Eligibility Source", *CONCEPT),
        keeps(28, "Room Coverage Type Amount"),
        keeps(29, "Policy Type Amount"),
        keeps(30, "Daily Deductible"),
        keeps(31, "Living Dependency", *CONCEPT),
        keeps(32, "Ambulatory Status", *CONCEPT),
        keeps(33, "Citizenship", *CONCEPT),
        takes(34, "Primary Language", "RelatedPerson.communication", _spoken),
        keeps(35, "Living Arrangement", *CONCEPT),
        keeps(36, "Publicity Code", *CONCEPT),
        keeps(37, "Protection Indicator"),
        keeps(38, "Student Indicator", *CONCEPT),
        keeps(39, "Religion", *CONCEPT),
        keeps(40, "Mother's Maiden Name"),
        keeps(41, "Nationality", *CONCEPT),
        keeps(42, "Ethnic Group", *CONCEPT),
        keeps(43, "Marital Status", *CONCEPT),
        keeps(44, "Insured's Employment Start Date", *MOMENT),
        keeps(45, "Employment Stop Date", *MOMENT),
        keeps(46, "Job Title"),
        keeps(47, "Job Code Class"),
        keeps(48, "Job Status", *CONCEPT),
        keeps(49, "Employer Contact Person Name"),
        keeps(50, "Employer Contact Person Phone Number", *CONTACT),
        keeps(51, "Employer Contact Reason", *CONCEPT),
        keeps(52, "Insured's Contact Person's Name"),
        keeps(53, "Insured's Contact Person Phone Number", *CONTACT),
        keeps(54, "Insured's Contact Person Reason", *CONCEPT),
        keeps(55, "Relationship to the Patient Start Date", *MOMENT),
        keeps(56, "Relationship to the Patient Stop Date", *MOMENT),
        keeps(57, "Insurance Co Contact Reason", *CONCEPT),
        keeps(58, "Insurance Co Contact Phone Number", *CONTACT),
        keeps(59, "Policy Scope", *CONCEPT),
        keeps(60, "Policy Source", *CONCEPT),
        maps(61, "Patient Member Number", "Coverage.identifier[] Patient.identifier[]", identifier),
        keeps(62, "Guarantor's Relationship to Insured", *CONCEPT),
        maps(63, "Insured's Phone Number Home", "RelatedPerson.telecom[]", contact("home")),
        maps(64, "Insured's Employer Phone Number", "RelatedPerson.telecom[]", contact("work")),
        keeps(65, "Military Handicapped Program", *CONCEPT),
        keeps(66, "Suspend Flag"),
        keeps(67, "Copay Limit Flag"),
        keeps(68, "Stoploss Limit Flag"),
        keeps(69, "Insured Organization Name and ID", *ORGANIZATION),
        keeps(70, "Insured Employer Organization Name and ID", *ORGANIZATION),
        keeps(71, "Race", *CONCEPT),
        keeps(72, "Patient's Relationship to Insured", *CONCEPT),
    ),
    _open,
)
