"""What can be searched by, as text: a line for each kind of parameter; ``parameters`` reads it."""

from __future__ import annotations

_CONTACT = """
    token telecom
    token phone = telecom.where(system='phone')
    token email = telecom.where(system='email')
"""
_ADDRESS = """
    string address
    string address-city = address.city
    string address-state = address.state
    string address-country = address.country
    string address-postalcode = address.postalCode
    token address-use = address.use
"""
_PERSON = f"""
    token identifier active gender
    string name
    date birthdate = birthDate
    {_CONTACT}
    {_ADDRESS}
"""
_NAME_PARTS = """
    string family = name.family
    string given = name.given
"""
_SUBJECT = """
    token identifier
    person subject
    person patient = subject
"""
_MEDICATION = """
    token code = medication as CodeableConcept
    reference medication = medication as Reference
"""

TABLE = {
    "Account": f"""
        {_SUBJECT}
        token status type
        string name
        reference owner
        date period = servicePeriod
    """,
    "AllergyIntolerance": """
        token identifier clinical-status verification-status type category criticality
        person patient
        reference asserter recorder
        token code = code | reaction.substance
        date date = recordedDate
        date onset = reaction.onset
        date last-date = lastOccurrence
        token manifestation = reaction.manifestation
        token severity = reaction.severity
        token route = reaction.exposureRoute
    """,
    "Appointment": """
        token identifier status appointment-type service-category service-type specialty reason-code
        person patient = participant.actor
        date date = start
        token part-status = participant.status
        reference actor = participant.actor
        reference practitioner = participant.actor
        reference location = participant.actor
        reference based-on reason-reference slot
    """,
    "Basic": f"""
        {_SUBJECT}
        token code
        date created
        reference author
    """,
    "Binary": "",
    "CarePlan": f"""
        {_SUBJECT}
        token status intent category
        reference encounter care-team goal based-on part-of replaces
        date date = period
        reference condition = addresses
    """,
    "ChargeItem": f"""
        {_SUBJECT}
        token code
        reference account context enterer service requesting-organization performing-organization
        date occurrence
        date entered-date = enteredDate
        reference performer-actor = performer.actor
        token performer-function = performer.function
    """,
    "Condition": f"""
        {_SUBJECT}
        token clinical-status verification-status category severity code body-site
        reference encounter asserter
        date recorded-date
        date onset-date = onset as dateTime | onset as Period
        date abatement-date = abatement as dateTime | abatement as Period
        token evidence = evidence.code
        token stage = stage.summary
    """,
    "Coverage": """
        token identifier status type
        person beneficiary
        reference policy-holder subscriber payor
        string dependent
        person patient = beneficiary
        token class-type = class.type
        string class-value = class.value
    """,
    "Device": """
        token identifier status type
        person patient
        reference location
        string manufacturer
        reference organization = owner
        string model = modelNumber
    """,
    "DiagnosticReport": f"""
        {_SUBJECT}
        token status category code
        date issued
        reference encounter performer results-interpreter result specimen based-on
        date date = effective
        reference media = media.link
        token conclusion = conclusionCode
    """,
    "DocumentReference": """
        person subject
        token status type category security-label
        date date
        reference author authenticator custodian
        string description
        token identifier = masterIdentifier | identifier
        person patient = subject
        reference encounter = context.encounter
        date period = context.period
        token event = context.event
        token facility = context.facilityType
        token setting = context.practiceSetting
        reference related = context.related
        reference relatesto = relatesTo.target
        token relation = relatesTo.code
        token contenttype = content.attachment.contentType
        token format = content.format
    """,
    "Encounter": f"""
        {_SUBJECT}
        token status class type reason-code
        reference service-provider episode-of-care based-on part-of reason-reference appointment account
        date date = period
        reference participant = participant.individual
        reference practitioner = participant.individual
        token participant-type = participant.type
        reference location = location.location
        date location-period = location.period
        reference diagnosis = diagnosis.condition
        token special-arrangement = hospitalization.specialArrangement
    """,
    "EpisodeOfCare": """
        token identifier status type
        person patient
        reference care-manager
        date date = period
        reference condition = diagnosis.condition
        reference organization = managingOrganization
    """,
    "FamilyMemberHistory": """
        token identifier status relationship sex
        person patient
        date date
        token code = condition.code
    """,
    "Flag": """
        token identifier
        person subject
        reference encounter author
        person patient = subject
        date date = period
    """,
    "Goal": f"""
        {_SUBJECT}
        token lifecycle-status achievement-status category
        date start-date = start as date
        date target-date = target.due as date
    """,
    "Immunization": """
        token identifier status status-reason vaccine-code reason-code
        person patient
        string lot-number
        reference location manufacturer reason-reference
        date date = occurrence
        string series = protocolApplied.series
        token target-disease = protocolApplied.targetDisease
        reference performer = performer.actor
        reference reaction = reaction.detail
        date reaction-date = reaction.date
    """,
    "Location": f"""
        token identifier status operational-status type
        string name = name | alias
        reference organization = managingOrganization
        reference partof = partOf
        {_ADDRESS}
    """,
    "Medication": """
        token identifier status code form
        reference manufacturer
        token lot-number = batch.lotNumber
        date expiration-date = batch.expirationDate
        reference ingredient = ingredient.item as Reference
        token ingredient-code = ingredient.item as CodeableConcept
    """,
    "MedicationAdministration": f"""
        {_SUBJECT}
        {_MEDICATION}
        token status
        reference context request device
        date effective-time = effective
        reference performer = performer.actor
        token reason-given = reasonCode
        token reason-not-given = statusReason
    """,
    "MedicationDispense": f"""
        {_SUBJECT}
        {_MEDICATION}
        token status type
        reference context destination receiver
        date whenhandedover = whenHandedOver
        date whenprepared = whenPrepared
        reference prescription = authorizingPrescription
        reference performer = performer.actor
        reference responsibleparty = substitution.responsibleParty
    """,
    "MedicationRequest": f"""
        {_SUBJECT}
        {_MEDICATION}
        token status intent priority category
        reference encounter requester
        date authoredon = authoredOn
        date date = dosageInstruction.timing.event
        reference intended-performer = performer
        token intended-performertype = performerType
        reference intended-dispenser = dispenseRequest.performer
    """,
    "MedicationStatement": f"""
        {_SUBJECT}
        {_MEDICATION}
        token status category
        date effective
        reference context part-of
        reference source = informationSource
    """,
    "Observation": f"""
        {_SUBJECT}
        token status category code method data-absent-reason
        reference encounter performer specimen device focus based-on part-of has-member derived-from
        date date = effective
        token value-concept = value as CodeableConcept
        date value-date = value as dateTime | value as Period
        string value-string = value as string
        token component-code = component.code
    """,
    "Organization": f"""
        token identifier active type
        string name = name | alias
        reference partof = partOf
        {_ADDRESS}
    """,
    "Patient": f"""
        {_PERSON}
        {_NAME_PARTS}
        reference general-practitioner
        token language = communication.language
        date death-date = deceased as dateTime
        reference organization = managingOrganization
        reference link = link.other
        token _tag = meta.tag
    """,
    "Practitioner": f"""
        {_PERSON}
        {_NAME_PARTS}
        token communication
    """,
    "PractitionerRole": f"""
        token identifier active specialty
        reference practitioner organization location
        token role = code
        reference service = healthcareService
        date date = period
        {_CONTACT}
    """,
    "Procedure": f"""
        {_SUBJECT}
        token status category code reason-code
        reference encounter location based-on part-of reason-reference
        date date = performed
        reference performer = performer.actor
    """,
    "RelatedPerson": f"""
        {_PERSON}
        person patient
        token relationship
    """,
    "Schedule": """
        token identifier active service-category service-type specialty
        reference actor
        date date = planningHorizon
    """,
    "ServiceRequest": f"""
        {_SUBJECT}
        token status intent priority category code performer-type requisition body-site
        date occurrence
        reference encounter requester performer specimen based-on replaces
        date authored = authoredOn
    """,
    "Slot": """
        token identifier status appointment-type service-category service-type specialty
        reference schedule
        date start
    """,
    "Specimen": f"""
        {_SUBJECT}
        token status type
        reference parent
        token accession = accessionIdentifier
        date collected = collection.collected
        reference collector = collection.collector
        token bodysite = collection.bodySite
        token container = container.type
        token container-id = container.identifier
    """,
}
