"""Reviews in words: their kind, their state, and what was found."""

from __future__ import annotations

from typing import Any

from hub.language import _


def kind_word(kind: str) -> str:
    return KINDS[kind]() if kind in KINDS else kind


KINDS = {
    "delivery": lambda: _("delivery"),
    "doubtful_join": lambda: _("doubtful_join"),
    "id_number_fault": lambda: _("id_number_fault"),
    "identity_contradiction": lambda: _("identity_contradiction"),
    "link_contradicts_decision": lambda: _("link_contradicts_decision"),
    "merge_contradicts_decision": lambda: _("merge_contradicts_decision"),
    "move_contradicts_owner": lambda: _("move_contradicts_owner"),
    "number_reused": lambda: _("number_reused"),
    "number_shared": lambda: _("number_shared"),
    "possible_duplicate": lambda: _("possible_duplicate"),
    "unlink_contradicts_decision": lambda: _("unlink_contradicts_decision"),
    "unmapped_code": lambda: _("unmapped_code"),
}
"""What the hub itself asks, each with its name in the reader's language."""


def status_word(status: str) -> str:
    known = {"open": _("open"), "in work": _("in work"), "to check": _("to check"), "closed": _("closed")}
    return known.get(status, status)


def detail_word(name: str) -> str:
    """The name of something that was found; what a plugin or a later version adds is named as it is."""
    known = {
        "agreed": _("agreed"),
        "asked": _("asked"),
        "attempts": _("attempts"),
        "bits": _("bits"),
        "code": _("code"),
        "contradicted": _("contradicted"),
        "delivery": _("delivery"),
        "destination": _("destination"),
        "display": _("meaning"),
        "faults": _("faults"),
        "map": _("map"),
        "masked": _("masked"),
        "model": _("model"),
        "persons": _("persons"),
        "place": _("place"),
        "rule": _("rule"),
        "system": _("system"),
        "vetoes": _("forbids joining"),
        "why": _("why"),
    }
    return known.get(name, name)


def value_word(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
