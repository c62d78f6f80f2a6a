"""What STF and the segments behind it say together of a member of the staff: Practitioner and PractitionerRole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import authority_system, number_key, type_of
from plugins.hl7.datatypes.moment import date_time
from plugins.hl7.datatypes.parts import compact, extended, leftovers, parts

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def staff_key(draft: Draft, segment: Segment) -> str:
    """As XCN names them: the number of STF-2 that STF-1 names, else the first of STF-2, else STF-1."""
    found = [(rep.get(1).strip(), key) for rep in segment.repetitions(2) if (key := number_key(rep, draft))]
    named = segment.get(1).strip()
    if found:
        return next((key for number, key in found if number == named), found[0][1])
    return f"{authority_system(draft, segment.get(1, 3))}|{named}" if named else ""


def of_staff(draft: Draft, segment: Segment) -> Targets:
    """The entry, and the role it has; a segment that stands elsewhere is kept where it stands."""
    del segment
    if "Practitioner" not in draft.base:
        return draft.home()
    return {**draft.base, "PractitionerRole": draft.own("PractitionerRole", draft.role)}


def in_office(draft: Draft, segment: Segment, targets: Targets) -> None:
    """Closes a role: whose it is; one of which nothing is said is none."""
    del segment
    role = targets.get("PractitionerRole")
    if role is None:
        return
    if not role.keys() - {"resourceType", "practitioner", "active"}:
        draft.resources.pop(("PractitionerRole", draft.role), None)
        return
    staff = targets["Practitioner"]
    name = next((one["text"] for one in staff.get("name") or () if "text" in one), "")
    known = {"reference": f"Practitioner/{draft.person}"}
    role["practitioner"] = known | ({"display": name} if name else {})
    if "active" in staff:
        role["active"] = staff["active"]


def number_of_staff(rep: Repetition, draft: Draft) -> Json | None:
    """PLN -> Identifier; each type of number has a system of its own."""
    c = parts(rep, draft)
    if not c[0]:
        return None
    read = {
        "type": type_of(c[1]) if c[1] else None,
        "system": authority_system(draft, c[1]),
        "value": c[0],
        "period": compact({"end": date_time(c[3], draft.zone)}),
    }
    return extended(compact(read), leftovers(rep, draft, "PLN", {1: 1, 2: 1, 4: 1} if c[3] else {1: 1, 2: 1}))


def department(rep: Repetition, draft: Draft) -> Json | None:
    """CWE -> the Organization of that code, and the reference to it."""
    found = concept(rep, draft)
    code = rep.get().strip()
    if not found or not code:
        return None
    system = authority_system(draft, rep.get(3).strip())
    key, name = f"{system}|{code}", found.get("text") or code
    body = {"resourceType": "Organization", "identifier": [{"system": system, "value": code}], "name": name}
    draft.directory("Organization", key, body)
    return {"reference": f"Organization/{key}", "display": name}


def specialty(rep: Repetition, draft: Draft) -> Json | None:
    """SPD -> CodeableConcept: the specialty's name; its board, eligibility and date are kept with it."""
    name = parts(rep, draft)[0]
    return extended({"text": name}, leftovers(rep, draft, "SPD", {1: 1})) if name else None
