"""What tells that claims would be described or looked for otherwise than before: a few of every kind."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

import msgspec

from hub.identity.normalise import SPELLING, describe
from hub.identity.scoring import keys
from hub.model import Json
from hub.model.person import ID_NUMBER_SYSTEM, MOTHER_EXTENSION

_FEED = "a"


def _person(name: Json, *numbers: tuple[str, str], **elements: object) -> Json:
    identifiers = [{"system": system, "value": value} for system, value in numbers]
    return {"resourceType": "Patient", "name": [name], "identifier": identifiers, **elements}


_AT_HOME = {"city": "南宁市", "district": "青秀区", "line": ["津头街道南湖村3组12号"]}
_ABROAD = {"line": ["12 High Street", "Rose Bay"], "city": "Sydney", "state": "NSW", "postalCode": "2029"}
_PHONES = [{"system": "phone", "value": "+86 139 0013 9000"}]
_MOTHERS = {"url": MOTHER_EXTENSION, "valueIdentifier": {"system": ID_NUMBER_SYSTEM, "value": "990101199001010020"}}
SPECIMENS: tuple[Json, ...] = (
    _person(
        {"text": "欧阳䶮生"},
        (ID_NUMBER_SYSTEM, "９９０１０１１９８００５０６００１６"),
        birthDate="1980-05-06",
        gender="male",
        telecom=_PHONES,
        address=[_AT_HOME],
    ),
    _person({"text": "張小瑋先生"}, (ID_NUMBER_SYSTEM, "990101800506001"), birthDate="1980-05", gender="male"),
    _person(
        {"family": "李", "given": ["国强"]}, (ID_NUMBER_SYSTEM, "990101198005060017"), address=[{"text": "梅园3-2-101"}]
    ),
    _person({"text": "买买提·艾力"}, ("urn:oid:2.16.156.10011.1.19", "A1"), birthDate="1951-01-01", address=[_AT_HOME]),
    _person(
        {"family": "Miller", "given": ["Sarah-Jane"]},
        ("http://hl7.org/fhir/sid/passport-AUS", "pa 1234567"),
        birthDate="1975-12-30",
        gender="female",
        address=[_ABROAD],
    ),
    _person(
        {"text": "李秀英之子"},
        birthDate="2024-02-29",
        multipleBirthInteger=2,
        telecom=_PHONES,
        address=[_AT_HOME],
        extension=[_MOTHERS],
    ),
)


@cache
def fingerprint() -> str:
    """Of how they are described and what they are found by."""
    said = [(description, keys(description)) for description in (describe(each, _FEED) for each in SPECIMENS)]
    return f"{SPELLING}-{blake2b(msgspec.msgpack.encode(said), digest_size=8).hexdigest()}"
