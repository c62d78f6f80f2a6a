"""The command line, ``hub VERB``. A verb's module is imported when it is called, so that help comes at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

import click

from hub.cli.exits import ended, explained
from hub.language import _


class Verb(NamedTuple):
    """``hub.cli.<module>`` holds the verb as ``command``; ``help`` is its line in ``hub --help``."""

    module: str
    help: str


VERBS = {
    "demo": Verb("demo", "Show the hub at work with an invented district."),
    "init": Verb("init", "Write a starter configuration."),
    "check": Verb("check", "Say what is wrong with a configuration."),
    "run": Verb("run", "Run the hub until it is told to stop."),
    "reload": Verb("reload", "Have the running hub read its configuration again."),
    "feeds": Verb("feeds", "List the feeds and what became of their messages."),
    "alerts": Verb("alerts", "List what is unusual just now, and what was."),
    "messages": Verb("messages", "List messages, the newest first."),
    "show": Verb("show", "Show one message: as it came, where every field went, what it wrote."),
    "deliveries": Verb("deliveries", "List what destinations are told; send again, give up, or try one."),
    "replay": Verb("replay", "Send messages through again."),
    "submit": Verb("submit", "Hand a file to a feed, as if its sender had sent it."),
    "parse": Verb("parse", "Show what a file would mean, without writing anything."),
    "codes": Verb("codes", "List, show, import and export code maps."),
    "review": Verb("review", "List the questions that only a person can answer."),
    "identity": Verb("identity", "Show why numbers belong to one person; merge, split, undo."),
    "sandbox": Verb("sandbox", "Try things out: an invented hospital that sends, a receiver that answers."),
    "token": Verb("token", "Give a client access to the REST interface; list and revoke tokens."),
    "plugins": Verb("plugins", "List the plugins, and why one is not loaded."),
    "migrate": Verb("migrate", "Bring the database to the form this version needs."),
    "backup": Verb("backup", "Copy the database while the hub runs, and verify the copy."),
    "restore": Verb("restore", "Put a backup in place of an empty database."),
    "version": Verb("version", "Show the versions of the hub and of what it runs on."),
}


class Verbs(click.Group):
    """Knows its verbs by name and help line; asks a module only when its verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if (verb := VERBS.get(cmd_name)) is None:
            return None
        command: click.Command = import_module(f"hub.cli.{verb.module}").command
        command.help = command.help or _(verb.help)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section(_("Verbs")):
            formatter.write_dl([(name, _(verb.help)) for name, verb in VERBS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            ctx.fail(unknown(name))
        return super().resolve_command(ctx, args)


def unknown(name: str) -> str:
    from difflib import get_close_matches

    if near := get_close_matches(name, VERBS, 1):
        return _("there is no verb {name}; did you mean {near}?", name=name, near=near[0])
    return _("there is no verb {name}; hub --help lists them", name=name)


def hub() -> click.Command:
    group = Verbs(
        "hub",
        help=_("Joins a health authority's information systems into one record per resident."),
        epilog=explained(),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    group.params.append(
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
            help=_("Show the version and exit."),
        )
    )
    return group


def _version(ctx: click.Context, _parameter: click.Parameter, asked: Any) -> None:
    if asked and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"huitong {version('huitong')}")
        ctx.exit()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and ends the process with its exit code (``hub.cli.exits``)."""
    sys.exit(ended(hub, arguments))
