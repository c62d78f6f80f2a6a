"""How each type of resource says that it was never right, and what it leads to instead."""

from __future__ import annotations

from hub.model import Json

REPLACED_BY = "urn:hub:replaced-by"
ENTERED_IN_ERROR = "entered-in-error"

_VERIFIED = {
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
}
_STATUS = frozenset(
    [
        "Account",
        "Appointment",
        "CarePlan",
        "CareTeam",
        "ChargeItem",
        "Claim",
        "Communication",
        "Composition",
        "Consent",
        "Coverage",
        "DetectedIssue",
        "DeviceRequest",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "Endpoint",
        "EpisodeOfCare",
        "FamilyMemberHistory",
        "Flag",
        "Immunization",
        "ImmunizationEvaluation",
        "Invoice",
        "List",
        "Media",
        "Medication",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "NutritionOrder",
        "Observation",
        "Procedure",
        "QuestionnaireResponse",
        "RiskAssessment",
        "ServiceRequest",
        "Slot",
        "Specimen",
        "SupplyDelivery",
        "Task",
    ]
)
_ACTIVE = frozenset(
    ["Group", "HealthcareService", "Organization", "Practitioner", "PractitionerRole", "RelatedPerson", "Schedule"]
)


def ended(body: Json, instead: str) -> Json:
    """The resource as never right, with a link to what is right instead of it: ``Type/<id>``."""
    link = {"url": REPLACED_BY, "valueReference": {"reference": instead}}
    others = [one for one in body.get("extension", ()) if one.get("url") != REPLACED_BY]
    kept = {name: value for name, value in body.items() if name != "clinicalStatus"}  # FHIR's con-5 and ait-2
    return kept | _status(body["resourceType"]) | {"extension": [*others, link]}


def is_ended(body: Json) -> bool:
    return any(one.get("url") == REPLACED_BY for one in body.get("extension", ()))


def _status(type_: str) -> Json:
    """Nothing for a type that has no word for it."""
    if system := _VERIFIED.get(type_):
        return {"verificationStatus": {"coding": [{"system": system, "code": ENTERED_IN_ERROR}]}}
    if type_ in _ACTIVE:
        return {"active": False}
    words = {"Goal": {"lifecycleStatus": ENTERED_IN_ERROR}, "Location": {"status": "inactive"}}
    return {"status": ENTERED_IN_ERROR} if type_ in _STATUS else words.get(type_, {})
