"""``hub init``: a starter configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from hub.cli.tables import say
from hub.errors import HubError, Refused
from hub.language import Text, _

HERE = Path(__file__).parent.parent
STARTERS = (HERE / "starter", HERE.parent / "config")
"""In an installed hub, and in a working copy."""


@click.command(help=_("Write a starter configuration into DIR (default: ./config). Files that exist are left alone."))
@click.argument("directory", type=click.Path(path_type=Path), default="config", metavar="[DIR]")
def command(directory: Path) -> None:
    for path in write(directory):
        say(_("wrote {file}", file=str(path)))
    say(_("next: look at these files, then hub check --config {directory} and hub run --config {directory}",
          directory=str(directory)))  # fmt: skip


def write(directory: Path) -> list[Path]:
    """The files written. Raises ``Refused`` when one of them is there already, ``HubError`` when none can be."""
    starter = next((folder for folder in STARTERS if (folder / "hub.toml").is_file()), None)
    if starter is None:
        raise HubError("this installation has no starter configuration; install the hub again")
    sources = sorted(path for path in starter.rglob("*") if path.suffix in {".toml", ".csv"})
    targets = [directory / source.relative_to(starter) for source in sources]
    try:
        _copy(dict(zip(targets, sources, strict=True)), directory / "feeds")
    except OSError as error:
        reason = Text(error.strerror or str(error))
        raise HubError(
            "{file} cannot be written: {reason}; name another folder, or see to its permissions",
            file=str(error.filename or directory),
            reason=reason,
        ) from error
    return targets


def _copy(sources: Mapping[Path, Path], feeds: Path) -> None:
    if taken := next((target for target in (*sources, feeds) if target.exists()), None):
        raise Refused("{file} is there already; nothing was written", file=str(taken))
    for target, source in sources.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
