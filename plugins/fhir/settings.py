"""What IT staff may write for a FHIR feed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from hub import Settings


class FhirSettings(Settings):
    client: str = ""
    """Who sends it over HTTP: the name its token was made with (hub token NAME); empty = files only."""
    own_system: str = ""
    """The system of the sender's own patient numbers; empty, or a Patient without one: its resource id counts."""
    lines: Annotated[int, Field(ge=1, le=5_000)] = 500
    """How many lines of an NDJSON file are one message."""

    @field_validator("own_system")
    @classmethod
    def _is_a_uri(cls, system: str) -> str:
        if system and ":" not in system:
            raise ValueError("a system is a URI, such as urn:oid:2.999.1")
        return system
