"""Staff, organizations and places (XCN, XON, PL, NDL) as resources of their own, and the references to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import authority_system, type_of
from plugins.hl7.datatypes.moment import span
from plugins.hl7.datatypes.named import HAN
from plugins.hl7.datatypes.parts import compact, extended, leftovers, parts, sub

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

_XCN = {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 9: 3, 13: 1, 19: 1, 20: 1}
_XON = {1: 1, 3: 1, 6: 3, 7: 1, 10: 1}
_PLACE_KIND = "http://terminology.hl7.org/CodeSystem/location-physical-type"
_LEVELS = ((3, "si"), (6, "bu"), (7, "lvl"), (0, "wa"), (1, "ro"), (2, "bd"))
"""PL's components from the outside in: facility, building, floor, point of care, room, bed."""
_PL = {1: 1, 2: 1, 3: 1, 4: 1, 7: 1, 8: 1, 9: 1}


def practitioner(rep: Repetition, draft: Draft) -> Json | None:
    """XCN -> a Practitioner, and the reference to it; None when neither number nor name is there."""
    c = parts(rep, draft)
    return _practitioner(rep, draft, c, sub(rep, 9, 2), sub(rep, 9, 3))


def _practitioner(rep: Repetition, draft: Draft, c: list[str], universal: str, kind: str) -> Json | None:
    name = staff_name(c[1:7])
    if not c[0] and not name:
        return None
    body: Json = {"resourceType": "Practitioner"}
    key = f"{draft.feed}|{name.get('text', '')}"
    if c[0]:
        system = authority_system(draft, c[8], universal, kind)
        number: Json = {"type": type_of(c[12])} if c[12] else {}
        body["identifier"] = [number | {"system": system, "value": c[0]}]
        key = f"{system}|{c[0]}"
    if name:
        if c[18] or c[19]:
            name |= compact({"period": span(c[18], c[19], draft)})
        body["name"] = [name]
    draft.directory("Practitioner", key, extended(body, leftovers(rep, draft, "XCN", _XCN)))
    reference = {"reference": f"Practitioner/{key}"}
    return reference | {"display": name["text"]} if name else reference


def staff_name(c: list[str]) -> Json:
    """Family, given, middle, suffix, prefix, degree -> HumanName; empty when none is there."""
    family, given, middle, suffix, prefix, degree = c
    if not (family or given or middle):
        return {}
    han = HAN.search(family + given)
    text = family + given if han else " ".join(part for part in (prefix, given, middle, family) if part)
    read = {
        "text": text,
        "family": family,
        "given": [part for part in (given, middle) if part],
        "prefix": [prefix] if prefix else None,
        "suffix": [part for part in (suffix, degree) if part],
    }
    return compact(read)


def performer_name(rep: Repetition, draft: Draft) -> Json | None:
    """NDL -> a Practitioner from the subcomponents of its first component, and the reference to it."""
    levels = [sub(rep, 1, level) for level in range(1, 10)]
    c = [*levels[:7], "", levels[8], *[""] * 16]
    return _practitioner(rep, draft, c, sub(rep, 1, 10), sub(rep, 1, 11))


def organization(rep: Repetition, draft: Draft) -> Json | None:
    """XON -> an Organization, and the reference to it."""
    c = parts(rep, draft)
    number = c[9] or c[2]
    if not c[0] and not number:
        return None
    body: Json = {"resourceType": "Organization"}
    key = f"{draft.feed}|{c[0]}"
    if number:
        system = authority_system(draft, c[5], sub(rep, 6, 2), sub(rep, 6, 3))
        kind: Json = {"type": type_of(c[6])} if c[6] else {}
        body["identifier"] = [kind | {"system": system, "value": number}]
        key = f"{system}|{number}"
    if c[0]:
        body["name"] = c[0]
    draft.directory("Organization", key, extended(body, leftovers(rep, draft, "XON", _XON)))
    reference = {"reference": f"Organization/{key}"}
    return reference | {"display": c[0]} if c[0] else reference


def place(rep: Repetition, draft: Draft) -> Json | None:
    """PL -> Locations, each part of the one around it, and the reference to the innermost."""
    c = parts(rep, draft)
    levels = [(c[at], kind) for at, kind in _LEVELS if c[at]]
    if not levels:
        return _described(c[8], draft) if c[8] else None
    path, around = "", None
    for name, kind in levels:
        path = f"{path}|{name}" if path else name
        draft.directory("Location", path, _level(name, kind, around))
        around = {"reference": f"Location/{path}", "display": name}
    _detail(draft.resources["Location", path], rep, draft, c[8])
    return {"reference": f"Location/{path}", "display": " ".join(name for name, _ in levels)}


def _level(name: str, kind: str, around: Json | None) -> Json:
    body: Json = {"resourceType": "Location", "name": name, "mode": "instance"}
    body["physicalType"] = {"coding": [{"system": _PLACE_KIND, "code": kind}]}
    return body | {"partOf": around} if around else body


def _detail(body: Json, rep: Repetition, draft: Draft, description: str) -> None:
    """What PL says besides the levels goes to the innermost."""
    if description:
        body.setdefault("description", description)
    known = body.get("extension", ())
    extended(body, [one for one in leftovers(rep, draft, "PL", _PL) if one not in known])


def _described(text: str, draft: Draft) -> Json:
    draft.directory("Location", text, {"resourceType": "Location", "name": text, "mode": "instance"})
    return {"reference": f"Location/{text}", "display": text}
