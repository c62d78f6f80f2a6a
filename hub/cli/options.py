"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from hub.language import _

F = TypeVar("F", bound=Callable[..., Any])


def with_config(function: F) -> F:
    """``--config DIR`` as ``directory: Path``; HUB_CONFIG is its default, else ``./config``."""
    return click.option(
        "--config",
        "directory",
        envvar="HUB_CONFIG",
        default="config",
        show_default=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help=_("Where hub.toml and feeds/ are; also HUB_CONFIG."),
    )(function)


def with_json(function: F) -> F:
    """``--json`` as ``as_json: bool``."""
    return click.option("--json", "as_json", is_flag=True, help=_("Print JSON for programs."))(function)
