"""Whether JSON has the shape FHIR gives it, as far as the record reasons about it; else where it has not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from hub import Json, ParseError, Text

_DAY = len("2024-05-01")
_MOMENT = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d))?)?)?"
)
_SEXES = ("female", "male", "other", "unknown")

_PERIOD = {"start": "moment", "end": "moment"}
_CODING = {"system": "text", "code": "text", "display": "text"}
_CONCEPT = {"coding": [_CODING], "text": "text"}
_EXTENSION = {"url": "text"}
_REFERENCE = {"reference": "text", "type": "text", "display": "text", "identifier": {"system": "text", "value": "text"}}
_IDENTIFIER = {
    "use": "text", "type": _CONCEPT, "system": "text", "value": "text", "period": _PERIOD, "assigner": _REFERENCE,
}  # fmt: skip
_NAME = {
    "use": "text", "text": "text", "family": "text", "given": ["text"], "prefix": ["text"], "suffix": ["text"],
    "period": _PERIOD,
}  # fmt: skip
_TELECOM = {"system": "text", "value": "text", "use": "text", "period": _PERIOD}
_ADDRESS = {
    "use": "text", "type": "text", "text": "text", "line": ["text"], "city": "text", "district": "text",
    "state": "text", "postalCode": "text", "country": "text", "period": _PERIOD,
}  # fmt: skip
_PERSON = {
    "extension": [_EXTENSION], "identifier": [_IDENTIFIER], "active": "flag", "name": [_NAME], "telecom": [_TELECOM],
    "gender": "sex", "birthDate": "date", "address": [_ADDRESS],
}  # fmt: skip
PATIENT: Mapping[str, Any] = {
    **_PERSON,
    "_birthDate": {"extension": [_EXTENSION]},
    "deceasedBoolean": "flag",
    "deceasedDateTime": "moment",
    "maritalStatus": _CONCEPT,
    "multipleBirthBoolean": "flag",
    "multipleBirthInteger": "count",
    "contact": [{"relationship": [_CONCEPT], "name": _NAME, "telecom": [_TELECOM], "address": _ADDRESS,
                 "gender": "sex", "period": _PERIOD, "organization": _REFERENCE}],
    "communication": [{"language": _CONCEPT}],
    "generalPractitioner": [_REFERENCE],
    "managingOrganization": _REFERENCE,
    "link": [{"other": _REFERENCE, "type": "text"}],
}  # fmt: skip
RELATED: Mapping[str, Any] = {**_PERSON, "patient": _REFERENCE, "relationship": [_CONCEPT], "period": _PERIOD}
ANY: Mapping[str, Any] = {"extension": [_EXTENSION], "identifier": None, "status": "text", "meta": {}}


def check(resource: Json, place: str) -> None:
    """Raises ``ParseError`` for the first element that is not as it must be."""
    shape = {"Patient": PATIENT, "RelatedPerson": RELATED}.get(resource["resourceType"], ANY)
    _check(resource, shape, place)
    for name, value in resource.items():
        if value is None or value in ([], {}):
            raise ParseError("an element that says nothing is left out in FHIR", place=f"{place}.{_plain(name)}")


def _check(value: Any, shape: Any, place: str) -> None:
    if shape is None:
        return
    if isinstance(shape, str):
        if not _IS[shape](value):
            raise ParseError(_SAID[shape].msgid, place=place)
    elif isinstance(shape, list):
        _check_each(value, shape[0], place)
    elif not isinstance(value, dict):
        raise ParseError("this must be an object", place=place)
    else:
        for name in value:
            if name in shape:
                _check(value[name], shape[name], f"{place}.{name}")


def _check_each(value: Any, shape: Any, place: str) -> None:
    if not isinstance(value, list):
        raise ParseError("this must be a list", place=place)
    for at, one in enumerate(value):
        if one is not None or shape != "text":  # null holds the place of a text that only has extensions
            _check(one, shape, f"{place}[{at}]")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_date(value: Any) -> bool:
    return _is_moment(value) and len(value) <= _DAY


def _is_moment(value: Any) -> bool:
    if not (isinstance(value, str) and value.isascii() and _MOMENT.fullmatch(value)):
        return False
    try:
        date.fromisoformat(value[:_DAY] + "-01-01"[len(value[:_DAY]) - 4 :])
    except ValueError:  # the 30th of February
        return False
    return True


_IS = {
    "text": _is_text,
    "flag": lambda value: isinstance(value, bool),
    "count": lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
    "sex": lambda value: value in _SEXES,
    "date": _is_date,
    "moment": _is_moment,
}
_SAID = {
    "text": Text("this must be a text that is not empty"),
    "flag": Text("this must be true or false"),
    "count": Text("this must be a whole number"),
    "sex": Text("this must be female, male, other or unknown"),
    "date": Text("this must be a date such as 2024-05-01"),
    "moment": Text("this must be a date such as 2024-05-01, or a time such as 2024-05-01T08:30:00+08:00"),
}


def text(holder: Json, name: str, place: str) -> str:
    """A text that may be absent."""
    found = holder.get(name, "")
    if not isinstance(found, str):
        raise ParseError("this must be a text", place=f"{place}.{name}")
    return found


def objects(holder: Json, name: str, place: str) -> list[Json]:
    found = listed(holder, name, place)
    for at, one in enumerate(found):
        if not isinstance(one, dict):
            raise ParseError("this must be an object", place=f"{place}.{name}[{at}]")
    return found


def listed(holder: Json, name: str, place: str) -> list[Any]:
    found = holder.get(name, [])
    if not isinstance(found, list):
        raise ParseError("this must be a list", place=f"{place}.{name}")
    return found


def _plain(name: str) -> str:
    """A name that its sender has chosen: it may hold anything."""
    return name if name.isidentifier() and len(name) < 64 else "?"
