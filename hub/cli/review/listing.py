"""``hub review list`` and ``count``."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from hub.cli.messages import audited_claims, must_be_known
from hub.cli.opening import reading
from hub.cli.options import with_config, with_json
from hub.cli.questions import KINDS, kind_word, status_word
from hub.cli.tables import put_json, put_json_list, put_table
from hub.codes.gaps import KIND
from hub.config import HubConfig
from hub.database import Database
from hub.language import _
from hub.model import Json
from hub.records import times
from hub.review import Review, Reviews, Wanted

SHOWN, PAGE = 50, 500
STATUSES = ("open", "in work", "to check", "closed")
_DAY = 86_400_000_000


def with_wanted(function: Any) -> Any:
    """Which reviews: as ``**wanted`` for ``chosen``."""
    for option in (
        click.option(
            "--older-than", type=click.IntRange(0), metavar="DAYS", help=_("Opened so many days ago or more.")
        ),
        click.option("--patient", default="", metavar="PATIENT_ID", help=_("About a number of this person only.")),
        click.option("--feed", default="", help=_("That a message of this feed brought up.")),
        click.option("--kind", default="", help=_("Of this kind only.")),
        click.option("--status", type=click.Choice(STATUSES), help=_("In this state only.")),
    ):
        function = option(function)
    return function


def chosen(directory: Path, config: HubConfig, database: Database, asked: Json) -> list[Wanted]:
    """By the options of ``with_wanted``: one for each claim of the person, where one is named, and that is noted.

    Raises ``click.UsageError`` for a kind that there is not, and ``NotFound`` for a feed nobody ever heard of.
    """
    _kind_must_be_known(asked["kind"], database)
    must_be_known(asked["feed"] or None, config, database)
    days = asked["older_than"]
    before = times.LAST if days is None else times.now() - days * _DAY
    wanted = Wanted(asked["status"] or "", asked["kind"], asked["feed"], "", before)
    if not asked["patient"]:
        return [wanted]
    claims = audited_claims(directory, database, asked["patient"], "hub review --patient")
    return [dataclasses.replace(wanted, claim=claim) for claim in claims]


def _kind_must_be_known(kind: str, database: Database) -> None:
    """One of the hub's own, or of a review that there is: a plugin may ask, too."""
    if kind and kind not in KINDS and not Reviews(database).counts(Wanted(kind=kind)):
        raise click.BadParameter(_("there is no kind {kind}; the kinds are {known}", kind=kind,
                                   known=", ".join(sorted(KINDS))), param_hint="--kind")  # fmt: skip


@click.command("list", help=_("List reviews, the newest first; those that wait for a day come last."))
@with_wanted
@click.option("--limit", type=click.IntRange(1), help=_("At most so many; 50 in a table, all of them with --json."))
@with_config
@with_json
def list_(limit: int | None, directory: Path, as_json: bool, **wanted: Any) -> None:
    most = limit or (None if as_json else SHOWN)
    with reading(directory) as (config, database):
        reviews = Reviews(database)
        found = paged(reviews, chosen(directory, config, database, wanted), most)
        if as_json:
            put_json_list(_rows(reviews, found))
        elif wanted["kind"] == KIND:
            put_codes(reviews, list(found))
        else:
            put_reviews(reviews, list(found))


@click.command("count", help=_("Count reviews by kind and state, with when the oldest of each was opened."))
@with_wanted
@with_config
@with_json
def count(directory: Path, as_json: bool, **wanted: Any) -> None:
    with reading(directory) as (config, database):
        which = chosen(directory, config, database, wanted)
        if wanted["patient"]:
            found = _counted(paged(Reviews(database), which, None))
        else:
            (all_,) = which
            found = [
                {"kind": one.kind, "status": one.status, "reviews": one.reviews, "oldest": times.moment(one.oldest)}
                for one in Reviews(database).counts(all_)
            ]
    if as_json:
        put_json(found)
    else:
        rows = [[kind_word(one["kind"]), status_word(one["status"]), one["reviews"], one["oldest"]] for one in found]
        put_table([_("kind"), _("status"), _("reviews"), _("oldest")], rows, numbers=[_("reviews")])


def _counted(found: Iterable[Review]) -> list[Json]:
    counts: dict[tuple[str, str], list[int]] = {}
    for one in found:
        counts.setdefault((one.kind, one.status), []).append(one.opened_at)
    return [
        {"kind": kind, "status": status, "reviews": len(opened), "oldest": times.moment(min(opened))}
        for (kind, status), opened in sorted(counts.items())
    ]


def paged(reviews: Reviews, wanted: Iterable[Wanted], most: int | None) -> Iterator[Review]:
    """Those that wait for a day after all others; a review about several of the claims once."""
    seen = set[int]()
    which = list(wanted)
    for later in (False, True):
        for one in which:
            for review in _all(reviews, one, later=later):
                if review.id not in seen:
                    if most is not None and len(seen) >= most:
                        return
                    seen.add(review.id)
                    yield review


def _all(reviews: Reviews, wanted: Wanted, *, later: bool) -> Iterator[Review]:
    before = None
    while page := reviews.list(wanted=wanted, later=later, before=before, limit=PAGE):
        yield from page
        before = page[-1].id


def _rows(reviews: Reviews, found: Iterable[Review]) -> Iterator[Json]:
    page: list[Review] = []
    for one in found:
        page.append(one)
        if len(page) == PAGE:
            yield from _dated(reviews, page)
            page = []
    yield from _dated(reviews, page)


def _dated(reviews: Reviews, page: list[Review]) -> Iterator[Json]:
    until = reviews.until([one.id for one in page]) if page else {}
    yield from (row(one, until.get(one.id)) for one in page)


def row(review: Review, until: int | None = None) -> Json:
    found = dataclasses.asdict(review) | {"opened_at": times.moment(review.opened_at)}
    found["until"] = None if until is None else times.moment(until)
    return found | {"message": found.pop("entry")}


def put_reviews(reviews: Reviews, found: list[Review]) -> None:
    until = reviews.until([each.id for each in found])
    columns = [_("review"), _("kind"), _("status"), _("feed"), _("message"), _("opened"), _("waits for")]
    put_table(
        columns,
        [
            [
                each.id,
                kind_word(each.kind),
                status_word(each.status),
                each.feed,
                each.entry,
                times.moment(each.opened_at),
                times.day(until[each.id]) if each.id in until else "",
            ]
            for each in found
        ],
        numbers=[_("review")],
    )


def put_codes(reviews: Reviews, found: list[Review]) -> None:
    """The codes nobody has mapped yet, with how many messages used each."""
    used = reviews.used_by([each.id for each in found])
    columns = [_("review"), _("status"), _("feed"), _("field"), _("map"), _("code"), _("meaning"), _("messages")]
    rows = [
        [each.id, status_word(each.status), each.feed,
         *(each.detail[name] for name in ("place", "map", "code", "display")),
         used.get(each.id, 0), each.entry]
        for each in found
    ]  # fmt: skip
    put_table([*columns, _("example")], rows, numbers=[_("review"), _("messages")])
