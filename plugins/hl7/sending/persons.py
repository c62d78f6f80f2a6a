"""Who became whom, in HL7's words: ADT^A40 for persons who are one now, ADT^A37 for those who no longer are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from plugins.hl7.charset import UTF8
from plugins.hl7.delimiters import Delimiters, escape

if TYPE_CHECKING:
    from hub import IdentityChange
    from plugins.hl7.sending.settings import HL7Destination

_US = "HUITONG"
_UNSPECIFIED = "^^^^^^U"
"""PID-5 must be there; a name is nobody's business here (table 0200)."""
_DELIMITERS = Delimiters("|", "^", "~", "\\", "&")


def messages(change: IdentityChange, settings: HL7Destination) -> Iterator[tuple[bytes, bytes]]:
    """One for each pair of persons, with its control id: the same ones each time it is told."""
    at = f"{change.at:%Y%m%d%H%M%S%z}"
    number = 0
    for event, structure, pairs in (("A37", "ADT_A37", change.parted), ("A40", "ADT_A39", change.merged)):
        for one, other in pairs:
            number += 1
            control_id = f"P{change.id}.{number}"
            first, second = (f"PID|{at_}||{_cx(id_, settings)}||{_UNSPECIFIED}" for at_, id_ in ((1, one), (2, other)))
            told = second if event == "A37" else f"MRG|{_cx(other, settings)}"
            head = _head(event, structure, control_id, at, settings)
            text = "\r".join([head, f"EVN|{event}|{at}", first, told]) + "\r"
            yield text.encode(UTF8), control_id.encode()


def _head(event: str, structure: str, control_id: str, at: str, settings: HL7Destination) -> str:
    how = settings.rebuilt
    ours = how.sending_application or _US, how.sending_facility or _US
    theirs = how.receiving_application, how.receiving_facility
    names = "|".join(escape(name, _DELIMITERS) for name in (*ours, *theirs))
    return f"MSH|^~\\&|{names}|{at}||ADT^{event}^{structure}|{control_id}|P|2.5.1|||AL|NE||UNICODE UTF-8"


def _cx(patient: str, settings: HL7Destination) -> str:
    return f"{patient}^^^{escape(settings.authority, _DELIMITERS)}^PI"
