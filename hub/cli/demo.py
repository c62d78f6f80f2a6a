"""``hub demo``: a district in five minutes, with nothing to configure."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import click


@click.command()
@click.option("--exit", "leave", is_flag=True, help="End with the story; without it the hub runs on until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object on the last line.")
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path), help="Keep everything here (default: a temporary folder)."
)
def command(leave: bool, as_json: bool, directory: Path | None) -> None:
    """Start a hub with an invented district and watch three hospitals become records."""
    from rich.console import Console

    from hub.demo.story import tell

    console = Console()
    with tempfile.TemporaryDirectory(prefix="huitong-demo-") as temporary:
        try:
            counts = tell(directory or Path(temporary), console, stay=not leave)
        except KeyboardInterrupt:
            return
    if as_json:
        click.echo(json.dumps(counts))
