"""What became of one field of a message: the answer to "where did this go?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class FieldFate:
    """One non-empty place of a message: ``mapped`` to FHIR elements, ``kept`` as it came, or ``ignored``."""

    place: str
    """Where it stands in the message, in the source's own notation: ``PID-3[2].4``."""
    name: str
    """What the standard calls it: ``Patient Identifier List``."""
    value: str
    fate: Literal["mapped", "kept", "ignored"]
    detail: str
    """FHIR paths (``Patient.identifier``) when mapped or kept; the reason when ignored."""
    chinese: str = ""
    """Its Chinese name: ``患者标识号列表``."""
    group: str = ""
    """What it is a part of: ``PID``; fields of one group follow each other."""
    group_name: str = ""
    group_chinese: str = ""
