"""What IT staff may write for an HL7 v2 feed."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PositiveFloat, PositiveInt, field_validator, model_validator

from hub import Settings, Text
from plugins.hl7.datatypes.coded import OID
from plugins.hl7.queries.settings import QuerySettings
from plugins.hl7.tls import TlsSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

Encoding = Literal["auto", "utf-8", "gb18030", "iso-8859-1"]
_FIELD = re.compile(r"[A-Z][A-Z0-9]{2}-[1-9][0-9]{0,2}")
_MAP = re.compile(r"[a-z0-9][a-z0-9_-]*")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{2}\^[A-Za-z][A-Za-z0-9]{2}")


class SiteField(Settings):
    """One field that this sender uses in its own way."""

    field: str
    """Which one, such as ZPI-3."""
    name: str = ""
    """What the sender calls it."""
    to: str = ""
    """The FHIR element it goes to, such as Patient.identifier; left out, the usual one."""
    datatype: str = Field(default="", alias="as")
    """What it holds: address, boolean, code, date, identifier, name, national_id, number, phone, text, time …"""
    system: str = ""
    """Who gives out its numbers or codes, where the message does not say, such as urn:oid:2.999.7."""
    url: str = ""
    """What an extension means, where to is one."""
    codes: str = ""
    """The code map it is translated by."""
    ignore: str = ""
    """Why it is not used; nothing else is needed then."""

    @property
    def segment(self) -> str:
        return self.field.partition("-")[0]

    @property
    def at(self) -> int:
        return int(self.field.partition("-")[2])

    @field_validator("field")
    @classmethod
    def _is_a_field(cls, field: str) -> str:
        if not _FIELD.fullmatch(field) or field.startswith("MSH-"):
            raise ValueError("name a segment and the number of a field, such as ZPI-3; MSH cannot be changed")
        return field

    @field_validator("codes")
    @classmethod
    def _is_a_map(cls, codes: str) -> str:
        if codes and not _MAP.fullmatch(codes):
            raise ValueError("a code map is named in a-z, 0-9, _ and -")
        return codes

    @model_validator(mode="after")
    def _goes_somewhere(self) -> SiteField:
        from plugins.hl7.site import EXTENDED, WORDS, Wrong, row_of

        if self.datatype and self.datatype not in EXTENDED:
            raise Wrong("as", "{given} is not known; write one of {choices}", given=self.datatype,
                        choices=", ".join(WORDS))  # fmt: skip
        row_of(self)
        return self


_UNENCRYPTED = Text(
    "messages would cross the network unencrypted: encrypt them with [settings.tls], stay on 127.0.0.1, or set {key}",
    {"key": "insecure_plain = true"},
)


class HL7Settings(Settings):
    listen: str
    """Where senders connect: address and port, such as 127.0.0.1:2575."""
    insecure_plain: bool = False
    """Allow an address other than this machine's own although messages then cross the network unencrypted."""
    tls: TlsSettings | None = None
    """Messages come encrypted (MLLPS)."""
    acknowledge: Literal["stored", "applied"] = "stored"
    """What AA says in original mode: the message is on disk, or it is applied."""
    applied_seconds: PositiveFloat = 20
    """With acknowledge = "applied": after this long nothing is answered and the connection is closed."""
    application_acks: str = ""
    """Where acknowledgements of enhanced mode go that tell what became of a message (AA, AE, AR), such as
    10.1.2.3:2576; empty = back over the connection the message came by."""
    order_replies: bool = False
    """Answer an order with the reply of its own type (ORL, ORR, RRE …) instead of ACK."""
    encoding: Encoding = "auto"
    """How messages are encoded. auto: as MSH-18 says, else UTF-8 or GB18030, whichever fits; a fixed one is strict."""
    timezone: str = "Asia/Shanghai"
    """The zone of times that are sent without one."""
    systems: dict[str, str] = Field(default_factory=dict)
    """Assigning authority (CX.4.1) to identifier system, such as HOSP = "urn:oid:2.999.1"."""
    fields: tuple[SiteField, ...] = ()
    """Fields this sender uses in its own way, a table each."""
    events: dict[str, str] = Field(default_factory=dict)
    """Messages of the sender's own kind and what they are, such as "ADT^Z01" = "ADT^A08"."""
    authority: str = ""
    """Who gave out the numbers that name no assigning authority: one of systems."""
    frame_bytes: Annotated[int, Field(ge=1_000)] = 25_000_000
    """The largest message; a larger one is refused."""
    segments: PositiveInt = 20_000
    """The most segments in a message."""
    repetitions: PositiveInt = 100_000
    """The most field repetitions in a message."""
    frame_seconds: PositiveFloat = 30
    """How long a message may take to arrive."""
    idle_seconds: PositiveFloat = 120
    """How long a connection may say nothing."""
    connections: PositiveInt = 1_000
    """The most connections; one more closes the one that has been idle longest."""
    connections_per_address: PositiveInt = 600
    """The most connections from one address; one more is turned away."""
    queries: QuerySettings = QuerySettings()
    """What this sender may ask of the record."""

    @field_validator("listen", "application_acks")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or not port.isascii() or int(port) > 65_535:
            raise ValueError("an address and a port are needed, such as 127.0.0.1:2575")
        return address

    @field_validator("application_acks")
    @classmethod
    def _can_be_reached(cls, address: str) -> str:
        if address.rpartition(":")[2].strip("0") == "":
            raise ValueError("port 0 cannot be connected to")
        return address

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise ValueError("there is no such time zone; an example is Asia/Shanghai") from None
        return timezone

    @model_validator(mode="after")
    def _says_each_once(self) -> HL7Settings:
        said: set[str] = set()
        for at, field in enumerate(self.fields):
            if field.field in said:
                raise ValueError(Text("{field} is there twice", {"field": field.field}), "fields", at)
            said.add(field.field)
        for given, meant in self.events.items():
            if not _KIND.fullmatch(given):
                raise ValueError("name a message and its trigger, such as ADT^Z01", "events", given)
            from plugins.hl7.site import checked_event

            checked_event(given, meant)
        return self

    @model_validator(mode="after")
    def _knows_whose_numbers(self) -> HL7Settings:
        for at, name in enumerate(self.queries.domains):
            if name not in self.systems and ":" not in name and not OID.fullmatch(name):
                known = ", ".join(self.systems) or "-"
                reason = Text("{given} is no OID, no URI and none of systems: {known}", {"given": name, "known": known})
                raise ValueError(reason, "queries", "domains", at)
        return self

    @model_validator(mode="after")
    def _is_safe(self) -> HL7Settings:
        if self.tls or self.insecure_plain:
            return self
        if not _is_loopback(self.host):
            raise ValueError(_UNENCRYPTED, "listen")
        if self.application_acks and not _is_loopback(host_of(self.application_acks)):
            raise ValueError(_UNENCRYPTED, "application_acks")
        return self

    def code_maps(self) -> Iterable[tuple[tuple[str | int, ...], str]]:
        return [(("fields", at, "codes"), field.codes) for at, field in enumerate(self.fields) if field.codes]

    def of_the_door(self) -> object:
        """Not what only decides where a message's fields go; a sender who may ask is answered by the door itself."""
        only_parsed = {"fields"} if self.queries.allow else {"fields", "systems", "authority"}
        return self.model_dump(exclude=only_parsed)

    @property
    def host(self) -> str:
        return host_of(self.listen)

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


def host_of(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
