"""What is compared of one claim: small, packed as it is kept, every value in the one spelling of this room."""

from __future__ import annotations

from msgspec import Struct

Number = tuple[str, str]
"""System and normalised value."""


class Name(Struct, frozen=True, array_like=True):
    text: str
    """Folded: simplified, variants as one, no blanks, dots, honorifics or case: ``张小伟``, ``sarahmiller``."""
    sound: str
    """Pinyin without tones, a blank between syllables; of a Latin name its words: ``zhang xiao wei``."""


class Address(Struct, frozen=True, array_like=True):
    units: tuple[str, ...] = ()
    """Province, city, county, town, as far as written, folded, without 省 市 县 and the like."""
    village: str = ""
    """Village, community or estate; of a Latin address the street: folded."""
    numbers: tuple[str, ...] = ()
    """House, building, unit, room, in order."""


class Mother(Struct, frozen=True, array_like=True):
    numbers: tuple[Number, ...] = ()
    """Strong ones and, with the feed as part of the system, the sender's own."""
    names: tuple[Name, ...] = ()


class Description(Struct, frozen=True, array_like=True):
    """Empty strings and tuples are what nobody has said; they never agree or contradict."""

    id_numbers: tuple[str, ...] = ()
    """Resident's numbers without fault, 18 characters."""
    doubtful: tuple[str, ...] = ()
    """Those with a fault, normalised; placeholders are not among them."""
    papers: tuple[Number, ...] = ()
    """Other numbers that one person alone has: health card, health record, passport, permits, birth certificate."""
    names: tuple[Name, ...] = ()
    birth: str = ""
    """``YYYY-MM-DD`` or the part of it that is known."""
    born_at: str = ""
    """``HH:MM`` of the birth."""
    sex: str = ""
    """``male``, ``female``."""
    phones: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()
    mother: Mother | None = None
    order: int = 0
    """Birth order among twins, from 1."""
    multiple: bool = False
    """Born as one of several."""
    nameless: bool = False
    """Its only name says whose child it is: 张三之子."""
    child: str = ""
    """``male`` of one that is called a son, ``female`` of a daughter, while it is nameless."""
