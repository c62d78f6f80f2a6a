"""EDU, where a member of the staff learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import of_table
from plugins.hl7.datatypes.moment import period
from plugins.hl7.datatypes.parts import listed
from plugins.hl7.datatypes.staffed import organization
from plugins.hl7.keeping import ADDRESS, CONCEPT, PERIOD
from plugins.hl7.rows import Room, ignores, keeps, takes
from plugins.hl7.segments.staff import in_office, of_staff

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

_degree = of_table("0360")


def _learned(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """EDU-2 with 3 and 6: a qualification."""
    code = _degree(segment.repetitions(2)[0], draft)
    if "Practitioner" not in targets or not code or len(segment.repetitions(2)) > 1:
        return False
    found = {
        "code": code,
        "period": next((one for rep in segment.repetitions(3) if (one := period(rep, draft))), None),
        "issuer": next((one for rep in segment.repetitions(6) if (one := organization(rep, draft))), None),
    }
    listed(targets["Practitioner"], "qualification").append({name: value for name, value in found.items() if value})
    return True


def _has_degree(draft: Draft, segment: Segment, targets: Targets) -> bool:
    degrees = segment.repetitions(2)
    return "Practitioner" in targets and len(degrees) == 1 and _degree(degrees[0], draft) is not None


def _when(draft: Draft, segment: Segment, targets: Targets) -> bool:
    times = segment.repetitions(3)
    return _has_degree(draft, segment, targets) and len(times) == 1 and period(times[0], draft) is not None


def _where(draft: Draft, segment: Segment, targets: Targets) -> bool:
    schools = segment.repetitions(6)
    return _has_degree(draft, segment, targets) and len(schools) == 1 and organization(schools[0], draft) is not None


ROOM = Room(
    "EDU",
    "Educational Detail",
    (
        ignores(1, "Set ID EDU", "a counter within the message"),
        takes(2, "Academic Degree", "Practitioner.qualification", _learned),
        takes(3, "Academic Degree Program Date Range", "Practitioner.qualification.period", _when),
        keeps(4, "Academic Degree Program Participation Date Range", *PERIOD),
        keeps(5, "Academic Degree Granted Date"),
        takes(6, "School", "Practitioner.qualification.issuer", _where),
        keeps(7, "School Type Code", *CONCEPT),
        keeps(8, "School Address", *ADDRESS),
        keeps(9, "Major Field of Study", *CONCEPT),
    ),
    of_staff,
    in_office,
)
