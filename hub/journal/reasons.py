"""How a sentence for people is kept beside a message: msgid, arguments and place, rendered by each reader."""

from __future__ import annotations

import msgspec

from hub.language import Text, text_of
from hub.records import json


def pack(text: Text, *, place: str = "", code: str = "") -> str:
    return msgspec.json.encode(
        {"code": code, "msgid": text.msgid, "args": text.args, "place": place}, enc_hook=str
    ).decode()


def unpack(packed: str) -> tuple[str, Text, str]:
    """Code, sentence and place."""
    kept = json.decode(packed)
    return kept["code"], text_of(kept), kept["place"]
