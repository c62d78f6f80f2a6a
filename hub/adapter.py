"""The side of the hub that adapters see: what they are given, what they give back."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar, Generic, Literal, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict

from hub.errors import Declined
from hub.language import Text
from hub.model import CodeMaps, FieldFate, Guide, RecordUpdate

if TYPE_CHECKING:
    from hub.web.facade import Hub


class Settings(BaseModel):
    """What IT staff may write under ``[settings]`` of a feed. Unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def code_maps(self) -> Iterable[tuple[tuple[str | int, ...], str]]:
        """The code maps these settings name, each with the key that names it; each must have a file."""
        return ()

    def of_the_door(self) -> object:
        """What an open door depends on: as long as it stays the same, a reload leaves the door's connections alone."""
        return self

    def faults(self) -> Iterable[tuple[str, Text]]:
        """What a hub that runs would stumble over outside of these files, each with the key that names it.

        A certificate that has expired, say. Looked for by ``hub check`` and before a hub runs.
        """
        return ()

    def doubts(self) -> Iterable[tuple[str, Text]]:
        """What is no mistake and yet may not be meant, each with its key."""
        return ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a payload is answered negatively. It is kept, owns no key, and is never applied."""

    code: str
    """A stable word for counting and answering: ``encoding``, ``no_control_id``, ``too_large`` …"""
    text: Text
    place: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes as they arrived, with the sender's own key.

    Two payloads of one feed with the same ``(sender, key)`` and the same ``fingerprint`` are the same message. The
    fingerprint is that of the body unless the adapter leaves out what a resend changes (MSH-7).
    """

    body: bytes
    key: str
    sender: str = ""
    fingerprint: bytes = b""
    lanes: tuple[str, ...] = ()
    """Ordering keys (the sender's patient numbers); none = the feed's one lane. Stored only as keyed hashes."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """What the door found out and ``parse`` may rely on: the encoding used, and where it differs from what was said."""
    refusal: Refusal | None = None
    replay_of: int | None = None
    """The message this one sends through again."""

    def __post_init__(self) -> None:
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", hashlib.blake2b(self.body, digest_size=16).digest())


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a batch: mostly one message; none for an envelope that is in order."""

    end: int
    """How many bytes of what was given lie before its end."""
    mark: str
    """What ``split`` must know to go on behind it."""
    payloads: tuple[Payload, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A payload that is safe in the journal."""

    id: int
    feed: str
    key: str
    body: bytes
    received_at: datetime
    sender: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    replay_of: int | None = None
    """The message this one sends through again; ``received_at`` is then that one's."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The journal's word that a payload is on disk. A resend gets the receipt of the first."""

    message_id: int
    received_at: datetime
    resent: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a message, for a sender who waits to hear it."""

    status: Literal["applied", "skipped", "parked"]
    code: str = ""
    text: Text | None = None
    place: str = ""


class Receive(Protocol):
    """The hub's door: once it has answered, the message is on disk.

    Raises ``Unavailable`` when nothing could be kept, and ``JournalFailed`` when the hub is about to end.
    """

    def __call__(self, payload: Payload) -> Receipt: ...

    def soon(self, payload: Payload) -> Awaitable[Receipt]:
        """The same from an event loop, without blocking it."""
        ...

    def settled(self, receipt: Receipt) -> Awaitable[Settled]:
        """What became of a message once some worker, of whichever process, has settled it; also long after.

        A sender who cannot wait for ever sets a limit with ``asyncio.timeout``.
        """
        ...

    @property
    def hub(self) -> Hub | None:
        """The record, who may read it, and the audit log, for a door that also answers questions."""
        ...


class Listener(Protocol):
    """An open door. Runs in the hub's event loop for listeners."""

    async def start(self) -> None:
        """Opens the door; ``ConfigError`` when the address cannot be had."""
        ...

    async def stop(self) -> None:
        """Takes no new payloads, answers those under way, closes."""
        ...


@runtime_checkable
class Counting(Protocol):
    """A listener that counts what happens below the level of messages; ``/metrics`` shows it."""

    @property
    def counters(self) -> Mapping[str, int]:
        """By the name of what happened; only ever growing."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One step of looking whether a connection works: what was tried, and how it went."""

    step: Text
    ok: bool
    detail: Text | None = None


NO_CODES: CodeMaps = MappingProxyType({})
S = TypeVar("S", bound=Settings)


class Adapter(ABC, Generic[S]):
    """One kind of source system. An instance serves one feed."""

    name: ClassVar[str]
    """What a feed file writes: ``adapter = "hl7"``."""
    Settings: ClassVar[type[Settings]] = Settings
    media_types: ClassVar[frozenset[str]] = frozenset()
    """Documents it reads: those found inside other feeds' messages are handed to its feed."""
    code_maps: ClassVar[frozenset[str]] = frozenset()
    """Maps it brings itself; rows of a site's file of the same name come first."""
    code_choices: ClassVar[Mapping[str, frozenset[str]]] = MappingProxyType({})
    """By map, the only standard codes it may lead to, where FHIR binds an element to a few."""

    def __init__(self, feed: str, settings: S, codes: CodeMaps = NO_CODES) -> None:
        self.feed = feed
        self.settings = settings
        self.codes = codes
        """The site's code maps for this feed."""

    @abstractmethod
    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        """What the message means. Pure: no I/O, the same answer each time.

        Raises ``ParseError`` (the message is parked) or ``UnsupportedMessage`` (it is skipped).
        """

    def admit(self, body: bytes) -> Payload:
        """Looks at bytes only as far as the door must: key, limits, encoding. Never raises for bad bytes."""
        return Payload(body, hashlib.sha256(body).hexdigest())

    def explain(self, message: Message) -> Iterable[FieldFate]:  # noqa: ARG002 - for those who override it
        """Where each non-empty field of a message goes."""
        return ()

    def listen(self, receive: Receive) -> Listener | None:  # noqa: ARG002 - for those who override it
        """A door for senders that push; none for adapters that are only fetched or submitted to."""
        return None

    def split(self, batch: BinaryIO, after: str = "", *, more: bool = False) -> Iterator[Piece] | None:  # noqa: ARG002 - for those who override it
        """A file that may hold many messages, piece by piece, read as they are asked for; none when it holds one.

        ``after`` is the mark of the piece behind which ``batch`` begins. With ``more`` the file goes on behind what is
        given: what ends there and may not be whole is no piece yet. Never raises for bad bytes.
        """
        return None

    def check(self) -> Iterable[Finding]:
        """Tries the connection, step by step; stops at the first that fails. May take seconds."""
        return ()

    def guide(self) -> Guide | None:
        """The interface document for whoever programs the other side; none when there is nothing to say."""
        return None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that another system is to hear of."""

    id: int
    message: Message
    attempts: int
    """How often it was tried before."""
    part: int = 0
    """The how-manieth document of the message, from 1; 0 = the message itself."""


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """Persons that became one, or no longer are; each by the id of its Patient. What it said before stands no more."""

    id: int
    kind: str
    """What brought it about: ``join``, ``part``, ``merge``, ``split``, ``correct``, ``undo``, ``restore``."""
    at: datetime
    merged: tuple[tuple[str, str], ...] = ()
    """The person who remains, and the one who is that person now."""
    parted: tuple[tuple[str, str], ...] = ()
    """A person, and the one who was that person before and no longer is."""


class Route(Settings):
    """One of a destination's ``[[route]]`` tables: which messages it is told of."""


class Sender(ABC, Generic[S]):
    """One kind of system that is told of messages. An instance serves one destination, in one thread, in order."""

    name: ClassVar[str]
    """What a destination's file writes: ``sender = "hl7"``."""
    Settings: ClassVar[type[Settings]] = Settings
    Route: ClassVar[type[BaseModel]] = Route
    """What a ``[[route]]`` of its destinations may say."""
    hears_of_persons: ClassVar[bool] = False
    """Whether it can ``tell`` which persons became one, or no longer are: ``persons = true`` in its file."""

    def __init__(self, destination: str, settings: S, routes: Sequence[Any] = ()) -> None:
        self.destination = destination
        self.settings = settings
        self.routes = tuple(routes)
        """Of type ``Route``. None: every message of the destination's feeds; several: what any of them lets through."""

    @property
    def deduplicates(self) -> bool:
        """Whether the other side drops what it has already: only then may it hear twice of what is uncertain."""
        return False

    def wants(self, message: Message) -> bool:  # noqa: ARG002 - for those who override it
        """Whether this destination is told of a message of one of its feeds. Pure.

        Raises ``ParseError`` when that depends on what cannot be read: it is set aside for a person, not left out.
        """
        return True

    def connect(self) -> None:
        """Makes sure that the other side can be spoken to. Raises ``RetryLater``: the delivery has not begun then."""

    @abstractmethod
    def send(self, delivery: Delivery) -> bytes:
        """Tells the other side; what it answered.

        Raises ``RetryLater`` when nothing can have arrived, or the other side says it is busy (it is tried again, in
        order), ``Uncertain`` when it may have arrived, ``Declined`` when the other side will never take it.
        """

    def tell(self, change: IdentityChange) -> bytes:  # noqa: ARG002 - for those who override it
        """Tells the other side which persons became one or two, where ``hears_of_persons``; raises as ``send`` does."""
        raise Declined("this kind of destination cannot be told of persons who became one or two")

    def check(self) -> Iterable[Finding]:
        """Tries the connection, step by step; stops at the first that fails. May take seconds."""
        return ()

    def check_answer(self) -> Iterable[Finding]:
        """The same, and has the other side answer a test message."""
        return self.check()

    def close(self) -> None:
        """Lets go of its connection."""
