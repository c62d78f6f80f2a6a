"""A Chinese name that came as one text: its family name, and what was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from hub.identity.normalise.names import spoken
from hub.identity.normalise.sounds import surname_length
from hub.model import Json

_IDEOGRAPHS = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]{2,4}")
"""A longer one is of people who have no family names, or is no name."""


def parts_of(name: Json) -> Iterator[tuple[str, str]]:
    """Folded: ``欧阳``, ``明``; nothing for names of other kinds, nor where the sender has told the parts apart."""
    if not name.get("family"):
        for one in spoken(name).names:
            if _IDEOGRAPHS.fullmatch(one.text):
                yield _parts(one.text)


@lru_cache(maxsize=65_536)
def _parts(text: str) -> tuple[str, str]:
    length = surname_length(text)
    return text[:length], text[length:]
