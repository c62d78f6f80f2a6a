"""What IT staff may write under ``[settings.queries]`` of an HL7 v2 feed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from hub import Settings

Name = Literal["Q21", "Q22", "ZV1", "Q23", "Z34", "A19"]


class QuerySettings(Settings):
    allow: tuple[Name, ...] = ()
    """Which questions are answered: Q21, Q22, ZV1, A19 (who is it), Q23 (other numbers), Z34 (vaccinations)."""
    own_patients_only: bool = False
    """Answer only about persons this feed has sent itself."""
    domains: tuple[str, ...] = ()
    """Whose numbers may be asked for and told: issuers as in systems, OIDs or URIs; empty = all."""
    most: Annotated[int, Field(ge=1, le=1_000)] = 50
    """The most persons in one answer, and the limit where the question names none; the rest is paged."""
    pointer_seconds: Annotated[int, Field(ge=10, le=86_400)] = 900
    """How long a continuation pointer is good for."""
