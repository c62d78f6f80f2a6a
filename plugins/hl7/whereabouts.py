"""Where a field really is when its segment has been read: of the places its row names, those that say something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plugins.hl7.datatypes.parts import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hub import Json
    from plugins.hl7.draft import Traced


def found_at(one: Traced, bodies: Mapping[str, Sequence[Json]], home: str) -> Traced:
    """What is told of a field, with the places that hold it; kept, where only its extension does.

    ``bodies`` are the resources a segment told of, by type; ``home`` is the first it is about.
    """
    if one.fate != "mapped" or one.value == '""':
        return one
    paths, colon, remark = one.detail.partition(":")
    places = dict.fromkeys(place for path in paths.split() for place in _places(path, bodies, home))
    if places:
        return one._replace(detail=" ".join(places) + colon + remark)
    url = f"{EXTENSION}{one.segment.name}-{one.field}"
    for kind, found in bodies.items():
        if any(extension.get("url") == url for body in found for extension in body.get("extension", ())):
            return one._replace(fate="kept", detail=f"{kind}.extension({url})")
    return one._replace(detail=paths.replace("*", home) + colon + remark)


def _places(path: str, bodies: Mapping[str, Sequence[Json]], home: str) -> Iterator[str]:
    first, *names = path.split(".")
    for kind in (home, *bodies) if first == "*" else (first,):
        for body in bodies.get(kind, ()):
            found = [*_named(body, names)]
            if first == "*" and not found:  # of a Timing, whatever the element that holds it
                found = [(at, *rest) for at in body if isinstance(body[at], dict) for rest in _named(body[at], names)]
            for place in found:
                yield ".".join((kind, *place))


def _named(element: Any, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The names by which an element is there: those of the row, with the type of a choice (``valueQuantity``)."""
    if element is None or element in ([], {}, ""):
        return
    if not names:
        yield ()
    elif isinstance(element, list):
        for each in element:
            yield from _named(each, names)
    elif isinstance(element, dict):
        for name in _members(element, names[0]):
            for rest in _named(element[name], names[1:]):
                yield (name, *rest)


def _members(element: Json, name: str) -> Iterable[str]:
    if not name.endswith("[x]"):
        return (name,) if name in element else ()
    begin = name.removesuffix("[x]")
    return [known for known in element if known.startswith(begin) and known[len(begin) : len(begin) + 1].isupper()]
