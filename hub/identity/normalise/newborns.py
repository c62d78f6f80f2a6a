"""What stands for a name while a newborn has none: whose child it is, and which of several."""

from __future__ import annotations

import re
from typing import NamedTuple

from hub.identity.normalise.surnames import COMPOUND


class Child(NamedTuple):
    mother: str
    """As written; empty where only "baby" is said."""
    order: int
    multiple: bool
    sex: str
    """As the word has it: ``male`` of a son, ``female`` of a daughter."""


_ORDERS = {"大": 1, "甲": 1, "a": 1, "1": 1, "一": 1, "小": 2, "乙": 2, "b": 2, "2": 2, "二": 2,
           "丙": 3, "c": 3, "3": 3, "三": 3, "丁": 4, "d": 4, "4": 4, "四": 4}  # fmt: skip
_WHICH = "大小甲乙丙丁abcd1234一二三四"
_TWINS = "双胞胎|多胞胎|三胞胎|双胎|三胎|双生|双"
_MOTHER = r"(?:产妇|母亲?[:：]?)?(?P<mother>[^之的]{2,20}?)"
_OF = re.compile(
    # 王芳之子, 王芳的大女儿, 王芳之双大, 王芳之长子: older and younger children of no birth in common have no order.
    rf"{_MOTHER}(?:之|的)(?P<twins>{_TWINS})?之?(?P<before>[大小甲乙丙丁abcd])?[长次幼]?[一二三四]?(?:个|胎)?(?P<kind>男|女)?"
    rf"(?:新生儿|婴儿|婴|儿子|女儿|孩子|孩|宝宝|宝|毛毛|毛|子|女|儿|bb)*(?P<after>[{_WHICH}])?(?:号|子|女|婴)?"
)
_PLAIN = re.compile(
    # 王芳婴, 王芳双大, 王芳大毛, 王芳双女a: without 之 only words that are no given names.
    rf"{_MOTHER}(?:家)?(?:(?P<twins>{_TWINS})(?P<before>[大小甲乙丙丁abcd])?(?:子|女|婴|儿)?(?P<after>[{_WHICH}])?"
    rf"|(?P<before2>[大小])(?:毛|宝)"
    rf"|(?:男|女)?(?P<before3>[大小])?(?:婴儿|新生儿|婴|bb|baby|宝宝|毛毛|孩子)(?P<after2>[{_WHICH}])?)"
)
_OF_SURNAME = re.compile(
    # 王婴1, 欧阳女婴, 李baby2: a surname, and a word that is no given name.
    rf"(?P<mother>[^之的]{{1,2}}?)(?:(?:之|家)?(?:男|女)?(?:婴儿|新生儿|婴|bb|baby(?:boy|girl)?)|之(?:子|女))(?P<after>[{_WHICH}])?"
)
_FIRST = re.compile(rf"(?:新生儿|婴儿|宝宝|男婴|女婴)(?P<mother>[^之的]{{2,20}}?)(?P<after>[{_WHICH}])?")
_LATIN = re.compile(
    r"(?:new ?born|infant|baby|bb|b/o)(?: (?:boy|girl|male|female|son|daughter))?(?: (?P<which>[abcd1234]))?(?: of| -)?"
    r"(?: (?P<mother>[^\d]{2,40}?))?(?: (?P<last>[abcd1234]))?"
    r"|(?P<mother2>[^\d]{2,40}?) (?:zhi ?(?:zi|nv|nu)|(?:baby|infant|newborn|bb)(?: (?:boy|girl))?)"
    r"(?: (?P<last2>[abcd1234]))?"
)
_ONLY = re.compile(r"(?:新生儿|婴儿|男婴|女婴|男孩|女孩|宝宝|之子|之女|儿子|女儿|弃婴|bb)+")
_SON, _DAUGHTER = (
    re.compile(r"男|(?<!孩)子|\b(?:boy|male|son|zi)\b"),
    re.compile(r"女|\b(?:girl|female|daughter|nv|nu)\b"),
)
_SPACES, _COUNTED = re.compile(r"\s+"), re.compile(r"(?<=[a-z])(?=\d)")


def child_of(plain: str) -> Child | None:
    """None where ``plain``, a folded name with its blanks, is a name."""
    if plain.isascii():
        return _of_latin(_SPACES.sub(" ", _COUNTED.sub(" ", plain)).strip())
    letters = _SPACES.sub("", plain)
    if _ONLY.fullmatch(letters):
        return Child("", 0, False, _sex(letters))
    found = _OF_SURNAME.fullmatch(letters)
    if found and (len(found["mother"]) == 1 or found["mother"] in COMPOUND):
        return _child(found)
    for pattern in (_OF, _PLAIN, _FIRST):
        found = pattern.fullmatch(letters)
        if found and found["mother"] not in COMPOUND and not letters.endswith(("之", "的")):  # 王慕之 is a name
            return _child(found)
    return None


def _child(found: re.Match[str]) -> Child:
    groups = found.groupdict()
    which = next((groups[name] for name in ("before", "before2", "before3", "after", "after2") if groups.get(name)), "")
    order = _ORDERS.get(which, 0)
    return Child(found["mother"], order, bool(order or groups.get("twins")), _sex(_around(found, "mother")))


def _of_latin(text: str) -> Child | None:
    found = _LATIN.fullmatch(text)
    if found is None:
        return None
    order = _ORDERS.get(found["which"] or found["last"] or found["last2"] or "", 0)
    said = _sex(_around(found, "mother" if found["mother"] else "mother2"))
    return Child(found["mother"] or found["mother2"] or "", order, bool(order), said)


def _around(found: re.Match[str], mother: str) -> str:
    """All but her name."""
    start, end = found.span(mother)
    return f"{found.string[:start]} {found.string[end:]}" if start >= 0 else found.string


def _sex(said: str) -> str:
    son, daughter = _SON.search(said), _DAUGHTER.search(said)
    return "" if bool(son) == bool(daughter) else "male" if son else "female"
