"""What the hub says to people: English msgids with arguments, rendered in the reader's language when they are read."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

CHINESE, ENGLISH = "zh_CN", "en"
LOCALES = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence that is stored and passed on untranslated, so that each reader gets it in their language.

    ``msgid`` is English with ``{named}`` places. Arguments are facts about the message, or texts of their own; never
    names, ID or phone numbers: a text ends up in logs and answers.
    """

    msgid: str
    args: dict[str, Any] = field(default_factory=dict)

    def render(self, language: str = ENGLISH) -> str:
        sentence = catalogue(language).gettext(self.msgid)
        return sentence.format_map(self._args_in(language)) if self.args else sentence

    def _args_in(self, language: str) -> dict[str, Any]:
        return {name: value.render(language) if isinstance(value, Text) else value for name, value in self.args.items()}

    def both(self) -> str:
        """Chinese, then English, for answers to a reader whose language is not known."""
        chinese, english = self.render(CHINESE), self.render(ENGLISH)
        return chinese if chinese == english else f"{chinese} / {english}"

    def __str__(self) -> str:
        return self.render(ENGLISH)


@dataclass(frozen=True, slots=True)
class Bilingual(Text):
    """A name that a table holds in both languages: ``msgid`` is the English one."""

    chinese: str = ""

    def render(self, language: str = ENGLISH) -> str:
        return self.chinese if language == CHINESE and self.chinese else self.msgid


def text_of(kept: Mapping[str, Any]) -> Text:
    """A sentence that went through JSON; a sentence within it is an object of its parts."""
    args = {
        name: text_of(value) if isinstance(value, dict) and "msgid" in value else value
        for name, value in kept["args"].items()
    }
    return Bilingual(kept["msgid"], args, kept["chinese"]) if "chinese" in kept else Text(kept["msgid"], args)


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("hub", LOCALES, [language], fallback=True)


def preferred() -> str:
    """The language of this terminal: HUB_LANG, else the locale's; anything but Chinese is English."""
    for name in ("HUB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return CHINESE if value.lower().startswith("zh") else ENGLISH
    return ENGLISH


def _(msgid: str, **args: Any) -> str:
    """Says a sentence to whoever sits at this terminal."""
    return Text(msgid, args).render(preferred())
