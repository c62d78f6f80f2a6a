"""``Patient/$ihe-pix``: the other numbers of whoever has this one (IHE PIXm, ITI-83)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub import Hub, Json, Query, Stored, Text, View, by_number, decode_json, encode_json
from plugins.fhir.asking import Answer, Asked, only
from plugins.fhir.faults import Fault
from plugins.fhir.parameters import Given, parameters
from plugins.fhir.render import CONTENT_TYPE, PRIVATE

SOURCE, TARGET = "sourceIdentifier", "targetSystem"
_ONE = Text("{name} names one number as system|value", {"name": SOURCE})
_KEPT = ("use", "type", "system", "value", "assigner")
Number = tuple[str, str]


def cross(_hub: Hub, view: View, asked: Asked) -> Answer:
    """Parameters with ``targetIdentifier`` and ``targetId``; without either where nothing corresponds.

    400 for a number without a known issuer, 404 for one nobody has, 403 for a target system nobody uses.
    """
    number, wanted = _asked(asked)
    rows = view.search(Query("Patient", (by_number("Patient", number[1], number[0]),)), 2).rows
    if not rows and not _is_used(view, number[0]):
        raise Fault(400, "sourceIdentifier Assigning Authority not found", place=SOURCE, code="code-invalid")
    if not rows:
        raise Fault(404, "sourceIdentifier Patient Identifier not found", place=SOURCE, code="not-found")
    if len(rows) > 1:
        raise Fault(409, "this number belongs to several persons; which one is a review", code="multiple-matches")
    others = list(_others(decode_json(rows[0].body), number, wanted))
    used = {one["system"] for one in others}
    if any(not _is_used(view, system) for system in wanted if system not in used):
        raise Fault(403, "targetSystem not found", place=TARGET, code="code-invalid")
    body = encode_json(parameters(*_parts(rows[0], others)))
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), (rows[0].id,), 1)


def _asked(asked: Asked) -> tuple[Number, tuple[str, ...]]:
    """From the URL, a form's or a Parameters' values."""
    if asked.body:
        given = Given.of(asked, (SOURCE, TARGET))
        said = given.values(SOURCE, "valueString", "valueIdentifier", "valueUri")
        sources = [_token(one) for one in said]
        targets = [str(one) for one in given.values(TARGET, "valueUri", "valueString", "valueCanonical")]
    else:
        only(asked.pairs, (SOURCE, TARGET, "_format"))
        sources = [value for name, value in asked.pairs if name == SOURCE]
        targets = [part for name, value in asked.pairs if name == TARGET for part in value.split(",")]
    if len(sources) != 1:
        raise Fault(400, _ONE.msgid, place=SOURCE, code="required", **_ONE.args)
    system, bar, value = sources[0].partition("|")
    if not (system and bar and value.strip()):
        raise Fault(400, _ONE.msgid, place=SOURCE, code="code-invalid" if value else "required", **_ONE.args)
    if not all(targets):
        raise Fault(400, "{name} has an empty value", place=TARGET, name=TARGET)
    return (system, value.strip()), tuple(dict.fromkeys(targets))


def _token(given: object) -> str:
    if isinstance(given, dict):
        return f"{given.get('system') or ''}|{given.get('value') or ''}"
    return str(given)


def _is_used(view: View, system: str) -> bool:
    """Whether any number of that system is known."""
    return view.uses("Patient", "identifier", system)


def _others(patient: Json, number: Number, wanted: Iterable[str]) -> Iterator[Json]:
    """In force, of the systems wanted, each once; not the number asked for itself."""
    seen = {number}
    systems = frozenset(wanted)
    for one in patient.get("identifier", ()):
        key = (one.get("system", ""), one.get("value", ""))
        if all(key) and key not in seen and one.get("use") != "old" and (not systems or key[0] in systems):
            seen.add(key)
            yield {name: one[name] for name in _KEPT if name in one}


def _parts(person: Stored, others: Iterable[Json]) -> Iterator[Json]:
    found = [{"name": "targetIdentifier", "valueIdentifier": one} for one in others]
    yield from found
    if found:
        yield {"name": "targetId", "valueReference": {"reference": f"Patient/{person.id}"}}
