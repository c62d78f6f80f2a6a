"""The Parameters resource that an operation is asked with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub import Json, Text, decode_json
from plugins.fhir.asking import Asked
from plugins.fhir.faults import Fault

_SHAPE = Text("send a Parameters resource: a list of parameters, each with a name and one value")
LONGEST = 4_000
"""So much of a question is noted."""


class Given:
    """What was given, by name; each has exactly the kind of value that is asked for."""

    def __init__(self, found: list[Json], known: Iterable[str]) -> None:
        self._found = found
        names = frozenset(known)
        for at, one in enumerate(found):
            if one["name"] not in names:
                name = one["name"][:60]
                text = Text("the parameter {name} is not known here", {"name": name})
                raise Fault.within(400, text, f"Parameters.parameter[{at}]", "not-supported")

    @classmethod
    def of(cls, asked: Asked, known: Iterable[str]) -> Given:
        """Raises 400 for what is no Parameters, or holds a parameter nobody knows. The audit log hears of it."""
        asked.told = asked.body[:LONGEST].decode(errors="replace")
        try:
            body = decode_json(asked.body) if asked.body else {"resourceType": "Parameters"}
        except (ValueError, RecursionError):
            raise Fault(400, "this is not JSON", code="structure") from None
        if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
            raise Fault.within(400, _SHAPE, "Parameters", "structure")
        found = body.get("parameter", [])
        if not isinstance(found, list) or not all(_is_named(one) for one in found):
            raise Fault.within(400, _SHAPE, "Parameters.parameter", "structure")
        return cls(found, known)

    def values(self, name: str, *kinds: str) -> list[Any]:
        """``kinds`` are such as ``valueBoolean`` or ``resource``."""
        found = []
        for at, one in enumerate(self._found):
            if one["name"] == name:
                kind = next((kind for kind in kinds if kind in one), None)
                if kind is None:
                    text = Text("{name} is given as {kinds}", {"name": name, "kinds": ", ".join(kinds)})
                    raise Fault.within(400, text, f"Parameters.parameter[{at}]", "invalid")
                found.append(one[kind])
        return found

    def place(self, *names: str) -> str:
        """Where the first of these stands."""
        at = next((at for at, one in enumerate(self._found) if one["name"] in names), None)
        return "Parameters.parameter" if at is None else f"Parameters.parameter[{at}]"

    def one(self, name: str, *kinds: str) -> Any:
        """None when it is not there."""
        found = self.values(name, *kinds)
        if len(found) > 1:
            raise Fault.within(400, Text("{name} may be given once", {"name": name}), self.place(name))
        return found[0] if found else None

    def flag(self, name: str) -> bool:
        found = self.one(name, "valueBoolean")
        if found not in (None, True, False):
            raise Fault.within(400, Text("{name} is either true or false", {"name": name}), self.place(name))
        return bool(found)

    def count(self, name: str) -> int | None:
        found = self.one(name, "valueInteger", "valuePositiveInt", "valueUnsignedInt")
        if found is not None and (isinstance(found, bool) or not isinstance(found, int) or found < 1):
            text = Text("{name} is a whole number from 1 on", {"name": name})
            raise Fault.within(400, text, self.place(name))
        return found


def parameters(*parts: Json) -> Json:
    return {"resourceType": "Parameters", "parameter": list(parts)} if parts else {"resourceType": "Parameters"}


def _is_named(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("name"), str) and bool(one["name"])
