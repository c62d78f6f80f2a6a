"""The account in PID-18: what is charged and billed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plugins.hl7.datatypes.identified import identifier
from plugins.hl7.datatypes.parts import default, listed

if TYPE_CHECKING:
    from hub import Json
    from plugins.hl7.draft import Draft, Targets
    from plugins.hl7.lexer import Segment


def accounted(draft: Draft, segment: Segment, targets: Targets) -> bool:
    """PID-18 -> the Account; told in passing, unless the message is about it."""
    del targets
    found = [one for rep in segment.repetitions(18) if (one := identifier(rep, draft))]
    if not found or not draft.account:
        return False
    if not draft.event.account:
        draft.mentioned.add(("Account", draft.account))
    account = draft.add("Account", draft.account)
    account["subject"] = [draft.subject]
    account["status"] = draft.event.account or "active"
    known = listed(account, "identifier")
    known.extend(one for one in found if one not in known)
    return True


def account_of(draft: Draft) -> Json:
    return {"reference": f"Account/{draft.account}"}


def billed(draft: Draft, segment: Segment) -> Targets:
    """Where goes what is said of money: the account, else the visit or person."""
    del segment
    if not draft.account:
        return draft.home()
    account = draft.add("Account", draft.account)
    account["subject"] = [draft.subject]
    default(account, "status", draft.event.account or "active")
    return {"Account": account}


def at_home(draft: Draft, segment: Segment) -> Targets:
    del segment
    return draft.home()


def under_or_home(draft: Draft, segment: Segment) -> Targets:
    """What stands before it, if anything."""
    del segment
    return draft.under or draft.home()
