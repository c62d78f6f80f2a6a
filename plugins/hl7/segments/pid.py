"""PID, the person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hub import ID_NUMBER_SYSTEM, MOTHER_EXTENSION
from plugins.hl7.datatypes.coded import V2, concept, concept_by, language, text, translated
from plugins.hl7.datatypes.identified import identifier, insured, licence, resident_number, type_of
from plugins.hl7.datatypes.moment import birth_of, date_time, is_precise, moment
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.number import count, positive
from plugins.hl7.datatypes.parts import EXTENSION, dated, listed
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.keeping import CONCEPT, MOMENT, extension
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.accounts import accounted

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


_NATIONAL_SHAPED = re.compile(r"[0-9]{14,19}X?")


def _open(draft: Draft, segment: Segment) -> Targets:
    del segment
    draft.under = {"Patient": draft.patient}
    return draft.under


@dated
def _birth(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """The birth date is a date; a time of day goes beside it."""
    raw = segment.get(7).strip()
    born = birth_of(raw, draft)
    if born is None:
        return False
    patient = targets["Patient"]
    patient["birthDate"] = born
    if is_precise(raw) and raw[8:14].rstrip("0"):
        time = {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime"}
        patient["_birthDate"] = {"extension": [time | {"valueDateTime": date_time(raw, draft.zone)}]}
    return True


def _national(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PID-19: the resident's number where it looks like one, else a number of the sender's."""
    value = segment.get(19).strip()
    if not value:
        return False
    number = resident_number(value)
    if number or _NATIONAL_SHAPED.fullmatch(value):
        found = {"type": type_of("NNCHN"), "system": ID_NUMBER_SYSTEM, "value": number or value}
    else:
        found = insured(value, draft)
    known = listed(targets["Patient"], "identifier")
    if not any(one["value"] == found["value"] and one["system"] == found["system"] for one in known):
        known.append(found)
    return True


def _mother(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PID-21: the mother's numbers make her a related person."""
    found = [one for rep in segment.repetitions(21) if (one := identifier(rep, draft))]
    if not found:
        return False
    mother = draft.add_from("PID", "RelatedPerson", f"{draft.person}|MTH")
    mother["patient"] = draft.subject
    mother["relationship"] = [MOTHER]
    mother["identifier"] = found
    if maiden := [name for rep in segment.repetitions(6) for name in names(rep, draft)]:
        mother["name"] = [name | {"use": "maiden"} for name in maiden]
    tell_mother(targets["Patient"], found)
    return True


def tell_mother(patient: Json, numbers: list[Json]) -> None:
    """Identity knows a newborn by its mother's numbers."""
    if not numbers:
        return
    known = listed(patient, "extension")
    told = ({"url": MOTHER_EXTENSION, "valueIdentifier": one} for one in numbers)
    known.extend(one for one in told if one not in known)


def _maiden(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PID-6, the mother's maiden name: every part of it, beside the text FHIR's extension has room for."""
    found = [name for rep in segment.repetitions(6) for name in names(rep, draft)]
    known = listed(targets["Patient"], "extension") if found else []
    for name in found:
        whole = name.get("text") or name.get("family", "")
        known.append({"url": f"{EXTENSION}PID-6", "valueHumanName": name})
        if whole:
            known.append(
                {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": whole}
            )
    return bool(found)


def _language(draft: Draft, segment: Segment, targets: Targets) -> bool:
    found = [one for rep in segment.repetitions(15) if (one := language(rep, draft))]
    if found:
        targets["Patient"]["communication"] = [{"language": one, "preferred": True} for one in found]
    return bool(found)


def _multiple(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PID-24, unless PID-25 says which of them."""
    del draft
    known = {"Y": True, "N": False}.get(segment.get(24))
    if known is None or count(segment.get(25)):
        return False
    targets["Patient"]["multipleBirthBoolean"] = known
    return True


def _died(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PID-30, unless PID-29 says when."""
    known = {"Y": True, "N": False}.get(segment.get(30))
    if known is None or date_time(segment.get(29), draft.zone):
        return False
    targets["Patient"]["deceasedBoolean"] = known
    return True


def _birthplace(rep: Repetition, draft: Draft) -> Json | None:
    """PID-23 is free text."""
    found = text(rep, draft)
    return {"text": found} if found else None


MOTHER = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}]}


ROOM = Room(
    "PID",
    "Patient Identification",
    (
        ignores(1, "Set ID PID", "a counter within the message"),
        maps(2, "Patient ID", "Patient.identifier[]", identifier),
        maps(3, "Patient Identifier List", "Patient.identifier[]", identifier),
        maps(4, "Alternate Patient ID PID", "Patient.identifier[]", identifier),
        maps(5, "Patient Name", "Patient.name[]", names),
        takes(6, "Mother's Maiden Name", "Patient.extension", _maiden),
        reads(7, "Date/Time of Birth", "Patient.birthDate", _birth),
        maps(8, "Administrative Sex", "Patient.gender", translated("sex")),
        maps(9, "Patient Alias", "Patient.name[]", names),
        keeps(10, "Race", *CONCEPT),
        maps(11, "Patient Address", "Patient.address[]", address),
        keeps(12, "County Code"),
        maps(13, "Phone Number Home", "Patient.telecom[]", contact("home")),
        maps(14, "Phone Number Business", "Patient.telecom[]", contact("work")),
        takes(15, "Primary Language", "Patient.communication", _language),
        maps(16, "Marital Status", "Patient.maritalStatus", concept_by("marital", f"{V2}0002")),
        maps(
            17,
            "Religion",
            "Patient.extension[]",
            extension("patient-religion", "valueCodeableConcept", concept_by("religion", f"{V2}0006")),
        ),
        takes(18, "Patient Account Number", "Account.identifier", accounted),
        reads(19, "SSN Number Patient", "Patient.identifier", _national),
        maps(20, "Driver's License Number Patient", "Patient.identifier[]", licence),
        takes(21, "Mother's Identifier", "RelatedPerson.identifier", _mother),
        keeps(22, "Ethnic Group", *CONCEPT),
        maps(23, "Birth Place", "Patient.extension[]", extension("patient-birthPlace", "valueAddress", _birthplace)),
        reads(24, "Multiple Birth Indicator", "Patient.multipleBirthBoolean", _multiple),
        maps(25, "Birth Order", "Patient.multipleBirthInteger", positive),
        maps(
            26,
            "Citizenship",
            "Patient.extension[]",
            extension("patient-citizenship", "valueCodeableConcept", concept, "code"),
        ),
        keeps(27, "Veterans Military Status", *CONCEPT),
        maps(
            28,
            "Nationality",
            "Patient.extension[]",
            extension("patient-nationality", "valueCodeableConcept", concept, "code"),
        ),
        maps(29, "Patient Death Date and Time", "Patient.deceasedDateTime", moment),
        reads(30, "Patient Death Indicator", "Patient.deceasedBoolean", _died),
        keeps(31, "Identity Unknown Indicator"),
        keeps(32, "Identity Reliability Code", *CONCEPT),
        keeps(33, "Last Update Date/Time", *MOMENT),
        keeps(34, "Last Update Facility"),
        keeps(35, "Taxonomic Classification Code", *CONCEPT),
        keeps(36, "Breed Code", *CONCEPT),
        keeps(37, "Strain"),
        keeps(38, "Production Class Code", *CONCEPT),
        keeps(39, "Tribal Citizenship", *CONCEPT),
        maps(40, "Patient Telecommunication Information", "Patient.telecom[]", contact("")),
    ),
    _open,
    each=(1, 6, 18, 21),
)
