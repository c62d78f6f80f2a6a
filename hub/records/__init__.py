"""The record: FHIR R4 resources with every version, and what they are found by."""
