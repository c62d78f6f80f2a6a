"""The content of a document: a Binary is served as what it holds, or as the resource to who asks for FHIR."""

from __future__ import annotations

import re
from base64 import b64decode

from hub import Stored, View, decode_json
from plugins.fhir.asking import JSON_NAMES, Answer, Asked, accepted
from plugins.fhir.faults import Fault, absent
from plugins.fhir.instance import answer_of, is_unchanged, version_of
from plugins.fhir.render import version_headers

BINARY = "Binary"
_UNKNOWN = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(; ?[A-Za-z0-9-]+=[A-Za-z0-9!#$&^_.+-]+)*")
_HARMLESS = (
    (b"vary", b"Accept"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
)
"""What a sender wrote is never run by a browser as if it were the hub's own."""


def content(view: View, asked: Asked) -> Answer:
    return _shown(view.read(BINARY, asked.id), asked)


def old_content(view: View, asked: Asked) -> Answer:
    return _shown(version_of(view, asked), asked)


def _shown(stored: Stored | None, asked: Asked) -> Answer:
    if stored is None:
        raise absent()
    body = decode_json(stored.body)
    given = str(body.get("contentType", ""))
    media_type = given if _MEDIA_TYPE.fullmatch(given) else _UNKNOWN
    if _wants_resource(asked, media_type):
        return answer_of(stored, asked)
    headers, persons = version_headers(stored), (stored.person,) if stored.person else ()
    if is_unchanged(asked, headers[0][1]):
        return Answer(304, b"", headers, persons, 1)
    said = (b"content-type", media_type.encode())
    return Answer(200, b64decode(body.get("data", "")), (said, *headers, *_HARMLESS), persons, 1)


def _wants_resource(asked: Asked, media_type: str) -> bool:
    """By ``_format``, else by ``Accept``; a part of it (``_summary``) is always of the resource. Raises 406."""
    formats = [value.partition(";")[0].strip().lower() for name, value in asked.pairs if name == "_format"]
    if not formats and asked.pairs:
        return True
    kind = media_type.partition(";")[0].lower()
    for name in formats or accepted(asked.headers.get(b"accept", b"")):
        if name in JSON_NAMES:
            return True
        if name in {kind, f"{kind.partition('/')[0]}/*", "*/*"}:
            return False
    raise Fault(406, "this content is served as {type} or as JSON", place="Accept", type=kind)
