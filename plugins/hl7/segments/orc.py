"""ORC, what an order and a dose have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import concept
from plugins.hl7.datatypes.identified import filled, placed
from plugins.hl7.datatypes.moment import date_time
from plugins.hl7.datatypes.parts import EXTENSION, extended, listed
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, IDENTIFIER, MOMENT, ORGANIZATION, PLACE, PRACTITIONER
from plugins.hl7.rows import Room, keeps, maps, reads, takes
from plugins.hl7.segments.orders import DETAILS, following
from plugins.hl7.segments.orders import group as _group
from plugins.hl7.segments.roles import acted

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """An ORC speaks of the order or dose that follows it; of nothing, when none does."""
    draft.common, draft.common_used = segment, False
    detail = following(draft)
    if detail is None:
        return draft.home()
    return DETAILS[detail.name](draft, segment, detail)


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    request = targets.get("ServiceRequest")
    if request is None:
        return
    standard = draft.standard("order_status", segment, 5) or draft.standard("order_control", segment, 1)
    request["status"] = standard.code if standard else "unknown"


def _controlled(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """ORC-1 is the status where ORC-5 has none. Several codes are one status, so the code is kept beside it."""
    known = draft.standard("order_control", segment, 1) and not draft.standard("order_status", segment, 5)
    return "ServiceRequest" in targets and bool(known) and _beside(targets, 1, segment.get(1))


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    known = draft.standard("order_status", segment, 5) is not None
    return "ServiceRequest" in targets and known and _beside(targets, 5, segment.get(5))


def _beside(targets: Targets, at: int, code: str) -> bool:
    extended(targets["ServiceRequest"], [{"url": f"{EXTENSION}ORC-{at}", "valueCode": code}])
    return True


def _entered(draft: Draft, segment: Segment, targets: Targets) -> bool:
    when = date_time(segment.get(9), draft.zone)
    if when is None:
        return False
    if "ServiceRequest" in targets:
        targets["ServiceRequest"]["authoredOn"] = when
    elif "Immunization" in targets:
        targets["Immunization"]["recorded"] = when
    else:
        return False
    return True


def _ordered_by(draft: Draft, segment: Segment, targets: Targets) -> bool:
    found = [one for rep in segment.repetitions(12) if (one := practitioner(rep, draft))]
    if not found:
        return False
    if "ServiceRequest" in targets:
        targets["ServiceRequest"]["requester"] = found[0]
        return len(found) == 1
    if "Immunization" in targets:
        listed(targets["Immunization"], "performer").extend(acted("OP", one) for one in found)
        return True
    return False


ROOM = Room(
    "ORC",
    "Common Order",
    (
        reads(1, "Order Control", "ServiceRequest.status", _controlled),
        maps(
            2,
            "Placer Order Number",
            "ServiceRequest.identifier[] DiagnosticReport.identifier[] Immunization.identifier[]",
            placed,
        ),
        maps(
            3,
            "Filler Order Number",
            "ServiceRequest.identifier[] DiagnosticReport.identifier[] Immunization.identifier[]",
            filled,
        ),
        maps(4, "Placer Group Number", "ServiceRequest.requisition DiagnosticReport.identifier[]", _group),
        reads(5, "Order Status", "ServiceRequest.status", _state),
        keeps(6, "Response Flag"),
        keeps(7, "Quantity Timing"),
        keeps(8, "Parent Order"),
        reads(9, "Date/Time of Transaction", "ServiceRequest.authoredOn", _entered),
        keeps(10, "Entered by", *PRACTITIONER),
        keeps(11, "Verified by", *PRACTITIONER),
        takes(12, "Ordering Provider", "ServiceRequest.requester", _ordered_by),
        keeps(13, "Enterer's Location", *PLACE),
        keeps(14, "Call Back Phone Number", *CONTACT),
        keeps(15, "Order Effective Date/Time", *MOMENT),
        maps(16, "Order Control Code Reason", "ServiceRequest.reasonCode[]", concept),
        keeps(17, "Entering Organization", *CONCEPT),
        keeps(18, "Entering Device", *CONCEPT),
        keeps(19, "Action by", *PRACTITIONER),
        keeps(20, "Advanced Beneficiary Notice Code", *CONCEPT),
        keeps(21, "Ordering Facility Name", *ORGANIZATION),
        keeps(22, "Ordering Facility Address", *ADDRESS),
        keeps(23, "Ordering Facility Phone Number", *CONTACT),
        keeps(24, "Ordering Provider Address", *ADDRESS),
        keeps(25, "Order Status Modifier", *CONCEPT),
        keeps(26, "Advanced Beneficiary Notice Override Reason", *CONCEPT),
        keeps(27, "Filler's Expected Availability Date/Time", *MOMENT),
        keeps(28, "Confidentiality Code", *CONCEPT),
        maps(29, "Order Type", "ServiceRequest.locationCode[]", concept),
        keeps(30, "Enterer Authorization Mode", *CONCEPT),
        keeps(31, "Parent Universal Service Identifier", *CONCEPT),
        keeps(32, "Advanced Beneficiary Notice Date", *MOMENT),
        keeps(33, "Alternate Placer Order Number", *IDENTIFIER),
        keeps(34, "Order Workflow Profile", *CONCEPT),
    ),
    _open,
    _close,
)
