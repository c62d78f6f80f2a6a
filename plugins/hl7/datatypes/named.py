"""Names of people (XPN, FN) as FHIR human names, with the ways Chinese hospitals write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plugins.hl7.datatypes.moment import span
from plugins.hl7.datatypes.parts import extended, leftovers, parts, sub

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

HAN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f '.\-]*")
_SPLIT_HAN = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
DOUBLE_SURNAMES = frozenset(
    {
        "欧阳",
        "上官",
        "司马",
        "司徒",
        "诸葛",
        "夏侯",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "端木",
        "东方",
        "南宫",
    }
    | {
        "独孤",
        "轩辕",
        "申屠",
        "濮阳",
        "淳于",
        "太史",
        "呼延",
        "闻人",
        "澹台",
        "公冶",
        "钟离",
        "完颜",
        "拓跋",
        "东郭",
        "百里",
        "赫连",
    }
)
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
_REPRESENTATIONS = {"A": "ABC", "I": "IDE", "P": "SYL"}
_OWN = {2: "own-prefix", 3: "own-name", 4: "partner-prefix", 5: "partner-name"}
_XPN = {1: 5, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 10: 2, 12: 1, 13: 1, 14: 1}


def names(rep: Repetition, draft: Draft) -> list[Json]:
    """XPN -> HumanName; two of them when one part is Han and the other its Latin spelling."""
    c = parts(rep, draft)
    family, given = c[0], c[1]
    han_family, han_given = bool(HAN.search(family)), bool(HAN.search(given))
    if han_family != han_given and _LATIN.fullmatch(given if han_family else family):
        return _legal_and_spelled(rep, draft, c, han_family)
    read = _han(family, given, c) if han_family or han_given else _western(c)
    found = _finished(read, rep, draft, c)
    return [found] if found else []


def _han(family: str, given: str, c: list[str]) -> Json:
    whole = family + given + c[2]
    if not family or not given:
        family, given = split_han(whole)
    read: Json = {"text": whole}
    if family:
        read |= {"family": family, "given": [part for part in (given, c[2]) if part]}
    return read


def split_han(whole: str) -> tuple[str, str]:
    """Family and given name where there is no doubt; else two empty ones."""
    if not _SPLIT_HAN.fullmatch(whole):
        return "", ""
    double = whole[:2] in DOUBLE_SURNAMES
    if len(whole) == 4 and double:
        return whole[:2], whole[2:]
    return (whole[0], whole[1:]) if len(whole) in {2, 3} and not double else ("", "")


def _western(c: list[str]) -> Json:
    read: Json = {}
    given = [part for part in (c[1], c[2]) if part]
    if c[0] or given:
        read["text"] = " ".join([*([c[4]] if c[4] else ()), *given, *([c[0]] if c[0] else ())])
    if c[0]:
        read["family"] = c[0]
    if given:
        read["given"] = given
    return read


def _legal_and_spelled(rep: Repetition, draft: Draft, c: list[str], han_is_family: bool) -> list[Json]:
    """``ZHANG SANFENG^张三丰``: the Han part is the whole legal name, the Latin one how it is spoken."""
    legal, spelled = (c[0], c[1]) if han_is_family else (c[1], c[0])
    first = _finished(_han(legal, "", [""] * 24), rep, draft, c)
    first.setdefault("use", "official")
    return [_representing(first, "IDE"), _representing({"text": spelled}, "ABC")]


def _finished(read: Json, rep: Repetition, draft: Draft, c: list[str]) -> Json:
    if suffixes := [part for part in (c[3], c[5], c[13]) if part]:
        read["suffix"] = suffixes
    if c[4]:
        read["prefix"] = [c[4]]
    use = draft.known("name_use", c[6], "XPN-7")
    if use:
        read["use"] = use.code
    elif c[6]:
        extended(read, [{"url": "urn:hub:v2:XPN-7", "valueString": c[6]}])
    start, end = _validity(rep, draft, c)
    if (start or end) and (time := span(start, end, draft)):
        read["period"] = time
    if c[7]:
        _representing(read, _REPRESENTATIONS.get(c[7], ""), c[7])
    if draft.inner in rep.raw:
        _surname_parts(read, rep)
    return extended(read, leftovers(rep, draft, "XPN", _XPN))


def _validity(rep: Repetition, draft: Draft, c: list[str]) -> tuple[str, str]:
    if c[9] and not (c[11] or c[12]):
        return c[9], sub(rep, 10, 2) if draft.inner in rep.raw else ""
    return c[11], c[12]


def _representing(read: Json, code: str, given: str = "") -> Json:
    if code:
        return extended(read, [{"url": _REPRESENTATION, "valueCode": code}])
    return extended(read, [{"url": "urn:hub:v2:XPN-8", "valueString": given}])


def _surname_parts(read: Json, rep: Repetition) -> None:
    """FN's subcomponents, each with the extension FHIR names for it."""
    found = [
        {"url": f"http://hl7.org/fhir/StructureDefinition/humanname-{part}", "valueString": value}
        for level, part in _OWN.items()
        if (value := sub(rep, 1, level))
    ]
    if found and "family" in read:
        read["_family"] = {"extension": found}
    else:
        extended(read, found)
