"""Documents inside results: what is attached (ED), pointed at (RP) or written out in text (TX, FT).

The content goes to a Binary once; whoever shows the document (a DocumentReference, a result) names it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import a2b_base64
from hashlib import sha1
from typing import TYPE_CHECKING, NamedTuple

from hub import Document
from plugins.hl7.datatypes.identified import authority_system
from plugins.hl7.datatypes.parts import extended, leftovers, listed, parts

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft
    from plugins.hl7.lexer import Repetition, Segment

CDA = "application/cda+xml"
"""What a document whose root is a ClinicalDocument is handed on as, whatever its sender calls it."""
PLAIN = "text/plain; charset=utf-8"
ATTACHED = frozenset({"ED", "RP"})
IN_TEXT = frozenset({"TX", "FT", "ST"})
_MAIN = {
    "AP": "application", "APPLICATION": "application", "AU": "audio", "AUDIO": "audio", "FT": "text", "IM": "image",
    "IMAGE": "image", "MULTIPART": "multipart", "NS": "image", "PICT": "image", "SD": "application", "SI": "image",
    "TEXT": "text", "TX": "text", "VIDEO": "video",
}  # fmt: skip
_AS_IT_STANDS = frozenset({"A", ""})
_SIGNATURES = (
    (b"%PDF-", "application/pdf"), (b"{\\rtf", "application/rtf"), (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n", "image/png"), (b"GIF8", "image/gif"), (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"), (b"<?xml", "application/xml"), (b"<ClinicalDocument", "application/xml"),
    (b"<!DOCTYPE html", "text/html"), (b"<html", "text/html"),
)  # fmt: skip
"""How files of a kind begin."""
_HEAD = 8_192
SHORTEST = 32
"""A text of fewer characters is a result, however it begins."""
_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(?:[A-Za-z][A-Za-z0-9_.-]*:)?ClinicalDocument[\s>/]",
    re.DOTALL,
)
_ENCODING = re.compile(r"""^(\s*<\?xml[^>]{0,100}?)(\s+encoding\s*=\s*["']([A-Za-z0-9._-]+)["'])""")
_CHINESE = frozenset({"GB2312", "GBK", "CP936"})


class Content(NamedTuple):
    """What a document is, and its bytes."""

    media_type: str
    body: bytes
    base64: str


def attached(rep: Repetition, draft: Draft) -> tuple[Content, Json] | None:
    """ED -> what is attached, and an Attachment for what else it says. None where nothing can be read."""
    said, data = rep.cut(4)
    c = parts(said, draft)
    body, text = _decoded(data, c[3].upper(), draft)
    if not body:
        return None
    media_type = media_of(draft, c[1], c[2])
    known = bool(media_type)
    if not known or media_type == "application/octet-stream":
        media_type = kind_of(body) or media_type or ("text/plain" if text is not None else "application/octet-stream")
    if text is not None and media_type.startswith("text/"):
        media_type = f"{media_type}; charset=utf-8"
    content = Content(media_type, body, _base64(data.raw, body, written=text is None and c[3].upper() != "HEX"))
    return content, extended({}, leftovers(said, draft, "ED", {4: 1} | ({2: 1, 3: 1} if known else {})))


def _decoded(data: Repetition, encoding: str, draft: Draft) -> tuple[bytes, str | None]:
    """The bytes, and the text where it is one; no bytes where the data is not what the encoding says."""
    if encoding in {"BASE64", "B64"}:
        return _from_base64(data.raw if data.raw.isascii() and "\\" not in data.raw else data.get()), None
    if encoding == "HEX":
        try:
            return bytes.fromhex(data.raw), None
        except ValueError:
            return b"", None
    if encoding in _AS_IT_STANDS:
        text = draft.outer.join(data.components())
        return in_bytes(text), text
    return b"", None


def _from_base64(text: str) -> bytes:
    try:
        return a2b_base64(text if text.isalnum() else "".join(text.split()), strict_mode=True)
    except ValueError:
        return b""


def _base64(data: str, body: bytes, *, written: bool) -> str:
    """As it was sent, where that is base64 without blanks: a long one is not written anew."""
    if written and len(data) == (len(body) + 2) // 3 * 4:
        return data
    return b64encode(body).decode()


def media_of(draft: Draft, main: str, sub: str) -> str:
    """A media type by HL7's type of data and its subtype (tables 0191 and 0291); empty when that says none."""
    kind = _MAIN.get(main.upper(), "")
    known = draft.table("media").get(sub.upper())
    if known:
        return known.code
    return f"{kind}/{sub.lower()}" if kind and re.fullmatch(r"[A-Za-z0-9.+-]+", sub) else ""


def kind_of(body: bytes) -> str:
    """A media type by how the bytes begin; empty when that says none."""
    head = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((kind for begin, kind in _SIGNATURES if head[: len(begin)].lower() == begin.lower()), "")


def is_cda(body: bytes) -> bool:
    head = body[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "ignore").encode()
    return b"ClinicalDocument" in head and _ROOT.match(head) is not None


def in_bytes(text: str) -> bytes:
    """A text as a file: in the encoding its XML declares, else in UTF-8, and then it declares no other."""
    declared = _ENCODING.match(text[:200])
    if declared is None:
        return text.encode()
    name = declared[3].upper()
    try:
        return text.encode("gb18030" if name in _CHINESE else name)
    except (LookupError, UnicodeError):
        return (declared[1] + text[declared.end() :]).encode()


def written_out(text: str) -> Content | None:
    """A document that stands in a text: a file as it is, or in base64. None for a text that is only text."""
    if len(text) < SHORTEST:
        return None
    head = text[:64].lstrip("\ufeff \r\n\t")
    if kind := kind_of(head.encode()):
        body = in_bytes(text.strip("\ufeff \r\n\t"))
        return Content(kind, body, b64encode(body).decode())
    if not head.isascii() or not _starts_as_base64(head):
        return None
    body = _from_base64(text)
    return Content(kind_of(body), body, b64encode(body).decode()) if body and kind_of(body) else None


def _starts_as_base64(head: str) -> bool:
    """Whether so much of it is base64 of something that begins as a file does."""
    begin = "".join(head.split())[:32]
    return bool(kind_of(_from_base64(begin[: len(begin) // 4 * 4])))


def plain(text: str) -> Content:
    body = text.encode()
    return Content(PLAIN, body, b64encode(body).decode())


def pointed(rep: Repetition, draft: Draft) -> Json | None:
    """RP -> Attachment: where it is to be found, and what it is."""
    c = parts(rep, draft)
    if not c[0]:
        return None
    media_type = media_of(draft, c[2], c[3])
    read = {"contentType": media_type, "url": c[0]} if media_type else {"url": c[0]}
    return extended(read, leftovers(rep, draft, "RP", {1: 1} | ({3: 1, 4: 1} if media_type else {})))


def filed(content: Content, key: str, draft: Draft) -> Json:
    """Puts a content into a Binary and hands it on; the Attachment that names it."""
    draft.add("Binary", key).update({"contentType": content.media_type, "data": content.base64})
    draft.documents.append(Document(key, CDA if is_cda(content.body) else content.media_type, content.body))
    # FHIR's Attachment.hash is SHA-1: to tell whether it is the same, not for safety.
    digest = b64encode(sha1(content.body, usedforsecurity=False).digest()).decode()
    return {"contentType": content.media_type, "url": f"Binary/{key}", "size": len(content.body), "hash": digest}


def attachments(kind: str, segment: Segment, key: str, draft: Draft) -> list[Json]:
    """The Attachments of an ED or RP in OBX-5, each repetition one; none unless all of them can be read."""
    found: list[Json | tuple[Content, Json]] = []
    for rep in _given(kind, segment):
        one = attached(rep, draft) if kind == "ED" else pointed(rep, draft)
        if one is None:
            return []
        found.append(one)
    return [_named(one, f"{key}|{at}" if at > 1 else key, draft) for at, one in enumerate(found, 1)]


def _given(kind: str, segment: Segment) -> list[Repetition]:
    """Each of several; a text that is attached as it stands is one, whatever stands in it."""
    whole = segment.whole(5)
    if kind == "ED" and whole.get(4).upper() in _AS_IT_STANDS:
        return [whole] if whole.raw else []
    return segment.repetitions(5)


def _named(found: Json | tuple[Content, Json], key: str, draft: Draft) -> Json:
    if not isinstance(found, tuple):
        return found
    content, besides = found
    return filed(content, key, draft) | besides


def refer(draft: Draft, key: str, shown: list[Json]) -> Json:
    """The DocumentReference of a document, with further contents."""
    body = draft.add("DocumentReference", key)
    contents = listed(body, "content")
    contents.extend({"attachment": one} for one in shown)
    return body


def belongs_to(draft: Draft) -> str:
    """The document of a TXA that a result is the content of: the one before it, or the one right behind it."""
    if draft.document:
        return draft.document
    for segment in draft.segments[draft.at + 1 : draft.at + 12]:
        if segment.name == "TXA":
            return document_key(draft, segment)
        if segment.name not in {"PRT", "NTE"}:
            break
    return ""


def document_key(draft: Draft, segment: Segment) -> str:
    """What a document is known by: TXA-12, else its file, else the order it is of with its type, else the message."""
    if number := segment.get(12):
        return f"{authority_system(draft, *(segment.get(12, at) for at in (2, 3, 4)))}|{number}"
    if name := segment.get(16):
        return f"{draft.person}|{name}"
    what = segment.get(2) or segment.get(2, 2)
    if order := segment.get(15) or segment.get(14):
        return f"{draft.person}|{what}|{order}"
    return f"{draft.person}|{what}|{draft.key}|{segment.occurrence}"


def lines(draft: Draft, segment: Segment) -> Content:
    """The text that begins with this result and goes on in those behind it, each a line; or the file in it."""
    found = [segment]
    for after in draft.segments[draft.at + 1 :]:
        if after.name == "OBX" and after.get(2).upper() in IN_TEXT and after.raw(3) == segment.raw(3):
            found.append(after)
        elif after.name != "NTE":
            break
    file = written_out("\n".join(whole_text(one, draft) for one in found))
    return file or plain("\n".join("\n".join(_words(one, draft)) for one in found))


def goes_on(draft: Draft, segment: Segment) -> bool:
    """Whether a text began with a result before this one."""
    for before in (draft.segments[at] for at in range(draft.at - 1, -1, -1)):
        if before.name != "NTE":
            return before.name == "OBX" and before.get(2).upper() in IN_TEXT and before.raw(3) == segment.raw(3)
    return False


def _words(segment: Segment, draft: Draft) -> list[str]:
    return [draft.outer.join(rep.components()) for rep in segment.repetitions(5)]


def whole_text(segment: Segment, draft: Draft) -> str:
    """OBX-5 as one text, delimiters and all: a file is not repeated, whatever stands in it."""
    return draft.outer.join(segment.whole(5).components())
