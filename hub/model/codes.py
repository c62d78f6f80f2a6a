"""Code maps as adapters use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Code(NamedTuple):
    """A standard code; without a system it is one of a FHIR element whose system is understood.

    Without a code: somebody decided that the sender's own is kept as it is.
    """

    system: str
    code: str
    display: str = ""


CodeMaps = Mapping[str, Mapping[str, Code]]
"""By the name of the map, then by the sender's code: ``code``, or ``system|code`` where the sender names a system."""
