"""Control characters, which FHIR's strings may not hold: each is shown as U+FFFD."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plugins.hl7.draft import Draft

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def holds_control(text: str, escape: str) -> bool:
    """Whether there is one, or may be one behind an escape."""
    if escape and f"{escape}X" in text:
        return True
    return not text.replace("\r", "").isprintable() and _CONTROL.search(text) is not None


def printable(draft: Draft) -> Draft:
    draft.person, draft.visit, draft.account = shown(draft.person), shown(draft.visit), shown(draft.account)
    draft.patient, draft.retired = shown(draft.patient), shown(draft.retired)
    draft.resources = {(kind, shown(key)): shown(body) for (kind, key), body in draft.resources.items()}
    draft.passing = {(kind, shown(key)): shown(body) for (kind, key), body in draft.passing.items()}
    draft.mentioned = {(kind, shown(key)) for kind, key in draft.mentioned}
    return draft


def shown(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROL.sub("\ufffd", value)
    if isinstance(value, dict):
        return {name: shown(inner) for name, inner in value.items()}
    return [shown(inner) for inner in value] if isinstance(value, list) else value
