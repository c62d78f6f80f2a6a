"""A whole map from a file: CSV or a FHIR ConceptMap, in place of what was there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hub.codes.answers import rewritten
from hub.codes.concept_map import from_concept_map
from hub.codes.files import Entry, parse_map, written_map
from hub.errors import Refused
from hub.model import Json


def entries_in(content: bytes, path: Path) -> list[Entry]:
    """The rows of a CSV or a ConceptMap, by what it looks like. Raises ``Mistakes`` or ``Refused``."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return parse_map(content, path)
    try:
        body = json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        raise Refused("this is no sound JSON: {reason}", reason=str(error)[:100]) from error
    # By way of its rows, so that what a CSV may not say a ConceptMap may not either.
    return parse_map(written_map(from_concept_map(body)), path)


def import_map(path: Path, content: bytes, in_force: Callable[[str], None], by: str) -> Json:
    """Writes the map; how many rows it had and has."""
    fresh = entries_in(content, path)
    with rewritten(path, in_force, by) as entries:
        before = len(entries)
        entries[:] = fresh
    return {"before": before, "rows": len(fresh)}
