"""What a message says it is, wherever it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plugins.hl7.lexer import Lexed

_ONLY_TRIGGER = {"ORM": "O01", "ORU": "R01", "VXU": "V04"}
"""What a type means when neither MSH-9.2 nor EVN-1 says it, as HL7 2.1 allowed."""


def kind_of(lexed: Lexed) -> tuple[str, str]:
    """Type and trigger event, as written."""
    header = lexed.header
    kind, trigger = header.get(9).strip(), header.get(9, 2).strip()
    if trigger:
        return kind, trigger
    said = lexed.first("EVN")
    return kind, (said.get(1).strip() if said else "") or _ONLY_TRIGGER.get(kind, "")


def meant(lexed: Lexed, own: Mapping[str, str]) -> str:
    """The event a message is taken for, such as ADT^A08, also when the sender writes it in its own way."""
    said = "^".join(kind_of(lexed)).upper()
    return own.get(said, said).rstrip("^")
