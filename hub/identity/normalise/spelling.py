"""Text in one spelling: what is compared and searched by; what is stored stays as written."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

SPELLING = 2
"""Changes whenever this room writes anything otherwise: then what is kept of claims and search rows is made anew."""

DOT = "·"
DOTS = dict.fromkeys(map(ord, "•・･‧∙⋅●.．·᛫⸱ꞏ᠂゠"), DOT)
"""What people type for the dot in the names of minorities."""

_CHARACTERS = Path(__file__).parent / "characters"
_SIMPLE = re.compile("[\x20-\x7e·\u3007\u3400-\u9fff]*")
"""Has neither accents nor widths."""


@cache
def _forms() -> dict[int, str]:
    """Another form of a character -> the one it is compared by."""
    lines = character_lines("folded.txt")
    return {ord(other): line[0] for line in lines for other in line[1:]}


def character_lines(name: str) -> list[str]:
    text = (_CHARACTERS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def listed(name: str) -> list[str]:
    """The words of a list, divided by blanks."""
    return " ".join(character_lines(name)).split()


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """No case, accents, widths or blanks, one middle dot; traditional characters and variants as one."""
    dotted = text.translate(DOTS)
    if _SIMPLE.fullmatch(dotted):
        return "".join(dotted.casefold().split()).translate(_forms())
    plain = unicodedata.normalize("NFKD", dotted).casefold()
    letters = "".join(letter for letter in plain if not (unicodedata.combining(letter) or letter.isspace()))
    return unicodedata.normalize("NFKC", letters).translate(DOTS).translate(_forms())


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """As ``fold``, with blanks between words: for text that is yet to be taken apart."""
    return " ".join(fold(word) for word in text.split())
