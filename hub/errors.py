"""Every error of the hub, by what happens next.

HubError
├── ConfigError          stop at start-up: file, line, key, reason; no traceback
├── PluginError          that plugin is shown as not loaded
├── Rejected             park this message; the lane goes on
│   ├── ParseError       its bytes do not say what its type promises
│   ├── AdapterCrashed   the adapter raised, hung or returned nonsense
│   └── Declined         the other side will never take it: set aside, with its answer
├── UnsupportedMessage   sound, but of no use to us: skip and count it
├── RetryLater           something outside is unwell: wait and try again
│   ├── Collision        another transaction was first: take another turn
│   └── Unavailable      the journal cannot be written just now: say so, acknowledge nothing
├── Uncertain            it may have arrived, or not: never sent again blindly
├── JournalFailed        the disk may have lost a commit: stop accepting and end
├── BadQuery             asked in a way that cannot be answered: say which part, and why
├── NotFound             no such thing
└── Refused              not allowed, or not now
"""

from __future__ import annotations

from typing import Any

from hub.language import Text


class HubError(Exception):
    """A sentence for people (English msgid and arguments; no personal data), and what happens next by its type."""

    def __init__(self, msgid: str, /, **args: Any) -> None:
        self.text = Text(msgid, args)
        super().__init__(msgid, args)

    def __str__(self) -> str:
        return str(self.text)


class ConfigError(HubError):
    """What IT staff wrote cannot be used."""


class PluginError(HubError):
    """A plugin broke its side of the contract."""


class Rejected(HubError):
    """This message will never apply as it stands."""


class ParseError(Rejected):
    """The message does not say what its type promises; ``place`` is where, such as ``PID-7``."""

    def __init__(self, msgid: str, /, *, place: str = "", **args: Any) -> None:
        super().__init__(msgid, **args)
        self.place = place


class AdapterCrashed(Rejected):
    """The adapter raised, hung past its limit, or returned nonsense."""


class Declined(Rejected):
    """The other side will never take this message; ``answer`` is what it said, ``place`` what it complained of."""

    def __init__(self, msgid: str, /, *, answer: bytes = b"", place: str = "", **args: Any) -> None:
        super().__init__(msgid, **args)
        self.answer = answer
        self.place = place


class UnsupportedMessage(HubError):
    """Sound, but of no use to us."""


class RetryLater(HubError):
    """Something outside is unwell."""


class Collision(RetryLater):
    """Another transaction was first; the same work may be tried again at once."""


class Unavailable(RetryLater):
    """The journal cannot be written just now; nothing was kept."""


class Uncertain(HubError):
    """The other side may have got it, and did not say so; ``answer`` is what it said instead."""

    def __init__(self, msgid: str, /, *, answer: bytes = b"", **args: Any) -> None:
        super().__init__(msgid, **args)
        self.answer = answer


class JournalFailed(HubError):
    """A commit of the journal failed in a way that may have lost data: accept nothing more, and end."""


class BadQuery(HubError):
    """A question that cannot be answered as it was asked; ``place`` is the parameter at fault."""

    def __init__(self, msgid: str, /, *, place: str, **args: Any) -> None:
        super().__init__(msgid, **args)
        self.place = place


class NotFound(HubError):
    """There is no such thing."""


class Refused(HubError):
    """Not allowed, or not now."""
