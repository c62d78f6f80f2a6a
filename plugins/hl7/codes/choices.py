"""What FHIR R4 allows in the elements that maps of codes without a system fill: its required value sets."""

from __future__ import annotations

_REQUEST = "draft active on-hold revoked completed entered-in-error unknown"
_ALLOWED = {
    "address_type": "postal physical both",
    "address_use": "home work temp old billing",
    "allergy_category": "food medication environment biologic",
    "allergy_type": "allergy intolerance",
    "appointment_status": (
        "proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist"
    ),
    "completion": "completed entered-in-error not-done",
    "contact_system": "phone fax email pager url sms other",
    "contact_use": "home work temp old mobile",
    "criticality": "low high unable-to-assess",
    "document_completion": "preliminary final amended entered-in-error",
    "document_status": "current superseded entered-in-error",
    "goal_status": "proposed planned accepted active on-hold completed cancelled entered-in-error rejected",
    "medication_control": "active on-hold cancelled completed entered-in-error stopped draft unknown",
    "medication_status": "active on-hold cancelled completed entered-in-error stopped draft unknown",
    "name_use": "usual official temp nickname anonymous old maiden",
    "observation_status": "registered preliminary final amended corrected cancelled entered-in-error unknown",
    "order_control": _REQUEST,
    "order_status": _REQUEST,
    "pathway_status": _REQUEST,
    "referral_status": _REQUEST,
    "report_status": (
        "registered partial preliminary final amended corrected appended cancelled entered-in-error unknown"
    ),
    "request_priority": "routine urgent asap stat",
    "severity": "mild moderate severe",
    "sex": "male female other unknown",
    "specimen_status": "available unavailable unsatisfactory entered-in-error",
    "visit_status": "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown",
}
CHOICES = {name: frozenset(words.split()) for name, words in _ALLOWED.items()}
