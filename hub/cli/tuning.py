"""``hub identity tune``: what agreement is worth, learned from the site's own records."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.findings import field_word, level_word
from hub.cli.opening import performing, reading
from hub.cli.options import with_config, with_json
from hub.cli.tables import put_heading, put_json, put_table, say
from hub.language import _

if TYPE_CHECKING:
    from hub.identity.scoring.judging import Verdict
    from hub.identity.scoring.model import Model
    from hub.identity.tuning import Quality, Share, Tuned

FILE = Path("identity", "weights.toml")


@click.command(
    "tune",
    short_help=_("Learn what agreement is worth here; show it, or write it."),
    help=_(
        "Learn what agreement is worth from pairs of claims, without anybody having to say which are one person, and "
        "show it beside the weights in force: with precision and recall on what people have answered, and what would "
        "be decided otherwise. Nothing changes before --write and hub reload."
    ),
)
@click.option("--write", is_flag=True, help=_("Write identity/weights.toml beside hub.toml."))
@click.option(
    "--pairs", type=click.IntRange(1_000), default=100_000, show_default=True, help=_("Learn from so many at most.")
)
@with_config
@with_json
def tune(write: bool, pairs: int, directory: Path, as_json: bool) -> None:
    from hub.errors import Refused
    from hub.identity import tuning
    from hub.identity.rules import rules_of

    with reading(directory) as (config, database):
        with performing(directory) as perform:
            perform("note", action="tune", query=f"pairs={pairs}&write={str(write).lower()}")
        model = rules_of(config).model
        with database.read() as connection:
            tuned = tuning.tune(connection, model, pairs)
    if as_json:
        put_json(told(tuned, model))
    else:
        tell(tuned, model)
    if write:
        if not tuned.learned.converged:
            raise Refused("too little was learned to write it down: the weights in force stay")
        say(_("written to {file}; hub reload puts it in force", file=str(_written(directory, tuned.model))))


def told(tuned: Tuned, model: Model) -> dict[str, Any]:
    learned = tuned.learned
    return {
        "version": model.version,
        "learned_version": tuned.model.version,
        "learned": learned.converged,
        "pairs": learned.pairs,
        "strangers": learned.strangers,
        "pairs_of_one_person": learned.prior,
        "population": tuned.model.population,
        "weights": [
            {
                "field": one.field,
                "level": one.level,
                "bits": one.before,
                "learned_bits": one.bits,
                "m": one.m,
                "u": one.u,
                "pairs": round(one.same * one.m),
                "kept": one.kept,
            }
            for one in learned.levels
        ],
        "answers": {"now": _quality(tuned.before), "learned": _quality(tuned.after)},
        "changes": {"joined_by_rules": dict(tuned.joins), "open_reviews": dict(tuned.reviews)},
    }


def tell(tuned: Tuned, model: Model) -> None:
    learned = tuned.learned
    put_heading(_("learned from {pairs} pairs that share a key and {strangers} of strangers", pairs=learned.pairs,
                  strangers=learned.strangers))  # fmt: skip
    if not learned.converged:
        say(_("too little was learned: the weights in force stay"))
    columns = [_("field"), _("level"), _("bits now"), _("learned"), _("of one person"), _("of strangers"), _("pairs")]
    rows = [
        [field_word(one.field), level_word(one.level), one.before, f"{one.bits}{'=' if one.kept else ''}",
         f"{one.m:.4%}", f"{one.u:.4%}", round(one.same * one.m)]
        for one in learned.levels
    ]  # fmt: skip
    put_table(columns, rows, numbers=columns[2:])
    say(_("= too rare to be counted: as before, or as near to it as the pairs allow"))
    put_heading(_("on what people have answered"))
    words = {"precision": _("precision"), "recall": _("recall"), "asked": _("asked again")}
    rows = [
        [words[name], _share(getattr(tuned.before, name)), _share(getattr(tuned.after, name))]
        for name in ("precision", "recall", "asked")
    ]
    put_table(
        ["", _("weights {version}", version=model.version), _("learned {version}", version=tuned.model.version)], rows
    )
    put_heading(_("what the learned weights would decide otherwise"))
    verdicts: tuple[Verdict, ...] = ("same", "ask", "new")
    put_table(
        ["", _("join"), _("ask"), _("leave apart")],
        [
            [_("joined by rules"), *(tuned.joins[one] for one in verdicts)],
            [_("open questions"), *(tuned.reviews[one] for one in verdicts)],
        ],
    )


def _quality(quality: Quality) -> dict[str, Any]:
    shares = {"precision": quality.precision, "recall": quality.recall, "asked": quality.asked}
    return {
        name: {"share": one.value, "pairs": one.of, "between": list(one.bounds) if one.of else None}
        for name, one in shares.items()
    }


def _share(share: Share) -> str:
    if share.value is None:
        return _("no answers")
    low, high = share.bounds
    return f"{share.value:.2%} ({low:.1%}-{high:.1%}, n={share.of})"


def _written(directory: Path, model: Model) -> Path:
    """Whole or not at all."""
    from hub.identity.scoring.storing import dump

    path = directory / FILE
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".toml.new")
    unfinished.write_text(dump(model), encoding="utf-8")
    os.replace(unfinished, path)  # noqa: PTH105 - the one call that replaces on every system
    return path
