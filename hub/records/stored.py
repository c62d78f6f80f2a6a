"""One resource as the record holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from hub.model import Json
from hub.records.indexing import IndexRows, index_rows
from hub.records.json import decode, encode
from hub.records.times import instant

_HEAD = len(b'{"resourceType":"')


@dataclass(frozen=True, slots=True)
class Cause:
    """The message behind a change."""

    feed: str
    entry: int
    decision: int | None = None
    """A correction that the message makes: what is asked on its account ends when it is taken back."""

    @property
    def source(self) -> str:
        return f"urn:hub:{self.feed}#{self.entry}"


@dataclass(slots=True)
class Stored:
    """The newest version, and what the database still has of it."""

    type: str
    id: str
    feed: str
    entry: int
    claim: str | None
    person: str | None
    recorded_at: int
    updated_at: int
    digest: bytes
    body: bytes
    version: int = 1
    rid: int | None = None
    saved: bytes | None = None
    """The body that the search index shows; None when the index shows nothing."""
    changed: bool = True
    later: bool = False
    """Only ``recorded_at`` differs from what the database has."""
    found_by: IndexRows | None = None
    """The rows of ``body`` where they are known already."""
    led: tuple[str, str] | None = None
    """All that differs from ``saved``: what led to the first of these persons leads to the second."""

    @property
    def searchable(self) -> bool:
        """Of Patients, those that stand for a person."""
        return self.type != "Patient" or self.id == self.person

    def content(self) -> Json:
        """Without ``id`` and ``meta``."""
        body: Json = decode(self.body)
        del body["id"], body["meta"]
        return body

    @property
    def source(self) -> str:
        """The message that said what it says."""
        return str(decode(self.body)["meta"]["source"])

    def says(self, content: bytes, tags: Sequence[Json]) -> bool:
        """Whether this ``plain`` content and these tags are what it has already; seldom decodes more than its meta."""
        start, rest = _opened(content, self.id)
        if not (self.body.startswith(start) and self.body.endswith(rest)):
            return False
        try:
            about = decode(self.body[len(start) : len(self.body) - len(rest)])
        except ValueError:
            return False
        return bool(about.get("tag", []) == list(tags))

    def rows(self) -> IndexRows:
        if not self.searchable:
            return IndexRows()
        return index_rows(decode(self.body)) if self.found_by is None else self.found_by

    def saved_rows(self) -> IndexRows | None:
        return None if self.saved is None else index_rows(decode(self.saved))


def digest_of(update: bytes) -> bytes:
    return blake2b(update, digest_size=16).digest()


def plain(content: Json) -> bytes:
    """JSON without ``id`` and ``meta``, ``resourceType`` first."""
    rest = {key: value for key, value in content.items() if key not in ("resourceType", "id", "meta")}
    return encode({"resourceType": content["resourceType"], **rest})


def meta(version: int, at: int, source: str, tags: Sequence[Json] = ()) -> bytes:
    about = _meta(version, at, source)
    return b'%s,"tag":%s}' % (about[:-1], encode(list(tags))) if tags else about


@lru_cache(maxsize=1024)
def _meta(version: int, at: int, source: str) -> bytes:
    """The same for every new resource of a message."""
    return encode({"versionId": str(version), "lastUpdated": instant(at), "source": source})


def dressed(content: bytes, id_: str, about: bytes) -> bytes:
    """``plain`` JSON with its id (letters and digits) and meta spliced in: nothing else of it is touched."""
    start, rest = _opened(content, id_)
    return start + about + rest


def _opened(content: bytes, id_: str) -> tuple[bytes, bytes]:
    """What stands before the meta, and behind it."""
    cut = content.index(b'"', _HEAD) + 1
    return b'%s,"id":"%s","meta":' % (content[:cut], id_.encode()), content[cut:]
