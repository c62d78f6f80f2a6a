"""Claims side by side: what each says, from which feed and when, and what the comparison makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from hub.database import Connection
from hub.errors import NotFound
from hub.identity.claims import Claims, Known
from hub.identity.graph import component
from hub.identity.holding import id_numbers_of, of_two
from hub.identity.normalise import Description, describe
from hub.identity.rules import Rules
from hub.identity.scoring import Comparison, Model, compare
from hub.model import Json
from hub.model.person import ID_NUMBER_SYSTEM
from hub.records.contacts import contacts
from hub.records.times import day, moment

FIELDS = (
    "id_number",
    "persons_id_number",
    "paper",
    "name",
    "birth",
    "born_at",
    "sex",
    "phone",
    "address",
    "mother",
    "order",
)
"""What is compared, as it is shown; a finding of any other field comes behind them."""


Persons = Mapping[str, Sequence[Known]]
"""By claim, all claims of its person."""


def side_by_side(connection: Connection, ids: Sequence[str], rules: Rules) -> Json:
    """A column for each claim, a row for each field; each claim is compared with the first.

    The values are as the senders wrote them: for who may see them, never to be kept. Raises ``NotFound``.
    """
    known = known_as(connection, ids)
    persons = _persons(connection, known)
    described = [describe(one.patient, one.feed) for one in known]
    compared = [compare(described[0], other, rules.model) for other in described[1:]]
    return {
        "claims": [column(one, rules) for one in known],
        "fields": rows(known, compared, persons),
        "compared": [
            _with_numbers(told(known[0].id, other.id, found), persons)
            for other, found in zip(known[1:], compared, strict=True)
        ],
        "model": rules.model.version,
        "thresholds": thresholds(rules.model),
    }


def known_as(connection: Connection, ids: Sequence[str]) -> list[Known]:
    claims = Claims(connection)
    claims.expect(ids)
    found = [claims.get(id_) for id_ in ids]
    if None in found:
        raise NotFound("there is no Patient/{id}", id=ids[found.index(None)])
    return [one for one in found if one is not None]


def column(known: Known, rules: Rules) -> Json:
    return {
        "claim": known.id,
        "person": known.person,
        "feed": known.feed,
        "verified": known.feed in rules.verified,
        "recorded_at": moment(known.recorded_at),
        "message": known.entry,
    }


def rows(known: Sequence[Known], compared: Sequence[Comparison], persons: Persons | None = None) -> list[Json]:
    """Fields that somebody knows; ``findings`` has one for each claim but the first, null where one knows nothing.

    With ``persons`` also the ID numbers that other claims of a claim's person tell.
    """
    found: list[Json] = []
    others = dict.fromkeys(each.field for one in compared for each in one.findings if each.field not in FIELDS)
    for field in (*FIELDS, *others):
        if field == "persons_id_number":
            values = [_others_numbers(one, (persons or {}).get(one.id, ())) for one in known]
        else:
            values = [_VALUES[field](one) if field in _VALUES else [] for one in known]
        findings = [_finding(one, field) for one in compared]
        if any(values) or any(findings):
            found.append({"field": field, "values": values, "findings": findings})
    return found


def _persons(connection: Connection, known: Iterable[Known]) -> Persons:
    claims = Claims(connection)
    return {one.id: claims.each(component(connection, one.id).claims) for one in known}


def _others_numbers(known: Known, person: Sequence[Known]) -> list[Json]:
    return [_value(number) for number in sorted(id_numbers_of(person) - id_numbers_of([known]))]


def _with_numbers(found: Json, persons: Persons) -> Json:
    """What forbids joining two claims alone may be told by other claims of the two persons."""
    if "two_id_numbers" in found["vetoes"] or not of_two(persons[found["one"]], persons[found["other"]]):
        return found
    return found | {"vetoes": ["two_id_numbers", *found["vetoes"]]}


def told(one: str, other: str, comparison: Comparison) -> Json:
    return {
        "one": one,
        "other": other,
        "bits": round(comparison.bits, 1),
        "prior": round(comparison.prior, 1),
        "vetoes": list(comparison.vetoes),
    }


def thresholds(model: Model) -> Json:
    return {name: getattr(model.thresholds, name) for name in ("link", "ask", "margin")}


def described(known: Iterable[Known]) -> dict[str, Description]:
    return {one.id: describe(one.patient, one.feed) for one in known}


def _finding(comparison: Comparison, field: str) -> Json | None:
    found = next((each for each in comparison.findings if each.field == field), None)
    return None if found is None else {"level": found.level, "bits": round(found.bits, 1)}


def _value(value: str, **more: str) -> Json:
    return {"value": value} | {name: said for name, said in more.items() if said}


def _id_numbers(known: Known) -> list[Json]:
    found = known.patient.get("identifier") or ()
    return [_value(one["value"]) for one in found if one.get("system") == ID_NUMBER_SYSTEM and one.get("value")]


def _papers(known: Known) -> list[Json]:
    found = known.patient.get("identifier") or ()
    return [
        _value(one["value"], system=one.get("system", ""))
        for one in found
        if one.get("system") != ID_NUMBER_SYSTEM and one.get("value")
    ]


def _names(known: Known) -> list[Json]:
    return [
        _value(one.get("text") or one.get("family", "") + "".join(one.get("given") or ()), use=one.get("use", ""))
        for one in known.patient.get("name") or ()
    ]


def _phones(known: Known) -> list[Json]:
    """Those that ended, too, with their dates."""
    return [
        _value(one["value"], use=one.get("use", ""), **{name: str(at) for name, at in one["period"].items()})
        for one in contacts(known.patient, day(known.recorded_at))
        if one.get("value")
    ]


def _addresses(known: Known) -> list[Json]:
    return [_value(_address(one), use=one.get("use", "")) for one in known.patient.get("address") or ()]


def _address(address: Json) -> str:
    parts = (*(address.get(name, "") for name in ("state", "city", "district")), *(address.get("line") or ()))
    return address.get("text") or "".join(parts)


def _birth(known: Known) -> list[Json]:
    found = known.patient.get("birthDate")
    return [_value(found)] if found else []


def _sex(known: Known) -> list[Json]:
    found = known.patient.get("gender")
    return [_value(found)] if found else []


def _mother(known: Known) -> list[Json]:
    """Her names, else that her number is known."""
    mother = describe(known.patient, known.feed).mother
    if mother is None:
        return []
    return [_value(name.text) for name in mother.names] or [_value(number) for _, number in mother.numbers]


def _of_description(field: str) -> Callable[[Known], list[Json]]:
    def value(known: Known) -> list[Json]:
        found = getattr(describe(known.patient, known.feed), field)
        return [_value(str(found))] if found else []

    return value


_VALUES: Mapping[str, Callable[[Known], list[Json]]] = {
    "id_number": _id_numbers,
    "paper": _papers,
    "name": _names,
    "birth": _birth,
    "born_at": _of_description("born_at"),
    "sex": _sex,
    "phone": _phones,
    "address": _addresses,
    "mother": _mother,
    "order": _of_description("order"),
}
