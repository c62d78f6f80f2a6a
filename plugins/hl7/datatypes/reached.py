"""Where people live and how they are reached (XAD, XTN) as FHIR addresses and contact points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.moment import span
from plugins.hl7.datatypes.named import HAN
from plugins.hl7.datatypes.number import count
from plugins.hl7.datatypes.parts import compact, extended, leftovers, parts, sub

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

_XAD = {1: 3, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 9: 1, 12: 2, 13: 1, 14: 1}
_XTN_DETAILS = {5: 1, 6: 1, 7: 1, 8: 1, 13: 1, 14: 1, 18: 1}
_PART = "http://hl7.org/fhir/StructureDefinition/contactpoint-"
_PARTS = {5: "country", 6: "area", 7: "local", 8: "extension"}
"""Components of XTN that FHIR has an extension for."""


_WIDER = frozenset({"BA", "SH"})
"""Of addresses: FHIR calls a bad one old, and does not tell shipping from mail."""


def address(rep: Repetition, draft: Draft) -> Json | None:
    """XAD -> Address."""
    c = parts(rep, draft)
    lines, nested = [c[0], c[1]], draft.inner in rep.raw
    if nested:
        lines[1:1] = [sub(rep, 1, 2), sub(rep, 1, 3)]
    lines = [line for line in lines if line]
    read = _kind(c[6], draft)
    if HAN.search(rep.raw):
        read["text"] = "".join((c[3], c[2], c[8], *lines))
    read |= {"line": lines, "city": c[2], "district": c[8], "state": c[3], "postalCode": c[4], "country": c[5]}
    start, end = (c[12], c[13]) if c[12] or c[13] else (c[11], sub(rep, 12, 2) if nested else "")
    if start or end:
        read["period"] = span(start, end, draft)
    return extended(compact(read), leftovers(rep, draft, "XAD", _XAD)) or None


def _kind(code: str, draft: Draft) -> Json:
    """XAD-7 says what an address is for, or that it is for mail; what FHIR has no word, or a wider one, for is kept."""
    if not code:
        return {}
    # What neither map knows is asked about once, as a use.
    kind = draft.known("address_type", code, "XAD-7") if code in draft.table("address_type") else None
    use = None if kind and code not in draft.table("address_use") else draft.known("address_use", code, "XAD-7")
    read = compact({"use": use and use.code, "type": kind and kind.code})
    if read and code not in _WIDER:
        return read
    return {**read, "extension": [{"url": "urn:hub:v2:XAD-7", "valueString": code}]}


def contact(use: str) -> Callable[[Repetition, Draft], Json | None]:
    """XTN -> ContactPoint; ``use`` is what the field itself says."""
    bare = {"use": use} if use else {}

    def read(rep: Repetition, draft: Draft) -> Json | None:
        if rep.raw.isalnum():  # a number and nothing else, as most are
            return {"system": "phone", "value": rep.raw} | bare
        c = parts(rep, draft)
        value, used = _value(c)
        found: Json = {"system": "phone"}
        if value:
            found["value"] = value
        if use:
            found["use"] = use
        found |= _means(c, value, draft)
        rank = count(c[17])
        more: Json = {"rank": rank} if rank else {}
        if c[12] or c[13]:
            more |= compact({"period": span(c[12], c[13], draft)})
        parted = [{"url": f"{_PART}{_PARTS[at]}", "valueString": c[at - 1]} for at in _PARTS if c[at - 1]]
        return extended(extended(found | more, parted), leftovers(rep, draft, "XTN", used | _XTN_DETAILS))

    return read


def _value(c: list[str]) -> tuple[str, dict[int, int]]:
    """The number as it is dialled, or the mail address, and the components it was taken from."""
    coded = {2: 1, 3: 1}
    if c[2] in {"Internet", "X.400"} and (c[3] or "@" in c[0]):
        return (c[3], coded | {4: 1}) if c[3] else (c[0], coded | {1: 1})
    if c[11]:
        return c[11], coded | {12: 1}
    if c[0]:
        return c[0], coded | {1: 1}
    if c[6]:
        return _dialled(c), coded
    return (c[3], coded | {4: 1}) if c[3] else ("", coded)


def _dialled(c: list[str]) -> str:
    country, area, local, extension = c[4:8]
    number = " ".join(part for part in (f"+{country.lstrip('+')}" if country else "", area, local) if part)
    return f"{number} ext. {extension}" if extension else number


def _means(c: list[str], value: str, draft: Draft) -> Json:
    found: Json = {}
    use = draft.known("contact_use", c[1], "XTN-2") if c[1] != "NET" else None
    system = draft.known("contact_system", c[2], "XTN-3")
    if use:
        found["use"] = use.code
    if system:
        found["system"] = system.code
    elif c[1] == "NET" or "@" in value:
        found["system"] = "email"
    if c[2] == "CP" and not use:
        found["use"] = "mobile"
    mobile = c[2] == "CP" and found.get("use") == "mobile"
    told = {
        2: bool(use) or c[1] in {"", "NET"},
        3: mobile or c[2] in {"", "PH"} or bool(system and system.code != "other" and c[2] != "CP"),
    }
    return extended(
        found, [{"url": f"urn:hub:v2:XTN-{at}", "valueString": c[at - 1]} for at, whole in told.items() if not whole]
    )
