"""Which message replies to which order (HL7 v2.5.1, chapter 4), for senders who wait for more than an ACK."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugins.hl7.head import Head

_REPLIES = {
    ("ORM", "O01"): ("ORR", "O02"),
    ("OMS", "O05"): ("ORS", "O06"),
    ("OMN", "O07"): ("ORN", "O08"),
    ("OMP", "O09"): ("ORP", "O10"),
    ("RDE", "O11"): ("RRE", "O12"),
    ("RDS", "O13"): ("RRD", "O14"),
    ("RGV", "O15"): ("RRG", "O16"),
    ("RAS", "O17"): ("RRA", "O18"),
    ("OMG", "O19"): ("ORG", "O20"),
    ("OML", "O21"): ("ORL", "O22"),
    ("OMI", "O23"): ("ORI", "O24"),
    ("RDE", "O25"): ("RRE", "O26"),
    ("OML", "O33"): ("ORL", "O34"),
    ("OML", "O35"): ("ORL", "O36"),
    ("OML", "O39"): ("ORL", "O40"),
}
_STRUCTURES = {("RRE", "O26"): "RRE_O12"}
_BARE = {"ORM": "O01"}
"""The event of a type that had only one, when it was left out."""


def reply_to(head: Head) -> tuple[str, str, str] | None:
    """Type, event and structure of the reply; none for what is no order."""
    found = _REPLIES.get((head.type, head.trigger or _BARE.get(head.type, "")))
    return found and (*found, _STRUCTURES.get(found, "_".join(found)))
