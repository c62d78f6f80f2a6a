"""Names as they are compared: what is written for one person's name, taken apart and brought into one spelling."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from hub.identity.normalise.bounding import LETTERS
from hub.identity.normalise.description import Name
from hub.identity.normalise.newborns import child_of
from hub.identity.normalise.sounds import sound
from hub.identity.normalise.spelling import DOT, fold, listed, plain
from hub.identity.normalise.surnames import COMPOUND
from hub.model import Json

_HAN = "\u3007\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ANY_HAN = re.compile(f"[{_HAN}]")
_LOST = re.compile(rf"[?□■〓\ufffd◇○]|\*(?=[{_HAN}])")
"""Stands where a keyboard or a code page has no such character, or where somebody hid it."""
_NO_HAN = re.compile(f"[^{_HAN}?]")
_LATIN_RUN = re.compile(f"[^{_HAN}?]+")
_NUMBERED = re.compile(rf"[{_HAN}]\d+")
"""Of the invented people of tests and trainings: 甲1."""
_WHICH = re.compile(rf"[{_HAN}]{{2}} ?\(?([1-9])\)?号?$")
"""张多多2: a number after a name tells apart whom the sender has twice."""
_SURNAME_ONLY = re.compile(r".某{1,2}")
_BRACKETED = re.compile(r"[(\[{<〈《【〔「].*?(?:[)\]}>〉》】〕」]|$)")
_BRACKETS = re.compile(r"[()\[\]{}<>〈〉《》【】〔〕「」\"'“”‘’]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")
_HONORIFIC = re.compile(
    r"(?<=.)(?:先生|女士|小姐|同志|老人|老人家|大爷|大娘|大妈|大伯|大叔|大姐|大哥|奶奶|爷爷|阿姨|叔叔|太太|夫人|师傅|老师|医生"
    r"|本人|患者|病人|产妇|测试|已故|死亡|重复|作废|停用|注销)+$"
)
_TITLE = re.compile(r"^(?:患者|病人|产妇|姓名|测试)[:：]?(?=.{2})")
_UMLAUT = re.compile(r"\b([ln])yu(e?)\b")
"""吕 in a passport."""
_LATIN_TITLE = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "jr", "sr", "sir", "madam"})
NOBODY = frozenset(listed("nobody.txt"))
"""Typed to fill the field."""


class Spoken(NamedTuple):
    """What one written name says."""

    names: tuple[Name, ...] = ()
    mothers: tuple[Name, ...] = ()
    nameless: bool = False
    """It says whose child it is."""
    order: int = 0
    """Of a newborn, which of several; else the number after its name."""
    multiple: bool = False
    child: str = ""
    """Of which sex, by the word for it."""


def spoken(name: Json) -> Spoken:
    """A HumanName; one that was put together by machine counts as it was put."""
    return spoken_text(whole_text(name)[:LETTERS])


def whole_text(name: Json) -> str:
    if text := name.get("text"):
        return str(text)
    family, given = name.get("family") or "", [part for part in name.get("given") or () if part]
    if _ANY_HAN.search(family) or any(map(_ANY_HAN.search, given)):
        return family + "".join(given)
    return " ".join(filter(None, (*given, family)))


@lru_cache(maxsize=65_536)
def spoken_text(text: str) -> Spoken:
    whole = plain(text)
    if found := child_of(_BRACKETS.sub(" ", whole)):
        return Spoken((), _named(found.mother), True, found.order, found.multiple, found.sex)
    which = _WHICH.search(whole)
    return Spoken(_named(whole), order=int(which[1]) if which else 0)


def _named(whole: str) -> tuple[Name, ...]:
    """A name in both scripts is two: 张三 zhang san."""
    if not _ANY_HAN.search(whole):
        return tuple(filter(None, (_latin(_BRACKETED.sub(" ", whole)),)))
    if _NUMBERED.fullmatch(whole):
        return (Name(whole, f"{sound(whole[0])} {whole[1:]}"),)
    whole = _LOST.sub("?", whole)
    bare = _BRACKETED.sub(" ", whole)
    han = _han(_NO_HAN.sub("", bare if _ANY_HAN.search(bare) else whole))
    spelt = [found for run in _LATIN_RUN.findall(whole) if (found := _latin(run)) and len(found.text) > 3]
    return (*((han,) if han else ()), *spelt[:1])


def _han(letters: str) -> Name | None:
    """A character that was lost counts as one; what is left of a surname alone is no name."""
    name = _without_titles(letters.lstrip("?"))
    known = name.replace("?", "")
    if len(known) < 2 or known in NOBODY or _SURNAME_ONLY.fullmatch(known):
        return None
    if (len(set(known)) == 1 and len(known) > 2) or (known in COMPOUND and name != letters):
        return None
    return Name(name, sound(name))


def _without_titles(letters: str) -> str:
    before = ""
    while before != letters:
        before, letters = letters, _HONORIFIC.sub("", _TITLE.sub("", letters))
    return letters


def _latin(text: str) -> Name | None:
    """Its words; apostrophes belong to them: O'Brien is ``obrien``."""
    words = [_UMLAUT.sub(r"\1v\2", re.sub(r"\W", "", word)) for word in _WORDS.findall(text)]
    words = [word for word in words if word not in _LATIN_TITLE] or words
    joined = "".join(words)
    if len(joined) < 2 or joined in NOBODY or len(set(joined)) == 1 or set(words) <= NOBODY:
        return None
    return Name(joined, " ".join(words))


def ways_to_write(name: Json) -> tuple[str, ...]:
    """What a name is also asked for by: pinyin, its initials, without dots and titles, and from a later word on.

    龚䶮: ``gongyan``, ``gy``. 𠮷田·买买提: ``买买提``, too, where the sender has not told the parts apart.
    """
    whole = whole_text(name)
    names = spoken_text(whole).names
    ways = [way for one in names for way in _ways(one)]
    if names and not name.get("family"):
        ways += [way for word in _later_words(whole) for way in (word, *_ways(Name(word, sound(word))))]
    return tuple(way for way in dict.fromkeys(ways) if way != fold(whole))


def _later_words(text: str) -> list[str]:
    """A name of ideographs is divided by dots alone: what stands behind a blank may be a title."""
    words = fold(text).split(DOT) if _ANY_HAN.search(text) else re.split(rf"[ {DOT}]", plain(text))
    return [word for word in words[1:] if len(word) > 1]


@lru_cache(maxsize=65_536)
def _ways(name: Name) -> tuple[str, ...]:
    if not _ANY_HAN.match(name.text):
        return ()
    syllables = name.sound.split()
    return "".join(syllables), "".join(syllable[0] for syllable in syllables), name.text
