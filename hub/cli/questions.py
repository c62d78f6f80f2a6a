"""Reviews in words: their kind, their state, and what was found."""

from __future__ import annotations

from typing import Any

from hub.language import _


def kind_word(kind: str) -> str:
    known = {
        "delivery": _("delivery"),
        "id_number_fault": _("id_number_fault"),
        "identity_contradiction": _("identity_contradiction"),
        "link_contradicts_decision": _("link_contradicts_decision"),
        "merge_contradicts_decision": _("merge_contradicts_decision"),
        "move_contradicts_owner": _("move_contradicts_owner"),
        "number_reused": _("number_reused"),
        "possible_duplicate": _("possible_duplicate"),
        "unlink_contradicts_decision": _("unlink_contradicts_decision"),
        "unmapped_code": _("unmapped_code"),
    }
    return known.get(kind, kind)


def status_word(status: str) -> str:
    known = {"open": _("open"), "in work": _("in work"), "to check": _("to check"), "closed": _("closed")}
    return known.get(status, status)


def detail_word(name: str) -> str:
    """The name of something that was found; what a plugin or a later version adds is named as it is."""
    known = {
        "agreed": _("agreed"),
        "attempts": _("attempts"),
        "code": _("code"),
        "contradicted": _("contradicted"),
        "delivery": _("delivery"),
        "destination": _("destination"),
        "display": _("meaning"),
        "map": _("map"),
        "masked": _("masked"),
        "place": _("place"),
        "rule": _("rule"),
        "system": _("system"),
    }
    return known.get(name, name)


def value_word(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
