"""Patients and who they are related to, as the claim has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hub import MOTHER_EXTENSION, Json, ParseError
from plugins.fhir.parse.entries import Entry
from plugins.fhir.parse.references import Key, Names

_MOTHERS = frozenset(("MTH", "NMTH", "GESTM"))
_LINKS = ("replaced-by", "replaces", "seealso")
_CONTACT = ("relationship", "telecom", "gender", "period")


def mothers_of(found: Iterable[Entry], names: Names) -> dict[str, list[Entry]]:
    """The RelatedPersons of this payload who are mothers, by the key of the child."""
    mothers: dict[str, list[Entry]] = {}
    for entry in found:
        if entry.type == "RelatedPerson" and _is_mother(entry.resource):
            target = named_by(entry.resource.get("patient"), names, entry)
            if target is not None:
                mothers.setdefault(target[1], []).append(entry)
    return mothers


def described(patient: Json, mothers: Iterable[Entry]) -> Json:
    """The Patient of the claim: with the mother's numbers, and with the mother among the contacts."""
    said = {name: value for name, value in patient.items() if name not in ("id", "meta")}
    given = said.pop("link", [])
    if kept := [one for one in given if one.get("type") not in _LINKS]:
        said["link"] = kept
    if any(one.get("type") == "replaced-by" for one in given):
        said.pop("active", None)  # the number is inactive, the person is not
    for entry in mothers:
        mother = entry.resource
        numbers = [
            {"url": MOTHER_EXTENSION, "valueIdentifier": one}
            for one in mother.get("identifier", ())
            if one.get("value")
        ]
        known = said.get("extension", [])
        if more := [one for one in numbers if one not in known]:
            said["extension"] = [*known, *more]
        contact = {name: mother[name] for name in _CONTACT if mother.get(name)}
        contact |= {name: mother[name][0] for name in ("name", "address") if mother.get(name)}
        if contact.get("name") and contact not in said.get("contact", ()):
            said["contact"] = [*said.get("contact", []), contact]
    return said


def links(entry: Entry, names: Names) -> Iterator[tuple[str, str]]:
    """How this number stands to others of the same sender: the type of the link, and the other's key."""
    for at, one in enumerate(entry.resource.get("link", ())):
        if one.get("type") not in _LINKS:
            continue
        target = named_by(one.get("other"), names, entry)
        if target is None:
            raise ParseError("the other patient of a link is named by the id or number it has in this feed",
                             place=f"{entry.place}.link[{at}].other")  # fmt: skip
        if target[0] == "Patient":
            yield one["type"], target[1]


def named_by(reference: Any, names: Names, entry: Entry) -> Key | None:
    """As ``Names.target``, where a number alone can only be a patient's."""
    if isinstance(reference, dict) and "type" not in reference and "reference" not in reference:
        reference = reference | {"type": "Patient"}
    return names.target(reference, entry)


def _is_mother(related: Json) -> bool:
    codes = (coding.get("code") for one in related.get("relationship", ()) for coding in one.get("coding", ()))
    return not _MOTHERS.isdisjoint(code for code in codes if isinstance(code, str))
