"""HL7 v2 datatypes as FHIR R4 datatypes: each converter takes one repetition and the draft it is for."""
