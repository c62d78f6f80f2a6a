"""A site's own rows: lines of its feed's file laid over the rooms, and the habits of the feed that follow from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from hub import ID_NUMBER_SYSTEM, Text
from plugins.hl7.codes import NAMES, table
from plugins.hl7.datatypes.coded import coded, concept_by, text, translated, yes_no
from plugins.hl7.datatypes.identified import NATIONAL_TYPES, identifier, resident_number, type_of
from plugins.hl7.datatypes.moment import birth, exact, moment
from plugins.hl7.datatypes.named import names
from plugins.hl7.datatypes.number import positive, quantity
from plugins.hl7.datatypes.parts import first_only
from plugins.hl7.datatypes.reached import address, contact
from plugins.hl7.datatypes.staffed import organization, place, practitioner
from plugins.hl7.elements import elements
from plugins.hl7.events import EVENTS
from plugins.hl7.habits import ASKED, Habits
from plugins.hl7.keeping import extension, number
from plugins.hl7.rows import Room, Row, ignores, keeps, maps
from plugins.hl7.segments import ROOMS, unknown_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hub import Code, CodeMaps, Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition
    from plugins.hl7.rows import Convert
    from plugins.hl7.settings import HL7Settings, SiteField

READ_WHOLE = frozenset(
    {
        ("AL1", 4),
        ("GOL", 18),
        ("IAM", 4),
        ("IN1", 43),
        ("OBR", 25),
        ("OBX", 11),
        ("ORC", 5),
        ("PTH", 5),
        ("PV1", 2),
        ("RF1", 1),
        ("RXA", 20),
        ("SCH", 25),
        ("TXA", 17),
        ("TXA", 19),
    }
)
"""Coded fields that are read together with others; a site may still name their map."""
OPEN = ("Patient", "Encounter")
"""What a segment that only a site knows may tell of."""


class Wrong(ValueError):
    """What is wrong with what a site has written, and under which key."""

    def __init__(self, key: str, msgid: str, /, **args: Any) -> None:
        super().__init__(Text(msgid, args), *key.split(".", 1))


@first_only
def national_id(rep: Repetition, draft: Draft) -> Json | None:
    """A resident's number without anything that says so -> Identifier; None for what does not look like one."""
    del draft
    found = resident_number(rep.get().strip())
    return {"type": type_of("NNCHN"), "system": ID_NUMBER_SYSTEM, "value": found} if found else None


def _numbered(system: str) -> Convert:
    """CX -> Identifier of a system, unless the sender names another authority."""

    def read(rep: Repetition, draft: Draft) -> Json | None:
        found = identifier(rep, draft)
        if found and system and not rep.get(4) and rep.get(5) not in NATIONAL_TYPES:
            found["system"] = system
        return found

    return read


@first_only
def _worded(rep: Repetition, draft: Draft) -> Json | None:
    found = text(rep, draft)
    return {"text": found} if found else None


CONVERTERS: dict[tuple[str, str], Convert] = {
    ("address", "Address"): address,
    ("boolean", "boolean"): yes_no,
    ("date", "date"): birth,
    ("date", "dateTime"): moment,
    ("name", "HumanName"): names,
    ("national_id", "Identifier"): national_id,
    ("number", "decimal"): number,
    ("number", "positiveInt"): positive,
    ("organization", "Reference"): organization,
    ("phone", "ContactPoint"): contact(""),
    ("place", "Reference"): place,
    ("quantity", "Quantity"): quantity,
    ("staff", "Reference"): practitioner,
    ("text", "CodeableConcept"): _worded,
    ("text", "string"): text,
    ("time", "dateTime"): moment,
    ("time", "instant"): exact,
}
"""By the word a site writes and the type of the element; ``code`` and ``identifier`` need more than that."""
WORDS = tuple(sorted({"code", "identifier", *(word for word, _ in CONVERTERS)}))
EXTENDED = {
    "address": "Address", "boolean": "boolean", "code": "CodeableConcept", "date": "dateTime", "identifier":
    "Identifier", "name": "HumanName", "national_id": "Identifier", "number": "decimal", "organization": "Reference",
    "phone": "ContactPoint", "place": "Reference", "quantity": "Quantity", "staff": "Reference", "text": "string",
    "time": "dateTime",
}  # fmt: skip
"""What an extension holds, by the word."""


def row_of(field: SiteField) -> Row:
    """The row a site has written. Raises ``Wrong``."""
    usual = (ROOMS.get(field.segment) or unknown_room(field.segment)).by_field.get(field.at)
    name = field.name or (usual.name if usual else "")
    if field.ignore:
        return ignores(field.at, name, field.ignore)
    if field.to:
        return replace(maps(field.at, name, *_target(field)), codes=field.codes)
    if usual is None:
        raise Wrong("to", "where does {field} go? name a FHIR element, such as Patient.identifier", field=field.field)
    return _changed(field, usual, name)


def _target(field: SiteField) -> tuple[str, Convert]:
    known = elements()
    path, type_ = known.get(field.to, ("", ""))
    kinds = _kinds(field.segment)
    if not path:
        near = get_close_matches(field.to, known, 1, 0.6)
        if near:
            raise Wrong("to", "{given} is not known; did you mean {near}?", given=field.to, near=near[0])
        raise Wrong("to", "{given} is no element a field can go to; one is Patient.identifier", given=field.to)
    if path.partition(".")[0] not in kinds:
        raise Wrong("to", "{segment} tells nothing of a {given}, only of {known}", segment=field.segment,
                    given=path.partition(".")[0], known=", ".join(kinds))  # fmt: skip
    if type_ != "Extension":
        return path, _converter(field, field.datatype or ("code" if field.codes else ""), type_)
    if not field.url:
        raise Wrong("url", "an extension needs a url that says what it means")
    word = field.datatype or ("code" if field.codes else "text")
    held = EXTENDED[word]
    return path, extension(field.url, f"value{held[0].upper()}{held[1:]}", _converter(field, word, held))


def _kinds(segment: str) -> tuple[str, ...]:
    if segment not in ROOMS:
        return OPEN
    told = {path.kind for row in ROOMS[segment].rows for path in row.paths}
    return tuple(sorted({kind for kind in told if kind.isalnum()} | {"Patient"}))


def _converter(field: SiteField, word: str, type_: str) -> Convert:
    """What reads the field as ``word`` and makes a ``type_`` of it."""
    if word == "identifier" and type_ == "Identifier":
        return _numbered(field.system)
    if word == "code" and type_ == "CodeableConcept":
        return concept_by(field.codes, field.system)
    if word == "code" and type_ == "code":
        if not field.codes:
            raise Wrong("codes", "this element takes only a few codes; name the map that leads to them")
        return translated(field.codes)
    if found := CONVERTERS.get((word, type_)):
        return found
    fitting = sorted({known for known, made in CONVERTERS if made == type_})
    fitting += [known for known, makes in (("code", "CodeableConcept"), ("code", "code"), ("identifier", "Identifier"))
                if makes == type_]  # fmt: skip
    raise Wrong("as", "{to} is of type {type}; write as = one of {known}", to=field.to or field.field, type=type_,
                known=", ".join(sorted(fitting)) or "-")  # fmt: skip


def _changed(field: SiteField, usual: Row, name: str) -> Row:
    """The usual row, read by another converter or another map."""
    if field.datatype:
        types = {type_ for path, type_ in (elements().get(word, ("", "")) for word in usual.detail.split()) if path}
        if usual.fate != "mapped" or len(types) != 1:
            raise Wrong("to", "where does {field} go? name a FHIR element, such as Patient.identifier",
                        field=field.field)  # fmt: skip
        paths = " ".join(elements()[word][0] for word in usual.detail.split())
        return maps(field.at, name, paths, _converter(field, field.datatype, types.pop()))
    if not field.codes:
        return replace(usual, name=name)
    if (field.segment, field.at) in READ_WHOLE:
        return replace(usual, name=name, codes=field.codes)
    how = coded(usual.convert)
    if how is None:
        raise Wrong("codes", '{field} is not read as a code; say where it goes with to, and as = "code"',
                    field=field.field)  # fmt: skip
    own = field.system or how.own
    convert = translated(field.codes) if how.makes == "code" else concept_by(field.codes, own)
    if usual.fate == "kept":
        return keeps(field.at, name, usual.detail, convert)
    return replace(usual, name=name, convert=convert, codes=field.codes)


def checked_event(given: str, meant: str) -> None:
    """Raises ``Wrong`` unless a message of a site's own kind is one that we know."""
    if tuple(meant.upper().split("^")[:2]) not in EVENTS:
        near = get_close_matches(meant.upper(), ["^".join(known) for known in EVENTS], 1, 0.6)
        raise Wrong(
            f"events.{given}",
            "{given} is not a message we read; one is {near}",
            given=meant,
            near=(near or ["ADT^A08"])[0],
        )


def habits_of(settings: HL7Settings, codes: CodeMaps) -> Habits:
    """What a feed's file and the site's maps make of the standard's tables."""
    named = {(field.segment, field.at): field.codes for field in settings.fields
             if field.codes and (field.segment, field.at) in READ_WHOLE}  # fmt: skip
    maps_named = {field.codes for field in settings.fields if field.codes}
    return Habits(
        codes=codes,
        tables={name: _with_ours(name, codes.get(name, {})) for name in {*codes, *maps_named}},
        asked=ASKED.union(codes, maps_named),
        named=named,
        rooms=_rooms(settings.fields) if settings.fields else {},
        events={given.upper(): meant.upper() for given, meant in settings.events.items()},
        authority=settings.authority,
    )


def _with_ours(name: str, own: Mapping[str, Code]) -> Mapping[str, Code]:
    return {**table(name), **own} if name in NAMES else own


def _rooms(fields: Iterable[SiteField]) -> dict[str, Room]:
    rows: dict[str, dict[int, Row]] = defaultdict(dict)
    for field in fields:
        rows[field.segment][field.at] = row_of(field)
    return ROOMS | {segment: _laid_over(segment, own) for segment, own in rows.items()}


def _laid_over(segment: str, own: dict[int, Row]) -> Room:
    usual = ROOMS.get(segment) or unknown_room(segment)
    others = {row.field: row for row in usual.rows} | own
    return replace(usual, rows=tuple(others[at] for at in sorted(others)))
