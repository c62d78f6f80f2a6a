"""Levels of two Han names: what was heard wrong, seen wrong, dropped or swapped."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from hub.identity.normalise import Name
from hub.identity.scoring.lookalikes import alike

_COMPOUND = (
    "欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 司空 端木 "
    "百里 东郭 南宫 申屠 轩辕 独孤 呼延 闻人 澹台 公冶 宗政 濮阳 淳于 单于 太叔 仲孙 "
    "钟离 鲜于 闾丘 亓官 第五 拓跋"
)
_COMPOUNDS = frozenset(_COMPOUND.split())
_DIALECT = "王黄 汪黄 吴胡 伍胡 武胡 付胡 傅胡 方黄 洪冯 何贺 石谢 叶易"
_DIALECTS = frozenset(frozenset(pair) for pair in _DIALECT.split())
_LONGEST_OF_HAN_KIND = 4
_BEFORE, _COUNTED = "小老阿大", "大二三四五六七八九幺"
_BABIES = ("宝宝", "毛毛")
_PETS = frozenset(first + last for first in "大小二三" for last in "宝毛双妹弟丫妞胖")
_LOOK_ALIKE = ("look_alike_short", "look_alike")
UNKNOWN = "?"
_MASKS = frozenset("?？□■▢○〇*＊�")


class Parsed(Struct, frozen=True, gc=False):
    """A name in its parts; one longer than four characters has no surname that could be told."""

    text: str
    sounds: tuple[str, ...]
    """A syllable a character, or the words of a Latin name."""
    fuzzy: tuple[str, ...]
    surname: int
    """Its characters."""
    han: bool


@lru_cache(maxsize=1 << 16)
def parse(name: Name) -> Parsed:
    text = "".join(filter(_tells, name.text))
    sounds = tuple(name.sound.split())
    ideographs = text[:1] > "\u2e7f"
    if ideographs and len(sounds) < len(text):
        sounds = _with_gaps(text, sounds)
    han = ideographs and len(sounds) == len(text)
    surname = 0
    if han and 1 < len(sounds) <= _LONGEST_OF_HAN_KIND:
        surname = 2 if len(sounds) > 2 and text[:2] in _COMPOUNDS else 1
    return Parsed(text, sounds, tuple(map(blurred, sounds)), surname, han)


def _tells(character: str) -> bool:
    return character.isalnum() or character in _MASKS


def _with_gaps(text: str, sounds: tuple[str, ...]) -> tuple[str, ...]:
    """□, ? and the like stand for a character that a keyboard or a font did not have."""
    left = list(sounds)
    found = [UNKNOWN if character in _MASKS or not left else left.pop(0) for character in text]
    return tuple(found) if not left and UNKNOWN in found else sounds


@lru_cache(maxsize=1 << 12)
def blurred(syllable: str) -> str:
    """As it is heard where zh is z, ang is an and n is l."""
    found = syllable
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if found.startswith(one):
            found = other + found[2:]
    if found.endswith("ng") and not found.endswith("ong"):
        found = found[:-1]
    return "l" + found[1:] if found.startswith("n") and len(found) > 1 else found


def level_of_han(one: Parsed, other: Parsed) -> str:
    if UNKNOWN in one.sounds or UNKNOWN in other.sounds:
        return _of_masked(one, other)
    if one.text == other.text:
        return "nickname" if _is_pet_name(one) else "exact"
    if one.sounds == other.sounds:
        return "same_sound"
    if one.fuzzy == other.fuzzy:
        return "fuzzy_sound"
    if sorted(one.fuzzy) == sorted(other.fuzzy):
        return "reordered"
    if one.surname and other.surname:
        mine, theirs = _ranked(one), _ranked(other)
        if mine and theirs and mine != theirs:
            return "one_differs" if mine[1] == theirs[1] else _by_parts(one, other)
        if _is_nickname(one, other) or _is_nickname(other, one):
            return "nickname"
        return _by_parts(one, other)
    return _of_long(one, other)


def _of_masked(one: Parsed, other: Parsed) -> str:
    pairs = list(zip(one.fuzzy, other.fuzzy, strict=False))
    known = [place for place, pair in enumerate(pairs) if UNKNOWN not in pair]
    if len(one.fuzzy) != len(other.fuzzy):
        mine, theirs = (tuple(sound for sound in name.fuzzy if sound != UNKNOWN) for name in (one, other))
        return (
            "subset" if min(len(mine), len(theirs)) > 1 and (_starts(mine, theirs) or _starts(theirs, mine)) else "none"
        )
    if any(pairs[place][0] != pairs[place][1] for place in known):
        return "none"
    return "masked" if any(place >= max(one.surname, other.surname) for place in known) else "surname_masked"


def _by_parts(one: Parsed, other: Parsed) -> str:
    if one.surname == other.surname and one.fuzzy[: one.surname] == other.fuzzy[: other.surname]:
        return _with_one_surname(one, other)
    mine, theirs = one.fuzzy[one.surname :], other.fuzzy[other.surname :]
    if _look_alike(one.text, other.text):
        return _LOOK_ALIKE[len(one.text) > 2]
    if mine == theirs:
        if frozenset((one.text[: one.surname], other.text[: other.surname])) in _DIALECTS:
            return "dialect"
        return "surname_differs" if len(mine) > 1 else "short_given_only"
    if _contained(one.text, other.text) and min(len(one.text), len(other.text)) > 1:
        return "subset"
    return "none"


def _with_one_surname(one: Parsed, other: Parsed) -> str:
    mine, theirs = one.fuzzy[one.surname :], other.fuzzy[other.surname :]
    if len(mine) != len(theirs):
        if _within(tuple(one.text[one.surname :]), tuple(other.text[other.surname :])):
            return "subset"
        return "one_differs" if _within(mine, theirs) else "surname_only"
    if _look_alike(one.text, other.text):
        return _LOOK_ALIKE[len(one.text) > 2]
    same = sum(a == b for a, b in zip(mine, theirs, strict=True))
    return "one_differs" if same and same == len(mine) - 1 else "surname_only"


def _ranked(name: Parsed) -> str:
    """大宝, 小宝, 王二宝, with the surname or without: two that differ are two children of one home."""
    called = name.text if len(name.text) == 2 else name.text[name.surname :]
    return called if len(called) == 2 and called[0] in _BEFORE + _COUNTED else ""


def _is_pet_name(name: Parsed) -> bool:
    """妞妞, 小宝, 王宝宝: every other child at home is called so."""
    if name.text[name.surname :] in _BABIES:
        return True
    return len(name.text) == 2 and (name.text[0] == name.text[1] or name.text in _PETS)


def _is_nickname(one: Parsed, other: Parsed) -> bool:
    """小国 or 老三 for 方英国, with the surname or without."""
    mine = one.text[one.surname :] if one.text[0] == other.text[0] else one.text
    given = other.text[other.surname :]
    if len(mine) != 2 or mine[0] not in _BEFORE:
        return False
    return mine[1] in _COUNTED or (mine[1] in given and (len(given) > 1 or mine is one.text))


def _look_alike(one: str, other: str) -> bool:
    """One character was taken for another, the others are the same."""
    if len(one) != len(other):
        return False
    differ = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(differ) == 1 and alike(*differ[0])


def _of_long(one: Parsed, other: Parsed) -> str:
    """Names of several parts: one of them is often left out, or a syllable written otherwise."""
    if min(len(one.text), len(other.text)) > 1 and _contained(one.text, other.text):
        return "subset"
    shared = len(set(one.fuzzy) & set(other.fuzzy))
    if shared * 4 >= 3 * max(len(one.fuzzy), len(other.fuzzy)):
        return "one_differs"
    return "none"


def _starts(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return long[: len(short)] == short


def _within(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """All of the shorter are in the longer."""
    short, long = sorted((one, other), key=len)
    return set(short) <= set(long)


def _contained(one: str, other: str) -> bool:
    return one in other or other in one
