"""How one feed reads its messages where the standard leaves it open: its maps, its fields, its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub import Code, CodeMaps
    from plugins.hl7.rows import Room

ASKED = frozenset(
    {
        "allergy_category",
        "appointment_status",
        "completion",
        "criticality",
        "document_completion",
        "document_status",
        "goal_status",
        "medication_status",
        "observation_status",
        "order_status",
        "referral_status",
        "pathway_status",
        "report_status",
        "request_priority",
        "severity",
        "sex",
        "specimen_status",
        "visit_class",
    }
)
"""Maps to elements that FHIR binds to a few codes: what they lack is told nowhere else. A person is always asked."""


@dataclass(frozen=True, eq=False)
class Habits:
    """Worked out once for a feed; no two are equal, so that what was read by one is not remembered for another."""

    codes: CodeMaps = field(default_factory=dict)
    """As the hub gave them."""
    tables: Mapping[str, Mapping[str, Code]] = field(default_factory=dict)
    """The maps the site has rows for, with ours behind them."""
    asked: frozenset[str] = ASKED
    """Maps whose missing codes a person is asked about."""
    named: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """The map of a field, where it is not the usual one."""
    rooms: Mapping[str, Room] = field(default_factory=dict)
    """All rooms with the site's rows in them; empty without such rows."""
    events: Mapping[str, str] = field(default_factory=dict)
    """What a message of the sender's own kind is: ``ADT^Z01`` is ``ADT^A08``."""
    authority: str = ""
    """Who gave out the numbers that name nobody."""


USUAL = Habits()
