"""IN1, who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by
from plugins.hl7.datatypes.identified import identifier
from plugins.hl7.datatypes.moment import birth_of, moment
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.parts import EXTENSION, listed
from plugins.hl7.datatypes.reached import address
from plugins.hl7.datatypes.staffed import organization
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, IDENTIFIER, MOMENT, NUMBER, ORGANIZATION, PRACTITIONER
from plugins.hl7.rows import Room, ignores, keeps, maps, reads, takes

if TYPE_CHECKING:
    from typing import Any

    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    policy = segment.get(36) or segment.get(49) or segment.get(1)
    key = f"{draft.person}|{segment.get(2)}|{segment.get(3)}|{policy}"
    draft.under = draft.coverage = {"Coverage": draft.add("Coverage", key)}
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    cover = targets["Coverage"]
    cover["status"] = "active"
    cover["beneficiary"] = draft.subject
    if not cover.get("payor"):
        cover["payor"] = [{"display": segment.get(3) or segment.get(2, 2) or "unknown"}]
    payer = next(iter(cover["payor"])).get("reference", "").partition("/")[2]
    where = [one for rep in segment.repetitions(5) if (one := address(rep, draft))]
    if where and payer:
        draft.resources["Organization", payer].setdefault("address", where)
    if segment.get(17) in {"SEL", "01"}:
        cover["subscriber"] = draft.subject
    elif segment.raw(16):
        _subscribed(draft, segment, cover)


def _subscribed(draft: Draft, segment: Segment, cover: Json) -> None:
    """Someone else holds the policy: a related person."""
    found = [one for rep in segment.repetitions(16) for one in names(rep, draft)]
    if not found:
        return
    key = f"{draft.person}|{segment.get(17)}|{found[0].get('text', '')}"
    holder = draft.add_from("IN1", "RelatedPerson", key)
    holder.update({"patient": draft.subject, "name": found})
    given: list[tuple[str, Any]] = [
        ("relationship", [one for rep in segment.repetitions(17) if (one := _relation(rep, draft))]),
        ("address", [one for rep in segment.repetitions(19) if (one := address(rep, draft))]),
        ("identifier", [one for rep in segment.repetitions(49) if (one := identifier(rep, draft))]),
        ("birthDate", birth_of(segment.get(18), draft)),
        ("gender", standard.code if (standard := draft.standard("sex", segment, 43)) else None),
    ]
    holder.update({name: value for name, value in given if value})
    cover["subscriber"] = {"reference": f"RelatedPerson/{key}"}
    draft.coverage = {"Coverage": cover, "RelatedPerson": holder}


_relation = concept_by("relationship", f"{V2}0063")


def _plan(rep: Repetition, draft: Draft) -> Json | None:
    """IN1-2 names the plan; it is a class of the coverage."""
    found = concept(rep, draft)
    code = rep.get().strip()
    if not (found and code):
        return None
    kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/coverage-class", "code": "plan"}]}
    named = rep.get(2).strip()
    return (
        {"type": kind, "value": code}
        | ({"name": named} if named else {})
        | ({"extension": [{"url": f"{EXTENSION}IN1-2", "valueCodeableConcept": found}]})
    )


def _grouped(at: int) -> Any:
    """IN1-8, the group's number; IN1-9, its name, goes with it."""

    def read(draft: Draft, segment: Segment, targets: Targets) -> bool:
        del draft
        number = segment.get(8).strip()
        if not number:
            return False
        if at == 8:
            kind = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/coverage-class", "code": "group"}]}
            named = segment.get(9).strip()
            found = {"type": kind, "value": number} | ({"name": named} if named else {})
            listed(targets["Coverage"], "class").append(found)
        return True

    return read


def _policy(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IN1-36, the policy's number: what the subscriber is known by."""
    del draft
    number = segment.get(36).strip()
    if number:
        targets["Coverage"]["subscriberId"] = number
    return bool(number)


def _held(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IN1-17, 18, 19, 43: of the person who holds the policy."""
    del draft
    holder = targets["Coverage"]
    return bool(segment.raw(16)) and bool(holder)


def _related(rep: Repetition, draft: Draft) -> Json | None:
    return _relation(rep, draft)


def _company(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """IN1-4, with the numbers of IN1-3: who pays."""
    found = [one for rep in segment.repetitions(4) if (one := organization(rep, draft))]
    numbers = [one for rep in segment.repetitions(3) if (one := identifier(rep, draft))]
    for one in found if numbers else ():
        body = draft.resources["Organization", one["reference"].partition("/")[2]]
        known = listed(body, "identifier")
        known.extend(number for number in numbers if number not in known)
    targets["Coverage"]["payor"] = found
    return bool(found)


ROOM = Room(
    "IN1",
    "Insurance",
    (
        ignores(1, "Set ID IN1", "a counter within the message"),
        maps(2, "Health Plan ID", "Coverage.class[]", _plan),
        keeps(3, "Insurance Company ID", *IDENTIFIER),
        takes(4, "Insurance Company Name", "Coverage.payor", _company),
        keeps(5, "Insurance Company Address", *ADDRESS),
        keeps(6, "Insurance Co Contact Person"),
        keeps(7, "Insurance Co Phone Number", *CONTACT),
        reads(8, "Group Number", "Coverage.class.value", _grouped(8)),
        reads(9, "Group Name", "Coverage.class.name", _grouped(9)),
        keeps(10, "Insured's Group Emp ID", *IDENTIFIER),
        keeps(11, "Insured's Group Emp Name", *ORGANIZATION),
        maps(12, "Plan Effective Date", "Coverage.period.start", moment),
        maps(13, "Plan Expiration Date", "Coverage.period.end", moment),
        keeps(14, "Authorization Information"),
        maps(15, "Plan Type", "Coverage.type", concept),
        keeps(16, "Name of Insured"),
        maps(17, "Insured's Relationship to Patient", "Coverage.relationship", _related),
        keeps(18, "Insured's Date of Birth", *MOMENT),
        keeps(19, "Insured's Address", *ADDRESS),
        keeps(20, "Assignment of Benefits", *CONCEPT),
        keeps(21, "Coordination of Benefits", *CONCEPT),
        keeps(22, "Coord of Ben Priority"),
        keeps(23, "Notice of Admission Flag"),
        keeps(24, "Notice of Admission Date", *MOMENT),
        keeps(25, "Report of Eligibility Flag"),
        keeps(26, "Report of Eligibility Date", *MOMENT),
        keeps(27, "Release Information Code", *CONCEPT),
        keeps(28, "Pre Admit Cert Pac"),
        keeps(29, "Verification Date/Time", *MOMENT),
        keeps(30, "Verification by", *PRACTITIONER),
        keeps(31, "Type of Agreement Code", *CONCEPT),
        keeps(32, "Billing Status", *CONCEPT),
        keeps(33, "Lifetime Reserve Days", *NUMBER),
        keeps(34, "Delay Before L R Day", *NUMBER),
        keeps(35, "Company Plan Code", *CONCEPT),
        reads(36, "Policy Number", "Coverage.subscriberId", _policy),
        keeps(37, "Policy Deductible"),
        keeps(38, "Policy Limit Amount"),
        keeps(39, "Policy Limit Days", *NUMBER),
        keeps(40, "Room Rate Semi Private"),
        keeps(41, "Room Rate Private"),
        keeps(42, "Insured's Employment Status", *CONCEPT),
        keeps(43, "Insured's Administrative Sex", *CONCEPT, codes="sex"),
        keeps(44, "Insured's Employer's Address", *ADDRESS),
        keeps(45, "Verification Status"),
        keeps(46, "Prior Insurance Plan ID", *CONCEPT),
        keeps(47, "Coverage Type", *CONCEPT),
        keeps(48, "Handicap", *CONCEPT),
        maps(49, "Insured's ID Number", "Coverage.identifier[]", identifier),
        keeps(50, "Signature Code", *CONCEPT),
        keeps(51, "Signature Code Date", *MOMENT),
        keeps(52, "Insured's Birth Place"),
        keeps(53, "VIP Indicator", *CONCEPT),
        keeps(54, "External Health Plan Identifiers", *IDENTIFIER),
        keeps(55, "Insurance Action Code"),
    ),
    _open,
    _close,
    each=(1,),
)
