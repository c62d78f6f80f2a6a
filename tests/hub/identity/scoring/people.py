"""Descriptions of invented people."""

from __future__ import annotations

from typing import Any

from hub.identity.normalise import Address, Description, Mother, Name
from hub.identity.normalise.sounds import sound

PHONE, OTHER_PHONE = "16100000001", "16100000002"
HOME = Address(("临江", "汇川", "青店", "和桥"), "何家湾", ("3", "12"))


def id_number(birth: str = "1980-05-06", sequence: int = 12, county: str = "990101") -> str:
    body = f"{county}{birth.replace('-', '')}{sequence:03}"
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[weighed % 11]


def name(text: str) -> Name:
    return Name(text.replace(" ", "").lower(), text.lower() if text.isascii() else sound(text))


def person(called: str = "张小伟", **said: Any) -> Description:
    usual = {"names": (name(called),) if called else (), "birth": "1980-05-06", "sex": "male"}
    return Description(**(usual | said))


def mother(number: str = "", called: str = "") -> Mother:
    return Mother((("urn:hub:mother", number),) if number else (), (name(called),) if called else ())
