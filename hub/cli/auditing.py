"""``hub identity audit``: what the rules would decide otherwise today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.findings import field_word, level_word
from hub.cli.opening import Perform, performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.questions import kind_word
from hub.cli.tables import put_json, put_table, say
from hub.language import _

if TYPE_CHECKING:
    from hub.identity.auditing import Doubt, Walk

AT_ONCE = 100


@click.command(
    "audit",
    short_help=_("Look for duplicates and wrong joins in the base."),
    help=_(
        "Look through all claims for likely duplicates, for joins that nothing supports, and for numbers that many "
        "have; what was asked about before is left out. --open asks a person about each of them."
    ),
)
@click.option("--open", "ask", is_flag=True, help=_("Open a review for each."))
@click.option("--limit", type=click.IntRange(1), help=_("Look at so many claims at most."))
@click.option(
    "--after", type=click.IntRange(0), default=0, metavar="PLACE", help=_("Go on where an earlier look ended.")
)
@with_config
@with_json
def audit(ask: bool, limit: int | None, after: int, directory: Path, as_json: bool) -> None:
    from hub.identity import auditing
    from hub.identity.rules import rules_of

    walk = auditing.Walk(after=after)
    with reading(directory) as (config, database), performing(directory) as perform:
        perform("note", action="audit", query=f"after={after}&limit={limit or ''}")
        found = chain(
            auditing.audit(database, rules_of(config).model, walk, limit),
            () if after or limit else auditing.shared_numbers(database),
        )
        doubts, opened = _asked(perform, found) if ask else (list(found), 0)
    if as_json:
        put_json(told(doubts, walk, opened))
    else:
        tell(doubts, walk)
        if ask:
            say(_("{count} reviews are opened", count=opened))


def _asked(perform: Perform, found: Iterable[Doubt]) -> tuple[list[Doubt], int]:
    """Some at a time, so that a look that is interrupted has asked about what it saw."""
    doubts: list[Doubt] = []
    opened = 0
    for some in _some(found):
        given = [{"kind": one.kind, "claims": list(one.claims), "detail": one.detail} for one in some]
        opened += perform("ask_about_doubts", doubts=given)["opened"]
        doubts += some
    return doubts, opened


def _some(found: Iterable[Doubt]) -> Iterator[list[Doubt]]:
    left = iter(found)
    while some := list(islice(left, AT_ONCE)):
        yield some


def told(doubts: list[Doubt], walk: Walk, opened: int) -> dict[str, Any]:
    """``place`` is what ``--after`` takes to go on; ``whole`` says that there is nothing behind it."""
    found = [{"kind": one.kind, "claims": one.claims, "detail": one.detail} for one in doubts]
    return {"claims": walk.claims, "place": walk.after, "whole": walk.whole, "opened": opened, "found": found}


def tell(doubts: list[Doubt], walk: Walk) -> None:
    columns = [_("kind"), _("bits"), _("claims"), _("what was found")]
    rows = [[kind_word(one.kind), one.detail.get("bits"), " ".join(one.claims), _what(one)] for one in doubts]
    put_table(columns, rows, numbers=[_("bits")])
    say(_("{count} found among {claims} claims", count=len(doubts), claims=walk.claims))
    if not walk.whole:
        say(_("there is more: hub identity audit --after {place}", place=walk.after))


def _what(doubt: Doubt) -> str:
    if "persons" in doubt.detail:
        return _(
            "{count} persons have one number of {system}", count=doubt.detail["persons"], system=doubt.detail["system"]
        )
    found = doubt.detail.get("findings", ())
    return ", ".join(f"{field_word(field)}: {level_word(level)}" for field, level, _bits in found)
