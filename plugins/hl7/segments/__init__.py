"""One room for each segment we read; a segment without a room is kept whole."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from plugins.hl7.rows import Room
from plugins.hl7.segments.pv1 import visit_key

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment

__all__ = ["ROOMS", "TRANSPORT", "unknown_room", "visit_key"]

_NAMES = (
    "ACC AL1 ARV CTD DB1 DG1 EVN GT1 IAM IN1 IN2 IN3 MRG MSH NK1 NTE"
    " OBR OBX ORC PD1 PDA PID PR1 PRT PV1 PV2 RF1 ROL RXA RXR SPM TQ1"
)

ROOMS: dict[str, Room] = {name: import_module(f"plugins.hl7.segments.{name.lower()}").ROOM for name in _NAMES.split()}

TRANSPORT = frozenset({"FHS", "BHS", "BTS", "FTS"})
"""Envelopes of batches, which the door takes apart."""


@cache
def unknown_room(name: str) -> Room:
    """For Z-segments and segments we do not read: every field kept on the visit, else on the person."""
    return Room(name, "", (), _home)


def _home(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.home()
