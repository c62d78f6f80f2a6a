"""Encounter -> PV1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.building import segment
from plugins.hl7.codes import table
from plugins.hl7.queries.written import own_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub import Json
    from plugins.hl7.building import Field, Repetition
    from plugins.hl7.delimiters import Delimiters
    from plugins.hl7.queries.written import Words

_ROLES = {"ATND": 7, "REF": 8, "CON": 9, "ADM": 17, "PART": 52}
_PLACES = {"active": 3, "planned": 3, "reserved": 42, "completed": 6}
_TEMPORARY = {3: 11, 6: 43}
_HOSPITALIZATION = {13: ("reAdmission", "0092"), 14: ("admitSource", "0023"), 36: ("dischargeDisposition", "0112")}
_NO_VISIT = "N"


def pv1(visit: Json | None, number: int, words: Words, delimiters: Delimiters) -> str:
    """One visit; ``N`` where the person has none."""
    if visit is None:
        return segment("PV1", {1: str(number), 2: _NO_VISIT}, delimiters)
    stay: Json = visit.get("hospitalization", {})
    numbers = [one for one in visit.get("identifier", ()) if words.domains.tells(one.get("system", ""))]
    fields: dict[int, Field] = words.kept(visit, "PV1")
    fields |= _members(_at(visit, words)) | _members(_with(visit, words))
    fields |= {
        1: str(number),
        2: _class(visit, words),
        4: [words.concept(one, "", own_table("0007")) for one in visit.get("type", ())],
        10: words.concept(visit.get("serviceType"), "", own_table("0069")),
        15: [words.concept(one, "ambulatory", own_table("0009")) for one in stay.get("specialArrangement", ())],
        19: [words.domains.written(_plain(one)) for one in numbers if _is_visit_number(one)],
        50: [words.domains.written(one) for one in numbers if not _is_visit_number(one)],
        44: words.time(visit.get("period", {}).get("start", "")),
        45: words.time(visit.get("period", {}).get("end") or ""),
        **{at: words.concept(stay.get(name), "", own_table(code)) for at, (name, code) in _HOSPITALIZATION.items()},
    }
    return segment("PV1", {at: value for at, value in fields.items() if value}, delimiters)


def _class(visit: Json, words: Words) -> Field:
    """As its sender wrote it, else by the map's first code for it."""
    found: Json = visit.get("class", {})
    for one in found.get("extension", ()):
        if "valueCoding" in one:
            return words.coding(one["valueCoding"])
    codes = (
        v2
        for v2, one in table("visit_class").items()
        if (one.system, one.code) == (found.get("system"), found.get("code"))
    )
    return next(codes, "") or ("U" if found.get("code") == "UNK" else words.coding(found))


def _at(visit: Json, words: Words) -> Iterable[tuple[int, Repetition]]:
    for one in visit.get("location", ()):
        at = _PLACES.get(one.get("status", ""), 3)
        temporary = any("valueBoolean" in extension for extension in one.get("extension", ()))
        if visit.get("status") == "finished" and at == 6 and not temporary and one is visit["location"][0]:
            at = 3
        yield _TEMPORARY.get(at, at) if temporary else at, words.place(one.get("location"))


def _with(visit: Json, words: Words) -> Iterable[tuple[int, Repetition]]:
    for one in visit.get("participant", ()):
        codes = {coding.get("code", "") for type_ in one.get("type", ()) for coding in type_.get("coding", ())}
        if at := next((_ROLES[code] for code in codes if code in _ROLES), 0):
            yield at, words.practitioner(one.get("individual"))


def _members(found: Iterable[tuple[int, Repetition]]) -> dict[int, Field]:
    fields: dict[int, Field] = {}
    for at, value in found:
        known = fields.setdefault(at, [])
        if value and isinstance(known, list):
            known.append(value)
    return {
        at: value[:1] if at in (3, 6, 11, 42, 43) and isinstance(value, list) else value for at, value in fields.items()
    }


def _is_visit_number(one: Json) -> bool:
    return any(coding.get("code") == "VN" for coding in one.get("type", {}).get("coding", ()))


def _plain(one: Json) -> Json:
    """A visit number says that it is one by its field; the code we added comes first, the sender's behind it."""
    codings = one.get("type", {}).get("coding", ())
    others = [coding for coding in codings if coding.get("code") != "VN"]
    return one | {"type": {"coding": others or list(codings)}}
