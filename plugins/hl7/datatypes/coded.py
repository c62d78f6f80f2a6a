"""Codes of HL7 v2 (CE, CWE, CNE, IS, ID) as FHIR codings; a code without a translation keeps its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from plugins.hl7.codes import SYSTEMS, table
from plugins.hl7.datatypes.parts import extended, first_only, leftovers, parts, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hub import Code, Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition

V2 = "http://terminology.hl7.org/CodeSystem/v2-"
OID = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_TABLE = re.compile(r"(?:HL7|V2-?)?([0-9]{4})", re.IGNORECASE)
_CODE = re.compile(r"\s+")
_CONCEPT = {1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1, 8: 1, 9: 1, 10: 1, 11: 1, 12: 1, 13: 1}


def code_system(draft: Draft, name: str, oid: str = "") -> str:
    """The URI of a coding system by its v2 name (table 0396) or OID; one of the feed's own when nobody knows it."""
    if oid and OID.fullmatch(oid):
        return f"urn:oid:{oid}"
    if not name:
        return ""
    cached = draft.code_systems.get(name)
    if cached is None:
        cached = draft.code_systems[name] = _system(draft, name)
    return cached


def _system(draft: Draft, name: str) -> str:
    if known := draft.systems.get(name) or SYSTEMS.get(name.upper()):
        return known
    if found := _TABLE.fullmatch(name):
        return f"{V2}{found[1]}"
    if OID.fullmatch(name):
        return f"urn:oid:{name}"
    if ":" in name and not name.startswith(":"):
        return name
    return f"urn:hub:{draft.feed}:{_CODE.sub('_', name)}"


def coding(  # noqa: PLR0913, PLR0917 as many as a coding of a CWE has components
    draft: Draft, code: str, text: str, system: str, version: str = "", oid: str = ""
) -> Json:
    """A Coding; empty when neither code nor text is there."""
    read: Json = {}
    if code:
        if uri := code_system(draft, system, oid):
            if system and not uri.endswith(system):
                read["extension"] = draft.names[system]
            read["system"] = uri
        if version:
            read["version"] = version
        read["code"] = _CODE.sub(" ", code)
    if text:
        read["display"] = text
    return read


def codings(rep: Repetition, draft: Draft) -> tuple[list[Json], str]:
    """The up to three codings of a CWE, and the original text."""
    c = parts(rep, draft)
    found = [coding(draft, c[0], c[1], c[2], c[6], c[13])]
    if c[3] or c[4]:
        found.append(coding(draft, c[3], c[4], c[5], c[7], c[16]))
    if c[9] or c[10]:
        found.append(coding(draft, c[9], c[10], c[11], c[12], c[19]))
    return [one for one in found if one], c[8] or c[1] or c[4]


@remembered
def concept(rep: Repetition, draft: Draft) -> Json | None:
    """CE, CWE or CNE -> CodeableConcept."""
    found, words = codings(rep, draft)
    read: Json = {"coding": found} if any("code" in one for one in found) else {}
    if words:
        read["text"] = words
    return extended(read, leftovers(rep, draft, "CWE", _CONCEPT)) or None


class Coded(NamedTuple):
    """What a converter of codes makes, and by which map."""

    makes: Literal["code", "concept"]
    map: str
    own: str = ""


_CODED: dict[Callable[..., Any], Coded] = {}


def coded(convert: Callable[..., Any] | None) -> Coded | None:
    """How a converter treats codes; none for what reads something else."""
    return _CODED.get(convert) if convert else None


_CODED[concept] = Coded("concept", "")


def concept_by(name: str, own: str = "") -> Callable[[Repetition, Draft], Json | None]:
    """CWE -> CodeableConcept with the translation of map ``name`` first; codes without a system are of ``own``."""

    @remembered
    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = concept(rep, draft)
        if found is None or not name:
            return found and with_own(found, own)
        if own and name in draft.habits.codes and not any(code in table(name) for code, _ in _said(rep, draft)):
            return translate(found, name, rep, draft)  # not one of HL7's own codes: its system is the sender's
        return translate(with_own(found, own), name, rep, draft)

    _CODED[read] = Coded("concept", name, own)
    return read


def with_own(found: Json, own: str) -> Json:
    """The concept whose first code, if it names no system, is one of ``own``."""
    local = found.get("coding")
    if own and local and "system" not in local[0] and "code" in local[0]:
        local[0] = {"system": own, **local[0]}
    return found


def translate(found: Json, name: str, rep: Repetition, draft: Draft) -> Json:
    """The concept with the standard's codes, by the feed's map, before the sender's."""
    local = found.get("coding", [])
    known = draft.table(name)
    codes = [code for said, system in _said(rep, draft) if (code := find(known, said, system)) and code.code]
    told = {(one.get("system"), one.get("code")) for one in local}
    standard = [_coding_of(code) for code in codes if (code.system, code.code) not in told]
    if standard:
        found["coding"] = [*standard, *local]
    return found


def find(known: Mapping[str, Code], code: str, system: str = "") -> Code | None:
    """A code's row; that of the system the sender names comes first."""
    return (system and known.get(f"{system}|{code}")) or known.get(code)


def unknown(rep: Repetition, draft: Draft, name: str) -> tuple[str, str, str] | None:
    """Code, system and display where no code of a field is in a map; none when one is, or there is no code."""
    said = _said(rep, draft)
    known = draft.table(name)
    if not said or any(find(known, code, system) for code, system in said):
        return None
    return (*said[0], parts(rep, draft)[1])


def _said(rep: Repetition, draft: Draft) -> list[tuple[str, str]]:
    """The up to three codes of a CWE, each with the name of its system."""
    c = parts(rep, draft)
    return [(_CODE.sub(" ", c[at]), c[at + 2]) for at in (0, 3, 9) if c[at]]


def _coding_of(code: Code) -> Json:
    found = {"system": code.system, "code": code.code}
    return found | {"display": code.display} if code.display else found


def of_table(number: str) -> Callable[[Repetition, Draft], Json | None]:
    """CWE -> CodeableConcept; a code that names no system is one of HL7 table ``number``."""
    return concept_by("", f"{V2}{number}")


@remembered
def one_coding(rep: Repetition, draft: Draft) -> Json | None:
    """CWE -> Coding."""
    found, words = codings(rep, draft)
    if not found:
        return {"display": words} if words else None
    return extended(found[0], leftovers(rep, draft, "CWE", {1: 1, 2: 1, 3: 1, 7: 1}))


def translated(name: str) -> Callable[[Repetition, Draft], str | None]:
    """IS, ID or CWE -> code by map ``name``; None when the map has none, for a code is never guessed."""

    @first_only
    def read(rep: Repetition, draft: Draft) -> str | None:
        known = draft.table(name)
        standard = known.get(rep.raw)
        if standard is None:
            said = (find(known, code, system) for code, system in _said(rep, draft))
            standard = next(filter(None, said), None)
        return (standard.code or None) if standard else None

    _CODED[read] = Coded("code", name)
    return read


@first_only
def yes_no(rep: Repetition, draft: Draft) -> bool | None:
    """ID of table 0136 -> boolean."""
    del draft
    return {"Y": True, "N": False}.get(rep.get().strip().upper())


def language(rep: Repetition, draft: Draft) -> Json | None:
    """CWE -> CodeableConcept of a language, with its BCP 47 tag."""
    found = concept(rep, draft)
    return found and translate(found, "language", rep, draft)


@first_only
def text(rep: Repetition, draft: Draft) -> str | None:
    """ST, TX or FT -> string: the first component, decoded."""
    del draft
    return rep.get().strip() or None
