"""What Python's TOML parser found wrong, in our words and both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hub.language import Text

_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_TWICE = Text("this key stands here for the second time")
_BEFORE = Text("this table was written before, and nothing can be added to it here")
_HEADING = Text("the name of a table ends with ], or ]] where it began with [[")
_OPEN = Text("the text has no quote at its end")
_BACKSLASH = Text("in double quotes \\ begins a sign such as \\n; put text with \\ into single quotes")
_SIGN = Text("a sign stands here that TOML does not allow")
_REASONS: Mapping[str, Text] = {
    "Cannot overwrite a value": _TWICE,
    "Duplicate inline table key": _TWICE,
    "Cannot declare": _BEFORE,
    "Cannot mutate": _BEFORE,
    "Cannot redefine": _BEFORE,
    "Expected ']": _HEADING,
    "Expected '='": Text("a key is followed by = and its value"),
    "Expected newline": Text("something stands behind the value; each key has a line of its own"),
    "Expected ": _OPEN,
    "Unterminated string": _OPEN,
    "Illegal character '\\n'": _OPEN,
    "Illegal character": _SIGN,
    "Found invalid character": _SIGN,
    "Invalid initial character": Text("a key is written in a-z, 0-9, - and _, or in straight quotes"),
    "Invalid statement": Text("a line is KEY = VALUE, [TABLE], or a note after #"),
    "Invalid value (at end of document)": Text("the last value has no end"),
    "Invalid value": Text('this is no value; text stands in straight quotes ("), true and false in small letters'),
    "Unclosed array": Text("the list has no ] at its end"),
    "Unclosed inline table": Text("the table has no } at its end"),
    "Unescaped": _BACKSLASH,
    "Invalid hex": _BACKSLASH,
    "Escaped character": _BACKSLASH,
    "Invalid date": Text("there is no such date or time"),
}
"""By how the parser's sentence begins; the first that fits."""


def explained(reason: str, text: str) -> tuple[Text, int]:
    """The parser's sentence as ours, and the line it is about: the last one when it met the end of the file."""
    found = _AT.search(reason)
    line = int(found[1]) if found and found[1] else max(1, len(text.splitlines()))
    why = next((ours for begin, ours in _REASONS.items() if reason.startswith(begin)), Text(_AT.sub("", reason)))
    return Text("is not TOML here: {reason}", {"reason": why}), line
