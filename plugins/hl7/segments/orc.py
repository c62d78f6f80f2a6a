"""ORC, what an order and a dose have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.coded import V2, concept, concept_by
from plugins.hl7.datatypes.identified import entity, filled, identifier, placed, type_of
from plugins.hl7.datatypes.moment import date_time
from plugins.hl7.datatypes.parts import EXTENSION, extended, listed
from plugins.hl7.datatypes.staffed import practitioner
from plugins.hl7.keeping import ADDRESS, CONCEPT, CONTACT, MOMENT, ORGANIZATION, PLACE, PRACTITIONER
from plugins.hl7.rows import Room, keeps, maps, reads, takes
from plugins.hl7.segments.medicines import said_by_common
from plugins.hl7.segments.orders import DETAILS, following, open_numbered
from plugins.hl7.segments.orders import group as _group
from plugins.hl7.segments.quantity import TOLD_BESIDE, told_at_once
from plugins.hl7.segments.roles import acted

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Repetition, Segment


def _open(draft: Draft, segment: Segment) -> Targets:
    """An ORC speaks of the order or dose that follows it, or stands before it; of nothing, when none does."""
    draft.common, draft.common_used, draft.document = segment, False, ""
    if draft.order_behind:
        draft.order_behind, draft.common_used = False, True
        return draft.order
    draft.prescription, draft.ordered, draft.medicine = "", {}, {}
    detail = following(draft)
    if detail is None:
        return (open_numbered(draft, segment) if draft.event.charges else {}) or draft.home()
    draft.under = DETAILS[detail.name](draft, segment, detail)
    return draft.under


def _close(draft: Draft, segment: Segment, targets: Targets) -> None:
    if request := targets.get("ServiceRequest"):
        standard = draft.standard("order_status", segment, 5) or draft.standard("order_control", segment, 1)
        request["status"] = standard.code if standard else "unknown"
    elif request := targets.get("MedicationRequest"):
        standard = draft.standard("medication_status", segment, 5) or draft.standard("medication_control", segment, 1)
        request["status"] = standard.code if standard else "unknown"
        draft.ordered = said_by_common(request)


def _controlled(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """ORC-1 is the status where ORC-5 has none. Several codes are one status, so the code is kept beside it."""
    for kind, name in _REQUESTS.items():
        if kind in targets:
            known = draft.standard(f"{name}_control", segment, 1)
            known = known if not draft.standard(f"{name}_status", segment, 5) else None
            return known is not None and _beside(targets[kind], 1, segment.get(1))
    return False


def _state(draft: Draft, segment: Segment, targets: Targets) -> bool:
    for kind, name in _REQUESTS.items():
        if kind in targets:
            known = draft.standard(f"{name}_status", segment, 5)
            return known is not None and _beside(targets[kind], 5, segment.get(5))
    return False


_REQUESTS = {"ServiceRequest": "order", "MedicationRequest": "medication"}
"""What an ORC can say the status of, and how the maps for it begin."""


def _beside(request: Json, at: int, code: str) -> bool:
    extended(request, [{"url": f"{EXTENSION}ORC-{at}", "valueCode": code}])
    return True


def _entered(draft: Draft, segment: Segment, targets: Targets) -> bool:
    when = date_time(segment.get(9), draft.zone)
    if when is None:
        return False
    for kind in _REQUESTS:
        if kind in targets:
            targets[kind]["authoredOn"] = when
            return True
    if "Immunization" in targets:
        targets["Immunization"]["recorded"] = when
    else:
        return False
    return True


def _ordered_by(draft: Draft, segment: Segment, targets: Targets) -> bool:
    found = [one for rep in segment.repetitions(12) if (one := practitioner(rep, draft))]
    if not found:
        return False
    for kind in _REQUESTS:
        if kind in targets:
            targets[kind]["requester"] = found[0]
            return len(found) == 1
    if "Immunization" in targets:
        listed(targets["Immunization"], "performer").extend(acted("OP", one) for one in found)
        return True
    return False


def _alternate(rep: Repetition, draft: Draft) -> Json | None:
    """CX -> Identifier: another number of who placed the order, unless it says which."""
    found = identifier(rep, draft)
    return found and {"type": type_of("PLAC"), **found}


def _filled_group(rep: Repetition, draft: Draft) -> Json | None:
    return entity(rep, draft, "FGN")


_NUMBERED = (
    "ServiceRequest.identifier[] DiagnosticReport.identifier[] Immunization.identifier[] MedicationRequest.identifier[]"
    " MedicationDispense.identifier[] MedicationAdministration.identifier[]"
)


ROOM = Room(
    "ORC",
    "Common Order",
    (
        reads(
            1,
            "Order Control",
            "ServiceRequest.status",
            _controlled,
            also="MedicationRequest.status",
            codes="order_control medication_control",
        ),
        maps(
            2,
            "Placer Order Number",
            _NUMBERED,
            placed,
        ),
        maps(
            3,
            "Filler Order Number",
            _NUMBERED,
            filled,
        ),
        maps(
            4,
            "Placer Group Number",
            "ServiceRequest.requisition DiagnosticReport.identifier[] MedicationRequest.groupIdentifier",
            _group,
        ),
        reads(
            5,
            "Order Status",
            "ServiceRequest.status",
            _state,
            also="MedicationRequest.status",
            codes="order_status medication_status",
        ),
        keeps(6, "Response Flag"),
        takes(
            7,
            "Quantity Timing",
            "ServiceRequest.occurrenceTiming Dosage.timing",
            told_at_once(7),
            also=TOLD_BESIDE,
            codes="request_priority",
        ),
        keeps(8, "Parent Order"),
        reads(
            9,
            "Date/Time of Transaction",
            "ServiceRequest.authoredOn",
            _entered,
            also="MedicationRequest.authoredOn Immunization.recorded",
        ),
        maps(10, "Entered by", "MedicationRequest.recorder", practitioner),
        keeps(11, "Verified by", *PRACTITIONER),
        takes(
            12,
            "Ordering Provider",
            "ServiceRequest.requester",
            _ordered_by,
            also="MedicationRequest.requester Immunization.performer",
        ),
        keeps(13, "Enterer's Location", *PLACE),
        keeps(14, "Call Back Phone Number", *CONTACT),
        keeps(15, "Order Effective Date/Time", *MOMENT),
        maps(16, "Order Control Code Reason", "ServiceRequest.reasonCode[] MedicationRequest.statusReason", concept),
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
        maps(29, "Order Type", "ServiceRequest.locationCode[]", concept_by("order_type", f"{V2}0482")),
        keeps(30, "Enterer Authorization Mode", *CONCEPT),
        keeps(31, "Parent Universal Service Identifier", *CONCEPT),
        keeps(32, "Advanced Beneficiary Notice Date", *MOMENT),
        maps(33, "Alternate Placer Order Number", "ServiceRequest.identifier[]", _alternate),
        keeps(34, "Order Workflow Profile", *CONCEPT),
        maps(38, "Filler Order Group Number", "ServiceRequest.identifier[]", _filled_group),
    ),
    _open,
    _close,
)
