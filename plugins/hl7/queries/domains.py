"""Who gives out numbers: what the asker calls them, and what the record calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub import ID_NUMBER_SYSTEM, Text
from plugins.hl7.building import components
from plugins.hl7.codes import SYSTEMS
from plugins.hl7.datatypes.coded import OID, V2, code_system
from plugins.hl7.datatypes.identified import NATIONAL_TYPES, authority_system, tidy_number
from plugins.hl7.draft import Draft
from plugins.hl7.events import Event
from plugins.hl7.parse import ABSENT
from plugins.hl7.queries.faults import UNKNOWN_KEY, QueryFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub import Json
    from plugins.hl7.building import Component, Repetition
    from plugins.hl7.delimiters import Delimiters
    from plugins.hl7.lexer import Repetition as Read
    from plugins.hl7.settings import HL7Settings

_OID, _OWN = "urn:oid:", "urn:hub:"
Number = tuple[str, str]
"""System and value; no system where the asker named no issuer."""


@dataclass(frozen=True, slots=True)
class Domains:
    """The issuers one feed knows by name, and those its questions may be about."""

    feed: str
    settings: HL7Settings

    def draft(self, delimiters: Delimiters) -> Draft:
        """What the converters of datatypes need to know."""
        return Draft(
            feed=self.feed,
            key="",
            systems=self.settings.systems,
            zone=self.settings.timezone,
            outer=delimiters.component or ABSENT,
            inner=delimiters.subcomponent or ABSENT,
            between=delimiters.repetition or ABSENT,
            memory={},
            event=Event("query"),
        )

    def system(self, name: str, universal: str, kind: str, draft: Draft) -> str:
        """The system an issuer (HD) stands for; empty when none is named."""
        return authority_system(draft, name, universal, kind) if name or universal else ""

    def number(self, read: Read, draft: Draft, place: str) -> tuple[Number, ...]:
        """CX as system and value. Raises ``QueryFault`` for an issuer nobody knows."""
        issuer = (read.get(4).strip(), read.get(4, 2).strip(), read.get(4, 3).strip())
        return self.numbered(read.get().strip(), issuer, read.get(5).strip(), draft, f"{place}.4")

    def numbered(
        self, value: str, issuer: tuple[str, str, str], kind: str, draft: Draft, place: str
    ) -> tuple[Number, ...]:
        """The same of the parts of a CX; ``place`` is the issuer's. Without one it is of any that may be told."""
        system = ID_NUMBER_SYSTEM if kind in NATIONAL_TYPES else self.system(*issuer, draft)
        if system:
            self.check([(system, place)])
        systems = [system] if system else self._named() or [""]
        return tuple((one, (one == ID_NUMBER_SYSTEM and tidy_number(value)) or value) for one in systems)

    def check(self, asked: Iterable[tuple[str, str]]) -> None:
        """Raises ``QueryFault`` that names the place of each system nobody knows."""
        if strange := [place for system, place in asked if not self.knows(system)]:
            raise QueryFault(
                UNKNOWN_KEY,
                Text("this feed knows no such issuer of numbers; its file names them under systems"),
                *strange,
            )

    def knows(self, system: str) -> bool:
        known = system == ID_NUMBER_SYSTEM or system in self.settings.systems.values() or system in self._named()
        return known and self.tells(system)

    def tells(self, system: str) -> bool:
        """Whether numbers of this system may be in an answer."""
        named = self._named()
        return not named or system in named

    def _named(self) -> list[str]:
        systems = self.settings.systems
        return [
            systems.get(name) or (f"{_OID}{name}" if OID.fullmatch(name) else name)
            for name in self.settings.queries.domains
        ]

    def in_order(self, identifiers: Iterable[Json], wanted: tuple[str, ...]) -> list[Json]:
        """Those that may be told: as asked for, else the feed's own first, then the others by theirs."""
        order = wanted or tuple(self.settings.systems.values())
        found = [one for one in identifiers if self.tells(one.get("system", ""))]
        if wanted:
            found = [one for one in found if one.get("system", "") in wanted]
        return sorted(found, key=lambda one: _rank(one.get("system", ""), order))

    def issuer(self, system: str) -> Component:
        """HD: the name this feed has for a system, with its OID or URI."""
        name = next((name for name, known in self.settings.systems.items() if known == system), "")
        own = f"{_OWN}{self.feed}"
        if system == own:
            return ""
        if system.startswith(f"{own}:"):
            return system.removeprefix(f"{own}:")
        if system.startswith(_OID):
            return name, system.removeprefix(_OID), "ISO"
        return (name, system, "URI") if system else ""

    def written(self, one: Json) -> Repetition:
        """Identifier -> CX, as its sender named the issuer where that says no less."""
        system = one.get("system", "")
        said = {extension["url"]: extension.get("valueString", "") for extension in one.get("extension", ())}
        universal = said.get("urn:hub:v2:CX-4.2", "")
        issuer = self.issuer(system)
        if universal and system != ID_NUMBER_SYSTEM:
            issuer = (said.get("urn:hub:v2:CX-4.1", ""), universal, said.get("urn:hub:v2:CX-4.3", ""))
        kind = next((coding.get("code", "") for coding in one.get("type", {}).get("coding", ())), "")
        return components({1: one.get("value", ""), 4: issuer, 5: kind, 6: one.get("assigner", {}).get("display", "")})

    def coding_name(self, system: str, said: str, draft: Draft) -> str:
        """A coding system's name in v2: its sender's word where this feed would read the same, else one it knows."""
        if said and code_system(draft, said) == system:
            return said
        return _NAMES.get(system) or _table(system) or self._own_name(system)

    def _own_name(self, system: str) -> str:
        own = f"{_OWN}{self.feed}:"
        if system.startswith(own):
            return system.removeprefix(own)
        named = (name for name, known in self.settings.systems.items() if known == system)
        return next(named, system.removeprefix(_OID))


def _rank(system: str, order: tuple[str, ...]) -> tuple[int, str]:
    return (order.index(system) if system in order else len(order)), system


def _table(system: str) -> str:
    return f"HL7{system.removeprefix(V2)}" if system.startswith(V2) else ""


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, system in SYSTEMS.items():
        found.setdefault(system, name)
    return found


_NAMES = _names()
