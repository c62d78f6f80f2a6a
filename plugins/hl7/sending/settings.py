"""What IT staff may write for a destination that speaks HL7 v2."""

from __future__ import annotations

import re
import ssl
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PositiveFloat, field_validator, model_validator

from hub import ConfigError, LocalFile, Route, Secret, Settings, Text
from plugins.hl7.tls import CIPHERS

if TYPE_CHECKING:
    from collections.abc import Iterator

Policy = Literal["set_aside", "retry"]
Charset = Literal["unchanged", "utf-8", "gb18030", "iso-8859-1"]
_PLACE = re.compile(r"[A-Z][A-Z0-9]{2}-[1-9][0-9]{0,2}(\.[1-9][0-9]?){0,2}")
_MARKS = re.compile(r"[!-/:-@\[-`{-~]{5}")
_EVENT = re.compile(r"[A-Z]{2}[A-Z0-9](\^([A-Z0-9]{3}|\*))?")


class DestinationTls(Settings):
    """TLS towards the receiver."""

    ca: LocalFile | None = None
    """PEM file with the authority that signed the receiver's certificate; none: those the system trusts."""
    certificate: LocalFile | None = None
    """PEM file with our own certificate, where the receiver asks for one."""
    key: LocalFile | None = None
    """PEM file with its private key."""
    password: Secret | None = None
    """Of the key, if it has one."""
    name: str = ""
    """The name in the receiver's certificate, where that is not the host we connect to."""

    @model_validator(mode="after")
    def _is_whole(self) -> DestinationTls:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key belong together", "key" if self.certificate else "certificate")
        return self

    def context(self) -> ssl.SSLContext:
        """Read anew each time, so that renewed files serve at once.

        Raises ``OSError`` or ``ConfigError`` when they cannot be used.
        """
        context = ssl.create_default_context(cafile=self.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(CIPHERS)
        if self.certificate is not None:
            # Without a password OpenSSL would ask whoever sits at the terminal.
            context.load_cert_chain(self.certificate, self.key, self.password.reveal if self.password else lambda: "")
        return context

    def faults(self) -> Iterator[tuple[str, Text]]:
        files = {"ca": self.ca, "certificate": self.certificate, "key": self.key}
        for name, file in files.items():
            try:
                if file is not None:
                    file.read_bytes()
            except OSError as error:
                yield name, Text("cannot be read: {reason}", {"reason": Text(error.strerror or str(error))})
                return
        for name, part in {"ca": self.model_copy(update={"certificate": None, "key": None}), "key": self}.items():
            try:
                part.context()
            except ConfigError:  # a secret that is not there is missed at its own line
                return
            except OSError:
                yield name, Text("cannot be used: not PEM, or key, certificate and password do not fit each other")
                return


class Rebuilt(Settings):
    """What is written anew with mode = "rebuilt"; an empty text leaves it as it came."""

    sending_application: str = ""
    """MSH-3."""
    sending_facility: str = ""
    """MSH-4."""
    receiving_application: str = ""
    """MSH-5."""
    receiving_facility: str = ""
    """MSH-6."""
    charset: Charset = "unchanged"
    """The encoding, and MSH-18."""
    delimiters: str = ""
    """MSH-1 and MSH-2, such as "|^~\\\\&"."""

    @field_validator("delimiters")
    @classmethod
    def _are_delimiters(cls, delimiters: str) -> str:
        if delimiters and not (_MARKS.fullmatch(delimiters) and len(set(delimiters)) == len(delimiters)):
            raise ValueError(
                Text("five different signs are needed, no letters or digits, such as {example}", {"example": "|^~\\&"})
            )
        return delimiters


class HL7Destination(Settings):
    connect: str
    """Where the receiver listens: host and port, such as 192.0.2.7:2575."""
    insecure_plain: bool = False
    """Allow a receiver on another machine without TLS although messages then cross the network unencrypted."""
    tls: DestinationTls | None = None
    connect_seconds: PositiveFloat = 10
    """How long connecting may take."""
    ack_seconds: PositiveFloat = 30
    """How long the receiver may take to answer."""
    deduplicates: bool = False
    """The receiver drops a message whose MSH-10 it has seen: only then is sent again what it may have got already."""
    on_error: Policy = "set_aside"
    """After AE: set the message aside and go on, or try it again for ever, before all others."""
    on_reject: Policy = "set_aside"
    """After AR or CR: the same."""
    mode: Literal["unchanged", "rebuilt"] = "unchanged"
    """The bytes as they came, or written anew and checked against the standard."""
    rebuilt: Rebuilt = Rebuilt()
    authority: str = "HUITONG"
    """Whose numbers our Patient ids are (PID-3.4, MRG-1.4), where it is told of persons."""

    @field_validator("connect")
    @classmethod
    def _is_an_address(cls, connect: str) -> str:
        host, _, port = connect.rpartition(":")
        if not host or not port.isdecimal() or not port.isascii() or not 0 < int(port) <= 65_535:
            raise ValueError("a host and a port are needed, such as 192.0.2.7:2575")
        return connect

    @model_validator(mode="after")
    def _is_safe(self) -> HL7Destination:
        if self.tls is None and not self.insecure_plain and not _is_loopback(self.host):
            raise ValueError(
                "messages would cross the network unencrypted: write [settings.tls], or set insecure_plain = true",
                "connect",
            )
        if self.mode == "unchanged" and self.rebuilt != Rebuilt():
            raise ValueError('these have no effect unless mode = "rebuilt"', "rebuilt")
        return self

    @property
    def host(self) -> str:
        return self.connect.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.connect.rpartition(":")[2])


class HL7Route(Route):
    """A message goes through when its event is one of these, all of where holds, and none of unless."""

    events: list[str] = Field(default_factory=list)
    """MSH-9, or what the feed takes it for, such as "ADT^A01", "ADT^*" or "ORU"; none: every event but queries and
    acknowledgements."""
    where: dict[str, str | list[str]] = Field(default_factory=dict)
    """Field to value or values, such as "PV1-2" = "I"; "*" is any value. Every repetition is looked at."""
    unless: dict[str, str | list[str]] = Field(default_factory=dict)
    """The same; what holds keeps the message back."""

    @field_validator("events")
    @classmethod
    def _are_events(cls, events: list[str]) -> list[str]:
        for event in events:
            if not _EVENT.fullmatch(event):
                raise ValueError(Text("{given} is no event; examples are ADT^A01 and ADT^*", {"given": f'"{event}"'}))
        return events

    @field_validator("where", "unless", mode="before")
    @classmethod
    def _are_texts(cls, conditions: Any) -> Any:
        for place, value in conditions.items() if isinstance(conditions, dict) else ():
            if not all(isinstance(each, str) for each in (value if isinstance(value, list) else [value])):
                given = {"given": _as_written(value)}
                raise ValueError(Text("must be text in quotes, or a list of such, not {given}", given), place)
        return conditions

    @field_validator("where", "unless")
    @classmethod
    def _are_places(cls, conditions: dict[str, Any]) -> dict[str, Any]:
        for place in conditions:
            if not _PLACE.fullmatch(place):
                raise ValueError(Text("{given} is no field; examples are PV1-2 and PID-3.4", {"given": f'"{place}"'}))
        return conditions


def _as_written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
