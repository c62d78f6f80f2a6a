"""Surnames of more than one character, and those read otherwise than their characters are."""

from __future__ import annotations

from hub.identity.normalise.spelling import listed

_LISTED = [word.partition(":") for word in listed("surnames.txt")]
COMPOUND = frozenset(surname for surname, _, _ in _LISTED if len(surname) == 2)
READINGS = {surname: reading.split("-") for surname, _, reading in _LISTED if reading}
"""Syllables of a surname."""
