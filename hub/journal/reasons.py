"""How a sentence for people is kept beside a message: msgid, arguments and place, rendered by each reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from hub.language import Bilingual, Text
from hub.records import json


def pack(text: Text, *, place: str = "", code: str = "") -> str:
    return msgspec.json.encode(
        {"code": code, "msgid": text.msgid, "args": text.args, "place": place}, enc_hook=str
    ).decode()


def unpack(packed: str) -> tuple[str, Text, str]:
    """Code, sentence and place."""
    kept = json.decode(packed)
    return kept["code"], _sentence(kept), kept["place"]


def _sentence(kept: Mapping[str, Any]) -> Text:
    args = {name: _argument(value) for name, value in kept["args"].items()}
    return Bilingual(kept["msgid"], args, kept["chinese"]) if "chinese" in kept else Text(kept["msgid"], args)


def _argument(value: Any) -> Any:
    """A sentence within the sentence is kept as an object of its parts."""
    return _sentence(value) if isinstance(value, dict) and "msgid" in value else value
