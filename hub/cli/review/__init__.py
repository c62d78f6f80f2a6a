"""``hub review``: the questions that only a person can answer."""

from __future__ import annotations

import click

from hub.cli.review import answering, listing, showing
from hub.language import _


@click.group(help=_("List the questions that only a person can answer, show one, answer it, take an answer back."))
def command() -> None:
    pass


for each in (listing.list_, listing.count, showing.show, answering.decide, answering.undo):
    command.add_command(each)
