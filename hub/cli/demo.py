"""``hub demo``: a district in five minutes, with nothing to configure."""

from __future__ import annotations

import json
import signal
import tempfile
from pathlib import Path

import click

from hub.language import _


@click.command(
    help=_("Start a hub with an invented district and watch what three hospitals send become residents' records.")
)
@click.option("--exit", "leave", is_flag=True, help=_("End with the story; without it the hub runs on until Ctrl-C."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the counts as one JSON object on the last line."))
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=_("Keep everything in this folder (default: a temporary one, deleted at the end)."),
)
def command(leave: bool, as_json: bool, directory: Path | None) -> None:
    from rich.console import Console

    from hub.demo.story import tell

    console = Console()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # all as Ctrl-C: the hub ends with its demo
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="huitong-demo-") as temporary:
        try:
            counts = tell(directory or Path(temporary), console, stay=not leave, kept=directory is not None)
        except KeyboardInterrupt:
            return
    if as_json:
        click.echo(json.dumps(counts))
