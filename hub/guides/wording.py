"""The languages a document is written in."""

from __future__ import annotations

from hub.language import CHINESE, ENGLISH, Text
from hub.model.guide import Cell

BOTH = (CHINESE, ENGLISH)


class Wording:
    """One language, or both: Chinese first."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.languages = languages

    def said(self, cell: Cell) -> tuple[str, ...]:
        """In each language; once where all are the same."""
        if not isinstance(cell, Text):
            return (cell,)
        return tuple(dict.fromkeys(cell.render(language) for language in self.languages))

    def line(self, cell: Cell) -> str:
        return " / ".join(self.said(cell))

    @property
    def tag(self) -> str:
        """Of the document, as HTML names languages."""
        return "zh-CN" if self.languages[0] == CHINESE else "en"
