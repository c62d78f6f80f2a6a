"""What one field says about two descriptions."""

from __future__ import annotations

from msgspec import Struct


class Finding(Struct, frozen=True, gc=False):
    """Names of fields and levels only: what the fields say is not repeated."""

    field: str
    level: str
    bits: float
