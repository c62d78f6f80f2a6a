"""Which elements a summary of each type has (R4: ``isSummary``), and which it must have (``!``)."""

from __future__ import annotations

from functools import lru_cache

_TABLE = {
    "Account": """
        coverage description identifier name owner servicePeriod status! subject type
    """,
    "AllergyIntolerance": """
        asserter category clinicalStatus code criticality identifier patient! type verificationStatus
    """,
    "Appointment": """
        appointmentType cancelationReason end identifier participant! reasonCode serviceCategory serviceType
        specialty start status!
    """,
    "Basic": """
        author code! created identifier subject
    """,
    "Binary": """
        contentType! securityContext
    """,
    "CarePlan": """
        addresses author basedOn category created description encounter identifier instantiatesCanonical
        instantiatesUri intent! partOf period replaces status! subject! title
    """,
    "ChargeItem": """
        account bodysite code! context enteredDate enterer identifier occurrence[x] quantity status! subject!
    """,
    "Condition": """
        asserter bodySite clinicalStatus code encounter identifier onset[x] recordedDate recorder subject!
        verificationStatus
    """,
    "Coverage": """
        beneficiary! dependent identifier network order payor! period policyHolder status! subscriber
        subscriberId type
    """,
    "Device": """
        safety status udiCarrier
    """,
    "DiagnosticReport": """
        category code! effective[x] encounter identifier issued media performer resultsInterpreter status!
        subject
    """,
    "DocumentReference": """
        author category content! context date description docStatus identifier masterIdentifier relatesTo
        securityLabel status! subject type
    """,
    "Encounter": """
        appointment class! diagnosis episodeOfCare identifier participant reasonCode reasonReference
        serviceType status! subject type
    """,
    "EpisodeOfCare": """
        diagnosis managingOrganization patient! period status! type
    """,
    "FamilyMemberHistory": """
        age[x] dataAbsentReason date deceased[x] estimatedAge identifier instantiatesCanonical
        instantiatesUri name patient! reasonCode reasonReference relationship! sex status!
    """,
    "Flag": """
        author category code! encounter identifier period status! subject!
    """,
    "Goal": """
        achievementStatus category description! expressedBy lifecycleStatus! priority start[x] statusDate
        subject!
    """,
    "Immunization": """
        isSubpotent note occurrence[x]! patient! performer primarySource status! vaccineCode!
    """,
    "Location": """
        description identifier managingOrganization mode name operationalStatus physicalType status type
    """,
    "Medication": """
        amount code identifier manufacturer status
    """,
    "MedicationAdministration": """
        effective[x]! instantiates medication[x]! partOf performer status! subject!
    """,
    "MedicationDispense": """
        medication[x]! status! subject whenPrepared
    """,
    "MedicationRequest": """
        authoredOn basedOn doNotPerform groupIdentifier instantiatesCanonical instantiatesUri intent!
        medication[x]! performerType priority reported[x] requester status! subject!
    """,
    "MedicationStatement": """
        basedOn category context dateAsserted effective[x] identifier medication[x]! partOf status! subject!
    """,
    "Observation": """
        basedOn code! component derivedFrom effective[x] encounter focus hasMember identifier issued partOf
        performer status! subject value[x]
    """,
    "Organization": """
        active identifier name partOf type
    """,
    "Patient": """
        active address birthDate deceased[x] gender identifier link managingOrganization name telecom
    """,
    "Practitioner": """
        active address birthDate gender identifier name telecom
    """,
    "PractitionerRole": """
        active code identifier location organization period practitioner specialty telecom
    """,
    "Procedure": """
        asserter basedOn bodySite category code encounter identifier instantiatesCanonical instantiatesUri
        location outcome partOf performed[x] performer reasonCode reasonReference recorder status!
        statusReason subject!
    """,
    "RelatedPerson": """
        active address birthDate gender identifier name patient! relationship telecom
    """,
    "Schedule": """
        active actor! identifier planningHorizon serviceCategory serviceType specialty
    """,
    "ServiceRequest": """
        asNeeded[x] authoredOn basedOn bodySite category code doNotPerform encounter identifier
        instantiatesCanonical instantiatesUri intent! locationCode locationReference occurrence[x]
        orderDetail patientInstruction performer performerType priority quantity[x] reasonCode
        reasonReference replaces requester requisition specimen status! subject!
    """,
    "Slot": """
        appointmentType end! identifier schedule! serviceCategory serviceType specialty start! status!
    """,
    "Specimen": """
        accessionIdentifier condition identifier receivedTime status subject type
    """,
}
CHOICES = frozenset(
    (
        "abatement", "age", "born", "collected", "deceased", "effective", "fastingStatus", "item", "medication",
        "multipleBirth", "occurrence", "onset", "performed", "quantity", "reported", "value",
    )
)  # fmt: skip
"""Elements whose type stands in their name."""
ALWAYS = frozenset(("resourceType", "id", "meta", "implicitRules"))


@lru_cache(maxsize=64)
def summary_of(type_: str) -> frozenset[str]:
    """The elements of ``_summary=true``; with a choice of types, the name before it."""
    return frozenset(word.rstrip("!") for word in _TABLE.get(type_, "").split())


@lru_cache(maxsize=64)
def mandatory_of(type_: str) -> frozenset[str]:
    return frozenset(word.rstrip("!") for word in _TABLE.get(type_, "").split() if word.endswith("!"))


def named(elements: frozenset[str], type_: str) -> frozenset[str]:
    """What ``_elements`` asks for of one type: ``status``, ``Observation.value``."""
    words = {word.rpartition(".")[2] for word in elements if "." not in word or word.startswith(f"{type_}.")}
    return mandatory_of(type_) | words | {f"{word}[x]" for word in words & CHOICES}


def is_among(element: str, wanted: frozenset[str]) -> bool:
    """Whether a JSON key belongs to the elements: ``_birthDate`` to ``birthDate``, ``valueString`` to ``value[x]``."""
    name = element.removeprefix("_")
    if name in wanted or name in ALWAYS:
        return True
    return any(
        one.endswith("[x]") and name.startswith(one[:-3]) and name[len(one) - 3 : len(one) - 2].isupper()
        for one in wanted
    )
