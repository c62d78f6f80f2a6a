"""What IT staff may write for an HL7 v2 feed."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, PositiveFloat, PositiveInt, field_validator, model_validator

from hub import Settings
from plugins.hl7.queries.settings import QuerySettings

Encoding = Literal["auto", "utf-8", "gb18030", "iso-8859-1"]


class HL7Settings(Settings):
    listen: str
    """Where senders connect: address and port, such as 127.0.0.1:2575."""
    insecure_plain: bool = False
    """Allow an address other than this machine's own although messages then cross the network unencrypted."""
    acknowledge: Literal["stored", "applied"] = "stored"
    """What AA says in original mode: the message is on disk, or it is applied."""
    applied_seconds: PositiveFloat = 20
    """With acknowledge = "applied": after this long nothing is answered and the connection is closed."""
    order_replies: bool = False
    """Answer an order with the reply of its own type (ORL, ORR, RRE …) instead of ACK."""
    encoding: Encoding = "auto"
    """How messages are encoded. auto: as MSH-18 says, else UTF-8 or GB18030, whichever fits; a fixed one is strict."""
    timezone: str = "Asia/Shanghai"
    """The zone of times that are sent without one."""
    systems: dict[str, str] = Field(default_factory=dict)
    """Assigning authority (CX.4.1) to identifier system, such as HOSP = "urn:oid:2.999.1"."""
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

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, listen: str) -> str:
        host, _, port = listen.rpartition(":")
        if not host or not port.isdecimal() or not port.isascii() or int(port) > 65_535:
            raise ValueError("an address and a port are needed, such as 127.0.0.1:2575")
        return listen

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise ValueError("there is no such time zone; an example is Asia/Shanghai") from None
        return timezone

    @model_validator(mode="after")
    def _is_safe(self) -> HL7Settings:
        if not self.insecure_plain and not _is_loopback(self.host):
            raise ValueError(
                "messages would cross the network unencrypted: listen on 127.0.0.1, or set insecure_plain = true",
                "listen",
            )
        return self

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
