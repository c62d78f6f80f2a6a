"""What goes wrong with a request, and the status it is answered with."""

from __future__ import annotations

from hub import BadQuery, HubError, NotFound, Refused, RetryLater, Text

_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    410: "expired",
    413: "too-long",
    415: "not-supported",
    503: "transient",
}
"""HTTP status → issue code."""


class Fault(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, msgid: str, /, *, place: str = "", code: str = "", **args: object) -> None:
        super().__init__(msgid)
        self.status = status
        self.text = Text(msgid, args)
        self.place = place
        self.code = code or _CODES[status]


def fault_of(error: HubError) -> Fault:
    """The hub's own errors in the words of HTTP."""
    match error:
        case BadQuery():
            fault = Fault(400, error.text.msgid, place=error.place)
        case NotFound():
            fault = Fault(404, error.text.msgid)
        case Refused():
            fault = Fault(400, error.text.msgid)
        case RetryLater():
            fault = Fault(503, error.text.msgid)
        case _:
            raise error
    fault.text = error.text
    return fault


def absent() -> Fault:
    """The same words for what never was and for what this client may not see."""
    return Fault(404, "there is no such resource, or you may not see it")
