"""docs/reference/cli.md is what --help says; ``python -m tests.hub.cli.test_reference`` writes it anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hub import cli
from hub.cli import exits

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"
BEGIN = "<!-- from here on: python -m tests.hub.cli.test_reference -->\n"
WIDTH = 100


def test_the_reference_is_what_help_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANG", "en")
    monkeypatch.delenv("HUB_CONFIG", raising=False)
    exits.speak_the_language_of_the_terminal()  # else click goes on in the language of the test before

    assert PAGE.read_text().partition(BEGIN)[2] == "".join(rendered())


def test_the_exit_codes_of_the_page_are_those_of_the_code() -> None:
    named = {"OK", "FAILED", "USAGE", "NOT_FOUND", "CONFIGURATION", "UNREACHABLE", "PARTLY", "REFUSED"}
    page = PAGE.read_text()

    assert all(f"\n| {getattr(exits, name)} |" in page for name in named)


def rendered() -> Iterator[str]:
    group = cli.hub()
    assert isinstance(group, cli.Verbs)
    context = click.Context(group, info_name="hub", terminal_width=WIDTH, **group.context_settings)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from _of(command, name, context)


def _of(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        **command.context_settings,
    )
    yield f"\n## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _of(command.commands[inner], inner, context)


if __name__ == "__main__":
    os.environ["HUB_LANG"] = "en"
    os.environ.pop("HUB_CONFIG", None)
    kept = PAGE.read_text().partition(BEGIN)[0]
    PAGE.write_text(kept + BEGIN + "".join(rendered()))
