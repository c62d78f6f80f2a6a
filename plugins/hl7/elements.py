"""FHIR elements that a site may send a field of its own to, with their types."""

from __future__ import annotations

from functools import cache

_ELEMENTS = """
Patient identifier[]:Identifier name[]:HumanName telecom[]:ContactPoint gender:code birthDate:date address[]:Address
  deceasedBoolean:boolean deceasedDateTime:dateTime maritalStatus:CodeableConcept multipleBirthInteger:positiveInt
  generalPractitioner[]:Reference managingOrganization:Reference extension[]:Extension
Encounter identifier[]:Identifier type[]:CodeableConcept serviceType:CodeableConcept priority:CodeableConcept
  reasonCode[]:CodeableConcept period.start:dateTime period.end:dateTime serviceProvider:Reference
  hospitalization.preAdmissionIdentifier:Identifier hospitalization.admitSource:CodeableConcept
  hospitalization.reAdmission:CodeableConcept hospitalization.dischargeDisposition:CodeableConcept
  hospitalization.dietPreference[]:CodeableConcept hospitalization.specialCourtesy[]:CodeableConcept
  hospitalization.specialArrangement[]:CodeableConcept extension[]:Extension
RelatedPerson identifier[]:Identifier name[]:HumanName telecom[]:ContactPoint gender:code birthDate:date
  address[]:Address relationship[]:CodeableConcept period.start:dateTime period.end:dateTime extension[]:Extension
Observation identifier[]:Identifier category[]:CodeableConcept method:CodeableConcept bodySite:CodeableConcept
  issued:instant performer[]:Reference extension[]:Extension
ServiceRequest identifier[]:Identifier category[]:CodeableConcept priority:code authoredOn:dateTime
  reasonCode[]:CodeableConcept performerType:CodeableConcept requester:Reference performer[]:Reference
  patientInstruction:string extension[]:Extension
DiagnosticReport identifier[]:Identifier category[]:CodeableConcept conclusion:string
  conclusionCode[]:CodeableConcept issued:instant performer[]:Reference extension[]:Extension
Condition identifier[]:Identifier category[]:CodeableConcept severity:CodeableConcept bodySite[]:CodeableConcept
  onsetDateTime:dateTime recordedDate:dateTime recorder:Reference asserter:Reference extension[]:Extension
Procedure identifier[]:Identifier category:CodeableConcept bodySite[]:CodeableConcept outcome:CodeableConcept
  reasonCode[]:CodeableConcept extension[]:Extension
AllergyIntolerance identifier[]:Identifier onsetDateTime:dateTime recordedDate:dateTime recorder:Reference
  extension[]:Extension
Immunization identifier[]:Identifier lotNumber:string expirationDate:date site:CodeableConcept
  route:CodeableConcept reasonCode[]:CodeableConcept fundingSource:CodeableConcept extension[]:Extension
Specimen identifier[]:Identifier type:CodeableConcept receivedTime:dateTime condition[]:CodeableConcept
  extension[]:Extension
Coverage identifier[]:Identifier type:CodeableConcept subscriberId:string dependent:string
  relationship:CodeableConcept period.start:dateTime period.end:dateTime network:string extension[]:Extension
"""


@cache
def elements() -> dict[str, tuple[str, str]]:
    """By path without brackets: the path as rows write it (``Patient.name[]``), and the type."""
    found: dict[str, tuple[str, str]] = {}
    kind = ""
    for word in _ELEMENTS.split():
        path, _, type_ = word.partition(":")
        if not type_:
            kind = path
        else:
            found[f"{kind}.{path.removesuffix('[]')}"] = f"{kind}.{path}", type_
    return found
