"""How a verb comes to the database: it reads directly; a running hub writes for it, or it writes alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub import control
from hub.errors import HubError, NotFound, Refused, Unavailable

if TYPE_CHECKING:  # a command that has a running hub write for it needs none of these
    from hub.adapter import Adapter
    from hub.config import FeedConfig, HubConfig, Mistake
    from hub.database import Database

Perform = Callable[..., Any]
"""``perform(operation, **arguments)``: see ``hub.operations``."""

PATIENCE_S = 5.0
"""For a hub that is just starting, and for another command that writes."""


def whole(directory: Path) -> tuple[HubConfig, Mapping[str, Adapter[Any]]]:
    """The configuration, and an adapter for each feed."""
    from hub.config import load
    from hub.loader import load_plugins

    plugins = load_plugins()
    kinds = plugins.adapters()
    config = load(directory, kinds, plugins.broken, plugins.senders(), plugins.alarms())
    return config, {name: _adapter(config, feed, kinds[feed.adapter]) for name, feed in config.feeds.items()}


def _adapter(config: HubConfig, feed: FeedConfig, kind: type[Adapter[Any]]) -> Adapter[Any]:
    from hub.codes import codes_of

    return kind(feed.name, feed.settings, codes_of(config, feed, kind))


@contextmanager
def reading(directory: Path) -> Iterator[tuple[HubConfig, Database]]:
    """The database as it is committed, whether a hub runs or not.

    A file with mistakes is told, and keeps nobody from looking: the hub that runs goes on with what it has read.
    """
    from hub.cli.outline import outlined
    from hub.database import open_database

    config, mistakes = outlined(directory)
    warn(mistakes)
    with closing(open_database(config.database_url, base=directory, writable=False)) as database:
        try:
            yield config, database
        except HubError:
            raise
        except Exception as error:  # tables that are missing or old fail in each driver's own way
            _must_be_prepared(database, error)
            raise


def _must_be_prepared(database: Database, error: Exception) -> None:
    from hub.migrations import pending

    if pending(database):
        raise Unavailable("the database is not prepared for this version: start the hub, or run hub migrate") from error


@contextmanager
def performing(directory: Path) -> Iterator[Perform]:
    """Has operations performed: by the hub that runs with this configuration, else here.

    Raises ``Refused`` when another program holds the database for longer than ``PATIENCE_S``.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        if connection := control.connect(directory):
            with closing(connection):
                yield lambda operation, **arguments: control.ask(connection, operation, arguments)
            return
        try:
            alone = _alone(directory)
        except Refused:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            break
    database, perform = alone
    with closing(database):
        yield perform


def _alone(directory: Path) -> tuple[Database, Perform]:
    from hub.database import open_database
    from hub.migrations import prepare
    from hub.operations import Operations

    config, adapters = whole(directory)
    database = open_database(config.database_url, base=directory)
    try:
        prepare(database)
    except BaseException:  # whatever it was, nothing stays open
        database.close()
        raise
    operations = Operations(database, config, adapters)
    return database, lambda operation, **arguments: operations.perform(operation, arguments, control.me())


def unless_running(directory: Path) -> None:
    """Raises ``Refused`` while a hub runs with this configuration."""
    if connection := control.connect(directory):
        connection.close()
        raise Refused("a hub runs with this configuration; stop it first")


def warn(mistakes: Iterable[Mistake]) -> None:
    from hub.cli.tables import say
    from hub.language import _, preferred

    for mistake in mistakes:
        say(_("warning: {text}", text=mistake.render(preferred())))


def feed_adapter(directory: Path, feed: str) -> Adapter[Any]:
    """The adapter of one feed, whatever is wrong with the others.

    Raises ``NotFound`` when the configuration has no such feed, ``Mistakes`` when its own file or maps have some.
    """
    return configured(directory, feed)[1]


def configured(directory: Path, feed: str) -> tuple[FeedConfig, Adapter[Any]]:
    """One feed and its adapter, like ``feed_adapter``."""
    from hub.config import Mistakes, load_usable
    from hub.loader import load_plugins

    plugins = load_plugins()
    kinds = plugins.adapters()
    config, mistakes = load_usable(directory, kinds, plugins.broken, plugins.senders(), plugins.alarms())
    if own := [mistake for mistake in mistakes if mistake.file == directory / "feeds" / f"{feed}.toml"]:
        raise Mistakes(own)
    if feed not in config.feeds:
        raise NotFound("there is no feed {feed} in this configuration", feed=feed)
    found = config.feeds[feed]
    return found, _adapter(config, found, kinds[found.adapter])
