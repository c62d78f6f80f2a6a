"""Ids that are the same on every replay."""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2b

CLAIM_TYPE = "Patient"


def resource_id(feed: str, type_: str, source_id: str) -> str:
    """The FHIR id of what ``feed`` calls ``source_id``: 26 lower-case letters and digits."""
    key = f"{feed}\0{type_}\0{source_id}".encode()
    return b32encode(blake2b(key, digest_size=16).digest())[:26].lower().decode()


def claim_id(feed: str, source_id: str) -> str:
    """A claim has the id that a Patient with its number would have."""
    return resource_id(feed, CLAIM_TYPE, source_id)
