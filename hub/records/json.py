"""JSON as the record keeps it: decimals stay as they were written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def decode(data: bytes | str) -> Any:
    """Numbers with a fraction become ``Decimal``. Raises ``ValueError`` for what is not JSON."""
    return _decoder.decode(data)


def encode(value: Any) -> bytes:
    """Compact UTF-8, keys in their order."""
    return _encoder.encode(value)
