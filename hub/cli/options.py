"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from hub.language import _

F = TypeVar("F", bound=Callable[..., Any])


class GivenFile(click.File):
    """The bytes of a file, '-' is standard input; why it cannot be read is said in the reader's language."""

    def __init__(self) -> None:
        super().__init__("rb")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            if isinstance(why := error.__context__, OSError):
                self.fail(f"'{value}': {_(why.strerror or str(why))}", param, ctx)
            raise


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


def with_lang(function: F) -> F:
    """``--lang`` as ``lang: str | None``: the languages that fields are named in."""
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en", "both"]),
        help=_("Name fields in Chinese, English or both; else as HUB_LANG or the terminal says."),
    )(function)
