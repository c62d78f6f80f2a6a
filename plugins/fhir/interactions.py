"""Everything that may be asked: the router and the CapabilityStatement are made from this one table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from hub import SEARCH_PARAMETERS, Hub, View
from plugins.fhir.asking import Answer, Asked
from plugins.fhir.content import BINARY, content, old_content
from plugins.fhir.faults import Fault, absent
from plugins.fhir.instance import everything, history, read, vread
from plugins.fhir.matching import match
from plugins.fhir.merging import merge, unmerge
from plugins.fhir.pix import cross
from plugins.fhir.provenance import PROVENANCE, read_provenance, search_provenance
from plugins.fhir.search import search
from plugins.fhir.sources import sources
from plugins.fhir.taking import create, take, update

READING = ("GET", "HEAD")
TYPE, ID, VERSION = "{type}", "{id}", "{version}"
_ID_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.")
Work = Callable[[Hub, View, Asked], Answer]
Act = Callable[[Hub, Asked], Awaitable[Answer]]
BASE = ""


def _reads_nothing(_hub: Hub, _view: View, _asked: Asked) -> Answer:
    raise absent()


@dataclass(frozen=True, slots=True)
class Interaction:
    code: str
    """As CapabilityStatement has it, or the name of an operation."""
    action: str
    """As the audit log has it."""
    methods: tuple[str, ...]
    path: tuple[str, ...]
    letter: str
    """What a scope must allow, of ``cruds``; empty where that depends on what is sent."""
    work: Work = _reads_nothing
    """Reads."""
    near: bool = False
    """A look-up by key."""
    native: bool = False
    """Whether it answers with a content of any type: it looks at ``Accept`` itself."""
    act: Act | None = None
    """Writes, in place of ``work``."""
    takes: Literal["form", "json"] = "form"
    """What its body is, where there is one."""

    @property
    def is_operation(self) -> bool:
        return self.path[-1].startswith("$")


INTERACTIONS = (
    Interaction("read", "read", READING, (PROVENANCE, ID), "r", lambda _, view, asked: read_provenance(view, asked)),
    Interaction(
        "search-type", "search", READING, (PROVENANCE,), "s", lambda _, view, asked: search_provenance(view, asked)
    ),
    Interaction("read", "read", READING, (BINARY, ID), "r", lambda _, view, asked: content(view, asked), native=True),
    Interaction(
        "vread",
        "vread",
        READING,
        (BINARY, ID, "_history", VERSION),
        "r",
        lambda _, view, asked: old_content(view, asked),
        native=True,
    ),
    Interaction("read", "read", READING, (TYPE, ID), "r", lambda _, view, asked: read(view, asked), near=True),
    Interaction(
        "vread",
        "vread",
        READING,
        (TYPE, ID, "_history", VERSION),
        "r",
        lambda _, view, asked: vread(view, asked),
        near=True,
    ),
    Interaction("history-instance", "history", READING, (TYPE, ID, "_history"), "r", history),
    Interaction("search-type", "search", READING, (TYPE,), "s", search),
    Interaction("search-type", "search", ("POST",), (TYPE, "_search"), "s", search),
    Interaction("everything", "everything", (*READING, "POST"), ("Patient", ID, "$everything"), "r", everything),
    Interaction("sources", "sources", READING, ("Patient", ID, "$sources"), "r", sources),
    Interaction("match", "match", ("POST",), ("Patient", "$match"), "s", match, takes="json"),
    Interaction("ihe-pix", "pix", (*READING, "POST"), ("Patient", "$ihe-pix"), "s", cross, takes="json"),
    Interaction("merge", "merge", ("POST",), ("Patient", "$merge"), "u", act=merge, takes="json"),
    Interaction("unmerge", "unmerge", ("POST",), ("Patient", "$unmerge"), "u", act=unmerge, takes="json"),
    Interaction("create", "create", ("POST",), ("Patient",), "c", act=create, takes="json"),
    Interaction("update", "update", ("PUT",), ("Patient",), "u", act=update, takes="json"),
    Interaction("transaction", "transaction", ("POST",), (BASE,), "", act=take, takes="json"),
)


def route(asked: Asked) -> Interaction:
    """Finds the interaction, and notes in ``asked`` what its path says. Raises 404 and 405."""
    fitting = [interaction for interaction in _by_length(len(asked.path)) if _fits(interaction.path, asked)]
    for interaction in fitting:
        if asked.method in interaction.methods:
            asked.action = interaction.action
            return interaction
    if not fitting:
        raise absent()
    allowed = ", ".join(sorted({method for interaction in fitting for method in interaction.methods}))
    raise Fault(405, "only {methods} is possible here", methods=allowed)


def suppose(asked: Asked) -> None:
    """Notes in ``asked`` what the path would have meant, for a client that is refused before it is looked at."""
    if not asked.type and not any(_fits(interaction.path, asked) for interaction in _by_length(len(asked.path))):
        asked.type, asked.id = (*asked.path, "")[:2]


def _by_length(length: int) -> Iterator[Interaction]:
    return (interaction for interaction in INTERACTIONS if len(interaction.path) == length)


def _fits(pattern: tuple[str, ...], asked: Asked) -> bool:
    for wanted, part in zip(pattern, asked.path, strict=True):
        match wanted:
            case "{type}" if part in SEARCH_PARAMETERS:
                asked.type = part
            case "{id}" if 0 < len(part) <= 64 and _ID_LETTERS.issuperset(part):
                asked.id = part
            case "{version}":
                asked.version = part
            case _ if wanted != part:
                return False
    if pattern[0] != TYPE:
        asked.type = pattern[0]
    return True
