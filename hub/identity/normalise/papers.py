"""Papers other than the resident's number: each kind under one name, whichever feed it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from hub.identity.normalise.numbers import Number, is_made_up, record_or_card, tidy
from hub.model import Json
from hub.model.id_number import id_number_fault
from hub.model.person import HEALTH_CARD_SYSTEM, HEALTH_RECORD_SYSTEM, ID_NUMBER_SYSTEM

PASSPORT, BIRTH_CERTIFICATE, MILITARY = "passport", "birth_certificate", "military"
HOME_PERMIT, TAIWAN_PERMIT, FOREIGNER = "home_permit", "taiwan_permit", "foreigner"
"""Kinds that have no system of their own in the country; the permits are those for travelling to the mainland."""

_BY_TYPE = {
    "PPN": PASSPORT, "03": PASSPORT, "BCT": BIRTH_CERTIFICATE, "MI": MILITARY, "04": MILITARY, "06": HOME_PERMIT,
    "07": TAIWAN_PERMIT, "PRC": FOREIGNER,
}  # fmt: skip
"""Codes of an identifier's type: HL7 table 0203, CV02.01.101."""
_WORDS = {
    PASSPORT: "护照 passport",
    BIRTH_CERTIFICATE: "出生医学证明 出生证明 出生证",
    MILITARY: "军官证",
    HOME_PERMIT: "港澳居民来往内地通行证 回乡证",
    TAIWAN_PERMIT: "台湾居民来往大陆通行证 台湾居民来往内地通行证 台胞证",
    FOREIGNER: "外国人永久居留证 外国人永久居留身份证",
}
_BY_WORD = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_BY_SYSTEM = re.compile(
    r"(?P<passport>.*/sid/passport\b.*|urn:oid:2\.16\.840\.1\.113883\.4\.330(\.\d+)?)"
    r"|(?P<birth_certificate>.*(birth-?certificate|出生医学证明).*)"
)
_SHAPES = {
    BIRTH_CERTIFICATE: re.compile(r"([A-Z][0-9]{9})"),
    HOME_PERMIT: re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?"),
    TAIWAN_PERMIT: re.compile(r"([0-9]{8})(?:[0-9]{2}[A-Z]?)?"),
    FOREIGNER: re.compile(r"([A-Z]{3}[0-9]{12}|9[0-9]{16}[0-9X])"),
    PASSPORT: re.compile(r"([A-Z0-9]{6,12})"),
    MILITARY: re.compile(r"(.{6,20})"),
}
"""What stays of a permit when it is issued anew is in the first group."""
_TELLING = (HOME_PERMIT, BIRTH_CERTIFICATE, FOREIGNER)
"""Kinds whose numbers tell themselves, also where someone wrote them into the field of the resident's number."""
_RECORD_OR_CARD = frozenset({HEALTH_RECORD_SYSTEM, HEALTH_CARD_SYSTEM})
_GAPS = re.compile(r"[\-()./#]")


def papers(identifiers: Iterable[Json], id_numbers: tuple[str, ...] = ()) -> tuple[Number, ...]:
    """A card that bears the resident's number says nothing new."""
    found = (_paper(one) for one in identifiers)
    return tuple(dict.fromkeys(paper for paper in found if paper and paper[1] not in id_numbers))


def _paper(identifier: Json) -> Number | None:
    system, value = identifier.get("system") or "", identifier.get("value") or ""
    if not value:
        return None
    if system == ID_NUMBER_SYSTEM:
        return _misplaced(value) if id_number_fault(value) == "shape" else None
    if system in _RECORD_OR_CARD:
        return record_or_card(system, value)
    kind = _kind_of(identifier.get("type")) or _kind_by(system)
    return _shaped(kind, value) if kind else None


def _kind_of(type_: Json | None) -> str:
    if not type_:
        return ""
    for coding in type_.get("coding") or ():
        if kind := _BY_TYPE.get(coding.get("code") or "") or _BY_WORD.get(coding.get("display") or ""):
            return kind
    return _BY_WORD.get(type_.get("text") or "", "")


@lru_cache(maxsize=1024)
def _kind_by(system: str) -> str:
    found = _BY_SYSTEM.fullmatch(system)
    return (found.lastgroup or "") if found else ""


@lru_cache(maxsize=65_536)
def _misplaced(value: str) -> Number | None:
    return next(filter(None, (_shaped(kind, value) for kind in _TELLING)), None)


@lru_cache(maxsize=65_536)
def _shaped(kind: str, value: str) -> Number | None:
    number = _GAPS.sub("", tidy(value))
    found = _SHAPES[kind].fullmatch(number)
    if found is None or is_made_up(found[1]) or is_made_up(found[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")):
        return None
    return kind, found[1]
