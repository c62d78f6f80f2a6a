"""ABS, the abstract of a stay."""

from __future__ import annotations

from plugins.hl7.keeping import CONCEPT, MOMENT, NUMBER, PRACTITIONER
from plugins.hl7.rows import Room, keeps
from plugins.hl7.segments.accounts import at_home

ROOM = Room(
    "ABS",
    "Abstract",
    (
        keeps(1, "Discharge Care Provider", *PRACTITIONER),
        keeps(2, "Transfer Medical Service Code", *CONCEPT),
        keeps(3, "Severity of Illness Code", *CONCEPT),
        keeps(4, "Date/Time of Attestation", *MOMENT),
        keeps(5, "Attested by", *PRACTITIONER),
        keeps(6, "Triage Code", *CONCEPT),
        keeps(7, "Abstract Completion Date/Time", *MOMENT),
        keeps(8, "Abstracted by", *PRACTITIONER),
        keeps(9, "Case Category Code", *CONCEPT),
        keeps(10, "Caesarian Section Indicator"),
        keeps(11, "Gestation Category Code", *CONCEPT),
        keeps(12, "Gestation Period Weeks", *NUMBER),
        keeps(13, "Newborn Code", *CONCEPT),
        keeps(14, "Stillborn Indicator"),
    ),
    at_home,
)
