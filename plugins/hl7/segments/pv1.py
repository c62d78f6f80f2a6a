"""PV1, the visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.codes import table
from plugins.hl7.datatypes.coded import V2, concept_by, of_table, one_coding
from plugins.hl7.datatypes.identified import identifier, number_key
from plugins.hl7.datatypes.moment import date_time, is_backwards, moment, span
from plugins.hl7.datatypes.parts import EXTENSION, dated, default, extended, listed
from plugins.hl7.keeping import CONCEPT, IDENTIFIER, MOMENT, NUMBER
from plugins.hl7.lexer import NULL
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes
from plugins.hl7.segments.accounts import account_of
from plugins.hl7.segments.roles import at_place, in_role

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


_NULL_FLAVOR = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"


def _open(draft: Draft, segment: Segment) -> Targets:
    draft.visit = visit_key(draft, segment) or draft.visit
    if not draft.visit:
        return {"Patient": draft.patient}
    draft.preadmitted = segment.get(2) == "P"
    draft.under = {"Encounter": draft.add("Encounter", draft.visit)}
    return draft.under


def visit_key(draft: Draft, segment: Segment) -> str:
    """PV1-19, else PV1-50, else the person and PV1-44; empty when the segment only says that there is no visit."""
    for at in (19, 50):
        for rep in segment.repetitions(at):
            if key := number_key(rep, draft):
                return key
    if (admitted := segment.get(44)) and admitted != NULL:
        return f"{draft.person}|{admitted}"
    told = [at for at, raw in enumerate(segment.raws) if raw and at > 2]
    return f"{draft.person}|{draft.key}" if told else ""


def _class(draft: Draft, segment: Segment, targets: Targets) -> bool:
    if "Encounter" not in targets:
        return False
    rep = segment.repetitions(2)[0]
    found = one_coding(rep, draft)
    standard = draft.standard("visit_class", segment, 2)
    if found is None:
        return False
    targets["Encounter"]["class"] = {"system": standard.system, "code": standard.code} if standard else found
    if standard and (len(found) > 1 or segment.get(2) not in table("visit_class")):
        extended(targets["Encounter"]["class"], [{"url": f"{EXTENSION}PV1-2", "valueCoding": found}])
    return True


def _number(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PV1-19: the visit number, and that it is one."""
    found = [one for rep in segment.repetitions(19) if (one := identifier(rep, draft))]
    if "Encounter" not in targets or not found:
        return False
    for one in found:
        types = one.setdefault("type", {"coding": []})["coding"]
        if not any(known.get("code") == "VN" for known in types):
            types.insert(0, {"system": f"{V2}0203", "code": "VN"})
    listed(targets["Encounter"], "identifier").extend(found)
    return True


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    visit = targets.get("Encounter")
    if visit is None:
        return
    visit["subject"] = draft.subject
    if draft.account:
        visit["account"] = [account_of(draft)]
    visit["status"] = _status(draft, segment)
    default(visit, "class", {"system": _NULL_FLAVOR, "code": "UNK"})
    if draft.event.before and (history := _history(draft, segment)):
        visit["statusHistory"] = [history]
    if draft.event.ends is False:
        visit["period"] = {**visit.get("period", {}), "end": None}


def _status(draft: Draft, segment: Segment) -> str:
    if draft.event.visit:
        return draft.event.visit
    if segment.get(45):
        return "finished"
    if standard := draft.table("visit_status").get(segment.get(2)) if ("PV1", 2) not in draft.habits.named else None:
        return standard.code
    mapped = draft.standard("visit_class", segment, 2)
    return "unknown" if mapped is None else "planned" if mapped.code == "PRENC" else "in-progress"


def _history(draft: Draft, segment: Segment) -> Json:
    """The status the event ended, with what the message says of its time."""
    begun = segment.get(44) if draft.event.before == "in-progress" else ""
    over = segment.get(45) or draft.happened if draft.event.ends else draft.happened
    time = span(begun, over, draft)
    return {"status": draft.event.before, "period": time} if time else {}


def _courtesy(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PV1-16: a courtesy of the visit, and how important the person is to the house."""
    found = [one for rep in segment.repetitions(16) if (one := _vip(rep, draft))]
    if found and "Encounter" in targets:
        targets["Encounter"].setdefault("hospitalization", {})["specialCourtesy"] = found
    url = "http://hl7.org/fhir/StructureDefinition/patient-importance"
    extended(draft.patient, [{"url": url, "valueCodeableConcept": one} for one in found])
    return bool(found)


_vip = of_table("0099")


@dated
def _left(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PV1-45: when the visit ended, unless that is before it began."""
    begun, over = segment.get(44).strip(), segment.get(45).strip()
    ended = date_time(over, draft.zone)
    if "Encounter" not in targets or ended is None or is_backwards(begun, over, draft.zone):
        return False
    targets["Encounter"].setdefault("period", {})["end"] = ended
    return True


def _assigned(rep: Repetition, draft: Draft) -> Json | None:
    planned = draft.event.visit == "planned" or draft.preadmitted
    return at_place("planned" if planned else "completed" if draft.event.ends else "active")(rep, draft)


def _waited_for(rep: Repetition, draft: Draft) -> Json | None:
    """PV1-42, unless the message says that nobody goes there (A26)."""
    return at_place("reserved")(rep, draft) if draft.event.pending else None


ROOM = Room(
    "PV1",
    "Patient Visit",
    (
        ignores(1, "Set ID PV1", "a counter within the message"),
        takes(2, "Patient Class", "Encounter.class", _class, also="Encounter.status", codes="visit_class visit_status"),
        maps(3, "Assigned Patient Location", "Encounter.location[]", _assigned),
        maps(4, "Admission Type", "Encounter.type[]", of_table("0007")),
        maps(5, "Preadmit Number", "Encounter.hospitalization.preAdmissionIdentifier", identifier),
        maps(6, "Prior Patient Location", "Encounter.location[]", at_place("completed")),
        maps(7, "Attending Doctor", "Encounter.participant[]", in_role("ATND")),
        maps(8, "Referring Doctor", "Encounter.participant[]", in_role("REF")),
        maps(9, "Consulting Doctor", "Encounter.participant[]", in_role("CON")),
        maps(10, "Hospital Service", "Encounter.serviceType", of_table("0069")),
        maps(11, "Temporary Location", "Encounter.location[]", at_place("active", temporary=True)),
        keeps(12, "Preadmit Test Indicator", *CONCEPT),
        maps(13, "Re Admission Indicator", "Encounter.hospitalization.reAdmission", of_table("0092")),
        maps(14, "Admit Source", "Encounter.hospitalization.admitSource", of_table("0023")),
        maps(
            15,
            "Ambulatory Status",
            "Encounter.hospitalization.specialArrangement[]",
            concept_by("ambulatory", f"{V2}0009"),
        ),
        takes(16, "VIP Indicator", "Encounter.hospitalization.specialCourtesy", _courtesy),
        maps(17, "Admitting Doctor", "Encounter.participant[]", in_role("ADM")),
        keeps(18, "Patient Type", *CONCEPT),
        takes(19, "Visit Number", "Encounter.identifier", _number),
        keeps(20, "Financial Class", *CONCEPT),
        keeps(21, "Charge Price Indicator", *CONCEPT),
        keeps(22, "Courtesy Code", *CONCEPT),
        keeps(23, "Credit Rating", *CONCEPT),
        keeps(24, "Contract Code", *CONCEPT),
        keeps(25, "Contract Effective Date", *MOMENT),
        keeps(26, "Contract Amount", *NUMBER),
        keeps(27, "Contract Period", *NUMBER),
        keeps(28, "Interest Code", *CONCEPT),
        keeps(29, "Transfer to Bad Debt Code", *CONCEPT),
        keeps(30, "Transfer to Bad Debt Date", *MOMENT),
        keeps(31, "Bad Debt Agency Code", *CONCEPT),
        keeps(32, "Bad Debt Transfer Amount", *NUMBER),
        keeps(33, "Bad Debt Recovery Amount", *NUMBER),
        keeps(34, "Delete Account Indicator", *CONCEPT),
        keeps(35, "Delete Account Date", *MOMENT),
        maps(36, "Discharge Disposition", "Encounter.hospitalization.dischargeDisposition", of_table("0112")),
        keeps(37, "Discharged to Location", *CONCEPT),
        maps(38, "Diet Type", "Encounter.hospitalization.dietPreference[]", of_table("0114")),
        keeps(39, "Servicing Facility", *CONCEPT),
        keeps(40, "Bed Status"),
        keeps(41, "Account Status", *CONCEPT),
        maps(42, "Pending Location", "Encounter.location[]", _waited_for),
        maps(43, "Prior Temporary Location", "Encounter.location[]", at_place("completed", temporary=True)),
        maps(44, "Admit Date/Time", "Encounter.period.start", moment),
        reads(45, "Discharge Date/Time", "Encounter.period.end", _left),
        keeps(46, "Current Patient Balance", *NUMBER),
        keeps(47, "Total Charges", *NUMBER),
        keeps(48, "Total Adjustments", *NUMBER),
        keeps(49, "Total Payments", *NUMBER),
        maps(50, "Alternate Visit ID", "Encounter.identifier[]", identifier),
        keeps(51, "Visit Indicator", *CONCEPT),
        maps(52, "Other Healthcare Provider", "Encounter.participant[]", in_role("PART")),
        keeps(53, "Service Episode Description"),
        keeps(54, "Service Episode Identifier", *IDENTIFIER),
    ),
    _open,
    _close,
    each=(1, 16, 19, 44, 45, 50),
    by_event=True,
)
