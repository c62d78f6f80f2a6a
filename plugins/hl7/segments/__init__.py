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
    "ABS ACC AFF AIG AIL AIP AIS AL1 ARV AUT BLC BLG CDO CON CER CTD CTI DB1 DG1 DRG EDU EVN FT1 GOL GP1 GP2 GT1"
    " IAM IAR IN1 IN2 IN3 INV LAN LCC LCH LDP LOC LRL MFE MFI MRG MSH NK1 NPU NTE OBR OBX ORC ORG PD1 PDA PID"
    " PR1 PRA PRB PRD PRT PTH PV1 PV2 RF1 RGS ROL RXA RXC RXD RXE RXG RXO RXR SAC SCH SPM STF TQ1 TQ2 TXA UB1"
    " UB2 VAR"
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
