"""Numbers and who gave them out (CX, EI, EIP, HD, DLN) as FHIR identifiers."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from uuid import UUID

from hub import ID_NUMBER_SYSTEM
from plugins.hl7.datatypes.coded import OID, V2
from plugins.hl7.datatypes.moment import span
from plugins.hl7.datatypes.parts import compact, extended, first_only, leftovers, parts, sub

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

NATIONAL_TYPES = frozenset({"NNCHN", "01"})
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")
_TYPE = re.compile(r"[A-Z][A-Za-z0-9-]*")
_BLANK = re.compile(r"\s+")
_CX = {1: 1, 4: 3, 5: 1, 6: 1, 7: 1, 8: 1}
_EI = {1: 1, 2: 1, 3: 1, 4: 1}


def authority_system(draft: Draft, name: str, universal: str = "", kind: str = "") -> str:
    """The identifier system of an assigning authority (HD): its own OID or URI, else what the feed's settings say."""
    if universal:
        if uri := _universal(universal, kind.upper()):
            return uri
        name = name or universal
    name = name or draft.habits.authority
    if not name:
        return f"urn:hub:{draft.feed}"
    return draft.systems.get(name) or (f"urn:oid:{name}" if OID.fullmatch(name) else _own(draft, name))


def _own(draft: Draft, name: str) -> str:
    return f"urn:hub:{draft.feed}:{_BLANK.sub('_', name)}"


def _universal(text: str, kind: str) -> str:
    if kind in {"ISO", ""} and OID.fullmatch(text):
        return f"urn:oid:{text}"
    if kind in {"URI", "URL"} or text.startswith(("http://", "https://", "urn:")):
        return text
    if kind in {"UUID", "GUID"}:
        try:
            return f"urn:uuid:{UUID(text)}"
        except ValueError:
            return ""
    return ""


def tidy_number(text: str) -> str:
    """A resident's number (GB 11643) half-width, upper case, without blanks and hyphens."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.replace(" ", "").replace("-", "").upper()


def resident_number(text: str) -> str:
    """The tidy number; empty when the text does not look like one."""
    text = tidy_number(text)
    return text if _RESIDENT.fullmatch(text) else ""


def type_of(code: str) -> Json:
    """An identifier's type by HL7 table 0203; codes of other shape have no system."""
    return {"coding": [{"system": f"{V2}0203", "code": code} if _TYPE.fullmatch(code) else {"code": code}]}


def _insurance_number() -> Json:
    """Of a field for the number of social security: FHIR's types of numbers know SB, HL7's own table SS too."""
    return {"coding": [*type_of("SB")["coding"], *type_of("SS")["coding"]]}


def identifier(rep: Repetition, draft: Draft) -> Json | None:
    """CX -> Identifier; None without a number, as where all that stands there is a hyphen."""
    c = parts(rep, draft)
    universal, kind = (sub(rep, 4, 2), sub(rep, 4, 3)) if draft.inner in rep.raw else ("", "")
    system, value = _number(draft, c, universal, kind)
    if not value:
        return None
    read: Json = {"type": type_of(c[4])} if c[4] else {}
    read["system"], read["value"] = system, value
    if (c[6] or c[7]) and (time := span(c[6], c[7], draft)):
        read["period"] = time
    if c[5]:
        read["assigner"] = {"display": c[5]}
    if universal or kind:
        given = _authority(c[3], universal, kind)
        if len(given) > 1 or (universal and not c[3]):
            read = extended(read, given)
    return extended(read, leftovers(rep, draft, "CX", _CX))


def number_key(rep: Repetition, draft: Draft) -> str:
    """CX -> ``system|value`` of its Identifier; empty without a number."""
    c = parts(rep, draft)
    universal, kind = (sub(rep, 4, 2), sub(rep, 4, 3)) if draft.inner in rep.raw else ("", "")
    system, value = _number(draft, c, universal, kind)
    return f"{system}|{value}" if value else ""


def _number(draft: Draft, c: list[str], universal: str, kind: str) -> tuple[str, str]:
    """System and value."""
    if c[4] in NATIONAL_TYPES:
        return ID_NUMBER_SYSTEM, tidy_number(c[0])
    return authority_system(draft, c[3], universal, kind), c[0]


def _authority(name: str, universal: str, kind: str) -> list[Json]:
    """An authority as the sender names it, where the system shows only its OID or URI."""
    given = {"4.1": name, "4.2": universal, "4.3": kind}
    return [{"url": f"urn:hub:v2:CX-{place}", "valueString": text} for place, text in given.items() if text]


def number_of(value: str, draft: Draft, kind: str) -> Json:
    """A bare number -> Identifier; a system for each kind of number, so that two kinds never meet."""
    return {"type": type_of(kind), "system": authority_system(draft, kind), "value": value}


def insured(value: str, draft: Draft) -> Json:
    """The bare number of somebody's social security -> Identifier."""
    return number_of(value, draft, "SS") | {"type": _insurance_number()}


@first_only
def insurance(rep: Repetition, draft: Draft) -> Json | None:
    """ST -> Identifier of somebody's social security."""
    value = rep.get().strip()
    return insured(value, draft) if value else None


def bare(kind: str) -> Callable[[Repetition, Draft], Json | None]:
    """ST -> Identifier of a type."""

    @first_only
    def read(rep: Repetition, draft: Draft) -> Json | None:
        value = rep.get().strip()
        return number_of(value, draft, kind) if value else None

    return read


def entity(rep: Repetition, draft: Draft, kind: str = "") -> Json | None:
    """EI -> Identifier, of type ``kind`` (PLAC, FILL …)."""
    c = parts(rep, draft)
    if not c[0]:
        return None
    read: Json = {"type": type_of(kind)} if kind else {}
    read |= {"system": authority_system(draft, c[1], c[2], c[3]), "value": c[0]}
    if c[2] or c[3]:
        given = {"EI-2": c[1], "EI-3": c[2], "EI-4": c[3]}
        read = extended(
            read, [{"url": f"urn:hub:v2:{place}", "valueString": text} for place, text in given.items() if text]
        )
    return extended(read, leftovers(rep, draft, "EI", _EI))


def placed(rep: Repetition, draft: Draft) -> Json | None:
    return entity(rep, draft, "PLAC")


def filled(rep: Repetition, draft: Draft) -> Json | None:
    return entity(rep, draft, "FILL")


def pair(rep: Repetition, draft: Draft, first: str = "PLAC", second: str = "FILL") -> list[Json]:
    """EIP -> the placer's and the filler's Identifier, as far as given."""
    found = []
    for component, kind in ((1, first), (2, second)):
        if value := sub(rep, component, 1):
            authority = [sub(rep, component, level) for level in (2, 3, 4)]
            read = {"type": type_of(kind), "system": authority_system(draft, *authority), "value": value}
            given = [
                {"url": f"urn:hub:v2:EI-{level}", "valueString": text}
                for level, text in enumerate(authority, 2)
                if text
            ]
            found.append(extended(read, given if len(given) > 1 else []))
    return found


def specimen_numbers(rep: Repetition, draft: Draft) -> list[Json]:
    """EIP -> the numbers of a specimen; those who order and who do count theirs in groups."""
    return pair(rep, draft, "PGN", "FGN")


def licence(rep: Repetition, draft: Draft) -> Json | None:
    """DLN -> Identifier of a driving licence."""
    c = parts(rep, draft)
    if not c[0]:
        return None
    read = {
        "type": type_of("DL"),
        "system": authority_system(draft, c[1]),
        "value": c[0],
        "period": span("", c[2], draft),
        "assigner": {"display": c[1]} if c[1] else None,
    }
    return extended(compact(read), leftovers(rep, draft, "DLN", {1: 1, 2: 1, 3: 1}))


def numbered(rep: Repetition, draft: Draft) -> Json | None:
    """EI -> Reference to what bears that number."""
    found = entity(rep, draft)
    return found and {"identifier": found}
