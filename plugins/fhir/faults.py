"""What goes wrong with a request, and the status it is answered with."""

from __future__ import annotations

from hub import BadQuery, Client, HubError, NotFound, ParseError, Refused, Rejected, RetryLater, Text

_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    410: "expired",
    413: "too-long",
    415: "not-supported",
    422: "processing",
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
        """A parameter."""
        self.expression = f"http.{place}" if place else ""
        self.code = code or _CODES[status]

    @classmethod
    def within(cls, status: int, text: Text, expression: str, code: str = "") -> Fault:
        """Something in a resource that was sent is at fault: ``Bundle.entry[3].resource.birthDate``."""
        fault = cls(status, text.msgid, code=code)
        fault.text, fault.expression = text, expression
        return fault


def fault_of(error: HubError) -> Fault:
    """The hub's own errors in the words of HTTP."""
    match error:
        case ParseError():
            return Fault.within(400, error.text, error.place)
        case BadQuery():
            fault = Fault(400, error.text.msgid, place=error.place)
        case NotFound():
            fault = Fault(404, error.text.msgid)
        case Refused():
            fault = Fault(400, error.text.msgid)
        case Rejected():
            fault = Fault(422, error.text.msgid)
        case RetryLater():
            fault = Fault(503, error.text.msgid)
        case _:
            raise error
    fault.text = error.text
    return fault


def lacking(client: Client, letter: str, type_: str) -> Text:
    """Why this client may not do what the letter (one of ``cruds``) stands for: the whole type, or this alone."""
    if any(client.may(other, type_) for other in "cruds"):
        return Text(
            "your token covers {type}, but not this: that needs .{letter} in its scope",
            {"type": type_, "letter": letter},
        )
    return Text("your token does not cover this type")


def absent() -> Fault:
    """The same words for what never was and for what this client may not see."""
    return Fault(404, "there is no such resource, or you may not see it")
