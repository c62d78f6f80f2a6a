"""FHIR's datatypes as HL7 v2 values: the way back of ``plugins.hl7.datatypes``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from plugins.hl7.building import components
from plugins.hl7.codes import table
from plugins.hl7.datatypes.coded import V2
from plugins.hl7.datatypes.parts import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hub import Json
    from plugins.hl7.building import Component, Field, Repetition
    from plugins.hl7.draft import Draft
    from plugins.hl7.queries.domains import Domains

_PART = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_DIGITS = re.compile(r"[-:T]")
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
_CONTACT_USE = {"home": "PRN", "work": "WPN", "mobile": "PRS"}
_CONTACT_KIND = {"phone": "PH", "fax": "FX", "email": "Internet", "pager": "BP"}
_LEVELS = {"si": 4, "bu": 7, "lvl": 8, "wa": 1, "ro": 2, "bd": 3}
"""FHIR's kinds of places, and PL's components."""


@dataclass(frozen=True, slots=True)
class Words:
    """How values are said to one asker; ``known`` are the resources that others refer to, by ``Type/id``."""

    domains: Domains
    draft: Draft
    known: Mapping[str, Json] = field(default_factory=dict)

    # --- times -------------------------------------------------------------------------------------------------------

    def time(self, text: str) -> str:
        """A dateTime as precise as it is; without its zone where that is the asker's own."""
        if "T" not in text:
            return text.replace("-", "")
        day, _, clock = text.partition("T")
        zone = re.search(r"(Z|[+-][0-9]{2}:[0-9]{2})$", clock)
        bare = clock[: zone.start()] if zone else clock
        written = day.replace("-", "") + _DIGITS.sub("", bare)
        if zone is None or self._is_own(text):
            return written
        return written + ("+0000" if zone[0] == "Z" else zone[0].replace(":", ""))

    def _is_own(self, text: str) -> bool:
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            return False
        return when.utcoffset() == when.astimezone(ZoneInfo(self.domains.settings.timezone)).utcoffset()

    # --- codes -------------------------------------------------------------------------------------------------------

    def concept(self, found: Json | None, standard: str = "", own: str = "") -> Repetition:
        """CodeableConcept -> CWE; without the codes of map ``standard``, which its reader will add again.

        The system ``own`` is understood: the field's own table.
        """
        if not found:
            return ""
        codings: list[Json] = found.get("coding", [])
        if standard:
            made = {(code.system, code.code) for one in codings if (code := table(standard).get(one.get("code", "")))}
            codings = [one for one in codings if (one.get("system", ""), one.get("code")) not in made] or codings
        parts: dict[int, Component] = {}
        for at, version, one in zip((1, 4, 10), (7, 8, 13), codings, strict=False):
            parts |= {at: one.get("code", ""), at + 1: one.get("display", ""), at + 2: self._system(one, own)}
            parts[version] = one.get("version", "")
        words = found.get("text", "")
        if words and not codings:
            parts[2] = words
        elif words and words not in (parts.get(2), parts.get(5)):
            parts[9] = words
        return components(parts | _leftovers(found, "CWE"))

    def coding(self, found: Json | None) -> Repetition:
        return self.concept({"coding": [found]}) if found else ""

    def _system(self, one: Json, own: str) -> str:
        system = one.get("system", "")
        said = next((str(text) for text in _extensions(one, "urn:hub:v2:CWE-3", "valueString")), "")
        if not system or (system == own and not said):
            return ""
        return self.domains.coding_name(system, said, self.draft)

    def code(self, code: str, map_: str) -> str:
        """A FHIR code -> the first v2 code that means it; empty where there is none."""
        return next((v2 for v2, standard in table(map_).items() if standard.code == code), "")

    # --- people ------------------------------------------------------------------------------------------------------

    def name(self, found: Json) -> Repetition:
        """HumanName -> XPN. A name with nothing but its text stands whole in the family name."""
        use = next((v2 for v2 in ("L", "N", "M", "D", "BAD", "TEMP", "MSK") if _means(v2) == found.get("use")), "")
        said = next(iter(_extensions(found, f"{EXTENSION}XPN-7", "valueString")), use)
        given = list(found.get("given") or ())
        family = found.get("family", "")
        if not family and not given:
            family = found.get("text", "")
        spelled = next(iter(_extensions(found, _REPRESENTATION, "valueCode")), "")
        parts: dict[int, Component] = {
            1: family,
            2: given[0] if given else "",
            3: " ".join(given[1:]),
            4: " ".join(found.get("suffix") or ()),
            5: " ".join(found.get("prefix") or ()),
            7: said,
            8: {"ABC": "A", "IDE": "I", "SYL": "P"}.get(spelled, ""),
        }
        return components(parts | _leftovers(found, "XPN"))

    def address(self, found: Json) -> Repetition:
        """Address -> XAD; one with nothing but its text stands whole in the street."""
        lines = list(found.get("line") or ())
        structured = lines or any(name in found for name in ("city", "state", "district"))
        street = lines[0] if lines else "" if structured else found.get("text", "")
        use = {"home": "H", "work": "B", "temp": "C", "old": "BA", "billing": "BI"}.get(found.get("use", ""), "")
        said = next(iter(_extensions(found, f"{EXTENSION}XAD-7", "valueString")), "")
        parts: dict[int, Component] = {
            1: street,
            2: " ".join(lines[1:]),
            3: found.get("city", ""),
            4: found.get("state", ""),
            5: found.get("postalCode", ""),
            6: found.get("country", ""),
            7: use or said or ("M" if found.get("type") == "postal" else ""),
            9: found.get("district", ""),
        }
        return components(parts | _leftovers(found, "XAD"))

    def contact(self, found: Json) -> Repetition:
        """ContactPoint -> XTN."""
        value, system = found.get("value", ""), found.get("system", "phone")
        kind = _CONTACT_KIND.get(system, "")
        if system == "phone" and found.get("use") == "mobile":
            kind = "CP"
        use = "NET" if system == "email" else _CONTACT_USE.get(found.get("use", ""), "")
        parts: dict[int, Component] = {1: value, 2: use, 3: kind}
        if system == "email":
            parts = {2: use, 3: kind, 4: value}
        return components(parts | _leftovers(found, "XTN"))

    # --- staff, organizations and places -----------------------------------------------------------------------------

    def practitioner(self, reference: Json | None) -> Repetition:
        """A reference to a Practitioner -> XCN; its name alone where no more is known."""
        if not reference:
            return ""
        body = self._of(reference, "Practitioner") or {"name": [{"text": reference.get("display", "")}]}
        number: Json = next(iter(body.get("identifier", ())), {})
        name: Json = next(iter(body.get("name", ())), {})
        given = list(name.get("given") or ())
        family = name.get("family", "") or ("" if given else name.get("text", ""))
        parts: dict[int, Component] = {
            1: number.get("value", ""),
            2: family,
            3: given[0] if given else "",
            4: " ".join(given[1:]),
            5: " ".join(name.get("suffix") or ()),
            6: " ".join(name.get("prefix") or ()),
            9: self.domains.issuer(number.get("system", "")) if number else "",
            13: _first_code(number.get("type")),
        }
        return components(parts | _leftovers(body, "XCN"))

    def organization(self, reference: Json | None) -> Repetition:
        """A reference to an Organization -> XON."""
        if not reference:
            return ""
        body = self._of(reference, "Organization") or {"name": reference.get("display", "")}
        number: Json = next(iter(body.get("identifier", ())), {})
        parts: dict[int, Component] = {
            1: body.get("name", ""),
            6: self.domains.issuer(number.get("system", "")) if number else "",
            7: _first_code(number.get("type")),
            10: number.get("value", ""),
        }
        return components(parts | _leftovers(body, "XON"))

    def maker(self, reference: Json | None) -> Repetition:
        """The Organization that makes a vaccine -> CWE."""
        if not reference:
            return ""
        body = self._of(reference, "Organization") or {"name": reference.get("display", "")}
        number: Json = next(iter(body.get("identifier", ())), {})
        if not number:
            return components({2: body.get("name", "")})
        code = number.get("value", "")
        name = body.get("name", "")
        system = self.domains.coding_name(number.get("system", ""), "", self.draft)
        own = "" if number.get("system", "") == f"urn:hub:{self.domains.feed}" else system
        return components({1: code, 2: "" if name == code else name, 3: own})

    def place(self, reference: Json | None) -> Repetition:
        """A reference to a Location -> PL, with the places around it."""
        if not reference:
            return ""
        parts: dict[int, Component] = {}
        body = self._of(reference, "Location")
        if body is None:
            return components({1: reference.get("display", "")})
        parts |= {9: body.get("description", "")} | _leftovers(body, "PL")
        for _ in range(len(_LEVELS)):
            kind = _first_code(body.get("physicalType"))
            if kind in _LEVELS:
                parts[_LEVELS[kind]] = body.get("name", "")
            else:
                parts[9] = parts.get(9) or body.get("name", "")
            around = self._of(body.get("partOf") or {}, "Location")
            if around is None:
                break
            body = around
        return components(parts)

    def _of(self, reference: Json, type_: str) -> Json | None:
        target = reference.get("reference", "")
        return self.known.get(target) if target.startswith(f"{type_}/") else None

    # --- fields without an element of their own ----------------------------------------------------------------------

    def kept(self, body: Json, segment: str) -> dict[int, Field]:
        """The fields of a segment that stand in a resource as they came."""
        found: dict[int, list[Repetition]] = {}
        for extension in body.get("extension", ()):
            head, _, tail = extension["url"].rpartition("-")
            if head == f"{EXTENSION}{segment}" and tail.isdecimal() and (value := self._kept(extension)):
                found.setdefault(int(tail), []).append(value)
        return dict(found)

    def _kept(self, extension: Json) -> Repetition:
        if inner := extension.get("extension"):
            return components(_numbered((one["url"].rpartition("-")[2], one.get("valueString", "")) for one in inner))
        for name, say in _TYPED.items():
            if name in extension:
                said: Repetition = getattr(self, say)(extension[name])
                return said
        return str(extension.get("valueString", extension.get("valueDecimal", "")))

    def identifier(self, found: Json) -> Repetition:
        """Empty for a number that may not be told."""
        return self.domains.written(found) if self.domains.tells(found.get("system", "")) else ""


_TYPED = {
    "valueCodeableConcept": "concept",
    "valueIdentifier": "identifier",
    "valueDateTime": "time",
    "valueAddress": "address",
    "valueContactPoint": "contact",
}


def _leftovers(element: Json, kind: str) -> dict[int, Component]:
    """Parts of a value that FHIR has no element for, which stayed with it."""
    prefix = f"{EXTENSION}{kind}-"
    inner = ((one["url"].removeprefix(prefix), one.get("valueString", "")) for one in element.get("extension", ())
             if one["url"].startswith(prefix) and one["url"] not in _SAID)  # fmt: skip
    return _numbered(inner)


_SAID = frozenset(f"{EXTENSION}{name}" for name in ("XPN-7", "XAD-7", "CWE-3"))


def _numbered(parts: Iterable[tuple[str, str]]) -> dict[int, Component]:
    """``("2", x)``, ``("4.2", y)``: components and subcomponents by number."""
    found: dict[int, dict[int, str]] = {}
    for number, text in parts:
        if match := _PART.fullmatch(number):
            found.setdefault(int(match[1]), {})[int(match[2] or 1)] = text
    return {
        at: inner[1] if set(inner) == {1} else tuple(inner.get(level, "") for level in range(1, max(inner) + 1))
        for at, inner in found.items()
    }


def _extensions(element: Json, url: str, value: str) -> Iterable[Any]:
    return (one[value] for one in element.get("extension", ()) if one["url"] == url and value in one)


def _first_code(found: Json | None) -> str:
    return next((str(one.get("code", "")) for one in (found or {}).get("coding", ())), "")


def _means(v2: str) -> str:
    standard = table("name_use").get(v2)
    return standard.code if standard else ""


def own_table(number: str) -> str:
    return f"{V2}{number}"
