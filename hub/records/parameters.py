"""The search parameters of FHIR R4 that the record answers, one line each: name, kind, where it looks.

Where it looks is the specification's own expression without the type's name; several places are divided by ``|``.
The kind ``person`` is answered by the resource's person, whichever of a person's ids is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal["token", "string", "date", "reference", "person"]


@dataclass(frozen=True, slots=True)
class Parameter:
    type: str
    name: str
    kind: Kind
    expression: str
    """FHIRPath, as the specification has it: ``Observation.code``, ``Patient.telecom.where(system='phone')``."""

    @property
    def row(self) -> str:
        """Its name in the search index: ``Observation.code``."""
        return f"{self.type}.{self.name}"


_CONTACT = """
    phone token telecom.where(system='phone')
    email token telecom.where(system='email')
    telecom token telecom
"""
_ADDRESS = """
    address string address
    address-city string address.city
    address-state string address.state
    address-country string address.country
    address-postalcode string address.postalCode
    address-use token address.use
"""
_PERSON = f"""
    identifier token identifier
    active token active
    name string name
    birthdate date birthDate
    gender token gender
    {_CONTACT}
    {_ADDRESS}
"""
_NAME_PARTS = """
    family string name.family
    given string name.given
"""
_SUBJECT = """
    identifier token identifier
    patient person subject
    subject person subject
"""
_MEDICATION = """
    code token medication as CodeableConcept
    medication reference medication as Reference
"""

_TABLE = {
    "Account": f"""
        {_SUBJECT}
        status token status
        type token type
        name string name
        owner reference owner
        period date servicePeriod
    """,
    "AllergyIntolerance": """
        identifier token identifier
        patient person patient
        clinical-status token clinicalStatus
        verification-status token verificationStatus
        type token type
        category token category
        criticality token criticality
        code token code | reaction.substance
        date date recordedDate
        onset date reaction.onset
        last-date date lastOccurrence
        manifestation token reaction.manifestation
        severity token reaction.severity
        route token reaction.exposureRoute
        asserter reference asserter
        recorder reference recorder
    """,
    "Basic": f"""
        {_SUBJECT}
        code token code
        created date created
        author reference author
    """,
    "Condition": f"""
        {_SUBJECT}
        clinical-status token clinicalStatus
        verification-status token verificationStatus
        category token category
        severity token severity
        code token code
        body-site token bodySite
        encounter reference encounter
        onset-date date onset as dateTime | onset as Period
        abatement-date date abatement as dateTime | abatement as Period
        recorded-date date recordedDate
        asserter reference asserter
        evidence token evidence.code
        stage token stage.summary
    """,
    "Coverage": """
        identifier token identifier
        status token status
        type token type
        beneficiary person beneficiary
        patient person beneficiary
        policy-holder reference policyHolder
        subscriber reference subscriber
        payor reference payor
        dependent string dependent
        class-type token class.type
        class-value string class.value
    """,
    "Device": """
        identifier token identifier
        status token status
        type token type
        patient person patient
        organization reference owner
        location reference location
        manufacturer string manufacturer
        model string modelNumber
    """,
    "DiagnosticReport": f"""
        {_SUBJECT}
        status token status
        category token category
        code token code
        date date effective
        issued date issued
        encounter reference encounter
        performer reference performer
        results-interpreter reference resultsInterpreter
        result reference result
        specimen reference specimen
        based-on reference basedOn
        media reference media.link
        conclusion token conclusionCode
    """,
    "DocumentReference": """
        identifier token masterIdentifier | identifier
        patient person subject
        subject person subject
        status token status
        type token type
        category token category
        date date date
        author reference author
        authenticator reference authenticator
        custodian reference custodian
        description string description
        encounter reference context.encounter
        period date context.period
        event token context.event
        facility token context.facilityType
        setting token context.practiceSetting
        related reference context.related
        relatesto reference relatesTo.target
        relation token relatesTo.code
        contenttype token content.attachment.contentType
        format token content.format
        security-label token securityLabel
    """,
    "Encounter": f"""
        {_SUBJECT}
        status token status
        class token class
        type token type
        date date period
        participant reference participant.individual
        practitioner reference participant.individual
        participant-type token participant.type
        location reference location.location
        location-period date location.period
        service-provider reference serviceProvider
        episode-of-care reference episodeOfCare
        based-on reference basedOn
        part-of reference partOf
        diagnosis reference diagnosis.condition
        reason-code token reasonCode
        reason-reference reference reasonReference
        special-arrangement token hospitalization.specialArrangement
        appointment reference appointment
        account reference account
    """,
    "EpisodeOfCare": """
        identifier token identifier
        patient person patient
        status token status
        type token type
        date date period
        condition reference diagnosis.condition
        organization reference managingOrganization
        care-manager reference careManager
    """,
    "FamilyMemberHistory": """
        identifier token identifier
        patient person patient
        status token status
        date date date
        relationship token relationship
        sex token sex
        code token condition.code
    """,
    "Flag": """
        identifier token identifier
        patient person subject
        subject person subject
        date date period
        encounter reference encounter
        author reference author
    """,
    "Immunization": """
        identifier token identifier
        patient person patient
        status token status
        status-reason token statusReason
        vaccine-code token vaccineCode
        date date occurrence
        lot-number string lotNumber
        series string protocolApplied.series
        target-disease token protocolApplied.targetDisease
        location reference location
        manufacturer reference manufacturer
        performer reference performer.actor
        reaction reference reaction.detail
        reaction-date date reaction.date
        reason-code token reasonCode
        reason-reference reference reasonReference
    """,
    "Location": f"""
        identifier token identifier
        status token status
        operational-status token operationalStatus
        name string name | alias
        type token type
        organization reference managingOrganization
        partof reference partOf
        {_ADDRESS}
    """,
    "Medication": """
        identifier token identifier
        status token status
        code token code
        form token form
        lot-number token batch.lotNumber
        expiration-date date batch.expirationDate
        manufacturer reference manufacturer
        ingredient reference ingredient.item as Reference
        ingredient-code token ingredient.item as CodeableConcept
    """,
    "MedicationAdministration": f"""
        {_SUBJECT}
        {_MEDICATION}
        status token status
        effective-time date effective
        context reference context
        performer reference performer.actor
        request reference request
        device reference device
        reason-given token reasonCode
        reason-not-given token statusReason
    """,
    "MedicationDispense": f"""
        {_SUBJECT}
        {_MEDICATION}
        status token status
        type token type
        whenhandedover date whenHandedOver
        whenprepared date whenPrepared
        context reference context
        prescription reference authorizingPrescription
        performer reference performer.actor
        destination reference destination
        receiver reference receiver
        responsibleparty reference substitution.responsibleParty
    """,
    "MedicationRequest": f"""
        {_SUBJECT}
        {_MEDICATION}
        status token status
        intent token intent
        priority token priority
        category token category
        authoredon date authoredOn
        date date dosageInstruction.timing.event
        encounter reference encounter
        requester reference requester
        intended-performer reference performer
        intended-performertype token performerType
        intended-dispenser reference dispenseRequest.performer
    """,
    "MedicationStatement": f"""
        {_SUBJECT}
        {_MEDICATION}
        status token status
        category token category
        effective date effective
        context reference context
        source reference informationSource
        part-of reference partOf
    """,
    "Observation": f"""
        {_SUBJECT}
        status token status
        category token category
        code token code
        date date effective
        encounter reference encounter
        performer reference performer
        specimen reference specimen
        device reference device
        focus reference focus
        method token method
        based-on reference basedOn
        part-of reference partOf
        has-member reference hasMember
        derived-from reference derivedFrom
        data-absent-reason token dataAbsentReason
        value-concept token value as CodeableConcept
        value-date date value as dateTime | value as Period
        value-string string value as string
        component-code token component.code
    """,
    "Organization": f"""
        identifier token identifier
        active token active
        name string name | alias
        type token type
        partof reference partOf
        {_ADDRESS}
    """,
    "Patient": f"""
        {_PERSON}
        {_NAME_PARTS}
        language token communication.language
        death-date date deceased as dateTime
        general-practitioner reference generalPractitioner
        organization reference managingOrganization
        link reference link.other
        _tag token meta.tag
    """,
    "Practitioner": f"""
        {_PERSON}
        {_NAME_PARTS}
        communication token communication
    """,
    "PractitionerRole": f"""
        identifier token identifier
        active token active
        practitioner reference practitioner
        organization reference organization
        role token code
        specialty token specialty
        location reference location
        service reference healthcareService
        date date period
        {_CONTACT}
    """,
    "Procedure": f"""
        {_SUBJECT}
        status token status
        category token category
        code token code
        date date performed
        encounter reference encounter
        performer reference performer.actor
        location reference location
        based-on reference basedOn
        part-of reference partOf
        reason-code token reasonCode
        reason-reference reference reasonReference
    """,
    "RelatedPerson": f"""
        {_PERSON}
        patient person patient
        relationship token relationship
    """,
    "ServiceRequest": f"""
        {_SUBJECT}
        status token status
        intent token intent
        priority token priority
        category token category
        code token code
        authored date authoredOn
        occurrence date occurrence
        encounter reference encounter
        requester reference requester
        performer reference performer
        performer-type token performerType
        specimen reference specimen
        based-on reference basedOn
        replaces reference replaces
        requisition token requisition
        body-site token bodySite
    """,
    "Specimen": f"""
        {_SUBJECT}
        accession token accessionIdentifier
        status token status
        type token type
        collected date collection.collected
        collector reference collection.collector
        bodysite token collection.bodySite
        parent reference parent
        container token container.type
        container-id token container.identifier
    """,
}


def _read(type_: str, lines: str) -> dict[str, Parameter]:
    found = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        name, kind, places = line.split(" ", 2)
        expression = " | ".join(f"{type_}.{place.strip()}" for place in places.split("|"))
        found[name] = Parameter(type_, name, cast("Kind", kind), expression)
    return found


PARAMETERS = {type_: _read(type_, lines) for type_, lines in _TABLE.items()}
"""By type, then by name. ``_id`` and ``_lastUpdated`` are columns of every resource and stand in no table."""

BOOLEAN_DECEASED = Parameter("Patient", "deceased", "token", "Patient.deceased.exists() and Patient.deceased != false")
PARAMETERS["Patient"]["deceased"] = BOOLEAN_DECEASED
