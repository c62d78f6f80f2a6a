"""PRD, who refers and who is referred to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept_by
from plugins.hl7.datatypes.moment import moment
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.datatypes.staffed import organization, place
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, PLACE
from plugins.hl7.rows import Room, keeps, maps
from plugins.hl7.segments.staff import number_of_staff

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

_ASKS = frozenset({"RP"})


def _open(draft: Draft, segment: Segment) -> Targets:
    """A Practitioner in a role, by the first number in PRD-7, else by name."""
    name = next((one.get("text", "") for rep in segment.repetitions(2) for one in names(rep, draft)), "")
    numbers = (found for rep in segment.repetitions(7) if (found := number_of_staff(rep, draft)))
    first = next(numbers, None)
    key = f"{first['system']}|{first['value']}" if first else f"{draft.feed}|{name or segment.get(10)}"
    draft.role = f"PRD|{segment.get(1)}|{key}"
    role = draft.add("PractitionerRole", draft.role)
    staff = draft.add("Practitioner", key)
    role["practitioner"] = {"reference": f"Practitioner/{key}"} | ({"display": name} if name else {})
    return {"PractitionerRole": role, "Practitioner": staff}


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    """The referral names them: who asks, or who is asked. PRD may stand behind RF1 only."""
    request = draft.under.get("ServiceRequest")
    if request is None:
        return
    display = targets["PractitionerRole"]["practitioner"].get("display")
    found = {"reference": f"PractitionerRole/{draft.role}"} | ({"display": display} if display else {})
    if segment.get(1) in _ASKS:
        request.setdefault("requester", found)
    else:
        request.setdefault("performer", []).append(found)


ROOM = Room(
    "PRD",
    "Provider Data",
    (
        maps(
            1,
            "Provider Role",
            "PractitionerRole.code[]",
            concept_by("", "http://terminology.hl7.org/CodeSystem/v2-0286"),
        ),
        maps(2, "Provider Name", "Practitioner.name[]", names),
        maps(3, "Provider Address", "Practitioner.address[]", address),
        maps(4, "Provider Location", "PractitionerRole.location[]", place),
        maps(5, "Provider Communication Information", "PractitionerRole.telecom[]", contact("")),
        keeps(6, "Preferred Method of Contact", *CONCEPT),
        maps(7, "Provider Identifiers", "Practitioner.identifier[]", number_of_staff),
        maps(8, "Effective Start Date of Provider Role", "PractitionerRole.period.start", moment),
        maps(9, "Effective End Date of Provider Role", "PractitionerRole.period.end", moment),
        maps(10, "Provider Organization Name and Identifier", "PractitionerRole.organization", organization),
        keeps(11, "Provider Organization Address", *ADDRESS),
        keeps(12, "Provider Organization Location Information", *PLACE),
        keeps(13, "Provider Organization Communication Information", *CONTACT),
        keeps(14, "Provider Organization Method of Contact", *CONCEPT),
    ),
    _open,
    _close,
)
