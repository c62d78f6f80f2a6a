"""HL7 v2 over MLLP: hospitals' admissions, results and vaccinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub import hookimpl

if TYPE_CHECKING:
    from hub import Adapter, Sender


@hookimpl
def register_adapters() -> list[type[Adapter[Any]]]:
    # Here, because naming a plugin must not load its parser.
    from plugins.hl7.adapter import HL7

    return [HL7]


@hookimpl
def register_senders() -> list[type[Sender[Any]]]:
    from plugins.hl7.sending.sender import HL7Sender

    return [HL7Sender]
