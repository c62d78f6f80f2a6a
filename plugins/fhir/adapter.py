"""The kind of source system this plugin can talk to: anything that sends FHIR R4 resources."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from hub import Adapter, Payload, Refusal, Text
from plugins.fhir.settings import FhirSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hub import FieldFate, Message, Piece, RecordUpdate, Settings

_EMPTY = Refusal("empty", Text("there is nothing in it"))
_NO_JSON = Refusal("no_json", Text("this is no FHIR in JSON: a resource, a Bundle, or NDJSON with a resource a line"))
_ENCODING = Refusal("encoding", Text("JSON is UTF-8, and this is not"))


class Fhir(Adapter[FhirSettings]):
    """FHIR R4 in JSON: one resource, a Bundle, or NDJSON as bulk exports have it."""

    name: ClassVar[str] = "fhir"
    Settings: ClassVar[type[Settings]] = FhirSettings

    def admit(self, body: bytes) -> Payload:
        return Payload(body, hashlib.sha256(body).hexdigest(), refusal=_refusal(body))

    def split(self, batch: BinaryIO, after: str = "", *, more: bool = False) -> Iterator[Piece] | None:
        from plugins.fhir.lines import split

        return split(batch, self.settings.lines, self.admit, after, more=more)

    def parse(self, message: Message) -> Iterable[RecordUpdate]:
        # Here, because a feed that is only listed needs no parser.
        from plugins.fhir.parse import parse

        return parse(message, self.settings)

    def explain(self, message: Message) -> Iterable[FieldFate]:
        from plugins.fhir.parse import explain

        return explain(message, self.settings)


def _refusal(body: bytes) -> Refusal | None:
    """What the door can see without reading it all."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return _EMPTY
    if not start.startswith(b"{"):
        return _NO_JSON
    try:
        body.decode()
    except UnicodeDecodeError:
        return _ENCODING
    return None
